import assert from "node:assert/strict";
import { workbench } from "./support.ts";
import { until } from "./workbench.ts";

describe("a hover", () => {
  it("on a stage and on a reference tells its story", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    for (const place of ["AS bu<|>ild", "COPY --from=bu<|>ild /app/dist"]) {
      const hover = await editor.hover(place, "Copied out");
      assert.match(hover, /Stage build, index 2/);
      assert.match(hover, /build ← deps ← base ← node:/);
      assert.match(hover, /Needed by the default build/);
      assert.match(hover, /Used by/);
      assert.match(hover, /Copied out: .*\/app\/dist/);
    }
  });
});

describe("the outline", () => {
  it("shows stages with their instructions, and so do the breadcrumbs", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.click("RUN npm te<|>st");
    const crumbs = editor.page.locator(".breadcrumbs-control .monaco-breadcrumb-item");
    await until("the breadcrumbs", async () => (await crumbs.allInnerTexts()).slice(-2).join() === "test,RUN npm test");
    await editor.command("Explorer: Focus on Outline View");
    // The outline gets the room of the list of files above it.
    await editor.page.locator(".split-view-view .pane-header").filter({ hasText: "work" }).first().click();
    const outline = editor.page.getByRole("tree", { name: "Document Symbols" });
    for (const name of ["base", "deps", "build", "test", "stage 4"])
      await outline
        .getByRole("treeitem", { name: `${name} (module)` })
        .first()
        .waitFor();
    await outline
      .getByRole("treeitem", { name: /RUN npm test/ })
      .first()
      .waitFor();
  });
});

describe("folding", () => {
  it("folds a stage", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.click("AS de<|>ps");
    const isThere = async (text: string): Promise<boolean> =>
      (await editor.lines()).some((line) => line.includes(text));
    assert.equal(await isThere("npm ci"), true);
    await until("the stage to be folded", async () => {
      await editor.press("Control+Shift+[");
      return !(await isThere("npm ci"));
    });
    assert.equal(await isThere("FROM base AS deps"), true);
    assert.equal(await isThere("FROM deps AS build"), true);
    await editor.press("Control+Shift+]");
    await until("the stage to be unfolded", () => isThere("npm ci"));
  });
});
