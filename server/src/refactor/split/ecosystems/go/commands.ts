import type { Call } from "../../../../stages/calls.ts";
import type { Role } from "../../commands.ts";

const valueFlags = new Set(
  "o p asmflags buildmode buildvcs compiler covermode coverpkg gccgoflags gcflags installsuffix ldflags mod modfile overlay pgo pkgdir tags toolexec C".split(
    " ",
  ),
);

export interface GoCommand {
  readonly verb: string;
  readonly flags: ReadonlyMap<string, string>;
  readonly packages: readonly string[];
}

export function readGo({ args, words }: Pick<Call, "args" | "words">): GoCommand {
  const flags = new Map<string, string>();
  let at = 1;
  for (; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith("-")) break;
    const name = arg.replace(/^--?/, "");
    const equals = name.indexOf("=");
    if (equals >= 0) flags.set(name.slice(0, equals), words[at]!.text.slice(words[at]!.text.indexOf("=") + 1));
    else if (valueFlags.has(name)) flags.set(name, words[++at]?.text ?? "");
    else flags.set(name, "");
  }
  return { verb: args[0] ?? "", flags, packages: args.slice(at) };
}

/** A setting of Go as a command sees it, quotes removed; `undefined` where nothing sets it. */
export function settingOf(call: Pick<Call, "env">, name: string): string | undefined {
  return call.env(name)?.replace(/["']/g, "");
}

/** Whether a build makes something else than a Linux program. BuildKit's TARGETOS is `linux` on Linux images. */
export function isForeign(call: Call): boolean {
  const { flags } = readGo(call);
  const system = settingOf(call, "GOOS") ?? "linux";
  return (
    !/^(?:linux|\$TARGETOS|\$\{TARGETOS(?::?-linux)?\})?$/.test(system) ||
    ["c-shared", "c-archive", "plugin", "shared"].includes(flags.get("buildmode") ?? "") ||
    flags.has("linkshared")
  );
}

/** Programs that write or check Go sources, or shrink programs. */
const goTools = new Set([
  "protoc",
  "buf",
  "sqlc",
  "swag",
  "wire",
  "mockgen",
  "templ",
  "oapi-codegen",
  "golangci-lint",
  "staticcheck",
  "gofmt",
  "goimports",
  "gotestsum",
  "govulncheck",
  "ginkgo",
  "dep",
  "glide",
  "govendor",
  "statik",
  "packr",
  "packr2",
  "go-bindata",
  "stringer",
  "upx",
  "strip",
  "xcaddy",
]);

/** A release of Go as an archive, or its address. */
const release = /(?:^|[/=])go(?:\d|\$)[^/]*\.(?:tar\.gz|tgz)$/;

/** Whether a command fetches, unpacks or removes a release of Go, which goes to /usr/local by its own instructions. */
function unpacksGo({ name, args, words }: Call): boolean {
  if (!words.some(({ text }) => release.test(text.replace(/["']/g, "")))) return false;
  const to = args.find((arg, i) => args[i - 1] === "-C" || arg.startsWith("--directory="))?.replace(/^.*=/, "");
  if (name === "tar") return to === undefined || /^\/usr\/local\/?$/.test(to);
  return name === "rm" || name === "wget" || name === "curl";
}

export function classifyGo(call: Call): Role | null {
  const { name, args } = call;
  if (unpacksGo(call)) return { kind: "step", step: "tool" };
  if (name === "go") {
    switch (args[0]) {
      case "build":
      case "install":
      case "generate":
      case "tool":
      case "run":
        return { kind: "step", step: "build" };
      case "mod":
      case "get":
      case "work":
        return { kind: "step", step: "dependencies" };
      case "test":
      case "vet":
      case "fmt":
      case "fix":
        return { kind: "step", step: "test" };
      case "env":
        return args.includes("-w") || args.includes("-u") ? { kind: "step", step: "tool" } : { kind: "inert" };
      case "version":
      case "list":
      case "doc":
      case "help":
        return { kind: "inert" };
      case "clean":
        return { kind: "cleanup" };
      default:
        return { kind: "unknown" };
    }
  }
  if (goTools.has(name)) return { kind: "step", step: "build" };
  // `make install` writes wherever it likes.
  if (isMake(call))
    return args.some((arg) => arg.includes("install")) ? { kind: "unknown" } : { kind: "step", step: "build" };
  return null;
}

/** Whether a build step is Go's: what another one writes may be read by the program. */
export function isGoStep(call: Call): boolean {
  return call.name === "go" || goTools.has(call.name) || isMake(call);
}

/** Runners of build scripts: what they write is not told, but it is the project's. */
export function isMake(call: Call): boolean {
  return call.name === "make" || call.name === "task" || call.name === "mage";
}

/** Programs that compile whenever a source changes, or debug. */
export const watchers = new Set([
  "air",
  "CompileDaemon",
  "reflex",
  "fresh",
  "realize",
  "gin",
  "dlv",
  "modd",
  "wgo",
  "gowatch",
  "bee",
]);
