import * as vscode from "vscode";
import { clientCommands, graphMethod, type GraphParams, type StageGraph } from "../../server/src/protocol.ts";
import { isStageGraph } from "../webview/messages.ts";
import { activeDockerfile, isDockerfile } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** Builds stages with the user's own Docker, in tasks of the editor: programs with arguments, never a line for a shell. */

/** Whether a program answers: `null`, or why it does not, in words. */
export type Probe = (program: string) => Promise<string | null>;

export interface Docker {
  /** Whether builds can be offered: a Docker answers, and the user trusts what is open. */
  readonly isReady: () => boolean;
  readonly onDidChange: vscode.Event<void>;
  readonly registration: vscode.Disposable;
}

const type = "dockerfile-stages";

/** A task as `tasks.json` writes it. */
interface BuildDefinition extends vscode.TaskDefinition {
  /** `check` only asks for BuildKit's findings. */
  readonly action: "build" | "check";
  /** The Dockerfile, from the folder of the workspace or absolute. */
  readonly dockerfile: string;
  /** The build context, from the folder of the workspace or absolute; the Dockerfile's folder where it is left out. */
  readonly context?: string;
  /** The last stage where it is left out. */
  readonly target?: string;
  readonly tag?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly platform?: string;
}

/** What a user wants for all builds of a Dockerfile in this workspace. */
interface Remembered {
  readonly args: Readonly<Record<string, string>>;
  readonly platform: string;
}

const nothing: Remembered = { args: {}, platform: "" };

export function registerDocker(
  context: vscode.ExtensionContext,
  server: () => LanguageServer,
  probe: Probe | null,
): Docker {
  const changed = new vscode.EventEmitter<void>();
  /** Why nothing can be built; `undefined` while it is not known. */
  let problem: string | null | undefined;
  let asked = 0;

  const program = (): string => vscode.workspace.getConfiguration("dockerfileStages", null).get("docker") ?? "docker";

  const ask = async (): Promise<string | null> => {
    const question = ++asked;
    const answer = probe
      ? await probe(program())
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
      void vscode.window.showWarningMessage("Builds run what a Dockerfile says: trust this workspace first.");
      return false;
    }
    const reason = await ask();
    if (reason !== null) void vscode.window.showErrorMessage(reason);
    return reason === null;
  };

  const rememberedFor = (uri: vscode.Uri): Remembered => context.workspaceState.get(keyOf(uri), nothing);

  const build = async (place: unknown, target: unknown, run: boolean): Promise<void> => {
    const chosen = await chooseStage(server(), place, target);
    if (!chosen || !(await mayBuild())) return;
    const { document, stage } = chosen;
    const tag = tagFor(document.uri, stage);
    const task = buildTask(program(), definitionFor(document.uri, "build", stage, tag, rememberedFor(document.uri)));
    const execution = await vscode.tasks.executeTask(task);
    if (!run) return;
    const end = vscode.tasks.onDidEndTaskProcess(async (event) => {
      if (event.execution !== execution) return;
      end.dispose();
      if (event.exitCode === 0) await vscode.tasks.executeTask(runTask(program(), tag));
    });
  };

  const check = async (place: unknown): Promise<void> => {
    const document = await documentOf(place);
    if (!document || !(await mayBuild())) return;
    const definition = definitionFor(document.uri, "check", null, null, rememberedFor(document.uri));
    await vscode.tasks.executeTask(buildTask(program(), definition));
  };

  const remember = async (place: unknown): Promise<void> => {
    const document = await documentOf(place);
    if (!document) return;
    const known = rememberedFor(document.uri);
    const args = await vscode.window.showInputBox({
      title: "Build Arguments and Platform (1/2)",
      prompt: "NAME=value, separated by spaces; nothing for none. They are kept for this Dockerfile in this workspace.",
      value: Object.entries(known.args)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
      validateInput: (text) => (readArgs(text) ? null : "Write NAME=value, separated by spaces."),
    });
    if (args === undefined) return;
    const platform = await vscode.window.showInputBox({
      title: "Build Arguments and Platform (2/2)",
      prompt: "The platform to build for, such as linux/arm64; nothing for that of the builder.",
      value: known.platform,
    });
    if (platform === undefined) return;
    const wanted: Remembered = { args: readArgs(args) ?? {}, platform: platform.trim() };
    await context.workspaceState.update(keyOf(document.uri), wanted);
  };

  const provider: vscode.TaskProvider = {
    provideTasks: async () => {
      const document = activeDockerfile();
      if (!document || document.uri.scheme !== "file" || problem !== null) return [];
      const graph = await graphOf(server(), document);
      const known = rememberedFor(document.uri);
      const stages = graph?.nodes.filter((node) => node.kind === "stage") ?? [];
      return [
        ...stages.flatMap((node) => {
          if (node.name === null && !node.isTarget) return [];
          const target = node.name ?? null;
          return [
            buildTask(program(), definitionFor(document.uri, "build", target, tagFor(document.uri, target), known)),
          ];
        }),
        buildTask(program(), definitionFor(document.uri, "check", null, null, known)),
      ];
    },
    resolveTask: (task) => (isDefinition(task.definition) ? buildTask(program(), task.definition, task) : undefined),
  };

  const registration = vscode.Disposable.from(
    changed,
    vscode.tasks.registerTaskProvider(type, provider),
    vscode.commands.registerCommand(clientCommands.buildStage, (place, target) => build(place, target, false)),
    vscode.commands.registerCommand(clientCommands.runStage, (place, target) => build(place, target, true)),
    vscode.commands.registerCommand("dockerfileStages.checkBuild", check),
    vscode.commands.registerCommand("dockerfileStages.buildOptions", remember),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("dockerfileStages.docker")) void ask();
    }),
  );
  void ask();
  return {
    isReady: () => problem === null && vscode.workspace.isTrusted,
    onDidChange: changed.event,
    registration,
  };
}

