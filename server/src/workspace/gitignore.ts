import ignore, { type Ignore } from "ignore";

/** Patterns with more wildcards than this are slow to match, and nobody needs them. */
const mostWildcards = 8;
const mostPatterns = 2000;

/** What the `.gitignore` files of a project leave out. Paths are from the project's folder. */
export class GitIgnore {
  readonly #rules = new Map<string, Ignore>();
  /** What was found out about folders. */
  readonly #folders = new Map<string, boolean>();

  /** @param folder the folder of the file, `""` for the project's */
  add(folder: string, text: string): void {
    const lines = text
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/)
      .filter((line) => line.split("*").length <= mostWildcards)
      .slice(0, mostPatterns);
    this.#rules.set(folder, ignore({ ignorecase: false }).add(lines));
    this.#folders.clear();
  }

  /** Whether a file is left out, or a folder that it lies in. */
  leavesOut(path: string): boolean {
    if (this.#rules.size === 0) return false;
    return this.leavesOutFolder(parentOf(path)) || this.#decide(path, "");
  }

  leavesOutFolder(path: string): boolean {
    if (path === "" || this.#rules.size === 0) return false;
    let found = this.#folders.get(path);
    if (found === undefined) {
      found = this.leavesOutFolder(parentOf(path)) || this.#decide(path, "/");
      this.#folders.set(path, found);
    }
    return found;
  }

  /** The file that is nearest to a path decides, if it says something. */
  #decide(path: string, end: string): boolean {
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      const rules = this.#rules.get(folder);
      if (rules) {
        const { ignored, unignored } = this.#test(rules, path.slice(folder === "" ? 0 : folder.length + 1) + end);
        if (ignored || unignored) return ignored;
      }
      if (folder === "") return false;
    }
  }

  #test(rules: Ignore, path: string): { readonly ignored: boolean; readonly unignored: boolean } {
    try {
      return rules.test(path);
    } catch {
      // A name that the library takes for a path that leads out of the folder, or a pattern that it cannot read.
      return { ignored: false, unignored: false };
    }
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
