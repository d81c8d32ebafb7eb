import { existsSync } from "node:fs";
import { printable } from "../report/printable.ts";
import { help, readArguments, type Wish } from "./arguments.ts";
import { findInputs } from "./inputs.ts";
import { chooseStyle, openOutput, type Output } from "./output.ts";
import { readSource } from "./read.ts";

/** Nothing found; something found; something could not be done. */
const exitCodes = { clean: 0, findings: 1, trouble: 2 } as const;

/**
 * Runs the command line and sets the exit code of the process. It does not end the process, so that all output leaves it
 * first.
 */
export async function runCommandLine(args: readonly string[], version: string): Promise<void> {
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
    else await run(wish, output);
  } catch (error) {
    complain(`unexpected error: ${messageOf(error)}`);
  }
}

async function run({ command, format, files: names }: Wish & { kind: "run" }, output: Output): Promise<void> {
  const files = await findInputs(names, complainAbout);
  // Help and misuse are answered without the rules and the scanner.
  const { startJob } = await import("./commands.ts");
  const style = chooseStyle(process.stdout, process.env);
  const job = startJob(command, format, { style, terminal: process.stdout.isTTY });
  for (const file of files) {
    if (output.closed) break;
    const source = await readSource(file, process.stdin);
    if ("reason" in source) {
      complainAbout(file, source.reason);
      continue;
    }
    try {
      await output.write(await job.next(file, source, (reason) => complainAbout(file, reason)));
    } catch (error) {
      complainAbout(file, `unexpected error: ${messageOf(error)}`);
    }
  }
  await output.write(job.end());
  if (job.found() && process.exitCode === exitCodes.clean) process.exitCode = exitCodes.findings;
}

function complain(text: string, hint?: string): void {
  process.exitCode = exitCodes.trouble;
  process.stderr.write(`dockerfile-stages: ${printable(text)}\n${hint === undefined ? "" : `${printable(hint)}\n`}`);
}

function complainAbout(file: string, reason: string): void {
  complain(`${file === "" ? "''" : file}: ${reason}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
