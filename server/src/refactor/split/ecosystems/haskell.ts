import type { Call } from "../../../stages/calls.ts";
import { debianRelease, isOfficial } from "../../../images/image.ts";
import { resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { RoleOf } from "../roles.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage } from "./native/language.ts";
import { examples } from "./native/haskell-examples.ts";

const tools = new Set(["stack", "cabal", "runghc", "runhaskell", "ghci"]);

function classifyHaskell({ name, args }: Call): Role | null {
  if (name === "ghc") return { kind: "step", step: "build" };
  if (name !== "stack" && name !== "cabal") return null;
  const verb = args.find((arg) => !arg.startsWith("-")) ?? "";
  if (/^(?:test|check|haddock|bench)$/.test(verb)) return { kind: "step", step: "test" };
  if (/^(?:update|setup|upgrade|fetch|freeze|config|user-config)$/.test(verb))
    return { kind: "step", step: "dependencies" };
  return { kind: "step", step: "build" };
}

function optionOf({ args }: Call, name: string): string | undefined {
  const at = args.indexOf(name);
  return at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
}

function outputs(call: Call, facts: Facts): Output[] {
  const { name, args, cwd } = call;
  if (cwd === null) return [];
  const outputIn = (directory: string | null, tool: boolean): Output[] =>
    directory === null ? [] : [{ path: null, directory, folders: false, tool }];
  const verb = args.find((arg) => !arg.startsWith("-"));
  if (name === "ghc") {
    const source = args.find((arg) => arg.endsWith(".hs"));
    const path = call.path(optionOf(call, "-o") ?? source?.replace(/\.hs$/, "") ?? "");
    return path === null ? [] : [{ path, directory: resolvePath(path, ".."), folders: false, tool: false }];
  }
  if (name === "stack" && (verb === "install" || args.includes("--copy-bins")))
    return outputIn(call.path(optionOf(call, "--local-bin-path") ?? "/root/.local/bin"), false);
  if (name !== "cabal" || verb !== "install") return [];
  const given = optionOf(call, "--installdir") ?? optionOf(call, "--bindir");
  if (given !== undefined) return outputIn(call.path(given), false);
  // Where newer versions of Cabal put programs depends on folders that may be there already.
  return isOld(facts)
    ? outputIn("/root/.cabal/bin", false)
    : ["/root/.cabal/bin", "/root/.local/bin"].flatMap((directory) => outputIn(directory, false));
}

/** Whether the image has a Cabal that knows one folder for programs only. */
function isOld({ image }: Facts): boolean {
  return isOfficial(image, "haskell") && /^(?:[78](?:\.|-|$)|9\.0)/.test(image.tag);
}

const language: Language = {
  ...plainLanguage,
  name: "Haskell",
  tools,
  isOwn: (call) => classifyHaskell(call) !== null,
  outputs,
  isProjectCommand: (call) => {
    const verb = call.args.find((arg) => !arg.startsWith("-")) ?? "";
    const named = call.args
      .filter((arg) => !arg.startsWith("-"))
      .slice(1)
      .some((arg) => /^[a-z][\w-]*$/.test(arg));
    if (call.name === "ghc") return true;
    return (
      (call.name === "stack" || call.name === "cabal") &&
      !/^(?:update|setup|)$/.test(verb) &&
      !(verb === "install" && named)
    );
  },
  sources:
    /^(?:[\w.*-]+\.l?hs|[\w.*-]+\.cabal|stack\.yaml(?:\.lock)?|stack\*|package\.yaml|cabal\.project[\w.*]*|Setup\.hs|src|app|lib|test|dist-newstyle|\.stack-work)$/,
  packages: /^(?:haskell-stack|cabal-install|ghc(?:-[\w.]+)?)$/,
  homes: () => ["/root/.cabal", "/root/.local", "/root/.stack", "/root/.ghcup", "/opt/ghc"],
  programDirectories: (facts) => [
    "/root/.cabal/bin",
    // Of two folders it is not certain which holds a program that is started by its name alone.
    ...(facts.steps.some(({ calls }) => calls.some(({ name }) => name === "cabal")) ? [] : ["/root/.local/bin"]),
  ],
  refuse: (facts) => {
    const installs = facts.steps.flatMap(({ calls }) =>
      calls.filter(({ name, args }) => name === "cabal" && args.some((arg) => arg === "install")),
    );
    const isByName = facts.start?.calls.every(({ program }) => !program.includes("/")) === true;
    return isByName &&
      !isOld(facts) &&
      installs.some((call) => optionOf(call, "--installdir") === undefined && optionOf(call, "--bindir") === undefined)
      ? {
          refused:
            "Where `cabal install` puts the program depends on its version: with `--installdir=/usr/local/bin` it can be split.",
        }
      : null;
  },
  isToolImage: ({ image }) => isOfficial(image, "haskell") || image.folder + image.name === "fpco/stack-build",
  system: ({ image }) =>
    isOfficial(image, "haskell") && debianRelease(image.tag) !== null
      ? { family: "debian", release: debianRelease(image.tag), extras: "unknown", sentence: null }
      : null,
  hasCertificates: ({ image }) => isOfficial(image, "haskell"),
  plainSystems: true,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Haskell",
      'put the program in place with `RUN stack install --local-bin-path /usr/local/bin` and start it by its name, such as `CMD ["NAME"]`',
    ),
};

/** A tool from Hackage may bring files that it reads: they lie among the packages. */
function chooseHaskell(facts: Facts, role: RoleOf): ReturnType<Ecosystem["choose"]> {
  const chosen = chooseNative(language, facts, role);
  const installsTool = facts.steps.some(({ calls }) =>
    calls.some(
      ({ name, args }) =>
        (name === "cabal" || name === "stack") &&
        args.includes("install") &&
        args.slice(args.indexOf("install") + 1).some((arg) => /^[A-Za-z][\w-]*(?:-[\d.]+)?$/.test(arg)),
    ),
  );
  if (!chosen || "refused" in chosen || !installsTool) return chosen;
  const sentence = "The program needs no data files of its package (`data-files`), which stay in the builder.";
  const [first, ...others] = chosen.map((choice) => ({ ...choice, assumptions: [...choice.assumptions, sentence] }));
  return [first!, ...others];
}

/** Programs written in Haskell. */
export const haskell: Ecosystem = {
  id: "haskell",
  name: "Haskell",
  docs: `The program that \`stack install\` or \`cabal install\` puts in place crosses; data files of packages do not. Where the tag
names a Debian release, the program runs on its small image, which has the C library and GMP; else on the same image.`,
  examples,
  images: [{ name: "haskell", workdir: "/", environment: {} }],
  words: ["stack", "cabal", "ghc"],
  classify: classifyHaskell,
  choose: chooseHaskell,
};
