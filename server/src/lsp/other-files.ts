import {
  type ClientCapabilities,
  CodeActionKind,
  CodeActionRequest,
  type Connection,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import { buildFileGlobs, dockerfileGlobs } from "../service.ts";

/** The files that mention builds, for editors, which compare patterns with whole paths. */
export const otherFileSelector: readonly { readonly pattern: string }[] = buildFileGlobs.map((glob) => ({
  pattern: glob.startsWith("**/") ? glob : `**/${glob}`,
}));

/**
 * Asks the editor, if it can be asked, to tell of the files that mention builds: when they change on the disk and in their
 * editors, and when the user asks for something there.
 */
export async function followOtherFiles(connection: Connection, client: ClientCapabilities): Promise<void> {
  const { textDocument, workspace } = client;
  const documentSelector = [...otherFileSelector];
  const asked: Promise<unknown>[] = [];
  if (workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
    const watchers = [...buildFileGlobs, ...dockerfileGlobs, "**/.gitignore"].map((globPattern) => ({ globPattern }));
    asked.push(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }));
  }
  if (textDocument?.synchronization?.dynamicRegistration === true) {
    const syncKind = TextDocumentSyncKind.Incremental;
    asked.push(
      connection.client.register(DidOpenTextDocumentNotification.type, { documentSelector }),
      connection.client.register(DidCloseTextDocumentNotification.type, { documentSelector }),
      connection.client.register(DidChangeTextDocumentNotification.type, { documentSelector, syncKind }),
    );
  }
  if (textDocument?.codeAction?.dynamicRegistration === true) {
    const codeActionKinds = [CodeActionKind.QuickFix];
    asked.push(connection.client.register(CodeActionRequest.type, { documentSelector, codeActionKinds }));
  }
  await Promise.all(asked);
}
