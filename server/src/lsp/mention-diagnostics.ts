import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Connection,
  type Range,
} from "vscode-languageserver";
import { mentionProblems, type MentionProblem } from "../service.ts";
import type { ProjectIndex } from "./project-index.ts";

/** The findings in files that mention builds. They are sent unasked, also of files that are not open. */
export interface MentionDiagnostics {
  /** Sends what changed. */
  readonly refresh: () => void;
  /** Quick fixes of a file that mentions builds. */
  readonly actions: (params: CodeActionParams) => CodeAction[];
}

interface Needs {
  readonly connection: Connection;
  readonly index: ProjectIndex;
  /** The version of a document; `null` where it is not open. */
  readonly versionOf: (uri: string) => number | null;
  readonly report: (what: string, error: unknown) => void;
}

export function serveMentionDiagnostics({ connection, index, versionOf, report }: Needs): MentionDiagnostics {
  /** What was sent for each file, and what it says. */
  const sent = new Map<string, { readonly problems: readonly MentionProblem[]; readonly text: string }>();

  const send = (uri: string, problems: readonly MentionProblem[]): void => {
    const diagnostics = problems.map(({ diagnostic }) => diagnostic);
    const text = JSON.stringify(diagnostics);
    if ((sent.get(uri)?.text ?? "[]") === text) return;
    if (problems.length > 0) sent.set(uri, { problems, text });
    else sent.delete(uri);
    connection.sendDiagnostics({ uri, diagnostics }).catch((error: unknown) => report("Sending diagnostics", error));
  };

  return {
    refresh: () => {
      const gone = new Set(sent.keys());
      for (const { file, builds } of index.mentioning()) {
        gone.delete(file.uri);
        const outlineOf = (dockerfile: string) => index.dockerfile(file, dockerfile)?.outline ?? null;
        send(file.uri, mentionProblems(builds, file.lines, outlineOf));
      }
      for (const uri of gone) send(uri, []);
    },
    actions: ({ textDocument: { uri }, range, context: { only } }) => {
      if (only && !only.some((kind) => kind === "" || kind === CodeActionKind.QuickFix)) return [];
      const here = sent.get(uri)?.problems.filter(({ diagnostic }) => touches(diagnostic.range, range)) ?? [];
      return here.flatMap(({ diagnostic, fix }) => {
        if (!fix) return [];
        const textDocument = { uri, version: versionOf(uri) };
        return [
          {
            title: fix.title,
            kind: CodeActionKind.QuickFix,
            diagnostics: [diagnostic],
            isPreferred: true,
            edit: { documentChanges: [{ textDocument, edits: [fix.edit] }] },
          },
        ];
      });
    },
  };
}

function touches(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Range["start"], b: Range["start"]): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
