import type { Call } from "../../../../stages/calls.ts";
import type { Role } from "../../commands.ts";

/** A command of `dotnet`, taken apart. */
export interface DotnetCommand {
  /** `publish`, `run`; `""` where there is none. */
  readonly verb: string;
  /** The project, the solution or the folder it works on, as written; `null` for that of the working directory. */
  readonly project: string | null;
  readonly output: string | null;
  readonly configuration: string | null;
  /** The system it builds for: `linux-x64`. */
  readonly runtime: string | null;
  /** Whether the program brings its own .NET; `null` where the command does not say. */
  readonly selfContained: boolean | null;
  /** Properties of MSBuild, names in lower case. */
  readonly properties: ReadonlyMap<string, string>;
  /** What `run` gives to the program. */
  readonly rest: readonly string[];
  /** Whether `run` is told not to use launchSettings.json. */
  readonly noProfile: boolean;
}

const valueOptions = new Set(
  "-c --configuration -f --framework -o --output -r --runtime -v --verbosity -a --arch --os -s --source --version-suffix --manifest --configfile --packages --project --launch-profile --artifacts-path -l --logger --file".split(
    " ",
  ),
);

const runFlags = /^--(?:no-|force$|interactive$|self-contained$|sc$|disable-build-servers$)/;

export function readDotnet({ args }: Pick<Call, "args">): DotnetCommand {
  const verb = args.find((arg) => !arg.startsWith("-")) ?? "";
  const options = new Map<string, string>();
  const properties = new Map<string, string>();
  const operands: string[] = [];
  const rest: string[] = [];
  let selfContained: boolean | null = null;
  let noProfile = false;
  const start = args.indexOf(verb) + 1;
  for (let i = start; i < args.length; i++) {
    const arg = args[i]!;
    const next = args[i + 1];
    if (arg === "--") {
      rest.push(...args.slice(i + 1));
      break;
    }
    const property = /^(?:[-/]|--)(?:p|property):([^=]+)=(.*)$/i.exec(arg);
    const option = /^(--?[a-z-]+)[=:](.*)$/.exec(arg);
    if (property) properties.set(property[1]!.toLowerCase(), property[2]!);
    else if (arg === "--self-contained" || arg === "--sc") {
      selfContained = next !== "false";
      if (next === "true" || next === "false") i++;
    } else if (arg === "--no-self-contained") selfContained = false;
    else if (arg === "--no-launch-profile") noProfile = true;
    else if (arg === "-p" && verb === "run") options.set("--project", args[++i] ?? "");
    else if (valueOptions.has(arg)) options.set(arg, args[++i] ?? "");
    else if (option && valueOptions.has(option[1]!)) options.set(option[1]!, option[2]!);
    else if (option?.[1] === "--self-contained") selfContained = option[2] !== "false";
    else if (verb === "run") {
      if (!runFlags.test(arg)) rest.push(arg);
    } else if (!/^[-/][a-z-]+(?::|$)|^--/i.test(arg)) operands.push(arg);
  }
  const contained = properties.get("selfcontained") ?? properties.get("publishaot");
  if (contained !== undefined) selfContained = contained.toLowerCase() === "true";
  const pick = (...names: readonly string[]): string | null =>
    names.map((name) => options.get(name)).find((value) => value !== undefined) ?? null;
  return {
    verb,
    project: pick("--project") ?? operands[0] ?? null,
    output: pick("-o", "--output"),
    configuration: pick("-c", "--configuration") ?? properties.get("configuration") ?? null,
    runtime: pick("-r", "--runtime"),
    selfContained,
    properties,
    rest,
    noProfile,
  };
}

/** What starts with a path is a project: `dotnet /src/app.dll` runs a program. */
export function classifyDotnet({ name, args }: Call): Role | null {
  if (name === "msbuild" || name === "nuget" || name === "paket") return { kind: "step", step: "build" };
  if (name !== "dotnet") return null;
  const { verb } = readDotnet({ args });
  switch (verb) {
    case "restore":
    case "add":
    case "remove":
    case "list":
    case "nuget":
    case "paket":
      return { kind: "step", step: "dependencies" };
    case "build":
    case "publish":
    case "pack":
    case "msbuild":
    case "store":
    case "run":
    case "fable":
    case "fake":
    case "ef":
      return { kind: "step", step: "build" };
    case "test":
    case "vstest":
    case "format":
      return { kind: "step", step: "test" };
    case "tool":
      return args.includes("-g") || args.includes("--global")
        ? { kind: "programs", names: toolNames(args) }
        : { kind: "step", step: "tool" };
    case "clean":
    case "new":
    case "sln":
    case "workload":
    case "build-server":
    case "user-secrets":
    case "dev-certs":
      return { kind: "step", step: "tool" };
    case "help":
    case "sdk":
    case "":
      return { kind: "inert" };
    default:
      return { kind: "unknown" };
  }
}

/** The tools that `dotnet tool install --global` names. */
function toolNames(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => arg === "install" || arg === "update");
  const takesValue = /^--(?:version|add-source|configfile|framework|arch|verbosity)$|^-[av]$/;
  return args.slice(at + 1).filter((arg, i, all) => !arg.startsWith("-") && !takesValue.test(all[i - 1] ?? ""));
}
