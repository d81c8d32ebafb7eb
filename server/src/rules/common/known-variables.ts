import type { Instruction } from "../../dockerfile/instruction.ts";
import { emptyEnvironment, environmentOf } from "../../images/environment.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Question } from "../../stages/memory.ts";
import { encloses, type Span } from "../../text/range.ts";

/** What rules about variables know of a stage: which names have a value there, and which uses BuildKit checks. */

/** A name that stays as it is when BuildKit expands it. */
const plainName = /^[^$'"\\`]+$/;

/**
 * For each stage the variables that the image at the start of its base chain sets; `null` where they are not known, or
 * where an ENV sets a name that is only known once it is expanded.
 */
export function baseEnvironments(analysis: Analysis): readonly (ReadonlySet<string> | null)[] {
  let found = known.get(analysis);
  if (!found) known.set(analysis, (found = readEnvironments(analysis)));
  return found;
}

/** Several rules ask for them. */
const known = new WeakMap<Analysis, readonly (ReadonlySet<string> | null)[]>();

const setsOdd: Question<boolean> = ({ keyword, pairs }) => keyword === "ENV" && pairs.some(isOdd);

function readEnvironments(analysis: Analysis): (ReadonlySet<string> | null)[] {
  const { stages, roots } = analysis;
  const odd = new Set<number>();
  for (const instruction of analysis.those(setsOdd)) {
    const stage = analysis.stageOf(instruction);
    if (stage) odd.add(stage.index);
  }
  const found: (ReadonlySet<string> | null)[] = [];
  // FROM names stages above only, so what they start with is known.
  for (const { index, base } of stages) {
    const root = roots[index];
    if (odd.has(index) || !root) found.push(null);
    else if (base?.target.kind === "stage") found.push(found[base.target.stage]!);
    else found.push(root.kind === "scratch" ? emptyEnvironment : environmentOf(root.image));
  }
  return found;
}

function isOdd({ key }: { readonly key: string }): boolean {
  return !plainName.test(key);
}

/** The names behind `$` and `${` in a text, each once. */
export function namesIn(text: string): Set<string> {
  const names = new Set<string>();
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at)) {
    at++;
    if (text[at] === "{") at++;
    const start = at;
    while (isNameCode(text.charCodeAt(at))) at++;
    if (at > start && !isDigit(text.charCodeAt(start))) names.add(text.slice(start, at));
  }
  return names;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const isNameCode = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

/** The instructions in which BuildKit looks for variables without a value; it expands those of EXPOSE without a word. */
export const checkedInstructions: ReadonlySet<string> = new Set(
  "ADD ARG COPY ENV LABEL RUN STOPSIGNAL USER VOLUME WORKDIR".split(" "),
);

const checkedFlags: ReadonlySet<string> = new Set(["chown", "chmod", "checksum"]);

/**
 * The parts of an instruction that BuildKit expands one by one and in which it tells of variables without a value, in the
 * order of the file. Of ARG it expands the defaults alone.
 *
 * @param written the instruction of the file; of ONBUILD the one behind it is looked at
 */
export function checkedWords(written: Instruction): readonly Span[] {
  const { keyword, args, flags, pairs, mounts } = written.trigger ?? written;
  if (!checkedInstructions.has(keyword)) return [];
  const words: Span[] = mounts.flatMap(({ fields }) => fields.map(({ span }) => span));
  for (const { name, valueSpan } of flags) if (valueSpan && checkedFlags.has(name)) words.push(valueSpan);
  if (keyword === "RUN") return words;
  for (const { keySpan, valueSpan } of pairs) {
    if (keyword !== "ARG") words.push(keySpan);
    if (valueSpan) words.push(valueSpan);
  }
  // The name of a heredoc is taken as it is.
  for (const { text, span } of args) if (written.heredocs.length === 0 || !text.startsWith("<<")) words.push(span);
  for (const { body } of written.heredocs) words.push(body);
  return words.toSorted((a, b) => a.start - b.start);
}

/** The word that holds a place; `null` where none does. */
export function wordAround(words: readonly Span[], place: Span): Span | null {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle]!.start <= place.start) low = middle + 1;
    else high = middle;
  }
  const word = words[low - 1];
  return word && encloses(word, place) ? word : null;
}
