import type { Dockerfile, Instruction } from "../dockerfile/instruction.ts";

/**
 * A question about an instruction that its text and the file's escape character alone answer. Later versions of the
 * document get the same answer, where the instruction may stand elsewhere.
 */
export type Question<T> = (instruction: Instruction, dockerfile: Dockerfile) => T;

type Answers = Map<Question<unknown>, unknown>;

/**
 * What was worked out about instructions. A version of a document takes over from the one before it what is known of the
 * instructions in front of a change and behind it.
 */
export class Memory {
  readonly #dockerfile: Dockerfile;
  readonly #answers = new Map<Instruction, Answers>();

  /** @param before the memory of the version before */
  constructor(dockerfile: Dockerfile, before: Memory | null) {
    this.#dockerfile = dockerfile;
    if (before && before.#dockerfile.escape === dockerfile.escape) this.#takeOver(before);
  }

  recall<T>(question: Question<T>, instruction: Instruction): T {
    let answers = this.#answers.get(instruction);
    if (!answers) this.#answers.set(instruction, (answers = new Map()));
    let answer = answers.get(question) as T | undefined;
    if (answer === undefined) answers.set(question, (answer = question(instruction, this.#dockerfile)));
    return answer;
  }

  #takeOver(before: Memory): void {
    const [old, now] = [before.#dockerfile, this.#dockerfile];
    const take = (from: Instruction, to: Instruction): void => {
      const answers = before.#answers.get(from);
      if (answers) this.#answers.set(to, answers);
      if (from.trigger && to.trigger) take(from.trigger, to.trigger);
    };
    const front = sameFront(old.text, now.text);
    let next = 0;
    for (; next < now.instructions.length; next++) {
      const [from, to] = [old.instructions[next], now.instructions[next]!];
      // What follows may belong to it: its end must be the same, too.
      if (!from || to.span.end > front || from.span.end !== to.span.end) break;
      take(from, to);
    }
    const by = now.text.length - old.text.length;
    const back = sameBack(old.text, now.text);
    for (let i = 1; i <= now.instructions.length - next; i++) {
      const [from, to] = [old.instructions.at(-i), now.instructions.at(-i)!];
      if (!from || to.span.start < back || from.span.start + by !== to.span.start) break;
      if (from.span.end + by !== to.span.end) break;
      take(from, to);
    }
  }
}

const step = 2048;

/** How many characters two texts share at their start; some of the last may be missed. */
function sameFront(a: string, b: string): number {
  let at = 0;
  while (at + step <= Math.min(a.length, b.length) && a.slice(at, at + step) === b.slice(at, at + step)) at += step;
  const end = Math.min(a.length, b.length, at + step);
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** The offset in `b` from which on both end alike; some of the first characters may be missed. */
function sameBack(a: string, b: string): number {
  const by = b.length - a.length;
  const least = Math.max(0, by);
  let at = b.length;
  while (at - step >= least && a.slice(at - step - by, at - by) === b.slice(at - step, at)) at -= step;
  const end = Math.max(least, at - step);
  while (at > end && a.charCodeAt(at - by - 1) === b.charCodeAt(at - 1)) at--;
  return at;
}
