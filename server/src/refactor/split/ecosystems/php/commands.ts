import type { Call } from "../../../../stages/calls.ts";
import type { Role } from "../../commands.ts";

/** Names of what belongs to the image: extensions of PHP, which take long to compile, modules and settings of its server. */
export const phpExtensions = "PHP's extensions";
export const phpSetup = "PHP's set-up";

const extensionTools = new Set(
  "docker-php-ext-install docker-php-ext-configure docker-php-ext-enable docker-php-source install-php-extensions pecl pear".split(
    " ",
  ),
);

const setupTools = new Set(
  "docker-php-entrypoint a2enmod a2dismod a2ensite a2dissite a2enconf a2disconf phpenmod phpdismod".split(" "),
);

const composerFile = /(?:^|\/)composer(?:\.phar|-setup\.php|-installer(?:\.php)?)?$/;
const setupFile = /^\/(?:etc\/apache2|usr\/local\/etc\/php|usr\/local\/etc\/php-fpm)(?:[./]|$)/;

/** A command of Composer, however it is started: `composer`, `php composer.phar`. */
export interface ComposerCommand {
  readonly verb: string;
  readonly args: readonly string[];
}

export function readComposer({ name, program, args }: Pick<Call, "name" | "program" | "args">): ComposerCommand | null {
  let rest: readonly string[];
  if (composerFile.test(program) && !program.endsWith("setup.php")) rest = args;
  else if (name.startsWith("php") && /(?:^|\/)composer(?:\.phar)?$/.test(firstOperand(args) ?? ""))
    rest = args.slice(args.indexOf(firstOperand(args)!) + 1);
  else return null;
  const operands = rest.filter((arg, i) => !arg.startsWith("-") && !/^(?:-d|--working-dir)$/.test(rest[i - 1] ?? ""));
  return { verb: operands[0] ?? "", args: rest };
}

/** The first word behind `php` and its options, some of which take a value. */
function firstOperand(args: readonly string[]): string | undefined {
  return args.find((arg, i) => !arg.startsWith("-") && !/^-[dcz]$/.test(args[i - 1] ?? ""));
}

export function classifyPhp(call: Call): Role | null {
  const { name } = call;
  if (extensionTools.has(name)) return { kind: "programs", names: [phpExtensions] };
  if (setupTools.has(name)) return { kind: "programs", names: [phpSetup] };
  const composer = readComposer(call);
  if (composer) return classifyComposer(composer);
  if (/^php\d*$/.test(name)) return classifyProgram(call, call.command.separator === "|");
  return name === "artisan" ? { kind: "step", step: "build" } : null;
}

/** What commands do that are not PHP's, but act on what comes with it: Composer's own file, settings of the image. */
export function classifyAroundPhp(call: Call): Role | null {
  const { name, args } = call;
  const operands = args.filter((arg) => !arg.startsWith("-"));
  // What brings Composer itself is needed as long as that is.
  const composer: Role = { kind: "programs", names: ["composer"] };
  const setup: Role = { kind: "programs", names: [phpSetup] };
  const isComposers = (paths: readonly string[]): boolean =>
    paths.length > 0 && paths.every((path) => composerFile.test(path));
  switch (name) {
    case "curl":
    case "wget": {
      const at = args.findIndex((arg) => /^-[a-zA-Z]*[oO]$|^--output(?:-document)?$/.test(arg));
      const file = at < 0 ? undefined : args[at + 1];
      if (file !== undefined && composerFile.test(file)) return composer;
      const isInstaller = operands.some((word) => /getcomposer\.org\/(?:installer|composer|download)/.test(word));
      return isInstaller && file === undefined ? composer : null;
    }
    case "chmod":
    case "chown":
      return isComposers(operands.slice(1)) ? composer : null;
    case "mv":
    case "cp":
      return operands.length === 2 && composerFile.test(operands[0]!) ? composer : null;
    case "rm":
      return isComposers(operands) ? composer : null;
    case "ln": {
      if (operands.length === 2 && composerFile.test(operands[0]!)) return composer;
      return /^\/var\/www(?:\/html)?$/.test(call.path(operands.at(-1) ?? "") ?? "") ? setup : null;
    }
    case "dpkg-architecture":
    case "php-config":
      return { kind: "inert" };
    case "sed": {
      const files = operands.slice(args.some((arg) => /^-e$|^--expression/.test(arg)) ? -1 : 1);
      const inPlace = args.some((arg) => /^-[a-zA-Z]*i/.test(arg) || arg.startsWith("--in-place"));
      return inPlace && files.length > 0 && files.every((file) => setupFile.test(file)) ? setup : null;
    }
    default:
      return null;
  }
}

function classifyProgram({ args }: Call, piped: boolean): Role | null {
  if (args.length === 0 || args[0] === "--") return piped ? { kind: "programs", names: ["composer"] } : null;
  if (args.every((arg) => /^(?:-v|-m|-i|--version|--ini|--modules)$/.test(arg))) return { kind: "inert" };
  const at = args.indexOf("-r");
  if (at >= 0) return /composer/.test(args[at + 1] ?? "") ? { kind: "programs", names: ["composer"] } : null;
  const file = firstOperand(args) ?? "";
  if (composerFile.test(file)) return { kind: "programs", names: ["composer"] };
  return /^(?:\.\/)?(?:artisan|(?:bin|app)\/console|craft|yii|vendor\/bin\/[\w.-]+|bin\/[\w.-]+)$/.test(file)
    ? { kind: "step", step: /phpunit|pest|phpstan|phpcs/.test(file) ? "test" : "build" }
    : null;
}

function classifyComposer({ verb, args }: ComposerCommand): Role {
  switch (verb) {
    case "install":
    case "i":
    case "update":
    case "u":
    case "require":
    case "remove":
    case "create-project":
    case "reinstall":
      return { kind: "step", step: "dependencies" };
    case "dump-autoload":
    case "dumpautoload":
    case "dump":
    case "run-script":
    case "run":
    case "exec":
      return { kind: "step", step: "build" };
    case "test":
    case "validate":
    case "audit":
    case "check-platform-reqs":
      return { kind: "step", step: "test" };
    case "global":
    case "config":
    case "self-update":
    case "selfupdate":
      return { kind: "step", step: "tool" };
    case "clear-cache":
    case "clearcache":
    case "cc":
      return { kind: "cleanup" };
    case "":
    case "about":
    case "diagnose":
    case "show":
    case "--version":
      return { kind: "inert" };
    default:
      // Scripts of composer.json.
      return args.length > 0 ? { kind: "step", step: "build" } : { kind: "unknown" };
  }
}
