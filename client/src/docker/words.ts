/** Words as people write them in one line, with quotes around those that have spaces; no shell reads them. */

/** What stands in quotes is taken as it is, a backslash included; `null` where a quote is not closed. */
export function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (const character of text) {
    if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (!/\s/.test(character)) word = (word ?? "") + character;
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (quote !== "") return null;
  return word === null ? words : [...words, word];
}

/** The line that {@link splitWords} takes apart into these words. */
export function joinWords(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (word !== "" && !/[\s"']/.test(word)) return word;
  if (!word.includes('"')) return `"${word}"`;
  return word
    .split('"')
    .map((part) => (part === "" ? "" : `"${part}"`))
    .join(`'"'`);
}

/** `NAME=value NAME="two words"`; `null` where it is nothing of the kind. */
export function readPairs(text: string): Record<string, string> | null {
  const pairs = splitWords(text)?.map((word) => /^([^=\s]+)=([^]*)$/.exec(word));
  if (!pairs?.every((pair) => pair !== null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair[1]!, pair[2]!]));
}

export function joinPairs(pairs: Readonly<Record<string, string>>): string {
  return joinWords(Object.entries(pairs).map(([name, value]) => `${name}=${value}`));
}
