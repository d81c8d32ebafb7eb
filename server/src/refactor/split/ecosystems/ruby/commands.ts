import type { Call } from "../../../../stages/calls.ts";
import type { Role } from "../../commands.ts";

/** Installing RubyGems itself, and settings of Bundler for a user: they are the image's, not the project's. */
export const rubySetup = new Set(["rubygems", "bundler's settings"]);

const testTasks = /^(?:spec|test|tests|features|cucumber|rubocop|lint|ci)(?::|$)/;

const testTools = new Set("rspec cucumber rubocop minitest brakeman standardrb reek guard rerun".split(" "));
const buildTools = new Set("rake rails bootsnap jekyll middleman nanoc bridgetown vite whenever sass".split(" "));

/** What `bundle` and `gem` do with gems, and what those of Rails make. */
export function classifyRuby(call: Call): Role | null {
  const { name, args } = call;
  if (name === "bundle" || name === "bundler" || name === "jbundle") return classifyBundle(call);
  if (name === "update_rubygems") return { kind: "programs", names: ["rubygems"] };
  if (name === "gem") return classifyGem(args);
  if (name === "ruby" && args[0] === "-e" && /^\s*(?:print|puts)\b[^|>`]*$/.test(args[1] ?? ""))
    return { kind: "inert" };
  if (name === "rake" || name === "rails" || name === "bootsnap" || name === "jekyll") return classifyTool(name, args);
  return null;
}

function classifyBundle({ args }: Pick<Call, "args">): Role {
  const [verb = "install", ...rest] = args.filter((arg) => !arg.startsWith("-"));
  switch (verb) {
    case "install":
    case "update":
    case "lock":
    case "add":
    case "package":
    case "cache":
    case "pack":
    case "binstubs":
    case "clean":
    case "pristine":
      return { kind: "step", step: "dependencies" };
    case "config": {
      const isBuilds = rest.some((word) => word.startsWith("build."));
      return args.includes("--local") || isBuilds
        ? { kind: "step", step: "tool" }
        : { kind: "programs", names: ["bundler's settings"] };
    }
    case "exec":
      return classifyTool(rest[0] ?? "", rest.slice(1));
    case "check":
    case "list":
    case "show":
    case "info":
    case "env":
    case "outdated":
    case "version":
      return { kind: "inert" };
    case "audit":
      return { kind: "step", step: "test" };
    default:
      return { kind: "unknown" };
  }
}

function classifyGem(args: readonly string[]): Role {
  const [verb = "", ...names] = args.filter(
    (arg, i) =>
      !arg.startsWith("-") && !/^(?:-v|--version|-i|--install-dir|-n|--bindir|--source)$/.test(args[i - 1] ?? ""),
  );
  switch (verb) {
    case "install":
    case "i":
      return {
        kind: "programs",
        names: names.map((name) => (name === "rubygems-update" ? "rubygems" : name.replace(/:.*$/, ""))),
      };
    case "update":
      return args.includes("--system")
        ? { kind: "programs", names: ["rubygems"] }
        : { kind: "programs", names: names.length > 0 ? names : ["gems"] };
    case "build":
    case "unpack":
    case "sources":
    case "uninstall":
      return { kind: "step", step: "tool" };
    case "cleanup":
      return { kind: "step", step: "tool" };
    case "list":
    case "env":
    case "environment":
    case "specification":
    case "":
      return { kind: "inert" };
    default:
      return { kind: "unknown" };
  }
}

function classifyTool(name: string, args: readonly string[]): Role {
  if (testTools.has(name)) return { kind: "step", step: "test" };
  if (!buildTools.has(name)) return { kind: "unknown" };
  const task = args.find((arg) => !arg.startsWith("-") && !arg.includes("="));
  return { kind: "step", step: task !== undefined && testTasks.test(task) ? "test" : "build" };
}

/** Whether a command installs gems. */
export function installsGems({ name, args }: Pick<Call, "name" | "args">): boolean {
  const [verb] = args.filter((arg) => !arg.startsWith("-"));
  if (name === "bundle" || name === "bundler" || name === "jbundle")
    return verb === undefined
      ? args.length === 0 || !args.some((arg) => /^-(?:v|-version)$/.test(arg))
      : /^(?:install|update)$/.test(verb);
  return name === "gem" && (verb === "install" || verb === "i");
}

/** Whether a command makes the assets of Rails, which needs what runs JavaScript. */
export function makesAssets({ args }: Pick<Call, "args">): boolean {
  return args.some((arg) =>
    /^(?:assets|webpacker|vite|css|javascript|javascripts):(?:precompile|compile|build|build_all)$/.test(arg),
  );
}
