import type { Call } from "../../../stages/calls.ts";
import { isAlpineTag, isOfficial } from "../../../images/image.ts";
import { lastPart, resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage, type RuntimeImage } from "./native/language.ts";
import { examples } from "./native/elixir-examples.ts";

const tools = new Set(["mix", "iex", "elixir", "elixirc"]);

/** The tasks of one `mix`, which `do` joins. */
function tasksOf({ name, args }: Call): string[] {
  if (name !== "mix") return [];
  if (args[0] !== "do") return args.slice(0, 1);
  const parts = args
    .slice(1)
    .join(" ")
    .split(/\s*(?:,|\+)\s*/);
  return parts.map((part) => part.split(" ")[0]!);
}

function classifyElixir(call: Call): Role | null {
  const tasks = tasksOf(call);
  if (tasks.length === 0) return call.name === "rebar3" ? { kind: "step", step: "build" } : null;
  if (tasks.every((task) => /^(?:test|format|credo|dialyzer|sobelow)$/.test(task)))
    return { kind: "step", step: "test" };
  if (tasks.every((task) => /^(?:local|deps|archive|escript\.install|hex)/.test(task)))
    return { kind: "step", step: "dependencies" };
  return { kind: "step", step: "build" };
}

function outputs(call: Call): Output[] {
  const { args, cwd } = call;
  const isRelease = tasksOf(call).some((task) => /^(?:release|distillery\.release)$/.test(task));
  if (!isRelease || cwd === null) return [];
  const at = args.indexOf("--path");
  if (at >= 0) {
    const path = call.path(args[at + 1] ?? "");
    return path === null ? [] : [{ path: null, directory: resolvePath(path, ".."), folders: true, tool: false }];
  }
  const environment = call.env("MIX_ENV") ?? "dev";
  const build = call.env("MIX_BUILD_PATH") ?? `_build/${environment}`;
  const directory = call.path(`${build}/rel`);
  return directory === null ? [] : [{ path: null, directory, folders: true, tool: false }];
}

/** The slim variant has what Erlang loads, in the same release of Debian. */
function runtimeImages({ image, stage }: Facts): RuntimeImage[] {
  const { tag, pinned } = image;
  const isKnown = isOfficial(image, "elixir") || /^(?:docker\.io\/)?hexpm\/$/.test(image.folder);
  const written = stage.base?.text ?? "";
  if (!isKnown || pinned || isAlpineTag(tag) || /slim|ubuntu|windows/.test(tag) || !/^\d/.test(tag)) return [];
  const base = `${written}-slim`;
  return [
    {
      base,
      detail: "the same Elixir on a smaller system",
      crossings: [],
      isEmpty: false,
      assumptions: [
        `The program needs nothing else of \`${written}\` than \`${base}\` has: no other program, such as git or a compiler, no certificates and no other shared library.`,
      ],
    },
  ];
}

const language: Language = {
  ...plainLanguage,
  name: "Elixir",
  tools,
  isOwn: (call) => classifyElixir(call) !== null,
  outputs,
  isProjectCommand: (call) =>
    tasksOf(call).some((task) => !/^(?:local\.|archive|escript\.install|hex|new$|phx\.new)/.test(task)),
  sources:
    /^(?:[\w.*-]+\.exs?|mix\.(?:exs|lock|\*)|mix\*|lib|test|rel|apps|deps|_build|config|\.formatter\.exs|priv|assets)$/,
  variables: /^(?:MIX|HEX|REBAR)/,
  packages: /^(?:nodejs|npm|yarn|inotify-tools|erlang-dev)$/,
  homes: () => ["/root/.mix", "/root/.hex", "/root/.cache", "/opt/mix", "/opt/hex"],
  isToolImage: ({ image }) => isOfficial(image, "elixir") || /^(?:docker\.io\/)?hexpm\/$/.test(image.folder),
  runtimeImages,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Elixir",
      'make a release with `RUN mix release` and start that, such as `CMD ["_build/prod/rel/NAME/bin/NAME", "start"]`',
    ),
};

/** Releases of Elixir and Phoenix. */
export const elixir: Ecosystem = {
  id: "elixir",
  name: "Elixir",
  docs: `\`mix release\` makes a folder that holds the program, its packages and Erlang itself; that folder crosses. Erlang
loads libraries of the system it was built on, OpenSSL above all, so that the runtime stage starts from the same image or
from its \`slim\` variant. \`mix phx.server\` and the like need all of Elixir: make a release first.`,
  examples,
  images: [{ name: "elixir", workdir: "/", environment: {} }],
  words: ["mix"],
  classify: classifyElixir,
  choose: (facts, role) => {
    // A start script of the project calls `mix` more often than not.
    const script = facts.start?.calls.find(({ program }) => lastPart(program).endsWith(".sh"));
    if (script && language.isToolImage(facts))
      return { refused: `The container starts the script ${script.program}, which may call \`mix\`.` };
    return chooseNative(language, facts, role);
  },
};
