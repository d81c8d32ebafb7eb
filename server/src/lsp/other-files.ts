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

/**
 * Asks the editor, if it can be asked, to tell of the files that mention builds: when they change on the disk and in their
 * editors, and when the user wants quick fixes there.
 */
export async function followOtherFiles(connection: Connection, client: ClientCapabilities): Promise<void> {
  const { textDocument, workspace } = client;
  const documentSelector = buildFileGlobs.map((pattern) => ({ pattern }));
  if (workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
    const watchers = [...buildFileGlobs, ...dockerfileGlobs, "**/.gitignore"].map((globPattern) => ({ globPattern }));
    await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  }
  if (textDocument?.synchronization?.dynamicRegistration === true) {
    await connection.client.register(DidOpenTextDocumentNotification.type, { documentSelector });
    await connection.client.register(DidCloseTextDocumentNotification.type, { documentSelector });
    await connection.client.register(DidChangeTextDocumentNotification.type, {
      documentSelector,
      syncKind: TextDocumentSyncKind.Incremental,
    });
  }
  if (textDocument?.codeAction?.dynamicRegistration === true) {
    const codeActionKinds = [CodeActionKind.QuickFix];
    await connection.client.register(CodeActionRequest.type, { documentSelector, codeActionKinds });
  }
}
