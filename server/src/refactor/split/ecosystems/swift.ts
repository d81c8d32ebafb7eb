import type { Call } from "../../../stages/calls.ts";
import { isOfficial, parseImage } from "../../../images/image.ts";
import { resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage, type RuntimeImage } from "./native/language.ts";
import { examples } from "./native/swift-examples.ts";

const tools = new Set(["swift", "swiftc"]);

function classifySwift(call: Call): Role | null {
  const { name, args } = call;
  if (name === "swiftc") return { kind: "step", step: "build" };
  if (name !== "swift") return null;
  switch (args[0]) {
    case "build":
    case "run":
      return { kind: "step", step: "build" };
    case "package":
      return { kind: "step", step: "dependencies" };
    case "test":
      return { kind: "step", step: "test" };
    default:
      return { kind: "unknown" };
  }
}

function optionOf({ args }: Call, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const at = args.lastIndexOf(name);
    if (at >= 0) return args[at + 1];
    const written = args.findLast((arg) => arg.startsWith(`${name}=`));
    if (written !== undefined) return written.slice(name.length + 1);
  }
  return undefined;
}

function outputs(call: Call): Output[] {
  const { name, args, cwd } = call;
  if (name === "swiftc") {
    const path = call.path(optionOf(call, "-o") ?? "main");
    return path === null ? [] : [{ path, directory: resolvePath(path, ".."), folders: false, tool: false }];
  }
  if (name === "mv" || name === "cp") return placedOutputs(call);
  if (name !== "swift" || args[0] !== "build" || args.includes("--show-bin-path") || cwd === null) return [];
  const project = call.path(optionOf(call, "--package-path") ?? ".");
  const scratch = optionOf(call, "--scratch-path", "--build-path");
  const build = scratch === undefined ? project && resolvePath(project, ".build") : call.path(scratch);
  if (build === null) return [];
  const profile = optionOf(call, "-c", "--configuration") ?? "debug";
  const product = optionOf(call, "--product") ?? null;
  return ["", "x86_64-unknown-linux-gnu/", "aarch64-unknown-linux-gnu/"].map((triple) => {
    const directory = resolvePath(build, `${triple}${profile}`);
    const path = product === null || triple !== "" ? null : resolvePath(directory, product);
    return { path, directory, folders: false, tool: false };
  });
}

/** `cp "$(swift build -c release --show-bin-path)/Run" ./`, also of the whole folder. */
function placedOutputs(call: Call): Output[] {
  const source = call.args.find((arg) => arg.includes("--show-bin-path"));
  const target = call.path(call.args.at(-1) ?? "");
  if (source === undefined || target === null) return [];
  const named = /--show-bin-path\s*[)`]"?\/([\w.-]+)$/.exec(source)?.[1];
  const profile = /(?:-c|--configuration)[ =](\w+)/.exec(source)?.[1] ?? "debug";
  const places = named === undefined ? [target, resolvePath(target, profile)] : [target];
  return [
    ...places.map((directory) => ({ path: null, directory, folders: false, tool: false })),
    ...(named === undefined
      ? []
      : [{ path: target, directory: resolvePath(target, ".."), folders: false, tool: false }]),
  ];
}

/** Each version of the image has a variant with Swift's libraries alone. */
function runtimeImages({ image, rawImage, stage }: Facts): RuntimeImage[] {
  if (!isOfficial(image, "swift") || image.pinned || /slim|windows/.test(image.tag)) return [];
  const tag = rawImage.tag === "" || rawImage.tag === "latest" ? "slim" : `${rawImage.tag}-slim`;
  const { folder, name } = parseImage(stage.base?.text ?? "");
  const base = `${folder}${name}:${tag}`;
  return [
    {
      base,
      detail: "the libraries of Swift, without its compiler",
      crossings: [],
      isEmpty: false,
      assumptions: [
        `The program needs nothing else of the Swift image than \`${base}\` has: no other program, no certificates and no shared library (\`ldd\` lists them), such as SQLite.`,
      ],
    },
  ];
}

const language: Language = {
  ...plainLanguage,
  name: "Swift",
  tools,
  isOwn: (call) => classifySwift(call) !== null,
  outputs,
  isProjectCommand: ({ name, args }) => (name === "swift" && args[0] !== "--version") || name === "swiftc",
  sources:
    /^(?:[\w.*-]+\.swift|Package\.(?:swift|resolved|\*)|Package\*|Sources|Tests|Plugins|\.build|\.swift-version)$/,
  packages: /^(?:libc6-dev|binutils|binutils-gold|clang)$/,
  homes: () => ["/root/.swiftpm", "/root/.cache"],
  isToolImage: ({ image }) =>
    isOfficial(image, "swift") || /^(?:docker\.io\/)?(?:swiftlang|swiftdocker|vapor)\/$/.test(image.folder),
  runtimeImages,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Swift",
      'build it with `RUN swift build -c release` and start it by its path, such as `CMD ["./.build/release/NAME"]`',
    ),
};

/** Programs written in Swift. */
export const swift: Ecosystem = {
  id: "swift",
  name: "Swift",
  docs: `The Swift package manager leaves programs in \`.build/release\`; the one that the container starts crosses. It needs
Swift's libraries, which the \`slim\` variant of the same image has. Resources that a package reads with \`Bundle.module\`
lie in folders beside the program, which do not cross: that there are none must be checked.`,
  examples,
  images: [{ name: "swift", workdir: "/", environment: {} }],
  words: ["swift", "swiftc"],
  classify: classifySwift,
  choose: (facts, role) => {
    const chosen = chooseNative(language, facts, role);
    if (!chosen || "refused" in chosen) return chosen;
    const sentence =
      "Neither the program nor a package that it uses has resources (`Bundle.module`): they stay in the builder.";
    const [first, ...others] = chosen.map((choice) => ({ ...choice, assumptions: [...choice.assumptions, sentence] }));
    return [first!, ...others];
  },
};
