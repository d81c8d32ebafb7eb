import type { Range } from "./text/range.ts";

/**
 * What client and server say to each other beyond LSP. The client imports this file and nothing else of the server; the
 * webview imports its types alone. All values are JSON.
 */

/**
 * Options in `initialize`, in `dockerfileStages/configure`, and in `workspace/didChangeConfiguration` under
 * `settings.dockerfileStages`: the settings by their names, and what only a client can know. Each message replaces all options
 * of the one before. What is not understood is ignored, with a line in the log.
 */
export interface ServerOptions {
  /** Severities by rule. */
  readonly rules?: unknown;
  /** Folders whose `rules` differ from those for all. */
  readonly folders?: readonly { readonly uri: string; readonly rules: unknown }[];
  /** `auto` (default), `show` or `hide`. */
  readonly repeatedFindings?: unknown;
  /** `auto` (default), `on` or `off`; `true` and `false` mean the same as the last two. */
  readonly languageFeatures?: unknown;
  /** The tools beside us that show findings, and offer general features, of Dockerfiles. Default: none. */
  readonly otherTools?: readonly OtherTool[];
  /**
   * Whether the client answers {@link listFolderMethod}, {@link readFileMethod}, {@link findFilesMethod} and
   * {@link readProgramMethod}. Default `false`.
   */
  readonly readsFiles?: boolean;
  /** Whether the client runs the commands of {@link clientCommands}. Default `false`. */
  readonly runsCommands?: boolean;
}

/** Commands that code actions ask a client to run. */
export const clientCommands = {
  /** Shows sentences, after an edit that was applied: `[assumptions]`. */
  showChecks: "dockerfileStages.showChecks",
  /** Asks for the way to split a stage, shows it, and applies it: `[uri, position]`. */
  splitStage: "dockerfileStages.splitStage",
} as const;

/** Container Tools (or its predecessor, the Docker extension of the same makers), and Docker DX. */
export const otherTools = ["containers", "docker-dx"] as const;
export type OtherTool = (typeof otherTools)[number];

/** Notification, client → server: the {@link ServerOptions} changed, e.g. because an extension was installed. */
export const configureMethod = "dockerfileStages/configure";

/** Request, server → client: the names of what lies in a folder. Answer: {@link FolderListing}, or `null` where it cannot be read. */
export const listFolderMethod = "dockerfileStages/listFolder";

export interface FolderListing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export interface ListFolderParams {
  /** The folder's URI, without a slash at its end. */
  readonly folder: string;
}

/** Request, server → client: the text of a file, `string`, or `null` where it cannot be read or is too large. */
export const readFileMethod = "dockerfileStages/readFile";

export interface ReadFileParams {
  readonly folder: string;
  readonly name: string;
  /** In bytes. */
  readonly most: number;
}

/**
 * Request, server → client: the addresses of files in a folder and below it, those left out that the user excludes. Answer:
 * `string[]`; `null` where the client cannot search there.
 */
export const findFilesMethod = "dockerfileStages/findFiles";

export interface FindFilesParams {
  readonly folder: string;
  /** Without nested braces. */
  readonly globs: readonly string[];
  /** Names of folders that are not looked into. */
  readonly without: readonly string[];
  readonly most: number;
}

/**
 * Request, server → client: a file that stands beside the server's program, for servers that cannot read it themselves. Answer:
 * a text with one character for each byte, or `null`.
 */
export const readProgramMethod = "dockerfileStages/readProgram";

export interface ReadProgramParams {
  readonly name: string;
}

/** Request, client → server: the stage graph of an open document. Answer: {@link StageGraph}, or `null` if it is not open. */
export const graphMethod = "dockerfileStages/graph";

export interface GraphParams {
  readonly textDocument: { readonly uri: string };
}

/** The stages of one document version and what they depend on. */
export interface StageGraph {
  readonly uri: string;
  readonly version: number;
  /** Stages in file order, then external images in order of first use. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The ids of the stages that a build has to make one after the other at the most, the first one first. */
  readonly longest: readonly string[];
}

