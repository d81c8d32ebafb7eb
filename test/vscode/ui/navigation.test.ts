import assert from "node:assert/strict";
import { workbench } from "./support.ts";
import { until } from "./workbench.ts";

describe("navigation", () => {
  it("goes to a stage from wherever it is named", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    const places: readonly [from: string, to: string][] = [
      ["COPY --from=bu<|>ild /app/dist", "FROM deps AS build"],
      ["type=bind,from=bu<|>ild", "FROM deps AS build"],
      ["COPY --from=<|>1", "FROM base AS deps"],
      ["FROM de<|>ps AS test", "FROM base AS deps"],
    ];
    // Where hovers come from, definitions do, too.
    await editor.hover("AS bu<|>ild", "Stage build");
    for (const [from, to] of places) {
      await editor.click(from);
      await editor.cursorIn(from.replace("<|>", ""));
      await editor.press("F12");
      await editor.cursorIn(to);
    }
  });

  it("shows all references", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.click("AS bu<|>ild");
    await editor.press("Shift+F12");
    const rows = editor.page.locator(".reference-zone-widget .ref-tree .monaco-list-row .referenceMatch");
    await until("the references", async () => (await rows.count()) === 4);
    await editor.press("Escape");
  });
});

describe("renaming", () => {
  it("renames a stage wherever it is named", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.rename("FROM deps AS bu<|>ild", "compile");
    await until("the new name", async () => (await editor.lines()).some((line) => line.includes("--from=compile ")));
    await editor.save((text) => text.includes("FROM deps AS compile"));
    const text = editor.read();
    assert.match(text, /--mount=type=bind,from=compile,/);
    assert.doesNotMatch(text, /--from=build\b/);
    assert.match(text, /COPY --from=1 /);
  });

  it("keeps an index as it is", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.rename("AS de<|>ps", "packages");
    await editor.save((text) => text.includes("FROM base AS packages"));
    assert.equal(editor.read().match(/FROM packages AS/g)?.length, 2);
    assert.match(editor.read(), /COPY --from=1 /);
  });

  it("refuses what is no name or taken, and says why", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    const before = editor.read();
    const refused: readonly [name: string, reason: string][] = [
      ["my stage", "'my stage' is not a name for a stage."],
      ["test", "already has a stage named 'test'."],
      ["scratch", "'scratch' is reserved"],
    ];
    for (const [name, reason] of refused) {
      await editor.rename("FROM deps AS bu<|>ild", name);
      await editor.page.getByText(reason).first().waitFor();
      await editor.press("Escape");
    }
    await editor.save((text) => text === before);
  });

  it("refuses what is no stage and says why", async () => {
    const editor = await workbench();
    await editor.open("go-service");
    await editor.hover("go<|>lang", "from outside this file");
    await editor.click("go<|>lang:1.25");
    await editor.press("F2");
    await editor.page.getByText("'golang:1.25-alpine' is an image, not a stage of this file.").first().waitFor();
  });
});
