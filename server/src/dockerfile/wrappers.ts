import type { ShellWord } from "./shell.ts";

/** `program args` of a command behind its wrappers: `env A=b`, `time`, `exec`, `sudo`. */
export function unwrapCommand(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 0;
  for (;;) {
    const value = words[at]?.value;
    if (value === "time" || value === "exec" || value === "command" || value === "sudo" || value === "nice") {
      // `command -v x` asks.
      if (words[at + 1]?.value.startsWith("-") !== false) return words.slice(at);
      at++;
    } else if (value === "env" && words.length > at + 1) {
      let next = at + 1;
      while (/^\w+=/.test(words[next]?.value ?? "")) next++;
      if (next >= words.length || words[next]!.value.startsWith("-")) return words.slice(at);
      at = next;
    } else return words.slice(at);
  }
}

/** The variables that `env A=b program` sets. */
export function wrapperAssignments(words: readonly ShellWord[]): [string, string][] {
  const set: [string, string][] = [];
  if (words[0]?.value !== "env") return set;
  for (const { value } of words.slice(1)) {
    const match = /^(\w+)=(.*)$/s.exec(value);
    if (!match) break;
    set.push([match[1]!, match[2]!]);
  }
  return set;
}
