import {
  type ClientCapabilities,
  CompletionRequest,
  type Connection,
  DefinitionRequest,
  ErrorCodes,
  HoverRequest,
  type Location,
  type LocationLink,
  type Position,
  ReferencesRequest,
  RenameRequest,
  ResponseError,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import * as service from "../service.ts";
import type { About, Documents, OpenDocument } from "./documents.ts";
import type { Options } from "./options.ts";
import { otherFileSelector } from "./other-files.ts";
import type { ProjectIndex } from "./project-index.ts";

interface Needs {
  readonly connection: Connection;
  readonly documents: Documents;
  readonly about: About;
  readonly index: ProjectIndex;
  readonly client: () => ClientCapabilities;
  readonly options: () => Options;
  readonly report: (what: string, error: unknown) => void;
}

/** Questions about files that mention builds. */
export interface OtherFiles {
  /** Answers a question about the place of a Dockerfile that a name in another file stands for. */
  readonly about: <T>(
    name: string,
    uri: string,
    position: Position,
    fallback: T,
    answer: (place: service.Counterpart) => T | Promise<T>,
  ) => Promise<T>;
  readonly completions: (uri: string, position: Position) => Promise<ReturnType<typeof service.targetCompletions>>;
  /** Offers them to an editor that can be told later. */
  readonly offer: () => Promise<void>;
}

/** Moves through Dockerfiles, and between them and the files that mention their builds. */
export function serveNavigation({ connection, documents, about, index, client, options, report }: Needs): OtherFiles {
  /** What is known of a file that mentions builds, as it is in its editor. */
  const buildFile = async (uri: string): Promise<service.BuildFile | null> => {
    await index.known(uri);
    const found = index.inFile(uri);
    if (!found) return null;
    const { file, builds } = found;
    const dockerfileOf = (path: string): service.KnownDockerfile | null => {
      const dockerfile = index.dockerfile(file, path);
      if (!dockerfile) return null;
      const { uri: address, text } = dockerfile;
      return { uri: address, analysis: documents.get(address)?.analysis ?? new service.Analysis(text) };
    };
    return { file, builds, dockerfileOf };
  };

  const inBuildFile = async <T>(
    name: string,
    uri: string,
    fallback: T,
    answer: (file: service.BuildFile) => T | Promise<T>,
  ): Promise<T> => {
    try {
      const file = await buildFile(uri);
      return file ? await answer(file) : fallback;
    } catch (error) {
      report(name, error);
      return fallback;
    }
  };

  const others: OtherFiles = {
    about: (name, uri, position, fallback, answer) =>
      inBuildFile(name, uri, fallback, (file) => {
        const place = service.counterpart(file, position);
        return place ? answer(place) : fallback;
      }),
    completions: (uri, position) =>
      inBuildFile("Completion", uri, [], (file) =>
        service.targetCompletions(file, position, options().completesTargets),
      ),
    offer: async () => {
      const { definition, references, hover, completion, rename } = client().textDocument ?? {};
      const documentSelector = [...otherFileSelector];
      const asked: Promise<unknown>[] = [];
      if (definition?.dynamicRegistration === true)
        asked.push(connection.client.register(DefinitionRequest.type, { documentSelector }));
      if (references?.dynamicRegistration === true)
        asked.push(connection.client.register(ReferencesRequest.type, { documentSelector }));
      if (hover?.dynamicRegistration === true)
        asked.push(connection.client.register(HoverRequest.type, { documentSelector }));
      if (completion?.dynamicRegistration === true) {
        const triggerCharacters = [" ", "=", '"'];
        asked.push(connection.client.register(CompletionRequest.type, { documentSelector, triggerCharacters }));
      }
      if (rename?.dynamicRegistration === true) {
        const prepareProvider = rename.prepareSupport === true;
        asked.push(connection.client.register(RenameRequest.type, { documentSelector, prepareProvider }));
      }
      await Promise.all(asked);
    },
  };

  /** Asks about an open Dockerfile, or about what a name in another file stands for. */
  const aboutEither = <T>(
    name: string,
    uri: string,
    position: Position,
    fallback: T,
    answer: (place: Pick<service.Counterpart, "uri" | "analysis" | "position">) => T | Promise<T>,
  ): Promise<T> =>
    documents.isOther(uri)
      ? others.about(name, uri, position, fallback, answer)
      : about(name, uri, fallback, ({ analysis }: OpenDocument) => answer({ uri, analysis, position }));

  const toLocations = (links: LocationLink[], linkSupport: boolean | undefined): LocationLink[] | Location[] =>
    linkSupport === true
      ? links
      : links.map(({ targetUri, targetSelectionRange }) => ({ uri: targetUri, range: targetSelectionRange }));
  const define = (uri: string, position: Position): Promise<LocationLink[] | null> =>
    documents.isOther(uri)
      ? inBuildFile<LocationLink[] | null>("Definition", uri, null, (file) =>
          service.definitionsElsewhere(file, position, options().leadsFromTargets),
        )
      : about("Definition", uri, null, ({ analysis }) =>
          service.definition(analysis, uri, position, index.buildsOf(uri)),
        );
  connection.onDefinition(async ({ textDocument, position }) => {
    const links = await define(textDocument.uri, position);
    return links && toLocations(links, client().textDocument?.definition?.linkSupport);
  });
  connection.onDeclaration(async ({ textDocument, position }) => {
    const links = await define(textDocument.uri, position);
    return links && toLocations(links, client().textDocument?.declaration?.linkSupport);
  });
  connection.onReferences(({ textDocument, position: asked, context }) =>
    aboutEither("References", textDocument.uri, asked, null, async ({ analysis, uri, position }) => {
      await index.known(uri);
      return service.references(analysis, uri, position, context.includeDeclaration, index.buildsOf(uri));
    }),
  );
  connection.onDocumentHighlight(({ textDocument, position }) =>
    about("Highlights", textDocument.uri, null, ({ analysis }) => service.highlights(analysis, position)),
  );

  connection.onPrepareRename(async ({ textDocument: { uri }, position }) => {
    const answer = documents.isOther(uri)
      ? await others.about("Prepare rename", uri, position, null, (place) => {
          const found = service.prepareRename(place.analysis, place.position);
          return "error" in found ? found : { range: place.range, placeholder: found.placeholder };
        })
      : await about("Prepare rename", uri, null, ({ analysis }) => service.prepareRename(analysis, position));
    return answer && "error" in answer ? new ResponseError(ErrorCodes.InvalidRequest, answer.error) : answer;
  });
  connection.onRenameRequest(async ({ textDocument, position: asked, newName }) => {
    const answer = await aboutEither("Rename", textDocument.uri, asked, null, async (place) => {
      await index.known(place.uri);
      const renamed = service.rename(place.analysis, place.position, newName, index.buildsOf(place.uri));
      return "error" in renamed ? renamed : toWorkspaceEdit(place.uri, renamed);
    });
    return answer && "error" in answer ? new ResponseError(ErrorCodes.InvalidRequest, answer.error) : answer;
  });
  const versionOf = (uri: string): number | null => documents.texts.get(uri)?.version ?? null;
  const toWorkspaceEdit = (
    uri: string,
    { edits, elsewhere }: Exclude<ReturnType<typeof service.rename>, service.Refusal>,
  ): WorkspaceEdit | service.Refusal => {
    const documentChanges: TextDocumentEdit[] = [{ textDocument: { uri, version: versionOf(uri) }, edits }];
    for (const { file, edits: inFile } of elsewhere) {
      const open = documents.texts.get(file.uri);
      const builds = index.inFile(file.uri)?.builds ?? [];
      if (open && open.getText() !== file.lines.text) return { error: `${file.path} has just changed. Try again.` };
      const shared = inFile.find(({ range }) => service.isShared({ file, builds }, range));
      if (shared) {
        const line = shared.range.start.line + 1;
        return { error: `${file.path} (line ${line}) names this for several Dockerfiles. Change that first.` };
      }
      documentChanges.push({ textDocument: { uri: file.uri, version: versionOf(file.uri) }, edits: [...inFile] });
    }
    return { documentChanges };
  };

  connection.onSelectionRanges(({ textDocument, positions }) =>
    about("Selection ranges", textDocument.uri, null, ({ analysis }) => service.selectionRanges(analysis, positions)),
  );
  connection.languages.callHierarchy.onPrepare(({ textDocument, position }) =>
    about("Call hierarchy", textDocument.uri, null, ({ analysis, uri }) =>
      service.prepareCallHierarchy(analysis, uri, position),
    ),
  );
  connection.languages.callHierarchy.onIncomingCalls(({ item }) =>
    about("Incoming calls", item.uri, null, ({ analysis, uri }) =>
      service.incomingCalls(analysis, uri, item, index.buildsOf(uri)),
    ),
  );
  connection.languages.callHierarchy.onOutgoingCalls(({ item }) =>
    about("Outgoing calls", item.uri, null, ({ analysis, uri }) => service.outgoingCalls(analysis, uri, item)),
  );
  connection.onWorkspaceSymbol(({ query }) => {
    try {
      return service.workspaceSymbols(index.dockerfiles(), query);
    } catch (error) {
      report("Workspace symbols", error);
      return null;
    }
  });
  return others;
}
