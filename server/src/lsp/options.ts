import { otherTools, type ServerOptions } from "../protocol.ts";
import { type MentionKind, type Neighbours, repeatedRules, rules, type RunOptions, type Severity } from "../service.ts";
import { settings, type SettingValue } from "../settings.ts";
import { innermost, withoutSlash } from "./uris.ts";

type Severities = RunOptions["severities"];

/** {@link ServerOptions} as they are used. */
export interface Options {
  readonly languageFeatures: boolean;
  readonly codeLens: boolean;
  /** Whether the client can build images now. */
  readonly buildsImages: boolean;
  readonly inlayHints: boolean;
  readonly semanticTokens: boolean;
  /** Rules whose findings another tool shows. */
  readonly hidden: ReadonlySet<string>;
  /** The user's severities for a document. */
  readonly severities: (uri: string) => Severities;
  readonly readsFiles: boolean;
  readonly runsCommands: boolean;
  /** Kinds of files in which another tool offers the names of targets itself. */
  readonly completesTargets: ReadonlySet<MentionKind>;
  /** Kinds of files in which another tool leads from a target to its stage itself. */
  readonly leadsFromTargets: ReadonlySet<MentionKind>;
}

/** What the rules are told about a document, and a number that tells it from what they were told before. */
export interface NumberedOptions {
  readonly options: RunOptions;
  readonly number: number;
}

export interface RunOptionsByDocument {
  /** The same object until the document's options or its neighbours change. */
  readonly of: (uri: string) => NumberedOptions;
  readonly closed: (uri: string) => void;
}

export function numberOptions(options: () => Options, neighboursOf: (uri: string) => Neighbours): RunOptionsByDocument {
  const known = new Map<string, NumberedOptions>();
  let last = 0;
  return {
    of: (uri) => {
      const { hidden, severities: severitiesOf } = options();
      const [neighbours, severities] = [neighboursOf(uri), severitiesOf(uri)];
      const before = known.get(uri);
      if (
        before?.options.neighbours === neighbours &&
        before.options.severities === severities &&
        before.options.hidden === hidden
      )
        return before;
      const numbered = { options: { neighbours, severities, hidden }, number: ++last };
      known.set(uri, numbered);
      return numbered;
    },
    closed: (uri) => {
      known.delete(uri);
    },
  };
}

/** @param complain is told, in one line, what is not understood; it is ignored */
export function readOptions(value: unknown, complain: (line: string) => void): Options {
  const given: ServerOptions = isObject(value) ? value : {};
  const problems = new Set<string>();
  const installed = listed(given.otherTools);
  const tools = otherTools.filter((tool) => installed.includes(tool));

  const features = chooseSwitch("languageFeatures", given, problems);
  const languageFeatures = features === "on" || (features === "auto" && tools.length === 0);
  const tokens = chooseSwitch("semanticTokens", given, problems);
  const repeated = choose("repeatedFindings", given.repeatedFindings, problems);
  const severities = readSeverities(given.rules, problems);
  const folders = listed(given.folders).flatMap((folder) =>
    isObject(folder) && typeof folder["uri"] === "string"
      ? [{ uri: withoutSlash(folder["uri"]), severities: readSeverities(folder["rules"], problems) }]
      : [],
  );
  if (problems.size > 0) complain(`Ignored in the settings: ${[...problems].join("; ")}.`);
  const isBesideDx = features !== "on" && tools.includes("docker-dx");
  return {
    languageFeatures,
    codeLens: chooseSwitch("codeLens", given, problems) === "on",
    inlayHints: chooseSwitch("inlayHints", given, problems) === "on",
    // Whoever wants our features beside those of another tool wants our colours, too.
    semanticTokens: tokens === "on" || (tokens === "auto" && (tools.length === 0 || features === "on")),
    hidden: repeatedRules(rules, repeated === "hide" ? otherTools : repeated === "show" ? [] : tools),
    severities: (uri) => innermost(folders, uri)?.severities ?? severities,
    readsFiles: given.readsFiles === true,
    runsCommands: given.runsCommands === true,
    buildsImages: given.buildsImages === true,
    completesTargets: new Set(isBesideDx ? (["compose", "bake"] as const) : []),
    leadsFromTargets: new Set(isBesideDx ? (["bake"] as const) : []),
  };
}

/** The value of a setting that is on or off; `true` and `false` mean the same. */
function chooseSwitch(
  name: "languageFeatures" | "codeLens" | "inlayHints" | "semanticTokens",
  given: ServerOptions,
  problems: Set<string>,
): string {
  const value = given[name];
  return choose(name, { true: "on", false: "off" }[String(value)] ?? value, problems);
}

/** The value of a setting that has a few, or its default. */
function choose(name: string, value: unknown, problems: Set<string>): string {
  const setting = settings.find((each) => each.name === name);
  if (setting?.kind !== "choice") throw new Error(`there is no choice ${name}`);
  if (isOneOf(setting.values, value)) return value;
  if (value !== undefined && value !== null) problems.add(`${name} is ${shown(value)}`);
  return setting.default;
}

const severityValues = settings.find((setting) => setting.kind === "severities")?.values ?? [];

function readSeverities(value: unknown, problems: Set<string>): Severities {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) {
    problems.add(`rules is ${shown(value)}`);
    return {};
  }
  const severities: Record<string, Severity | "off"> = {};
  for (const [name, severity] of Object.entries(value)) {
    if (!rules.some(({ id }) => id === name)) problems.add(`there is no rule ${shown(name)}`);
    else if (!isOneOf(severityValues, severity)) problems.add(`the severity of ${name} is ${shown(severity)}`);
    else severities[name] = severity as Severity | "off";
  }
  return severities;
}

function isOneOf(values: readonly SettingValue[], value: unknown): value is string {
  return values.some((each) => each.value === value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
