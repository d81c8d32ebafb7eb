import type { Call } from "../../../stages/calls.ts";
import { isAlpineTag } from "../../../images/image.ts";
import { resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage } from "./native/language.ts";
import { examples } from "./native/nim-examples.ts";

const tools = new Set(["nim", "nimble"]);
const compiles = /^(?:c|cc|cpp|compile|compileToC|compileToCpp)$/;

function classifyNim({ name, args }: Call): Role | null {
  if (name !== "nim" && name !== "nimble") return null;
  if (args.some((arg) => /^(?:test|check)$/.test(arg))) return { kind: "step", step: "test" };
  if (args.some((arg) => /^(?:refresh|update)$/.test(arg))) return { kind: "step", step: "dependencies" };
  return { kind: "step", step: "build" };
}

function outputs(call: Call): Output[] {
  const { name, args, cwd } = call;
  if ((name !== "nim" && name !== "nimble") || cwd === null) return [];
  const outputAt = (path: string | null, directory: string): Output => ({
    path,
    directory,
    folders: false,
    tool: false,
  });
  const verb = args.find((arg) => !arg.startsWith("-"));
  if (name === "nimble" && verb === "build")
    return [cwd, resolvePath(cwd, "bin")].map((directory) => outputAt(null, directory));
  if (name === "nimble" && verb === "install") {
    const named = args.filter((arg) => !arg.startsWith("-")).slice(1);
    return [{ ...outputAt(null, "/root/.nimble/bin"), tool: named.length > 0 }];
  }
  const source = args.find((arg) => arg.endsWith(".nim"));
  if (!compiles.test(verb ?? "") || source === undefined) return [];
  const written = args.map((arg) => /^(?:-o|--out)[:=](.+)$/.exec(arg)?.[1]).find((one) => one !== undefined);
  const folder = args.map((arg) => /^--outdir[:=](.+)$/i.exec(arg)?.[1]).find((one) => one !== undefined);
  const beside = call.path(source.replace(/\.nim$/, ""));
  const directory = folder === undefined ? null : call.path(folder);
  const path =
    written !== undefined
      ? call.path(written)
      : directory !== null && beside !== null
        ? resolvePath(directory, beside.slice(beside.lastIndexOf("/") + 1))
        : beside;
  return path === null ? [] : [outputAt(path, resolvePath(path, ".."))];
}

const isImage = ({ image }: Facts): boolean =>
  image.name === "nim" && /^(?:docker\.io\/)?nimlang\/$/.test(image.folder);

const language: Language = {
  ...plainLanguage,
  name: "Nim",
  tools,
  isOwn: (call) => classifyNim(call) !== null,
  outputs,
  isProjectCommand: ({ name, args }) =>
    (name === "nim" || name === "nimble") && !args.some((arg) => /^(?:refresh|--version)$/.test(arg)),
  sources: /^(?:[\w.*-]+\.(?:nim|nims|nimble|cfg)|\*\.nimble|src|tests|nimcache|nimble\.lock|config\.nims)$/,
  homes: () => ["/root/.nimble", "/root/.cache", "/nim"],
  programDirectories: () => ["/root/.nimble/bin"],
  isToolImage: isImage,
  system: ({ image }) =>
    isAlpineTag(image.tag) ? { family: "alpine", release: null, extras: "unknown", sentence: null } : null,
  plainSystems: true,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Nim",
      'compile it with `RUN nim c -d:release -o:app src/NAME.nim` and start it with `CMD ["./app"]`',
    ),
};

/** Programs written in Nim. */
export const nim: Ecosystem = {
  id: "nim",
  name: "Nim",
  docs: `Nim writes a program beside its source, or where \`-o\` says. It opens libraries such as OpenSSL, PCRE and SQLite by
name when it runs, so that the runtime stage starts from the same image; a program built on Alpine may run on plain Alpine
as well.`,
  examples,
  images: [],
  words: ["nim", "nimble"],
  classify: classifyNim,
  choose: (facts, role) => chooseNative(language, facts, role),
};
