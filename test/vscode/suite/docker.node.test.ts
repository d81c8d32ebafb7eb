import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { api, closeEditors, equal, ok, openFile, until } from "./support.ts";

/** A stand-in for Docker that writes down what it is told, and says what it shall. */
const folder = mkdtempSync(path.join(tmpdir(), "dockerfile-stages-docker-"));
const program = path.join(folder, "docker");
const log = path.join(folder, "log");
const messages = path.join(folder, "messages");
const output = path.join(folder, "output");
const code = path.join(folder, "code");
writeFileSync(
  program,
  `#!/bin/sh
if [ "$2" = version ]; then exit 0; fi
{ for word in "$@"; do printf '%s\\n' "$word"; done; printf -- '--\\n'; } >> '${log}'
if [ "$1" = run ]; then exit 0; fi
if [ -e '${messages}' ]; then cat '${messages}' >&2; fi
if [ -e '${output}' ]; then cat '${output}'; fi
if [ -e '${code}' ]; then exit 1; fi
`,
);
chmodSync(program, 0o755);

const calls = (): string[][] =>
  existsSync(log)
    ? readFileSync(log, "utf8")
        .split("\n--\n")
        .map((call) => call.split("\n").filter((word) => word !== ""))
        .filter(({ length }) => length > 0)
    : [];

/** Waits for the next call and for the end of its task, and forgets it. */
async function nextCall(): Promise<string[]> {
  const call = await until("a call of Docker", () => calls()[0]);
  await until("the end of the task", () => vscode.tasks.taskExecutions.length === 0);
  rmSync(log, { force: true });
  return call;
}

const use = (value: string | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration("dockerfileStages").update("docker", value, vscode.ConfigurationTarget.Global);

const text = 'FROM alpine AS tools\nRUN true\nFROM alpine\nCMD ["sh"]\n';

async function lensesOf({ uri }: vscode.TextDocument): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
  return found.flatMap(({ command }) => command?.title ?? []);
}

const root = (): vscode.WorkspaceFolder => {
  const found = vscode.workspace.workspaceFolders?.[0];
  ok(found, "no folder is open");
  return found;
};

/** Writes files into the open folder, and opens the first. */
async function openProject(name: string, files: Readonly<Record<string, string>>): Promise<vscode.TextDocument> {
  const uris = Object.keys(files).map((file) => vscode.Uri.joinPath(root().uri, name, file));
  for (const [i, content] of Object.values(files).entries())
    await vscode.workspace.fs.writeFile(uris[i]!, new TextEncoder().encode(content));
  const document = await vscode.workspace.openTextDocument(uris[0]!);
  await vscode.window.showTextDocument(document);
  return document;
}

const pathOf = (...parts: string[]): string => path.join(root().uri.fsPath, ...parts);

const tasks = (): Thenable<vscode.Task[]> => vscode.tasks.fetchTasks({ type: "dockerfile-stages" });

/** The task that offers the last stage of a Dockerfile. */
async function offered(document: vscode.TextDocument): Promise<vscode.Task | undefined> {
  const file = vscode.workspace.asRelativePath(document.uri, false);
  return (await tasks()).find(({ definition: { action, dockerfile, target } }) => {
    return action === "build" && dockerfile === file && target === undefined;
  });
}

const run = (command: string, document: vscode.TextDocument, ...more: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`dockerfileStages.${command}`, document.uri.toString(), ...more);

const accept = (): Thenable<unknown> => vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");

/** Presses Enter in what is asked until there is an answer. */
async function acceptUntil<T>(what: string, ask: () => T | undefined | false): Promise<T> {
  return until(what, async () => {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    await accept();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return undefined;
  });
}

const problemsOf = ({ uri }: vscode.TextDocument): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "docker build");

const lineOf = (document: vscode.TextDocument, { range }: vscode.Diagnostic): string =>
  document.lineAt(range.start.line).text;

