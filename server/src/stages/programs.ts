import { lastPart } from "../text/paths.ts";
import { isCheck } from "./checks.ts";
import type { StartedCall } from "./start.ts";

/**
 * What kind of program a container starts:
 *
 * - `work`: a tool to build, test, watch or explore with, or a command that only keeps the container alive: the container
 *   is there to work in.
 * - `shell`: a shell or a prompt that waits for commands.
 * - `script`: a script whose commands are in another file.
 * - `program`: what the image is for.
 */
export type ProgramKind = "work" | "shell" | "script" | "program";

const shells = new Set(
  "sh bash ash dash zsh ksh fish csh tcsh pwsh busybox login su tmux screen irb ipython".split(" "),
);

/** Shells of a language when no file follows. */
const interpreters = new Set(
  "python python2 python3 node nodejs ruby perl php lua R julia ghci erl iex scala".split(" "),
);

const workTools = new Set(
  (
    "go gofmt gopls dlv air reflex realize fresh gow modd CompileDaemon gin revive goreleaser mage ko " +
    "cargo rustc rustup cargo-watch bacon cross make gmake cmake ctest ninja meson gcc g++ cc c++ clang clang++ bazel bazelisk " +
    "mvn mvnw mvnd gradle gradlew sbt mill ant bld lein clj clojure javac jshell kotlinc scalac scala-cli " +
    "swift stack cabal ghc runghc runhaskell crystal shards nim nimble zig dart flutter msbuild xbuild nuget cake " +
    "coverage ruff black robot behave locust playwright cucumber guard rake " +
    "behat composer nodemon ts-node-dev tsnd webpack-dev-server watchexec entr inotifywait " +
    "jupyter jupyter-lab jupyter-notebook start-notebook.sh start-notebook.py code-server openvscode-server rstudio-server " +
    "false read pause yes ls top htop watch env printenv man docker dind dockerd kubectl helm terraform ansible-playbook pre-commit git sshd ssh"
  ).split(" "),
);

/** Scripts of projects that say by their name what they are for. */
const workScripts =
  /^(?:.*[-_.:/])?(?:tests?|spec|e2e|lint|bench(?:mark)?|dev|develop|development|watch|build|debug|ci)(?:[-_.:].*)?$/;

const scriptName =
  /\.(?:sh|bash|zsh|ksh|cmd|bat|ps1)$|^(?:docker[-_])?(?:entry[-_]?point|command|start|run|init|boot|launch|setup)(?:\.\w+)?$/;

/** Programs that start the one behind them, with the words that lead to it. */
const runners: Readonly<Record<string, readonly string[]>> = {
  bundle: ["exec"],
  npx: [],
  bunx: [],
  pnpx: [],
  uvx: [],
  pipenv: ["run"],
  poetry: ["run"],
  uv: ["run"],
  pdm: ["run"],
  hatch: ["run"],
};

/** Tells what kind of program a call starts, by its words alone. */
export function programKind({ program, args }: StartedCall): ProgramKind {
  const name = lastPart(program);
  if (isCheck([program, ...args])) return "work";
  if (Object.hasOwn(runners, name)) return runnerKind(runners[name]!, args);
  if (/^(?:npm|yarn|pnpm|bun)$/.test(name)) return scriptKind(args);
  if (program === "" || /[$`]/.test(program)) return "script";
  if (shells.has(name)) return args.some((arg) => !arg.startsWith("-")) && name !== "su" ? "script" : "shell";
  const operand = args.find((arg) => !arg.startsWith("-"));
  if (interpreters.has(name)) {
    if (operand === undefined) return /^-[mce]/.test(args[0] ?? "") ? "program" : "shell";
    if (args[0] === "-m") return workTools.has(operand) || operand === "unittest" ? "work" : "program";
    if (isDevelopmentServer(args)) return "work";
    return workScripts.test(lastPart(operand).replace(/\.\w+$/, "")) ? "work" : "program";
  }
  if (name === "java" && args.some((arg) => /jdwp/.test(arg))) return "work";
  if (name === "dotnet") return operand !== undefined && /\.(?:dll|exe)$/i.test(operand) ? "program" : "work";
  if (workTools.has(name) || isDevelopmentServer(args) || /(?:^|\/)(?:hack|tools?|ci|tests?)\//.test(program))
    return "work";
  if (scriptName.test(name)) return "script";
  return workScripts.test(name) ? "work" : "program";
}

/** `bundle exec puma` starts puma; a runner that is asked for something else works on the project. */
function runnerKind(verb: readonly string[], args: readonly string[]): ProgramKind {
  const operands = args.filter((arg, i) => !arg.startsWith("-") || i > 1);
  if (verb.length > 0 && operands[0] !== verb[0]) return "work";
  const [program, ...rest] = operands.slice(verb.length);
  return program === undefined || Object.hasOwn(runners, program) ? "work" : programKind({ program, args: rest });
}

/** `npm start`, `yarn run serve`: the name of the script tells. */
function scriptKind(args: readonly string[]): ProgramKind {
  const [verb = "", script = ""] = args.filter((arg) => !arg.startsWith("-"));
  if (/^(?:run|run-script|exec|x)$/.test(verb)) return workScripts.test(script) ? "work" : "program";
  return /^(?:|install|i|ci|add|t|tst|create|init)$/.test(verb) || workScripts.test(verb) ? "work" : "program";
}

/** Whether a program runs as its authors run it: it watches its sources. */
function isDevelopmentServer(args: readonly string[]): boolean {
  return (
    args.some((arg) => /^--?(?:reload|watch|debug|inspect(?:-brk)?|hot)(?:=|$)/.test(arg)) || args.includes("runserver")
  );
}

/** Names of a stage that is made to build, test or work in. */
const workStages =
  /(?:^|[-_.])(?:dev|devel|develop|development|devcontainer|debug|tests?|testing|e2e|lint|ci|bench|build|builder|compile|sdk|toolchain|tools|shell|docs|export|artifacts?)(?:$|[-_.\d])/;

/** Whether a stage says by its name that it is no image that ships. */
export function isWorkStage({ name }: { readonly name: string | null }): boolean {
  return name !== null && workStages.test(name);
}

/** What a container is for that starts these calls: one that is no plain program makes it something else. */
export function startKind(calls: readonly StartedCall[]): ProgramKind {
  const kinds = new Set(calls.filter(({ program }) => !passing.has(lastPart(program))).map(programKind));
  for (const kind of ["work", "shell", "script", "program"] as const) if (kinds.has(kind)) return kind;
  return "work";
}

/** What shell scripts do on their way; alone it only keeps a container alive. */
const passing = new Set(
  (
    "cd set export unset exec trap wait if then else fi while do done for test [ [[ : umask ulimit chown chmod mkdir ln cp mv rm touch sed " +
    "envsubst echo sleep true cat tail"
  ).split(" "),
);
