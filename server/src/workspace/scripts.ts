import { toDocumentSpan } from "../dockerfile/instruction.ts";
import { readScript, type ShellCommand, type ShellWord } from "../dockerfile/shell.ts";
import { lastPart } from "../text/paths.ts";
import type { Span } from "../text/range.ts";
import { pairIn } from "./compose.ts";
import { type BuildMention, emptyMention, type MentionPair, type MentionWord } from "./mentions.ts";
import type { PlacedText } from "./tree.ts";

/** What builds images; Makefiles name it by a variable at times. */
const builder = /^(?:docker|podman|buildah|nerdctl|\$[({]?\w*(?:docker|podman|buildah)\w*[)}]?)$/i;

/** The options of `docker build` that take the next word as their value, the ones that matter left out. */
const optionsWithValue = new Set(
  (
    "--add-host --allow --annotation --attest --builder --cache-from --cache-to --call --cgroup-parent --cpu-period --cpu-quota -c --cpu-shares --cpuset-cpus --cpuset-mems " +
    "--iidfile --isolation --label -m --memory --memory-swap --metadata-file --network --no-cache-filter -o --output --policy --progress --sbom --provenance " +
    "--security-opt --shm-size -t --tag --ulimit --format --volume -v"
  ).split(" "),
);

/**
 * The builds that the commands of a script start: `docker build`, `docker buildx build`, `podman build`, `buildah bud`.
 *
 * @param pieces where the text stands in the file
 */
export function scriptMentions({ text, pieces }: PlacedText, base: Partial<BuildMention>): BuildMention[] {
  if (!/docker|podman|buildah|nerdctl/i.test(text)) return [];
  const place = ({ start, end }: Span): Span => toDocumentSpan({ text, pieces }, start, end);
  const folders = new Folders();
  return readScript({ text, pieces: [0, 0] }).commands.flatMap((command) => {
    const { start, within } = folders.at(command);
    const found = readBuild(command, place);
    return found
      ? [{ ...emptyMention, ...base, ...(start && { start }), ...found, within, span: place(command.span) }]
      : [];
  });
}

interface Folder {
  /** `null` for that of the whole script. */
  readonly start: BuildMention["start"] | null;
  /** `null` where it is not known. */
  readonly within: string | null;
}

