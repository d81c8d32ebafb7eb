import * as vscode from "vscode";
import type { BuildsAnswer } from "../../../server/src/protocol.ts";
import { fileName } from "../documents.ts";
import { filesOf, placeOf, type Source, sourcesOf, takeBuild, takeSource } from "./project.ts";
import { isNothing, nothingRemembered, readRemembered, type Remembered } from "./remembered.ts";
import { joinPairs, joinWords, readPairs, splitWords } from "./words.ts";

/** What a user wants for all builds of a Dockerfile, kept in the workspace. */

export type { Remembered };

const keyOf = (uri: vscode.Uri): string => `build:${uri.toString()}`;

export const rememberedFor = (memory: vscode.Memento, uri: vscode.Uri): Remembered =>
  readRemembered(memory.get(keyOf(uri)));

export async function remember(memory: vscode.Memento, uri: vscode.Uri, wanted: Remembered): Promise<void> {
  await memory.update(keyOf(uri), isNothing(wanted) ? undefined : wanted);
}

/** The folder that a Dockerfile lies in, from the folder of the workspace where it lies in one. */
function ownFolder(uri: vscode.Uri): string {
  return pathFromWorkspace(vscode.Uri.joinPath(uri, ".."), uri);
}

function pathFromWorkspace(folder: vscode.Uri, dockerfile: vscode.Uri): string {
  const root = vscode.workspace.getWorkspaceFolder(dockerfile)?.uri;
  if (!root || root.scheme !== folder.scheme) return folder.fsPath;
  if (folder.path === root.path) return ".";
  const start = root.path.endsWith("/") ? root.path : `${root.path}/`;
  return folder.path.startsWith(start) ? folder.path.slice(start.length) : folder.fsPath;
}

/** A build context in words. */
export function describeContext(uri: vscode.Uri, remembered: Remembered, answer: BuildsAnswer): string {
  const named = (context: string): string => {
    if (context === ownFolder(uri)) return "the Dockerfile's folder";
    return context === "." ? "the workspace folder" : context;
  };
  if (remembered.context !== "") return named(remembered.context);
  const [source, ...others] = sourcesOf(answer);
  if (!source) return "the Dockerfile's folder";
  if (others.length > 0) return "the Dockerfile's folder; files of the project name several";
  return `${named(source.context)}, as ${filesOf(source.builds)} ${new Set(source.builds.map(({ file }) => file)).size === 1 ? "says" : "say"}`;
}

/** The build context of the next build of a stage in words. */
function describeNextContext(uri: vscode.Uri, remembered: Remembered, answer: BuildsAnswer): string {
  const isAsked = remembered.context === "" && sourcesOf(answer).length > 1;
  return isAsked ? "asked before a build: files of the project name several" : describeContext(uri, remembered, answer);
}

/** Asks which of several build contexts is meant. */
export async function askForSource(
  uri: vscode.Uri,
  remembered: Remembered,
  answer: BuildsAnswer,
): Promise<Remembered | undefined> {
  const pick = await vscode.window.showQuickPick(sourceItems(uri, answer), {
    title: `Build Context of ${fileName(uri)}`,
    placeHolder: "Files of the project build it with several contexts. The choice is kept for this Dockerfile.",
  });
  return pick && takeSource(remembered, pick.source);
}

interface SourceItem extends vscode.QuickPickItem {
  readonly source: Source;
}

/** The contexts that the project names, and the Dockerfile's folder. */
function sourceItems(uri: vscode.Uri, answer: BuildsAnswer): SourceItem[] {
  const sources = sourcesOf(answer);
  const own = ownFolder(uri);
  const more = sources.some(({ context }) => context === own) ? [] : [{ context: own, contexts: {}, builds: [] }];
  return [...sources, ...more].map((source) => ({
    label: source.context === "." ? "$(folder) The workspace folder" : `$(folder) ${source.context}`,
    ...(source.context === own && { description: "the Dockerfile's folder" }),
    ...(source.builds.length > 0 && { detail: source.builds.map(placeOf).slice(0, 5).join(", ") }),
    source,
  }));
}

interface Choice extends vscode.QuickPickItem {
  /** What is wanted then; `undefined` leaves all as it is. */
  readonly change?: (known: Remembered) => Promise<Remembered | undefined>;
}

