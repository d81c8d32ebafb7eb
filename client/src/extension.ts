import * as vscode from "vscode";
import { configureMethod, type ServerOptions, type StageGraph } from "../../server/src/protocol.ts";
import { registerCommands } from "./commands.ts";
import { type Probe, registerDocker } from "./docker.ts";
import { readFiles } from "./files.ts";
import { registerGraphPanel } from "./graph-panel.ts";
import { type Launch, type LanguageServer, runLanguageServer, type ServerState } from "./language-server.ts";
import { onDidChangeOptions, serverOptions } from "./options.ts";
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
}

let server: LanguageServer | undefined;

/**
 * What both hosts do at activation; `launch` makes the client for the host's kind of server, `probe` asks for Docker where
 * programs can be run.
 */
export function start(context: vscode.ExtensionContext, launch: Launch, probe: Probe | null): Api {
  const log = vscode.window.createOutputChannel("Dockerfile Stages", { log: true });
  const files = readFiles(vscode.Uri.joinPath(context.extensionUri, "dist"));
  const docker = registerDocker(context, () => running, probe);
  const options = (): ServerOptions => serverOptions(docker.isReady());
  const running = runLanguageServer(launch, files, log, options);
  server = running;
  const configure = (): void => running.notify(configureMethod, options());
  const panel = registerGraphPanel(context, running);
  context.subscriptions.push(
    log,
    docker.registration,
    docker.onDidChange(configure),
    onDidChangeOptions(configure),
    files.follow(running),
    ...registerCommands(running, panel),
    ...registerStageActions(running),
    registerStageTree(running),
  );
  const ready = running.start();
  // Whoever waits for it learns of a failure; everyone else was told by a message.
  ready.catch(() => {});
  return {
    ready,
    serverState: running.state,
    onDidChangeServerState: running.onDidChangeState,
    shownGraph: panel.shownGraph,
  };
}

export async function stop(): Promise<void> {
  await server?.stop();
  server = undefined;
}