describe("builds with Docker", () => {
  before(api);
  beforeEach(() => use(program));
  afterEach(async () => {
    for (const file of [log, messages, output, code]) rmSync(file, { force: true });
    await closeEditors();
  });
  after(async () => {
    await use(undefined);
    rmSync(folder, { recursive: true });
  });

  describe("as actions", () => {
    it("are offered above the stages while there is one", async () => {
      const document = await openFile("Dockerfile", text);
      await use(path.join(folder, "nothing"));
      await until("no lens", async () => !(await lensesOf(document)).includes("Build"));
      await use(program);
      await until("the lenses", async () => (await lensesOf(document)).includes("Build and run"));
    });

    it("get the file, the stage and a name as arguments", async () => {
      const document = await openFile("Dockerfile", text);
      await run("buildStage", document, "tools");
      const call = await nextCall();
      const file = document.uri.fsPath;
      const tag = call.find((word) => word.startsWith("--tag=")) ?? "";
      const expected = ["buildx", "build", "--progress=plain", "--load", `--file=${file}`, "--target=tools", tag];
      equal(call, [...expected, path.dirname(file)]);
      ok(/^--tag=dockerfile-stages\/[a-z0-9-]+:tools$/.test(tag), tag);
    });

    it("save the file first", async () => {
      const document = await openFile("Dockerfile", text);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(4, 0), "ENV A=1\n");
      await vscode.workspace.applyEdit(edit);
      ok(document.isDirty, "nothing was changed");
      await run("buildStage", document, "");
      await nextCall();
      equal(readFileSync(document.uri.fsPath, "utf8"), `${text}ENV A=1\n`);
    });

    it("are followed by a run of what was built, and by none where that failed", async () => {
      const document = await openFile("Dockerfile", text);
      await run("runStage", document, "");
      const [build, started] = await until("both", () => (calls().length > 1 ? calls() : undefined));
      const tag = build!.find((word) => word.startsWith("--tag="))!.slice(6);
      equal(started, ["run", "--rm", "--interactive", "--tty", tag]);
      rmSync(log);
      writeFileSync(code, "");
      // The command ends after the build.
      await run("runStage", document, "");
      equal(calls().length, 1);
    });

    it("ask for checks alone", async () => {
      const document = await openFile("Dockerfile", text);
      await run("checkBuild", document);
      const call = await nextCall();
      equal(call.slice(0, 5), ["buildx", "build", "--progress=plain", "--call=check", `--file=${document.uri.fsPath}`]);
    });

    it("are tasks, too", async () => {
      const document = await openFile("Dockerfile", text);
      await until("the lenses", async () => (await lensesOf(document)).includes("Build"));
      const names = (await tasks()).map(
        ({ definition }) => `${String(definition["action"])} ${String(definition["target"] ?? "")}`,
      );
      equal(names.toSorted(), ["build ", "build tools", "check "]);
    });

    it("do not begin without a Docker", async () => {
      await use(path.join(folder, "nothing"));
      const document = await openFile("Dockerfile", text);
      await run("buildStage", document, "tools");
      equal(vscode.tasks.taskExecutions.length, 0);
      equal(await tasks(), []);
    });

    it("can be of files outside of the folder that is open", async () => {
      const place = path.join(folder, "out side");
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, "Dockerfile"), text);
      const document = await vscode.workspace.openTextDocument(path.join(place, "Dockerfile"));
      await vscode.window.showTextDocument(document);
      await run("buildStage", document, "tools");
      const call = await nextCall();
      equal(
        [call[4], call[5], call[6], call[7]],
        [`--file=${path.join(place, "Dockerfile")}`, "--target=tools", "--tag=dockerfile-stages/out-side:tools", place],
      );
    });

    it("give a stage a name to build it by", async () => {
      const document = await openFile("Dockerfile", "FROM alpine\nRUN true\n\nFROM alpine\nCOPY --from=0 /a /a\n");
      const editor = await vscode.window.showTextDocument(document);
      editor.selection = new vscode.Selection(1, 0, 1, 0);
      const building = vscode.commands.executeCommand("dockerfileStages.buildStage");
      await until("the name", async () => {
        await vscode.commands.executeCommand("notification.acceptPrimaryAction");
        await accept();
        return document.getText() !== "FROM alpine\nRUN true\n\nFROM alpine\nCOPY --from=0 /a /a\n";
      });
      await building;
      const name = /^FROM alpine AS ([\w-]+)\n/.exec(document.getText())?.[1];
      ok(name, document.getText());
      equal((await nextCall()).includes(`--target=${name}`), true);
    });
  });

  describe("what they are given", () => {
    it("is the context that files of the project name", async () => {
      const compose = (context: string): string =>
        `services:\n  web:\n    build:\n      context: ${context}\n      dockerfile: docker/Dockerfile\n      additional_contexts: { assets: ./assets }\n`;
      const document = await openProject("docker said", { "docker/Dockerfile": text, "compose.yaml": compose(".") });
      const task = await until("the context", async () => {
        const found = await offered(document);
        return found?.definition["context"] === undefined ? undefined : found;
      });
      equal(
        [task.definition["context"], task.definition["contexts"]],
        ["docker said", { assets: "docker said/assets" }],
      );
      ok(task.detail?.endsWith("build context: docker said, as docker said/compose.yaml says"), String(task.detail));
      await run("buildStage", document, "tools");
      const call = await nextCall();
      equal(call.slice(-2), [`--build-context=assets=${pathOf("docker said", "assets")}`, pathOf("docker said")]);
    });

    it("is asked for once where files name several contexts", async () => {
      const script = "docker build -f docker-several/docker/Dockerfile docker-several/docker\n";
      const document = await openProject("docker-several", {
        "docker/Dockerfile": text,
        "compose.yaml": "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n",
        "build.sh": script,
      });
      await until("both files", async () => (await offered(document))?.detail?.endsWith("name several"));
      const building = run("buildStage", document, "");
      await acceptUntil("the first build", () => calls().length > 0);
      await building;
      const first = await nextCall();
      await run("buildStage", document, "");
      equal((await nextCall()).at(-1), first.at(-1));
      equal((await offered(document))?.definition["context"], path.relative(root().uri.fsPath, first.at(-1)!));
    });

    it("can be taken over from a file of the project, and be forgotten", async () => {
      const document = await openProject("docker-taken", {
        Dockerfile: "ARG A\nFROM alpine\n",
        "build.sh":
          "docker build --build-arg 'A=two words' --platform=linux/arm64 --secret id=npm,src=.npmrc --ssh default docker-taken\n",
      });
      await until("the script", async () => (await offered(document))?.detail?.includes("build.sh"));
      const menu = async (down: number, isDone: () => Promise<boolean>): Promise<void> => {
        const answered = run("buildOptions", document);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        for (let i = 0; i < down; i++) await vscode.commands.executeCommand("workbench.action.quickOpenSelectNext");
        await until("the choice", async () => {
          await accept();
          await new Promise((resolve) => setTimeout(resolve, 300));
          return isDone();
        });
        await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
        await answered;
      };
      await menu(6, async () => (await offered(document))?.definition["platform"] === "linux/arm64");
      await run("buildStage", document, "");
      equal((await nextCall()).slice(-5), [
        "--platform=linux/arm64",
        "--build-arg=A=two words",
        `--secret=id=npm,src=${pathOf(".npmrc")}`,
        "--ssh=default",
        pathOf("docker-taken"),
      ]);
      await menu(7, async () => (await offered(document))?.definition["platform"] === undefined);
      const { definition } = (await offered(document))!;
      equal(
        ["args", "secrets", "options"].filter((name) => name in definition),
        [],
      );
    });

    const json = (definition: object): Promise<vscode.TextDocument> =>
      openProject("docker-json", {
        "docker/Dockerfile": text,
        "../.vscode/tasks.json": JSON.stringify({ version: "2.0.0", tasks: [{ ...definition, label: "from json" }] }),
      });
    const taskOfJson = (): Promise<vscode.Task> =>
      until("the task", async () => (await tasks()).find(({ name }) => name === "from json"));
    afterEach(() => rmSync(pathOf(".vscode/tasks.json"), { force: true }));

    it("is what tasks.json says", async () => {
      const definition = {
        type: "dockerfile-stages",
        action: "build",
        dockerfile: "docker-json/docker/Dockerfile",
        context: "${workspaceFolder}/docker-json",
        target: "tools",
        tag: "json:1",
        args: { A: "two words", B: "" },
        contexts: { assets: "docker-json/assets", base: "docker-image://alpine" },
        secrets: ["id=npm,src=docker-json/.npmrc"],
        options: ["--network=host", "--builder", "mine"],
      };
      await json(definition);
      await vscode.tasks.executeTask(await taskOfJson());
      equal(await nextCall(), [
        "buildx",
        "build",
        "--progress=plain",
        "--load",
        `--file=${pathOf("docker-json/docker/Dockerfile")}`,
        "--target=tools",
        "--tag=json:1",
        "--build-arg=A=two words",
        "--build-arg=B=",
        `--build-context=assets=${pathOf("docker-json/assets")}`,
        "--build-context=base=docker-image://alpine",
        `--secret=id=npm,src=${pathOf("docker-json/.npmrc")}`,
        "--network=host",
        "--builder",
        "mine",
        pathOf("docker-json"),
      ]);
    });

    it("is said to be of no use where there is no Docker", async () => {
      await use(path.join(folder, "nothing"));
      await json({ type: "dockerfile-stages", action: "check", dockerfile: "docker-json/docker/Dockerfile" });
      const task = await taskOfJson();
      let ended: number | undefined;
      const listening = vscode.tasks.onDidEndTaskProcess(({ exitCode }) => (ended = exitCode));
      await vscode.tasks.executeTask(task);
      await until("the end", () => ended !== undefined);
      listening.dispose();
      equal([ended, calls()], [1, []]);
    });
  });

  describe("what they say", () => {
    it("are problems where the build failed, until it does not fail", async () => {
      const document = await openProject("docker fails/sub", {
        "web.Dockerfile": "FROM alpine AS base\nRUN true\n\nFROM base AS tools\nRUN echo one && \\\n    false\n",
      });
      writeFileSync(
        messages,
        `#6 [tools 1/1] RUN echo one &&     false
#6 0.075 /src/main.c:3: error: of a compiler
#6 ERROR: process "/bin/sh -c echo one &&     false" did not complete successfully: exit code: 1
------
 > [tools 1/1] RUN echo one &&     false:
0.075 /src/main.c:3: error: of a compiler
------
web.Dockerfile:5
--------------------
   4 |     FROM base AS tools
   5 | >>> RUN echo one && \\
   6 | >>>     false
   7 |     
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c echo one &&     false" did not complete successfully: exit code: 1
`,
      );
      writeFileSync(code, "");
      await run("buildStage", document, "tools");
      const [problem, ...others] = await until("the problem", () => {
        const found = problemsOf(document);
        return found.length > 0 && found;
      });
      equal(others, []);
      equal(lineOf(document, problem!), "RUN echo one && \\");
      equal(problem!.severity, vscode.DiagnosticSeverity.Error);
      equal(problem!.message, 'process "/bin/sh -c echo one &&     false" did not complete successfully: exit code: 1');
      rmSync(code);
      rmSync(messages);
      await run("buildStage", document, "tools");
      await until("no problem", () => problemsOf(document).length === 0);
    });

    it("are problems where checks found something", async () => {
      const document = await openProject("docker checks/sub", { Dockerfile: "from alpine AS a\nMAINTAINER x\nRUNN\n" });
      const file = document.uri.fsPath;
      writeFileSync(
        output,
        `Check complete, 2 warnings have been found!

WARNING: FromAsCasing - https://docs.docker.com/go/dockerfile/rule/from-as-casing/
'AS' and 'from' keywords' casing do not match
${file}:1
--------------------
   1 | >>> from alpine AS a
--------------------

WARNING: MaintainerDeprecated - https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/
Maintainer instruction is deprecated in favor of using label
${file}:2
--------------------
   2 | >>> MAINTAINER x
--------------------

`,
      );
      writeFileSync(
        messages,
        `#1 DONE 0.0s
ERROR: dockerfile parse error on line 3: unknown instruction: RUNN (did you mean RUN?)
${file}:3
--------------------
   3 | >>> RUNN
--------------------

`,
      );
      writeFileSync(code, "");
      await run("checkBuild", document);
      const found = await until("three problems", () => {
        const all = problemsOf(document);
        return all.length === 3 && all;
      });
      equal(
        found
          .toSorted((a, b) => a.range.start.line - b.range.start.line)
          .map((problem) => [lineOf(document, problem), problem.severity, problem.message, problem.code ?? ""]),
        [
          ["from alpine AS a", 1, "'AS' and 'from' keywords' casing do not match", "FromAsCasing"],
          ["MAINTAINER x", 1, "Maintainer instruction is deprecated in favor of using label", "MaintainerDeprecated"],
          ["RUNN", 0, "unknown instruction: RUNN (did you mean RUN?)", ""],
        ],
      );
    });
  });
});
