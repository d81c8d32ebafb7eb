import type { Programs, RunOptions } from "../docker/programs.ts";
import { failureIn, keepTail } from "./failure.ts";
import { type HistoryEntry, readHistory } from "./history.ts";

/** Builds images to look at them, with the user's Docker. */

export interface Builder {
  readonly programs: Programs;
  readonly program: string;
  readonly cwd: string | undefined;
  /** Whether there is a local engine that takes images; else the builder sends them here. */
  readonly hasEngine: boolean;
  /** What a build of a stage is told, without a name for the image and where it goes; `buildx build` comes first. */
  readonly argumentsFor: (target: string) => readonly string[];
  /** Shows what the programs say. */
  readonly write: (text: string) => void;
}

/** An image's history, the newest entry first; or why there is none, in words. */
export type Built = { readonly history: readonly HistoryEntry[] } | { readonly problem: string };

/** Whether there is an engine that images can be loaded into. */
export async function hasEngine(programs: Programs, program: string, signal: AbortSignal): Promise<boolean> {
  return (await programs.run(program, ["version", "--format={{.Server.Version}}"], { signal }).catch(() => 1)) === 0;
}

/** Builds a stage, and looks at the image; while there is an engine, it is called `tag` until it is removed. */
export async function buildImage(builder: Builder, target: string, tag: string, signal: AbortSignal): Promise<Built> {
  const { programs, program, hasEngine: loads } = builder;
  const [command = "buildx", build = "build", ...args] = builder.argumentsFor(target);
  const common = [command, build, "--progress=plain", ...args.slice(0, -1)];
  const context = args.slice(-1);
  try {
    if (!loads) {
      let history: readonly HistoryEntry[] | undefined;
      // Layers that come as they are could be packed in a way that nothing here reads.
      const goes = "--output=type=oci,dest=-,compression=gzip,force-compression=true";
      const failure = await run(builder, [...common, goes, ...context], signal, {
        output: async (bytes) => {
          history = await programs.readImage(bytes);
        },
      });
      return failure === null && history ? { history } : { problem: failure ?? noHistory };
    }
    const failure = await run(builder, [...common, "--load", `--tag=${tag}`, ...context], signal);
    if (failure !== null) return { problem: failure };
    let output = "";
    const show = ["history", "--no-trunc", "--human=false", "--format={{json .}}", tag];
    const code = await programs.run(program, show, { onOutput: decoder((text) => (output += text)), signal });
    const history = code === 0 ? readHistory(output) : null;
    return history ? { history } : { problem: noHistory };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const noHistory = "Docker did not tell of what the image consists";

/** Takes the names away that the images had. What was built stays in the builder's cache. */
export async function removeImages(programs: Programs, program: string, tags: readonly string[]): Promise<void> {
  if (tags.length > 0) await programs.run(program, ["image", "rm", ...tags]).catch(() => 1);
}

/** Why it failed, in words; `null` where it did not. */
async function run(
  { programs, program, cwd, write }: Builder,
  args: readonly string[],
  signal: AbortSignal,
  options: Pick<RunOptions, "output"> = {},
): Promise<string | null> {
  const tail = keepTail();
  const listen = (): ((bytes: Uint8Array) => void) =>
    decoder((text) => {
      tail.add(text);
      write(text);
    });
  write(`> ${program} ${args.join(" ")}\n`);
  const code = await programs.run(program, args, {
    ...(cwd !== undefined && { cwd }),
    // Attestations would be images of their own beside the one that is measured.
    env: { BUILDX_NO_DEFAULT_ATTESTATIONS: "1", DOCKER_CLI_HINTS: "false" },
    ...(options.output ? options : { onOutput: listen() }),
    onMessages: listen(),
    signal,
  });
  return code === 0 ? null : failureIn(tail.text());
}

/** Characters may come in parts. */
function decoder(take: (text: string) => void): (bytes: Uint8Array) => void {
  const decode = new TextDecoder();
  return (bytes) => take(decode.decode(bytes, { stream: true }));
}
