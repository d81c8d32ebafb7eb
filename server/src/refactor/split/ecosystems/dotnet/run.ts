import type { Call } from "../../../../stages/calls.ts";
import { isInside, lastPart, type Place, relativePath } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import { type Choice, type Refusal } from "../ecosystem.ts";
import { readDotnet } from "./commands.ts";
import type { Siblings } from "./images.ts";
import { type Output, projectFolder } from "./outputs.ts";
import { type Project, projectAt, projectNamed, readProjects } from "./project.ts";

/**
 * A container that starts `dotnet run` builds its program when it starts. Where the program's name is known it is published
 * in the builder instead, and started by that name.
 */
export function planRun(
  facts: Facts,
  siblings: Siblings,
  root: Place,
  outputs: readonly Output[],
  shared: Omit<Choice, "strategy" | "base" | "detail" | "crossings">,
): readonly [Choice] | Refusal {
  const refused = {
    refused: `The container starts \`dotnet run\`, which needs the SDK and builds anew: publish with \`dotnet publish -c Release -o /app/out\` and start the program with \`dotnet /app/out/NAME.dll\`, then it can be split.`,
  };
  const { start, entrypoint, cmd, cwd } = facts;
  const started = start?.calls.length === 1 ? start.calls[0]! : null;
  if (!started || !cmd || entrypoint || start!.wrappers.length > 0 || !cwd || lastPart(started.program) !== "dotnet")
    return refused;
  if (started.args.some((arg) => arg.includes("$"))) return refused;
  const command = readDotnet(started);
  const call: Pick<Call, "cwd" | "path"> = {
    cwd: cwd.value,
    path: (word) => (/[$`]/.test(word) ? null : pathIn(cwd.value, word)),
  };
  const folder = projectFolder(call as Call, command);
  if (folder === null || !isInside(root.value, folder)) return refused;
  const place = command.project === null ? folder : (call.path(command.project) ?? folder);
  const project = projectAt(readProjects(facts), place);
  const name = nameOf(facts, project, command.project);
  const base = siblings.name("aspnet") ?? siblings.name("runtime");
  if (name === null || base === null) return refused;

  const lastBuild = facts.steps.findLastIndex(({ calls }) => calls.length > 0);
  if (facts.steps.some(({ instruction }, index) => instruction.keyword === "WORKDIR" && index > lastBuild))
    return refused;
  const published = outputs.filter(({ command: one }) => one.verb === "publish");
  const known = published.length === 1 ? published[0]! : null;
  if (published.length > 1 || (known !== null && known.directory === null)) return refused;
  const output = known?.directory ?? `${root.value}/out`;
  const configuration = command.configuration ?? "Release";
  const source =
    command.project === null
      ? folder === cwd.value
        ? ""
        : ` ${relativePath(cwd.value, folder)}`
      : ` ${command.project}`;
  const sentences = [
    ...(command.noProfile
      ? []
      : [
          "The program needs nothing of Properties/launchSettings.json, which `dotnet run` reads and the published program does not: its address and ASPNETCORE_ENVIRONMENT come from ENV.",
        ]),
    ...(command.configuration === null && known === null
      ? ["The program is published in the configuration Release, where `dotnet run` takes Debug."]
      : []),
    ...(project === null
      ? [`The program is called ${name}.dll, like its project file: that one names no other assembly.`]
      : []),
    `The program finds its files in ${output}, where it is started now.`,
  ];
  return [
    {
      ...shared,
      strategy: "slim",
      base,
      detail: "the same .NET with ASP.NET Core, without its SDK; the program is published and started by its name",
      crossings: [{ from: output, value: output, to: null, directory: true, comment: null }],
      finish:
        known === null
          ? [
              {
                command: `dotnet publish${source} -c ${configuration} -o ${output}`,
                flags: "",
                directory: cwd.value,
                user: facts.user,
              },
            ]
          : [],
      closing: [`WORKDIR ${output}`],
      command: ["dotnet", `${name}.dll`, ...command.rest],
      assumptions: [...sentences, ...shared.assumptions],
    },
  ];
}

function pathIn(cwd: string, word: string): string {
  return word.startsWith("/") ? word : `${cwd === "/" ? "" : cwd}/${word.replace(/^\.\//, "").replace(/\/$/, "")}`;
}

function nameOf(facts: Facts, project: Project | null, written: string | null): string | null {
  if (project !== null) return /^[\w.-]+$/.test(project.assembly) ? project.assembly : null;
  const file = written === null ? null : /([\w.-]+)\.(?:cs|fs|vb)proj$/.exec(written);
  return file?.[1] ?? projectNamed(facts);
}
