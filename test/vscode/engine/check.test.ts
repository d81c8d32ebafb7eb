import * as vscode from "vscode";
import { readOutput } from "../../../client/src/docker/output.ts";
import { api, closeEditors, equal, ok, until } from "../suite/support.ts";
import { base } from "./base.ts";
import {
  build,
  docker,
  type EndedTask,
  endOfTask,
  makeProject,
  mark,
  markedImages,
  mustBuild,
  mustDocker,
  removeImages,
} from "./support.ts";

/** Problems that tasks found in a document: the line, how bad it is, and what. */
const problemsOf = (document: vscode.TextDocument): string[] =>
  vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ source }) => source?.startsWith("docker"))
    .map(({ message, range, severity }) => `${range.start.line + 1} ${vscode.DiagnosticSeverity[severity]}: ${message}`)
    .toSorted();

/**
 * The problems that a task finds. The editor reads a task's lines only until a moment after its end, so that a slow machine
 * may need another try.
 */
async function problemsAfter(
  document: vscode.TextDocument,
  task: () => Promise<EndedTask>,
  count: number,
): Promise<string[]> {
  for (let tries = 0; tries < 4; tries++) {
    ok((await task()).code !== 0, "the task ended well");
    for (let waited = 0; waited < 10 && problemsOf(document).length < count; waited++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    if (problemsOf(document).length >= count) break;
  }
  return problemsOf(document);
}

const checkTask = (document: vscode.TextDocument) => (): Promise<EndedTask> =>
  endOfTask(() => vscode.commands.executeCommand("dockerfileStages.checkBuild", document.uri.toString()));

describe("checks by a Docker engine", () => {
  let canCheck = false;
  before(async () => {
    await api();
    canCheck = (await mustDocker("buildx", "build", "--help")).includes("--call ");
  });
  afterEach(closeEditors);
  after(removeImages);

  it("become problems of their lines", async function () {
    if (!canCheck) this.skip();
    const document = await makeProject("stages engine check/sub dir", {
      Dockerfile: `FROM scratch AS Files\nLABEL ${mark}\n\n# Who wrote it\nMAINTAINER somebody\n\nENV A b\n`,
    });
    equal(await problemsAfter(document, checkTask(document), 3), [
      "1 Warning: Stage name 'Files' should be lowercase",
      "5 Warning: Maintainer instruction is deprecated in favor of using label",
      '7 Warning: "ENV key=value" should be used instead of legacy "ENV key value" format',
    ]);
    equal(await markedImages(), []);
  });

  it("report what would stop a build", async function () {
    if (!canCheck) this.skip();
    const document = await makeProject("stages-engine-check", {
      Dockerfile: `FROM scratch\nLABEL ${mark}\nCOPY --form=other / /\n`,
    });
    equal(await problemsAfter(document, checkTask(document), 1), [
      "3 Error: unknown flag: --form (did you mean from?)",
    ]);
  });

  it("say so where Docker is too old for them", async function () {
    if (canCheck) this.skip();
    const document = await makeProject("stages-engine-too-old", { Dockerfile: `FROM scratch\nLABEL ${mark}\n` });
    equal((await checkTask(document)()).code, 125);
    equal(problemsOf(document), []);
    const { stderr } = await docker("buildx", "build", "--call=check", ".");
    const { read, end } = readOutput(document.uri.fsPath);
    const shown = [...stderr.split("\n").flatMap(read), ...end()];
    ok(shown.includes("Build checks need Docker Buildx 0.15 or newer, which comes with Docker 27."), shown.join("\n"));
  });
});

describe("failed builds", () => {
  before(api);
  afterEach(closeEditors);
  after(removeImages);

  it("become problems of the lines that failed, in the file that was built", async () => {
    await makeProject("stages engine failing", { Dockerfile: "FROM scratch\n" });
    const document = await makeProject("stages engine failing/sub dir", {
      Dockerfile: `FROM ${base} AS tools\nLABEL ${mark}\nRUN --network=none echo before && \\\n  exit 3\n`,
    });
    const problems = await problemsAfter(document, () => build(document, ""), 1);
    equal(problems, [
      '3 Error: process "/bin/sh -c echo before &&   exit 3" did not complete successfully: exit code: 3',
    ]);
  });

  it("are mended by a build that succeeds", async () => {
    const document = await makeProject("stages-engine-mended", {
      Dockerfile: `FROM scratch\nLABEL ${mark}\nCOPY missing /\n`,
      other: "there",
    });
    const [problem] = await problemsAfter(document, () => build(document, ""), 1);
    ok(problem?.startsWith("3 Error: ") && problem.includes("missing"), String(problem));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, document.lineAt(2).range, "COPY other /");
    await vscode.workspace.applyEdit(edit);
    await mustBuild(document, "");
    await until("no problem", () => problemsOf(document).length === 0);
  });
});
