import type { Connection } from "vscode-languageserver";
import { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { Analysis, mayMentionBuilds } from "../service.ts";

/** An open document and the analysis of its present version. */
export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly analysis: Analysis;
}

/**
 * Answers a request about an open document; an error is logged by the request's name. `fallback` is the answer then, and
 * where the document is not open.
 */
export type About = <T>(
  name: string,
  uri: string,
  fallback: T,
  answer: (document: OpenDocument) => T | Promise<T>,
) => Promise<T>;

/** How many analyses are kept: those of the documents used last. Others are worked out again when asked for. */
const kept = 4;

/** The open documents. An analysis is worked out when it is first needed and dropped when its version is gone. */
export class Documents {
  readonly texts = new TextDocuments(TextDocument);
  readonly #analyses = new Map<string, OpenDocument>();

  listen(connection: Connection): void {
    this.texts.onDidClose(({ document }) => this.#analyses.delete(document.uri));
    this.texts.listen(connection);
  }

  /** The Dockerfiles that are open. */
  uris(): string[] {
    return this.texts.keys().filter((uri) => !this.isOther(uri));
  }

  /** Whether a document is open and no Dockerfile: a file that mentions builds. */
  isOther(uri: string): boolean {
    const text = this.texts.get(uri);
    return text !== undefined && isOtherText(text);
  }

  /** `null` where the document is not open, or no Dockerfile. */
  get(uri: string): OpenDocument | null {
    const text = this.texts.get(uri);
    if (!text || this.isOther(uri)) return null;
    let document = this.#analyses.get(uri);
    if (document?.version !== text.version)
      document = { uri, version: text.version, analysis: new Analysis(text.getText(), document?.analysis) };
    // Last used, last in the map's order.
    this.#analyses.delete(uri);
    this.#analyses.set(uri, document);
    const [oldest] = this.#analyses.keys();
    if (this.#analyses.size > kept && oldest !== undefined) this.#analyses.delete(oldest);
    return document;
  }
}

/** Whether a document is a file that mentions builds, and no Dockerfile. */
export function isOtherText({ languageId, uri }: TextDocument): boolean {
  return languageId !== "dockerfile" && mayMentionBuilds(decoded(uri));
}

/** An address as far as it tells what a file is called and where it lies, wherever the project begins. */
function decoded(uri: string): string {
  try {
    const path = decodeURIComponent(uri);
    return /\/(\.(?:github\/workflows|circleci)\/[^/]+)$/.exec(path)?.[1] ?? path;
  } catch {
    return uri;
  }
}
