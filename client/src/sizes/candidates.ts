import * as vscode from "vscode";
import { type SplitAnswer, splitMethod, type SplitParams } from "../../../server/src/protocol.ts";
import { fileName } from "../documents.ts";
import type { LanguageServer } from "../language-server.ts";
import { graphOf } from "../stage-graph.ts";
import type { Splits } from "./splits.ts";

/** A text whose image can be compared with that of the present one. */
export interface Candidate {
  readonly title: string;
  readonly text: string;
  /** The Dockerfile whose context and arguments it is built with. */
  readonly uri: vscode.Uri;
  /** Whether it is older than the present one, or what could be. */
  readonly isOld: boolean;
  /** A line for a chooser. */
  readonly detail: string;
}

/** What the present text of a file can be compared with. */
export async function candidatesFor(
  server: LanguageServer,
  document: vscode.TextDocument,
  splits: Splits,
): Promise<Candidate[]> {
  const { uri } = document;
  const present = document.getText();
  const before = splits.textBefore(document);
  const committed = await committedText(uri);
  const ways = await waysOf(server, document);
  return [
    ...(before === null
      ? []
      : [
          { title: "Before the split", text: before, uri, isOld: true, detail: "As the file was before it was split." },
        ]),
    ...(committed === null || committed === present
      ? []
      : [{ title: "The last commit", text: committed, uri, isOld: true, detail: "As the file is in Git's HEAD." }]),
    ...ways.map(({ base, after, detail }) => ({
      title: `After a split: ${base}`,
      text: after,
      uri,
      isOld: false,
      detail,
    })),
  ];
}

export async function candidateFrom(uri: vscode.Uri): Promise<Candidate> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).replace(/^\uFEFF/, "");
  const title = vscode.workspace.asRelativePath(uri);
  return { title, text, uri, isOld: true, detail: "" };
}

/** The sensible ways to split the stage that ships; none where it cannot be split. */
async function waysOf(server: LanguageServer, document: vscode.TextDocument): Promise<SplitAnswer["ways"]> {
  const graph = await graphOf(server, document);
  const target = graph?.nodes.find(({ id }) => id === graph.target);
  if (!target) return [];
  try {
    const params: SplitParams = { textDocument: { uri: document.uri.toString() }, position: target.range.start };
    const answer = (await server.request(splitMethod, params)) as SplitAnswer | null;
    return answer?.version === document.version ? answer.ways : [];
  } catch (error) {
    server.log.warn(`The split: ${String(error)}`);
    return [];
  }
}

/** The part of the editor's own extension for Git that is used here. */
interface Git {
  readonly getAPI: (version: 1) => {
    readonly getRepository: (uri: vscode.Uri) => {
      readonly show: (ref: string, path: string) => Promise<string>;
    } | null;
  };
}

/** The text of a file in the last commit; `null` where there is none. */
async function committedText(uri: vscode.Uri): Promise<string | null> {
  try {
    const git = vscode.extensions.getExtension<Git>("vscode.git");
    const repository = (await git?.activate())?.getAPI(1).getRepository(uri);
    return (await repository?.show("HEAD", uri.fsPath))?.replace(/^\uFEFF/, "") ?? null;
  } catch {
    return null;
  }
}

/** Asks for another Dockerfile; `undefined` when the question is closed. */
export async function askForDockerfile(beside: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: `A Dockerfile to Compare ${fileName(beside)} with`,
    openLabel: "Compare",
    defaultUri: vscode.Uri.joinPath(beside, ".."),
  });
  return chosen?.[0];
}
