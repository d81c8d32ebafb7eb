import * as vscode from "vscode";
import { configureMethod, type ServerOptions, type StageGraph } from "../../server/src/protocol.ts";
import { registerCommands } from "./commands.ts";
import { registerDocker } from "./docker/docker.ts";
import type { Programs } from "./docker/programs.ts";
import { readFiles } from "./files.ts";
import { registerGraphPanel } from "./graph-panel.ts";
import { type Launch, type LanguageServer, runLanguageServer, type ServerState } from "./language-server.ts";
import { onDidChangeOptions, serverOptions } from "./options.ts";
import { registerPreviews } from "./previews.ts";
import type { Measured } from "./sizes/measured.ts";
import { registerSizes } from "./sizes/sizes.ts";
import { openSizeStore } from "./sizes/store.ts";
import { splitWith } from "./split-stage.ts";
import { registerStageActions } from "./stage-actions.ts";
import { registerStageTree } from "./stage-tree.ts";

/** What the extension tells those who activate it, such as its tests. */
export interface Api {
  /** Resolves when the server first answers; rejects when it cannot start. */
  readonly ready: Promise<void>;
  serverState(): ServerState;
  readonly onDidChangeServerState: vscode.Event<ServerState>;
  /** The graph that the panel shows now. */
  shownGraph(): StageGraph | null;
  /** What builds of a Dockerfile's stages measured last. */
  measured(uri: vscode.Uri): Measured | null;
}

let server: LanguageServer | undefined;

/**
 * What both hosts do at activation; `launch` makes the client for the host's kind of server, `programs` are
 * those of the machine, `null` where none can be run.
 */
export function start(context: vscode.ExtensionContext, launch: Launch, programs: Programs | null): Api {
  const log = vscode.window.createOutputChannel("Dockerfile Stages", { log: true });
  const files = readFiles(vscode.Uri.joinPath(context.extensionUri, "dist"));
  const docker = registerDocker(context, () => running, programs);
  const options = (): ServerOptions => serverOptions(docker.isReady());
  /** What the server was told last. */
  let told = "";
  const tell = (): ServerOptions => {
    const now = options();
    told = JSON.stringify(now);
    return now;
  };
  const running = runLanguageServer(launch, files, log, tell);
  server = running;
  const configure = (): void => {
    // While it starts, it may have been told already: what changes then waits until it runs.
    if (running.state() === "running" && JSON.stringify(options()) !== told) running.notify(configureMethod, tell());
  };
  const sizes = openSizeStore(context.workspaceState);
  const panel = registerGraphPanel(context, running, sizes);
  const previews = registerPreviews();
  const imageSizes = registerSizes(running, docker, sizes, programs, previews);
  context.subscriptions.push(
    log,
    docker.registration,
    docker.onDidChange(configure),
    onDidChangeOptions(configure),
    running.onDidChangeState(configure),
    files.follow(running),
    previews.registration,
    imageSizes.registration,
    ...registerCommands(running, panel, splitWith(running, previews, imageSizes)),
    ...registerStageActions(running),
    registerStageTree(running, sizes),
  );
  const ready = running.start();
  // Whoever waits for it learns of a failure; everyone else was told by a message.
  ready.catch(() => {});
  return {
    ready,
    serverState: running.state,
    onDidChangeServerState: running.onDidChangeState,
    shownGraph: panel.shownGraph,
    measured: sizes.of,
  };
}

export async function stop(): Promise<void> {
  await server?.stop();
  server = undefined;
}
