import * as vscode from "vscode";
import { showBytes } from "../../webview/sizes.ts";
import type { Docker } from "../docker/docker.ts";
import type { Programs } from "../docker/programs.ts";
import { fileName } from "../documents.ts";
import type { LanguageServer } from "../language-server.ts";
import type { Previews } from "../previews.ts";
import { type Builds, type BuildSettings, settingsFor, withBuilds } from "./builds.ts";
import { askForDockerfile, type Candidate, candidateFrom, candidatesFor } from "./candidates.ts";
import { contentOf } from "./content.ts";
import { planOf } from "./plan.ts";
import { say } from "../say.ts";
import type { Splits } from "./splits.ts";
import { type Compared, comparison, summary } from "./table.ts";
import { heading, showWork } from "./terminal.ts";
import { knowText } from "./texts.ts";

/** Builds the final images of several texts of a Dockerfile, and shows how large they are side by side. */
export interface Comparison {
  /** `candidates`, beside the present text; those that are older are what it is compared with. */
  readonly show: (document: vscode.TextDocument, candidates: readonly Candidate[]) => Promise<void>;
}

export function comparisonWith(
  server: LanguageServer,
  docker: Docker,
  programs: Programs,
  previews: Previews,
): Comparison {
  const buildOne = async (
    { ofText }: Builds,
    settings: BuildSettings,
    { title, text, uri }: Candidate,
  ): Promise<Compared> => {
    const known = await knowText(server, previews, uri, text);
    if (!known) return { title, content: null, problem: "the language server does not know the file" };
    const plan = planOf(text, known.graph);
    const target = plan.stages.at(-1)?.target ?? null;
    if (target === null) return { title, content: null, problem: "it has no stage" };
    const build = await ofText(settings, plan.text);
    const built = await build(target);
    return "problem" in built
      ? { title, content: null, problem: built.problem }
      : { title, content: contentOf(built.history, known.graph, known.ship), problem: "" };
  };

  const tables = new Map<string, vscode.Uri>();

  const show = async (document: vscode.TextDocument, candidates: readonly Candidate[]): Promise<void> => {
    const { uri } = document;
    const now: Candidate = { title: "Now", text: document.getText(), uri, isOld: false, detail: "" };
    const all = [...candidates.filter(({ isOld }) => isOld), now, ...candidates.filter(({ isOld }) => !isOld)];
    const settings = new Map<string, BuildSettings>();
    for (const each of all) {
      const key = each.uri.toString();
      const found = settings.get(key) ?? (await settingsFor(docker, each.uri));
      if (!found) return;
      settings.set(key, found);
    }
    const compared = await showWork(
      { action: "compare", uri, title: `Image sizes of ${fileName(uri)}` },
      (shown) =>
        withBuilds(docker, programs, shown, async (builds) => {
          const done: Compared[] = [];
          for (const [place, each] of all.entries()) {
            const step = `Building “${each.title}” (${place + 1} of ${all.length})`;
            shown.report(step, place === 0 ? 0 : 100 / all.length);
            shown.write(heading(step));
            const one = await buildOne(builds, settings.get(each.uri.toString())!, each);
            if (shown.signal.aborted) return null;
            done.push(one);
          }
          shown.write(heading(`Image sizes of ${fileName(uri)}`));
          for (const { title, content, problem } of done)
            shown.write(`${title}: ${content ? showBytes(content.size) : `not built: ${problem}`}\n`);
          return done;
        }),
      (result) => result !== null && result.every(({ problem }) => problem === ""),
    );
    if (compared === null) return say("Cancelled: nothing was compared.");
    const remarks = [...new Set([...settings.values()].flatMap((each) => each.remarks))];
    const text = comparison(fileName(uri), compared, remarks);
    const key = uri.toString();
    const table = tables.get(key) ?? previews.add(`${uri.path} – image sizes.md`, text);
    tables.set(key, table);
    previews.change(table, text);
    await showTable(table);
    const failed = compared.find(({ problem }) => problem !== "");
    const line = summary(compared);
    if (failed) void vscode.window.showWarningMessage(`${line}. “${failed.title}” was not built: ${failed.problem}.`);
    else say(line);
  };
  return { show };
}

/** As a rendered page where the editor can render Markdown. */
async function showTable(table: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand("markdown.showPreview", table);
  } catch {
    await vscode.window.showTextDocument(table);
  }
}

/** Asks what the present text is compared with; `undefined` when the question is closed. */
export async function askForCandidates(
  server: LanguageServer,
  document: vscode.TextDocument,
  splits: Splits,
): Promise<readonly Candidate[] | undefined> {
  const { uri } = document;
  const found = await candidatesFor(server, document, splits);
  const items = found.map((candidate, place) => ({
    label: candidate.title,
    detail: candidate.detail,
    picked: place === 0,
    candidate,
  }));
  const other = { label: "Another Dockerfile…", detail: "", picked: false, candidate: null };
  const picked =
    items.length === 0
      ? [other]
      : await vscode.window.showQuickPick([...items, other], {
          title: `Compare the Image Size of ${fileName(uri)} with`,
          placeHolder: "Each one is built with your Docker, which may take a while",
          canPickMany: true,
        });
  if (!picked) return undefined;
  const chosen = picked.flatMap(({ candidate }) => candidate ?? []);
  if (!picked.some(({ candidate }) => candidate === null)) return chosen;
  const file = await askForDockerfile(uri);
  return file && [...chosen, await candidateFrom(file)];
}
