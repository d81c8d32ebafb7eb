/** `--target NAME`, `--target=NAME`, also quoted, on the next line, or as the next item of a list. */
const flag = /--target(?:\\?["']?\s*,\s*|=|\s+(?:\\\r?\n\s*|-\s+)?)\\?(["']?)([^\s"'`\\,;|&)\]}]*)/g;

/** `target: NAME`, `"target": "NAME"`, `target = "NAME"`. */
const key = /\btarget["']?\s*[:=]\s*(["']?)([^\s"'`\\,;|&)\]}]*)/g;

const stageName = /^[A-Za-z][\w.-]*/;

/** How a value begins, or goes on behind a name, that is a variable, a template, a list or a reference. */
const chosenElsewhere = /^(?:[$%[*&-]|\{\{)/;

/**
 * Stages that a file chooses as the target of a build: `docker build --target NAME` in scripts, `target: NAME` in Compose
 * files and workflows, `target = "NAME"` in Bake files. The text is searched, not parsed, whatever its format: what is found
 * only keeps quiet about stages that nothing else uses, so too much does no harm. Linear in the text.
 *
 * @param file the file's name
 * @returns the names in lower case; where a variable chooses, every word of the file may be one
 */
export function targetsIn(file: string, text: string): ReadonlySet<string> {
  const targets = new Set<string>();
  // What stands in front of the variables: `app-` of `app-${VARIANT}`.
  const prefixes = new Set<string>();
  const hasBareVariables = file.toLowerCase().endsWith(".hcl");
  for (const [pattern, isKey] of [
    [flag, false],
    [key, true],
  ] as const) {
    for (const [, quote, value = ""] of text.matchAll(pattern)) {
      const name = stageName.exec(value)?.[0] ?? "";
      if (chosenElsewhere.test(value.slice(name.length))) prefixes.add(name);
      else if (isKey && quote === "" && name !== "" && hasBareVariables) prefixes.add("");
      else if (name === value && name !== "") targets.add(name.toLowerCase());
    }
  }
  if (prefixes.size > 0) {
    for (const word of new Set(text.match(/[A-Za-z][\w.-]*/g))) {
      for (const prefix of prefixes) targets.add((prefix + word).toLowerCase());
    }
  }
  return targets;
}
