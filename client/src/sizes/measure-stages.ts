import * as vscode from "vscode";
import { showBytes } from "../../webview/sizes.ts";
import type { Docker } from "../docker/docker.ts";
import type { Programs } from "../docker/programs.ts";
import { fileName } from "../documents.ts";
import type { LanguageServer } from "../language-server.ts";
import { graphOf } from "../stage-graph.ts";
import { settingsFor, withBuilds } from "./builds.ts";
import { measureStages, mergeStages } from "./measure.ts";
import type { MeasuredStage } from "./measured.ts";
import { planOf } from "./plan.ts";
import { say } from "../say.ts";
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
        if (shown.signal.aborted) return true;
        shown.write(heading(`Sizes of ${fileName(uri)}`));
        for (const { label, size, problem } of measured)
          shown.write(`${label}: ${size === null ? `not measured: ${problem}` : showBytes(size)}\n`);
        return false;
      }),
    () => measured.every(({ problem }) => problem === ""),
  );
  tell(uri, measured, stages.length, isCancelled, settings.remarks);
}

/** What came of it, in one line. */
function tell(
  uri: vscode.Uri,
  measured: readonly MeasuredStage[],
  count: number,
  isCancelled: boolean,
  remarks: readonly string[],
): void {
  const good = measured.filter(({ size }) => size !== null).length;
  const [failed, ...more] = measured.filter(({ size }) => size === null);
  const of = `${count === 1 ? "1 stage" : `${count} stages`} of ${fileName(uri)}`;
  if (isCancelled) return say(`Cancelled: ${good} of ${of} ${good === 1 ? "is" : "are"} measured.`);
  const [only] = measured;
  const done = count === 1 && only?.size != null ? `The image of ${only.label} has ${showBytes(only.size)}.` : null;
  if (!failed) return void sayMeasured(uri, [done ?? `${of} are measured.`, ...remarks].join(" "));
  const rest = more.length === 0 ? [] : [`${more.length} more have no size either; the graph says why.`];
  const message = [`${good} of ${of} are measured. ${failed.label}: ${failed.problem}.`, ...rest, ...remarks];
  void vscode.window.showWarningMessage(message.join(" "));
}

/** With a way to the graph, where none is in sight. */
async function sayMeasured(uri: vscode.Uri, message: string): Promise<void> {
  const isShown = vscode.window.tabGroups.all.some(
    ({ activeTab }) =>
      activeTab?.input instanceof vscode.TabInputWebview && activeTab.input.viewType.endsWith("dockerfileStages.graph"),
  );
  if (isShown) return say(message);
  const show = "Show Stage Graph";
  if ((await vscode.window.showInformationMessage(message, show)) === show)
    await vscode.commands.executeCommand("dockerfileStages.showGraph", uri);
}
