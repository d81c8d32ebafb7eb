const named: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

const special = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** The text in double quotes as BuildKit's messages show it, with Go's escapes. */
export function quoted(text: string): string {
  return `"${text.replace(special, (ch) => named[ch] ?? escaped(ch.codePointAt(0)!))}"`;
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** A text for a message: what is too long to be read there is cut off. */
export function shortened(text: string, longest = 100): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
