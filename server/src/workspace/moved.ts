import type { Span } from "../text/range.ts";
import type { BuildMention, InlineDockerfile, MentionPair, MentionWord } from "./mentions.ts";

/**
 * The mentions of a text as they stand in another one that was made of it by one change. Left out are those with a place in
 * what changed, other than all of them.
 */
export function movedMentions(
  mentions: readonly BuildMention[],
  before: string,
  after: string,
): readonly BuildMention[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const tailStart = before.length - tail;
  const shift = after.length - before.length;

  /** `null` for a place in what changed. */
  const at = (offset: number): number | null => (offset <= head ? offset : offset >= tailStart ? offset + shift : null);
  const move = ({ start, end }: Span): Span | null => {
    const [from, to] = [at(start), at(end)];
    return from !== null && to !== null && to - from === end - start ? { start: from, end: to } : null;
  };
  const whole = ({ start, end }: Span): Span => ({ start: at(start) ?? head, end: at(end) ?? after.length - tail });

  let lost = 0;
  const word = <T extends MentionWord | null>(given: T): T => {
    if (given === null) return given;
    const span = move(given.span);
    if (span) return { ...given, span };
    lost++;
    return given;
  };
  const pair = ({ name, value }: MentionPair): MentionPair => ({ name: word(name), value: word(value) });
  const inlined = (given: InlineDockerfile | null): InlineDockerfile | null => {
    if (given === null) return null;
    const lines = given.lines.map(at);
    if (lines.includes(null)) lost++;
    return { ...given, lines: lines.map((line) => line ?? 0) };
  };
  return mentions.flatMap((mention) => {
    const lostBefore = lost;
    const moved: BuildMention = {
      ...mention,
      span: whole(mention.span),
      context: word(mention.context),
      dockerfile: word(mention.dockerfile),
      target: word(mention.target),
      inline: inlined(mention.inline),
      args: mention.args.map(pair),
      contexts: mention.contexts.map(pair),
    };
    return lost > lostBefore ? [] : [moved];
  });
}
