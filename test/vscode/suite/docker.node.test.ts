import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { api, closeEditors, equal, ok, openFile, until } from "./support.ts";

/** A stand-in for Docker that writes down what it is told. */
const folder = mkdtempSync(path.join(tmpdir(), "dockerfile-stages-docker-"));
const program = path.join(folder, "docker");
const log = path.join(folder, "log");
writeFileSync(
  program,
  `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word" >> '${log}'; done\nprintf -- '--\\n' >> '${log}'\n`,
);
chmodSync(program, 0o755);

const calls = (): string[][] =>
  existsSync(log)
    ? readFileSync(log, "utf8")
        .split("--\n")
        .map((call) => call.split("\n").filter((word) => word !== ""))
        .filter(([first, second]) => first !== undefined && second !== "version")
    : [];

const use = (value: string | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration("dockerfileStages").update("docker", value, vscode.ConfigurationTarget.Global);

const text = 'FROM alpine AS tools\nRUN true\nFROM alpine\nCMD ["sh"]\n';

async function lensesOf({ uri }: vscode.TextDocument): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
  return found.flatMap(({ command }) => command?.title ?? []);
}

describe("builds with Docker", () => {
  before(api);
  afterEach(async () => {
    rmSync(log, { force: true });
    await closeEditors();
  });
  after(async () => {
    await use(undefined);
    rmSync(folder, { recursive: true });
  });

  it("are offered above the stages while there is one", async () => {
    const document = await openFile("Dockerfile", text);
    await use(path.join(folder, "nothing"));
    await until("no lens", async () => !(await lensesOf(document)).includes("Build"));
    await use(program);
    await until("the lenses", async () => (await lensesOf(document)).includes("Build and run"));
  });

  it("get the file, the stage and a name as arguments", async () => {
    await use(program);
    const document = await openFile("Dockerfile", text);
    await vscode.commands.executeCommand("dockerfileStages.buildStage", document.uri.toString(), "tools");
    const [call] = await until("the build", () => (calls().length > 0 ? calls() : undefined));
    ok(call, "nothing was called");
    const file = document.uri.fsPath;
    equal(call, ["buildx", "build", "--load", `--file=${file}`, "--target=tools", call[5]!, path.dirname(file)]);
    ok(/^--tag=[a-z0-9-]+:tools$/.test(call[5]!), call[5]!);
  });

  it("are followed by a run of what was built", async () => {
    await use(program);
    const document = await openFile("Dockerfile", text);
    await vscode.commands.executeCommand("dockerfileStages.runStage", document.uri.toString(), "");
    const [build, run] = await until("both", () => (calls().length > 1 ? calls() : undefined));
    const tag = build!.find((word) => word.startsWith("--tag="))!.slice(6);
    equal(run, ["run", "--rm", "--interactive", "--tty", tag]);
  });

  it("ask for checks alone", async () => {
    await use(program);
    const document = await openFile("Dockerfile", text);
    await vscode.commands.executeCommand("dockerfileStages.checkBuild", document.uri.toString());
    const [call] = await until("the checks", () => (calls().length > 0 ? calls() : undefined));
    equal(call!.slice(0, 4), ["buildx", "build", "--call=check", `--file=${document.uri.fsPath}`]);
  });

  it("are tasks, too", async () => {
    await use(program);
    const document = await openFile("Dockerfile", text);
    await until("the lenses", async () => (await lensesOf(document)).includes("Build"));
    const tasks = await vscode.tasks.fetchTasks({ type: "dockerfile-stages" });
    const names = tasks.map(
      ({ definition }) => `${String(definition["action"])} ${String(definition["target"] ?? "")}`,
    );
    equal(new Set(names).size, names.length);
    equal(
      ["build ", "build tools", "check "].map((name) => names.includes(name)),
      [true, true, true],
    );
    equal(names.length, 3);
  });
});
