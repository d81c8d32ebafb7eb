/** Options of builds that would make something else than an image to look at, or say where it goes. */

/** With a value, in the same word or the next. */
const withValue = new Set(
  "--annotation --attest --cache-to --call --file -f --iidfile --metadata-file --output -o --platform --progress --provenance --sbom --tag -t --target".split(
    " ",
  ),
);
const alone = new Set("--check --debug -D --load --no-cache --print --push --quiet -q".split(" "));

/** What of a user's own options is good for an image that is only measured. */
export function measuringOptions(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const name = /^--[^=]*|^-./.exec(word)?.[0] ?? word;
    if (alone.has(name)) continue;
    if (!withValue.has(name)) kept.push(word);
    else if (word === name) at++;
  }
  return kept;
}
