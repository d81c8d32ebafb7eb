import * as vscode from "vscode";
import { activeDockerfile, isDockerfile } from "../documents.ts";
import { say } from "../say.ts";

/** The Dockerfile that an argument names, else the active one; tells the user where there is none that Docker can build. */
export async function documentOf(place: unknown): Promise<vscode.TextDocument | undefined> {
  const uri =
    place instanceof vscode.Uri ? place : typeof place === "string" ? vscode.Uri.parse(place, true) : undefined;
  const document = uri ? await vscode.workspace.openTextDocument(uri) : activeDockerfile();
  const problem = !isDockerfile(document)
    ? "Open a Dockerfile first."
    : document.uri.scheme !== "file"
      ? "Docker builds files on the disk: save this one first."
      : null;
  if (problem === null) return document;
  say(problem);
  return undefined;
}
