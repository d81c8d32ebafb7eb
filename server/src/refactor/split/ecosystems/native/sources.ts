import { isInside, lastPart, type Place, relativePath } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import type { RoleOf } from "../../roles.ts";
import { findProject } from "../../roots.ts";
import type { Choice, Crossing, Refusal } from "../ecosystem.ts";
import { emptyDirectories } from "../empty-directories.ts";
import { namedPaths, type Naming } from "../named-paths.ts";
import { copiedTo, isBrought } from "../placed.ts";
import { refusals } from "../refusals.ts";
import type { Language } from "./language.ts";
import { isRunner, type Programs } from "./programs.ts";

/** Names that a program reads when it runs. */
const data =
  /^(?:templates?|tmpl|views?|static|assets?|public|priv|web|www|html|ui|dist|configs?|conf|settings|etc|migrations?|data|locales?|i18n|lang|certs?|resources?|fonts?|images?|schemas?|seeds?|rules|policies|\.env[\w.]*|Rocket\.toml|[\w.*-]+\.(?:ya?ml|json|ini|conf|cfg|html|tmpl|tpl|hbs|tera|css|js|sql|txt|pem|crt|key|db|sqlite3?|csv|sh|xml|env|png|ico|svg))$/;

/** Names that only people and tools read. */
const papers =
  /^(?:README(?:\.\w+)?|LICENSE(?:[.-]\w+)?|CHANGELOG(?:\.md)?|docs?|tests?|benches|examples|scripts?|tools?|hack|\.git|\.github|Makefile|justfile|Taskfile\.ya?ml|proto|protos|protobuf|[\w.*-]+\.(?:proto|md|c|h|cc|cpp|hpp|s))$/;

const fileLike = /[^.]\.[\w*]+$|^(?:\.env|Cargo\*|Makefile|Dockerfile|LICENSE|README|justfile)|\*$/;

interface Sources {
  /** COPY into the sources that the program needs as well. */
  readonly data: ReadonlySet<number>;
  /** Instructions that may bring files that the program reads, as written, by step. */
  readonly unsure: ReadonlyMap<number, string>;
}

function isSource(language: Language, name: string): boolean {
  return language.sources.test(name) || papers.test(name);
}

function readSources(language: Language, facts: Facts, root: string): Sources {
  const found = new Set<number>();
  const unsure = new Map<number, string>();
  for (const step of facts.steps) {
    const { instruction, calls, index } = step;
    const { keyword, args } = instruction;
    const clone = calls.find(
      (call) => call.name === "git" && call.args.includes("clone") && call.args.every((arg) => !arg.startsWith("-C")),
    );
    if (clone) unsure.set(index, `git clone ${clone.args.find((arg) => /:\/\/|^git@|\.git$/.test(arg)) ?? ""}`.trim());
    const target = copiedTo(step);
    if (!target || (!isInside(root, target.path) && !isInside(target.path, root))) continue;
    for (const { text } of args.slice(0, -1)) {
      const name = lastPart(text.replace(/\/+$/, ""));
      // Of a folder the contents are copied, so that where they go says what they are.
      const isFile = fileLike.test(name);
      const isInner = target.path !== root && isInside(root, target.path);
      if (isInner ? isSourcePath(language, root, target.path) : isFile && isSource(language, name)) continue;
      if (isInner && isFile && isSource(language, name)) continue;
      if (data.test(name) && (!isInside(target.path, root) || isFile)) found.add(index);
      else unsure.set(index, `${keyword} ${args.map((word) => word.text).join(" ")}`);
    }
  }
  return { data: found, unsure };
}

/** How settings name the files of a program. */
function namingOf({ variables }: Language): Naming {
  return {
    data,
    setting: (key, value, expand) => {
      if (key.endsWith("PATH") || variables.test(key)) return null;
      const plain = expand(value).replace(/^(?:sqlite|file):(?:\/\/)?(?=[./])/, "");
      return plain.includes(":/") ? null : plain;
    },
  };
}

/**
 * The project's directory: the one around all in which something of it is built; `null` where nothing is.
 *
 * @param started the directory of a program that a build tool starts
 */
export function findRoot(
  language: Language,
  facts: Facts,
  role: RoleOf,
  started: string | null,
): Place | Refusal | null {
  const calls = facts.steps.flatMap((step) => step.calls);
  const directories = [
    ...calls.filter((call) => language.isProjectCommand(call)).map(({ cwd }) => cwd),
    ...(started === null ? [] : [started]),
  ];
  if (directories.includes(null)) return refusals.unknownDirectory;
  if (directories.length === 0) return null;
  const place = findProject(facts, directories as readonly string[]);
  if (place.value === "/" && !isAlone(language, facts, role)) return refusals.atRoot;
  return place;
}

/** Whether nothing but the project's sources is put or changed anywhere, so that all of `/` may be the builder's. */
function isAlone(language: Language, facts: Facts, role: RoleOf): boolean {
  return facts.steps.every((step) => {
    const { keyword } = step.instruction;
    const target = copiedTo(step);
    if (
      (keyword === "COPY" || keyword === "ADD") &&
      target?.path !== "/" &&
      !isSourcePath(language, "/", target?.path ?? "/etc")
    )
      return false;
    return step.calls.every((call) => {
      const found = role(call);
      return found.kind === "files"
        ? found.paths?.every((path) => isSourcePath(language, "/", path)) === true
        : found.kind !== "unknown" && found.kind !== "users";
    });
  });
}

/** Whether a path is one of those that only the compiler reads or writes. */
function isSourcePath(language: Language, root: string, path: string): boolean {
  const [first] = relativePath(root, path).split("/");
  return isSource(language, first!) || isSource(language, lastPart(path));
}

