import assert from "node:assert/strict";
import { workbench } from "./support.ts";

describe("at a glance", () => {
  it("each stage says who uses it, and shows where on a click", async () => {
    const editor = await workbench();
    await editor.openText(
      "FROM golang:1.25 AS builder\nRUN go build -o /app .\nFROM alpine:3\nCOPY --from=builder /app /app\nCOPY --from=0 /etc/passwd /etc/\n",
    );
    const lenses = editor.page.locator(".codelens-decoration");
    await lenses.filter({ hasText: "built by default" }).first().waitFor();
    await lenses.locator("a").filter({ hasText: "used by 1 · copies to the last stage" }).first().click();
    const peek = editor.page.locator(".reference-zone-widget .ref-tree");
    await peek.getByText("COPY --from=builder").first().waitFor();
    await peek.getByText("COPY --from=0").first().waitFor();
    await editor.press("Escape");
  });

  it("hints stand in the lines, and are no part of the text", async () => {
    const editor = await workbench();
    await editor.openText("ARG TAG=3.20\nFROM alpine:${TAG} AS base\nFROM base AS app\nRUN true\n");
    const { keyboard } = editor.page;
    await editor.click("AS app");
    await keyboard.down("Control");
    await keyboard.down("Alt");
    const line = editor.page.locator(".view-line").filter({ hasText: "AS app" });
    await line.filter({ hasText: "alpine:3.20" }).first().waitFor();
    await keyboard.up("Alt");
    await keyboard.up("Control");
    await editor.typeAtEnd("CMD true");
    await editor.save((text) => !text.includes("←") && text.endsWith("CMD true"));
  });

  it("a stage that no build needs is faded as a whole", async () => {
    const editor = await workbench();
    await editor.openText(
      "FROM golang:1.25 AS tools\nRUN go install example.com/tool@latest\nFROM alpine:3\nRUN apk add curl\n",
    );
    const faded = editor.page.locator(".view-line .squiggly-inline-unnecessary");
    await faded.filter({ hasText: "install" }).first().waitFor();
    assert.equal(await faded.filter({ hasText: "curl" }).count(), 0);
  });
});
