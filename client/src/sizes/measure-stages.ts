import * as vscode from "vscode";
import type { Docker } from "../docker/docker.ts";
import type { Programs } from "../docker/programs.ts";
import { fileName } from "../documents.ts";
import type { LanguageServer } from "../language-server.ts";
import { graphOf } from "../stage-graph.ts";
import { settingsFor, withBuilds } from "./builds.ts";
import { measureStages, mergeStages } from "./measure.ts";
import type { MeasuredStage } from "./measured.ts";
import { planOf } from "./plan.ts";
import { say } from "./say.ts";
import type { SizeStore } from "./store.ts";
import { heading, showWork } from "./terminal.ts";

/** Builds the stages of a Dockerfile, or the one with that id, and keeps how large they are. */
export async function measureDocument(
  server: LanguageServer,
  docker: Docker,
  programs: Programs,
  store: SizeStore,
  document: vscode.TextDocument,
  only: string | null,
): Promise<void> {
  const { uri } = document;
  const text = document.getText();
  const graph = await graphOf(server, document, { scratch: true });
  if (!graph || document.getText() !== text) return say("The file is not read yet. Run the command again.");
  const whole = planOf(text, graph);
  const stages = whole.stages.filter(({ id }) => only === null || id === only);
  if (stages.length === 0) return say("There is no stage here to measure.");
  const settings = await settingsFor(docker, uri);
  if (!settings) return;
  const measured: MeasuredStage[] = [];
  const old = store.of(uri);
  const older = old?.text === text ? old.stages : [];
  const isCancelled = await showWork(
    { action: "measure", uri, title: `Sizes of ${fileName(uri)}` },
    (shown) =>
      withBuilds(docker, programs, shown, async ({ ofText }) => {
        for (const remark of settings.remarks) shown.write(`${remark}\n`);
        const build = await ofText(settings, whole.text);
        await measureStages(
          stages,
          build,
          {
            onStart: ({ label }, number) => {
              const step = `Measuring ${label} (${number} of ${stages.length})`;
              shown.report(step, number === 1 ? 0 : 100 / stages.length);
              shown.write(heading(step));
            },
            onEnd: async (stage) => {
              measured.push(stage);
              await store.set(uri, { text, time: Date.now(), stages: mergeStages(whole, measured, older) });
            },
          },
          shown.signal,
        );
        return shown.signal.aborted;
      }),
    () => measured.every(({ problem }) => problem === ""),
  );
  tell(fileName(uri), measured, stages.length, isCancelled, settings.remarks);
}

/** What came of it, in one line. */
function tell(
  name: string,
  measured: readonly MeasuredStage[],
  count: number,
  isCancelled: boolean,
  remarks: readonly string[],
): void {
  const good = measured.filter(({ size }) => size !== null).length;
  const [failed, ...more] = measured.filter(({ size }) => size === null);
  const of = count === 1 ? `1 stage of ${name}` : `${count} stages of ${name}`;
  if (isCancelled) return say(`Called off: the sizes of ${good} of ${of} are known and kept.`);
  if (!failed) return say([count === 1 ? `${of} is measured.` : `${of} are measured.`, ...remarks].join(" "));
  const rest = more.length === 0 ? [] : [`${more.length} more have no size either; the graph says why.`];
  const message = [`${good} of ${of} are measured. ${failed.label}: ${failed.problem}.`, ...rest, ...remarks];
  void vscode.window.showWarningMessage(message.join(" "));
}
