import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { workbench } from "./support.ts";
import { until, type Workbench } from "./workbench.ts";

const title = "Split into builder and runtime stages";
const stagesOf = (text: string): number => text.match(/^FROM /gm)?.length ?? 0;

/** Waits for the text to be split, saves it, and takes it back with one step. */
async function isSplitAndUndone(editor: Workbench, before: string): Promise<void> {
  await until("two stages", async () => (await editor.lines()).filter((line) => line.startsWith("FROM ")).length === 2);
  await editor.save((text) => stagesOf(text) === 2);
  const builder = /^FROM \S+ AS (\S+)$/m.exec(editor.read())?.[1];
  assert.ok(editor.read().includes(`COPY --from=${builder} `), editor.read());
  assert.equal(await editor.squiggles("error").count(), 0);
  assert.equal(await editor.squiggles("warning").count(), 0);
  await editor.press("Control+z");
  await editor.save((text) => text === before);
}

/** The list of ways. */
const waysIn = (editor: Workbench): Locator =>
  editor.page.locator(".quick-input-widget").filter({ hasText: title }).locator(".monaco-list-row");

/** Chooses the palette command in a sample and a base where it asks for one, and waits for the question with the preview. */
async function askFromPalette(base: string) {
  const editor = await workbench();
  await editor.open("go-service");
  const before = editor.read();
  await editor.click("WORKDIR");
  await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
  await waysIn(editor).filter({ hasText: base }).first().click();
  return { editor, before, question: await editor.notification(title) };
}

describe("the split", () => {
  it("is a quick fix where the image ships build tools", async () => {
    const editor = await workbench();
    await editor.open("node-api");
    const before = editor.read();
    assert.match(await editor.hover("n<|>ode:22-bookworm", "ships"), /A builder and a runtime stage keep them out/);
    await editor.act("n<|>ode:22-bookworm", title);
    await editor.notification("The stage is split. Please check:");
    await isSplitAndUndone(editor, before);
  });

  it("is in the menu of refactorings", async () => {
    const editor = await workbench();
    await editor.open("go-service");
    const before = editor.read();
    await editor.act("RUN go mod", title, "refactor");
    await isSplitAndUndone(editor, before);
  });

  it("offers a choice of ways in the menu, the default first", async () => {
    const editor = await workbench();
    await editor.open("go-service");
    const before = editor.read();
    await editor.act("RUN go mod", `${title}…`, "refactor");
    const rows = waysIn(editor);
    await rows.first().waitFor();
    assert.match(
      (await rows.first().innerText()).replaceAll("\u00A0", " "),
      /^alpine:3\s*a smaller image · 1 thing to check/,
    );
    assert.match((await rows.first().getAttribute("class")) ?? "", /focused/);
    await editor.press("Enter");
    const question = await editor.notification(title);
    await question.getByRole("button", { name: "Apply" }).click();
    await isSplitAndUndone(editor, before);
  });

  it("does nothing when no way is chosen", async () => {
    const editor = await workbench();
    await editor.open("go-service");
    const before = editor.read();
    await editor.click("WORKDIR");
    await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
    await waysIn(editor).first().waitFor();
    await editor.press("Escape");
    await editor.save((text) => text === before);
    assert.equal(await editor.page.locator(".monaco-diff-editor").count(), 0);
  });

  it("shows before and after from the palette, and applies when one agrees", async () => {
    const { editor, before, question } = await askFromPalette("scratch");
    const diff = editor.page.locator(".monaco-diff-editor");
    await diff.locator(".editor.modified .view-line").filter({ hasText: "FROM scratch" }).first().waitFor();
    await diff.locator(".editor.original .view-line").filter({ hasText: "FROM" }).first().waitFor();
    assert.equal(editor.read(), before);
    await question.getByRole("button", { name: "Apply" }).click();
    await diff.waitFor({ state: "detached" });
    await isSplitAndUndone(editor, before);
  });

  it("does more on demand, and shows it", async () => {
    const editor = await workbench();
    await editor.open("node-api");
    await editor.click("WORKDIR");
    await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
    const question = editor.page.locator(".notification-toast").filter({ hasText: title }).first();
    await question.or(waysIn(editor).first()).first().waitFor();
    if (!(await question.isVisible())) await editor.press("Enter");
    await question.getByRole("button", { name: "Options…" }).click();
    await editor.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "Run as node" }).click();
    await editor.press("Enter");
    const modified = editor.page.locator(".monaco-diff-editor .editor.modified .view-line");
    await modified.filter({ hasText: "USER node" }).first().waitFor();
    await question.getByRole("button", { name: "Apply" }).click();
    await until("the user", async () => (await editor.lines()).includes("USER node"));
  });

  it("leaves the file alone when one does not agree", async () => {
    const { editor, before, question } = await askFromPalette("alpine:3");
    await question.getByRole("button", { name: "Cancel" }).click();
    await editor.page.locator(".monaco-diff-editor").waitFor({ state: "detached" });
    await editor.save((text) => text === before);
  });

  it("is greyed out with a reason where it is refused, and the command says the reason", async () => {
    const editor = await workbench();
    await editor.openText(
      'FROM golang:1.25\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./...\nCMD ["/bin/sh", "-c", "make run"]\n',
    );
    const reason = 'The container starts "make", and no build in this file is seen to make it.';
    const menu = await editor.menu("RUN go build", "refactor");
    const entry = menu.locator(".option-disabled").filter({ hasText: title });
    await entry.waitFor();
    assert.equal(await entry.innerText(), `${title}: ${reason}`);
    await editor.press("Escape");
    await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
    await editor.notification(reason);
  });

  it("is not offered where a stage builds nothing, and the command says why", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.click("RUN npm te<|>st");
    await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
    await editor.notification("No build is recognised in stage 'test': there is nothing to split.");
    await editor.press("Control+Shift+r");
    await editor.page.getByText("No refactorings available").first().waitFor();
  });
});
