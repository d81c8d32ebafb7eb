import assert from "node:assert/strict";
import path from "node:path";
import { root } from "../../../scripts/root.ts";
import { Workbench } from "./workbench.ts";

let starting: Promise<Workbench> | undefined;

/** The one editor that all tests of this suite use; each opens a window of its own in it. */
export function workbench(): Promise<Workbench> {
  starting ??= Workbench.start();
  return starting;
}

afterEach(async function () {
  if (this.currentTest?.isFailed() && starting !== undefined) {
    const file = path.join(root, "out/vscode", `${this.currentTest.title.replaceAll(/\W+/g, "-")}.png`);
    await (await starting).picture(file).catch(() => {});
    console.log(`      a picture of the editor: ${path.relative(root, file)}`);
  }
});

after("the editor needed no other machine", async () => {
  const editor = await starting;
  await editor?.stop();
  assert.deepEqual(editor?.strangers ?? [], []);
});
