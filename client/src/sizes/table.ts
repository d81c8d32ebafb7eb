import { showBytes } from "../../webview/sizes.ts";
import { type Content, type Origin, origins } from "./content.ts";

/** Sizes of images side by side, as Markdown. */

export interface Compared {
  /** What tells it from the others: `Now`, `After the split: debian:12-slim`. */
  readonly title: string;
  /** `null` where it was not built. */
  readonly content: Content | null;
  /** Why, in words; `""` where it was. */
  readonly problem: string;
}

const kinds: Readonly<Record<Origin, string>> = {
  stage: "Copied from other stages",
  image: "Copied from other images",
  context: "Copied from the build context",
  text: "Written in the Dockerfile",
  remote: "Downloaded",
  run: "Made by commands",
  other: "Other",
};

/** All of it: a table with a column for each, then of what each consists. The first is what the others are compared with. */
export function comparison(name: string, compared: readonly Compared[], remarks: readonly string[]): string {
  const cells = (first: string, cell: (each: Compared, place: number) => string): string =>
    `| ${[first, ...compared.map(cell)].join(" | ")} |`;
  const [reference] = compared;
  const row = (first: string, cell: (content: Content) => string): string =>
    cells(first, ({ content }) => (content ? cell(content) : ""));
  const lines = [
    `# Image sizes of ${escape(name)}`,
    "",
    cells("", ({ title }) => escape(title)),
    `| --- |${" ---: |".repeat(compared.length)}`,
    cells("**Image**", ({ content }) => (content ? `**${showBytes(content.size)}**` : "not built")),
    ...(compared.length > 1 && reference?.content
      ? [
          cells(`Compared with “${escape(reference.title)}”`, ({ content }, place) =>
            content && reference.content && place > 0 ? difference(reference.content.size, content.size) : "",
          ),
        ]
      : []),
    row("Base", ({ base, baseName }) => {
      const size = base === null ? "not known" : showBytes(base);
      return baseName === "" ? size : `${size} (${escape(baseName)})`;
    }),
    ...origins
      .filter((origin) => compared.some(({ content }) => content && sumOf(content, origin) > 0))
      .map((origin) => row(kinds[origin], (content) => showBytes(sumOf(content, origin)))),
  ];
  return [
    ...lines,
    ...remarks.flatMap((remark) => ["", escape(remark)]),
    ...compared.flatMap((each) => ["", ...section(each)]),
    "",
    "Sizes are those of the files in the image, not compressed.",
    "",
  ].join("\n");
}

/** Of what one consists. */
function section({ title, content, problem }: Compared): string[] {
  const head = [`## ${escape(title)}`, ""];
  if (!content) return [...head, `It could not be built: ${escape(problem)}`];
  const { size, base, baseName, parts } = content;
  const told = parts.filter((part) => part.size > 0);
  const rest = base ?? size - parts.reduce((sum, part) => sum + part.size, 0);
  const row = (what: string, stage: string, bytes: number): string =>
    `| ${escape(what)} | ${escape(stage)} | ${showBytes(bytes)} | ${percentOf(bytes, size)} |`;
  const below = base === null ? "What could not be told apart" : baseName === "" ? "" : `FROM ${baseName}`;
  return [
    ...head,
    "| What it consists of | Stage | Size | Part |",
    "| --- | --- | ---: | ---: |",
    ...(below === "" ? [] : [row(below, "", rest)]),
    ...told.map((part) => row(part.text, part.stage, part.size)),
  ];
}

/** One line: `709 MB → 95.1 MB (87 % smaller)`. */
export function summary(compared: readonly Compared[]): string {
  const [reference, ...others] = compared;
  const size = ({ content }: Compared): string => (content ? showBytes(content.size) : "not built");
  if (!reference) return "";
  const after = (other: Compared): string => {
    const change = reference.content && other.content ? changeOf(reference.content.size, other.content.size) : "";
    return change === "" ? size(other) : `${size(other)} (${change})`;
  };
  if (others.length === 1) return `${size(reference)} → ${after(others[0]!)}`;
  return [`${reference.title}: ${size(reference)}`, ...others.map((other) => `${other.title}: ${after(other)}`)].join(
    "; ",
  );
}

const sumOf = ({ parts }: Content, origin: Origin): number =>
  parts.reduce((sum, part) => (part.origin === origin ? sum + part.size : sum), 0);

/** `−614 MB (87 % smaller)` */
function difference(before: number, after: number): string {
  const sign = after < before ? "−" : "+";
  const change = changeOf(before, after);
  return before === after ? change : `${sign}${showBytes(Math.abs(after - before))} (${change})`;
}

/** `87 % smaller`, `0.4 % larger`, `the same size` */
function changeOf(before: number, after: number): string {
  if (before === after) return "the same size";
  if (before === 0) return "larger";
  return `${percentOf(Math.abs(after - before), before)} ${after < before ? "smaller" : "larger"}`;
}

function percentOf(part: number, whole: number): string {
  if (part === 0 || whole === 0) return "0 %";
  const percent = (100 * part) / whole;
  if (percent < 0.1) return "less than 0.1 %";
  return `${percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Text as it is, in one line. */
function escape(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]#!|<>~&$]/g, "\\$&");
}
