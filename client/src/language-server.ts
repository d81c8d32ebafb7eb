import * as vscode from "vscode";
import {
  type BaseLanguageClient,
  CloseAction,
  ErrorAction,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  State,
  vsdiag,
} from "vscode-languageclient";
import { isSnapshot } from "./documents.ts";
import type { ReadFiles } from "./files.ts";
import type { ServerOptions } from "../../server/src/protocol.ts";

/** Makes a client whose server runs as this host can run it. */
export type Launch = (id: string, name: string, options: LanguageClientOptions) => LaunchedClient;

interface LaunchedClient {
  readonly client: BaseLanguageClient;
  /** Ends a server that the client cannot reach any more. */
  readonly end: () => void;
}

export type ServerState = "starting" | "running" | "stopped" | "failed";

/** The language server as the rest of the extension sees it: one, whichever client serves it at the moment. */
export interface LanguageServer {
  /** Starts it, in place of one that runs; rejects, after a message to the user, if it cannot start. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly state: () => ServerState;
  readonly onDidChangeState: vscode.Event<ServerState>;
  /** A refactoring that the editor is about to carry out: the document, as it is before. */
  readonly onWillRefactor: vscode.Event<vscode.TextDocument>;
  /** Rejects at once unless the server runs. */
  readonly request: (method: string, params: object) => Promise<unknown>;
  /** Does nothing unless the server runs. */
  readonly notify: (method: string, params: object) => void;
  readonly log: vscode.LogOutputChannel;
}

const id = "dockerfileStages";
const name = "Dockerfile Stages";
/** A server that ends more often than this within three minutes stays down. */
const mostRestarts = 4;
const restartPeriod = 3 * 60_000;

export function runLanguageServer(
  launch: Launch,
  files: ReadFiles,
  log: vscode.LogOutputChannel,
  serverOptions: () => ServerOptions,
): LanguageServer {
  const stateEmitter = new vscode.EventEmitter<ServerState>();
  const refactoring = new vscode.EventEmitter<vscode.TextDocument>();
  let state: ServerState = "stopped";
  let launched: LaunchedClient | undefined;
  /** Gives up a start that is under way, for it may never end. */
  let interrupt: (() => void) | undefined;
  // Starts and stops run one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    interrupt?.();
    const done = last.then(work, work);
    last = done.catch(() => {});
    return done;
  };

  // Only refactorings are worked out when they are chosen.
  const resolveCodeAction: Middleware["resolveCodeAction"] = async (action, token, next) => {
    const resolved = await next(action, token);
    const changed = new Set(resolved?.edit?.entries().map(([uri]) => uri.toString()));
    for (const document of vscode.workspace.textDocuments) {
      if (changed.has(document.uri.toString())) refactoring.fire(document);
    }
    return resolved;
  };

  const become = (next: ServerState): void => {
    if (next === state) return;
    state = next;
    stateEmitter.fire(next);
  };

  const startNow = async (): Promise<void> => {
    become("starting");
    await endOld();
    const crashes: number[] = [];
    let fail = (_reason: Error): void => {};
    const failure = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const interruption = new Error("it was stopped while it started");
    interrupt = () => fail(interruption);
    let mine: LaunchedClient | undefined;
    let isUp = false;
    let comesBack = false;
    try {
      mine = launch(id, name, {
        documentSelector: [{ language: "dockerfile" }],
        diagnosticCollectionName: name,
        outputChannel: log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationOptions: serverOptions,
        initializationFailedHandler: () => false,
        middleware: { ...middleware, resolveCodeAction },
        errorHandler: {
          error: (error, _message, count) => {
            if (!isUp) fail(reasonOf(error));
            return {
              action: count === undefined || count <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
              handled: true,
            };
          },
          closed: () => {
            if (!isUp) {
              fail(new Error("it ended while it started"));
              return { action: CloseAction.DoNotRestart, handled: true };
            }
            const now = Date.now();
            crashes.push(now);
            comesBack = crashes.filter((time) => now - time < restartPeriod).length <= mostRestarts;
            return { action: comesBack ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
          },
        },
      });
      launched = mine;
      const { client } = mine;
      files.answer(client);
      // The client's own pop-ups would repeat ours or name a request that nobody made by hand; the log has them all.
      const error = client.error.bind(client);
      client.error = (message, data) => error(message, data, false);
      client.onDidChangeState(({ newState }) => {
        if (!isUp || mine !== launched) return;
        if (newState === State.Running) become("running");
        else if (newState === State.Starting || (newState === State.Stopped && comesBack)) become("starting");
        else {
          become("failed");
          complain("The language server of Dockerfile Stages stopped.");
        }
      });
      await Promise.race([client.start(), failure]);
      isUp = true;
      become("running");
    } catch (error) {
      const reason = reasonOf(error);
      mine?.end();
      launched = undefined;
      if (reason !== interruption) {
        log.error(reason);
        become("failed");
        complain(`The language server of Dockerfile Stages could not start: ${reason.message}`);
      }
      throw reason;
    } finally {
      interrupt = undefined;
    }
  };

  const stopNow = async (): Promise<void> => {
    become("stopped");
    await endOld();
  };

  const endOld = async (): Promise<void> => {
    const old = launched;
    launched = undefined;
    if (!old) return;
    try {
      if (old.client.needsStop()) await old.client.stop();
    } catch (error) {
      log.warn(reasonOf(error).message);
    } finally {
      old.end();
    }
  };

  const complain = (message: string): void => {
    void vscode.window.showErrorMessage(message, "Restart", "Show Log").then((choice) => {
      if (choice === "Show Log") log.show(true);
      if (choice === "Restart") start().catch(() => {});
    });
  };

  const start = (): Promise<void> => inTurn(startNow);
  return {
    start,
    stop: () => inTurn(stopNow),
    state: () => state,
    onDidChangeState: stateEmitter.event,
    onWillRefactor: refactoring.event,
    log,
    request: async (method, params) => {
      if (state !== "running" || !launched) throw new Error("The language server does not run.");
      return launched.client.sendRequest<unknown>(method, params);
    },
    notify: (method, params) => {
      if (state !== "running") return;
      launched?.client.sendNotification(method, params).catch((error: unknown) => log.warn(reasonOf(error).message));
    },
  };
}

const middleware: Middleware = {
  provideDiagnostics: (document, previous, token, next) =>
    isSnapshot(document instanceof vscode.Uri ? document : document.uri)
      ? { kind: vsdiag.DocumentDiagnosticReportKind.full, items: [] }
      : next(document, previous, token),
  provideCodeActions: async (document, range, context, token, next) => {
    const actions = isSnapshot(document.uri) ? [] : await next(document, range, context, token);
    for (const action of actions ?? []) {
      // The menu greys out what is not possible, but does not say why.
      if (action instanceof vscode.CodeAction && action.disabled)
        action.title += `: ${action.disabled.reason.replaceAll("`", '"')}`;
    }
    return actions;
  },
  provideCodeLenses: async (document, token, next) => {
    const lenses = isSnapshot(document.uri) ? [] : await next(document, token);
    for (const { command } of lenses ?? []) {
      // Names of other files may look like the editor's `$(icons)`.
      if (command) command.title = command.title.replaceAll("$(", "\\$(");
    }
    return lenses;
  },
};

/** Some hosts report an event instead of an error. */
export function reasonOf(error: unknown): Error {
  if (error instanceof Error) return error;
  const message = typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
  return new Error(message === "" ? "it cannot be loaded" : message);
}
