import type { Call } from "../../../../stages/calls.ts";
import type { Facts } from "../../facts.ts";
import { hasCertificates } from "../../../../images/libc.ts";
import { lastPart } from "../../../../text/paths.ts";
import type { Choice, Crossing, Refusal } from "../ecosystem.ts";

/** A program that a command builds. */
export interface Output {
  /** Absolute; `null` where the command does not name it. */
  readonly path: string | null;
  /** The directory it is written to. */
  readonly directory: string;
  /** Whether what lies in the directory are whole folders, as releases are, each with its program somewhere inside. */
  readonly folders: boolean;
  /** Whether it is installed for the build itself, unless the container starts it. */
  readonly tool: boolean;
  /** Whether the command may write other programs beside it. */
  readonly more?: boolean;
}

/** The Linux system that an image is. */
export interface System {
  readonly family: "debian" | "ubuntu" | "alpine";
  /** `bookworm`, `24.04` or `3.20`, or the build arg that says so; `null` where it is not certain. */
  readonly release: string | null;
  /**
   * What the image has besides the system and the compiler: nothing that a program uses (`little`), the development
   * packages of `buildpack-deps` (`buildpack`), or what only its publisher knows (`unknown`).
   */
  readonly extras: "little" | "buildpack" | "unknown";
  /** What must hold so that this is the system, as a sentence; `null` where it is certain. */
  readonly sentence: string | null;
}

/** An image that runs programs of a language besides plain systems. */
export interface RuntimeImage extends Pick<Choice, "base" | "detail" | "assumptions"> {
  /** What it takes from the builder besides the program. */
  readonly crossings: readonly Crossing[];
  /** Whether it is empty but for what crosses, so that nothing can be set up in it. */
  readonly isEmpty: boolean;
}

/** What there is to know about a language whose compiler makes programs that start by themselves. */
export interface Language {
  /** As a reader knows it: `Rust`. */
  readonly name: string;
  /** Compilers and build tools of the language, as commands name them. */
  readonly tools: ReadonlySet<string>;
  /** Whether a command is the language's own, so that nothing of what it writes is read but its programs. */
  isOwn(call: Call): boolean;
  /** Whether a command runs a script of the project, which may write what the program reads. */
  runsScript(call: Call): boolean;
  /** The programs that a command builds; empty for a command that builds none. */
  outputs(call: Call, facts: Facts): readonly Output[];
  /** Commands that say where the project is. */
  isProjectCommand(call: Call): boolean;
  /** Names in a project that only the compiler reads. */
  readonly sources: RegExp;
  /** Variables that only the compiler reads. */
  readonly variables: RegExp;
  /** Directories of the compiler and of its caches. */
  homes(facts: Facts): readonly string[];
  /** Directories in which the image looks for programs, besides those of any system. */
  programDirectories(facts: Facts): readonly string[];
  /** Packages of the system that only its builds need. */
  readonly packages: RegExp;
  /** Why a file is not split, as far as the language knows; `null` where nothing speaks against it. */
  refuse(facts: Facts): Refusal | null;
  /** Whether the programs need no C library. */
  isStatic(facts: Facts): boolean;
  /** Whether the base is an image of the language, not a system that the file puts its compiler on. */
  isToolImage(facts: Facts): boolean;
  /** The system of the base; `null` where it is not known. */
  system(facts: Facts): System | null;
  /** Whether the base has the certificates that most programs trust, where they look for them. */
  hasCertificates(facts: Facts): boolean;
  /** Images made to run programs of the language, in front of plain systems. */
  runtimeImages(facts: Facts): readonly RuntimeImage[];
  /** Whether the programs run on a plain system of the same release. */
  readonly plainSystems: boolean;
  /** A program that a start by a build tool means: `cargo run`. */
  replaceStart(facts: Facts): Replacement | Refusal | null;
}

/** What the container starts in the place of a build tool. */
export interface Replacement {
  /** The program, absolute. */
  readonly program: string;
  readonly directory: string;
  /** The new words of CMD. */
  readonly command: readonly string[];
  /** A command that the builder needs at its end so that the program is there; `null` where it is. */
  readonly build: string | null;
  readonly assumptions: readonly string[];
}

/** What most languages share. */
export const plainLanguage = {
  runsScript: () => false,
  variables: /^$/,
  packages: /^$/,
  homes: () => [],
  programDirectories: () => [],
  refuse: () => null,
  isStatic: () => false,
  runtimeImages: () => [],
  system: () => null,
  hasCertificates: ({ image }: Facts) => hasCertificates(image),
  plainSystems: false,
} satisfies Partial<Language>;

/** What a start by a build tool means where no program can take its place. */
export function needsTools(facts: Facts, tools: ReadonlySet<string>, language: string, wayOut: string): Refusal | null {
  const call = facts.start?.calls.find(({ program }) => tools.has(lastPart(program)));
  if (!call) return null;
  const words = [call.program, ...call.args].join(" ");
  return {
    refused: `The container starts \`${words}\`, which needs the ${language} toolchain: ${wayOut}, then it can be split.`,
  };
}
