import type { DockerfileLanguageService } from "dockerfile-language-service";
import {
  type CompletionItem,
  CompletionItemKind,
  type DocumentLink,
  type FormattingOptions,
  type Hover,
  InsertTextFormat,
  MarkupKind,
  type TextEdit,
} from "vscode-languageserver-types";
import type { Instruction } from "../dockerfile/instruction.ts";
import { Analysis } from "../stages/analysis.ts";
import { applyEdits, type Edit } from "../text/edit.ts";
import { misspelt, wellKnownImages } from "../stages/meant.ts";
import { type Position, type Range, type Span, touches } from "../text/range.ts";
import { goesOn } from "./completion.ts";
import { sameMeaning } from "./same-meaning.ts";
import { stageOf } from "./subject.ts";

/**
 * What is not about stages: keywords, instruction hovers, links and formatting, by dockerfile-language-service. This file
 * alone imports it, and only when it is first needed.
 *
 * The library has its own idea of where instructions end and what stages are, and some texts make it hang or crash. So it
 * sees as little as possible: one instruction behind a FROM line of ours, one image name, one keyword. Only formatting
 * gives it the whole text, and keeps an edit only where the Dockerfile means the same afterwards. A library that throws
 * gives an empty answer.
 */
let loading: Promise<DockerfileLanguageService> | undefined;

function library(): Promise<DockerfileLanguageService> {
  return (loading ??= import("dockerfile-language-service").then(({ DockerfileLanguageServiceFactory }) => {
    const service = DockerfileLanguageServiceFactory.createLanguageService();
    service.setCapabilities({
      completion: {
        completionItem: { snippetSupport: true, deprecatedSupport: true, documentationFormat: [MarkupKind.Markdown] },
      },
      hover: { contentFormat: [MarkupKind.Markdown] },
    });
    return service;
  }));
}

async function guarded<T>(fallback: T, ask: (service: DockerfileLanguageService) => T | PromiseLike<T>): Promise<T> {
  const service = await library();
  try {
    return await ask(service);
  } catch {
    return fallback;
  }
}

// Hovers

/** What Docker's reference says about the keyword, flag or directive at a position. */
export async function instructionHover(analysis: Analysis, position: Position): Promise<Hover | null> {
  const { dockerfile, lines } = analysis;
  const offset = lines.offset(position);
  const directive = dockerfile.directives.find(({ span }) => touches(span, offset));
  if (directive) {
    const start = analysis.text.indexOf(
      analysis.text.slice(directive.span.start + 1).trimStart(),
      directive.span.start,
    );
    const span = { start, end: start + directive.name.length };
    return touches(span, offset) ? explain(`# ${directive.name}=x\nFROM scratch`, 0, 3, lines.range(span)) : null;
  }
  let instruction = analysis.instructionAt(offset);
  for (; instruction; instruction = instruction.trigger) {
    const { keyword, keywordSpan, flags } = instruction;
    if (!/^[A-Z]+$/.test(keyword)) return null;
    if (touches(keywordSpan, offset)) {
      return explain(`FROM scratch\n${keyword} x`, 1, 0, lines.range(keywordSpan));
    }
    const flag = flags.find(({ span, valueSpan }) => span.start <= offset && offset < (valueSpan?.start ?? span.end));
    if (flag) {
      if (!/^[a-z-]+$/.test(flag.name)) return null;
      return explain(`FROM scratch\n${keyword} --${flag.name}=x x x`, 1, keyword.length + 4, lines.range(flag.span));
    }
  }
  return null;
}

async function explain(text: string, line: number, character: number, range: Range): Promise<Hover | null> {
  const found = await guarded(null, (service) => service.computeHover(text, { line, character }));
  return found ? { contents: found.contents, range } : null;
}

// Completion

interface Flag {
  readonly name: string;
  readonly docs: string;
  /** Values to choose from; none where the flag has no value or any text. */
  readonly values?: readonly string[];
  /** Whether nothing follows the name. */
  readonly bare?: boolean;
}

