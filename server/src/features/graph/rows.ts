import type { Instruction } from "../../dockerfile/instruction.ts";
import type { Analysis } from "../../stages/analysis.ts";

/** More characters of an instruction are not shown in a row. */
const longestRow = 80;

/** An instruction in one short line, without its keyword: of a RUN with a here-document the first lines of that, too. */
export function rowOf({ text }: Analysis, { keyword, line, heredocs }: Instruction): string {
  const [first] = heredocs;
  const body =
    first && keyword === "RUN"
      ? text.slice(first.body.start, Math.min(first.body.end, first.body.start + 4 * longestRow))
      : "";
  const lines = [line.text.slice(0, 4 * longestRow).replace(/^\s*\S+\s*/, ""), ...body.split("\n")];
  const row = lines
    .map((each) => each.replaceAll(/\s+/g, " ").trim())
    .filter((each) => each !== "")
    .join(" ⏎ ");
  return row.length > longestRow ? `${row.slice(0, longestRow - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : row;
}

/** Whether BuildKit runs an instruction as a step of its own, which is in its cache or not. */
export function isBuildStep({ keyword, args }: Instruction): boolean {
  if (keyword === "WORKDIR") return args[0]?.text !== "/";
  return keyword === "RUN" || keyword === "COPY" || keyword === "ADD";
}