const keyOf = (uri: vscode.Uri): string => `build:${uri.toString()}`;

/** `NAME=value NAME="two words"`; `null` where it is nothing of the kind. */
function readArgs(text: string): Record<string, string> | null {
  const args: Record<string, string> = {};
  const rest = text.replaceAll(
    /([A-Za-z_]\w*)=(?:"([^"]*)"|(\S*))(?=\s|$)/g,
    (_, name: string, quoted?: string, plain?: string) => {
      args[name] = quoted ?? plain ?? "";
      return "";
    },
  );
  return rest.trim() === "" ? args : null;
}

async function graphOf(server: LanguageServer, document: vscode.TextDocument): Promise<StageGraph | null> {
  try {
    const params: GraphParams = { textDocument: { uri: document.uri.toString() } };
    const answer = await server.request(graphMethod, params);
    return isStageGraph(answer) ? answer : null;
  } catch {
    return null;
  }
}

/** The Dockerfile that an argument names, else the active one; tells the user where there is none that Docker can read. */
async function documentOf(place: unknown): Promise<vscode.TextDocument | undefined> {
  const uri =
    place instanceof vscode.Uri ? place : typeof place === "string" ? vscode.Uri.parse(place, true) : undefined;
  const document = uri ? await vscode.workspace.openTextDocument(uri) : activeDockerfile();
  if (!isDockerfile(document)) {
    void vscode.window.showInformationMessage("Open a Dockerfile first.");
    return undefined;
  }
  if (document.uri.scheme !== "file") {
    void vscode.window.showInformationMessage("Docker builds files on the disk: save this one first.");
    return undefined;
  }
  if (document.isDirty) await document.save();
  return document;
}

/** The stage to build: the one that is named, else the one with the cursor. `null` stands for the last one. */
async function chooseStage(
  server: LanguageServer,
  place: unknown,
  target: unknown,
): Promise<{ readonly document: vscode.TextDocument; readonly stage: string | null } | undefined> {
  const document = await documentOf(place);
  if (!document) return undefined;
  if (typeof target === "string") return { document, stage: target === "" ? null : target };
  const graph = await graphOf(server, document);
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  const line = editor?.selection.active.line ?? 0;
  const node = graph?.nodes.findLast(({ kind, body }) => kind === "stage" && body.start.line <= line);
  if (!node || node.isTarget) return { document, stage: node?.name ?? null };
  if (node.name === null) {
    void vscode.window.showInformationMessage("Only stages with a name can be built by themselves: give it one first.");
    return undefined;
  }
  return { document, stage: node.name };
}

