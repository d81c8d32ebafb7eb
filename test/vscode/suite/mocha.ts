// Mocha's build for browsers, which runs in an extension host on Node as well, with a reporter of plain lines.
import "mocha/mocha.js";
import { prefix } from "./prefix.ts";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const say = (line: string): void => console.log(prefix + line);

function report(runner: Mocha.Runner): void {
  const indent = (test: Mocha.Test | Mocha.Hook): string => "  ".repeat(test.titlePath().length);
  runner.on("suite", (suite) => {
    if (!suite.root) say("  ".repeat(suite.titlePath().length) + suite.title);
  });
  runner.on("pass", (test) => say(`${indent(test)}✔ ${test.title} (${test.duration ?? 0} ms)`));
  runner.on("retry", (test, error) => say(`${indent(test)}↻ once more, after: ${error.message}`));
  runner.on("pending", (test) => say(`${indent(test)}- ${test.title}`));
  runner.on("fail", (test, error: Error) => {
    say(`${indent(test)}✘ ${test.title}`);
    for (const line of (error.stack ?? String(error)).split("\n")) say(`${indent(test)}    ${line}`);
  });
}

/** Runs what `load` declares; rejects when a test fails, as VS Code expects of its test modules. */
export async function runMocha(load: () => void, save: (counts: Counts) => void = () => {}): Promise<void> {
  // The class and not the page's `mocha` object, whose `run` looks for a page. An editor loses an event or a task at times
  // when the machine is busy: what fails is tried once more, and a line says so.
  const reporter = report as unknown as Mocha.ReporterConstructor;
  const instance = new Mocha({ ui: "bdd", reporter, timeout: 30_000, retries: 1 });
  instance.suite.emit("pre-require", globalThis, "", instance);
  load();
  const { stats } = await new Promise<Mocha.Runner>((resolve) => {
    const runner = instance.run(() => resolve(runner));
  });
  if (stats === undefined) throw new Error("mocha counted nothing");
  const counts = { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
  say(JSON.stringify(counts));
  save(counts);
  if (counts.failed > 0) throw new Error(`${counts.failed} failed`);
}
