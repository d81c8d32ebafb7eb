import {
  type ClientCapabilities,
  CodeActionKind,
  type Connection,
  type ConnectionStrategy,
  type Disposable,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  DocumentFormattingRequest,
  DocumentRangeFormattingRequest,
  ErrorCodes,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import {
  configureMethod,
  graphMethod,
  type GraphParams,
  type InitializationOptions,
  splitMethod,
  type SplitAnswer,
  type SplitParams,
} from "../protocol.ts";
import * as service from "../service.ts";
import { Documents, type OpenDocument } from "./documents.ts";

/** What the entry of a runtime gives to the server. */
export interface Runtime {
  readonly version: string;
  /** Runs a function soon, behind what has already arrived. */
  schedule(run: () => void): void;
}

/** How often diagnostics are put off while changes keep coming. */
const mostTurns = 100;

/** A request that the editor calls off before its turn has come is not worked on. */
export const connectionStrategy: ConnectionStrategy = {
  cancelUndispatched: ({ jsonrpc }) => ({
    jsonrpc,
    // Filled in by the connection.
    id: null,
    error: { code: LSPErrorCodes.RequestCancelled, message: "The request was called off." },
  }),
};

/** Serves a connection: requests in, answers of the service out. Nothing is worked out here. */
export function serve(connection: Connection, runtime: Runtime): void {
  const documents = new Documents();
  let client: ClientCapabilities = {};
  let languageFeatures = true;
  const formatting: Promise<Disposable>[] = [];

  const report = (what: string, error: unknown): void => {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    connection.console.error(`${what} failed: ${details}`);
  };
  const onRuleError: service.RuleErrorHandler = (rule, error) => {
    report(`Rule ${rule.id}`, error);
  };

  /** Answers a request about an open document; an error is logged by the request's name and answered with `fallback`. */
  const about = <T>(name: string, uri: string, fallback: T, answer: (document: OpenDocument) => T): T => {
    try {
      const document = documents.get(uri);
      return document ? answer(document) : fallback;
    } catch (error) {
      report(name, error);
      return fallback;
    }
  };
  const aboutLater = async <T>(
    name: string,
    uri: string,
    fallback: T,
    answer: (document: OpenDocument) => Promise<T>,
  ): Promise<T> => {
    try {
      const document = documents.get(uri);
      return document ? await answer(document) : fallback;
    } catch (error) {
      report(name, error);
      return fallback;
    }
  };

  connection.onInitialize(({ capabilities, initializationOptions }) => {
    client = capabilities;
    languageFeatures = (initializationOptions as InitializationOptions | undefined)?.languageFeatures ?? true;
    return {
      serverInfo: { name: "Dockerfile Stages", version: runtime.version },
      capabilities: capabilitiesFor(client),
    };
  });
  connection.onInitialized(() => {
    registerFormatting();
  });
  connection.onNotification(configureMethod, (options: InitializationOptions) => {
    languageFeatures = options.languageFeatures ?? true;
    registerFormatting();
  });

  /** Formatting is registered only while it is offered, so that an editor does not ask which formatter to use. */
  const registerFormatting = (): void => {
    if (client.textDocument?.formatting?.dynamicRegistration !== true) return;
    if (languageFeatures && formatting.length === 0) {
      const options = { documentSelector: [{ language: "dockerfile" }] };
      formatting.push(connection.client.register(DocumentFormattingRequest.type, options));
      formatting.push(connection.client.register(DocumentRangeFormattingRequest.type, options));
    } else if (!languageFeatures) {
      for (const registration of formatting.splice(0)) {
        registration
          .then((disposable) => disposable.dispose())
          .catch((error: unknown) => report("Unregistering formatting", error));
      }
    }
  };

  // Diagnostics: the editor asks for them, or, where it does not know how to, they are sent after each change.
  connection.languages.diagnostics.on(({ textDocument, previousResultId }) =>
    about<DocumentDiagnosticReport>(
      "Diagnostics",
      textDocument.uri,
      { kind: DocumentDiagnosticReportKind.Full, items: [] },
      ({ analysis, uri, version }) => {
        const resultId = String(version);
        if (resultId === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
        return {
          kind: DocumentDiagnosticReportKind.Full,
          resultId,
          items: service.diagnostics(analysis, uri, onRuleError),
        };
      },
    ),
  );
  const changed = new Set<string>();
  let moreChanged = false;
  let turns = 0;
  const push = (): void => {
    // While changes keep coming, what is known about the text in between helps nobody.
    if (moreChanged && turns < mostTurns) {
      moreChanged = false;
      turns++;
      runtime.schedule(push);
      return;
    }
    turns = 0;
    for (const changedUri of changed) {
      changed.delete(changedUri);
      const items = about("Diagnostics", changedUri, null, ({ analysis, uri, version }) => ({
        uri,
        version,
        diagnostics: service.diagnostics(analysis, uri, onRuleError),
      }));
      if (items) connection.sendDiagnostics(items).catch((error: unknown) => report("Sending diagnostics", error));
    }
  };
  documents.texts.onDidChangeContent(({ document }) => {
    if (client.textDocument?.diagnostic) return;
    if (changed.size === 0) runtime.schedule(push);
    changed.add(document.uri);
    moreChanged = true;
  });
  documents.texts.onDidClose(({ document }) => {
    changed.delete(document.uri);
    if (client.textDocument?.diagnostic) return;
    connection
      .sendDiagnostics({ uri: document.uri, diagnostics: [] })
      .catch((error: unknown) => report("Sending diagnostics", error));
  });

  connection.onDefinition(({ textDocument, position }) =>
    about("Definition", textDocument.uri, null, ({ analysis, uri }) => {
      const links = service.definition(analysis, uri, position);
      if (client.textDocument?.definition?.linkSupport === true) return links;
      return links.map(({ targetUri, targetSelectionRange }) => ({ uri: targetUri, range: targetSelectionRange }));
    }),
  );
  connection.onReferences(({ textDocument, position, context }) =>
    about("References", textDocument.uri, null, ({ analysis, uri }) =>
      service.references(analysis, uri, position, context.includeDeclaration),
    ),
  );
  connection.onDocumentHighlight(({ textDocument, position }) =>
    about("Highlights", textDocument.uri, null, ({ analysis }) => service.highlights(analysis, position)),
  );
  connection.onPrepareRename(({ textDocument, position }) => {
    const answer = about("Prepare rename", textDocument.uri, null, ({ analysis }) =>
      service.prepareRename(analysis, position),
    );
    return answer && "error" in answer ? new ResponseError(ErrorCodes.InvalidRequest, answer.error) : answer;
  });
  connection.onRenameRequest(({ textDocument, position, newName }) => {
    const answer = about("Rename", textDocument.uri, null, ({ analysis, uri, version }) => {
      const renamed = service.rename(analysis, position, newName);
      return "error" in renamed
        ? renamed
        : { documentChanges: [{ textDocument: { uri, version }, edits: renamed.edits }] };
    });
    return answer && "error" in answer ? new ResponseError(ErrorCodes.InvalidRequest, answer.error) : answer;
  });
  connection.onHover(({ textDocument, position }) =>
    aboutLater("Hover", textDocument.uri, null, async ({ analysis }) => {
      const hover = service.hover(analysis, position);
      return hover ?? (languageFeatures ? await service.instructionHover(analysis, position) : null);
    }),
  );
  connection.onCompletion(({ textDocument, position }) =>
    aboutLater("Completion", textDocument.uri, null, async ({ analysis }) => {
      const items = service.completions(analysis, position);
      const snippets = client.textDocument?.completion?.completionItem?.snippetSupport === true;
      return languageFeatures ? [...items, ...(await service.keywordCompletions(analysis, position, snippets))] : items;
    }),
  );
  connection.onDocumentSymbol(({ textDocument }) =>
    about("Document symbols", textDocument.uri, null, ({ analysis }) => service.documentSymbols(analysis)),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    about("Folding ranges", textDocument.uri, null, ({ analysis }) => service.foldingRanges(analysis)),
  );
  connection.onDocumentLinks(({ textDocument }) =>
    aboutLater("Document links", textDocument.uri, null, async ({ analysis }) =>
      languageFeatures ? await service.documentLinks(analysis) : null,
    ),
  );
  connection.onDocumentFormatting(({ textDocument, options }) =>
    aboutLater("Formatting", textDocument.uri, null, async ({ analysis }) =>
      languageFeatures ? await service.formatDocument(analysis, options) : null,
    ),
  );
  connection.onDocumentRangeFormatting(({ textDocument, range, options }) =>
    aboutLater("Range formatting", textDocument.uri, null, async ({ analysis }) =>
      languageFeatures ? await service.formatRange(analysis, range, options) : null,
    ),
  );
  connection.onCodeAction(({ textDocument, range, context }) =>
    about("Code actions", textDocument.uri, null, ({ analysis, uri, version }) =>
      service.codeActions(
        analysis,
        {
          uri,
          version,
          range,
          only: context.only,
          // 1 is Invoked; an editor that does not say counts as invoked.
          invoked: (context.triggerKind ?? 1) === 1,
          showsDisabled: client.textDocument?.codeAction?.disabledSupport === true,
          resolves: client.textDocument?.codeAction?.resolveSupport?.properties.includes("edit") === true,
        },
        onRuleError,
      ),
    ),
  );
  connection.onCodeActionResolve((action) => {
    const uri = service.deferredUri(action);
    const resolved = about("Resolving a code action", uri, null, ({ analysis, version }) =>
      service.resolveCodeAction(analysis, version, action),
    );
    return (
      resolved ??
      new ResponseError(ErrorCodes.InvalidRequest, "The file has changed since this was offered. Try again.")
    );
  });

  connection.onRequest(graphMethod, ({ textDocument }: GraphParams) =>
    about("Stage graph", textDocument.uri, null, ({ analysis, uri, version }) =>
      service.stageGraph(analysis, uri, version),
    ),
  );
  connection.onRequest(splitMethod, ({ textDocument, position }: SplitParams) =>
    about<SplitAnswer | null>("Split", textDocument.uri, null, ({ analysis, version }) =>
      service.splitAt(analysis, version, position),
    ),
  );

  documents.listen(connection);
  connection.listen();
}

function capabilitiesFor(client: ClientCapabilities): ServerCapabilities {
  return {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    ...(client.textDocument?.diagnostic && {
      diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false },
    }),
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: client.textDocument?.rename?.prepareSupport === true ? { prepareProvider: true } : true,
    hoverProvider: true,
    completionProvider: { triggerCharacters: ["=", " ", "$", "{", ","] },
    documentSymbolProvider: { label: "Dockerfile Stages" },
    foldingRangeProvider: true,
    documentLinkProvider: {},
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, ...service.refactoringKinds],
      resolveProvider: true,
    },
    // Where formatting cannot be registered later, it is offered from the start.
    ...(client.textDocument?.formatting?.dynamicRegistration !== true && {
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
    }),
  };
}
