/** Text of a file as Markdown that shows it and nothing else: no links, no formatting, no HTML. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, "\\$&").replace(/\s+/g, " ");
}

/**
 * Text of a file as a code span, in one line and shortened.
 *
 * @param limit the most characters shown
 */
export function code(text: string, limit = 60): string {
  const shown = cut(text.replace(/\s+/g, " ").trim(), limit);
  if (shown === "") return "` `";
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return fence + pad + shown + pad + fence;
}

/** At most `limit` characters of a text. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Half of a surrogate pair is no character.
  return `${text
    .slice(0, limit - 1)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd()}…`;
}

/** `a, b, c and 4 more`. */
export function list(items: readonly string[], limit = 4, separator = ", "): string {
  const shown = items.length > limit ? items.slice(0, limit - 1) : items;
  const more = items.length - shown.length;
  return shown.join(separator) + (more > 0 ? ` and ${more} more` : "");
}

/**
 * What a comment says: its lines without `#`, without rulers such as `# -----`.
 *
 * @param comment the text of whole comment lines
 */
export function commentLines(comment: string): string[] {
  return comment
    .split("\n")
    .map((line) => line.trim().replace(/^#+/, "").trim())
    .filter((line) => /[\p{L}\p{N}]/u.test(line));
}
