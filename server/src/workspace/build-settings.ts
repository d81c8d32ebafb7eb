import { cleanPath } from "../text/paths.ts";
import { isMerged, isPlaced, mergeKey } from "./builds.ts";
import { type BuildMention, type FoundBuild, isElsewhere, mentionedPlaces, type MentionPair } from "./mentions.ts";

/** What a build is given, as far as a file says it in words that stand for themselves. */
export interface BuildSettings {
  /** The folder that is the build context, from the project's folder or absolute; `null` where it is none, or not known. */
  readonly context: string | null;
  readonly target: string | null;
  readonly args: Readonly<Record<string, string>>;
  /** Folders as `context` has them, and addresses as they are. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  readonly secrets: readonly string[];
  readonly ssh: readonly string[];
}

/** Whether a text means the same everywhere: no variable, no command, no expression. */
const isLiteral = (text: string): boolean => !/[$`]|\{\{/.test(text);

const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/|^git@/i.test(text);

/**
 * What a mention says of a build of a Dockerfile.
 *
 * @param all the builds of this Dockerfile: files that are merged say together where a build is
 */
export function buildSettings(
  { file, mention }: FoundBuild,
  dockerfile: string,
  all: readonly FoundBuild[],
): BuildSettings {
  const below = isMerged(mention) && !isPlaced(mention) ? placedWith(mention, file.path, all) : null;
  const placed = below ?? mention;
  const base = mentionedPlaces(placed, file.path).find((place) => place.dockerfile === dockerfile)?.base ?? null;
  const pathOf = (text: string): string | null => {
    if (text.startsWith("/") || /^[A-Za-z]:[\\/]/.test(text)) return text;
    return base === null ? null : cleanPath(`${base}/${text}`);
  };
  const context = placed.context?.text ?? ".";
  const target = mention.target?.text ?? below?.target?.text ?? null;
  return {
    context: isElsewhere(context) ? null : pathOf(context),
    target: target !== null && isLiteral(target) ? target : null,
    args: literals([...(below?.args ?? []), ...mention.args], (value) => value),
    contexts: literals([...(below?.contexts ?? []), ...mention.contexts], (value) => {
      if (isAddress(value)) return value;
      return isElsewhere(value) ? null : pathOf(value);
    }),
    platforms: [...new Set([...(below?.platforms ?? []), ...mention.platforms])].filter(isLiteral),
    secrets: [...(below?.secrets ?? []), ...mention.secrets]
      .filter(isLiteral)
      .flatMap((secret) => secretFrom(secret, pathOf) ?? []),
    ssh: [...(below?.ssh ?? []), ...mention.ssh].filter(isLiteral),
  };
}

function placedWith(mention: BuildMention, path: string, all: readonly FoundBuild[]): BuildMention | null {
  const key = mergeKey(mention, path);
  const found = all.find(
    (other) => isMerged(other.mention) && isPlaced(other.mention) && mergeKey(other.mention, other.file.path) === key,
  );
  return found?.mention ?? null;
}

function literals(pairs: readonly MentionPair[], read: (value: string) => string | null): Record<string, string> {
  return Object.fromEntries(
    pairs.flatMap(({ name, value }) => {
      const known = value && isLiteral(name.text) && isLiteral(value.text) ? read(value.text) : null;
      return known === null ? [] : [[name.text, known]];
    }),
  );
}

/** The same secret with its file as a path from the project's folder; `null` where that is not known. */
function secretFrom(secret: string, pathOf: (text: string) => string | null): string | null {
  const fields: string[] = [];
  for (const field of secret.split(",")) {
    const file = /^(src|source)=(.*)$/.exec(field.trim());
    const path = file && pathOf(file[2]!);
    if (file && path === null) return null;
    fields.push(file ? `${file[1]}=${path}` : field.trim());
  }
  return fields.join(",");
}
