/** Why a build failed, in what it said. */

/** Keeps the end of a long text. */
export interface Tail {
  readonly add: (text: string) => void;
  readonly text: () => string;
}

const longestTail = 16_000;

export function keepTail(): Tail {
  let kept = "";
  return {
    add: (text) => {
      kept = (kept + text).slice(-longestTail);
    },
    text: () => kept,
  };
}

// eslint-disable-next-line no-control-regex -- colours begin with one
const escapes = /\u001B\[[\d;]*[A-Za-z]/g;

/** What points to help, and says nothing about the failure. */
const pointers = /^(?:See '|Run '|Usage:|View build details:|-+$)/;

const isError = /^(?:#\d+ )?error: /i;
const prefixes = /^(?:#\d+ )?(?:(?:error|failed to build|failed to solve|rpc error: code = \w+ desc =):? )+/i;

/** The last line that says what is wrong, without what every such line begins with. */
export function failureIn(output: string): string {
  const lines = output
    .split(/\r?\n|\r/)
    .map((line) => line.replaceAll(escapes, "").trim())
    .filter((line) => line !== "" && !pointers.test(line));
  const last = lines.findLast((line) => isError.test(line)) ?? lines.at(-1) ?? "";
  return last.replace(prefixes, "") || "the build failed";
}
