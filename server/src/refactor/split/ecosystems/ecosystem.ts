import type { Call } from "../../../stages/calls.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { OfficialImage } from "../../../images/image.ts";
import type { RoleOf } from "../roles.ts";

/** A path that the runtime stage takes from the builder. */
export interface Crossing {
  /** Absolute in the builder; may hold variables of the file. */
  readonly from: string;
  /** The same place without variables. */
  readonly value: string;
  /** Absolute in the runtime stage; `null` for the same place. */
  readonly to: string | null;
  /** Whether it is a directory, whose contents are copied. */
  readonly directory: boolean;
  /** A comment above the COPY, without `#`. */
  readonly comment: string | null;
  /** Whether the file does not tell a directory from a file: COPY writes the whole path of both. */
  readonly isEither?: boolean;
}

/** Text that the builder gets inside a RUN of its own. */
export interface Insertion {
  /** The offset in the file, between two commands of a RUN that stays in the builder. */
  readonly at: number;
  readonly text: string;
}

/** A command at the end of the builder. */
export interface Finish {
  readonly command: string;
  /** Flags of RUN, as written. */
  readonly flags: string;
  readonly directory: string;
  /** As USER names it; `null` for the image's own. */
  readonly user: string | null;
}

/**
 * What the runtime stage starts from. `same`: the same image as before, so that all that runs finds what it found.
 * `slim`: a smaller image that runs the same programs (slim and Alpine variants, a JRE, ASP.NET's runtime, nginx).
 * `minimal`: an image without a shell, or an empty one.
 */
export type Strategy = "same" | "slim" | "minimal";

/** One way to split a stage. */
export interface Choice {
  readonly strategy: Strategy;
  /** The image of the runtime stage as FROM names it. Where {@link Strategy} is `same`: the base as the stage writes it. */
  readonly base: string;
  /** A line for whoever chooses: what the base has and what it lacks, without a full stop: `the same Java without its compiler`. */
  readonly detail: string;
  readonly crossings: readonly Crossing[];
  /** Directories that are the builder's: what commands change inside stays there. */
  readonly workshop: readonly string[];
  /** Instructions that the builder gets in front of one of its steps, one per entry, keywords in capitals. */
  readonly prepare: readonly { readonly before: number; readonly text: string }[];
  readonly insertions?: readonly Insertion[];
  readonly finish: readonly Finish[];
  /** Whether the runtime stage needs a package that the file installs. */
  keepsPackage(name: string): boolean;
  /** Whether the runtime stage needs a program that the file installs for the whole image. */
  keepsProgram(name: string): boolean;
  /** Whether users, files and packages outside the workshop are set up again in the runtime stage. */
  readonly repeatsSetup: boolean;
  /** Whether ENV, USER and WORKDIR in front of the build are repeated in the runtime stage. */
  readonly repeatsSettings: boolean;
  /** Instructions that stand behind the crossings in the runtime stage, one per entry, keywords in capitals. */
  readonly closing: readonly string[];
  /** The words that replace CMD, and whether ENTRYPOINT goes; `null` where both stay. */
  readonly command: readonly string[] | null;
  /** Directories of the workshop that the program fills: the runtime stage makes them again. */
  readonly madeAgain: readonly string[];
  /** Absolute paths that the build makes outside the workshop, and that cross. */
  readonly made: readonly string[];
  /** COPY and ADD into the workshop that the runtime stage repeats from the context, by step. */
  readonly repeatedCopies: ReadonlySet<number>;
  /**
   * The last step of the builder, where all behind it works with what the runtime stage has by then; left out, it is the
   * last step that is certain to be a part of the build.
   */
  readonly end?: number;
  /** What the runtime stage installs in place of packages that it keeps, by their name: `libpq5` for `libpq-dev`. */
  readonly replacements?: ReadonlyMap<string, readonly string[]>;
  readonly assumptions: readonly string[];
}

/** What choices share that start the same program in an image like the one before. */
export const sameProgram = {
  prepare: [],
  finish: [],
  repeatsSetup: true,
  repeatsSettings: true,
  closing: [],
  command: null,
  madeAgain: [],
  made: [],
  repeatedCopies: new Set<number>(),
} satisfies Partial<Choice>;

export interface Refusal {
  readonly refused: string;
}

/** An example of an ecosystem, which is a test and a part of its docs. `after` is `null` where the split is refused. */
export interface SplitExample {
  readonly title: string;
  readonly before: string;
  readonly after: string | null;
  /** A part of the reason of a refusal. */
  readonly reason?: string;
  /** Files of the build context that the split is shown, by their path in it: `package.json`. */
  readonly project?: Readonly<Record<string, string>>;
  /** What must be checked: every sentence, in order. Empty where it is left out. */
  readonly checks?: readonly string[];
  /** The base that is chosen; the default where it is left out. */
  readonly base?: string;
}

/** What there is to know about building one kind of program: one file each. */
export interface Ecosystem {
  readonly id: string;
  readonly name: string;
  /** Markdown. */
  readonly docs: string;
  readonly examples: readonly SplitExample[];
  /** The official images it is built in. */
  readonly images: readonly OfficialImage[];
  /** Words of which one stands in the commands of any build of this kind: a cheap look comes before all others. */
  readonly words: readonly string[];
  /** What a command does in this ecosystem; `null` where it is none of its commands. */
  classify(call: Call): Role | null;
  /** What a command does in a file that this ecosystem splits, before all others are asked. */
  classifyOwn?(call: Call, facts: Facts): Role | null;
  /**
   * Decides what crosses and what it runs on; `null` where the stage builds nothing of this kind.
   *
   * @param role what each command of the stage does
   * @returns the sensible ways, the one to recommend first: the default is the first one without anything to check, else
   * the first one. Choices that share a base differ in what crosses; two never share both.
   */
  choose(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null;
}