export type Files = Pick<Choice, "crossings" | "repeatedCopies" | "madeAgain" | "assumptions">;

/** What crosses besides the programs: nothing, the folders that the file shows to be read, or all. */
export function chooseFiles(
  language: Language,
  facts: Facts,
  role: RoleOf,
  root: Place,
  { paths, scripts, tools }: Programs,
): Files | Refusal {
  const found = readSources(language, facts, root.value);
  const { unsure } = found;
  const isOurs = (path: string): boolean => isInside(root.value, path) && path !== root.value;
  const isProgram = (path: string): boolean =>
    paths.some(({ value, directory }) => isInside(path, value) || (directory && isInside(value, path)));
  const isCompilers = (path: string): boolean => isSourcePath(language, root.value, path);
  const madeAgain = emptyDirectories(facts, role).filter(
    (path) => isOurs(path) && !isProgram(path) && !isCompilers(path),
  );
  const isMadeAgain = (path: string): boolean => madeAgain.some((directory) => isInside(directory, path));
  const isThere = (path: string): boolean =>
    isProgram(path) || isMadeAgain(path) || [...found.data].some((index) => isBrought(facts.steps[index]!, path));
  const named = namedPaths(namingOf(language), facts).find((path) => isOurs(path) && !isThere(path));
  const written = readWritten(language, facts, role, root, (path) => isThere(path) || isCompilers(path));
  if (written && root.value === "/") {
    return {
      refused: `The program is built in /, and ${written.why}: set a WORKDIR first, then it can be split.`,
    };
  }
  const programs = programCrossings(paths);
  if (written?.paths.includes(root.value) === true) {
    return {
      crossings: [
        { from: root.text, value: root.value, to: null, directory: true, comment: null },
        ...programs.filter(({ value, to }) => to !== null || !isInside(root.value, value)),
      ],
      repeatedCopies: new Set(),
      madeAgain: [],
      assumptions: [`All of ${root.value} is copied, sources included, because ${written.why}: narrow it if you know.`],
    };
  }
  const made = written?.paths ?? [];
  const crossings = [
    ...made
      .filter((path) => !programs.some(({ value }) => value === path))
      .map((path): Crossing => ({ from: path, value: path, to: null, directory: true, comment: null })),
    ...programs,
  ];
  const why =
    scripts.length + tools.length > 0
      ? `${[...scripts, ...tools.map((name) => `\`${name}\``)].join(" and ")} may use them`
      : named !== undefined
        ? `the file names ${named}`
        : null;
  const copies = new Map([...unsure].filter(([index]) => facts.steps[index]!.instruction.keyword !== "RUN"));
  if (why !== null && copies.size > 0) {
    return {
      crossings,
      repeatedCopies: new Set([...found.data, ...copies.keys()]),
      madeAgain,
      assumptions: [
        `The files that \`${[...new Set(copies.values())].join("` and `")}\` brings are copied to the runtime stage as well, because ${why}: leave out the sources if you know what is read.`,
      ],
    };
  }
  const also = found.data.size + made.length > 0 ? "other files" : "files";
  const brings = [...new Set(unsure.values())];
  const kept = found.data;
  return {
    crossings,
    repeatedCopies: kept,
    madeAgain,
    assumptions:
      brings.length > 0
        ? [
            `At run time the program reads no ${also} of ${root.value}: what \`${brings.join("` and `")}\` ${brings.length > 1 ? "bring" : "brings"} stays in the builder.`,
          ]
        : [],
  };
}

/** What steps besides the compiler make in the project, and why the program may read it; `null` for nothing. */
function readWritten(
  language: Language,
  facts: Facts,
  role: RoleOf,
  root: Place,
  isNeedless: (path: string) => boolean,
): { readonly paths: readonly string[]; readonly why: string } | null {
  const calls = facts.steps.flatMap((step) => step.calls);
  const removed = calls.flatMap((call) => {
    const found = role(call);
    return call.name === "rm" && found.kind === "files" ? (found.paths ?? []) : [];
  });
  const paths = new Set<string>();
  let why: string | null = null;
  for (const call of calls) {
    const found = role(call);
    const builds = found.kind === "step" && found.step === "build";
    if (builds && !language.isOwn(call) && !isRunner(call) && !generators.has(call.name)) {
      why ??= `the program may read what \`${[call.program, ...call.args].join(" ")}\` writes`;
      paths.add(call.cwd !== null && isInside(root.value, call.cwd) ? call.cwd : root.value);
    }
    if (found.kind !== "files" || ["rm", "rmdir", "git"].includes(call.name)) continue;
    for (const path of found.paths ?? []) {
      // A folder to work in holds what the build leaves there.
      const isWorkplace = call.name === "mkdir" && calls.some(({ cwd }) => cwd !== null && isInside(path, cwd));
      if (isWorkplace || !isInside(root.value, path) || path === root.value || isNeedless(path)) continue;
      why ??= `a command makes or changes ${path}`;
      // What may be gone again, or is not one place, is not copied by its name.
      const isPlain = /^[\w./-]+$/.test(path) && !removed.some((one) => isInside(one, path) || isInside(path, one));
      if (!removed.includes(path)) paths.add(isPlain ? path : root.value);
    }
  }
  return why === null || paths.size === 0 ? null : { paths: [...paths], why };
}

export function programCrossings(paths: Programs["paths"]): Crossing[] {
  return paths.map(({ value, target, directory }) => ({ from: value, value, to: target, directory, comment: null }));
}

/** Programs that write sources: the compiler reads what they make. */
const generators = new Set(["protoc", "buf", "strip", "upx", "mold", "flatc", "swig"]);