/** Shows all of it in a menu, until the user leaves it; keeps what is changed. */
export async function askForOptions(memory: vscode.Memento, uri: vscode.Uri, answer: BuildsAnswer): Promise<void> {
  for (;;) {
    const known = rememberedFor(memory, uri);
    const choice = await vscode.window.showQuickPick(menu(uri, known, answer), {
      title: `Build Options of ${fileName(uri)}`,
      placeHolder: "Choose what to change. It is kept for this Dockerfile in this workspace.",
      matchOnDescription: true,
    });
    if (!choice?.change) return;
    const wanted = await choice.change(known);
    if (wanted) await remember(memory, uri, wanted);
  }
}

function menu(uri: vscode.Uri, known: Remembered, answer: BuildsAnswer): Choice[] {
  const { args, platform, contexts, secrets, options } = known;
  const none = (text: string): string => (text === "" ? "none" : text);
  const line = lineAsker(fileName(uri));
  return [
    {
      label: "$(folder) Build Context",
      description: describeNextContext(uri, known, answer),
      change: (now) => askForContext(uri, now, answer),
    },
    {
      label: "$(symbol-variable) Build Arguments",
      description: none(joinPairs(args)),
      change: (now) => askForArguments(uri, now, answer),
    },
    {
      label: "$(circuit-board) Platform",
      description: platform === "" ? "that of the builder" : platform,
      change: (now) =>
        line("Platform", now.platform, "For example linux/arm64. Leave it empty for that of the builder.", (text) => {
          const platforms = text.split(",").map((each) => each.trim());
          if (text.trim() === "") return { ...now, platform: "" };
          return platforms.every((each) => /^[\w.-]+(?:\/[\w.-]+){0,2}$/.test(each))
            ? { ...now, platform: platforms.join(",") }
            : "Write an operating system and an architecture: linux/arm64";
        }),
    },
    {
      label: "$(folder-library) Named Contexts",
      description: none(joinPairs(contexts)),
      change: (now) =>
        line(
          "Named Contexts",
          joinPairs(now.contexts),
          `For example assets=./assets: a name, and a folder or an address. ${several}`,
          (text) => {
            const wanted = readPairs(text);
            return wanted ? { ...now, contexts: wanted } : pairsWanted;
          },
        ),
    },
    {
      label: "$(key) Secrets",
      description: none(joinWords(secrets)),
      change: (now) =>
        line("Secrets", joinWords(now.secrets), `For example id=npm,src=.npmrc. ${several}`, (text) => {
          const wanted = splitWords(text);
          return wanted?.every((each) => /(?:^|,)id=[^,]/.test(each))
            ? { ...now, secrets: wanted }
            : "Each has an id: id=npm,src=.npmrc or id=token,env=TOKEN";
        }),
    },
    {
      label: "$(settings) Other Options",
      description: none(joinWords(options)),
      change: (now) =>
        line(
          "Other Options",
          joinWords(now.options),
          `As docker buildx build takes them, for example --network=host. ${several}`,
          (text) => {
            const wanted = splitWords(text);
            if (!wanted) return "A quote is not closed.";
            return wanted[0]?.startsWith("-") === false
              ? "Options begin with a dash: --network=host"
              : { ...now, options: wanted };
          },
        ),
    },
    ...(answer.builds.length > 0
      ? [
          {
            label: "$(references) Take Over from a File of the Project…",
            description: filesOf(answer.builds),
            change: (now: Remembered) => askForBuild(uri, now, answer),
          },
        ]
      : []),
    ...(isNothing(known)
      ? []
      : [{ label: "$(clear-all) Forget All", change: () => Promise.resolve(nothingRemembered) }]),
  ];
}

const several = "Put spaces between several; leave it empty for none.";
const pairsWanted = "Write NAME=value, separated by spaces; quotes keep words together.";

type ReadLine = (text: string) => Remembered | string;

/** Asks for a line; `read` answers what is wanted, or what is wrong with it. */
function lineAsker(file: string) {
  return async (what: string, value: string, prompt: string, read: ReadLine): Promise<Remembered | undefined> => {
    const text = await vscode.window.showInputBox({
      title: `${what} of ${file}`,
      value,
      prompt,
      ignoreFocusOut: true,
      validateInput: (written) => {
        const answer = read(written);
        return typeof answer === "string" ? answer : null;
      },
    });
    const wanted = text === undefined ? undefined : read(text);
    return typeof wanted === "string" ? undefined : wanted;
  };
}

