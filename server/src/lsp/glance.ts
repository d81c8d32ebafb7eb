import {
  type ClientCapabilities,
  CodeLensRefreshRequest,
  type Connection,
  type Disposable,
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensDelta,
  SemanticTokensRegistrationType,
  type ServerCapabilities,
} from "vscode-languageserver";
import {
  codeLenses,
  inlayHints,
  type Neighbours,
  type SemanticToken,
  semanticTokens,
  tokenModifiers,
  tokenTypes,
} from "../service.ts";
import type { About, Documents } from "./documents.ts";
import type { Options } from "./options.ts";

/** What an editor shows in the text without being asked: lenses, hints and colours. */
export interface Glance {
  /** To be called when the editor is ready, and when options changed: everything is shown anew. */
  readonly configure: () => void;
  /** Other files say something else than before. */
  readonly refresh: () => void;
}

interface Needs {
  readonly connection: Connection;
  readonly documents: Documents;
  readonly about: About;
  readonly schedule: (run: () => void) => void;
  readonly client: () => ClientCapabilities;
  readonly options: () => Options;
  readonly neighbours: (uri: string) => Neighbours;
  readonly report: (what: string, error: unknown) => void;
}

const tokenOptions = {
  legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
  range: true,
  full: { delta: true },
};

/** What of it is offered from the start. */
export function glanceCapabilities(client: ClientCapabilities): ServerCapabilities {
  return {
    codeLensProvider: {},
    inlayHintProvider: true,
    // Editors ask one server for colours, so it is registered only while it has some; where that cannot be done later, always.
    ...(!registersTokens(client) && { semanticTokensProvider: tokenOptions }),
  };
}

export function serveGlance({
  connection,
  documents,
  about,
  schedule,
  client,
  options,
  neighbours,
  report,
}: Needs): Glance {
  connection.onCodeLens(({ textDocument }) =>
    about("Code lenses", textDocument.uri, [], ({ analysis, uri }) => {
      const { codeLens, runsCommands, buildsImages } = options();
      return codeLens ? codeLenses(analysis, { uri, neighbours: neighbours(uri), runsCommands, buildsImages }) : [];
    }),
  );
  connection.languages.inlayHint.on(({ textDocument, range }) =>
    about("Inlay hints", textDocument.uri, [], ({ analysis, uri }) =>
      options().inlayHints ? inlayHints(analysis, uri, range) : [],
    ),
  );

  /** Of each open document the tokens that were sent last: an editor is then told only what changed. */
  const sent = new Map<string, SemanticTokensBuilder>();
  documents.texts.onDidClose(({ document }) => sent.delete(document.uri));
  const build = (uri: string, previous: string): Promise<SemanticTokensBuilder | null> =>
    about<SemanticTokensBuilder | null>("Semantic tokens", uri, null, ({ analysis }) => {
      if (!options().semanticTokens) return null;
      const builder = sent.get(uri) ?? new SemanticTokensBuilder();
      sent.set(uri, builder);
      builder.previousResult(previous);
      return fill(builder, semanticTokens(analysis));
    });
  connection.languages.semanticTokens.on(
    async ({ textDocument }): Promise<SemanticTokens | null> => (await build(textDocument.uri, ""))?.build() ?? null,
  );
  connection.languages.semanticTokens.onDelta(
    async ({ textDocument, previousResultId }): Promise<SemanticTokens | SemanticTokensDelta | null> =>
      (await build(textDocument.uri, previousResultId))?.buildEdits() ?? null,
  );
  connection.languages.semanticTokens.onRange(({ textDocument, range }) =>
    about<SemanticTokens | null>("Semantic tokens of a range", textDocument.uri, null, ({ analysis }) =>
      options().semanticTokens ? fill(new SemanticTokensBuilder(), semanticTokens(analysis, range)).build() : null,
    ),
  );

  let registration: Promise<Disposable> | null = null;
  const register = (): void => {
    if (!registersTokens(client())) return;
    if (options().semanticTokens) {
      registration ??= connection.client.register(SemanticTokensRegistrationType.type, {
        documentSelector: [{ language: "dockerfile" }],
        ...tokenOptions,
      });
      registration.catch((error: unknown) => report("Registering semantic tokens", error));
    } else if (registration) {
      registration
        .then((disposable) => disposable.dispose())
        .catch((error: unknown) => report("Unregistering semantic tokens", error));
      registration = null;
    }
  };

  /** What changes together is asked for once. */
  const soon = (what: string, ask: () => Promise<void>): (() => void) => {
    let isAsking = false;
    return () => {
      if (isAsking) return;
      isAsking = true;
      schedule(() => {
        isAsking = false;
        ask().catch((error: unknown) => report(`Asking for a look at the ${what}`, error));
      });
    };
  };
  const lensesAgain = soon("code lenses", () => connection.sendRequest(CodeLensRefreshRequest.type));
  const hintsAgain = soon("inlay hints", () => connection.languages.inlayHint.refresh());
  const tokensAgain = soon("semantic tokens", () => connection.languages.semanticTokens.refresh());
  const refresh = (): void => {
    if (client().workspace?.codeLens?.refreshSupport === true) lensesAgain();
  };

  let isReady = false;
  return {
    refresh,
    configure: () => {
      register();
      // At the start nothing is shown yet.
      if (isReady) {
        refresh();
        if (client().workspace?.inlayHint?.refreshSupport === true) hintsAgain();
        if (client().workspace?.semanticTokens?.refreshSupport === true && !registersTokens(client())) tokensAgain();
      }
      isReady = true;
    },
  };
}

function registersTokens({ textDocument }: ClientCapabilities): boolean {
  return textDocument?.semanticTokens?.dynamicRegistration === true;
}

function fill(builder: SemanticTokensBuilder, tokens: readonly SemanticToken[]): SemanticTokensBuilder {
  for (const { line, character, length, type, modifiers } of tokens)
    builder.push(line, character, length, type, modifiers);
  return builder;
}
