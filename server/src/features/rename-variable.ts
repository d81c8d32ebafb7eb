import type { Instruction } from "../dockerfile/instruction.ts";
import { Analysis } from "../stages/analysis.ts";
import type { Stage } from "../stages/resolve.ts";
import { type Definition, isAutomaticArg, proxyArgNames } from "../stages/scope.ts";
import { applyEdits, type Edit } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { FoundBuild } from "../workspace/mentions.ts";
import { argsElsewhere, type PlaceElsewhere } from "./elsewhere.ts";
import type { Refusal } from "./rename.ts";
import { definitionOf } from "./subject.ts";
import { allUses, familyOf, isBuildArg, placed, type VariableFamily } from "./variable-family.ts";

/** Names by which programs look up what they do, whatever the image. */
const readByPrograms: ReadonlySet<string> = new Set(
  (
    "PATH HOME USER LOGNAME SHELL PWD OLDPWD TERM HOSTNAME LANG LANGUAGE LC_ALL LC_CTYPE TZ TMPDIR TEMP TMP IFS PS1 EDITOR PAGER ENV BASH_ENV CI DISPLAY " +
    "LD_LIBRARY_PATH LD_PRELOAD LD_RUN_PATH PKG_CONFIG_PATH CC CXX CPP AR LD CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS DESTDIR DEBIAN_FRONTEND DEBCONF_NONINTERACTIVE_SEEN " +
    "CGO_ENABLED GOOS GOARCH GOARM GOPATH GOROOT GOBIN GOPROXY GOFLAGS GOPRIVATE GOSUMDB GOCACHE GOMODCACHE GO111MODULE GOTOOLCHAIN NODE_ENV NODE_OPTIONS NODE_PATH NPM_CONFIG_LOGLEVEL " +
    "NPM_TOKEN YARN_CACHE_FOLDER PNPM_HOME COREPACK_HOME NEXT_TELEMETRY_DISABLED PYTHONPATH PYTHONHOME PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONHASHSEED PYTHONFAULTHANDLER " +
    "PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_NO_CACHE_DIR PIP_DISABLE_PIP_VERSION_CHECK PIP_DEFAULT_TIMEOUT POETRY_HOME POETRY_VIRTUALENVS_IN_PROJECT POETRY_VIRTUALENVS_CREATE POETRY_NO_INTERACTION " +
    "VIRTUAL_ENV UV_CACHE_DIR UV_LINK_MODE UV_COMPILE_BYTECODE JAVA_HOME JAVA_OPTS JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS MAVEN_OPTS MAVEN_HOME M2_HOME GRADLE_OPTS GRADLE_HOME GRADLE_USER_HOME CLASSPATH " +
    "RAILS_ENV RACK_ENV BUNDLE_PATH BUNDLE_WITHOUT BUNDLE_DEPLOYMENT GEM_HOME GEM_PATH COMPOSER_HOME COMPOSER_ALLOW_SUPERUSER CARGO_HOME CARGO_TARGET_DIR RUSTUP_HOME RUSTFLAGS RUST_BACKTRACE " +
    "DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT DOTNET_RUNNING_IN_CONTAINER DOTNET_SYSTEM_GLOBALIZATION_INVARIANT ASPNETCORE_URLS ASPNETCORE_HTTP_PORTS ASPNETCORE_ENVIRONMENT NUGET_XMLDOC_MODE MIX_ENV " +
    "SOURCE_DATE_EPOCH DOCKER_BUILDKIT SSL_CERT_FILE SSL_CERT_DIR"
  ).split(" "),
);

/** Where a name is used in a way that is not an expansion that we read: what programs, or shells inside of shells, look up. */
const lookedUp = (name: string): RegExp =>
  new RegExp(
    String.raw`(?:\$\{?[!#]?|\$\{?env:|%|environ(?:\.get)?[[(] *["']|getenv\( *["']|env\.|env\[["']|ENV\[["']|printenv +|(?:^|[ ,])env=)${escaped(name)}(?!\w)`,
    "g",
  );

/** The variable's name where it stands at an offset, and what it is; a reason where it cannot be renamed at all. */
export function variableToRename(name: string, member: Definition | null): Definition | Refusal {
  if (isAutomaticArg(name)) return { error: `BuildKit sets '${name}' itself, and knows it by this name alone.` };
  if (proxyArgNames.has(name)) return { error: `Programs find their proxy by the name '${name}'.` };
  if (/^(?:BUILDKIT|DOCKER)_/.test(name) || readByPrograms.has(name))
    return { error: `Programs read '${name}' by this name. With another one they would not find it.` };
  return member ?? { error: `Nothing in this file gives '${name}' a value here.` };
}

