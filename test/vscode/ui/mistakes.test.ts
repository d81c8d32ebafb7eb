import assert from "node:assert/strict";
import { workbench } from "./support.ts";
import { until } from "./workbench.ts";

describe("a mistake", () => {
  it("is underlined while it is typed, and the line is gone when it is right", async () => {
    const editor = await workbench();
    await editor.openText("FROM golang:1.25 AS builder\nRUN go build -o /app .\nFROM alpine:3\n");
    await editor.typeAtEnd("COPY --from=bulder");
    await editor.press("Escape");
    await editor.type(" /app /app");
    const squiggles = editor.squiggles("warning");
    await squiggles.first().waitFor();
    assert.equal(await squiggles.count(), 1);
    await editor.click("--from=bu<|>lder");
    await editor.type("i");
    await squiggles.first().waitFor({ state: "detached" });
    await editor.save((text) => text.endsWith("COPY --from=builder /app /app"));
  });

  it("is explained, and gone with its quick fix", async () => {
    const editor = await workbench();
    await editor.open("mistakes");
    await editor.squiggles("warning").first().waitFor();
    const before = await editor.squiggles("warning").count();
    const hover = await editor.hover("bulder", "no stage");
    assert.match(hover, /There is no stage 'bulder'/);
    assert.match(hover, /UnknownStage/);
    assert.doesNotMatch(hover, /Open the page/);
    await editor.act("bulder", "Change to 'builder'");
    await until("one warning less", async () => (await editor.squiggles("warning").count()) === before - 1);
    await editor.save((text) => text.includes("COPY --from=builder "));
  });

  it("is left alone where the file shall say so", async () => {
    const editor = await workbench();
    await editor.open("mistakes");
    await editor.squiggles("warning").first().waitFor();
    const before = await editor.squiggles("warning").count();
    await editor.act("bulder", "Ignore UnknownStage in this file");
    await until("one warning less", async () => (await editor.squiggles("warning").count()) === before - 1);
    await editor.save((text) => text.startsWith("# check=skip=UnknownStage\n# Mistakes"));
  });

  it("is in the list of problems", async () => {
    const editor = await workbench();
    await editor.open("mistakes");
    await editor.squiggles("warning").first().waitFor();
    await editor.press("Control+Shift+m");
    const panel = editor.page.locator(".markers-panel");
    await panel.getByText("There is no stage 'bulder'").first().waitFor();
    await panel.getByText("'RELEASE' is declared before the first FROM").first().waitFor();
  });
});
