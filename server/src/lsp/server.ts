import {
  type ClientCapabilities,
  CodeActionKind,
  type Connection,
  type ConnectionStrategy,
  DidChangeWatchedFilesNotification,
  type Disposable,
  DocumentFormattingRequest,
  DocumentRangeFormattingRequest,
  ErrorCodes,
  FileOperationPatternKind,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import {
  type BuildsAnswer,
  buildsMethod,
  type BuildsParams,
  configureMethod,
  findFilesMethod,
  type FindFilesParams,
  graphMethod,
  type GraphParams,
  graphTextMethod,
  type GraphTextParams,
  listFolderMethod,
  type ListFolderParams,
  readFileMethod,
  type ReadFileParams,
  readProgramMethod,
  type ReadProgramParams,
  type RebuildAnswer,
  rebuildMethod,
  type RebuildParams,
  shipMethod,
  type ShipParams,
  splitMethod,
  type SplitAnswer,
  type SplitParams,
} from "../protocol.ts";
import * as service from "../service.ts";
import { serveDiagnostics } from "./diagnostics.ts";
import { type About, Documents } from "./documents.ts";
import { glanceCapabilities, serveGlance } from "./glance.ts";
import { serveMentionDiagnostics } from "./mention-diagnostics.ts";
import { numberOptions, readOptions } from "./options.ts";
import { serveNavigation } from "./navigation.ts";
import { followOtherFiles } from "./other-files.ts";
import { indexProjects } from "./project-index.ts";
import { showProgress } from "./progress.ts";
import { followSurroundings } from "./surroundings.ts";
import { innermost, pathIn, placeOf, withoutSlash } from "./uris.ts";

/** What the entry of a runtime gives to the server. */
export interface Runtime {
  readonly version: string;
  /** Runs a function soon, behind what has already arrived. */
  schedule(run: () => void): void;
  /** The runtime's own file system by URI, for clients that do not read files for the server; `null` where it has none. */
  readonly files: service.Files | null;
  /** Reads a file that stands beside the server's program; `null` where the client is to be asked for it. */
  readonly program: ((name: string) => Promise<Uint8Array>) | null;
  /** Called each time a document has been diagnosed. */
  readonly onDiagnosed: () => void;
}

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
  let projects: { readonly uri: string }[] = [];
  const formatting: Promise<Disposable>[] = [];

  const report = (what: string, error: unknown): void => {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    connection.console.error(`${what} failed: ${details}`);
  };
  const onRuleError: service.RuleErrorHandler = (rule, error) => {
    report(`Rule ${rule.id}`, error);
  };
  const about: About = async (name, uri, fallback, answer) => {
    try {
      const document = documents.get(uri);
      return document ? await answer(document) : fallback;
    } catch (error) {
      report(name, error);
      return fallback;
    }
  };

  let options = readOptions({}, () => {});
  const setOptions = (given: unknown): void => {
    options = readOptions(given, (line) => connection.console.warn(line));
  };
  const files = filesOf(connection, runtime, () => options.readsFiles);
  const index = indexProjects({
    files,
    projects: () => projects,
    search: async (folder) =>
      options.readsFiles ? ask<readonly string[] | null>(connection, findFilesMethod, searchIn(folder), null) : null,
    openText: (uri) => documents.texts.get(uri)?.getText() ?? null,
    openAnalysis: (uri) => documents.get(uri)?.analysis ?? null,
    hcl: once(async () => {
      try {
        return await hclReader(connection, runtime);
      } catch (error) {
        report("Loading what reads HCL", error);
        return null;
      }
    }),
    schedule: (run) => runtime.schedule(run),
    progress: () => showProgress(connection, client, "Reading what builds the Dockerfiles"),
    onChange: () => {
      surroundings.buildsChanged();
      mentions.refresh();
    },
    onError: (error) => report("Reading the files of the project", error),
  });
  const mentions = serveMentionDiagnostics({
    connection,
    index,
    versionOf: (uri) => documents.texts.get(uri)?.version ?? null,
    report,
  });
  let followsOthers = false;
  /** The first Dockerfile makes the files that mention builds count. */
  const followOthers = (): void => {
    if (followsOthers) return;
    followsOthers = true;
    Promise.all([followOtherFiles(connection, client), otherFiles.offer()]).catch((error: unknown) =>
      report("Following files that mention builds", error),
    );
  };
  const surroundings = followSurroundings(
    files,
    () => projects,
    index.buildsOf,
    (uri) => {
      diagnostics.refresh([uri]);
      glance.refresh();
    },
    (error) => report("Reading the files beside a document", error),
  );
  const runOptions = numberOptions(() => options, surroundings.of);
  const diagnostics = serveDiagnostics({
    connection,
    documents,
    about,
    schedule: (run) => runtime.schedule(run),
    client: () => client,
    options: runOptions.of,
    onRuleError,
    onDiagnosed: runtime.onDiagnosed,
    report,
  });
  const glance = serveGlance({
    connection,
    documents,
    about,
    schedule: (run) => runtime.schedule(run),
    client: () => client,
    options: () => options,
    neighbours: surroundings.of,
    report,
  });

  connection.onInitialize(({ capabilities, initializationOptions, workspaceFolders, rootUri }) => {
    client = capabilities;
    setOptions(initializationOptions);
    const folders = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null ? [] : [rootUri]);
    projects = folders.map((uri) => ({ uri: withoutSlash(uri) }));
    return {
      serverInfo: { name: "Dockerfile Stages", version: runtime.version },
      capabilities: capabilitiesFor(client),
    };
  });
  connection.onInitialized(() => {
    registerFormatting();
    glance.configure();
    if (watchesFiles(client)) {
      const globPattern = `**/{${service.neighbourNames.join(",")}}`;
      connection.client
        .register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern }] })
        .catch((error: unknown) => report("Watching files", error));
    }
    if (client.workspace?.workspaceFolders === true) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => withoutSlash(uri)));
        projects = projects.filter(({ uri }) => !gone.has(uri));
        projects.push(...added.map(({ uri }) => ({ uri: withoutSlash(uri) })));
        surroundings.readAgain();
        index.readAgain();
        documents.uris().forEach(index.changed);
      });
    }
  });
  const configure = (given: unknown): void => {
    setOptions(given);
    registerFormatting();
    diagnostics.refresh(documents.uris());
    glance.configure();
  };
  connection.onNotification(configureMethod, configure);
  connection.onDidChangeConfiguration(({ settings }) => {
    const given = (settings as { dockerfileStages?: unknown } | null)?.dockerfileStages;
    if (given !== undefined && given !== null) configure(given);
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    const uris = changes.map(({ uri }) => uri);
    surroundings.filesChanged(uris);
    index.filesChanged(uris);
  });
  // Of a folder that goes, its files are not always named.
  connection.workspace.onDidDeleteFiles(index.readAgain);
  connection.workspace.onDidRenameFiles(index.readAgain);
  documents.texts.onDidOpen(({ document: { uri } }) => {
    if (documents.isOther(uri)) return;
    surroundings.opened(uri);
    followOthers();
  });
  documents.texts.onDidChangeContent(({ document }) => index.changed(document.uri));
  documents.texts.onDidSave(({ document: { uri } }) => {
    // Editors watch the folders that are open.
    if (watchesFiles(client) && innermost(projects, uri)) return;
    surroundings.readAgain();
    index.readAgain();
  });
  documents.texts.onDidClose(({ document: { uri } }) => {
    index.closed(uri);
    surroundings.closed(uri);
    runOptions.closed(uri);
  });

  /** Formatting is registered only while it is offered, so that an editor does not ask which formatter to use. */
  const registerFormatting = (): void => {
    if (client.textDocument?.formatting?.dynamicRegistration !== true) return;
    if (options.languageFeatures && formatting.length === 0) {
      const where = { documentSelector: [{ language: "dockerfile" }] };
      formatting.push(connection.client.register(DocumentFormattingRequest.type, where));
      formatting.push(connection.client.register(DocumentRangeFormattingRequest.type, where));
    } else if (!options.languageFeatures) {
      for (const registration of formatting.splice(0)) {
        registration
          .then((disposable) => disposable.dispose())
          .catch((error: unknown) => report("Unregistering formatting", error));
      }
    }
  };

  const otherFiles = serveNavigation({
    connection,
    documents,
    about,
    index,
    client: () => client,
    options: () => options,
    report,
  });
  connection.onHover(({ textDocument, position }) => {
    if (documents.isOther(textDocument.uri)) {
      return otherFiles.about(
        "Hover",
        textDocument.uri,
        position,
        null,
        ({ analysis, uri, position: there, range }) => {
          const neighbours = { ...surroundings.of(uri), builds: index.buildsOf(uri) };
          const hover = service.hover(analysis, there, { neighbours, uri: options.runsCommands ? uri : null });
          return hover && { ...hover, range };
        },
      );
    }
    return about("Hover", textDocument.uri, null, async ({ analysis, uri }) => {
      // A client that runs our commands is ours, and follows links to lines; others show where they lead.
      const links = options.runsCommands ? uri : null;
      const own = service.hover(analysis, position, { neighbours: surroundings.of(uri), uri: links });
      if (!options.languageFeatures) return own;
      return service.joinHovers(own, await service.instructionHover(analysis, position));
    });
  });
  connection.onCompletion(({ textDocument, position }) => {
    if (documents.isOther(textDocument.uri)) return otherFiles.completions(textDocument.uri, position);
    return about("Completion", textDocument.uri, null, async ({ analysis }) => {
      const items = service.completions(analysis, position);
      const snippets = client.textDocument?.completion?.completionItem?.snippetSupport === true;
      return options.languageFeatures
        ? [...items, ...(await service.keywordCompletions(analysis, position, snippets))]
        : items;
    });
  });
  connection.onDocumentSymbol(({ textDocument }) =>
    about("Document symbols", textDocument.uri, null, ({ analysis }) => service.documentSymbols(analysis)),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    about("Folding ranges", textDocument.uri, null, ({ analysis }) => service.foldingRanges(analysis)),
  );
  connection.onDocumentLinks(({ textDocument }) =>
    about("Document links", textDocument.uri, null, ({ analysis }) =>
      service.documentLinks(analysis, options.languageFeatures),
    ),
  );
  connection.onDocumentFormatting(({ textDocument, options: style }) =>
    about("Formatting", textDocument.uri, null, async ({ analysis }) =>
      options.languageFeatures ? await service.formatDocument(analysis, style) : null,
    ),
  );
  connection.onDocumentRangeFormatting(({ textDocument, range, options: style }) =>
    about("Range formatting", textDocument.uri, null, async ({ analysis }) =>
      options.languageFeatures ? await service.formatRange(analysis, range, style) : null,
    ),
  );
  connection.onCodeAction((params) => {
    const { textDocument, range, context } = params;
    if (documents.isOther(textDocument.uri)) return mentions.actions(params);
    return about("Code actions", textDocument.uri, null, ({ analysis, uri, version }) =>
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
          runsCommands: options.runsCommands,
          neighbours: surroundings.of(uri),
        },
        onRuleError,
        runOptions.of(uri).options,
      ),
    );
  });
  connection.onCodeActionResolve(async (action) => {
    const uri = service.deferredUri(action);
    const resolved = await about("Resolving a code action", uri, null, ({ analysis, version }) =>
      service.resolveCodeAction(analysis, version, action, options.runsCommands, surroundings.of(uri)),
    );
    return (
      resolved ??
      new ResponseError(ErrorCodes.InvalidRequest, "The file has changed since this was offered. Try again.")
    );
  });

  connection.onRequest(graphMethod, ({ textDocument, ...wishes }: GraphParams) =>
    about("Stage graph", textDocument.uri, null, ({ analysis, uri, version }) =>
      service.stageGraph(analysis, uri, version, wishes, surroundings.of(uri)),
    ),
  );
  connection.onRequest(graphTextMethod, ({ textDocument, format, target }: GraphTextParams) =>
    about("Stage graph as text", textDocument.uri, null, ({ analysis, uri }) =>
      service.graphAsText(analysis, placeOf(uri)?.name ?? "Dockerfile", format, target ?? null),
    ),
  );
  connection.onRequest(rebuildMethod, ({ textDocument, ...question }: RebuildParams) =>
    about<RebuildAnswer | null>("What is rebuilt", textDocument.uri, null, async ({ analysis, uri, version }) => {
      await surroundings.known(uri);
      return service.rebuild(analysis, version, question, surroundings.of(uri));
    }),
  );
  connection.onRequest(shipMethod, ({ textDocument, ...question }: ShipParams) =>
    about("What ships", textDocument.uri, null, ({ analysis, uri, version }) =>
      service.shipped(analysis, version, question, surroundings.of(uri)),
    ),
  );
  connection.onRequest(buildsMethod, ({ textDocument }: BuildsParams) =>
    about<BuildsAnswer | null>("Builds", textDocument.uri, null, async ({ analysis, uri }) => {
      await index.known(uri);
      const folder = innermost(projects, uri)?.uri;
      const path = folder === undefined ? null : pathIn(folder, uri);
      return service.projectBuilds(analysis, path, index.buildsOf(uri));
    }),
  );
  connection.onRequest(splitMethod, ({ textDocument, position, options: wishes }: SplitParams) =>
    about<SplitAnswer | null>("Split", textDocument.uri, null, async ({ analysis, uri, version }) => {
      await surroundings.known(uri);
      return service.splitAt(analysis, version, position, surroundings.of(uri), wishes);
    }),
  );

  documents.listen(connection);
  connection.listen();
}

