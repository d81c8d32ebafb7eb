import { readScript, type ShellCommand, type ShellWord } from "../dockerfile/shell.ts";
import { lastPart } from "../text/paths.ts";
import { pairIn } from "./compose.ts";
import { type BuildMention, emptyMention, type MentionPair, type MentionWord } from "./mentions.ts";

/** A part of a script: consecutive lines of a file, without what the file puts in front of them. */
export interface ScriptLine {
  readonly text: string;
  /** Where the line begins in the file. */
  readonly start: number;
}

const builders = new Set(["docker", "podman", "buildah", "nerdctl"]);

/** The options of `docker build` that take the next word as their value, the ones that matter left out. */
const optionsWithValue = new Set(
  (
    "--add-host --allow --annotation --attest --builder --cache-from --cache-to --call --cgroup-parent --cpu-period --cpu-quota -c --cpu-shares --cpuset-cpus --cpuset-mems " +
    "--iidfile --isolation --label -m --memory --memory-swap --metadata-file --network --no-cache-filter -o --output --platform --policy --progress --sbom --provenance --secret " +
    "--security-opt --shm-size --ssh -t --tag --ulimit --format --volume -v"
  ).split(" "),
);

/** The builds that the commands of a script start: `docker build`, `docker buildx build`, `podman build`, `buildah bud`. */
export function scriptMentions(lines: readonly ScriptLine[], base: Partial<BuildMention>): BuildMention[] {
  if (!lines.some(({ text }) => /\b(?:docker|podman|buildah|nerdctl)\b/.test(text))) return [];
  const pieces: number[] = [];
  let text = "";
  for (const line of lines) {
    pieces.push(text.length, line.start);
    text += `${line.text}\n`;
  }
  return readScript({ text, pieces }).commands.flatMap((command) => {
    const found = readBuild(command);
    return found ? [{ ...emptyMention, ...base, ...found, span: command.span }] : [];
  });
}

type Found = Pick<BuildMention, "context" | "dockerfile" | "dockerfileFrom" | "target" | "args" | "contexts">;

function readBuild({ words }: ShellCommand): Found | null {
  let at = words.findIndex(({ value }) => builders.has(lastPart(value)));
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
  for (let i = at + 1; i < words.length; i++) {
    const word = words[i]!;
    const { value } = word;
    if (!value.startsWith("-") || value === "-") {
      operands.push(mentionOf(word, 0));
      continue;
    }
    const equals = value.indexOf("=");
    const name = equals < 0 ? value : value.slice(0, equals);
    const given = (): MentionWord | null => {
      if (equals >= 0) return mentionOf(word, equals + 1);
      const next = words[++i];
      return next ? mentionOf(next, 0) : null;
    };
    if (name === "--target") target.push(...some(given()));
    else if (name === "-f" || name === "--file") dockerfile.push(...some(given()));
    else if (name === "--build-arg") args.push(...some(given()).map(({ text, span }) => pairIn(text, span.start)));
    else if (name === "--build-context")
      contexts.push(...some(given()).map(({ text, span }) => pairIn(text, span.start)));
    else if (equals < 0 && optionsWithValue.has(name)) i++;
  }
  return {
    context: operands[0] ?? null,
    dockerfile: dockerfile.at(-1) ?? null,
    dockerfileFrom: dockerfile.length > 0 ? "start" : "context",
    target: target.at(-1) ?? null,
    args,
    contexts,
  };
}

function some<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

/** A word of the shell, or its end, without the quotes around it. */
function mentionOf({ text, value, span }: ShellWord, from: number): MentionWord {
  const wanted = value.slice(from);
  const at = text.lastIndexOf(wanted);
  const start = span.start + Math.max(at, 0);
  return { text: wanted, span: { start, end: start + wanted.length } };
}

/** A shell script. */
export function shellMentions(text: string): BuildMention[] {
  return scriptMentions(fileLines(text), { kind: "script", start: "project" });
}

/** The recipes of a Makefile: the lines that begin with a tab, each rule's together. `$$` is the shell's `$`. */
export function makeMentions(text: string): BuildMention[] {
  const mentions: BuildMention[] = [];
  let name = "";
  let recipe: ScriptLine[] = [];
  const finish = (): void => {
    mentions.push(...scriptMentions(recipe, { kind: "make", name, start: "folder" }));
    recipe = [];
  };
  for (const line of fileLines(text)) {
    const rule = /^([A-Za-z0-9_./%-][^\s:=]*)(?:\s+[^:=]*)?:(?!=)/.exec(line.text);
    if (line.text.startsWith("\t")) {
      const prefix = /^\t[@+-]*/.exec(line.text)![0].length;
      recipe.push({ text: line.text.slice(prefix), start: line.start + prefix });
    } else if (recipe.length > 0 && recipe.at(-1)!.text.endsWith("\\")) recipe.push(line);
    else {
      finish();
      if (rule) name = rule[1]!;
    }
  }
  finish();
  return mentions;
}

export function fileLines(text: string): ScriptLine[] {
  const lines: ScriptLine[] = [];
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end < 0 ? undefined : end);
    lines.push({ text: line.endsWith("\r") ? line.slice(0, -1) : line, start });
    if (end < 0) break;
    start = end + 1;
  }
  return lines;
}
