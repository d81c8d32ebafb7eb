import * as vscode from "vscode";
import { type BuildsAnswer, buildsMethod, type BuildsParams, clientCommands } from "../../../server/src/protocol.ts";
import { activeDockerfile } from "../documents.ts";
import type { LanguageServer } from "../language-server.ts";
import { say } from "../say.ts";
import { graphOf } from "../stage-graph.ts";
import { documentOf } from "./document.ts";
import { offerName } from "./name-stage.ts";
import { askForOptions, askForSource, describeContext, remember, rememberedFor } from "./options.ts";
import { checksNeed } from "./output.ts";
import type { Programs } from "./programs.ts";
import { isBuildsAnswer, noBuilds, withSource } from "./project.ts";
import type { Remembered } from "./remembered.ts";
import { type Builder, buildTask, definitionFor, resolveTask, runTask, runToEnd, tagFor, taskType } from "./tasks.ts";

/** Builds stages with the user's own Docker, in tasks of the editor: programs with arguments, never a line for a shell. */

export interface Docker {
  /** Whether builds can be offered: a Docker answers, and the user trusts what is open. */
  readonly isReady: () => boolean;
  readonly onDidChange: vscode.Event<void>;
  /** Whether a build may begin now; else the user is told what stands in the way. */
  readonly mayBuild: () => Promise<boolean>;
  /** The program that the settings name. */
  readonly program: () => string;
  /**
   * What the user wants for all builds of a Dockerfile, with the build context that files of the project name; asks where they
   * name several. `undefined` where the user does not want to answer.
   */
  readonly settingsFor: (uri: vscode.Uri) => Promise<Remembered | undefined>;
  readonly registration: vscode.Disposable;
}

export function registerDocker(
  context: vscode.ExtensionContext,
  server: () => LanguageServer,
  programs: Programs | null,
): Docker {
  const changed = new vscode.EventEmitter<void>();
  /** Why nothing can be built; `undefined` while it is not known. */
  let problem: string | null | undefined;
  let asked = 0;

  const program = (): string => vscode.workspace.getConfiguration("dockerfileStages", null).get("docker") ?? "docker";

  const ask = async (): Promise<string | null> => {
    const question = ++asked;
    const answer = programs
      ? await programs.probe(program())
      : "Docker cannot be reached from a browser. Open the folder in the desktop app or over a remote connection.";
    if (question === asked && answer !== problem) {
      problem = answer;
      changed.fire();
    }
    return answer;
  };

  /** What stands in the way of a build, told to the user; true where nothing does. */
  const mayBuild = async (): Promise<boolean> => {
    if (!vscode.workspace.isTrusted) {
      void offer(vscode.window.showWarningMessage, untrusted, "Manage Workspace Trust", "workbench.trust.manage");
      return false;
    }
    const reason = await ask();
    if (reason === null) return true;
    if (!programs) void vscode.window.showErrorMessage(reason);
    else
      void offer(
        vscode.window.showErrorMessage,
        reason,
        "Open Setting",
        // The setting is that of the machine that has Docker.
        vscode.env.remoteName === undefined ? "workbench.action.openSettings" : "workbench.action.openRemoteSettings",
        { query: "@id:dockerfileStages.docker" },
      );
    return false;
  };

  const known = (uri: vscode.Uri): Remembered => rememberedFor(context.workspaceState, uri);

  const settingsFor = async (uri: vscode.Uri): Promise<Remembered | undefined> => {
    const remembered = known(uri);
    if (remembered.context !== "") return remembered;
    const answer = await buildsOf(server(), uri);
    const settings = withSource(remembered, answer);
    if (settings) return settings;
    const chosen = await askForSource(uri, remembered, answer);
    if (chosen) await remember(context.workspaceState, uri, chosen);
    return chosen;
  };

  const builder: Builder = {
    programs,
    program,
    problem: async () => (vscode.workspace.isTrusted ? ask() : untrusted),
  };

  const build = async (place: unknown, target: unknown, run: boolean): Promise<void> => {
    const chosen = await chooseStage(server(), place, target);
    if (!chosen || !(await mayBuild())) return;
    const { document, stage } = chosen;
    const { uri } = document;
    const settings = await settingsFor(uri);
    if (!settings) return;
    const tag = tagFor(uri, stage);
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const task = buildTask(builder, definitionFor(uri, "build", stage, tag, settings), folder);
    if ((await runToEnd(task)) === 0 && run)
      await vscode.tasks.executeTask(runTask(program(), tag, settings.platform || undefined, folder));
  };

  /** Whether that Buildx has checks: one that has none takes no help for them, either. */
  const knowsChecks = async (): Promise<boolean> => {
    const args = ["buildx", "build", "--call=check", "--help"];
    return (await programs?.run(program(), args).catch(() => 0)) === 0;
  };

  const check = async (place: unknown): Promise<void> => {
    const document = await savedDocument(place);
    if (!document || !(await mayBuild())) return;
    const { uri } = document;
    const settings = await settingsFor(uri);
    if (!settings) return;
    const definition = definitionFor(uri, "check", null, null, settings);
    const code = await runToEnd(buildTask(builder, definition, vscode.workspace.getWorkspaceFolder(uri)));
    if (code !== 0 && !(await knowsChecks())) void vscode.window.showWarningMessage(checksNeed);
  };

  const provider: vscode.TaskProvider = {
    provideTasks: async () => {
      const document = activeDockerfile();
      if (!document || document.uri.scheme !== "file") return [];
      if ((problem === undefined ? await ask() : problem) !== null) return [];
      const { uri } = document;
      const [graph, answer] = await Promise.all([graphOf(server(), document), buildsOf(server(), uri)]);
      const remembered = known(uri);
      const settings = withSource(remembered, answer) ?? remembered;
      const detail = `build context: ${describeContext(uri, remembered, answer)}`;
      const stages = graph?.nodes.filter(({ kind }) => kind === "stage") ?? [];
      const targets = new Set(stages.flatMap(({ name, isTarget }) => (name !== null || isTarget ? [name] : [])));
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      return [
        ...[...targets].map((target) => definitionFor(uri, "build", target, tagFor(uri, target), settings)),
        definitionFor(uri, "check", null, null, settings),
      ].map((definition) => buildTask(builder, definition, folder, detail));
    },
    resolveTask: (task) => resolveTask(builder, task),
  };

  const registration = vscode.Disposable.from(
    changed,
    vscode.tasks.registerTaskProvider(taskType, provider),
    vscode.commands.registerCommand(clientCommands.buildStage, (place, target) => build(place, target, false)),
    vscode.commands.registerCommand(clientCommands.runStage, (place, target) => build(place, target, true)),
    vscode.commands.registerCommand("dockerfileStages.checkBuild", check),
    vscode.commands.registerCommand("dockerfileStages.buildOptions", async (place) => {
      const document = await documentOf(place);
      if (document) await askForOptions(context.workspaceState, document.uri, await buildsOf(server(), document.uri));
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("dockerfileStages.docker")) void ask();
    }),
  );
  void ask();
  return {
    isReady: () => problem === null && vscode.workspace.isTrusted,
    onDidChange: changed.event,
    mayBuild,
    program,
    settingsFor,
    registration,
  };
}

