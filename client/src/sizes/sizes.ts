import * as vscode from "vscode";
import type { SplitAnswer } from "../../../server/src/protocol.ts";
import type { Docker } from "../docker/docker.ts";
import { documentOf } from "../docker/document.ts";
import type { Programs } from "../docker/programs.ts";
import { fileName } from "../documents.ts";
import type { LanguageServer } from "../language-server.ts";
import type { Previews } from "../previews.ts";
import { findStage } from "../stage-actions.ts";
import { type Candidate, candidateFrom } from "./candidates.ts";
import { askForCandidates, comparisonWith } from "./compare-images.ts";
import { measureDocument } from "./measure-stages.ts";
import { say } from "../say.ts";
import { keepSplits, type Splits } from "./splits.ts";
import type { SizeStore } from "./store.ts";

/** Builds images to see how large they are. */
export interface ImageSizes {
  readonly splits: Splits;
  /** Whether the image of a document can be compared with that of a way to split it. */
  readonly canCompare: (document: vscode.TextDocument) => boolean;
  readonly compareWay: (document: vscode.TextDocument, way: SplitAnswer["ways"][number]) => Promise<void>;
  readonly registration: vscode.Disposable;
}

export function registerSizes(
  server: LanguageServer,
  docker: Docker,
  store: SizeStore,
  programs: Programs | null,
  previews: Previews,
): ImageSizes {
  const splits = keepSplits();
  const comparison = programs && comparisonWith(server, docker, programs, previews);
  const busy = new Set<string>();

  /** Does what needs builds of a file, unless something like it is being done. */
  const doAlone = async ({ uri }: vscode.TextDocument, work: () => Promise<void>): Promise<void> => {
    const key = uri.toString();
    if (busy.has(key)) return say(`${fileName(uri)} is being measured already.`);
    busy.add(key);
    try {
      await work();
    } catch (error) {
      server.log.error(`Sizes of ${key}: ${String(error)}`);
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`${fileName(uri)} could not be measured: ${reason}`);
    } finally {
      busy.delete(key);
    }
  };

  const measure = async (place: unknown, only: string | null): Promise<void> => {
    const document = await documentOf(place);
    if (!document || !(await docker.mayBuild()) || !programs) return;
    await doAlone(document, () => measureDocument(server, docker, programs, store, document, only));
  };

  /** `others` are the addresses of other Dockerfiles; without them, the user is asked. */
  const compare = async (place: unknown, others: unknown): Promise<void> => {
    const document = await documentOf(place);
    if (!document || !(await docker.mayBuild()) || !comparison) return;
    const candidates = Array.isArray(others)
      ? await Promise.all(others.map((each) => candidateFrom(vscode.Uri.parse(String(each), true))))
      : await askForCandidates(server, document, splits);
    if (candidates && candidates.length > 0) await doAlone(document, () => comparison.show(document, candidates));
  };

  const registration = vscode.Disposable.from(
    server.onWillRefactor(splits.remember),
    vscode.commands.registerCommand("dockerfileStages.measureSizes", (place: unknown) => measure(place, null)),
    vscode.commands.registerCommand("dockerfileStages.compareSizes", compare),
    vscode.commands.registerCommand("dockerfileStages.stage.measure", async (place: unknown) => {
      const found = await findStage(server, place);
      if (found) await measure(found.document.uri, found.node.id);
    }),
  );
  return {
    splits,
    canCompare: (document) => comparison !== null && docker.isReady() && document.uri.scheme === "file",
    compareWay: async (document, { base, after }) => {
      const { uri } = document;
      const way: Candidate = { title: `After the split: ${base}`, text: after, uri, isOld: false, detail: "" };
      if (comparison && (await docker.mayBuild())) await doAlone(document, () => comparison.show(document, [way]));
    },
    registration,
  };
}