/** The edits that give a variable another name, in the file and in those that hand it over. */
export function renameVariable(
  analysis: Analysis,
  member: Definition,
  newName: string,
  builds: readonly FoundBuild[],
): { readonly edits: readonly Edit[]; readonly elsewhere: readonly PlaceElsewhere[] } | Refusal {
  const family = familyOf(analysis, member);
  if (newName === family.name) return { edits: [], elsewhere: [] };
  const error = nameError(newName) ?? clash(analysis, family, newName) ?? obstacle(analysis, family);
  if (error !== null) return { error };
  const edits = spansOf(family).map((span) => ({ span, newText: newName }));
  const split = edits.find(({ span }) => analysis.text.slice(span.start, span.end) !== family.name);
  if (split)
    return { error: `Line ${lineOf(analysis, split.span)} writes '${family.name}' in pieces. Join them first.` };
  const elsewhere = isBuildArg(family) ? argsElsewhere(builds, family.name) : [];
  for (const { build, file, span } of elsewhere) {
    const arg = build.mention.args.find(({ name }) => name.span.start === span.start);
    if (arg?.value) continue;
    const place = `${file.path} (line ${file.lines.lineAt(span.start) + 1})`;
    return { error: `${place} takes '${family.name}' from its own environment. Give it a value there first.` };
  }
  if (!isSame(analysis, new Analysis(applyEdits(analysis.text, edits), analysis), family, newName))
    return { error: "Some variables of this file would mean something else with this name." };
  return { edits, elsewhere };
}

function nameError(name: string): string | null {
  if (!/^[A-Za-z_]\w*$/.test(name))
    return `'${name}' is not a name for a variable. It starts with a letter or '_'; letters, digits and '_' may follow.`;
  if (isAutomaticArg(name)) return `BuildKit sets '${name}' itself.`;
  if (proxyArgNames.has(name) || /^(?:BUILDKIT|DOCKER)_/.test(name) || readByPrograms.has(name))
    return `Programs read '${name}', and would do something else with this value.`;
  return null;
}

/** What has the new name already where the variable is seen. */
function clash(analysis: Analysis, family: VariableFamily, newName: string): string | null {
  const { scope, stages } = analysis;
  for (const { kind, stage, instruction, pair } of scope.byName.get(newName) ?? []) {
    const isOneArg = kind === "arg" && isBuildArg(family);
    const isBeside = family.definitions.some((own) =>
      own.stage === null || stage === null
        ? own.stage === stage
        : own.stage === stage || scope.lookUp(own.stage, newName, Infinity)?.pair === pair,
    );
    if (isOneArg || isBeside || isSeenIn(analysis, family, instruction, stage === null ? null : stages[stage]!))
      return `Line ${lineOf(analysis, pair.keySpan)} already defines '${newName}'.`;
  }
  const word = wordPattern(newName);
  for (const { instruction, stage } of placed(analysis)) {
    const { start, end } = instruction.span;
    const text = analysis.text.slice(start, end);
    if (!word.test(text) || !isSeenIn(analysis, family, instruction, stage)) continue;
    if (setsIn(analysis, instruction, newName)) return `Line ${instruction.startLine + 1} sets '${newName}' itself.`;
    for (const match of text.matchAll(lookedUp(newName))) {
      const at = start + match.index + match[0].length - newName.length;
      if (!isInComment(analysis, instruction, at))
        return `Line ${lineOf(analysis, { start: at, end: at })} uses '${newName}' already.`;
    }
  }
  return null;
}

/** A name as a word. */
function wordPattern(name: string): RegExp {
  return new RegExp(String.raw`(?<!\w)${escaped(name)}(?!\w)`);
}

/** ENV takes names with other characters than letters. */
function escaped(name: string): string {
  return name.replace(/[^\w]/g, "\\$&");
}

/** Whether a shell script, or a secret that is mounted as a variable, sets a name. */
function setsIn(analysis: Analysis, instruction: Instruction, name: string): boolean {
  const inner = instruction.trigger ?? instruction;
  if (inner.mounts.some(({ fields }) => fields.some(({ key, value }) => key === "env" && value === name))) return true;
  if (inner.keyword === "ARG" || inner.keyword === "ENV")
    return instruction.trigger !== null && inner.pairs.some(({ key }) => key === name);
  return analysis.script(instruction).assigned.has(name);
}

