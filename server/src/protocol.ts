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
  /** `on` (default) or `off`; or a boolean. */
  readonly codeLens?: unknown;
  /** `on` (default) or `off`; or a boolean. */
  readonly inlayHints?: unknown;
  /** `auto` (default), `on` or `off`; or a boolean. */
  readonly semanticTokens?: unknown;
  /** The tools beside us that show findings, and offer general features, of Dockerfiles. Default: none. */
  readonly otherTools?: readonly OtherTool[];
  /**
   * Whether the client answers {@link listFolderMethod}, {@link readFileMethod}, {@link findFilesMethod} and
   * {@link readProgramMethod}. Default `false`.
   */
  readonly readsFiles?: boolean;
  /** Whether the client runs the commands of {@link clientCommands}. Default `false`. */
  readonly runsCommands?: boolean;
  /** Whether the client can build images now. Default `false`. */
  readonly buildsImages?: boolean;
}

/** Commands that code actions and lenses ask a client to run. */
export const clientCommands = {
  /** Shows places beside a position: `[uri, position, locations]`. */
  showReferences: "dockerfileStages.showReferences",
  /** Shows sentences, after an edit that was applied: `[assumptions]`. */
  showChecks: "dockerfileStages.showChecks",
  /** Asks for the way to split a stage, shows it, and applies it: `[uri, position]`. */
  splitStage: "dockerfileStages.splitStage",
  /** Builds a stage: `[uri, target]`, its name, `""` for the last one, or its index. */
  buildStage: "dockerfileStages.buildStage",
  /** Builds a stage and runs it: `[uri, target]`. */
  runStage: "dockerfileStages.runStage",
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

export interface GraphParams extends TargetParams {
  /** Whether the build context is a node, and what COPY, ADD and mounts take from it are edges. Default `false`. */
  readonly contexts?: boolean;
  /** Whether `scratch` is a node. Default `false`. */
  readonly scratch?: boolean;
  /** Whether an external image is one node for all that use it, or one for each edge. Default `once`. */
  readonly images?: "once" | "per-use";
}

/** A question about the build of one stage of an open document. */
export interface TargetParams {
  readonly textDocument: { readonly uri: string };
  /** As `--target` takes it, a stage's name in any letter case; its index, too, for stages without one. Default: the last. */
  readonly target?: string | null;
}

/** The stages of one document version and what they depend on. */
export interface StageGraph {
  readonly uri: string;
  readonly version: number;
  /** Stages in file order, then external images, named contexts and what else was asked for in order of first use. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The ids of the stages that the build has to make one after the other at the most, the first one first. */
  readonly longest: readonly string[];
  /** The id of the stage that is built; `null` in a file without stages. */
  readonly target: string | null;
  /** Why it is not the target that was asked for, in words: the last stage is shown then. `""` where it is. */
  readonly targetMessage: string;
  /** The ids of the stages that the build makes and those that it skips, in file order. */
  readonly builds: readonly string[];
  readonly skips: readonly string[];
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
  /** Whether it is a step of the build, which makes a layer or takes one from the cache: RUN, COPY, ADD, WORKDIR. */
  readonly builds: boolean;
  /** What is wrong with it, in words; `""` where nothing is. */
  readonly message: string;
}

export interface GraphNode {
  /**
   * `stage:0`, `image:alpine:3.20` (`image:alpine:3.20#1` for its second use), `context` for the build context,
   * `context:assets` for a named one, or `scratch`; unique in the graph, stable while typing elsewhere.
   */
  readonly id: string;
  readonly kind: "stage" | "image" | "context" | "scratch";
  /** Stage name or, for a stage without one, `stage 2`; for images and named contexts the name as written. */
  readonly label: string;
  /**
   * A second line: what the stage is built on, as written (`FROM golang:1.22`), or what builds say that a named context is.
   * Else empty.
   */
  readonly detail: string;
  /** Zero-based index of a stage; `null` for all else. */
  readonly index: number | null;
  /** A stage's name as BuildKit stores it, for `--target`; `null` for all else, and a stage that has none. */
  readonly name: string | null;
  /** What a click reveals: the stage's name or its FROM line; for all else its first use. */
  readonly range: Range;
  /** The whole stage, for finding the stage a cursor is in; for all else the same as `range`. */
  readonly body: Range;
  /** Whether this is the stage that is built: the last one, or the target that was asked for. */
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
  /** A named context is used as a stage or an image is; `context` is what comes out of the build context. */
  readonly kind: "from" | "copy" | "mount" | "context";
  /** The type of a mount in lower case: `bind`, `cache`; `null` for all else. */
  readonly mount: string | null;
  /** What crosses: `/app/dist → /usr/share/nginx/html`; empty for FROM. */
  readonly label: string;
  /** The same in parts, as written: what is taken and where it goes; none, and `null`, for FROM. */
  readonly sources: readonly string[];
  readonly destination: string | null;
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
 * Request, client → server: the stage graph of an open document as text, as `dockerfile-stages graph` prints it. Answer:
 * `string`, or `null` if it is not open.
 */
export const graphTextMethod = "dockerfileStages/graphText";

export interface GraphTextParams extends TargetParams {
  readonly format: "mermaid" | "dot" | "json";
}

/**
 * Request, client → server: what has to be built again once something changes, through all stages that a build of the target
 * makes. Answer: {@link RebuildAnswer}, or `null` if the document is not open.
 */
export const rebuildMethod = "dockerfileStages/rebuild";

/** One of `path` and `position`. */
export interface RebuildParams extends TargetParams {
  /** A file of the build context, from its root, with `/` between names; a folder, all in it included, ends with `/`. */
  readonly path?: string;
  /** On a COPY or ADD: something that it copies changes; on another instruction: the instruction itself. */
  readonly position?: { readonly line: number; readonly character: number };
}

export interface RebuildAnswer {
  readonly version: number;
  /** What changes: `src/main.go`, `COPY . .` */
  readonly subject: string;
  /** One sentence for people: how many instructions run again, or why none does. */
  readonly message: string;
  /** The instructions whose cache it breaks, in file order; what makes no layer (ENV, CMD) is none of them. */
  readonly steps: readonly RebuiltStep[];
  /** The ids of the stages in which something runs again, in file order. */
  readonly stages: readonly string[];
  /** The ids of the edges through which the change passes on, `context` edges included. */
  readonly edges: readonly string[];
  /** How many instructions make a layer in what the target builds: those of `steps` are a part of them. */
  readonly total: number;
  /** What to move so that less is built again; only where that surely works. */
  readonly hints: readonly RebuildHint[];
}

export interface RebuiltStep {
  /** The id of a {@link GraphStep}, and of its stage. */
  readonly step: string;
  readonly stage: string;
  readonly range: Range;
  /** It takes what changes itself, stands behind such an instruction, or its stage is built on such. */
  readonly cause: "changed" | "behind" | "base";
  /**
   * Whether it surely runs again. `false` where that depends on whether what crosses from another stage comes out
   * different, or on what the file does not say.
   */
  readonly certain: boolean;
  /** Why, in words. */
  readonly message: string;
}

export interface RebuildHint {
  readonly message: string;
  /** What should move. */
  readonly range: Range;
  /** The ids of the steps that would be taken from the cache. */
  readonly saves: readonly string[];
}

/**
 * Request, client → server: of what the image that a build of the target makes consists. Answer: {@link ShipAnswer}, or
 * `null` if the document is not open.
 */
export const shipMethod = "dockerfileStages/ship";

export type ShipParams = TargetParams;

export interface ShipAnswer {
  readonly version: number;
  /** The id of the stage that is built; `null` in a file without stages. */
  readonly target: string | null;
  /** What the image has, in the order it comes to be: its base first. */
  readonly parts: readonly ShippedPart[];
  /** The other stages that are built, and what of them does not ship, in file order. */
  readonly left: readonly LeftStage[];
}

export interface ShippedPart {
  /**
   * `base`: an image that all is built on. Copied from: a `stage`, another `image` or named context, the build `context`, the
   * Dockerfile itself (`text`), an address (`remote`). `run`: made by a command.
   */
  readonly origin: "base" | "stage" | "image" | "context" | "text" | "remote" | "run";
  /** The id of the node that it is taken from; `null` for `text`, `remote` and `run`. */
  readonly from: string | null;
  /** One line for people: `golang:1.22`, `/out/server`, `npm ci`. */
  readonly label: string;
  /** What is copied, as written. */
  readonly sources: readonly string[];
  /** Where it lands: absolute where the file says it, else as written; `null` for `base` and `run`. */
  readonly destination: string | null;
  /** The instruction that brings it, and the stage it stands in: the target, or one that it is built on. */
  readonly step: string | null;
  readonly stage: string;
  readonly range: Range;
  /** The ids of the steps that made it, the last first, where that is certain: through several stages. */
  readonly madeBy: readonly string[];
}

export interface LeftStage {
  readonly stage: string;
  readonly label: string;
  readonly range: Range;
  /** The paths of it that ship, as written. */
  readonly ships: readonly string[];
  /** One sentence for people: what stays behind. */
  readonly message: string;
}

/**
 * Request, client → server: what other files of the project say about builds of an open Dockerfile, and what a build can be
 * given. Answers once these files are read: {@link BuildsAnswer}, or `null` if the document is not open.
 */
export const buildsMethod = "dockerfileStages/builds";

export interface BuildsParams {
  readonly textDocument: { readonly uri: string };
}

export interface BuildsAnswer {
  /** By file, in its order. */
  readonly builds: readonly ProjectBuild[];
  /** The ARGs that the Dockerfile declares, each name once, in its order. */
  readonly args: readonly DeclaredArg[];
}

export interface DeclaredArg {
  readonly name: string;
  /** As written; `null` where it has none. */
  readonly value: string | null;
}

/**
 * A build that a file of the project mentions. What depends on variables is left out. Paths are from the folder of the
 * workspace that holds the Dockerfile, with `/` between names: `.`, `docker/app`, `../other`; or absolute.
 */
export interface ProjectBuild {
  readonly uri: string;
  /** The file's path. */
  readonly file: string;
  readonly range: Range;
  /** What the file calls it: a service, a target, a step, a rule, a script; `""` where it has no name. */
  readonly name: string;
  /** The folder that is the build context; `null` where it is none, or not known. */
  readonly context: string | null;
  /** The stage; `null` for the last one, or where it is not known. */
  readonly target: string | null;
  readonly args: Readonly<Record<string, string>>;
  /** Named contexts: folders, and addresses such as `docker-image://alpine` as they are. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  /** As `--secret` and `--ssh` have them: `id=npm,src=.npmrc`, `default`. */
  readonly secrets: readonly string[];
  readonly ssh: readonly string[];
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
