import type { Instruction, Word } from "../dockerfile/instruction.ts";
import type { ShellVariable, ShellWord } from "../dockerfile/shell.ts";
import {
  isKeyFolder,
  isSecretName,
  mayHaveSecrets,
  type SecretFile,
  secretFile,
  secretsIn,
  settingsFile,
} from "./common/secrets.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { type Call, readCalls } from "../stages/calls.ts";
import { copyTarget } from "../stages/copies.ts";
import { baseChain } from "../stages/graph.ts";
import { type Layer, layersIn, layersOf, type StageEnd, unknownStart } from "../stages/layers.ts";
import { isWorkStage } from "../stages/programs.ts";
import { quotedStage } from "../stages/describe.ts";
import type { Stage } from "../stages/resolve.ts";
import type { Edit } from "../text/edit.ts";
import { isInside, lastPart, resolvePath } from "../text/paths.ts";
import { encloses, type Span } from "../text/range.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** Without any of these a text holds nothing for this rule, tokens as they are left out. */
const words =
  /id_(?:rsa|dsa|ecdsa|ed25519)|netrc|pypirc|git-credentials|dockercfg|\.docker\/|pgpass|vault-token|\.boto|s3cfg|kubeconfig|\.kube|\.aws|\.ssh|master\.key|credentials|service[-_]?account|firebase|gcloud|gcp-key|\.(?:pem|key|p12|pfx|ppk)\b|\.npmrc|yarnrc|pip\.conf|nuget\.config|auth\.json|\.env\b|_auth|insteadof|extraheader|git (?:clone|remote)|config|login/i;

/** A secret that a COPY or ADD brings from the build context. */
interface Copied {
  readonly file: SecretFile;
  /** Without its folder. */
  readonly name: string;
  /** Whether the name alone makes it a secret. */
  readonly certain: boolean;
  readonly word: Word;
  readonly layer: Layer;
  /** The place of its instruction among the layers. */
  readonly at: number;
  /** Absolute; `null` where it is not known. */
  readonly path: string | null;
}

/** As many secrets of one kind as anybody writes by hand. */
const most = 50;

const folderUse = /\bid_(?:rsa|dsa|ecdsa|ed25519)\b(?!\.pub)|chmod (?:-R )?0?[46]00|\bssh-add\b|\bgit@/;

/**
 * The secrets that a stage's layers bring from the build context.
 *
 * @param usesKeys whether anything in the file uses SSH keys, for folders that may hold some
 */
function copiedSecrets(layers: readonly Layer[], usesKeys: () => boolean): Copied[] {
  const found: Copied[] = [];
  layers.forEach((layer, at) => {
    const { keyword, args, flags } = layer.instruction;
    if ((keyword !== "COPY" && keyword !== "ADD") || flags.some(({ name }) => name === "from")) return;
    if (args.length < 2 || !args.some(({ text }) => words.test(text))) return;
    const place = { ...layer, cwd: layer.cwd === null ? null : { value: layer.cwd } };
    const target = copyTarget(place);
    const destination = args.at(-1)!.text;
    for (const word of args.slice(0, -1)) {
      const { text } = word;
      if (text.includes("://") || text.includes("$") || text.startsWith("<<")) continue;
      const name = lastPart(text.replace(/\/\*?$/, ""));
      const path = target && (target.into ? resolvePath(target.path, name) : target.path);
      const folder = isKeyFolder(text) && usesKeys();
      const certain = folder ? { what: "looks like a folder of private keys" } : secretFile(text, path ?? destination);
      const file = certain ?? settingsFile(text);
      if (file) found.push({ file, name, certain: certain !== null, word, layer, at, path });
    }
  });
  return found.slice(0, most);
}

/** The commands of a RUN, with what they see. */
function callsOf(analysis: Analysis, { instruction, ...place }: Layer): Call[] {
  return readCalls(analysis, instruction, place);
}

/** The `rm` that removes a file again: its call and its layer. */
interface Removal {
  readonly call: Call;
  readonly layer: Layer;
}

function removes(call: Call, path: string | null, name: string): boolean {
  if (call.name !== "rm" && call.name !== "shred" && call.name !== "unlink") return false;
  return call.words.some(({ text, value }) => {
    if (value.startsWith("-")) return false;
    const removed = call.path(text.replace(/^\$\{?HOME\}?(?=\/)/, "~"));
    if (removed !== null && path !== null) return removed === path || (removed !== "/" && isInside(removed, path));
    return lastPart(value) === name;
  });
}

