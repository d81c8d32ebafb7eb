import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  createProtocolConnection,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { root } from "../../scripts/root.ts";

/** What a modern editor can do. */
export const modern: ClientCapabilities = {
  textDocument: {
    diagnostic: { dynamicRegistration: true },
    definition: { linkSupport: true },
    rename: { prepareSupport: true },
    codeAction: {
      disabledSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "refactor"] } },
    },
    formatting: { dynamicRegistration: true },
  },
  workspace: { diagnostics: { refreshSupport: true } },
};

/** An editor that tells the server which files change. */
export const watching: ClientCapabilities = {
  ...modern,
  workspace: { ...modern.workspace, didChangeWatchedFiles: { dynamicRegistration: true } },
};

/** The folder that editors have open. */
export const project = "file:///project";

/** The built server as a process, spoken to as an editor does. */
export class Editor {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly logged: string[] = [];
  readonly registered: string[] = [];
  /** How often the server asked for a new look at the diagnostics. */
  refreshes = 0;
  /** The files that the editor reads for the server, by URI; `null` for an editor that never answers. */
  files: Map<string, string> | null = new Map();
  /** Whether the editor searches for files, too. */
  searches = true;
  readonly #asked: string[] = [];
  #versions = new Map<string, number>();
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[] = ["--stdio"]) {
    this.process = spawn(process.execPath, [path.join(root, "dist/server.js"), ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout!),
      new StreamMessageWriter(this.process.stdin!),
    );
    this.connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      this.#wake();
    });
    this.connection.onNotification("window/logMessage", ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    this.connection.onRequest(
      "client/registerCapability",
      ({ registrations }: { registrations: { method: string }[] }) => {
        this.registered.push(...registrations.map(({ method }) => method));
      },
    );
    this.connection.onRequest(
      "client/unregisterCapability",
      ({ unregisterations }: { unregisterations: { method: string }[] }) => {
        for (const { method } of unregisterations) this.registered.splice(this.registered.indexOf(method), 1);
      },
    );
    this.connection.onRequest("workspace/diagnostic/refresh", () => {
      this.refreshes++;
      this.#wake();
      return null;
    });
    this.connection.onRequest("dockerfileStages/listFolder", ({ folder }: { folder: string }) => {
      this.#asked.push(folder);
      if (!this.files) return new Promise(() => {});
      if (!folder.startsWith(project)) return null;
      const inside = [...this.files.keys()].filter((uri) => uri.startsWith(`${folder}/`));
      const paths = inside.map((uri) => uri.slice(folder.length + 1).split("/"));
      return {
        files: paths.filter(({ length }) => length === 1).map(([name]) => name),
        folders: [...new Set(paths.filter(({ length }) => length > 1).map(([name]) => name))],
      };
    });
    this.connection.onRequest("dockerfileStages/readFile", ({ folder, name }: { folder: string; name: string }) => {
      this.#asked.push(`${folder}/${name}`);
      return this.files?.get(`${folder}/${name}`) ?? null;
    });
    this.connection.onRequest("dockerfileStages/findFiles", ({ folder }: { folder: string }) => {
      if (!this.files) return new Promise(() => {});
      return this.searches ? [...this.files.keys()].filter((uri) => uri.startsWith(`${folder}/`)) : null;
    });
    this.connection.onRequest("window/workDoneProgress/create", () => null);
    this.connection.listen();
  }

  async start(
    capabilities: ClientCapabilities,
    initializationOptions: unknown = {},
    folders: readonly string[] = [],
  ): Promise<InitializeResult> {
    const result = await this.request<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities,
      initializationOptions,
      workspaceFolders: folders.map((uri) => ({ uri, name: uri })),
    });
    await this.notify("initialized", {});
    return result;
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest(method, params);
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  async open(uri: string, text: string, languageId = "dockerfile"): Promise<void> {
    this.#versions.set(uri, 1);
    await this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
  }

  /** Replaces the whole text. */
  async change(uri: string, text: string): Promise<number> {
    const version = this.#versions.get(uri)! + 1;
    this.#versions.set(uri, version);
    await this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
    return version;
  }

  /** Tells the server that files have changed on the disk. */
  async changeFiles(...uris: string[]): Promise<void> {
    await this.notify("workspace/didChangeWatchedFiles", { changes: uris.map((uri) => ({ uri, type: 2 })) });
  }

  /** Waits for diagnostics that the server sends by itself, as `accept` wants them. */
  async diagnosticsOf(
    uri: string,
    version: number,
    accept: (params: PublishDiagnosticsParams) => boolean = () => true,
  ): Promise<PublishDiagnosticsParams> {
    const last = (): PublishDiagnosticsParams | undefined =>
      this.published.findLast((params) => params.uri === uri && params.version === version);
    await this.until(() => {
      const found = last();
      return found !== undefined && accept(found);
    });
    return last()!;
  }

  /** Waits until something is so; looks after each message of the server that tests wait for. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** What the server asked about files since the last call, each once. */
  askedFiles(): string[] {
    return [...new Set(this.#asked.splice(0))];
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Ends the server as an editor does, and gives its exit code. */
  async stop(): Promise<number | null> {
    const exited = new Promise<number | null>((resolve) => {
      this.process.once("exit", resolve);
    });
    await this.request("shutdown", undefined);
    await this.notify("exit", undefined);
    const code = await exited;
    this.connection.dispose();
    return code;
  }

  /** Ends the server, which must go well and have logged nothing. */
  async stopQuietly(): Promise<void> {
    assert.deepEqual(this.logged, [], "nothing was logged");
    assert.equal(await this.stop(), 0);
  }
}

/** A folder on the disk with an empty `my api` in it, as long as `use` runs; paths in it as file names and as URIs. */
export async function withFolder(
  use: (file: (name: string) => string, uri: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "stages "));
  const file = (name: string): string => path.join(folder, name);
  try {
    mkdirSync(file("my api"));
    await use(file, (name) => pathToFileURL(file(name)).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
