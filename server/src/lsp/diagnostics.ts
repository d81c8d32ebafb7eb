import {
  type ClientCapabilities,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  type PublishDiagnosticsParams,
} from "vscode-languageserver";
import { diagnostics, type RuleErrorHandler } from "../service.ts";
import { type About, type Documents, isOtherText, type OpenDocument } from "./documents.ts";
import type { NumberedOptions } from "./options.ts";

export interface Diagnostics {
  /** The findings of these open documents may have changed although their text has not. */
  readonly refresh: (uris: readonly string[]) => void;
}

interface Needs {
  readonly connection: Connection;
  readonly documents: Documents;
  readonly about: About;
  readonly schedule: (run: () => void) => void;
  readonly client: () => ClientCapabilities;
  readonly options: (uri: string) => NumberedOptions;
  readonly onRuleError: RuleErrorHandler;
  /** Called each time a document has been diagnosed. */
  readonly onDiagnosed: () => void;
  readonly report: (what: string, error: unknown) => void;
}

/** How often diagnostics are put off while changes keep coming. */
const mostTurns = 100;

/** The editor asks for diagnostics or, where it does not know how to, they are sent after each change. */
export function serveDiagnostics({
  connection,
  documents,
  about,
  schedule,
  client,
  options: optionsOf,
  onRuleError,
  onDiagnosed,
  report,
}: Needs): Diagnostics {
  const pulls = (): boolean => client().textDocument?.diagnostic !== undefined;
  const diagnose = ({ analysis, uri }: OpenDocument, { options }: NumberedOptions): Diagnostic[] => {
    const found = diagnostics(analysis, uri, onRuleError, options);
    onDiagnosed();
    return found;
  };

  connection.languages.diagnostics.on(({ textDocument, previousResultId }) =>
    about<DocumentDiagnosticReport>(
      "Diagnostics",
      textDocument.uri,
      { kind: DocumentDiagnosticReportKind.Full, items: [] },
      (document) => {
        const options = optionsOf(document.uri);
        const resultId = `${document.version}/${options.number}`;
        if (resultId === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
        return { kind: DocumentDiagnosticReportKind.Full, resultId, items: diagnose(document, options) };
      },
    ),
  );

  const send = (items: PublishDiagnosticsParams): void => {
    connection.sendDiagnostics(items).catch((error: unknown) => report("Sending diagnostics", error));
  };
  const changed = new Set<string>();
  let moreChanged = false;
  let turns = 0;
  const push = async (): Promise<void> => {
    // While changes keep coming, what is known about the text in between helps nobody.
    if (moreChanged && turns < mostTurns) {
      moreChanged = false;
      turns++;
      pushSoon();
      return;
    }
    turns = 0;
    for (const changedUri of changed) {
      changed.delete(changedUri);
      const items = await about("Diagnostics", changedUri, null, (document) => ({
        uri: document.uri,
        version: document.version,
        diagnostics: diagnose(document, optionsOf(document.uri)),
      }));
      if (items) send(items);
    }
  };
  const pushSoon = (): void => {
    schedule(() => void push());
  };
  const mark = (uri: string): void => {
    if (changed.size === 0) pushSoon();
    changed.add(uri);
    moreChanged = true;
  };

  documents.texts.onDidChangeContent(({ document }) => {
    if (!pulls() && !isOtherText(document)) mark(document.uri);
  });
  documents.texts.onDidClose(({ document }) => {
    changed.delete(document.uri);
    if (!pulls() && !isOtherText(document)) send({ uri: document.uri, diagnostics: [] });
  });

  let isRefreshing = false;
  const askToPull = (): void => {
    if (isRefreshing) return;
    // What changes together is asked for once.
    isRefreshing = true;
    schedule(() => {
      isRefreshing = false;
      connection.languages.diagnostics
        .refresh()
        .catch((error: unknown) => report("Asking for a look at the diagnostics", error));
    });
  };

  return {
    refresh: (uris) => {
      if (uris.length === 0) return;
      if (!pulls()) uris.forEach(mark);
      // An editor that cannot be asked sees the news with the next change.
      else if (client().workspace?.diagnostics?.refreshSupport === true) askToPull();
    },
  };
}