/** `web:builder`, of what may stand in the name of an image. */
function tagFor(uri: vscode.Uri, stage: string | null): string {
  const folder = uri.path.split("/").at(-2) ?? "";
  const clean = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "");
  return `${clean(folder) || "image"}:${stage === null ? "latest" : clean(stage) || "stage"}`;
}

function definitionFor(
  uri: vscode.Uri,
  action: BuildDefinition["action"],
  target: string | null,
  tag: string | null,
  { args, platform }: Remembered,
): BuildDefinition {
  return {
    type,
    action,
    dockerfile: vscode.workspace.asRelativePath(uri, false),
    ...(target !== null && { target }),
    ...(tag !== null && { tag }),
    ...(Object.keys(args).length > 0 && { args }),
    ...(platform !== "" && { platform }),
  };
}

function isDefinition(value: vscode.TaskDefinition): value is BuildDefinition {
  const texts = ["context", "target", "tag", "platform"].every(
    (name) => value[name] === undefined || typeof value[name] === "string",
  );
  const { args } = value as { readonly args?: unknown };
  const hasArgs =
    args === undefined ||
    (typeof args === "object" && args !== null && Object.values(args).every((each) => typeof each === "string"));
  return (
    (value["action"] === "build" || value["action"] === "check") &&
    typeof value["dockerfile"] === "string" &&
    texts &&
    hasArgs
  );
}

/** What Docker is told. What begins with a dash could be taken for an option. */
export function buildArguments(definition: BuildDefinition, folder: string): string[] {
  const { action, dockerfile, context, target, tag, args, platform } = definition;
  const absolute = (path: string): string => (/^(?:\/|[A-Za-z]:[\\/])/.test(path) ? path : `${folder}/${path}`);
  const file = absolute(dockerfile);
  const own = file.replace(/[\\/][^\\/]*$/, "") || "/";
  return [
    "buildx",
    "build",
    ...(action === "check" ? ["--call=check"] : ["--load"]),
    `--file=${file}`,
    ...(target === undefined ? [] : [`--target=${target}`]),
    ...(tag === undefined || action === "check" ? [] : [`--tag=${tag}`]),
    ...(platform === undefined ? [] : [`--platform=${platform}`]),
    ...Object.entries(args ?? {}).map(([name, value]) => `--build-arg=${name}=${value}`),
    context === undefined ? own : absolute(context),
  ];
}

function buildTask(program: string, definition: BuildDefinition, given?: vscode.Task): vscode.Task {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const path = folder?.uri.fsPath ?? "";
  const { action, dockerfile, target } = definition;
  const what = target === undefined ? dockerfile : `${target} (${dockerfile})`;
  const scope = given?.scope ?? folder ?? vscode.TaskScope.Workspace;
  const name = action === "check" ? `check ${dockerfile}` : `build ${what}`;
  const execution = new vscode.ProcessExecution(
    program,
    buildArguments(definition, path),
    path === "" ? {} : { cwd: path },
  );
  const task = new vscode.Task(given?.definition ?? definition, scope, name, "Dockerfile", execution, [
    "$dockerfile-stages-check",
  ]);
  task.group = vscode.TaskGroup.Build;
  task.detail = action === "check" ? "What BuildKit's checks say" : `An image of ${what}`;
  return task;
}

function runTask(program: string, tag: string): vscode.Task {
  const definition = { type, action: "run", tag };
  const execution = new vscode.ProcessExecution(program, ["run", "--rm", "--interactive", "--tty", tag]);
  const scope = vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task(definition, scope, `run ${tag}`, "Dockerfile", execution, []);
  task.presentationOptions = { focus: true };
  return task;
}
