import type { Call } from "../../../stages/calls.ts";
import { isAlpineTag } from "../../../images/image.ts";
import { lastPart, resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage } from "./native/language.ts";
import { examples } from "./native/crystal-examples.ts";

const tools = new Set(["crystal", "shards", "sentry"]);

function classifyCrystal({ name, args }: Call): Role | null {
  if (name === "shards")
    return args[0] === "build" || args[0] === "run"
      ? { kind: "step", step: "build" }
      : { kind: "step", step: "dependencies" };
  if (name !== "crystal") return null;
  if (args[0] === "spec" || (args[0] === "tool" && args[1] === "format")) return { kind: "step", step: "test" };
  if (args[0] === "deps") return { kind: "step", step: "dependencies" };
  return { kind: "step", step: "build" };
}

function outputs(call: Call): Output[] {
  const { name, args, cwd } = call;
  if (cwd === null) return [];
  if (name === "shards" && args[0] === "build") {
    const directory = resolvePath(cwd, "bin");
    const targets = args.slice(1).filter((arg) => !arg.startsWith("-"));
    const found = targets.length > 0 ? targets.map((target) => resolvePath(directory, target)) : [null];
    return found.map((path) => ({ path, directory, folders: false, tool: false }));
  }
  const source = args.find((arg) => arg.endsWith(".cr"));
  if (name !== "crystal" || !/^(?:build|compile)$/.test(args[0] ?? "") || source === undefined) return [];
  const at = args.findIndex((arg) => arg === "-o" || arg === "--output");
  const path = at >= 0 ? call.path(args[at + 1] ?? "") : resolvePath(cwd, lastPart(source).replace(/\.cr$/, ""));
  return path === null ? [] : [{ path, directory: resolvePath(path, ".."), folders: false, tool: false }];
}

const isImage = ({ image }: Facts): boolean =>
  image.name === "crystal" && /^(?:docker\.io\/)?crystallang\/$/.test(image.folder);

function isStatic({ steps }: Facts): boolean {
  const builds = steps.flatMap(({ calls }) => calls.filter((call) => outputs(call).length > 0));
  return builds.length > 0 && builds.every(({ args }) => args.includes("--static"));
}

const language: Language = {
  ...plainLanguage,
  name: "Crystal",
  tools,
  isOwn: (call) => classifyCrystal(call) !== null,
  outputs,
  isProjectCommand: ({ name }) => name === "crystal" || name === "shards",
  sources: /^(?:[\w.*-]+\.cr|shard\.(?:yml|lock|\*)|shard\*|src|spec|lib|bin|\.shards)$/,
  variables: /^CRYSTAL/,
  packages: /^[\w.-]+-static$/,
  homes: () => ["/root/.cache"],
  isStatic,
  isToolImage: isImage,
  // Only static programs leave the image: all others load libraries of its own release.
  system: (facts) =>
    isAlpineTag(facts.image.tag) && isStatic(facts)
      ? { family: "alpine", release: null, extras: "little", sentence: null }
      : null,
  plainSystems: true,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Crystal",
      'build it with `RUN crystal build --release -o app src/NAME.cr` and start it with `CMD ["./app"]`',
    ),
};

/** Programs written in Crystal. */
export const crystal: Ecosystem = {
  id: "crystal",
  name: "Crystal",
  docs: `A program that is built with \`--static\` on the Alpine image needs no system and runs on plain Alpine. Any other one
loads libraries of its image, whose release its tag does not name: the runtime stage starts from the same image, and the
sources and caches stay in the builder.`,
  examples,
  images: [],
  words: ["crystal", "shards"],
  classify: classifyCrystal,
  choose: (facts, role) => chooseNative(language, facts, role),
};
