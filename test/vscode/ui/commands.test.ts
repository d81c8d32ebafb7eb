import assert from "node:assert/strict";
import { workbench } from "./support.ts";
import { until } from "./workbench.ts";

describe("commands", () => {
  it("are in the palette of a Dockerfile", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.click("FROM base AS deps");
    const rows = await editor.palette("Dockerfile: Stage");
    const titles = await until("commands in the palette", async () => {
      const all = (await rows.allInnerTexts()).join("\n");
      return all.includes("Show Stage Graph") && all;
    });
    assert.match(titles, /Split into Builder and Runtime Stages…/);
    assert.match(titles, /Restart Stage Language Server/);
  });

  it("are not in the palette of another file", async () => {
    const editor = await workbench();
    await editor.open("node-api", "package.json");
    await editor.click("dependencies");
    const rows = await editor.palette("Dockerfile: Stage");
    await until("the palette", async () => (await rows.count()) > 0);
    assert.doesNotMatch((await rows.allInnerTexts()).join("\n"), /Show Stage Graph/);
  });
});