/** What a stage is for, as far as its name and its instructions tell. */
export type StageRole = "dependencies" | "build" | "test" | "tools" | "base" | "files" | "runtime";

/** An instruction of a stage as a row of the graph. */
export interface GraphStep {
  /** `step:2:5`: the index of the stage, and of the instruction in it; 0 is its FROM. */
  readonly id: string;
  /** In capitals. */
  readonly keyword: string;
  /** The instruction in one short line, without the keyword. */
  readonly text: string;
  readonly range: Range;
}

export interface GraphNode {
  /** `stage:0` or `image:alpine:3.20`; unique in the graph, stable while typing elsewhere. */
  readonly id: string;
  readonly kind: "stage" | "image" | "context";
  /** Stage name or, for a stage without one, `stage 2`; for images the name as written. */
  readonly label: string;
  /** A second line: what the stage is built on, as written (`FROM golang:1.22`). Empty for images. */
  readonly detail: string;
  /** Zero-based index of a stage; `null` for images. */
  readonly index: number | null;
  /** What a click reveals: the stage's name or its FROM line; for images their first use. */
  readonly range: Range;
  /** The whole stage, for finding the stage a cursor is in; for images the same as `range`. */
  readonly body: Range;
  /** Whether this is the stage a build without `--target` makes. */
  readonly isTarget: boolean;
  /** Whether that build needs it. */
  readonly needed: boolean;
  /** Whether an error lies on it: part of a cycle, or a reference in it that cannot work. */
  readonly broken: boolean;
  /** What is wrong with it, in words; `""` where nothing is. */
  readonly message: string;
  /** `null` where it is not known, and for all but stages. */
  readonly role: StageRole | null;
  /** How many stages have to be made before it: stages of the same number can be made at the same time. */
  readonly level: number;
  /** Its instructions, the FROM first; none for all but stages. */
  readonly steps: readonly GraphStep[];
}

export interface GraphEdge {
  readonly id: string;
  /** The node that needs the other. */
  readonly from: string;
  /** The node that is needed. */
  readonly to: string;
  readonly kind: "from" | "copy" | "mount" | "context";
  /** What crosses: `/app/dist → /usr/share/nginx/html`; empty for FROM. */
  readonly label: string;
  /** The reference, revealed by a click. */
  readonly range: Range;
  readonly broken: boolean;
  /** What is wrong with it, in words; `""` where nothing is. */
  readonly message: string;
  /** The instruction that needs, and the one that makes what crosses where that is certain: ids of steps. */
  readonly fromStep: string | null;
  readonly toStep: string | null;
}

/**
 * Request, client → server: what the split would do to the stage at a position. Answer: {@link SplitAnswer}, or `null` if the
 * document is not open.
 */
export const splitMethod = "dockerfileStages/split";

export interface SplitParams {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
  readonly options?: SplitOptions;
}

/** What is only done if asked for, where a way has it. */
export interface SplitOptions {
  /** Tests move to a stage of their own. */
  readonly tests?: boolean;
  /** The container runs as a user without privileges. */
  readonly user?: boolean;
}

export interface SplitAnswer {
  readonly version: number;
  readonly title: string;
  /** Why it is not offered; empty where it is. */
  readonly reason: string;
  /** The sensible ways to split, the default first; none where it is not offered. */
  readonly ways: readonly {
    /** The image of the runtime stage, which tells the ways apart. */
    readonly base: string;
    readonly strategy: "same" | "slim" | "minimal";
    /** What the base has and what it lacks: a line for a chooser. */
    readonly detail: string;
    /** What the user must check: plain sentences. */
    readonly assumptions: readonly string[];
    /** What moved, what is copied and what no longer ships: plain sentences. */
    readonly summary: readonly string[];
    /** The instructions that only test, and can move to a stage of their own, which is built on request. */
    readonly tests: readonly string[];
    /** The user without privileges that the container could run as; `null` where there is none. */
    readonly user: string | null;
    /** The document's text after the split. */
    readonly after: string;
    readonly edits: readonly { readonly range: Range; readonly newText: string }[];
  }[];
}
