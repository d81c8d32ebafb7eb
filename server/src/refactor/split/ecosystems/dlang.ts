import type { Call } from "../../../stages/calls.ts";
import { resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage } from "./native/language.ts";
import { examples } from "./native/dlang-examples.ts";

const compilers = new Set(["dmd", "ldc2", "ldmd2", "gdc"]);
const tools = new Set(["dub", "rdmd", ...compilers]);

function classifyD({ name, args }: Call): Role | null {
  if (compilers.has(name)) return { kind: "step", step: "build" };
  if (name !== "dub") return null;
  if (args[0] === "test" || args[0] === "lint") return { kind: "step", step: "test" };
  if (args[0] === "fetch" || args[0] === "upgrade" || args[0] === "add") return { kind: "step", step: "dependencies" };
  return { kind: "step", step: "build" };
}

function outputs(call: Call): Output[] {
  const { name, args, cwd } = call;
  if (cwd === null) return [];
  if (compilers.has(name)) {
    const written = args.map((arg) => /^-of=?(.+)$/.exec(arg)?.[1]).find((one) => one !== undefined);
    const path = written === undefined ? null : call.path(written);
    return [{ path, directory: path === null ? cwd : resolvePath(path, ".."), folders: false, tool: false }];
  }
  if (name !== "dub" || (args.length > 0 && args[0] !== "build" && !args[0]!.startsWith("-"))) return [];
  const at = args.indexOf("--root");
  const root = at < 0 ? cwd : call.path(args[at + 1] ?? "");
  // `targetPath` says which folder it is.
  return root === null
    ? []
    : ["", "bin", "build", "out"].map((folder) => ({
        path: null,
        directory: resolvePath(root, folder),
        folders: false,
        tool: false,
      }));
}

const language: Language = {
  ...plainLanguage,
  name: "D",
  tools,
  isOwn: (call) => classifyD(call) !== null,
  outputs,
  isProjectCommand: (call) => outputs(call).length > 0,
  sources: /^(?:[\w.*-]+\.di?|dub\.(?:json|sdl|selections\.json|\*)|dub\*|source|src|views|\.dub)$/,
  variables: /^(?:DUB|DFLAGS|DC$)/,
  packages: /^(?:ldc|dub|dmd|gdc(?:-\d+)?)$/,
  homes: () => ["/root/.dub"],
  isToolImage: ({ image }) => /^(?:docker\.io\/)?dlang2\/$/.test(image.folder),
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "D",
      'build it with `RUN dub build -b release` and start it by its path, such as `CMD ["./NAME"]`',
    ),
};

/** Programs written in D. */
export const dlang: Ecosystem = {
  id: "d",
  name: "D",
  docs: `The program that \`dub build\` or a compiler writes crosses. The images of the D language do not say which release of
Ubuntu they are, so that the runtime stage starts from the same image; the sources, packages and caches stay in the builder.`,
  examples,
  images: [],
  words: ["dub", "dmd", "ldc2", "gdc"],
  classify: classifyD,
  choose: (facts, role) => chooseNative(language, facts, role),
};
