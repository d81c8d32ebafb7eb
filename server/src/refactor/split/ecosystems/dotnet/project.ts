import { childText, readXml, type XmlElement } from "../../../../workspace/xml.ts";
import type { Facts } from "../../facts.ts";
import { directoryOf, isInside, lastPart, resolvePath } from "../../../../text/paths.ts";

const projectFile = /\.(?:cs|fs|vb)proj$/;

/** What a project file says about its program. */
export interface Project {
  readonly path: string;
  /** The name of its program without `.dll`. */
  readonly assembly: string;
  /** Whether ASP.NET Core is a part of it, or of a project it refers to; `null` where a package or a project may bring it. */
  readonly web: boolean | null;
}

/** The project files of the build context by their path in the stage, parsed once. */
export function readProjects({ project }: Facts): Project[] {
  const parsed = new Map<string, XmlElement | null>();
  for (const [path, text] of project) if (projectFile.test(path)) parsed.set(path, readXml(text));
  return [...parsed].flatMap(([path, root]) =>
    root === null ? [] : [{ path, assembly: assemblyOf(path, root), web: isWeb(path, parsed, new Set()) }],
  );
}

/** `null` for the name: a property may hold others. */
function assemblyOf(path: string, root: XmlElement): string {
  const written = childText(root, "PropertyGroup", "AssemblyName");
  const name = lastPart(path).replace(projectFile, "");
  return written?.replaceAll("$(MSBuildProjectName)", name) ?? name;
}

function isWeb(path: string, all: ReadonlyMap<string, XmlElement | null>, seen: Set<string>): boolean | null {
  if (seen.has(path)) return false;
  seen.add(path);
  const root = all.get(path);
  if (!root) return null;
  const sdk = root.attributes["Sdk"]?.split("/")[0] ?? null;
  if (sdk !== null && /^Microsoft\.NET\.Sdk\.(?:Web|BlazorWebAssembly|Razor)$/.test(sdk)) return true;
  const items = root.children.filter(({ name }) => name === "ItemGroup").flatMap(({ children }) => children);
  const included = (kind: string): string[] =>
    items.filter(({ name }) => name === kind).map(({ attributes }) => attributes["Include"] ?? "");
  if (included("FrameworkReference").some((name) => name.startsWith("Microsoft.AspNetCore"))) return true;
  if (included("PackageReference").some((name) => /AspNetCore/.test(name))) return true;
  const references = included("ProjectReference").map((name) =>
    isWeb(resolvePath(directoryOf(path), name.replaceAll("\\", "/")), all, seen),
  );
  if (references.includes(true)) return true;
  const isPlain = sdk === "Microsoft.NET.Sdk" || sdk === "Microsoft.NET.Sdk.Worker";
  const isOpen = included("PackageReference").length > 0 || items.some(({ name }) => name === "Import");
  return references.includes(null) || !isPlain || isOpen ? null : false;
}

/** The project that a command works on: the file it names, or the only one in the folder. */
export function projectAt(projects: readonly Project[], place: string): Project | null {
  const named = projects.find(({ path }) => path === place);
  if (named) return named;
  const inside = projects.filter(({ path }) => directoryOf(path) === place);
  return inside.length === 1 ? inside[0]! : null;
}

/** The project whose program has a name, where it is the only one of that name. */
export function projectOf(projects: readonly Project[], root: string, assembly: string): Project | null {
  const found = projects.filter((project) => project.assembly === assembly && isInside(root, project.path));
  return found.length === 1 ? found[0]! : null;
}

/** The name of the only project file that the Dockerfile itself names, without its ending; `null` for none or several. */
export function projectNamed({ steps }: Facts): string | null {
  const names = new Set<string>();
  for (const { instruction, calls } of steps) {
    const words =
      instruction.keyword === "COPY" || instruction.keyword === "ADD"
        ? instruction.args.map(({ text }) => text)
        : calls.flatMap((call) => (call.name === "dotnet" ? call.args : []));
    for (const word of words) if (projectFile.test(word)) names.add(lastPart(word).replace(projectFile, ""));
  }
  const [first] = names;
  return names.size === 1 && first !== undefined && /^[\w.-]+$/.test(first) ? first : null;
}
