import * as vscode from "vscode";
import { type BaseLanguageClient, FileChangeType } from "vscode-languageclient";
import {
  findFilesMethod,
  type FindFilesParams,
  type FolderListing,
  listFolderMethod,
  type ListFolderParams,
  readFileMethod,
  type ReadFileParams,
  readProgramMethod,
  type ReadProgramParams,
} from "../../server/src/protocol.ts";
import { isSnapshot } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** Milliseconds without a change before the server is told of it. */
const typingPause = 150;

/** The files beside Dockerfiles as the server sees them: through the editor, which reads from disks, from afar, and in the browser. */
export interface ReadFiles {
  /** Answers a client's server when it asks about files. */
  readonly answer: (client: BaseLanguageClient) => void;
  /** Tells the server when a file that it has read changes in an editor; it learns of changes on disks by itself. */
  readonly follow: (server: LanguageServer) => vscode.Disposable;
}

/** @param programs the folder of what the server is made of */
export function readFiles(programs: vscode.Uri): ReadFiles {
  const wasRead = new Set<string>();
  return {
    answer: (client) => {
      client.onRequest(listFolderMethod, async ({ folder }: ListFolderParams): Promise<FolderListing | null> => {
        try {
          const uri = vscode.Uri.parse(folder, true);
          if (isSnapshot(uri)) return null;
          const entries = await vscode.workspace.fs.readDirectory(uri);
          // A symbolic link has its own mark and that of what it leads to.
          const namesOf = (wanted: vscode.FileType): string[] =>
            entries.filter(([, type]) => (type & wanted) !== 0).map(([name]) => name);
          return { files: namesOf(vscode.FileType.File), folders: namesOf(vscode.FileType.Directory) };
        } catch {
          return null;
        }
      });
      client.onRequest(readFileMethod, async ({ folder, name, most }: ReadFileParams): Promise<string | null> => {
        try {
          const uri = vscode.Uri.joinPath(vscode.Uri.parse(folder, true), name);
          wasRead.add(uri.toString());
          const changed = changedDocument(uri);
          if (changed) return changed.getText();
          const { size } = await vscode.workspace.fs.stat(uri);
          return size > most ? null : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
        } catch {
          return null;
        }
      });
      client.onRequest(findFilesMethod, async (params: FindFilesParams, token): Promise<string[] | null> => {
        try {
          const { folder, globs, without, most } = params;
          const include = new vscode.RelativePattern(
            vscode.Uri.parse(folder, true),
            anyOf(globs.flatMap(withoutBraces)),
          );
          // What `files.exclude` names is left out, too.
          const found = await vscode.workspace.findFiles(include, `**/${anyOf(without)}/**`, most, token);
          return found.map((uri) => uri.toString());
        } catch {
          return null;
        }
      });
      client.onRequest(readProgramMethod, async ({ name }: ReadProgramParams): Promise<string | null> => {
        try {
          const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(programs, name));
          let text = "";
          for (const byte of bytes) text += String.fromCharCode(byte);
          return text;
        } catch {
          return null;
        }
      });
    },
    follow: (server) => {
      const changed = new Set<string>();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tell = ({ uri }: vscode.TextDocument): void => {
        const key = uri.toString();
        if (!wasRead.has(key)) return;
        changed.add(key);
        clearTimeout(timer);
        timer = setTimeout(() => {
          const changes = [...changed].map((each) => ({ uri: each, type: FileChangeType.Changed }));
          changed.clear();
          server.notify("workspace/didChangeWatchedFiles", { changes });
        }, typingPause);
      };
      return vscode.Disposable.from(
        vscode.workspace.onDidChangeTextDocument(({ document }) => tell(document)),
        // Also when its changes are thrown away.
        vscode.workspace.onDidCloseTextDocument(tell),
        { dispose: () => clearTimeout(timer) },
      );
    },
  };
}

/** What the user sees of a file in an editor counts before it is saved. */
function changedDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find(({ isDirty, uri: each }) => isDirty && each.toString() === key);
}

const anyOf = (globs: readonly string[]): string => `{${globs.join(",")}}`;

/** The globs that one with braces stands for: some searches do not know braces in braces. */
function withoutBraces(glob: string): string[] {
  const match = /^([^{]*)\{([^}]*)\}(.*)$/.exec(glob);
  if (!match) return [glob];
  const [, before = "", choices = "", after = ""] = match;
  return choices.split(",").flatMap((choice) => withoutBraces(before + choice + after));
}
