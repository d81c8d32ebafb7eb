import type { Instruction } from "../dockerfile/instruction.ts";
import { unwrapCommand } from "../dockerfile/wrappers.ts";
import { lastPart } from "../text/paths.ts";
import type { Analysis } from "./analysis.ts";
import type { Stage } from "./resolve.ts";

/**
 * Commands that build nothing but say whether what was built is good: tests, linters, type checks. Known by the programs
 * that people run, and by the names they give to scripts and targets.
 */

/** A name of a script or of a make target: `test`, `test:unit`, `ci-lint`, `run_tests`. */
const checkName =
  /(?:^|[-_.:/])(?:tests?|unittests?|e2e|specs?|coverage|lint(?:s|er|ing)?|checks?|typecheck|type-check|verify|validate|vet)(?:$|[-_.:/])/;

/** Programs that do nothing else. */
const checkers = new Set(
  (
    "pytest py.test unittest nose2 nosetests jest vitest mocha ava karma cypress eslint oxlint tslint stylelint standard xo nyc c8 tox nox flake8 pylint mypy pyright bandit pycodestyle pydocstyle " +
    "phpunit pest phpstan psalm phpcs rspec rubocop minitest golangci-lint staticcheck govulncheck gosec gotestsum ginkgo golint ctest hadolint shellcheck bats yamllint ansible-lint " +
    "markdownlint tflint ktlint detekt checkstyle swiftlint credo cargo-nextest cargo-clippy"
  ).split(" "),
);

/** Programs whose first word says what they do, and the words that say that they check. */
const verbs: Readonly<Record<string, RegExp>> = {
  ansible: /^lint$/,
  biome: /^(?:ci|check|lint)$/,
  buf: /^(?:lint|breaking)$/,
  bun: /^test$/,
  cargo: /^(?:test|nextest|clippy|deny|audit|tarpaulin)$/,
  dart: /^(?:test|analyze)$/,
  deno: /^(?:test|lint|check)$/,
  dotnet: /^(?:test|vstest)$/,
  flutter: /^(?:test|analyze)$/,
  go: /^(?:test|vet)$/,
  helm: /^(?:lint|unittest)$/,
  mix: /^(?:test|credo|dialyzer)$/,
  playwright: /^test$/,
  rails: /^test/,
  ruff: /^check$/,
  stack: /^test$/,
  swift: /^test$/,
  terraform: /^validate$/,
  zig: /^test$/,
};

/** Programs that run scripts or targets by name. */
const runners = new Set(
  "npm yarn pnpm composer make gmake just task rake ant mvn mvnw gradle gradlew sbt lein invoke grunt gulp nx turbo bazel meson ninja hatch pdm".split(
    " ",
  ),
);

/** Programs that run the program behind them. */
const starters = new Set("npx bunx pnpx exec dlx run uv uvx poetry pipenv bundle rye xvfb-run time".split(" "));

/** Options of formatters that turn them into checks. */
const checkOptions = /^--(?:check|check-only|diff|dry-run|list-different|noEmit|set-exit-if-changed)$/;
const formatters = new Set(["black", "isort", "prettier", "tsc", "rustfmt", "shfmt", "ruff", "dart", "cargo", "biome"]);

/** Whether a command with these words, the program first, is a check. */
export function isCheck(words: readonly string[]): boolean {
  let at = 0;
  // `npx --yes jest`, `poetry run pytest`, `python -m pytest`: the program is further on.
  for (; at < words.length - 1; at++) {
    const name = lastPart(words[at]!);
    if (/^python[\d.]*$/.test(name) && words[at + 1] === "-m") at++;
    else if (name.startsWith("-") && at > 0) continue;
    else if (!starters.has(name) && !runsAnother(name, words[at + 1]!)) break;
  }
  const program = lastPart(words[at] ?? "").replace(/\.(?:sh|bash|py|js|mjs|cjs|ts|rb|pl|php|bat|cmd|ps1)$/, "");
  const rest = words.slice(at + 1);
  const operands = rest.filter((word) => !word.startsWith("-"));
  if (checkers.has(program)) return !asksOrInstalls(rest);
  if (Object.hasOwn(verbs, program) && verbs[program]!.test(operands[0] ?? "")) return true;
  if (formatters.has(program) && rest.some((word) => checkOptions.test(word))) return true;
  if (runners.has(program)) return runsCheck(operands, rest);
  if (/^(?:ba|da|a|z)?sh$/.test(program)) return isCheckScript(operands[0] ?? "");
  // `python manage.py test`, `php artisan test`
  if (/^(?:node|python[\d.]*|ruby|perl|php)$/.test(program))
    return isCheckScript(operands[0] ?? "") || operands[1] === "test" || rest[0] === "--test";
  return isCheckScript(words[at] ?? "") || (program === "manage" && operands[0] === "test");
}

/** `pnpm exec jest`, `yarn run jest`: what follows names a script, unless it is a program. */
function runsAnother(name: string, next: string): boolean {
  return /^(?:npm|pnpm|yarn|bun|composer)$/.test(name) && /^(?:exec|dlx|x)$/.test(next);
}

/** `golangci-lint --version` and `pytest --help` check nothing, nor does `cypress install`. */
function asksOrInstalls(words: readonly string[]): boolean {
  return /^(?:--?version|-v|-V|--help|install|cache|--install|config|init)$/.test(words[0] ?? "");
}

function runsCheck(operands: readonly string[], rest: readonly string[]): boolean {
  if (rest.some((word) => /^(?:-DskipTests|-Dmaven\.test\.skip|--version|-v)/.test(word))) return false;
  // `npm run-script lint`; installing a package whose name says `lint` is no check.
  const names = /^run(?:-script)?$/.test(operands[0] ?? "") ? operands.slice(1, 2) : operands;
  if (/^(?:add|ci|create|i|in|install|link|remove|require|set|config|clone|build)$/.test(names[0] ?? "")) return false;
  return names.some((name) => !name.includes("=") && (name === "t" || name === "tst" || checkName.test(name)));
}

/** `./run-tests.sh`, `scripts/lint`: a file of the project, not a program of the system. */
function isCheckScript(path: string): boolean {
  return path.includes("/") && !/^\/(?:usr\/)?s?bin\//.test(path) && checkName.test(lastPart(path));
}

/** What a line must have for its commands to be worth reading. */
const mayCheck = new RegExp(
  `test|lint|check|spec|e2e|coverage|verif|validat|vet|${[...checkers, "rustfmt", "noEmit", "analyze", "clippy"].map((name) => name.replaceAll(".", "\\.")).join("|")}`,
  "i",
);

/** The first RUN of a stage that checks something, `null` where none does. */
export function findCheck(analysis: Analysis, { instructions }: Stage): Instruction | null {
  for (const instruction of instructions) {
    if (instruction.keyword !== "RUN") continue;
    const { span, args, json } = instruction;
    if (!mayCheck.test(analysis.text.slice(span.start, span.end))) continue;
    const commands = json
      ? [args.map(({ text }) => text)]
      : analysis.script(instruction).commands.map(({ words }) => unwrapCommand(words).map(({ value }) => value));
    if (commands.some((words) => isCheck(words))) return instruction;
  }
  return null;
}
