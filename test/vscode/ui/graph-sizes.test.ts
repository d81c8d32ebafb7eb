import assert from "node:assert/strict";
import type { FrameLocator, Locator } from "playwright-core";
import { multiStage, standIn } from "./docker.ts";
import { workbench } from "./support.ts";
import { until, type Workbench } from "./workbench.ts";

describe("the sizes of the stages", () => {
  const docker = standIn(multiStage);
  let editor: Workbench;
  let page: FrameLocator;
  before(async () => {
    editor = await workbench();
    editor.configure({ "dockerfileStages.docker": docker.program });
    page = editor.webview();
    await editor.open("multi-stage");
    await editor.command("Dockerfile: Show Stage Graph");
    await page.locator("[data-node]").first().waitFor();
  });
  after(() => {
    editor.configure({ "dockerfileStages.docker": null });
    docker.remove();
  });

  const node = (name: string): Locator => page.locator(`[data-node][aria-label^="Stage ${name},"]`);
  const question = (): Locator => page.getByText("Sizes", { exact: true }).first();
  const entry = (text: string): Locator => page.locator(".side li").filter({ hasText: text }).first();
  const show = async (): Promise<void> => {
    await editor.command("Dockerfile: Show Stage Graph");
    await page.locator("[data-node]").first().waitFor();
  };
  /** The boxes from the top to the bottom and from the left to the right. */
  const order = async (): Promise<string[]> => {
    const places = await page.locator("[data-node]").evaluateAll((all) =>
      all.map((each) => {
        const { top, left, height } = each.querySelector(".body")!.getBoundingClientRect();
        return { id: each.getAttribute("data-node") ?? "", y: Math.round((top + height / 2) / 8), x: left };
      }),
    );
    return places.toSorted((a, b) => a.y - b.y || a.x - b.x).map(({ id }) => id);
  };

  it("are measured on demand, and shown where they belong", async () => {
    const before = await order();
    await question().click();
    await page.locator(".side p").filter({ hasText: "Builds every stage with your Docker" }).waitFor();
    assert.deepEqual(docker.builds(), [], "nothing is built without being asked for");
    await page.locator(".side").getByText("Measure sizes").click();
    await node("stage 4").locator(".size").filter({ hasText: "246 MB" }).waitFor();
    await node("deps").locator(".size").filter({ hasText: "389 MB" }).waitFor();
    await page.locator(".node.image .size").filter({ hasText: "201 MB" }).waitFor();
    await page.locator(".label").filter({ hasText: "/app/dist → ./dist · 3.42 MB" }).waitFor();
    await node("test").locator(".size").filter({ hasText: "no size" }).waitFor();
    assert.deepEqual(await order(), before);
    assert.ok(docker.builds().length >= 5);
  });

  it("are said in words: of stages, edges and as a text", async () => {
    assert.match((await node("deps").getAttribute("aria-label")) ?? "", /389 MB: base 201 MB \+ 188 MB added/);
    assert.match(
      (await node("test").getAttribute("aria-label")) ?? "",
      /not measured: process "\/bin\/sh -c npm test"/,
    );
    await page.locator('[data-edge][aria-label*="/app/dist → ./dist, 3.42 MB"]').waitFor();
    const outline = page.getByRole("region", { name: "Stage graph as text" });
    assert.match(
      (await outline.textContent()) ?? "",
      /Stage stage 4, FROM base.*246 MB: base 201 MB \+ 45\.1 MB added/s,
    );
    assert.match((await node("deps").locator("title").first().textContent()) ?? "", /389 MB/);
  });

  it("are answered in a list", async () => {
    await entry("base 201 MB + 188 MB added").filter({ hasText: "deps" }).filter({ hasText: "389 MB" }).waitFor();
    await entry("not measured: process").waitFor();
    const most = page.locator(".side [data-entry^='step:']");
    assert.equal(await most.count(), 5);
    assert.match((await most.first().textContent()) ?? "", /^187 MBRUN .*npm ci/);
    await entry("Ships").filter({ hasText: "246 MB" }).waitFor();
    await entry("Stays behind").filter({ hasText: "198 MB" }).waitFor();
    await most.first().click();
    await editor.cursorIn("npm ci");
    await page.getByText("Measure again").waitFor();
    await page.getByText("What ships?").click();
    await entry("/app/node_modules").filter({ hasText: "41.7 MB" }).waitFor();
    await page.locator(".side").getByLabel("Close").click();
  });

  it("stand at the instructions", async () => {
    await node("stage 4").locator(".fold").click();
    const row = page.locator("[data-step^='step:4:']").filter({ hasText: "node_modules" });
    await row.locator(".size.most").filter({ hasText: "41.7 MB" }).waitFor();
    assert.match((await row.getAttribute("aria-label")) ?? "", /, adds 41\.7 MB$/);
    assert.equal(await page.locator("[data-step^='step:4:'] .size").count(), 4);
    assert.equal(await page.locator("[data-step^='step:4:'] .size.most").count(), 1);
    await node("stage 4").locator(".fold").click();
  });

  it("are in the tree and in exported pictures", async () => {
    await page.getByText("Export…").click();
    const input = editor.page.locator(".quick-input-widget input[type=text]");
    await input.waitFor();
    await editor.page.keyboard.insertText("Save as SVG");
    await editor.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "Save as SVG" }).first().click();
    await until("the file's name", async () => (await input.inputValue()).endsWith("stages.svg"));
    await editor.press("Enter");
    await until("the picture", () => {
      try {
        return editor.read("stages.svg").includes("389 MB");
      } catch {
        return false;
      }
    });
    await editor.command("Explorer: Focus on Dockerfile Stages View");
    const tree = editor.page.locator(".pane").filter({ hasText: "Dockerfile Stages" }).last();
    await tree.locator(".monaco-list-row").filter({ hasText: "FROM base · 389 MB" }).first().waitFor();
    await editor.page.locator(".pane-header").filter({ hasText: "Dockerfile Stages" }).first().click();
  });

  it("are old as soon as the file changes, and come back with it", async () => {
    await editor.click("FROM base AS deps");
    await editor.press("End");
    await editor.type(" ");
    await node("deps").locator(".size").filter({ hasText: "≈ 389 MB" }).waitFor();
    assert.match(
      (await node("deps").locator("title").first().textContent()) ?? "",
      /Measured before the file was changed/,
    );
    assert.equal(await page.locator(".label .size").count(), 0);
    await editor.press("Control+z");
    await node("deps")
      .locator(".size")
      .filter({ hasText: /^389 MB$/ })
      .waitFor();
    // They are kept for the next panel.
    const tab = editor.page.getByRole("tab", { name: "Stages: Dockerfile" });
    await tab.getByRole("button", { name: /^Close/ }).click();
    await tab.waitFor({ state: "detached" });
    await show();
    await node("deps").locator(".size").filter({ hasText: "389 MB" }).waitFor();
    await editor.openText("FROM alpine AS deps\nFROM deps\n");
    await show();
    await node("deps").waitFor();
    assert.equal(await page.locator(".canvas .size").count(), 0);
  });
});