const link: Flag = {
  name: "link",
  docs: "Copies into a layer of its own, which stays cached when the base changes.",
  bare: true,
};
const chown: Flag = { name: "chown", docs: "User and group that own the files: `user:group`, names or numbers." };
const chmod: Flag = { name: "chmod", docs: "Permissions of the files: `755` or `u=rwX,go=rX`." };
const exclude: Flag = { name: "exclude", docs: "Leaves out the files that match the pattern. May be repeated." };

/** The flags of Docker's reference; those of HEALTHCHECK are the library's. */
const flagsOf: Readonly<Record<string, readonly Flag[]>> = {
  ADD: [
    chown,
    chmod,
    link,
    exclude,
    { name: "checksum", docs: "Digest that a downloaded file must have: `sha256:…`." },
    { name: "keep-git-dir", docs: "Keeps the `.git` folder of a Git repository.", bare: true },
    { name: "unpack", docs: "Whether archives are unpacked.", values: ["true", "false"] },
  ],
  COPY: [
    { name: "from", docs: "Stage, image or named context to copy from instead of the build context." },
    chown,
    chmod,
    link,
    { name: "parents", docs: "Keeps the parent folders of the sources.", bare: true },
    exclude,
  ],
  FROM: [
    {
      name: "platform",
      docs: "Platform of the base, for images of several platforms.",
      values: ["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64"],
    },
  ],
  RUN: [
    {
      name: "mount",
      docs: "Makes files, a cache or a secret visible while the command runs.",
      values: ["type=bind,", "type=cache,target=", "type=secret,id=", "type=ssh", "type=tmpfs,target="],
    },
    { name: "network", docs: "Network the command sees.", values: ["default", "none", "host"] },
    { name: "security", docs: "Security mode of the command.", values: ["sandbox", "insecure"] },
  ],
};

const directives: readonly (readonly [insert: string, docs: string])[] = [
  ["syntax=docker/dockerfile:1", "The version of the Dockerfile language: here the newest of version 1."],
  ["escape=`", "The character that escapes and continues lines, for paths with backslashes."],
  ["check=skip=", "Build checks to leave out, by name, or `all`."],
];

/**
 * Keywords, flags and parser directives; names of stages and variables are not among them.
 *
 * @param snippets whether the editor knows snippets; without them placeholders become plain text
 */
export async function keywordCompletions(
  analysis: Analysis,
  position: Position,
  snippets = true,
): Promise<CompletionItem[]> {
  const items = await wordCompletions(analysis, position);
  return snippets ? items : items.map(withoutPlaceholders);
}

function withoutPlaceholders(item: CompletionItem): CompletionItem {
  const { insertTextFormat, textEdit, ...rest } = item;
  if (insertTextFormat !== InsertTextFormat.Snippet || !textEdit || !("range" in textEdit)) return item;
  return { ...rest, textEdit: { ...textEdit, newText: textEdit.newText.replaceAll(/\$\{\d+:([^}]*)\}/g, "$1") } };
}

