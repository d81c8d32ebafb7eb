import type { ClientCapabilities, Connection, WorkDoneProgressServerReporter } from "vscode-languageserver";
import type { Progress } from "./project-index.ts";

/** In milliseconds: of shorter work nobody needs to be told. */
const patience = 1000;

/** Shows how far work has come, once it takes long, where the editor can show it; the user may call it off there. */
export function showProgress(connection: Connection, { window }: ClientCapabilities, title: string): Progress {
  const begun = Date.now();
  let shown: WorkDoneProgressServerReporter | null = null;
  let isAskedFor = false;
  let isEnded = false;
  let isCancelled = false;
  const show = async (): Promise<void> => {
    const reporter = await connection.window.createWorkDoneProgress();
    if (isEnded) return;
    shown = reporter;
    shown.begin(title, 0, "", true);
    shown.token.onCancellationRequested(() => {
      isCancelled = true;
    });
  };
  return {
    report: (done, all) => {
      shown?.report(Math.round((100 * done) / Math.max(all, 1)), `${done} / ${all}`);
      if (isAskedFor || window?.workDoneProgress !== true || Date.now() - begun < patience) return;
      isAskedFor = true;
      // Without it the work is done all the same.
      show().catch(() => {});
    },
    isCancelled: () => isCancelled,
    end: () => {
      isEnded = true;
      shown?.done();
    },
  };
}
