// Makes the pictures of the README, docs/images/*.png, from the packaged extension in a real VS Code.
//
//   npm run screenshots             all of them
//   npm run screenshots -- graph    only these
import path from "node:path";
import { pictures } from "../test/vscode/ui/pictures.ts";
import { Workbench } from "../test/vscode/ui/workbench.ts";
import { packageExtension } from "./package.ts";
import { root } from "./root.ts";

const named = process.argv.slice(2);
await packageExtension();
// Less of the editor, so that more of the extension is seen.
const editor = await Workbench.start({
  "breadcrumbs.enabled": false,
  "diffEditor.renderOverviewRuler": false,
  "editor.hideCursorInOverviewRuler": true,
  "editor.hover.above": false,
  "editor.occurrencesHighlight": "off",
  "editor.overviewRulerBorder": false,
  "editor.renderLineHighlight": "none",
  "editor.scrollBeyondLastLine": false,
  "editor.scrollbar.horizontal": "hidden",
  "editor.scrollbar.vertical": "hidden",
  "window.commandCenter": false,
  "workbench.activityBar.location": "hidden",
  "workbench.layoutControl.enabled": false,
  "workbench.statusBar.visible": false,
});
try {
  for (const [name, { width, height, arrange }] of Object.entries(pictures)) {
    if (named.length > 0 && !named.includes(name)) continue;
    await editor.page.setViewportSize({ width, height });
    await arrange(editor);
    await editor.picture(path.join(root, "docs/images", `${name}.png`));
    console.log(`docs/images/${name}.png`);
  }
} catch (error) {
  await editor.picture(path.join(root, "out/vscode/failure.png")).catch(() => {});
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await editor.stop();
}
