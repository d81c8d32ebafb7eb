/** What a user wants for all builds of a Dockerfile in this workspace. Relative paths begin in its folder. */
export interface Remembered {
  readonly args: Readonly<Record<string, string>>;
  /** `""` for that of the builder. */
  readonly platform: string;
  /** The build context: a folder or an address; `""` where none was chosen. */
  readonly context: string;
  /** Named contexts: folders or addresses. */
  readonly contexts: Readonly<Record<string, string>>;
  /** As `--secret` takes them: `id=npm,src=.npmrc`. */
  readonly secrets: readonly string[];
  /** More options of `docker buildx build`, each word for itself. */
  readonly options: readonly string[];
}

export const nothingRemembered: Remembered = {
  args: {},
  platform: "",
  context: "",
  contexts: {},
  secrets: [],
  options: [],
};

/** What was kept, whichever version of the extension kept it. */
export function readRemembered(value: unknown): Remembered {
  const kept = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const text = (each: unknown): string => (typeof each === "string" ? each : "");
  const texts = (each: unknown): string[] =>
    Array.isArray(each) ? each.filter((word) => typeof word === "string") : [];
  const pairs = (each: unknown): Record<string, string> =>
    typeof each === "object" && each !== null
      ? Object.fromEntries(Object.entries(each).filter(([, word]) => typeof word === "string"))
      : {};
  return {
    args: pairs(kept["args"]),
    platform: text(kept["platform"]),
    context: text(kept["context"]),
    contexts: pairs(kept["contexts"]),
    secrets: texts(kept["secrets"]),
    options: texts(kept["options"]),
  };
}

export function isNothing({ args, platform, context, contexts, secrets, options }: Remembered): boolean {
  const isEmpty = [args, contexts].every((pairs) => Object.keys(pairs).length === 0);
  return isEmpty && `${platform}${context}` === "" && secrets.length === 0 && options.length === 0;
}
