import assert from "node:assert/strict";
import { workbench } from "./support.ts";

const stages = "FROM golang:1.25 AS build\nRUN true\nFROM build AS tested\nRUN true\nFROM alpine:3\n";

describe("completion", () => {
  it("offers the stages behind --from= as it is typed, and narrows down", async () => {
    const editor = await workbench();
    await editor.openText(stages);
    await editor.typeAtEnd("COPY --from=");
    assert.deepEqual(await editor.suggestions("tested", "build"), ["tested", "build"]);
    await editor.type("b");
    assert.deepEqual(await editor.suggestions("build"), ["build"]);
    await editor.press("Enter");
    await editor.type(" /app /app");
    await editor.save((text) => text.endsWith("\nCOPY --from=build /app /app"));
  });

  it("offers the stages in a mount", async () => {
    const editor = await workbench();
    await editor.openText(stages);
    await editor.typeAtEnd("RUN --mount=type=bind,from=te");
    await editor.suggestions("tested");
    await editor.press("Enter");
    await editor.type(",target=/t ls /t");
    await editor.save((text) => text.endsWith("\nRUN --mount=type=bind,from=tested,target=/t ls /t"));
  });

  it("offers the stages behind FROM", async () => {
    const editor = await workbench();
    await editor.openText(stages);
    await editor.typeAtEnd("FROM ");
    await editor.suggestions("tested", "build");
    await editor.press("ArrowDown", "Enter");
    await editor.type(" AS last");
    await editor.save((text) => text.endsWith("\nFROM build AS last"));
  });
});
