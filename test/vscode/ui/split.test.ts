import assert from "node:assert/strict";
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

/** Chooses the palette command in a sample, and waits for the question with the preview. */
async function askFromPalette() {
  const editor = await workbench();
  await editor.open("react-site");
  const before = editor.read();
  await editor.click("WORKDIR");
  await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
  return { editor, before, question: await editor.notification(title) };
}

describe("the split", () => {
  it("is a quick fix where the image ships build tools", async () => {
    const editor = await workbench();
    await editor.open("node-api");
    const before = editor.read();
    assert.match(await editor.hover("n<|>ode:22-bookworm", "ships"), /A builder and a runtime stage keep them out/);
    await editor.act("n<|>ode:22-bookworm", title);
    await isSplitAndUndone(editor, before);
  });

  it("is in the menu of refactorings", async () => {
    const editor = await workbench();
    await editor.open("go-service");
    const before = editor.read();
    await editor.act("RUN go mod", title, "refactor");
    await isSplitAndUndone(editor, before);
  });

  it("shows before and after from the palette, and applies when one agrees", async () => {
    const { editor, before, question } = await askFromPalette();
    const diff = editor.page.locator(".monaco-diff-editor");
    await diff.locator(".editor.modified .view-line").filter({ hasText: "COPY --from=" }).first().waitFor();
    await diff.locator(".editor.original .view-line").filter({ hasText: "FROM" }).first().waitFor();
    assert.equal(editor.read(), before);
    await question.getByRole("button", { name: "Apply" }).click();
    await diff.waitFor({ state: "detached" });
    await isSplitAndUndone(editor, before);
  });

  it("leaves the file alone when one does not agree", async () => {
    const { editor, before, question } = await askFromPalette();
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
    await editor.page.screenshot({ path: "/tmp/menu.png" });
    await editor.press("Escape");
    await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
    await editor.notification(reason);
  });

  it("is not offered where there are several stages, and the command says why", async () => {
    const editor = await workbench();
    await editor.open("multi-stage");
    await editor.click("RUN npm te<|>st");
    await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
    await editor.notification("The file has several stages already.");
    await editor.press("Control+Shift+r");
    await editor.page.getByText("No refactorings available").first().waitFor();
  });
});
