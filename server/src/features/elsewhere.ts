import type { Span } from "../text/range.ts";
import type { FoundBuild, MentioningFile, MentionWord } from "../workspace/mentions.ts";

/** A place of another file that names something of a Dockerfile. */
export interface PlaceElsewhere {
  readonly file: MentioningFile;
  readonly span: Span;
  /** The name as it is written there. */
  readonly text: string;
  /** What the place is: which stage to build, the value of a build arg, or a context that takes the place of a stage. */
  readonly kind: "target" | "arg" | "context";
  readonly build: FoundBuild;
}

/** Where builds name a stage as their target, or give a context that takes its place. */
export function stageElsewhere(builds: readonly FoundBuild[], name: string): PlaceElsewhere[] {
  return distinct(
    builds.flatMap((build) => {
      const { target } = build.mention;
      const named = target && targetName(target);
      const found = named?.text.toLowerCase() === name ? [place(build, "target", named)] : [];
      return [...found, ...contextWords(build, name).map((word) => place(build, "context", word))];
    }),
  );
}

/** Where builds give a context of this name. */
export function contextsElsewhere(builds: readonly FoundBuild[], name: string): PlaceElsewhere[] {
  return distinct(
    builds.flatMap((build) => contextWords(build, name.toLowerCase()).map((word) => place(build, "context", word))),
  );
}

/** Where builds give a build arg its value. */
export function argsElsewhere(builds: readonly FoundBuild[], name: string): PlaceElsewhere[] {
  return distinct(
    builds.flatMap((build) =>
      build.mention.args.filter((arg) => arg.name.text === name).map((arg) => place(build, "arg", arg.name)),
    ),
  );
}

/**
 * The stage that a target names: all of it, or what stands behind `:-` for when a variable does not say it. `null` where
 * something else chooses it.
 */
export function targetName({ text, span }: MentionWord): MentionWord | null {
  if (/^[\w.-]+$/.test(text)) return { text, span };
  const byDefault = /^\$\{\w+:?-([\w.-]+)\}$/.exec(text);
  if (!byDefault || span.end - span.start !== text.length) return null;
  const end = span.end - 1;
  return { text: byDefault[1]!, span: { start: end - byDefault[1]!.length, end } };
}

function contextWords({ mention }: FoundBuild, name: string): MentionWord[] {
  return mention.contexts.map((context) => context.name).filter(({ text }) => text.toLowerCase() === name);
}

function place(build: FoundBuild, kind: PlaceElsewhere["kind"], { text, span }: MentionWord): PlaceElsewhere {
  return { file: build.file, span, text, kind, build };
}

/** Builds that inherit from each other say the same in the same place. */
function distinct(places: readonly PlaceElsewhere[]): PlaceElsewhere[] {
  const seen = new Set<string>();
  return places.filter(({ file, span }) => {
    const key = `${file.uri} ${span.start}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
