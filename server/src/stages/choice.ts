/** The parts of a FROM's base around its variables: `tool-$OS-x` gives `tool-` and `-x`. One part where it has none. */
export function partsAroundVariables(base: string): string[] {
  return base.split(/\$\{[^}]*\}?|\$\w+/);
}

/**
 * Whether a base may become `name` for some value of its variables: the name begins with the first part, ends with the last,
 * and holds the others between, in order.
 */
export function mayBecome(parts: readonly string[], name: string): boolean {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
