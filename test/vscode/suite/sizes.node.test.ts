import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { api, closeEditors, codeActions, equal, measure, measured, ok, openCopy, openFile, until } from "./support.ts";

/**
 * A stand-in for Docker: it keeps what it is told and the Dockerfiles that it is given, fails for a stage called `broken`,
 * and takes its time for one called `slow`. The history of an image is one of `COPY` and `RUN` on a base of 1000 bytes.
 */
const folder = mkdtempSync(path.join(tmpdir(), "dockerfile-stages-sizes-"));
const program = path.join(folder, "docker");
const log = path.join(folder, "log");
writeFileSync(
  program,
  `#!/bin/sh
echo "$*" >> '${log}'
case "$1 $2" in
  'buildx build')
    for word in "$@"; do
      case "$word" in
        --target=*) target=\${word#*=} ;;
        --file=*) file=\${word#*=} ;;
        --tag=*) tag=\${word#*=} ;;
      esac
    done
    cp "$file" '${folder}'/copy
    echo "#1 building $target" >&2
    case "$target" in
      broken) echo 'ERROR: failed to solve: it is broken' >&2; exit 1 ;;
      slow) trap 'exit 130' INT TERM; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1 & wait $!; done ;;
    esac ;;
  'history --no-trunc')
    echo '{"CreatedBy":"CMD [\\"sh\\"]","Size":"0"}'
    echo '{"CreatedBy":"RUN /bin/sh -c true # buildkit","Size":"20"}'
    echo '{"CreatedBy":"COPY a b # buildkit","Size":"300"}'
    echo '{"CreatedBy":"/bin/sh -c #(nop) ADD file:1 in / ","Size":"1000"}' ;;
esac
`,
);
chmodSync(program, 0o755);

const calls = (): string[] => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
const builds = (): string[] => calls().flatMap((call) => /^buildx build .*--target=(\S+)/.exec(call)?.[1] ?? []);

const use = (value: string | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration("dockerfileStages").update("docker", value, vscode.ConfigurationTarget.Global);

/** The text of the table that is shown. */
async function shownTable({ uri: { path: file } }: vscode.TextDocument, head: RegExp): Promise<string> {
  const tab = await until("the table", () =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.includes("image sizes")),
  );
  equal(tab.input instanceof vscode.TabInputWebview, true);
  return until(`a table with ${head}`, () =>
    vscode.workspace.textDocuments
      .filter(({ uri }) => uri.path.startsWith(file) && uri.path.endsWith("image sizes.md"))
      .map((document) => document.getText())
      .find((text) => head.test(text)),
  );
}

/** Compares the active file with the first that is offered. */
async function compareWithFirst(): Promise<void> {
  let isDone = false;
  const done = vscode.commands.executeCommand("dockerfileStages.compareSizes").then(() => {
    isDone = true;
  });
  await until("the comparison", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return isDone;
  });
  await done;
}

const stage = (name: string): string => `FROM alpine AS ${name}\nCOPY a b\nRUN true\n`;

