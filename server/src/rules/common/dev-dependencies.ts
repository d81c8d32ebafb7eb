import { readPackageManager } from "../../refactor/split/ecosystems/node/package-managers.ts";
import type { Call } from "../../stages/calls.ts";
import { resolvePath } from "../../text/paths.ts";
import type { Span } from "../../text/range.ts";

/** What commands do to a project's dependencies, and to those that are for development alone. */

/** The tools that install a project's dependencies. */
export type Installer = "npm" | "yarn" | "pnpm" | "composer" | "bundle" | "pip" | "pipenv" | "poetry" | "uv";

/** A command that puts dependencies somewhere, or takes those for development away. */
export interface Install {
  readonly installer: Installer;
  /** Where they land, absolute. */
  readonly path: string;
  /** The project's directory. */
  readonly directory: string;
  /** Whether those for development are among them; `null` where the file does not say. */
  readonly development: boolean | null;
  /** Whether an option asks for those for development. */
  readonly asked?: true;
  /** The words that say so: the command up to its verb, or a file's name. */
  readonly span: Span;
  /** In a message: `npm ci`, `requirements-dev.txt`. */
  readonly text: string;
}

const leanNode = /^(?:--omit=dev|--production(?:=true)?|--prod|-P|--only=prod(?:uction)?|--no-dev)$/;

/** What tells npm and its kin in the environment to leave development dependencies out, or not to. */
export const nodeVariables: readonly string[] = [
  "NODE_ENV",
  "NPM_CONFIG_PRODUCTION",
  "NPM_CONFIG_OMIT",
  "NPM_CONFIG_ONLY",
  "NPM_CONFIG_INCLUDE",
  "npm_config_production",
  "npm_config_omit",
  "YARN_PRODUCTION",
  "PNPM_CONFIG_PROD",
];

/**
 * Reads a command that installs.
 *
 * @param isSet whether the file gives a variable a value where the command stands
 */
export function readInstall(call: Call, isSet: (name: string) => boolean): Install | null {
  switch (call.name) {
    case "npm":
    case "yarn":
    case "pnpm":
      return readNode(call, isSet);
    case "composer":
    case "composer.phar":
      return readComposer(call, isSet);
    case "bundle":
    case "bundler":
      return readBundler(call, isSet);
    case "pip":
    case "pip3":
    case "pipenv":
    case "poetry":
    case "uv":
      return readPython(call, isSet);
    default:
      return null;
  }
}

/** The words up to a verb: `npm ci` of `npm ci --quiet`. */
function head({ command, words, program, name }: Call, verb: string | undefined): { span: Span; text: string } {
  const word = verb === undefined ? undefined : words.find(({ value }) => value === verb);
  const first = command.words.find(({ value }) => value === program) ?? command;
  return {
    span: { start: first.span.start, end: Math.max(first.span.end, word?.span.end ?? 0) },
    text: word ? `${name} ${word.value}` : name,
  };
}

function readNode(one: Call, isSet: (name: string) => boolean): Install | null {
  const read = readPackageManager(one);
  if (!read || read.manager === "bun" || read.cwd === null || (read.verb !== "install" && read.verb !== "prune"))
    return null;
  if (read.flags.some((flag) => /^(?:--package-lock-only|--lockfile-only|--dry-run|--global|-g|--help)$/.test(flag)))
    return null;
  if (read.name === "fetch" || read.name === "import" || read.name === "dedupe") return null;
  const lean = read.flags.some((flag) => leanNode.test(flag));
  if (read.verb === "prune" && !lean) return null;
  const full = read.flags.some((flag) => /^(?:--include=dev|--production=false|--dev|-D)$/.test(flag));
  // Production by the environment, or development: either way somebody thought of it.
  const set = nodeVariables.filter((name) => isSet(name) || one.env(name) !== undefined);
  const development = lean ? false : full ? true : set.length > 0 ? null : read.workspaces ? null : true;
  return {
    installer: read.manager,
    path: resolvePath(read.cwd, "node_modules"),
    directory: read.cwd,
    development,
    ...(full && { asked: true }),
    ...head(one, read.name),
  };
}

