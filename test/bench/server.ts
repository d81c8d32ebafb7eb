// A language server as a process, driven as an editor drives it: over stdio, with pushed or pulled diagnostics.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import {
  CancellationTokenSource,
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { type BenchDocument, insertion, type Place } from "./documents.ts";

/** What takes part in a comparison. */
export interface Contestant {
  readonly name: string;
  /** What Node runs. */
  readonly file: string;
  /** What Node is told in front of it. */
  readonly flags: readonly string[];
  /** Whether the editor asks for diagnostics, instead of waiting for them. */
  readonly pulls: boolean;
}

const capabilities = (pulls: boolean): ClientCapabilities => ({
  textDocument: {
    synchronization: {},
    publishDiagnostics: { versionSupport: true, relatedInformation: true },
    ...(pulls && { diagnostic: {} }),
    completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } },
    hover: { contentFormat: ["markdown"] },
    definition: { linkSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    foldingRange: { lineFoldingOnly: true },
  },
});

/** How long an answer may take before the run is given up. */
const patience = 120_000;

interface OpenDocument {
  readonly uri: string;
  readonly document: BenchDocument;
  version: number;
  /** How many characters were typed at the document's marker. */
  typed: number;
}

/** Waits for the diagnostics of a version, which may be called off. */
type Waiting = (source?: CancellationTokenSource) => Promise<void>;

export class Server {
  readonly spawned = performance.now();
  readonly contestant: Contestant;
  readonly #process: ChildProcess;
  readonly #connection: ProtocolConnection;
  /** Who waits for pushed diagnostics, by document. */
  readonly #waiting = new Map<string, (params: PublishDiagnosticsParams) => void>();
  readonly #ended: Promise<never>;
  #opened = 0;
  #running = true;

  /** @param isFirst whether nothing is kept of starts before this one */
  constructor(contestant: Contestant, isFirst = false) {
    this.contestant = contestant;
    this.#process = spawn(process.execPath, [...contestant.flags, contestant.file, "--stdio"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, ...(isFirst && { NODE_DISABLE_COMPILE_CACHE: "1" }) },
    });
    this.#ended = new Promise((_, reject) => {
      this.#process.once("error", reject);
      this.#process.once("exit", (code) => reject(new Error(`${contestant.name} ended with exit code ${code}`)));
    });
    this.#ended.catch(() => {});
    this.#connection = createProtocolConnection(
      new StreamMessageReader(this.#process.stdout!),
      new StreamMessageWriter(this.#process.stdin!),
    );
    this.#connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      this.#waiting.get(params.uri)?.(params);
    });
    this.#connection.onRequest("client/registerCapability", () => null);
    this.#connection.listen();
  }

  async initialize(): Promise<void> {
    await this.request("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: capabilities(this.contestant.pulls),
    });
    this.#notify("initialized", {});
  }

  /** Opens a document; resolves when it has diagnostics. */
  async open(document: BenchDocument): Promise<OpenDocument> {
    const opened = { uri: `file:///bench/${++this.#opened}/Dockerfile`, document, version: 1, typed: 0 };
    const textDocument = { uri: opened.uri, languageId: "dockerfile", version: 1, text: document.text };
    const diagnosed = this.#diagnosed(opened);
    this.#notify("textDocument/didOpen", { textDocument });
    await diagnosed();
    return opened;
  }

  close({ uri }: OpenDocument): void {
    this.#notify("textDocument/didClose", { textDocument: { uri } });
  }

  /** Types a character; resolves when there are diagnostics of exactly that version. */
  async type(opened: OpenDocument): Promise<void> {
    const diagnosed = this.#keystroke(opened);
    await diagnosed();
  }

  /** Types characters without waiting; resolves with the time of the last one when its version has diagnostics. */
  async burst(opened: OpenDocument, keystrokes: number): Promise<number> {
    for (let i = 1; i < keystrokes; i++) {
      const diagnosed = this.#keystroke(opened);
      if (!this.contestant.pulls) continue;
      // An editor asks after each change, and calls that off with the next one.
      const source = new CancellationTokenSource();
      diagnosed(source).catch(() => {});
      source.cancel();
    }
    const diagnosed = this.#keystroke(opened);
    const last = performance.now();
    await diagnosed();
    return last;
  }

  /** Types a character and asks something before its diagnostics have come. */
  async typeAndAsk(opened: OpenDocument, method: string, place: Place): Promise<number> {
    const diagnosed = this.#keystroke(opened);
    const asked = performance.now();
    await this.ask(opened, method, place);
    const took = performance.now() - asked;
    await diagnosed();
    return took;
  }

  ask({ uri }: OpenDocument, method: string, position: Place): Promise<unknown> {
    return this.request(method, { textDocument: { uri }, position });
  }

  request<T>(method: string, params: unknown, source = new CancellationTokenSource()): Promise<T> {
    return this.#within(this.#connection.sendRequest<T>(method, params, source.token), method);
  }

  /** Resident memory in MB; `null` where the system does not tell. */
  memory(): number | null {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#connection.dispose();
    this.#process.kill();
    await ended;
  }

  #notify(method: string, params: unknown): void {
    this.#connection.sendNotification(method, params).catch(() => {
      // The process has ended, which whoever waits is told.
    });
  }

  async #within<T>(answer: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`${this.contestant.name}: no answer to ${what} in ${patience / 1000} s`));
      }, patience);
    });
    try {
      return await Promise.race([answer, late, this.#ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a keystroke; the function it returns waits for the diagnostics. */
  #keystroke(opened: OpenDocument): Waiting {
    const { marker } = opened.document;
    const start = { line: marker.line, character: marker.character + opened.typed };
    const { uri } = opened;
    const version = ++opened.version;
    opened.typed++;
    const diagnosed = this.#diagnosed(opened);
    this.#notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range: { start, end: start }, text: insertion }],
    });
    return diagnosed;
  }

  /** Prepares to wait for the diagnostics of a document's present version. */
  #diagnosed({ uri, document, version, typed }: OpenDocument): Waiting {
    const { line, character } = document.finding;
    // Not every server says which version it speaks of, but a finding that moves with each keystroke does.
    const describes = (diagnostics: readonly Diagnostic[]): boolean =>
      diagnostics.some(({ range: { start } }) => start.line === line && start.character === character + typed);
    if (this.contestant.pulls) {
      return async (source) => {
        const method = "textDocument/diagnostic";
        const report = await this.request<DocumentDiagnosticReport>(method, { textDocument: { uri } }, source);
        if (report.kind !== "full" || !describes(report.items))
          throw new Error(`${this.contestant.name} answered with the diagnostics of another version`);
      };
    }
    const diagnosed = new Promise<void>((resolve) => {
      this.#waiting.set(uri, (params) => {
        if ((params.version ?? version) === version && describes(params.diagnostics)) resolve();
      });
    });
    return () => this.#within(diagnosed, "a keystroke");
  }
}