/** All commands of the layers that remove files, in order. */
function removalsIn(analysis: Analysis, layers: readonly Layer[]): (Removal & { readonly at: number })[] {
  return layers.flatMap((layer, at) =>
    layer.instruction.keyword === "RUN" && removeWords.test(sourceOf(analysis, layer.instruction))
      ? callsOf(analysis, layer)
          .filter(({ name }) => removeWords.test(name))
          .map((call) => ({ call, layer, at }))
      : [],
  );
}

const removeWords = /\b(?:rm|shred|unlink)\b/;

/** Who takes a secret away again does so in one of the next commands that remove anything. */
const mostRemovals = 30;

function removalOf(
  removals: ReturnType<typeof removalsIn>,
  { at, path, name }: Pick<Copied, "at" | "path" | "name">,
): Removal | null {
  let low = 0;
  let high = removals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (removals[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return removals.slice(low, low + mostRemovals).find(({ call }) => removes(call, path, name)) ?? null;
}

function sourceOf({ text }: Analysis, { span }: Instruction): string {
  return text.slice(span.start, span.end);
}

function* checkCopied(
  analysis: Analysis,
  layers: readonly Layer[],
  usesKeys: () => boolean,
  everything: boolean,
): Generator<Finding> {
  const secrets = copiedSecrets(layers, usesKeys);
  const removals = secrets.length === 0 ? [] : removalsIn(analysis, layers);
  for (const copied of secrets) {
    const { file, name, certain, word } = copied;
    const removal = removalOf(removals, copied);
    if (removal) {
      yield {
        span: word.span,
        message: `'${name}' stays in the image: removing it in a later RUN leaves it in this layer.`,
        related: [{ span: removal.call.command.span, message: "It is removed here." }],
        fixes: mountInstead(analysis, layers, copied, removal),
      };
    } else if (certain && everything) {
      yield {
        span: word.span,
        message: `'${name}' ${file.what}. It stays in the image, and whoever has the image can read it.`,
        fixes: mountInstead(analysis, layers, copied, null),
      };
    }
  }
}

/** The programs that read a file by themselves, by the file's name. */
const readers: Readonly<Record<string, RegExp>> = {
  ".npmrc": /^(?:npm|yarn|pnpm|npx)$/,
  ".yarnrc": /^yarn$/,
  ".yarnrc.yml": /^yarn$/,
  ".netrc": /^(?:git|go|pip3?|curl|bundle|wget)$/,
  ".pypirc": /^(?:pip3?|python3?|twine)$/,
  "pip.conf": /^(?:pip3?|python3?|poetry|pipenv|uv)$/,
};

/** Those that connect with the keys of the user's `.ssh`. */
const keyReaders = /^(?:git|ssh|scp|rsync|go|npm|yarn|pnpm|pip3?|poetry|uv|bundle|composer|cargo)$/;

/** Verbs that ask for nothing from a registry. */
const offline = /^(?:run|run-script|test|start|build|config|cache|prune|exec|--version|-v|version|list|ls)$/;

function readerOf({ name, path }: Copied): RegExp | null {
  if (Object.hasOwn(readers, name)) return readers[name]!;
  return path !== null && /^\/root\/\.ssh\/id_(?:rsa|dsa|ecdsa|ed25519)$/.test(path) ? keyReaders : null;
}

/** Gives the file to the one RUN that uses it, and to no layer. */
function mountInstead(analysis: Analysis, layers: readonly Layer[], copied: Copied, removal: Removal | null): Fix[] {
  const { name, path, word, layer, at } = copied;
  const reader = readerOf(copied);
  const { instruction, stage } = layer;
  if (!reader || path === null || (layer.user !== null && !/^(?:root|0)$/.test(layer.user))) return [];
  const taken = takeOut(analysis, instruction, word);
  if (!taken) return [];
  const later = layers.slice(at + 1).filter((one) => one.instruction.keyword === "RUN");
  const users = later.filter((one) =>
    callsOf(analysis, one).some((call) => reader.test(call.name) && !offline.test(call.args[0] ?? "")),
  );
  const [user] = users;
  if (users.length !== 1 || !user || user.stage !== stage || user.user !== layer.user || user.instruction.json)
    return [];
  const id = name.replace(/^\./, "").replace(/\W+/g, "-");
  const flagAt = user.instruction.keywordSpan.end;
  const edits: Edit[] = [taken];
  edits.push({ span: { start: flagAt, end: flagAt }, newText: ` --mount=type=secret,id=${id},target=${path}` });
  for (const one of later) {
    const about = callsOf(analysis, one).filter((call) => caresFor.test(call.name) && isAbout(call, path));
    const cared = about.filter((call) => call.command === removal?.call.command || filesOf(call).length === 1);
    // A file that is mounted cannot be changed.
    if (one === user && about.length > cared.length) return [];
    // Elsewhere the file is not there any more.
    if (one !== user && sourceOf(analysis, one.instruction).split(name).length - 1 > cared.length) return [];
    const removed = cared.length === 0 ? [] : removeCommands(analysis, one.instruction, cared);
    if (!removed) return [];
    edits.push(...removed);
  }
  return [{ title: `Mount '${name}' as a build secret`, safety: "unsafe", edits }];
}

/** Programs that a file in a layer needs, and one that is mounted does not. */
const caresFor = /^(?:rm|shred|unlink|chmod|chown)$/;

function filesOf(call: Call): readonly ShellWord[] {
  const operands = call.words.filter(({ value }) => !value.startsWith("-"));
  return call.name === "chmod" || call.name === "chown" ? operands.slice(1) : operands;
}

/** Whether a command changes a file, or a folder with all that is in it. */
function isAbout(call: Call, file: string): boolean {
  const isDeep = call.args.some((arg) => /^-\w*[rR]|^--recursive$/.test(arg));
  return filesOf(call).some(({ text }) => {
    const path = call.path(text);
    return path !== null && (path === file || (isDeep && isInside(path, file)));
  });
}

/** Takes a source out of a COPY or ADD, and all of that where it has no other; `null` where it has more to say. */
function takeOut(analysis: Analysis, instruction: Instruction, word: Word): Edit | null {
  const { args, flags, heredocs, json } = instruction;
  if (json || heredocs.length > 0 || flags.some(({ name }) => name !== "chmod")) return null;
  if (args.length === 2) return removeLines(analysis, instruction);
  const next = args[args.indexOf(word) + 1]!;
  const span: Span = { start: word.span.start, end: next.span.start };
  return /^[ \t]+$/.test(analysis.text.slice(word.span.end, span.end)) ? { span, newText: "" } : null;
}

/** Takes an instruction out, with its lines. */
function removeLines({ lines }: Analysis, { span }: Instruction): Edit {
  return {
    span: { start: lines.startOf(lines.lineAt(span.start)), end: lines.startOf(lines.lineAt(span.end) + 1) },
    newText: "",
  };
}

/** Takes commands out of a RUN; `null` where that is not certain to leave the rest as it is. */
function removeCommands(analysis: Analysis, instruction: Instruction, calls: readonly Call[]): Edit[] | null {
  if (instruction.heredocs.length > 0) return null;
  const { commands } = analysis.script(instruction);
  const gone = new Set(calls.map(({ command }) => command));
  if (commands.every((command) => gone.has(command))) return [removeLines(analysis, instruction)];
  const edits: Edit[] = [];
  for (const [at, command] of commands.entries()) {
    if (!gone.has(command)) continue;
    // Those at the start go with what joins them to the next, the others with what joins them to the one before.
    const leads = commands.slice(0, at).every((one) => gone.has(one));
    const [first, second] = leads ? [command, commands[at + 1]!] : [commands[at - 1]!, command];
    if (first.depth > 0 || second.depth > 0 || second.separator !== "&&") return null;
    if (!/^[\s\\`]*&&[\s\\`]*$/.test(analysis.text.slice(first.span.end, second.span.start))) return null;
    edits.push({
      span: leads
        ? { start: first.span.start, end: second.span.start }
        : { start: first.span.end, end: second.span.end },
      newText: "",
    });
  }
  return edits;
}

/** A secret in the files of a finished stage, which a copy of its folder brings along. */
interface Carried {
  readonly path: string;
  readonly name: string;
  readonly span: Span;
  readonly stage: Stage;
}

/** As many of a stage as anybody writes by hand. */
const mostCarried = 20;

/** Copies from other stages into what ships that bring a secret along with its folder. */
function* checkCarried(analysis: Analysis, last: Stage, usesKeys: () => boolean): Generator<Finding> {
  const { stages, graph, references } = analysis;
  const shipped = new Set(baseChain(stages, last.index));
  const ends = new Map<number, readonly Carried[]>();
  const states = new Map<number, StageEnd>();
  const copies = new Map<Instruction, number>();
  for (const { kind, instruction, target } of references)
    if (kind === "copy" && target.kind === "stage") copies.set(instruction, target.stage);
  for (const stage of stages) {
    if (!graph.needed[stage.index]) continue;
    const base = stage.base?.target.kind === "stage" ? stage.base.target.stage : -1;
    let here: Carried[] = [...(ends.get(base) ?? [])];
    const { layers, end } = layersIn(analysis, stage.index, states.get(base) ?? unknownStart);
    states.set(stage.index, end);
    const brought = new Map<Instruction, Carried[]>();
    for (const { certain, path, name, word, layer } of copiedSecrets(layers, usesKeys)) {
      if (!certain || path === null) continue;
      const list = brought.get(layer.instruction) ?? [];
      brought.set(layer.instruction, [...list, { path, name, span: word.span, stage }]);
    }
    for (const layer of layers) {
      const { instruction } = layer;
      const from = copies.get(instruction);
      if (from !== undefined) {
        for (const [word, carried, path] of carriedBy(layer, ends.get(from) ?? [])) {
          if (shipped.has(stage.index)) {
            yield {
              span: word.span,
              message: `'${word.text}' brings '${carried.name}' into the image: ${quotedStage(carried.stage)} copies it there.`,
              related: [{ span: carried.span, message: "It is copied here." }],
            };
          }
          here.push({ ...carried, path });
        }
      }
      here.push(...(brought.get(instruction) ?? []));
      if (
        instruction.keyword === "RUN" &&
        here.length > 0 &&
        /\b(?:rm|shred|unlink)\b/.test(sourceOf(analysis, instruction))
      ) {
        const calls = callsOf(analysis, layer);
        here = here.filter(({ path, name }) => !calls.some((call) => removes(call, path, name)));
      }
    }
    ends.set(stage.index, here.slice(0, mostCarried));
  }
}

/** What a COPY from a stage takes along of its secrets: the source, the secret, and where it lands. */
function carriedBy(layer: Layer, secrets: readonly Carried[]): [Word, Carried, string][] {
  const { args, flags } = layer.instruction;
  if (secrets.length === 0 || args.length < 2 || flags.some(({ name }) => name === "exclude" || name === "parents"))
    return [];
  const target = copyTarget({ ...layer, cwd: layer.cwd === null ? null : { value: layer.cwd } });
  const found: [Word, Carried, string][] = [];
  for (const word of args.slice(0, -1)) {
    if (/[$*?[]/.test(word.text)) continue;
    const source = resolvePath("/", word.text);
    for (const carried of secrets) {
      if (!isInside(source, carried.path)) continue;
      const landed =
        carried.path === source
          ? target && (target.into ? resolvePath(target.path, carried.name) : target.path)
          : target && resolvePath(target.path, carried.path.slice(source === "/" ? 1 : source.length + 1));
      found.push([word, carried, landed ?? carried.path]);
    }
  }
  return found;
}

const credentialFile =
  /^(?:\.npmrc|[._]netrc|\.pypirc|\.git-credentials|\.yarnrc(?:\.yml)?|pip\.conf|\.pgpass|\.dockercfg|id_(?:rsa|dsa|ecdsa|ed25519))$/;

/** What a command leaves of a secret: the file, or the program that keeps it. */
interface Kept {
  readonly call: Call;
  readonly span: Span;
  /** In a message: `The value of TOKEN`. */
  readonly what: string;
  /** `null` where a program's own settings keep it. */
  readonly file: string | null;
  /** In a message: `'.npmrc'`, `Git's settings`. */
  readonly where: string;
}

/** Words that take settings away again. */
const undoes = /^(?:--unset(?:-all)?|unset|delete|logout|remove|rm)$/;

/** Programs that write what they are given into their settings. */
function keptBy({ name, args }: Call): string | null {
  const [first = "", second = ""] = args.filter((arg) => !arg.startsWith("-"));
  const all = args.join(" ");
  if (args.some((arg) => undoes.test(arg))) return null;
  if (name === "git" && first === "config" && /insteadof|extraheader/i.test(all) && !/--system-/.test(all))
    return "Git's settings";
  if (name === "git" && (first === "clone" || (first === "remote" && (second === "add" || second === "set-url"))))
    return /:\/\/[^/\s]*\$[^/\s]*@/.test(all) ? "the settings of the repository" : null;
  if (/^(?:npm|pnpm|yarn)$/.test(name) && (first === "set" || (first === "config" && second === "set")))
    return /_auth|token|password/i.test(all) ? `the settings of ${name}` : null;
  if (/^pip3?$/.test(name) && first === "config" && second === "set")
    return /:\/\/[^/\s]*\$[^/\s]*@/.test(all) ? "the settings of pip" : null;
  if (name === "composer" && first === "config")
    return /http-basic|oauth|bearer|gitlab-token/.test(all) ? "the settings of Composer" : null;
  if (/^bundler?$/.test(name) && first === "config") return "the settings of Bundler";
  if (name === "docker" && first === "login") return "the settings of Docker";
  return null;
}

function* checkWritten(analysis: Analysis, layers: readonly Layer[]): Generator<Finding> {
  let removals: ReturnType<typeof removalsIn> | null = null;
  for (const [at, layer] of layers.entries()) {
    const { instruction } = layer;
    if (instruction.keyword !== "RUN" || instruction.json) continue;
    const source = sourceOf(analysis, instruction);
    if (!(source.includes("$") || source.includes(secretFolder)) || !words.test(source)) continue;
    const secrets = analysis
      .script(instruction)
      .variables.filter(({ name }) => isSecretName(name))
      .slice(0, most);
    if (secrets.length === 0 && !source.includes(secretFolder)) continue;
    const calls = callsOf(analysis, layer);
    for (const kept of calls.flatMap((call) => keptIn(analysis, call, secrets)).slice(0, most)) {
      const rest = calls.slice(calls.indexOf(kept.call) + 1);
      if (rest.some((call) => undone(call, kept)) || isMounted(layer, kept)) continue;
      const path = kept.file === null ? null : kept.call.path(kept.file);
      const removal =
        kept.file === null
          ? null
          : removalOf((removals ??= removalsIn(analysis, layers)), { at, path, name: lastPart(kept.file) });
      yield {
        span: kept.span,
        message: removal
          ? `${kept.what} stays in the image: removing ${kept.where} in a later RUN leaves it in this layer.`
          : `${kept.what} stays in the image, in ${kept.where}.`,
        ...(removal && { related: [{ span: removal.call.command.span, message: "It is removed here." }] }),
      };
    }
  }
}

/** Where a build secret is mounted unless the mount says otherwise. */
const secretFolder = "/run/secrets/";

function keptIn({ text }: Analysis, call: Call, secrets: readonly ShellVariable[]): Kept[] {
  const { span, redirects } = call.command;
  const redirect = redirects.find(
    ({ operator, target }) =>
      operator.startsWith(">") && target !== null && credentialFile.test(lastPart(target.value)),
  );
  const target = redirect?.target;
  if (target && !/^(?:echo|printf|cat)$/.test(call.name)) return [];
  const where = target ? `'${lastPart(target.value)}'` : keptBy(call);
  if (where === null) return [];
  const file = target?.text ?? null;
  const variable = secrets.find((one) => encloses(span, one.span));
  if (variable) return [{ call, span: variable.span, what: `The value of ${variable.name}`, file, where }];
  const mounted = /\/run\/secrets\/([\w.-]+)/.exec(text.slice(span.start, span.end))?.[1];
  if (mounted === undefined) return [];
  return [
    { call, span: target?.span ?? call.command.words[0]?.span ?? span, what: `The secret '${mounted}'`, file, where },
  ];
}

/** Whether a later command of the same RUN takes it away again. */
function undone(call: Call, { file, call: { name, path } }: Kept): boolean {
  if (file !== null) return removes(call, path(file), lastPart(file));
  if (call.name === "rm") return true;
  return (
    call.name === name && call.args.some((arg) => undoes.test(arg) || (arg === "set-url" && keptBy(call) === null))
  );
}

/** Whether a mount lies where it is written, so that it goes with the RUN. */
function isMounted({ instruction: { mounts } }: Layer, { call, file }: Kept): boolean {
  const targets = mounts.flatMap(({ fields }) =>
    fields
      .filter(({ key }) => key === "target" || key === "dst" || key === "destination")
      .map(({ value }) => value ?? ""),
  );
  const path = file === null ? "/root" : call.path(file);
  return path !== null && targets.some((target) => target !== "" && isInside(resolvePath("/", target), path));
}

/** Secrets that stand in the file as they are; comments are left alone, they are mostly examples. */
const mayHoldSecret: Question<boolean> = ({ span }, { text }) => mayHaveSecrets(text.slice(span.start, span.end));
const hasWords: Question<boolean> = ({ span }, { text }) => words.test(text.slice(span.start, span.end));

function* checkLiteral(analysis: Analysis): Generator<Finding> {
  if (analysis.those(mayHoldSecret).length === 0) return;
  for (const { start, end, what } of secretsIn(analysis.text)) {
    const instruction = analysis.instructionAt(start);
    if (!instruction || end > instruction.span.end) continue;
    const { pairs, keyword } = instruction.trigger ?? instruction;
    // BuildKit's own check speaks of names that say so.
    const pair =
      keyword === "ARG" || keyword === "ENV" ? pairs.find((one) => encloses(one.span, { start, end })) : null;
    if (pair && isSecretName(pair.key)) continue;
    yield { span: { start, end }, message: `This looks like ${what}: whoever has this file or the image can use it.` };
  }
}

export const secretInImage: Rule = {
  id: "SecretInImage",
  severity: "warning",
  summary: "A key, a password or a token that ships with the image.",
  docs: `
Whatever is once in a layer of the image that ships can be read by whoever has the image: an SSH key, a password file, a token that a
command wrote into its settings. Removing it in a later RUN does not help, because layers only add. A build secret is there for one
command and in no layer: \`RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\`, built with
\`docker build --secret id=npmrc,src=$HOME/.npmrc .\`; \`RUN --mount=type=ssh git clone …\` lends the keys of the SSH agent. What only
the running container needs is better mounted when it starts. See [Build secrets](https://docs.docker.com/build/building/secrets/).

The rule speaks of

- files that are secrets by their names (\`id_rsa\`, \`.netrc\`, \`server.key\`, \`.aws/credentials\`, \`kubeconfig\` …) and are copied
  from the build context into what a build without \`--target\` ships. A key of another stage stays there, unless a copy of its folder
  brings it along;
- such files, and also \`.npmrc\`, \`pip.conf\` and \`.env\`, where a later RUN removes them;
- variables with a secret's name whose value a RUN leaves in a file or in the settings of Git, npm and others;
- tokens, private keys and addresses with a password that stand in the Dockerfile itself.

Files that say \`test\`, \`example\`, \`pub\` or the like are left alone, and so is a last stage that is called \`test\` or \`dev\`. What a
file holds is not known here: a key made up for a demonstration is none that matters.`,
  examples: [
    {
      title: "An SSH key",
      text: `
FROM alpine:3.22
RUN apk add --no-cache git openssh-client
COPY id_rsa /root/.ssh/id_rsa
     ^^^^^^ 'id_rsa' looks like a private key. It stays in the image, and whoever has the image can read it.
RUN git clone git@example.com:team/app.git /app
`,
      fixed: `
FROM alpine:3.22
RUN apk add --no-cache git openssh-client
RUN --mount=type=secret,id=id_rsa,target=/root/.ssh/id_rsa git clone git@example.com:team/app.git /app
`,
    },
    {
      title: "Removed in the RUN that uses it",
      text: `
FROM debian:13
COPY known_hosts id_rsa /root/.ssh/
                 ^^^^^^ 'id_rsa' stays in the image: removing it in a later RUN leaves it in this layer.
RUN chmod 600 /root/.ssh/id_rsa && \\
    git clone git@example.com:team/app.git /app && \\
    rm /root/.ssh/id_rsa
`,
      fixed: `
FROM debian:13
COPY known_hosts /root/.ssh/
RUN --mount=type=secret,id=id_rsa,target=/root/.ssh/id_rsa git clone git@example.com:team/app.git /app
`,
    },
    {
      title: "Removed too late, for one command",
      text: `
FROM node:22-alpine
WORKDIR /app
COPY package.json package-lock.json ./
COPY .npmrc ./
     ^^^^^^ '.npmrc' stays in the image: removing it in a later RUN leaves it in this layer.
RUN npm ci --omit=dev && rm -f .npmrc
COPY . .
USER node
CMD ["node", "server.js"]
`,
      fixed: `
FROM node:22-alpine
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci --omit=dev
COPY . .
USER node
CMD ["node", "server.js"]
`,
    },
    {
      title: "A file for passwords",
      text: `
FROM python:3.13-slim
COPY .netrc /root/.netrc
     ^^^^^^ '.netrc' is a file for passwords and tokens. It stays in the image, and whoever has the image can read it.
RUN pip install --index-url https://packages.example.com/simple team-package
`,
      fixed: `
FROM python:3.13-slim
RUN --mount=type=secret,id=netrc,target=/root/.netrc pip install --index-url https://packages.example.com/simple team-package
`,
    },
    {
      title: "Carried over from the builder",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY .netrc /src/.netrc
COPY . .
RUN go build -o /src/bin/app .
FROM debian:13-slim
COPY --from=build /src /srv
                  ^^^^ '/src' brings '.netrc' into the image: stage 'build' copies it there.
CMD ["/srv/bin/app"]
`,
    },
    {
      title: "A token in a file",
      text: `
FROM node:22
ARG NPM_TOKEN
RUN echo "//npm.my.example.com/:_authToken=\${NPM_TOKEN}" > ~/.npmrc
                                           ^^^^^^^^^^^^ The value of NPM_TOKEN stays in the image, in '.npmrc'.
RUN npm ci
`,
    },
    {
      title: "A build secret that is written down",
      text: `
FROM debian:13
RUN --mount=type=secret,id=token echo "machine example.com password $(cat /run/secrets/token)" > ~/.netrc
                                                                                                 ^^^^^^^^ The secret 'token' stays in the image, in '.netrc'.
RUN git clone https://example.com/team/app.git
`,
    },
    {
      title: "A token in the settings of Git",
      text: `
FROM golang:1.25
ARG GITHUB_TOKEN
RUN git config --global url."https://\${GITHUB_TOKEN}@github.com/".insteadOf "https://github.com/"
                                     ^^^^^^^^^^^^^^^ The value of GITHUB_TOKEN stays in the image, in Git's settings.
RUN git clone https://\${GITHUB_TOKEN}@github.com/example/app.git /app
                      ^^^^^^^^^^^^^^^ The value of GITHUB_TOKEN stays in the image, in the settings of the repository.
`,
    },
    {
      title: "A password in an address",
      text: `
FROM debian:13
RUN curl -fsSLO https://deploy:Rb7-kWq2nZ@files.intranet.example/app.tar.gz
                               ^^^^^^^^^^ This looks like a password: whoever has this file or the image can use it.
`,
    },
    {
      title: "Kept to the builder, or to one RUN",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY id_ed25519 /root/.ssh/id_ed25519
COPY . .
RUN go build -o /out/app .
FROM alpine:3.22
ARG NPM_TOKEN
RUN echo "//npm.my.example.com/:_authToken=\${NPM_TOKEN}" > ~/.npmrc && npm ci && rm ~/.npmrc
COPY --from=build /out/app /usr/local/bin/app
`,
    },
    {
      title: "The variable itself is written, npm reads its value later",
      text: `
FROM node:22
ARG NPM_TOKEN
RUN echo '//npm.my.example.com/:_authToken=\${NPM_TOKEN}' > .npmrc
RUN npm ci
`,
    },
    {
      title: "No secrets: certificates, public keys, settings, test keys",
      text: `
FROM nginx:1.29
COPY ca.pem server.crt /etc/nginx/certs/
COPY id_rsa.pub /root/.ssh/authorized_keys
COPY known_hosts /root/.ssh/
COPY .npmrc .env.example ./
COPY test/fixtures/server.key /etc/nginx/certs/server.key
COPY nginx_signing.key /etc/apt/keyrings/nginx.key
RUN pip install --index-url https://user:password@packages.example.com/simple team-package
`,
    },
    {
      title: "A build secret",
      text: `
FROM node:22
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
RUN --mount=type=ssh git clone git@example.com:team/app.git /app
`,
    },
  ],
  *check(analysis) {
    const { stages, model } = analysis;
    yield* checkLiteral(analysis);
    const last = stages.at(-1);
    if (!last || model.problems.length > 0) return;
    if (analysis.those(hasWords).length === 0) return;
    const isWork = isWorkStage(last);
    const layers = layersOf(analysis, last.index);
    let found: boolean | undefined;
    const usesKeys = (): boolean => (found ??= folderUse.test(analysis.text));
    yield* checkCopied(analysis, layers, usesKeys, !isWork);
    if (isWork) return;
    yield* checkWritten(analysis, layers);
    if (stages.length > 1) yield* checkCarried(analysis, last, usesKeys);
  },
};
