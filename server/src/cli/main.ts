import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { printable } from "../report/printable.ts";
import { help, readArguments, type Run } from "./arguments.ts";
import { findInputs, systemReason } from "./inputs.ts";
import { chooseStyle, openOutput, type Output } from "./output.ts";
import { openProgress } from "./progress.ts";
import { readSource } from "./read.ts";

/** Nothing found; something found; something could not be done. */
const exitCodes = { clean: 0, findings: 1, trouble: 2 } as const;

/**
 * Runs the command line and sets the exit code of the process. It does not end the process, so that all output leaves it
 * first.
 *
 * @returns the command that was run to its end; `null` where there was none
 */
export async function runCommandLine(args: readonly string[], version: string): Promise<Run["command"] | null> {
  process.exitCode = exitCodes.clean;
  process.stderr.on("error", () => {
    // Nobody listens any more; the exit code still tells.
  });
  const output = openOutput(process.stdout, (error) => complain(`cannot write: ${error.message}`));
  try {
    const wish = readArguments(args, existsSync);
    if (wish.kind === "help") await output.write(help);
    else if (wish.kind === "version") await output.write(`${version}\n`);
    else if (wish.kind === "misuse") complain(wish.reason, wish.hint);
    else {
      await run(wish, output, version);
      return wish.command;
    }
  } catch (error) {
    complain(`unexpected error: ${messageOf(error)}`);
  }
  return null;
}

async function run(wish: Run, output: Output, version: string): Promise<void> {
  const files = await findInputs(wish.files, complainAbout);
  // Help and misuse are answered without the rules and the scanner.
  const { readNeighbours, startJob, unknownRule } = await import("./commands.ts");
  const unknown = unknownRule(Object.keys(wish.check.severities));
  if (unknown !== null) {
    const { name, meant } = unknown;
    complain(
      `unknown rule '${name}'`,
      meant === null ? "Behind each finding stands the name of its rule" : `Did you mean: ${meant}`,
    );
    return;
  }
  const troubles: string[] = [];
  const note = (file: string, reason: string): void => {
    troubles.push(`${file}: ${reason}`);
    complainAbout(file, reason);
  };
  const progress = openProgress(process.stderr, files.length);
  const job = startJob(wish, {
    style: chooseStyle(process.stdout, process.env),
    terminal: process.stdout.isTTY,
    version,
    ...readNeighbours(),
    nameInDiff: (file) => (file === "-" ? file : path.relative("", file).replaceAll(path.sep, "/")),
    remark: (file, text) => {
      progress.clear();
      remark(`${file}: ${text}`);
    },
    save: async (file, text) => {
      try {
        await writeFile(file, text);
        return true;
      } catch (error) {
        note(file, `cannot be written: ${systemReason(error)}`);
        return false;
      }
    },
  });
  for (const [index, file] of files.entries()) {
    if (output.closed) break;
    progress.show(index);
    const source = await readSource(file, process.stdin);
    let text = "";
    if ("reason" in source) {
      progress.clear();
      note(file, source.reason);
      continue;
    }
    try {
      text = await job.next(file, source, (reason) => {
        progress.clear();
        note(file, reason);
      });
    } catch (error) {
      progress.clear();
      note(file, `unexpected error: ${messageOf(error)}`);
    }
    // Elsewhere than on a terminal the output does not disturb the line.
    if (text !== "" && process.stdout.isTTY) progress.clear();
    await output.write(text);
  }
  progress.clear();
  await output.write(job.end(troubles));
  if (job.found() && process.exitCode === exitCodes.clean) process.exitCode = exitCodes.findings;
}

function complain(text: string, hint?: string): void {
  process.exitCode = exitCodes.trouble;
  remark(text);
  if (hint !== undefined) process.stderr.write(`${printable(hint)}\n`);
}

function remark(text: string): void {
  process.stderr.write(`dockerfile-stages: ${printable(text)}\n`);
}

function complainAbout(file: string, reason: string): void {
  complain(`${file === "" ? "''" : file}: ${reason}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