async function wordCompletions(analysis: Analysis, position: Position): Promise<CompletionItem[]> {
  const { dockerfile, lines, text } = analysis;
  const offset = lines.offset(position);
  const line = lines.lineAt(offset);
  const before = text.slice(lines.startOf(line), offset);
  const range = (typed: number): Range => lines.range({ start: offset - typed, end: offset });

  const above = dockerfile.instructions.findLast(({ span }) => span.start < offset) ?? null;
  const onNextLine = above !== null && goesOn(analysis, above, offset);
  const inInstruction = above !== null && (offset <= above.span.end || onNextLine);
  if (
    inInstruction &&
    ((offset > above.headSpan.end && !onNextLine) || (/^\s*#/.test(before) && line !== above.startLine))
  )
    return [];
  if (!inInstruction && /^\s*#/.test(before)) {
    if (above || dockerfile.comments.some(({ start }) => lines.lineAt(start) < line)) return [];
    const typed = /^\s*#\s*(\w*)$/.exec(before);
    if (!typed) return [];
    const known = new Set(dockerfile.directives.filter(({ span }) => !touches(span, offset)).map(({ name }) => name));
    return directives
      .filter(([insert]) => !known.has(insert.split("=")[0]!))
      .map(([insert, docs]) => ({
        label: insert,
        kind: CompletionItemKind.Property,
        documentation: docs,
        textEdit: { range: range(typed[1]!.length), newText: insert },
      }));
  }
  if (!inInstruction) return keywords(analysis, before, range, above);

  const inner = above.trigger ?? above;
  // Without a blank in front, what is typed belongs to the word on the line above.
  if (onNextLine && (inner.keyword === "HEALTHCHECK" || (before === "" && /\S$/.test(above.line.text)))) return [];
  if (offset <= above.keywordSpan.end) {
    const typed = offset - above.keywordSpan.start;
    return keywords(analysis, text.slice(above.keywordSpan.start, offset), range, previous(analysis, above), typed);
  }
  if (above.keyword === "ONBUILD" && (!above.trigger || offset <= inner.keywordSpan.end)) {
    const typed = /\S*$/.exec(before)![0];
    const items = await keywords(analysis, typed, range, above, typed.length);
    return items.filter(({ label }) => !/^(?:FROM|MAINTAINER|ONBUILD)\b/.test(label));
  }
  const word = /\S*$/.exec(before)![0];
  if (word.includes("$")) return [];
  const inFlag = inner.flags.find(({ span }) => span.start < offset && offset <= span.end);
  const argument = inner.args[0] ?? inner.pairs[0];
  const isDash = argument !== undefined && /^--?$/.test(text.slice(argument.span.start, argument.span.end));
  if (!inFlag && argument && offset > argument.span.start + (isDash ? 2 : 0)) {
    return inner.keyword === "HEALTHCHECK" ? fromLibrary(analysis, above, offset) : [];
  }
  if (inner.keyword === "HEALTHCHECK") return fromLibrary(analysis, above, offset);
  const flags = flagsOf[inner.keyword] ?? [];
  const value = /^--([\w-]+)=([^\s,"']*)$/.exec(word);
  if (value) {
    const { docs, values } = flags.find(({ name }) => name === value[1]) ?? { docs: "", values: [] };
    const offered = (values ?? []).filter((insert) => insert.startsWith(value[2]!));
    return offered.map((insert) => ({
      label: insert,
      kind: CompletionItemKind.Value,
      documentation: { kind: MarkupKind.Markdown, value: docs },
      textEdit: { range: range(value[2]!.length), newText: insert },
    }));
  }
  if (!/^(?:-|--[\w-]*)?$/.test(word)) return [];
  const given = new Set(inner.flags.filter((flag) => flag !== inFlag).map(({ name }) => name));
  return flags
    .filter(({ name }) => name === "mount" || name === "exclude" || !given.has(name))
    .map(({ name, docs, bare }) => ({
      label: `--${name}${bare === true ? "" : "="}`,
      kind: CompletionItemKind.Field,
      documentation: { kind: MarkupKind.Markdown, value: docs },
      // Behind the names of stages, which can stand in the same place.
      sortText: `1${name}`,
      textEdit: { range: range(word.length), newText: `--${name}${bare === true ? "" : "="}` },
    }));
}

function previous({ dockerfile }: Analysis, instruction: Instruction): Instruction | null {
  return dockerfile.instructions[dockerfile.instructions.indexOf(instruction) - 1] ?? null;
}

/**
 * Keywords for a word that begins a line. In front of the first FROM only ARG and FROM can stand.
 *
 * @param above the instruction in front of the word
 */
async function keywords(
  analysis: Analysis,
  before: string,
  range: (typed: number) => Range,
  above: Instruction | null,
  typed = before.trimStart().length,
): Promise<CompletionItem[]> {
  const word = before.trimStart();
  if (!/^[A-Za-z]*$/.test(word)) return [];
  const items = await askForItems(`FROM scratch\n${word}`, { line: 1, character: word.length });
  const inStage = above !== null && stageOf(analysis, above) !== null;
  return items
    .filter(({ label, kind }) => kind === CompletionItemKind.Keyword && (inStage || /^(?:ARG|FROM)\b/.test(label)))
    .map((item) => withRange(item, range(typed)));
}

/** The library's items in an instruction, which it sees alone. */
async function fromLibrary(analysis: Analysis, instruction: Instruction, offset: number): Promise<CompletionItem[]> {
  const { dockerfile, lines, text } = analysis;
  const directive = dockerfile.escape === "`" ? "# escape=`\n" : "";
  const header = `${directive}FROM scratch\n`;
  const position = lines.position(offset);
  const shift = instruction.startLine - (directive === "" ? 1 : 2);
  const alone = text.slice(lines.startOf(instruction.startLine), instruction.headSpan.end);
  const items = await askForItems(header + alone, { line: position.line - shift, character: position.character });
  return items.flatMap((item) => {
    if (!item.textEdit || !("range" in item.textEdit)) return [];
    const { start, end } = item.textEdit.range;
    if (start.line !== end.line) return [];
    return [
      withRange(item, { start: { ...start, line: start.line + shift }, end: { ...end, line: end.line + shift } }),
    ];
  });
}

async function askForItems(text: string, position: Position): Promise<CompletionItem[]> {
  return guarded<CompletionItem[]>([], async (service) => {
    const items = await service.computeCompletionItems(text, position);
    return items.map((item) => service.resolveCompletionItem(item));
  });
}

function withRange(item: CompletionItem, range: Range): CompletionItem {
  const { label, kind, documentation, deprecated, insertTextFormat, textEdit } = item;
  return {
    label,
    ...(kind !== undefined && { kind }),
    ...(documentation !== undefined && { documentation }),
    ...(deprecated === true && { deprecated }),
    insertTextFormat: insertTextFormat ?? InsertTextFormat.PlainText,
    textEdit: { range, newText: textEdit?.newText ?? label },
  };
}

// Links

const linkedRegistries = new Set(["docker.io", "ghcr.io", "mcr.microsoft.com", "quay.io"]);

/**
 * The pages of external images that `# syntax=`, FROM, `COPY --from` and mounts name, for the registries that have pages. A
 * name that was probably meant to be a stage has none, and neither has a bare name behind `COPY --from` or in a mount, unless
 * it is a well-known image: it is mostly a named context.
 *
 * @param withBases whether those of FROM are among them, which other tools link, too
 */
export async function documentLinks(analysis: Analysis, withBases = true): Promise<DocumentLink[]> {
  const links: DocumentLink[] = [];
  for (const { name, start } of imageNames(analysis, withBases)) {
    const written = analysis.text.slice(start, start + name.length);
    // A variable or a quote in the name: what would be underlined is not what is opened.
    if (!/^[a-z0-9][a-z0-9._/-]*$/.test(name) || written !== name) continue;
    const slash = name.indexOf("/");
    const first = slash < 0 ? "" : name.slice(0, slash);
    const host = /[.:]|^localhost$/.test(first) ? first : "docker.io";
    if (!linkedRegistries.has(host)) continue;
    const path = (host === first ? name.slice(slash + 1) : name).replace(/^library\/(?=[^/]+$)/, "");
    const tooltip = `Open the page of ${name}`;
    const [found] = await guarded<DocumentLink[]>([], (service) =>
      service.computeLinks(`FROM ${host}/${path}`).map((each) => service.resolveLink(each)),
    );
    if (found?.target === undefined) continue;
    const range = analysis.lines.range({ start, end: start + name.length });
    links.push({ range, target: found.target, tooltip });
  }
  return links;
}

/** The names of images without tag and digest, and where they begin. */
function imageNames(analysis: Analysis, withBases: boolean): { readonly name: string; readonly start: number }[] {
  const { dockerfile, references, stages } = analysis;
  const found = dockerfile.directives
    .filter(({ name }) => name === "syntax")
    .map(({ value, valueSpan }) => ({ name: withoutTag(value), start: valueSpan.start }));
  const mistakes = new Set([...misspelt(references, stages)].map(({ reference }) => reference));
  for (const reference of references) {
    const { target, text, span, kind } = reference;
    if (target.kind !== "image" || mistakes.has(reference) || (kind === "from" && !withBases)) continue;
    if (kind !== "from" && !/[/:@]/.test(target.image) && !wellKnownImages.has(target.image)) continue;
    const name = withoutTag(target.image);
    if (text.startsWith(name)) found.push({ name, start: span.start });
  }
  return found;
}

function withoutTag(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
}

// Formatting

export function formatDocument(analysis: Analysis, options: FormattingOptions): Promise<TextEdit[]> {
  return formatted(analysis, (service) => service.format(analysis.text, options));
}

/** Formats the lines of a range. */
export function formatRange(analysis: Analysis, range: Range, options: FormattingOptions): Promise<TextEdit[]> {
  return formatted(analysis, (service) => service.formatRange(analysis.text, range, options));
}

/** Indents the next line when the escape character `ch` was typed at the end of a line. */
export function formatOnType(
  analysis: Analysis,
  position: Position,
  ch: string,
  options: FormattingOptions,
): Promise<TextEdit[]> {
  return formatted(analysis, (service) => service.formatOnType(analysis.text, position, ch, options));
}

/**
 * The library's edits, as far as they can be trusted. It sets the indentation of every continuation line to the same
 * depth: an instruction whose author used several depths keeps them. Edits in heredoc bodies are dropped, and those of
 * an instruction that would not mean the same afterwards: a string that goes over several lines.
 */
async function formatted(
  analysis: Analysis,
  ask: (service: DockerfileLanguageService) => TextEdit[],
): Promise<TextEdit[]> {
  const { lines, text, dockerfile } = analysis;
  // The library counts a lone carriage return as a line.
  if (/\r(?!\n)/.test(text)) return [];
  const found = (await guarded<TextEdit[]>([], ask)).map(({ range, newText }) => ({
    span: lines.span(range),
    newText,
  }));
  const byInstruction = new Map<Instruction | null, Edit[]>();
  for (const edit of found) {
    const instruction = dockerfile.instructions.length === 0 ? null : around(analysis, edit.span);
    if (!isIndentation(text, edit) || !keepsLayout(analysis, instruction, edit)) continue;
    const group = byInstruction.get(instruction);
    if (group) group.push(edit);
    else byInstruction.set(instruction, [edit]);
  }
  const all = () => [...byInstruction.values()].flat();
  for (let attempt = 0; attempt < 2; attempt++) {
    const edits = all();
    if (edits.length === 0) return [];
    const after = new Analysis(applyEdits(text, edits));
    const changed = changedInstructions(analysis, after);
    if (changed === null) return [];
    if (changed.length === 0) {
      return edits
        .toSorted((a, b) => a.span.start - b.span.start)
        .map(({ span, newText }) => ({ range: lines.range(span), newText }));
    }
    for (const instruction of changed) byInstruction.delete(instruction);
  }
  return [];
}

/** The instruction whose lines hold a span. */
function around(analysis: Analysis, { start, end }: Span): Instruction | null {
  const line = analysis.lines.lineAt(start);
  return (
    [analysis.instructionAt(end), analysis.instructionAt(start)].find(
      (instruction) => instruction && instruction.startLine <= line && line <= instruction.endLine,
    ) ?? null
  );
}

/** Whether an edit replaces blanks at the start of a line by blanks. */
function isIndentation(text: string, { span, newText }: Edit): boolean {
  const startsLine = span.start === 0 || text[span.start - 1] === "\n";
  return startsLine && /^[ \t]*$/.test(newText) && /^[ \t]*$/.test(text.slice(span.start, span.end));
}

function keepsLayout(analysis: Analysis, instruction: Instruction | null, { span, newText }: Edit): boolean {
  if (!instruction) return newText === "";
  const { lines, text } = analysis;
  const line = lines.lineAt(span.start);
  if (line === instruction.startLine) return newText === "";
  if (span.start > instruction.headSpan.end) return false;
  if (newText === "") return true;
  const depths = new Set<string>();
  const last = lines.lineAt(instruction.headSpan.end);
  for (let at = instruction.startLine + 1; at <= last; at++) {
    const [, indent, rest] = /^([ \t]*)(.*)$/s.exec(text.slice(lines.startOf(at), lines.endOf(at)))!;
    if (rest !== "") depths.add(indent!);
  }
  return depths.size === 1;
}

/** The instructions that do not mean the same any more; `null` where their number changed. */
function changedInstructions(before: Analysis, after: Analysis): Instruction[] | null {
  const old = before.dockerfile.instructions;
  const now = after.dockerfile.instructions;
  if (old.length !== now.length || before.dockerfile.directives.length !== after.dockerfile.directives.length)
    return null;
  return old.filter((instruction, i) => !sameMeaning(before, instruction, after, now[i]!));
}
