import type { Dockerfile, Instruction } from "../dockerfile/instruction.ts";
import { sameBack, sameFront } from "../text/same.ts";

/**
 * A question about an instruction that its text and the file's escape character alone answer. Later versions of the
 * document get the same answer, where the instruction may stand elsewhere.
 */
export type Question<T> = (instruction: Instruction, dockerfile: Dockerfile) => T;

type Answers = Map<Question<unknown>, unknown>;

/** What was asked, with the answers by what they depend on. */
type Kept = Map<object, Map<string, unknown>>;

/** What {@link Memory.those} knows of an instruction. */
const unasked = 0;
const no = 1;
const yes = 2;

/**
 * What was worked out about instructions. A version of a document takes over from the one before it what is known of the
 * instructions in front of a change and behind it.
 */
export class Memory {
  readonly #dockerfile: Dockerfile;
  /** For each instruction of the file, and for what stands behind its ONBUILD: the even places and the odd ones. */
  #answers: (Answers | undefined)[] = [];
  /** For each question what is known of each instruction of the file. */
  readonly #known = new Map<Question<boolean>, Uint8Array>();
  readonly #those = new Map<Question<boolean>, readonly Instruction[]>();
  /** What this version was asked, and what the versions before it were asked last. */
  readonly #kept: Kept = new Map();
  readonly #keptBefore: Kept = new Map();
  readonly #numbers: { next: number };

  /** @param before the memory of the version before */
  constructor(dockerfile: Dockerfile, before: Memory | null) {
    this.#dockerfile = dockerfile;
    const known = before !== null && before.#dockerfile.escape === dockerfile.escape ? before : null;
    // A number is never given twice, also where the version before is still asked.
    this.#numbers = known ? known.#numbers : { next: 0 };
    if (!known) return;
    this.#takeOver(known);
    this.#keptBefore = new Map([...known.#keptBefore, ...known.#kept]);
  }

  recall<T>(question: Question<T>, instruction: Instruction): T {
    const at = this.#placeOf(instruction);
    const answers = (this.#answers[at] ??= new Map());
    let answer = answers.get(question) as T | undefined;
    if (answer === undefined) answers.set(question, (answer = question(instruction, this.#dockerfile)));
    return answer;
  }

  #placeOf({ span: { start } }: Instruction): number {
    const { instructions } = this.#dockerfile;
    let low = 0;
    let high = instructions.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (instructions[middle]!.span.start <= start) low = middle;
      else high = middle - 1;
    }
    return instructions[low]?.span.start === start ? 2 * low : 2 * low + 1;
  }

  /** The instructions of the file for which the answer is yes, or is so for what stands behind their ONBUILD. */
  those(question: Question<boolean>): readonly Instruction[] {
    let those = this.#those.get(question);
    if (!those) this.#those.set(question, (those = this.#find(question)));
    return those;
  }

  #find(question: Question<boolean>): readonly Instruction[] {
    const { instructions } = this.#dockerfile;
    let known = this.#known.get(question);
    if (!known) this.#known.set(question, (known = new Uint8Array(instructions.length)));
    for (let i = known.indexOf(unasked); i >= 0; i = known.indexOf(unasked, i + 1)) {
      const instruction = instructions[i]!;
      const { trigger } = instruction;
      const isYes = question(instruction, this.#dockerfile) || (trigger && question(trigger, this.#dockerfile));
      known[i] = isYes ? yes : no;
    }
    const found: Instruction[] = [];
    for (let i = known.indexOf(yes); i >= 0; i = known.indexOf(yes, i + 1)) found.push(instructions[i]!);
    return found;
  }

  /**
   * The answer to a question that a key decides; it names no place. A version keeps what it was asked itself, and what the
   * one before it was.
   */
  keep<T>(question: object, key: string, work: () => T): T {
    let answers = this.#kept.get(question);
    if (!answers) this.#kept.set(question, (answers = new Map()));
    let answer = answers.get(key) as T | undefined;
    if (answer !== undefined) return answer;
    answer = this.#keptBefore.get(question)?.get(key) as T | undefined;
    answer ??= work();
    answers.set(key, answer);
    return answer;
  }

  /** A number that stands for a text, the same in later versions. */
  numberOf(text: string): number {
    return this.keep(numbering, text, () => this.#numbers.next++);
  }

  #takeOver(before: Memory): void {
    const [old, now] = [before.#dockerfile, this.#dockerfile];
    const front = sameFront(old.text, now.text);
    let next = 0;
    for (; next < now.instructions.length; next++) {
      const [from, to] = [old.instructions[next], now.instructions[next]!];
      if (from === to) continue;
      // What follows may belong to it: its end must be the same, too.
      if (!from || to.span.end > front || from.span.end !== to.span.end) break;
    }
    const by = now.text.length - old.text.length;
    const back = sameBack(old.text, now.text);
    let behind = 0;
    for (let i = 1; i <= now.instructions.length - next; i++) {
      const [from, to] = [old.instructions.at(-i), now.instructions.at(-i)!];
      if (!from || to.span.start < back || from.span.start + by !== to.span.start) break;
      if (from.span.end + by !== to.span.end) break;
      behind = i;
    }
    this.#answers = before.#answers.slice(0, 2 * next);
    this.#answers.length = 2 * now.instructions.length;
    for (let i = 1; i <= 2 * behind; i++)
      this.#answers[2 * now.instructions.length - i] = before.#answers[2 * old.instructions.length - i];
    for (const [question, known] of before.#known) {
      const all = new Uint8Array(now.instructions.length);
      all.set(known.subarray(0, next));
      if (behind > 0) all.set(known.subarray(-behind), all.length - behind);
      this.#known.set(question, all);
    }
  }
}

const numbering = {};
