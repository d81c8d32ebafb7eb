import { type CheckDirective, checkDirective } from "../dockerfile/check-directive.ts";
import { parseDirective } from "../dockerfile/directives.ts";
import type { Analysis } from "../stages/analysis.ts";
import { type Edit, lineEnding } from "../text/edit.ts";

/** More options than this BuildKit does not tell apart. */
const mostOptions = 3;

/**
 * The edit that makes the check directive of a file skip a rule, or adds such a directive behind the other ones.
 *
 * @returns `null` where the file skips all rules already, or has a check directive that BuildKit does not understand
 */
export function ignoreEdit({ dockerfile, text, lines }: Analysis, rule: string): Edit | null {
  const check = checkDirective(text);
  if (check) return extend(check, text, rule);
  // One that is indented has no effect, but is the only one that a file may have.
  if (dockerfile.directives.some(({ name }) => name === "check")) return null;
  const top = text.startsWith("\ufeff") ? 1 : 0;
  let line = text.startsWith("#!", top) ? 1 : 0;
  const isDirective = (start: number): boolean =>
    text[start] === "#" && parseDirective(text.slice(start, lines.endOf(line)), start) !== null;
  while (line < lines.count && isDirective(Math.max(top, lines.startOf(line)))) line++;
  const start = Math.max(top, lines.startOf(line));
  return { span: { start, end: start }, newText: `# check=skip=${rule}${lineEnding(text)}` };
}

/** Names one more rule in the last `skip` of a directive, which is the one that counts. */
function extend({ span, options, problem }: CheckDirective, text: string, rule: string): Edit | null {
  if (problem !== null || options.skip === "all") return null;
  const at = (offset: number, newText: string): Edit => {
    const start = span.start + offset;
    return { span: { start, end: start }, newText };
  };
  // BuildKit reads the value up to its first blank.
  const [value = ""] = text.slice(span.start, span.end).split(" ", 1);
  const parts = value.split(";");
  const last = parts.findLastIndex((part) => /^\s*skip\s*=/.test(part));
  if (last < 0) {
    if (parts.length >= mostOptions) return null;
    return at(value.length, `${value === "" ? "" : ";"}skip=${rule}`);
  }
  const end = parts.slice(0, last + 1).join(";").length;
  return at(end, `${parts[last]!.endsWith("=") ? "" : ","}${rule}`);
}
