import { type DocumentSymbol, SymbolKind } from "vscode-languageserver-types";
import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Stage } from "../stages/resolve.ts";
import { encloses, type Span } from "../text/range.ts";
import { cut } from "./markdown.ts";
import { nameSpan, writtenName } from "./subject.ts";
import { copiedPaths, transferLabel } from "../stages/transfer.ts";

/** The outline: what stands above the first FROM, then the stages with their instructions. */
export function documentSymbols(analysis: Analysis): DocumentSymbol[] {
  const above = analysis.dockerfile.instructions.filter(
    ({ span }) => span.start < (analysis.stages[0]?.span.start ?? Infinity),
  );
  return [
    ...above.map((instruction) => instructionSymbol(analysis, instruction)),
    ...analysis.stages.map((stage) => stageSymbol(analysis, stage)),
  ];
}

function stageSymbol(analysis: Analysis, stage: Stage): DocumentSymbol {
  return {
    ...place(analysis, stage.span, nameSpan(stage)),
    name: writtenName(stage),
    detail: `FROM ${stage.base?.text ?? ""}`.trim(),
    kind: SymbolKind.Module,
    children: stage.instructions.map((instruction) => instructionSymbol(analysis, instruction)),
  };
}

const kinds: Readonly<Record<string, SymbolKind>> = {
  ADD: SymbolKind.File,
  ARG: SymbolKind.Variable,
  CMD: SymbolKind.Event,
  COPY: SymbolKind.File,
  ENTRYPOINT: SymbolKind.Event,
  ENV: SymbolKind.Variable,
  RUN: SymbolKind.Function,
};

function instructionSymbol(analysis: Analysis, instruction: Instruction): DocumentSymbol {
  return {
    ...place(analysis, instruction.span, instruction.keywordSpan),
    name: shorten(`${instruction.keyword} ${summary(analysis, instruction)}`, 80),
    kind: kinds[instruction.keyword] ?? SymbolKind.Property,
  };
}

function place({ lines }: Analysis, span: Span, selection: Span): Pick<DocumentSymbol, "range" | "selectionRange"> {
  const inside = encloses(span, selection) ? selection : { start: span.start, end: span.start };
  return { range: lines.range(span), selectionRange: lines.range(inside) };
}

/** What an instruction does, in a few words. */
function summary(analysis: Analysis, instruction: Instruction): string {
  const inner = instruction.trigger ?? instruction;
  const { keyword, json, args, pairs } = inner;
  if (instruction.trigger) return `${keyword} ${summary(analysis, { ...inner, heredocs: instruction.heredocs })}`;
  switch (keyword) {
    case "COPY":
    case "ADD": {
      const from = inner.flags.find(({ name }) => name === "from")?.value ?? null;
      return (from === null ? "" : `--from=${from} `) + transferLabel(copiedPaths(inner));
    }
    case "ARG":
    case "ENV":
    case "LABEL":
      return pairs.length === 1 && keyword !== "LABEL" ? pairText(pairs[0]!) : pairs.map(({ key }) => key).join(", ");
    case "RUN":
    case "CMD":
    case "ENTRYPOINT":
    case "HEALTHCHECK":
      if (json) return args.map(({ text }) => text).join(" ");
      return firstCommand(analysis.text, instruction, args.map(({ text }) => text).join(" "));
    default:
      return args.map(({ text }) => text).join(" ");
  }
}

function pairText({ key, value }: { key: string; value: string | null }): string {
  return value === null ? key : `${key}=${value}`;
}

/** The first command of a script that does more than set options or change the folder. Good enough for a label. */
function firstCommand(text: string, { heredocs }: Instruction, head: string): string {
  const script = heredocs[0] && /^\d*<</.test(head) ? text.slice(heredocs[0].body.start, heredocs[0].body.end) : head;
  // Enough for a label; the rest of a long script is not read.
  const commands = script
    .slice(0, 2000)
    .split(/&&|\|\||[;\n]/)
    .map((command) => command.trim())
    .filter((command) => command !== "" && !command.startsWith("#"));
  const telling = commands.find((command) => !/^(?:set|cd|export)\s/.test(command)) ?? commands[0] ?? "";
  return commands.length > 1 && !telling.endsWith("…") ? `${shorten(telling, 60)} …` : telling;
}

/** In one line, without control characters. */
function shorten(text: string, limit: number): string {
  // eslint-disable-next-line no-control-regex -- these are what must go
  return cut(text.replace(/[\s\u0000-\u001f\u007f]+/g, " ").trim(), limit);
}