/** Whether the editor tells of files that change on the disk. */
function watchesFiles({ workspace }: ClientCapabilities): boolean {
  return workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
}

type Asked = ListFolderParams | ReadFileParams | FindFilesParams | ReadProgramParams;

async function ask<T>(connection: Connection, method: string, params: Asked, fallback: T): Promise<T> {
  try {
    return await connection.sendRequest<T>(method, params);
  } catch {
    // The folder is gone, the client does not know the request, or the server is about to end.
    return fallback;
  }
}

function searchIn(folder: string): FindFilesParams {
  return {
    folder,
    globs: [...service.buildFileGlobs, ...service.dockerfileGlobs, "**/.gitignore"],
    without: service.foreignFolders,
    most: 2 * service.mostFiles,
  };
}

async function hclReader(connection: Connection, { program }: Runtime): Promise<service.HclReader> {
  const read = async (name: string): Promise<Uint8Array> => {
    if (program) return program(name);
    const text = await ask<string | null>(connection, readProgramMethod, { name }, null);
    if (text === null) throw new Error(`the client does not send ${name}`);
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  };
  const [core, grammar] = await Promise.all(service.hclPrograms.map(read));
  return service.makeHclReader(core!, grammar!);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

/** Reads through the client where it does that, for it knows more than disks; else as the runtime can. */
function filesOf(connection: Connection, { files }: Runtime, clientReads: () => boolean): service.Files {
  return {
    list: async (folder) =>
      clientReads()
        ? ask<service.Listing | null>(connection, listFolderMethod, { folder }, null)
        : ((await files?.list(folder)) ?? null),
    read: async (folder, name) =>
      clientReads()
        ? ask<string | null>(connection, readFileMethod, { folder, name, most: service.largestNeighbour }, null)
        : ((await files?.read(folder, name)) ?? null),
  };
}

const anyFolder = [{ pattern: { glob: "**", matches: FileOperationPatternKind.folder } }];

function capabilitiesFor(client: ClientCapabilities): ServerCapabilities {
  return {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: { didDelete: { filters: anyFolder }, didRename: { filters: anyFolder } },
    },
    ...(client.textDocument?.diagnostic && {
      diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false },
    }),
    definitionProvider: true,
    declarationProvider: true,
    referencesProvider: true,
    selectionRangeProvider: true,
    callHierarchyProvider: true,
    workspaceSymbolProvider: true,
    documentHighlightProvider: true,
    renameProvider: client.textDocument?.rename?.prepareSupport === true ? { prepareProvider: true } : true,
    hoverProvider: true,
    completionProvider: { triggerCharacters: ["=", " ", "$", "{", ","] },
    documentSymbolProvider: { label: "Dockerfile Stages" },
    foldingRangeProvider: true,
    documentLinkProvider: {},
    ...glanceCapabilities(client),
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, ...service.refactoringKinds, service.fixAllKind],
      resolveProvider: true,
    },
    // Where formatting cannot be registered later, it is offered from the start.
    ...(client.textDocument?.formatting?.dynamicRegistration !== true && {
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
    }),
  };
}