async function askForContext(
  uri: vscode.Uri,
  known: Remembered,
  answer: BuildsAnswer,
): Promise<Remembered | undefined> {
  const sources: Choice[] = sourceItems(uri, answer).map((item) => ({
    ...item,
    change: (now) => Promise.resolve(takeSource(now, item.source)),
  }));
  const isNamed = sourceItems(uri, answer).some(({ source }) => source.context === ".");
  const choices: Choice[] = [
    ...sources,
    ...(isNamed || !vscode.workspace.getWorkspaceFolder(uri)
      ? []
      : [
          {
            label: "$(folder) The workspace folder",
            change: (now: Remembered) => Promise.resolve({ ...now, context: "." }),
          },
        ]),
    {
      label: "$(folder-opened) Another Folder…",
      change: async (now) => {
        const found = await vscode.window.showOpenDialog({
          title: `Build Context of ${fileName(uri)}`,
          openLabel: "Build with It",
          canSelectFiles: false,
          canSelectFolders: true,
          defaultUri: vscode.Uri.joinPath(uri, ".."),
        });
        return found?.[0] && { ...now, context: pathFromWorkspace(found[0], uri) };
      },
    },
    {
      label: "$(link) A Path or an Address…",
      change: (now) =>
        lineAsker(fileName(uri))(
          "Build Context",
          now.context,
          "A path from the workspace folder, or an address of a repository.",
          (text) => ({ ...now, context: text.trim() }),
        ),
    },
    ...(known.context === ""
      ? []
      : [
          {
            label: "$(clear-all) Forget This Choice",
            description: `then: ${describeNextContext(uri, { ...known, context: "" }, answer)}`,
            change: (now: Remembered) => Promise.resolve({ ...now, context: "" }),
          },
        ]),
  ];
  const choice = await vscode.window.showQuickPick(choices, {
    title: `Build Context of ${fileName(uri)}`,
    placeHolder: "The folder whose files COPY and ADD can take",
  });
  return choice?.change?.(known);
}

/** Asks for one argument after the other: those that the file declares, and others. */
async function askForArguments(
  uri: vscode.Uri,
  known: Remembered,
  answer: BuildsAnswer,
): Promise<Remembered | undefined> {
  const line = lineAsker(fileName(uri));
  const all: Choice = {
    label: "$(edit) All in One Line…",
    change: (now) =>
      line("Build Arguments", joinPairs(now.args), `For example VERSION=1.2. ${several}`, (text) => {
        const args = readPairs(text);
        return args ? { ...now, args } : pairsWanted;
      }),
  };
  const declared = new Map(answer.args.map(({ name, value }) => [name, value]));
  const names = new Set([...declared.keys(), ...Object.keys(known.args)]);
  const one = (name: string): Choice => {
    const value = known.args[name];
    const byDefault = declared.get(name) ?? null;
    const otherwise = byDefault === null ? "not given" : `default: ${byDefault}`;
    return {
      label: `$(symbol-variable) ${name}`,
      description: value === undefined ? otherwise : `${value === "" ? '""' : value} (${otherwise})`,
      change: (now) => {
        const { [name]: given, ...others } = now.args;
        const shown = given === "" ? '""' : (given ?? "");
        const empty = byDefault === null ? "to give none" : `for ${byDefault}, as the file says`;
        return line(
          `Build Argument ${name}`,
          shown,
          `Leave it empty ${empty}. Write "" for an empty value.`,
          (text) => ({
            ...now,
            args: text === "" ? others : { ...now.args, [name]: text === '""' ? "" : text },
          }),
        );
      },
    };
  };
  const choice =
    names.size === 0
      ? all
      : await vscode.window.showQuickPick([...[...names].map(one), all], {
          title: `Build Arguments of ${fileName(uri)}`,
          placeHolder: "Which one is to have another value?",
          matchOnDescription: true,
        });
  return choice?.change?.(known);
}

async function askForBuild(uri: vscode.Uri, known: Remembered, answer: BuildsAnswer): Promise<Remembered | undefined> {
  const items = answer.builds.map((build) => {
    const { context, args, contexts, platforms, target, secrets } = build;
    const told = [
      context !== null && `context ${context}`,
      target !== null && `target ${target}`,
      joinPairs(args),
      joinPairs(contexts),
      platforms.join(","),
      joinWords(secrets),
    ];
    return { label: placeOf(build), detail: told.filter(Boolean).join(" · "), build };
  });
  const pick = await vscode.window.showQuickPick(items, {
    title: `Build Options of ${fileName(uri)}`,
    placeHolder: "It takes the place of what is set now. What depends on variables is left out.",
    matchOnDetail: true,
  });
  return pick && takeBuild(known, pick.build);
}
