import type { Call } from "../../../stages/calls.ts";
import { isAlpineTag } from "../../../images/image.ts";
import { lastPart, resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
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

function outputs(call: Call): Output[] {
  const { args, cwd } = call;
  if (!isCompile(call) || cwd === null) return [];
  const at = args.indexOf("--outfile");
  const equals = args.find((arg) => arg.startsWith("--outfile="));
  const source = args.slice(1).find((arg) => /\.[cm]?[jt]sx?$/.test(arg));
  const named = source === undefined ? undefined : lastPart(source).replace(/\.[cm]?[jt]sx?$/, "");
  const written = at >= 0 ? args[at + 1] : (equals?.slice(10) ?? (named === "index" ? undefined : named));
  const path = written === undefined ? null : call.path(written);
  return [{ path, directory: path === null ? cwd : resolvePath(path, ".."), folders: false, tool: false }];
}

const isImage = ({ image }: Facts): boolean => image.name === "bun" && /^(?:docker\.io\/)?oven\/$/.test(image.folder);

/** The program is Bun itself with the sources inside, so that it runs where Bun does. */
function runtimeImages(facts: Facts): RuntimeImage[] {
  if (!isImage(facts) || isAlpineTag(facts.image.tag) || /distroless/.test(facts.image.tag)) return [];
  return [
    {
      base: "debian:stable-slim",
      detail: "what the program needs, without Bun",
      crossings: [],
      isEmpty: false,
      assumptions: [
        "The program needs nothing else of the Bun image than `debian:stable-slim` has: no `bun`, no other program, no file of `node_modules` and no certificates of the system.",
      ],
    },
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
