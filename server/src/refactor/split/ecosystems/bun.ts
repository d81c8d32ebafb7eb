import type { Call } from "../../../stages/calls.ts";
import { isAlpineTag } from "../../../images/image.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { bundledOutput, bundledRuntime } from "./native/bundled.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage, type RuntimeImage } from "./native/language.ts";
import { examples } from "./native/bun-examples.ts";

const tools = new Set(["bun", "bunx"]);

const isCompile = ({ name, args }: Call): boolean =>
  name === "bun" && args[0] === "build" && args.includes("--compile");

/** Only what makes programs: all else that Bun does is a matter of packages. */
function classifyBun(call: Call): Role | null {
  return isCompile(call) ? { kind: "step", step: "build" } : null;
}

const nameless = /^index$/;

function outputs(call: Call): Output[] {
  return isCompile(call) ? bundledOutput(call, ["--outfile"], nameless) : [];
}

const isImage = ({ image }: Facts): boolean => image.name === "bun" && /^(?:docker\.io\/)?oven\/$/.test(image.folder);

/** The program is Bun itself with the sources inside, so that it runs where Bun does. */
function runtimeImages(facts: Facts): RuntimeImage[] {
  if (!isImage(facts) || isAlpineTag(facts.image.tag) || /distroless/.test(facts.image.tag)) return [];
  return [
    bundledRuntime("Bun", "no `bun`, no other program, no file of `node_modules` and no certificates of the system"),
  ];
}

const language: Language = {
  ...plainLanguage,
  name: "Bun",
  tools,
  isOwn: ({ name }) => name === "bun" || name === "bunx",
  outputs,
  isProjectCommand: ({ name }) => name === "bun",
  sources:
    /^(?:[\w.*-]+\.[cm]?[jt]sx?|bun\.lockb?|bun\.\*|bunfig\.toml|tsconfig[\w.]*\.json|src|lib|node_modules|package(?:-lock)?\.json|package\*\.json)$/,
  variables: /^BUN/,
  homes: () => ["/root/.bun", "/root/.cache"],
  refuse: ({ steps }) =>
    steps.some(({ calls }) =>
      calls.some((call) => isCompile(call) && call.args.some((arg) => /windows|darwin|-musl/.test(arg))),
    )
      ? { refused: "A build in this file makes a program for another system (`--target`)." }
      : null,
  isToolImage: isImage,
  runtimeImages,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Bun",
      'compile it with `RUN bun build --compile --outfile app index.ts` and start it with `CMD ["./app"]`',
    ),
};

/** Programs that `bun build --compile` makes. */
export const bun: Ecosystem = {
  id: "bun",
  name: "Bun",
  docs: `\`bun build --compile\` makes one program of the sources, their packages and Bun itself. It needs a C library alone, the
one that Bun was built with: small Debian images have it.`,
  examples,
  images: [],
  words: ["bun"],
  classify: classifyBun,
  choose: (facts, role) =>
    facts.steps.some(({ calls }) => calls.some(isCompile)) ? chooseNative(language, facts, role) : null,
};