/** What stands in the way of another name, whichever; `null` where all that uses the variable is known. */
function obstacle(analysis: Analysis, family: VariableFamily): string | null {
  const { name } = family;
  const own = new Set(spansOf(family).map(({ start }) => start));
  const known = new Set(own);
  for (const use of allUses(analysis, name)) {
    // The image it is built on may set it, or its author thought that it has a value here.
    if (!definitionOf(analysis, use))
      return `Line ${lineOf(analysis, use.nameSpan)} uses '${name}' where no line of this file gives it a value. Change that first.`;
    known.add(use.nameSpan.start);
  }
  const word = wordPattern(name);
  for (const { instruction, stage } of placed(analysis)) {
    const { start, end } = instruction.span;
    const text = analysis.text.slice(start, end);
    if (!word.test(text)) continue;
    const line = instruction.startLine + 1;
    if (instruction.trigger) {
      if (countOf(text, name) > [...own].filter((at) => start <= at && at < end).length)
        return `What stands behind ONBUILD on line ${line} uses '${name}' in another build.`;
      continue;
    }
    if (!isSeenIn(analysis, family, instruction, stage)) continue;
    if (setsIn(analysis, instruction, name)) return `Line ${line} sets '${name}' itself.`;
    for (const match of text.matchAll(lookedUp(name))) {
      const at = start + match.index + match[0].length - name.length;
      if (known.has(at) || isInComment(analysis, instruction, at)) continue;
      return `Line ${lineOf(analysis, { start: at, end: at })} uses '${name}' in a text that another program reads.`;
    }
  }
  return null;
}

function countOf(text: string, name: string): number {
  return text.match(new RegExp(wordPattern(name), "g"))?.length ?? 0;
}

/** Whether an instruction sees the variable: while building, or when the container runs. */
function isSeenIn(
  { scope }: Analysis,
  { name, definitions, pairs }: VariableFamily,
  { span }: Instruction,
  stage: Stage | null,
): boolean {
  if (!stage) return definitions.some((definition) => definition.stage === null);
  const found = [scope.lookUp(stage.index, name, span.start), scope.lookUpEnv(stage.index, name)];
  return found.some((definition) => definition && pairs.has(definition.pair));
}

/** Whether a comment of the Dockerfile or of a shell script stands at an offset. */
function isInComment({ lines, text }: Analysis, { span }: Instruction, offset: number): boolean {
  const start = Math.max(span.start, lines.startOf(lines.lineAt(offset)));
  return /^[ \t]*#|^[^'"]*\s#[^'"]*$/.test(text.slice(start, offset));
}

function spansOf({ definitions, uses }: VariableFamily): Span[] {
  return [...definitions.map(({ pair }) => pair.keySpan), ...uses.map(({ nameSpan }) => nameSpan)];
}

function lineOf({ lines }: Analysis, { start }: Span): number {
  return lines.lineAt(start) + 1;
}

/** Whether every use has its value from where it had it, and nothing else uses either name. */
function isSame(before: Analysis, after: Analysis, family: VariableFamily, newName: string): boolean {
  const old = bindings(before, [family.name, newName]);
  const now = bindings(after, [family.name, newName]);
  return (
    before.stages.length === after.stages.length &&
    JSON.stringify(before.references.map(({ target }) => target)) ===
      JSON.stringify(after.references.map(({ target }) => target)) &&
    JSON.stringify(old) === JSON.stringify(now) &&
    isWhole(after, family, newName)
  );
}

/** Whether the variable with its new name has as many places as before: none came to it. */
function isWhole(after: Analysis, { definitions, uses }: VariableFamily, newName: string): boolean {
  const first = definitions[0]!;
  const member = after.scope.byName
    .get(newName)
    ?.find(({ stage, kind }) => stage === first.stage && kind === first.kind);
  if (!member) return definitions.every(({ instruction }) => instruction.trigger !== null);
  const family = familyOf(after, member);
  return family.definitions.length === definitions.length && family.uses.length === uses.length;
}

/** For each use of some names the place of the definition in the file's order of those that have one of these names. */
function bindings(analysis: Analysis, names: readonly string[]): unknown {
  const definitions = analysis.scope.definitions.filter(({ name }) => names.includes(name)).map(({ pair }) => pair);
  const numbers = new Map(definitions.map((pair, i) => [pair, i]));
  return names
    .flatMap((name) => [...allUses(analysis, name)])
    .toSorted((a, b) => a.instruction.startLine - b.instruction.startLine || a.nameSpan.start - b.nameSpan.start)
    .map((use) => {
      const definition = definitionOf(analysis, use);
      return definition ? (numbers.get(definition.pair) ?? -1) : null;
    });
}
