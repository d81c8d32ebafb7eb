import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { workbench } from "./support.ts";
import { until, type Workbench } from "./workbench.ts";

// One panel for all tests but the last: they look at it, click in it, type beside it.
describe("the stage graph", () => {
  let editor: Workbench;
  let nodes: Locator;
  before(async () => {
    editor = await workbench();
    await editor.open("multi-stage");
    await editor.click("FROM base AS deps");
    await editor.command("Dockerfile: Show Stage Graph");
    nodes = editor.webview().locator("svg [data-node]");
    await nodes.first().waitFor();
  });

  /** What nodes or edges are called for those who do not see the drawing: in full, for what is drawn may be shortened. */
  const names = async (things: Locator): Promise<string[]> => {
    const labels = await things.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? ""));
    return labels.map((label) => label.replace(/^(?:Stage|Image) /, "").replace(/, .*/, "")).toSorted();
  };

  it("has a node for each stage and image, and an edge for each reference", async () => {
    const image = "node:${NODE_VERSION}-bookworm-slim";
    assert.deepEqual(await names(nodes), ["base", "build", "deps", image, "stage 4", "test"]);
    assert.deepEqual(await names(editor.webview().locator("svg [data-edge]")), [
      `base is built FROM ${image}`,
      "build is built FROM deps",
      "deps is built FROM base",
      "stage 4 is built FROM base",
      "stage 4: COPY from build",
      "stage 4: COPY from build",
      "stage 4: COPY from deps",
      "stage 4: mount from build",
      "test is built FROM deps",
    ]);
  });

  it("is beside the editor", async () => {
    const panel = await editor.page.locator("iframe.webview.ready").boundingBox();
    const text = await editor.page.locator(".editor-instance").first().boundingBox();
    assert.ok(panel && text && panel.x >= text.x + text.width, "the panel is not beside the editor");
  });

  it("marks the stage with the cursor", async () => {
    const current = editor.webview().locator("[data-node].current");
    for (const [place, stage] of [
      ["RUN npm te<|>st", "test"],
      ["ENV NODE<|>_ENV", "base"],
      ["npm ci", "deps"],
    ] as const) {
      await editor.click(place);
      await until(`${stage} to be marked`, async () => (await names(current)).join() === stage);
    }
  });

  it("leads to the line of a node and of an edge", async () => {
    const page = editor.webview();
    await page.locator('[data-node][aria-label^="Stage test"]').click();
    await editor.cursorIn("FROM deps AS test");
    await page.locator('[data-edge][aria-label^="stage 4: COPY from deps"]').click();
    await editor.cursorIn("COPY --from=1");
    await page.locator('[data-edge][aria-label^="test is built FROM deps"]').click();
    await editor.cursorIn("FROM deps AS test");
    await page.locator('[data-node][aria-label^="Image node:"]').click();
    await editor.cursorIn("FROM node:");
  });

  it("gets a node as a stage is typed, and loses it as it goes", async () => {
    const before = await nodes.count();
    await editor.typeAtEnd("\nFROM busybox:1 AS ad");
    await until("the new stage and its image", async () => {
      const now = await names(nodes);
      return now.length === before + 2 && now.includes("ad") && now.includes("busybox:1");
    });
    await editor.press("Escape");
    await editor.type("ded");
    await until("the whole name", async () => (await names(nodes)).includes("added"));
    await until("the old graph", async () => {
      await editor.press("Control+z");
      return (await nodes.count()) === before;
    });
  });

  it("asks for its script and its style alone, and has nothing to complain of", () => {
    const own = editor.webviewRequests.filter((url) => !url.includes("/contrib/webview/browser/pre/"));
    const files = own.map((url) =>
      url.replace(/^https:\/\/[^/]+\.vscode-resource\.vscode-cdn\.net\/.*\/dist\//, "dist/"),
    );
    assert.deepEqual(files.toSorted(), ["dist/webview.css", "dist/webview.js"]);
    assert.deepEqual(editor.webviewErrors, []);
  });

  it("opens from the button above the editor, as often as one likes", async () => {
    await editor.open("go-service");
    for (let i = 0; i < 2; i++) {
      await editor.page.locator('.editor-actions [aria-label*="Show Stage Graph"]').click();
      await nodes.first().waitFor();
      const tab = editor.page.getByRole("tab", { name: "Stages: Dockerfile" });
      await tab.getByRole("button", { name: /^Close/ }).click();
      await tab.waitFor({ state: "detached" });
    }
  });
});