/** `$(dirname "$0")` and what may stand behind it, and the folder of the repository. */
const ownFolder =
  /^"?\$\(\s*dirname\s+(?:--\s+)?"?(?:\$0|\$\{0\}|\$BASH_SOURCE|\$\{BASH_SOURCE(?:\[0\])?\})"?\s*\)"?((?:\/[^$`"']*)?)"?$/;
const repositoryFolder = /^"?\$\(\s*git\s+rev-parse\s+--show-toplevel\s*\)"?((?:\/[^$`"']*)?)"?$/;

/** The folder that a script is in when it comes to a command, as far as `cd` tells. */
class Folders {
  /** Of the script, and of each block inside another. */
  readonly #current: Folder[] = [{ start: null, within: "" }];
  readonly #left: Folder[] = [];

  at({ name, words, separator, depth }: ShellCommand): Folder {
    const level = Math.min(depth, this.#current.length);
    if (level === this.#current.length || separator === "")
      this.#current[level] = this.#current[Math.max(0, level - 1)]!;
    this.#current.length = level + 1;
    const folder = this.#current[level]!;
    if (name === "popd") this.#current[level] = this.#left.pop() ?? { start: null, within: null };
    else if (name === "cd" || name === "pushd") {
      if (name === "pushd") this.#left.push(folder);
      this.#current[level] = goTo(
        folder,
        words.slice(1).filter(({ value }) => !/^-[LPe@]*$|^--$/.test(value) || value === "-")[0],
      );
    }
    return folder;
  }
}

function goTo({ start, within }: Folder, word: ShellWord | undefined): Folder {
  if (!word) return { start: null, within: null };
  const [own, repository] = [ownFolder.exec(word.text), repositoryFolder.exec(word.text)];
  if (own) return { start: "folder", within: own[1]! };
  if (repository) return { start: "project", within: repository[1]! };
  return /^[/~-]|[$`*?]/.test(word.value) || within === null
    ? { start: null, within: null }
    : { start, within: `${within}/${word.value}` };
}

type Found = Pick<
  BuildMention,
  "context" | "dockerfile" | "dockerfileFrom" | "target" | "args" | "contexts" | "platforms" | "secrets" | "ssh"
>;

function readBuild({ words }: ShellCommand, place: (span: Span) => Span): Found | null {
  let at = words.findIndex(({ value }) => builder.test(lastPart(value)));
  // Wrappers such as `sudo` and `time` stand in front; a word behind others is no program.
  if (at < 0 || words.slice(0, at).some(({ value }) => !/^(?:sudo|time|exec|env|command|@?-?@?|\w+=.*)$/.test(value)))
    return null;
  at++;
  while (at < words.length && words[at]!.value.startsWith("-")) at += /=/.test(words[at]!.value) ? 1 : 2;
  if (["buildx", "image", "builder"].includes(words[at]?.value ?? "")) at++;
  if (!["build", "bud", "b"].includes(words[at]?.value ?? "")) return null;
  const target: MentionWord[] = [];
  const dockerfile: MentionWord[] = [];
  const operands: MentionWord[] = [];
  const args: MentionPair[] = [];
  const contexts: MentionPair[] = [];
  const platforms: string[] = [];
  const secrets: string[] = [];
  const ssh: string[] = [];
  for (let i = at + 1; i < words.length; i++) {
    const word = words[i]!;
    const { value } = word;
    if (!value.startsWith("-") || value === "-") {
      operands.push(...some(mentionOf(word, 0, place)));
      continue;
    }
    const equals = value.indexOf("=");
    const name = equals < 0 ? value : value.slice(0, equals);
    const given = (): MentionWord | null => {
      if (equals >= 0) return mentionOf(word, equals + 1, place);
      const next = words[++i];
      return next ? mentionOf(next, 0, place) : null;
    };
    if (name === "--target") target.push(...some(given()));
    else if (name === "-f" || name === "--file") dockerfile.push(...some(given()));
    else if (name === "--build-arg") args.push(...some(given()).map(({ text, span }) => pairIn(text, span.start)));
    else if (name === "--build-context")
      contexts.push(...some(given()).map(({ text, span }) => pairIn(text, span.start)));
    else if (name === "--platform") platforms.push(...some(given()).flatMap(({ text }) => text.split(",")));
    else if (name === "--secret") secrets.push(...some(given()).map(({ text }) => text));
    else if (name === "--ssh") ssh.push(...some(given()).map(({ text }) => text));
    else if (equals < 0 && optionsWithValue.has(name)) i++;
  }
  return {
    context: operands[0] ?? null,
    dockerfile: dockerfile.at(-1) ?? null,
    dockerfileFrom: dockerfile.length > 0 ? "start" : "context",
    target: target.at(-1) ?? null,
    args,
    contexts,
    platforms,
    secrets,
    ssh,
  };
}

function some<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

/** A word of the shell, or its end, without the quotes around it; `null` where there are quotes or escapes inside it. */
function mentionOf({ text, value, span }: ShellWord, from: number, place: (span: Span) => Span): MentionWord | null {
  const wanted = value.slice(from);
  const at = text.lastIndexOf(wanted);
  if (at < 0 || wanted === "") return null;
  return { text: wanted, span: place({ start: span.start + at, end: span.start + at + wanted.length }) };
}

/** A shell script, wherever it is started. */
export function shellMentions(text: string): BuildMention[] {
  return scriptMentions({ text, pieces: [0, 0] }, { kind: "script", start: "project-or-folder" });
}

/**
 * The recipes of a Makefile: the lines that begin with a tab, each with those that go on from it, as each has a shell of its
 * own. `$$` is the shell's `$`.
 */
export function makeMentions(text: string): BuildMention[] {
  const mentions: BuildMention[] = [];
  let name = "";
  let recipe = "";
  let pieces: number[] = [];
  let goesOn = false;
  const finish = (): void => {
    if (recipe !== "") {
      mentions.push(...scriptMentions({ text: recipe, pieces }, { kind: "make", name, start: "folder-or-project" }));
    }
    [recipe, pieces] = ["", []];
  };
  const add = (line: string, start: number): void => {
    pieces.push(recipe.length, start);
    recipe += `${line}\n`;
  };
  for (const { text: line, start } of fileLines(text)) {
    if (!goesOn) finish();
    const prefix = /^\t[@+-]*/.exec(line)?.[0].length ?? 0;
    if (goesOn) add(line, start);
    else if (prefix > 0) add(line.slice(prefix), start + prefix);
    else name = /^([A-Za-z0-9_./%-][^\s:=]*)(?:\s+[^:=]*)?:(?!=)/.exec(line)?.[1] ?? name;
    goesOn = recipe !== "" && line.endsWith("\\");
  }
  finish();
  return mentions;
}

function fileLines(text: string): { readonly text: string; readonly start: number }[] {
  const lines: { text: string; start: number }[] = [];
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end < 0 ? undefined : end);
    lines.push({ text: line.endsWith("\r") ? line.slice(0, -1) : line, start });
    if (end < 0) break;
    start = end + 1;
  }
  return lines;
}
