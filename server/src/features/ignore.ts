import type { Directive } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { type Edit, lineEnding } from "../text/edit.ts";

/**
 * The edit that makes a file's check directive skip a rule, or adds such a directive behind the other ones.
 *
 * @returns `null` where the file skips all rules already, or starts with `#!`, behind which not all directives count
 */
export function ignoreEdit({ dockerfile, text, lines }: Analysis, rule: string): Edit | null {
  const top = text.startsWith("\ufeff") ? 1 : 0;
  if (text.startsWith("#!", top)) return null;
  const check = dockerfile.directives.find(({ name }) => name === "check");
  if (check) return extend(check, rule);
  const added = `# check=skip=${rule}`;
  const last = dockerfile.directives.at(-1);
  if (!last) return { span: { start: top, end: top }, newText: added + lineEnding(text) };
  const end = lines.endOf(lines.lineAt(last.span.end));
  return { span: { start: end, end }, newText: lineEnding(text) + added };
}

/** Names one more rule in the last `skip` of a directive, which is the one that counts. */
function extend({ value, valueSpan }: Directive, rule: string): Edit | null {
  // BuildKit reads the value up to its first blank.
  const [read = ""] = value.split(" ");
  const at = (offset: number, newText: string): Edit => {
    const start = valueSpan.start + offset;
    return { span: { start, end: start }, newText };
  };
  let start = 0;
  let skip: Edit | null | undefined;
  for (const part of read.split(";")) {
    const names = /^skip=(.*)$/s.exec(part)?.[1];
    const end = start + part.length;
    if (names !== undefined) skip = names === "all" ? null : at(end, names === "" ? rule : `,${rule}`);
    start = end + 1;
  }
  if (skip !== undefined) return skip;
  return at(read.length, `${read === "" || read.endsWith(";") ? "" : ";"}skip=${rule}`);
}
