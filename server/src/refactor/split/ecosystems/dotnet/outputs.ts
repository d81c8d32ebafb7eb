import { expand } from "../../../../dockerfile/words.ts";
import type { Call } from "../../../../stages/calls.ts";
import type { StartedCall } from "../../../../stages/start.ts";
import { directoryOf, isInside, lastPart, resolvePath } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import { type DotnetCommand, readDotnet } from "./commands.ts";

/** A command that writes a program. */
export interface Output {
  readonly call: Call;
  readonly command: DotnetCommand;
  /** Where to; `null` for the default, `bin/Release/net8.0/publish` in the project's folder. */
  readonly directory: string | null;
}

/** What `dotnet publish` and `dotnet build` write; `null` where a place cannot be told. */
export function readOutputs({ steps }: Facts, major: number | null): readonly Output[] | null {
  const outputs: Output[] = [];
  for (const call of steps.flatMap(({ calls }) => calls)) {
    if (call.name !== "dotnet") continue;
    const command = readDotnet(call);
    const publishes = command.verb === "publish" || /publish/i.test(command.properties.get("target") ?? "");
    if (!publishes && command.verb !== "build") continue;
    const folder = projectFolder(call, command);
    const property = command.properties.get("publishdir") ?? command.properties.get("outdir") ?? null;
    const word = property ?? command.output;
    if (word === null) {
      outputs.push({ call, command, directory: null });
      continue;
    }
    // MSBuild's properties, and the option of the SDKs before 3.0, start from the project's folder.
    const fromProject = property !== null || (major !== null && major < 3);
    const directory =
      word.startsWith("/") || !fromProject ? call.path(word) : folder === null ? null : resolveIn(call, folder, word);
    if (directory === null) return null;
    outputs.push({ call, command, directory });
  }
  return outputs;
}

/** The folder of the project that a command works on; `null` where it cannot be told. */
export function projectFolder(call: Call, { project }: DotnetCommand): string | null {
  if (project === null) return call.cwd;
  const path = call.path(project);
  if (path === null) return null;
  return /\.\w*proj$|\.slnx?$/.test(path) ? directoryOf(path) : path;
}

function resolveIn(call: Call, folder: string, word: string): string | null {
  const path = call.path(word);
  return path === null || /[$`]/.test(word) ? null : resolvePath(folder, word);
}

/** What the container starts. */
export type Starter =
  | { readonly kind: "sdk"; readonly words: string; readonly verb: string }
  /** `dotnet app.dll`. */
  | { readonly kind: "assembly"; readonly path: string }
  /** A program or a script of a path. */
  | { readonly kind: "file"; readonly path: string }
  /** A program of the system, found by its name. */
  | { readonly kind: "other"; readonly name: string }
  | { readonly kind: "unclear"; readonly words: string };

const sdkVerbs = new Set([
  "run",
  "watch",
  "test",
  "build",
  "publish",
  "restore",
  "ef",
  "tool",
  "vstest",
  "msbuild",
  "fsi",
]);

export function readStarter({ program, args }: StartedCall, facts: Facts): Starter {
  const words = [program, ...args].join(" ");
  const { cwd } = facts;
  const pathOf = (text: string): string | null => {
    const { value, uses, error } = expand(text, facts.env);
    if (error !== null || uses.some(({ set }) => !set) || /[`(]/.test(value)) return null;
    if (!value.startsWith("/") && cwd === null) return null;
    return resolvePath(cwd?.value ?? "/", value);
  };
  if (lastPart(program) === "dotnet") {
    const at = args.findIndex((arg) => /\.(?:dll|exe)$/i.test(arg) || sdkVerbs.has(arg));
    const word = at < 0 ? undefined : args[at];
    if (word === undefined) return { kind: "unclear", words };
    if (sdkVerbs.has(word)) return { kind: "sdk", words, verb: word };
    const path = pathOf(word);
    return path === null ? { kind: "unclear", words } : { kind: "assembly", path };
  }
  if (program.includes("$")) return { kind: "unclear", words };
  if (!program.includes("/") && !/\.(?:sh|bash|dll|exe)$/.test(program)) return { kind: "other", name: program };
  const path = pathOf(program);
  return path === null ? { kind: "unclear", words } : { kind: "file", path };
}

/** The directories of outputs, as far as they are named, those inside others left out. */
export function outermost(directories: readonly string[]): string[] {
  const all = [...new Set(directories)];
  return all.filter((one) => !all.some((other) => other !== one && isInside(other, one)));
}