const untrusted = "Builds run what a Dockerfile says: trust this workspace first.";

/** Says something, with a button for what helps. */
async function offer(
  show: (message: string, ...buttons: string[]) => Thenable<string | undefined>,
  message: string,
  button: string,
  command: string,
  ...args: readonly unknown[]
): Promise<void> {
  if ((await show(message, button)) === button) await vscode.commands.executeCommand(command, ...args);
}

/** Large projects take a while to be read; a build does not wait for long. */
const longestWait = 5000;

async function buildsOf(server: LanguageServer, uri: vscode.Uri): Promise<BuildsAnswer> {
  const params: BuildsParams = { textDocument: { uri: uri.toString() } };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), longestWait);
  });
  try {
    const answer = await Promise.race([server.request(buildsMethod, params), tooLate]);
    return isBuildsAnswer(answer) ? answer : noBuilds;
  } catch {
    return noBuilds;
  } finally {
    clearTimeout(timer);
  }
}

/** The Dockerfile that an argument names, else the active one, as it is on the disk. */
async function savedDocument(place: unknown): Promise<vscode.TextDocument | undefined> {
  const document = await documentOf(place);
  return document?.isDirty === true && !(await document.save()) ? undefined : document;
}

/**
 * The stage to build: the one with that name or that index, else the one with the cursor. `null` stands for the last one. A
 * stage that cannot be named to Docker is offered a name.
 */
async function chooseStage(
  server: LanguageServer,
  place: unknown,
  target: unknown,
): Promise<{ readonly document: vscode.TextDocument; readonly stage: string | null } | undefined> {
  const document = await savedDocument(place);
  if (!document) return undefined;
  if (typeof target === "string") return { document, stage: target === "" ? null : target };
  const graph = await graphOf(server, document);
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  const line = editor?.selection.active.line ?? 0;
  const stages = graph?.nodes.filter(({ kind }) => kind === "stage") ?? [];
  const node =
    typeof target === "number"
      ? stages.find(({ index }) => index === target)
      : stages.findLast(({ body }) => body.start.line <= line);
  if (!node || node.isTarget) return { document, stage: node?.name ?? null };
  if (stages.some(({ name, index }) => name !== null && name === node.name && Number(index) > Number(node.index))) {
    say(`A later stage is called ${node.label}, too, and Docker builds that one.`);
    return undefined;
  }
  const stage = node.name ?? (graph ? await offerName(document, graph, node) : undefined);
  return stage === undefined ? undefined : { document, stage };
}
