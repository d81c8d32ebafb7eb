import type { Call } from "../../../stages/calls.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { bundledOutput, bundledRuntime } from "./native/bundled.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage, type RuntimeImage } from "./native/language.ts";
import { examples } from "./native/deno-examples.ts";

const tools = new Set(["deno"]);

function classifyDeno({ name, args }: Call): Role | null {
  if (name !== "deno") return null;
  if (/^(?:test|lint|fmt|check|bench)$/.test(args[0] ?? "")) return { kind: "step", step: "test" };
  if (/^(?:cache|install|add)$/.test(args[0] ?? "")) return { kind: "step", step: "dependencies" };
  if (args[0] === "--version" || args[0] === "info") return { kind: "inert" };
  return { kind: "step", step: "build" };
}

const isCompile = ({ name, args }: Call): boolean => name === "deno" && args[0] === "compile";

// A program of `main.ts` is called like its folder.
const nameless = /^(?:main|mod|index|cli)$/;

function outputs(call: Call): Output[] {
  return isCompile(call) ? bundledOutput(call, ["-o", "--output"], nameless) : [];
}

const isImage = ({ image }: Facts): boolean =>
  image.name === "deno" && /^(?:docker\.io\/)?denoland\/$/.test(image.folder);

/** The program is Deno itself with the sources inside, so that it runs where Deno does. */
function runtimeImages(facts: Facts): RuntimeImage[] {
  if (!isImage(facts) || /alpine|distroless|centos|bin/.test(facts.image.tag)) return [];
  return [bundledRuntime("Deno", "no `deno`, no other program and no certificates of the system")];
}

const language: Language = {
  ...plainLanguage,
  name: "Deno",
  tools,
  isOwn: (call) => classifyDeno(call) !== null,
  outputs,
  isProjectCommand: ({ name, args }) => name === "deno" && args[0] !== "--version" && args[0] !== "info",
  sources:
    /^(?:[\w.*-]+\.[cm]?[jt]sx?|deno\.(?:jsonc?|lock|\*)|deno\*|import_map\.json|src|lib|deps|vendor|node_modules|package(?:-lock)?\.json)$/,
  variables: /^DENO/,
  homes: () => ["/deno-dir", "/root/.cache", "/root/.deno"],
  refuse: ({ steps }) =>
    steps.some(({ calls }) =>
      calls.some((call) => isCompile(call) && call.args.some((arg) => /windows|darwin/.test(arg))),
    )
      ? { refused: "A build in this file makes no Linux program (`--target`)." }
      : null,
  isToolImage: isImage,
  runtimeImages,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Deno",
      'compile it with `RUN deno compile --output app main.ts` and start it with `CMD ["./app"]`',
    ),
};

/** Programs that `deno compile` makes. */
export const deno: Ecosystem = {
  id: "deno",
  name: "Deno",
  docs: `\`deno compile\` makes one program of the sources and of Deno itself. It needs a C library alone, the one that Deno was
built with: small Debian images have it. Without \`deno compile\` the container runs the sources, and nothing can be left
out.`,
  examples,
  images: [],
  words: ["deno"],
  classify: classifyDeno,
  choose: (facts, role) =>
    facts.steps.some(({ calls }) => calls.some((call) => outputs(call).length > 0))
      ? chooseNative(language, facts, role)
      : refuseRun(facts),
};

function refuseRun(facts: Facts): ReturnType<Ecosystem["choose"]> {
  if (!isImage(facts)) return null;
  const refused = language.replaceStart(facts);
  return refused && "refused" in refused ? refused : null;
}
