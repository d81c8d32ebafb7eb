import { resolvePath } from "../../../text/paths.ts";
import type { Facts, Step } from "../facts.ts";

/** What a project's kind says about the paths that are named in its settings. */
export interface Naming {
  /** Names that a program reads when it runs. */
  readonly data: RegExp;
  /** The path that the value of a variable names; `null` for none. `expand`: the variables in it replaced. */
  readonly setting: (key: string, value: string, expand: (text: string) => string) => string | null;
}

/** Paths that the container's settings name: arguments, variables, volumes. */
export function namedPaths({ data, setting }: Naming, facts: Facts): string[] {
  const { cwd, steps } = facts;
  const words = [...startedPaths(facts, data), ...steps.flatMap((step) => settingPaths(step, setting))];
  const found = words.map((path) => resolvePath(cwd?.value ?? "/", path));
  // The directory itself is a place to work in, not a file to read.
  return found.filter((path) => path !== cwd?.value && !steps.some((step) => step.cwd?.value === path));
}

const fileName = /^[\w.-]+(?:\/[\w.-]+)*\.(?:ya?ml|json|toml|ini|conf|cfg|env|html|sql|db|pem|crt|key|txt)$/;

function startedPaths({ start, healthcheck }: Facts, data: RegExp): string[] {
  const words = [start, healthcheck].flatMap(
    (started) =>
      started?.calls.flatMap(({ program, args }) => [
        { word: program, isProgram: true },
        ...args.map((word) => ({ word, isProgram: false })),
      ]) ?? [],
  );
  return words.flatMap(({ word, isProgram }) => {
    const plain = word
      .replace(/^-{1,2}[\w.-]+=/, "")
      .replace(/^[\w-]*=/, "")
      .replace(/(?!^)\/+$/, "");
    // A bare word such as `migrations` may be a folder of the project.
    const isPath =
      /^\/[^/]/.test(plain) || /^\.{1,2}\//.test(plain) || fileName.test(plain) || (!isProgram && data.test(plain));
    return isPath ? [plain] : [];
  });
}

function settingPaths({ instruction, env }: Step, setting: Naming["setting"]): string[] {
  if (instruction.keyword === "VOLUME")
    return instruction.args.map(({ text }) => text).filter((text) => text.startsWith("/"));
  if (instruction.keyword !== "ENV") return [];
  const expand = (text: string): string =>
    text.replace(/^["']|["']$/g, "").replace(/\$\{?(\w+)\}?/g, (_, name: string) => env(name) ?? "");
  return instruction.pairs.flatMap(({ key, value }) => {
    const path = value === null ? null : setting(key, value, expand);
    return path !== null && /^\.{0,2}\//.test(path) ? [path] : [];
  });
}
