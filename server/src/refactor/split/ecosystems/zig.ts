import type { Call } from "../../../stages/calls.ts";
import { resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage } from "./native/language.ts";
import { examples } from "./native/zig-examples.ts";

const tools = new Set(["zig"]);

/** The compiler comes as an archive, as Zig has no image of its own. */
const archive = /ziglang\.org|(?:^|\/)zig-[\w.+*${}-]*(?:linux|x86_64|aarch64|\*)|(?:^|\/)zig\.tar/;

function classifyZig({ name, args }: Call): Role | null {
  if (name === "curl" || name === "wget" || name === "tar")
    return args.some((arg) => archive.test(arg)) ? { kind: "step", step: "tool" } : null;
  if (name !== "zig") return null;
  if (args[0] === "version" || args[0] === "env") return { kind: "inert" };
  if (args[0] === "test" || args[0] === "fmt" || (args[0] === "build" && args[1] === "test"))
    return { kind: "step", step: "test" };
  return { kind: "step", step: "build" };
}

function outputs(call: Call): Output[] {
  const { name, args, cwd } = call;
  if (name !== "zig" || cwd === null) return [];
  if (args[0] === "build") {
    if (args[1] !== undefined && !args[1].startsWith("-") && args[1] !== "install") return [];
    const at = args.findIndex((arg) => arg === "-p" || arg === "--prefix");
    const prefix = at < 0 ? resolvePath(cwd, "zig-out") : call.path(args[at + 1] ?? "");
    return prefix === null ? [] : [{ path: null, directory: resolvePath(prefix, "bin"), folders: false, tool: false }];
  }
  if (args[0] !== "build-exe") return [];
  const written = args.map((arg) => /^-femit-bin=(.+)$/.exec(arg)?.[1]).find((one) => one !== undefined);
  const source = args.find((arg) => arg.endsWith(".zig"));
  const path = call.path(written ?? source?.replace(/^.*\//, "").replace(/\.zig$/, "") ?? "");
  return path === null ? [] : [{ path, directory: resolvePath(path, ".."), folders: false, tool: false }];
}

/** Folders that the compiler alone is unpacked to: `curl … | tar -x -C /opt`. */
function unpackedTo({ steps }: Facts): string[] {
  return steps.flatMap(({ calls }) =>
    calls.flatMap((call, i) => {
      const brings = [call, calls[i - 1]].some((one) => one?.args.some((arg) => archive.test(arg)) === true);
      const at = call.args.findIndex((arg) => arg === "-C" || arg === "--directory");
      const path = call.name === "tar" && brings && at >= 0 ? call.path(call.args[at + 1] ?? "") : null;
      return path === null || /^\/(?:usr(?:\/local)?)?$/.test(path) ? [] : [path];
    }),
  );
}

const language: Language = {
  ...plainLanguage,
  name: "Zig",
  tools,
  isOwn: (call) => classifyZig(call) !== null,
  outputs,
  isProjectCommand: ({ name, args }) => name === "zig" && args[0] !== "version",
  sources: /^(?:[\w.*-]+\.zig|build\.zig(?:\.zon)?|build\.zig\*|build\.\*|src|lib|libs|deps|zig-out|\.?zig-cache)$/,
  variables: /^ZIG/,
  packages: /^zig$/,
  homes: (facts) => ["/root/.cache", ...unpackedTo(facts)],
  isToolImage: () => false,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Zig",
      'build it with `RUN zig build -Doptimize=ReleaseSafe` and start it by its path, such as `CMD ["./zig-out/bin/NAME"]`',
    ),
};

/** Programs written in Zig. */
export const zig: Ecosystem = {
  id: "zig",
  name: "Zig",
  docs: `\`zig build\` writes programs to \`zig-out/bin\`; the one that the container starts crosses. Zig has no official image:
the file installs the compiler on a system of its choice, and the runtime stage starts from the same system without it.`,
  examples,
  images: [],
  words: ["zig"],
  classify: classifyZig,
  choose: (facts, role) => chooseNative(language, facts, role),
};