describe("sizes of stages", () => {
  before(async () => {
    await api();
    await use(program);
  });
  afterEach(async () => {
    rmSync(log, { force: true });
    await closeEditors();
  });
  after(async () => {
    await use(undefined);
    rmSync(folder, { recursive: true });
  });

  it("are measured by builds of a copy in which every stage has a name", async () => {
    const text = `${stage("tools")}FROM scratch\nCOPY --from=tools a b\nRUN true\n${stage("last")}`;
    const document = await openFile("Dockerfile", text);
    await measure(document);
    equal(await measured(document).then(({ stages }) => stages), [
      { id: "stage:0", label: "tools", size: 1320, base: 1000, steps: { 1: 300, 2: 20 }, problem: "" },
      { id: "stage:1", label: "stage 1", size: 1320, base: 1000, steps: { 1: 300, 2: 20 }, problem: "" },
      { id: "stage:2", label: "last", size: 1320, base: 1000, steps: { 1: 300, 2: 20 }, problem: "" },
    ]);
    equal(builds(), ["tools", "stage-1", "last"]);
    equal(readFileSync(path.join(folder, "copy"), "utf8"), text.replace("FROM scratch", "FROM scratch AS stage-1"));
  });

  it("leave nothing behind", async () => {
    const document = await openFile("Dockerfile", stage("tools"));
    await measure(document);
    const build = calls().find((call) => call.startsWith("buildx build"))!;
    const tag = /--tag=(\S+)/.exec(build)![1]!;
    equal(calls().at(-1), `image rm ${tag}`);
    ok(build.endsWith(` ${path.dirname(document.uri.fsPath)}`), build);
    ok(!existsSync(/--file=(\S+)/.exec(build)![1]!), "the copy is still there");
  });

  it("have words where a stage cannot be built, and where one is needed", async () => {
    const document = await openFile(
      "Dockerfile",
      `${stage("broken")}FROM alpine AS next\nCOPY --from=broken a b\n${stage("other")}`,
    );
    await measure(document);
    const { stages } = await measured(document);
    equal(
      stages.map(({ label, size, problem }) => [label, size, problem]),
      [
        ["broken", null, "it is broken"],
        ["next", null, "needs broken, which was not built"],
        ["other", 1320, ""],
      ],
    );
    equal(builds(), ["broken", "other"]);
  });

  it("are compared with those of another file, in a table", async () => {
    const other = await openFile("Dockerfile", stage("other"));
    const document = await openFile("Dockerfile", `${stage("broken")}\n${stage("last")}`);
    const args = [document.uri.toString(), [other.uri.toString()]] as const;
    await vscode.commands.executeCommand("dockerfileStages.compareSizes", ...args);
    const table = await shownTable(document, /^# /);
    const name = vscode.workspace.asRelativePath(other.uri);
    equal(table.split("\n").slice(0, 10), [
      "# Image sizes of Dockerfile",
      "",
      `|  | ${name} | Now |`,
      "| --- | ---: | ---: |",
      "| **Image** | **1.32 kB** | **1.32 kB** |",
      `| Compared with “${name}” |  | the same size |`,
      "| Base | 1 kB (alpine) | 1 kB (alpine) |",
      "| Copied from the build context | 300 B | 300 B |",
      "| Made by commands | 20 B | 20 B |",
      "",
    ]);
    ok(table.includes("\n| COPY a b | last | 300 B | 23 % |\n"), table);
    equal(builds(), ["other", "last"]);
  });

  it("are compared with those after a split, and with those before one", async () => {
    const document = await openCopy("go-service/Dockerfile");
    const text = document.getText();
    await compareWithFirst();
    await shownTable(document, /^# Image sizes of Dockerfile\n\n\|  \| Now \| After a split: \S+ \|$/m);
    equal(builds().length, 2);

    await vscode.window.showTextDocument(document);
    const from = new vscode.Range(0, 0, document.lineCount, 0);
    const kind = vscode.CodeActionKind.RefactorRewrite.append("splitStage");
    const [split] = await codeActions(document, from, kind);
    ok(split?.edit && (await vscode.workspace.applyEdit(split.edit)), "it was not split");
    await compareWithFirst();
    await shownTable(document, /^\|  \| Before the split \| Now \|$/m);
    equal(builds().length, 4);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("undo");
    equal(document.getText(), text);
  });

  it("of one stage are measured alone", async () => {
    const document = await openFile("Dockerfile", `${stage("first")}${stage("second")}`);
    const uri = document.uri.toString();
    await vscode.commands.executeCommand("dockerfileStages.stage.measure", { uri, node: "stage:1" });
    await vscode.commands.executeCommand("dockerfileStages.stage.measure", { uri, node: "stage:0" });
    equal(builds(), ["second", "first"]);
    equal(await measured(document).then(({ stages }) => stages.map(({ label }) => label)), ["first", "second"]);
  });

  it("are kept as far as they are known when the measuring is called off", async () => {
    const document = await openFile("Dockerfile", `${stage("first")}${stage("slow")}${stage("last")}`);
    const done = measure(document);
    await until("the build of the slow stage", () => builds().includes("slow"));
    const [execution] = vscode.tasks.taskExecutions.filter(({ task }) => task.definition["action"] === "measure");
    ok(execution, "there is no task");
    execution.terminate();
    await done;
    equal(await measured(document).then(({ stages }) => stages.map(({ label }) => label)), ["first"]);
    equal(builds(), ["first", "slow"]);
    ok(calls().at(-1)!.startsWith("image rm "), calls().at(-1)!);
    const copies = calls().flatMap((call) => /--file=(\S+)/.exec(call)?.[1] ?? []);
    equal(copies.filter(existsSync), []);
  });
});
