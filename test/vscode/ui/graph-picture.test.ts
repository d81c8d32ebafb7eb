import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { FrameLocator, Locator } from "playwright-core";
import { complaints } from "./accessibility.ts";
import { multiStage, standIn } from "./docker.ts";
import { workbench } from "./support.ts";
import { until, type Workbench } from "./workbench.ts";

describe("the picture of the stages", () => {
  let editor: Workbench;
  let page: FrameLocator;
  before(async () => {
    editor = await workbench();
    page = editor.webview();
  });

  const show = async (): Promise<void> => {
    await editor.command("Dockerfile: Show Stage Graph");
    await page.locator("[data-node]").first().waitFor();
  };
  const node = (name: string): Locator => page.locator(`[data-node][aria-label^="Stage ${name},"]`);
  const count = (things: Locator, wanted: number): Promise<boolean> =>
    until(`${wanted} of ${String(things)}`, async () => (await things.count()) === wanted);
  const view = async (text: string): Promise<void> => {
    await page.getByText("View", { exact: true }).click();
    await page.getByLabel(text).click();
    await editor.page.keyboard.press("Escape");
  };
  /** Chooses from a list of the editor by what is typed. */
  const pick = async (text: string): Promise<void> => {
    const input = editor.page.locator(".quick-input-widget input[type=text]");
    await input.waitFor();
    await editor.page.keyboard.insertText(text);
    await editor.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text }).first().click();
  };
  const menuItem = (title: string): Locator =>
    editor.page.locator(".monaco-menu .action-item").filter({ hasText: title }).first();
  /** Chooses from the menu of a thing. */
  const choose = async (on: Locator, title: string): Promise<void> => {
    await on.click({ button: "right", position: { x: 30, y: 10 } });
    await menuItem(title).waitFor();
    // A menu takes no click that comes right after it has opened.
    await until("the menu to be gone", async () => {
      await menuItem(title)
        .click({ timeout: 1000 })
        .catch(() => {});
      return (await menuItem(title).count()) === 0;
    });
  };

  describe("of a file", () => {
    before(async () => {
      await editor.open("multi-stage");
      await show();
    });

    it("says what stages are for, how long they are, and which one is the final image", async () => {
      assert.match((await node("deps").textContent()) ?? "", /FROM base · 3 lines/);
      await node("deps").locator(".role").waitFor();
      await page.locator(".canvas .node.target .flag-text").filter({ hasText: "final image" }).waitFor();
      assert.equal(await page.locator(".canvas .node.unneeded").count(), 1);
    });

    it("shows the instructions of a stage, and leads there", async () => {
      await node("deps").locator(".fold").click();
      const rows = page.locator("[data-step]");
      await count(rows, 3);
      await rows.filter({ hasText: "npm ci" }).click();
      await editor.cursorIn("npm ci");
      await page.locator("[data-step].current").filter({ hasText: "npm ci" }).waitFor();
      await node("deps").locator(".fold").click();
      await count(rows, 0);
    });

    it("shows the instructions of all stages, with lines from and to them", async () => {
      await view("Instructions of all stages");
      await until("all rows", async () => (await page.locator("[data-step]").count()) > 15);
      assert.equal(await page.locator(".inner .line").count(), await page.locator("[data-edge]").count());
      await view("Instructions of all stages");
      await count(page.locator("[data-step]"), 0);
    });

    it("shows what another target builds", async () => {
      await page.getByLabel("Target", { exact: true }).selectOption("test");
      await page.locator(".builds").filter({ hasText: "skips build, stage 4" }).waitFor();
      await until("the target", async () =>
        (await page.locator(".canvas .node.target").getAttribute("aria-label"))?.startsWith("Stage test,"),
      );
      await page.getByLabel("Target", { exact: true }).selectOption("");
      await page.locator(".builds").filter({ hasText: "skips test" }).waitFor();
    });

    it("shows what can be built at the same time, and the longest chain", async () => {
      await view("Build order");
      await page.locator(".lane").first().waitFor();
      assert.ok((await page.locator(".node.chain").count()) >= 3);
      const [one, other] = [await node("build").boundingBox(), await node("test").boundingBox()];
      assert.ok(one && other && Math.abs(one.y - other.y) < 2, "build and test are not in one row");
      await view("Build order");
      await count(page.locator(".lane"), 0);
    });

    it("shows what comes out of the build context, on demand", async () => {
      assert.equal(await page.locator(".canvas .node.context").count(), 0);
      await view("Copies out of the build context");
      await page.locator(".canvas .node.context").waitFor();
      await view("Copies out of the build context");
      await count(page.locator(".canvas .node.context"), 0);
    });

    it("says what is rebuilt when a file changes", async () => {
      await page.getByText("What is rebuilt?").click();
      await pick("package.json");
      await page.locator(".side h2").filter({ hasText: "When package.json changes" }).waitFor();
      await page.locator(".side [data-entry]").filter({ hasText: "npm ci" }).waitFor();
      assert.ok(await node("deps").evaluate((element) => element.classList.contains("marked")));
      assert.ok(!(await node("base").evaluate((element) => element.classList.contains("marked"))));
      await page.locator(".side [data-entry]").filter({ hasText: "npm ci" }).click();
      await editor.cursorIn("npm ci");
      await page.locator(".side").getByLabel("Close").click();
      await count(page.locator(".node.marked"), 0);
    });

    it("says what is rebuilt for what the cursor is on", async () => {
      await page.getByText("What is rebuilt?").click();
      await pick("What the cursor is on");
      await editor.click("COPY pack<|>age.json");
      await page.locator(".side h2").filter({ hasText: "package.json" }).waitFor();
      await editor.click("RUN ec<|>ho");
      await page.locator(".side h2").filter({ hasText: "RUN echo" }).waitFor();
      await page.getByText("What is rebuilt?").click();
      await page.locator(".side").waitFor({ state: "hidden" });
    });

    it("says what ships and what stays behind", async () => {
      await page.getByText("What ships?").click();
      await page.locator(".side h3").filter({ hasText: "Copied from other stages" }).waitFor();
      await page.locator(".side h3").filter({ hasText: "Stays behind" }).waitFor();
      await page.getByText("What ships?").click();
      await page.locator(".side").waitFor({ state: "hidden" });
    });

    it("finds stages by what is in them", async () => {
      await page.getByLabel("Find in the graph").fill("npm");
      await page.locator(".found-count").filter({ hasText: "1 of 3" }).waitFor();
      await count(page.locator(".node.found"), 3);
      await editor.press("Enter");
      await page.locator(".found-count").filter({ hasText: "2 of 3" }).waitFor();
      await editor.press("Escape");
      await count(page.locator(".node.found"), 0);
    });

    it("is walked with the keyboard, in reading order", async () => {
      const names: string[] = [];
      await page.locator("[data-node]").first().focus();
      for (let i = 0; i < 30; i++) {
        if ((await page.locator(":focus").count()) === 0) break;
        const name = await page.locator(":focus").getAttribute("aria-label");
        if (name === null) break;
        names.push(name.replace(/,.*/, ""));
        await editor.press("Tab");
      }
      const at = (name: string): number => names.indexOf(name);
      assert.ok(at("Image node:${NODE_VERSION}-bookworm-slim") < at("Stage base"), names.join("\n"));
      assert.ok(at("Stage base") < at("Stage deps") && at("Stage deps") < at("Stage build"), names.join("\n"));
      assert.ok(at("stage 4: COPY from deps") > at("Stage deps"), names.join("\n"));
      await node("deps").focus();
      await editor.press("ArrowUp");
      await until("the stage above", async () =>
        (await page.locator(":focus").getAttribute("aria-label"))?.startsWith("Stage base,"),
      );
      await editor.press("l");
      await until("its instructions", async () => (await page.locator("[data-step]").count()) === 3);
      await editor.press("ArrowRight", "ArrowDown");
      await until("the second", async () =>
        (await page.locator(":focus").getAttribute("aria-label"))?.startsWith("ENV"),
      );
      await editor.press("Enter");
      await editor.cursorIn("ENV NODE_ENV");
      await node("base").locator(".fold").click();
    });

    it("has nothing that a checker of accessibility complains of", async () => {
      for (const open of [false, true]) {
        if (open) {
          await view("Instructions of all stages");
          await page.getByText("What ships?").click();
          await page.locator(".side h2").waitFor();
        }
        assert.deepEqual(await complaints(editor), []);
      }
      await page.getByText("What ships?").click();
      await view("Instructions of all stages");
    });

    it("says the whole graph as a text", async () => {
      const outline = page.getByRole("region", { name: "Stage graph as text" });
      assert.match((await outline.textContent()) ?? "", /Stage build, FROM deps.*build is built FROM deps\./s);
    });

    it("zooms with keys and buttons, and shows the whole again", async () => {
      const scale = (): Promise<string | null> => page.locator(".canvas > g").getAttribute("transform");
      const before = await scale();
      await page.getByLabel("Zoom in").click();
      await until("another size", async () => (await scale()) !== before);
      await page.getByText("Fit", { exact: true }).click();
      await until("the size before", async () => (await scale()) === before);
    });
  });

  describe("and its menus", () => {
    beforeEach(async () => {
      await editor.open("multi-stage");
      await show();
    });

    it("renames with a double click", async () => {
      await node("build").locator(".title").dblclick();
      await editor.page.locator(".quick-input-widget input[type=text]").waitFor();
      await editor.page.keyboard.press("Control+a");
      await editor.page.keyboard.insertText("compile");
      await editor.press("Enter");
      await node("compile").waitFor();
      await editor.save((text) => text.includes("AS compile") && text.includes("COPY --from=compile /app/dist"));
    });

    it("removes a stage that nothing needs", async () => {
      await choose(node("test"), "Remove Unused Stage");
      await node("test").waitFor({ state: "detached" });
      await editor.save((text) => !text.includes("npm test") && text.includes("AS build"));
    });

    it("offers the same in the drawing and in the tree", async () => {
      const titles = async (on: Locator): Promise<string[]> => {
        await on.click({ button: "right", position: { x: 30, y: 10 } });
        await menuItem("Copy Graph as Mermaid").waitFor();
        const items = editor.page.locator(".monaco-menu .action-item:not(.disabled) .action-label");
        const found = (await items.allInnerTexts()).map((text) => text.trim()).filter((text) => text !== "");
        await editor.press("Escape");
        await menuItem("Copy Graph as Mermaid").waitFor({ state: "detached" });
        return found;
      };
      const [needed, unneeded] = [await titles(node("build")), await titles(node("test"))];
      const all = ["Go to", "Find All References", "Rename Everywhere…", "Split into Builder and Runtime Stages…"];
      const rest = ["Build This Target", "Copy Graph as Mermaid"];
      for (const title of [...all, ...rest]) assert.ok(needed.includes(title), `${title} in ${needed.join()}`);
      assert.ok(unneeded.includes("Remove Unused Stage"));
      await editor.command("Explorer: Focus on Dockerfile Stages View");
      const tree = editor.page.locator(".pane").filter({ hasText: "Dockerfile Stages" }).last();
      const row = (name: string): Locator => tree.locator(".monaco-list-row").filter({ hasText: name }).first();
      await row("build").waitFor();
      assert.deepEqual(await titles(row("build")), needed);
      assert.deepEqual(await titles(row("test")), unneeded);
      await editor.page.locator(".pane-header").filter({ hasText: "Dockerfile Stages" }).first().click();
    });

    it("lists references, renames, splits and builds", async () => {
      await choose(node("deps"), "Find All References");
      const peek = editor.page.locator(".peekview-widget");
      await peek.locator(".monaco-list-row").first().waitFor();
      assert.match((await peek.locator(".peekview-title").textContent()) ?? "", /\(4\)/);
      await editor.press("Escape");
      await peek.waitFor({ state: "detached" });
      await choose(node("deps"), "Rename Everywhere…");
      const input = editor.page.locator(".quick-input-widget input[type=text]");
      await until("the present name", async () => (await input.inputValue()) === "deps");
      await editor.press("Escape");
      await choose(node("build"), "Split into Builder");
      await editor.page
        .locator(".notification-toast, .quick-input-widget:visible")
        .filter({ hasText: /split|stage|runtime/i })
        .first()
        .waitFor();
      await editor.press("Escape");
    });

    it("builds a target with the user's Docker", async () => {
      const docker = standIn(multiStage);
      editor.configure({ "dockerfileStages.docker": docker.program });
      try {
        await until("a build of the stage", async () => {
          await choose(node("build"), "Build This Target");
          await sleep(1000);
          return docker
            .builds()
            .some((args) => args.some((each) => each.endsWith("build")) && args.includes("--target=build"));
        });
      } finally {
        editor.configure({ "dockerfileStages.docker": null });
        docker.remove();
      }
    });

    it("goes to stages and copies the graph as Mermaid", async () => {
      await choose(node("build"), "Go to");
      await editor.cursorIn("FROM deps AS build");
      await node("build").click({ button: "right", position: { x: 30, y: 10 } });
      await menuItem("Copy Graph as Mermaid").waitFor();
      await menuItem("Build This Target").waitFor();
      assert.equal(await menuItem("Remove Unused").count(), 0);
      await editor.press("Escape");
      await choose(node("build"), "Copy Graph as Mermaid");
      await editor.page.locator(".statusbar").filter({ hasText: "copied as Mermaid" }).waitFor();
    });

    it("exports pictures and texts", async () => {
      for (const [label, file, check] of [
        ["Save as SVG", "stages.svg", /^<svg .*deps.*<\/svg>\n$/s],
        ["Save as PNG", "stages.png", /^.PNG/s],
        ["Save as Mermaid", "stages.mmd", /^flowchart LR/],
        ["Save as DOT", "stages.dot", /^digraph/],
        ["Save as JSON", "stages.json", /^\s*[[{]/],
      ] as const) {
        await page.getByText("Export…").click();
        await pick(label);
        await until(`the name ${file}`, async () =>
          (await editor.page.locator(".quick-input-widget input[type=text]").inputValue()).endsWith(file),
        );
        await editor.press("Enter");
        await until(file, () => {
          try {
            return check.test(editor.read(file));
          } catch {
            return false;
          }
        });
      }
      assert.doesNotMatch(editor.read("stages.svg"), /class=|script|data-/);
    });
  });

  it("draws a name as a text, whatever it is", async () => {
    const evil = "<img/src=x/onerror=alert(1)>";
    await editor.openText(
      `FROM alpine${evil} AS ${evil}\nFROM a\nCOPY --from=${evil} /<img> /<b>\n# <b>\nRUN echo "${evil}"\n`,
    );
    await show();
    await page.locator(".label text").filter({ hasText: "<img" }).waitFor();
    await page.locator(".canvas .title").filter({ hasText: "<img" }).first().waitFor();
    await view("Instructions of all stages");
    await page.locator(".row").filter({ hasText: evil }).first().waitFor();
    await page.getByText("What ships?").click();
    await page.locator(".side").filter({ hasText: "<img" }).waitFor();
    await page.getByText("What ships?").click();
    await view("Instructions of all stages");
    assert.equal(await page.locator("img, b").count(), 0);
    assert.deepEqual(editor.webviewErrors, []);
  });

  it("draws mistakes where they are", async () => {
    await editor.openText("FROM alpine AS a\nCOPY --from=b /x /y\nFROM alpine AS b\nCOPY --from=a /x /y\n");
    await show();
    await page.locator(".canvas .node.broken .note").first().waitFor();
    await page.locator(".canvas .line.broken").first().waitFor();
    assert.match(
      (await page.locator(".canvas .node.broken").first().getAttribute("aria-label")) ?? "",
      /has an error: ./,
    );
  });

  it("stays with the file that it is pinned to, and shows others in another panel", async () => {
    await editor.open("multi-stage");
    editor.write("Containerfile", "FROM alpine AS other\n");
    await show();
    await page.getByText("Pin", { exact: true }).click();
    await page.getByText("Pinned", { exact: true }).waitFor();
    await editor.click("FROM base AS deps");
    await editor.openFile("Containerfile");
    await node("deps").waitFor();
    await editor.command("Dockerfile: Show Stage Graph");
    await node("other").waitFor();
    for (const file of ["Dockerfile", "Containerfile"]) {
      assert.equal(await editor.page.getByRole("tab", { name: `Stages: ${file}` }).count(), 1);
    }
  });

  it("lets the editor stay quick beside 500 stages", async () => {
    const stages = Array.from(
      { length: 499 },
      (_, i) => `FROM ${i % 5 === 0 ? "alpine" : `s${i - (i % 5)}`} AS s${i}\nRUN make ${i}\n`,
    );
    await editor.openText(`${stages.join("")}FROM scratch\nCOPY --from=s498 /x /x\n`);
    await show();
    await page.locator(".minimap:not([hidden])").waitFor();
    await count(page.locator(".canvas .node.stage"), 500);
    await editor.typeAtEnd("COPY --from=s4");
    const started = performance.now();
    await editor.type("97 /y /y");
    await until("what is typed", async () => (await editor.lines()).some((line) => line.includes("s497 /y /y")));
    assert.ok(performance.now() - started < 30_000, `typing took ${performance.now() - started} ms`);
    await page.locator('[data-edge][aria-label*="COPY from s497"]').first().waitFor({ state: "attached" });
  });

  it("is a tree in the side bar, too", async () => {
    await editor.open("multi-stage");
    await editor.command("Explorer: Focus on Dockerfile Stages View");
    const tree = editor.page.locator(".pane").filter({ hasText: "Dockerfile Stages" }).last();
    const row = (name: string): Locator => tree.locator(".monaco-list-row").filter({ hasText: name }).first();
    await row("deps").waitFor();
    await row("build").click();
    await editor.cursorIn("FROM deps AS build");
    await row("build").locator(".monaco-tl-twistie").click();
    await row("5 instructions").or(row("4 instructions")).waitFor();
    await choose(row("test"), "Remove Unused Stage");
    await row("test").waitFor({ state: "detached" });
    // Closed again, it leaves the side bar to the views that other tests look at.
    await editor.page.locator(".pane-header").filter({ hasText: "Dockerfile Stages" }).first().click();
    await row("deps").waitFor({ state: "detached" });
  });

  it("is there again after a reload, as it was", async () => {
    await editor.open("multi-stage");
    await show();
    await node("deps").locator(".fold").click();
    await page.getByText("Pin", { exact: true }).click();
    await page.locator("[data-step]").first().waitFor();
    // What is kept is written a moment later.
    await sleep(1000);
    await editor.command("Developer: Reload Window");
    await editor.page.waitForEvent("load");
    await page.locator("[data-step]").first().waitFor({ timeout: 40_000 });
    await page.getByText("Pinned", { exact: true }).waitFor();
    assert.equal(await page.locator("[data-step]").count(), 3);
  });
});
