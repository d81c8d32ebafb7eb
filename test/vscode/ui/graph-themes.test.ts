import assert from "node:assert/strict";
import type { FrameLocator, Locator } from "playwright-core";
import { complaints, frameOf, paleTexts } from "./accessibility.ts";
import { multiStage, standIn } from "./docker.ts";
import { workbench } from "./support.ts";
import { until, type Workbench } from "./workbench.ts";

/** How much texts stand out at least; the colour that a theme has for errors sets the limit in high contrast. */
const themes = [
  ["Default Dark Modern", "vscode-dark", 4.5],
  ["Default Light Modern", "vscode-light", 4.5],
  ["Default High Contrast", "vscode-high-contrast", 6.5],
  ["Default High Contrast Light", "vscode-high-contrast-light", 6.5],
] as const;

/** A file with mistakes, and with stages that are not built. */
const mistakes = `FROM alpine AS a
COPY --from=b /x /y
FROM alpine AS b
COPY --from=a /x /y
FROM alpine AS unused
RUN true
FROM alpine
COPY --from=unused /x /y
COPY --from=9 / /
`;

describe("the picture of the stages, in each theme", () => {
  const docker = standIn(multiStage);
  let editor: Workbench;
  let page: FrameLocator;
  before(async () => {
    editor = await workbench();
    page = editor.webview();
    editor.configure({ "dockerfileStages.docker": docker.program });
  });
  after(async () => {
    editor.configure({ "dockerfileStages.docker": null, "workbench.colorTheme": "Default Light Modern" });
    docker.remove();
    await editor.page.emulateMedia({ forcedColors: null, reducedMotion: null });
  });

  const side = (): Locator => page.locator(".side h2");
  const show = async (): Promise<void> => {
    await editor.command("Dockerfile: Show Stage Graph");
    await page.locator("[data-node]").first().waitFor();
  };
  const view = async (text: string): Promise<void> => {
    await page.getByText("View", { exact: true }).click();
    await page.getByLabel(text).click();
    await editor.page.keyboard.press("Escape");
  };
  const ask = async (text: string): Promise<void> => {
    await page.locator(".tools").getByText(text, { exact: true }).click();
    if (text === "What is rebuilt?") {
      await editor.page.locator(".quick-input-widget input[type=text]").waitFor();
      await editor.page.keyboard.insertText("package.json");
      await editor.page
        .locator(".quick-input-list .monaco-list-row")
        .filter({ hasText: "package.json" })
        .first()
        .click();
    }
    await side().waitFor();
  };

  for (const [theme, look, contrast] of themes) {
    it(`can be read in ${theme}, with sizes, instructions, each answer and mistakes`, async () => {
      editor.configure({ "workbench.colorTheme": theme });
      await editor.open("multi-stage");
      await editor.click("FROM base AS deps");
      await show();
      await page.locator(`body.${look}`).waitFor();
      await ask("Sizes");
      await page.locator(".side .measure").click();
      await page.locator(".canvas .node .size").first().waitFor();
      await page.getByText("Measure again").waitFor();
      assert.deepEqual(await complaints(editor), []);
      assert.deepEqual(await paleTexts(editor, contrast), []);
      await view("Instructions of all stages");
      for (const question of ["What is rebuilt?", "What ships?"]) {
        await ask(question);
        await page.locator(".canvas .marked").first().waitFor();
        assert.deepEqual(await paleTexts(editor, contrast), []);
      }
      assert.deepEqual(await complaints(editor), []);
      await editor.openText(mistakes);
      await show();
      await view("Build order");
      await page.locator(".canvas .node.broken .note").first().waitFor();
      assert.deepEqual(await complaints(editor), []);
      assert.deepEqual(await paleTexts(editor, contrast), []);
    });
  }

  it("shows where the focus is, in high contrast", async () => {
    editor.configure({ "workbench.colorTheme": "Default High Contrast" });
    await editor.open("multi-stage");
    await show();
    await page.locator("body.vscode-high-contrast").waitFor();
    await page.getByLabel("Target", { exact: true }).focus();
    const frame = await frameOf(editor);
    const seen: string[] = [];
    for (let i = 0; i < 40; i++) {
      const found = await frame.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const shape = at.querySelector(":scope > .ring, :scope > .chip, :scope > .stroke, :scope > .row-body");
        const { stroke, strokeWidth } = getComputedStyle(shape ?? at);
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        const isSeen = shape
          ? stroke !== "none" && Number.parseFloat(strokeWidth) >= 2
          : outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
        return { name: at.getAttribute("aria-label") ?? at.textContent ?? "", isSeen };
      });
      if (!found) break;
      assert.ok(found.isSeen, `nothing shows the focus on ${found.name}`);
      seen.push(found.name);
      await editor.press("Tab");
    }
    const names = seen.map((name) => name.replace(/,.*/, ""));
    const order = ["Target", "View", "What is rebuilt?", "What ships?", "Sizes", "Find in the graph", "Export…", "Pin"];
    assert.deepEqual(names.slice(0, order.length), order);
    assert.ok(names.indexOf("Stage base") < names.indexOf("Stage stage 4"), names.join("\n"));
  });

  it("keeps its shapes where the system chooses the colours, and nothing in it moves by itself", async () => {
    await editor.page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    await editor.open("multi-stage");
    await show();
    const frame = await frameOf(editor);
    assert.ok(await frame.evaluate(() => matchMedia("(forced-colors: active)").matches));
    await ask("What ships?");
    await page.locator(".canvas .marked").first().waitFor();
    assert.deepEqual(await complaints(editor), []);
    assert.deepEqual(await paleTexts(editor, 4.5), []);
    const pressed = page.locator('.tools [aria-pressed="true"]');
    const [ink, paper] = await pressed.evaluate((each) => {
      const { color, backgroundColor } = getComputedStyle(each);
      return [color, backgroundColor];
    });
    assert.notEqual(ink, paper);
    const style = (selector: string): Promise<string> =>
      page
        .locator(selector)
        .first()
        .evaluate((each) => getComputedStyle(each).strokeDasharray);
    assert.notEqual(await style(".canvas .node.unneeded .body"), "none");
    assert.notEqual(await style(".canvas .line.copy .stroke"), "none");
    await until("rest", () => frame.evaluate(() => document.getAnimations().length === 0));
    const moving = await frame.evaluate(() =>
      [...document.querySelectorAll("main *")]
        .filter((each) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(each);
          return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior !== "auto";
        })
        .map((each) => each.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(moving, []);
  });
});