function readComposer(one: Call, isSet: (name: string) => boolean): Install | null {
  const { args, cwd } = one;
  if (args.find((arg) => !arg.startsWith("-")) !== "install") return null;
  const other = args.findIndex((arg) => arg === "-d" || arg.startsWith("--working-dir"));
  if (cwd === null || other >= 0) return null;
  const lean = args.includes("--no-dev");
  const production = args.some((arg) => /^(?:-o|-a|--optimize-autoloader|--classmap-authoritative)$/.test(arg));
  const unknown = isSet("COMPOSER_NO_DEV") || one.env("COMPOSER_NO_DEV") !== undefined;
  return {
    installer: "composer",
    path: resolvePath(cwd, "vendor"),
    directory: cwd,
    // Who optimizes the autoloader means production; all others may develop in the image.
    development: lean ? false : unknown || !production ? null : true,
    ...head(one, "install"),
  };
}

function readBundler(one: Call, isSet: (name: string) => boolean): Install | null {
  const { args, cwd } = one;
  const verb = args.find((arg) => !arg.startsWith("-"));
  if (cwd === null || (verb !== undefined && verb !== "install")) return null;
  if (args.some((arg) => /^--(?:version|help)$/.test(arg))) return null;
  const lean = args.some((arg) => arg.startsWith("--without") || arg.startsWith("--with"));
  const unknown = ["BUNDLE_WITHOUT", "BUNDLE_WITH", "BUNDLE_ONLY"].some(
    (name) => isSet(name) || one.env(name) !== undefined,
  );
  return {
    installer: "bundle",
    path: "/usr/local/bundle",
    directory: cwd,
    development: lean ? false : unknown ? null : true,
    ...head(one, verb),
  };
}

/** Names of files of requirements that are for development: `requirements-dev.txt`, `requirements/test.txt`. */
const developmentFile =
  /^(?:.*\/)?(?:requirements[-_./](?:dev|devel|development|tests?|testing|lint|local)|(?:dev|development|tests?|testing|lint)[-_.]requirements)\.(?:txt|in)$/;

function readPython(one: Call, isSet: (name: string) => boolean): Install | null {
  const { name, args, words, cwd } = one;
  if (cwd === null) return null;
  const [verb, second] = args.filter((arg) => !arg.startsWith("-"));
  const venv = resolvePath(cwd, ".venv");
  if (name === "pip" || name === "pip3" || (name === "uv" && verb === "pip" && second === "install")) {
    if (name !== "uv" && verb !== "install") return null;
    const file = words.find(
      ({ value }, i) => developmentFile.test(value) && /^(?:-r|--requirement)$/.test(words[i - 1]?.value ?? ""),
    );
    if (!file) return null;
    return {
      installer: "pip",
      path: "/usr/local",
      directory: cwd,
      development: true,
      span: file.span,
      text: file.value,
    };
  }
  if (name === "pipenv") {
    if (verb !== "install" && verb !== "sync") return null;
    const word = words.find(({ value }) => value === "--dev" || value === "-d");
    if (!word) return null;
    return { installer: "pipenv", path: "/usr/local", directory: cwd, development: true, ...head(one, verb) };
  }
  if (name === "poetry") {
    if (verb !== "install" && verb !== "sync") return null;
    const lean = args.some((arg) =>
      /^(?:--no-dev|--only(?:=.*)?|--without(?:=.*)?|--with(?:=.*)?|--all-groups)$/.test(arg),
    );
    return { installer: "poetry", path: venv, directory: cwd, development: !lean, ...head(one, verb) };
  }
  if (verb !== "sync") return null;
  const lean = args.some((arg) =>
    /^--(?:no-dev|no-default-groups|only-group|no-group|group|all-groups|dev)(?:=|$)/.test(arg),
  );
  const unknown = isSet("UV_NO_DEV") || isSet("UV_NO_DEFAULT_GROUPS") || isSet("UV_PROJECT_ENVIRONMENT");
  return {
    installer: "uv",
    path: venv,
    directory: cwd,
    development: lean ? false : unknown ? null : true,
    ...head(one, verb),
  };
}
