/** Words in a sentence: `a`, `a and b`, `a, b or c`; nothing for none. */
export function joined(words: readonly string[], conjunction: "and" | "or"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)!}`;
}

/** Not more than so many words: the last of them says how many others there are. */
export function atMost(most: number, words: readonly string[], others: (count: number) => string): readonly string[] {
  return words.length > most ? [...words.slice(0, most - 1), others(words.length - most + 1)] : words;
}
