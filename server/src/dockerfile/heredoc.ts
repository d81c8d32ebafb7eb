import { expand } from "./words.ts";

/** What a line says about a heredoc that follows it. */
export interface HeredocOpener {
  readonly name: string;
  readonly fd: number;
  readonly expand: boolean;
  readonly chomp: boolean;
}

const opener = /^(\d*)<<(-?)\s*([^<]*)$/;

/**
 * The heredocs a logical line opens, in order. The escape character is always `\` here, whatever the file's directive
 * says; BuildKit does the same. Arithmetic such as `$((1 << 2))` counts as a heredoc, too.
 */
export function heredocOpeners(line: string): HeredocOpener[] {
  const found: HeredocOpener[] = [];
  for (const word of expand(line, undefined, { rawQuotes: true, rawEscapes: true, skipUnset: true }).words) {
    const match = word.includes("<<") ? opener.exec(word) : null;
    const rest = match?.[3];
    if (!match || !rest) continue;
    const plain = expand(rest, undefined, { skipUnset: true });
    if (plain.words.length !== 1) continue;
    const name = plain.words[0]!;
    const raw = expand(rest, undefined, { skipUnset: true, rawQuotes: true }).words[0] ?? name;
    found.push({ name, fd: Number(match[1]), chomp: match[2] === "-", expand: quotes(name) === quotes(raw) });
  }
  return found;
}

function quotes(text: string): number {
  return text.length - text.replace(/['"]/g, "").length;
}
