import { lastPart, resolvePath } from "../../../../text/paths.ts";
import type { Call } from "../../../../stages/calls.ts";
import type { Output, RuntimeImage } from "./language.ts";

/**
 * The program that a command makes of a script, its packages and what runs it.
 *
 * @param options the option that names the program; the last is its long form
 * @param nameless names of scripts that the program is not called by
 */
export function bundledOutput({ args, cwd, path: find }: Call, options: readonly string[], nameless: RegExp): Output[] {
  if (cwd === null) return [];
  const at = args.findIndex((arg) => options.includes(arg));
  const long = `${options.at(-1)!}=`;
  const equals = args.find((arg) => arg.startsWith(long));
  const source = args.slice(1).find((arg) => /\.[cm]?[jt]sx?$/.test(arg));
  const name = source === undefined ? undefined : lastPart(source).replace(/\.[cm]?[jt]sx?$/, "");
  const named = name === undefined || nameless.test(name) ? undefined : name;
  const written = at >= 0 ? args[at + 1] : (equals?.slice(long.length) ?? named);
  const path = written === undefined ? null : find(written);
  return [{ path, directory: path === null ? cwd : resolvePath(path, ".."), folders: false, tool: false }];
}

/** The small system that runs such a program as the image of its compiler does; `lacks`: what the program must not need. */
export function bundledRuntime(name: string, lacks: string): RuntimeImage {
  return {
    base: "debian:stable-slim",
    detail: `what the program needs, without ${name}`,
    crossings: [],
    isEmpty: false,
    assumptions: [`The program needs nothing else of the ${name} image than \`debian:stable-slim\` has: ${lacks}.`],
  };
}
