import { commonPrograms } from "../../commands.ts";
import type { StartedCall } from "../../../../stages/start.ts";
import { lastPart } from "../../../../text/paths.ts";
import { checkTools, packageName } from "./commands.ts";
import { isFile, readPackageManager } from "./package-managers.ts";

/** What kind of program a start command is. */
export type Starter =
  | { readonly kind: "node"; readonly file: string | null; readonly plain: boolean }
  | { readonly kind: "script"; readonly words: string }
  | { readonly kind: "development"; readonly words: string }
  /** A program of a package that may stand among the devDependencies. */
  | { readonly kind: "package"; readonly words: string }
  | { readonly kind: "program"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "shell" };

const developmentScript =
  /^(?:tests?(?:[:.-].*)?|e2e|lint|dev|develop|development|watch|serve|start:dev|start:watch|start:debug|dev:.*|storybook|hot|debug)$/;

const developmentPrograms = new Set([
  "nodemon",
  "ts-node-dev",
  "tsnd",
  "webpack-dev-server",
  "tsc",
  "tsup",
  "concurrently",
  "forever-watch",
]);

const packagePrograms = new Set(
  "ts-node tsx babel-node next nuxt nuxi nest remix-serve remix react-router-serve react-router-serve astro medusa strapi keystone sequelize knex typeorm prisma cross-env dotenv env-cmd esno vite-node vite serve http-server".split(
    " ",
  ),
);

export function readStarter({ program, args }: StartedCall): Starter {
  const name = lastPart(program);
  const words = [program, ...args].join(" ");
  const manager = readPackageManager({ name, args, cwd: "/" });
  if (manager) {
    if (manager.verb === "exec") return readStarter({ program: manager.name, args: manager.operands });
    if (manager.verb !== "run") return { kind: "development", words };
    return developmentScript.test(manager.name) ? { kind: "development", words } : { kind: "script", words };
  }
  if (name === "bun") {
    if (args.some((arg) => /^--(?:watch|hot)$/.test(arg))) return { kind: "development", words };
    const [first, second] = args.filter((arg) => !arg.startsWith("-"));
    const file = first === "run" ? second : first;
    if (file !== undefined && isFile(file)) return { kind: "node", file, plain: true };
  }
  if (name === "npx" || name === "pnpx" || name === "bunx") {
    const at = args.findIndex((arg) => !arg.startsWith("-"));
    const inner = at < 0 ? null : readStarter({ program: packageName(args[at]!), args: args.slice(at + 1) });
    return inner && inner.kind === "development" ? inner : { kind: "package", words };
  }
  if (name === "node" || name === "nodejs") {
    const at = args.findIndex((arg) => !arg.startsWith("-"));
    const flags = at < 0 ? args : args.slice(0, at);
    // `-r module` and the like take the next word, so the file cannot be told from it.
    const plain = flags.every((flag) =>
      /^--(?:max|enable|no|trace|stack|expose|use|unhandled|icu|experimental(?!-loader)|env-file-if-exists)[\w-]*(?:=[\w.:-]*)?$/.test(
        flag,
      ),
    );
    return { kind: "node", file: at < 0 ? null : args[at]!, plain: plain && at >= 0 };
  }
  const development =
    developmentPrograms.has(name) ||
    checkTools.has(name) ||
    ((name === "ng" || name === "vue-cli-service" || name === "webpack" || name === "parcel") && args[0] !== "build") ||
    ((name === "react-scripts" || name === "craco") && args[0] === "start") ||
    ((name === "next" ||
      name === "nuxt" ||
      name === "nuxi" ||
      name === "astro" ||
      name === "remix" ||
      name === "gatsby") &&
      (args[0] ?? "").startsWith("dev")) ||
    (name === "vite" && args[0] !== "preview") ||
    args.includes("--watch");
  if (development) return { kind: "development", words };
  if (packagePrograms.has(name) || program.includes("node_modules/.bin/")) return { kind: "package", words };
  if ((commonPrograms.has(name) || name === "bash") && !program.startsWith(".")) return { kind: "shell" };
  return program.includes("/") ? { kind: "file", path: program } : { kind: "program", name };
}
