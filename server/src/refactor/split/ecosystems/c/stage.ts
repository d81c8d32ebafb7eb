import { copyTarget } from "../../../../stages/copies.ts";
import type { Call } from "../../../../stages/calls.ts";
import { directoryOf, isInside } from "../../../../text/paths.ts";
import { commonPrograms, operandsOf } from "../../commands.ts";
import { type Facts, textOf } from "../../facts.ts";
import { systemDirectories } from "../../made.ts";
import type { RoleOf } from "../../roles.ts";
import { commandSource, lineOf, place, shorten } from "../../unsure.ts";
import type { Insertion } from "../ecosystem.ts";
import type { Installation } from "./install.ts";

/** Where an install among the files of the system is laid out once more, by itself. */
export const stageName = "/installed";

/** An install that is done a second time. */
interface Staging {
  readonly insertion: Insertion;
  /** Where it puts files in the end. */
  readonly places: readonly string[];
}

const systemPlaces = /^\/usr\/(?:s?bin|lib|lib64|libexec|share|include)(?:\/|$)/;

/** Directories that are links in many images: COPY does not follow them. */
const links = /^\/(?:s?bin|lib|lib32|lib64|libx32|var\/(?:run|lock|mail)|var\/(?:lock|mail)\/.*|run(?:\/.*)?)$/;

/**
 * What is installed among the files of the system cannot be told from them afterwards, so the builder installs it once more
 * into a directory of its own. The first install stays: later builds need it.
 *
 * @returns `null` where nothing of this is needed, or it is not certain to work
 */
export function stageAgain(facts: Facts, { call, prefix, options, isStaged }: Installation): Staging | null {
  if (isStaged || prefix === null || prefix === "/") return null;
  const places = [prefix, ...options.map(({ path }) => path)];
  if (prefix !== "/usr" && !options.some(({ name, path }) => name !== "sbin-path" && systemPlaces.test(path)))
    return null;
  if (facts.image.name === "gcc" || places.some((path) => links.test(path))) return null;
  const text = stagedText(facts, call);
  if (text === null || textOf(facts).includes(stageName)) return null;
  return { insertion: { at: call.command.span.end, text: ` && ${text}` }, places };
}

/** Below `--localstatedir=/var` lies what is a link in images, to a directory that installs fill, too. */
export function unlinked(places: readonly string[]): string | null {
  const run = `${stageName}/var/run`;
  return places.some((path) => isInside("/var", path)) ? `[ ! -e ${run} ] || mv ${run} ${stageName}/` : null;
}

/** The command that installs into the directory; `null` where it cannot be written with certainty. */
function stagedText(facts: Facts, { command, words, name, program, env }: Call): string | null {
  const step = facts.steps.find(({ calls }) => calls.some((call) => call.command === command));
  const next = step?.calls[step.calls.findIndex((call) => call.command === command) + 1];
  if (!step || step.instruction.json || command.separator === "|" || next?.command.separator === "&") return null;
  if (command.redirects.some(({ operator }) => operator.includes("<")) || env("DESTDIR") !== undefined) return null;
  const { words: all, assignments } = command;
  const before = facts.analysis.text.slice(command.span.start, all[0]?.span.start ?? command.span.start).trim();
  const isWrapped = all.length !== words.length + 1 || all[0]?.value !== program;
  const written = all.map(({ text }) => text).join(" ");
  if (/[\n#]/.test(written + before)) return null;
  const settings = assignments.length > 0 ? `${before} ` : "";
  if (/^g?make$/.test(name)) return `${settings}${written} DESTDIR=${stageName}`;
  return isWrapped ? null : `${settings}DESTDIR=${stageName} ${written}`;
}

/** What people leave out of images: the program does not miss it, and has it if it stays. */
const clutter =
  /^\/(?:usr\/(?:share\/(?:doc|man|info|locale|gtk-doc|bash-completion)|include|src|local\/src|lib\/pkgconfig)(?:\/|$)|usr\/lib\/[^/]*\.l?a$|var\/(?:cache|lib\/apt|log)(?:\/|$))/;

/** Commands that only look at files, or change nothing that a program needs. */
const harmless = new Set(
  "ldconfig strip scanelf ldd find ls cat grep awk cut sort tr head tail test [ which command file du stat xargs cd echo printf mkdir rmdir export set".split(
    " ",
  ),
);

/** The last step that builds something, or takes packages away again. */
function lastBuild({ steps }: Facts, role: RoleOf): number {
  const isBuilds = (call: Call): boolean => {
    const found = role(call);
    return found.kind === "step" || (found.kind === "packages" && found.action === "remove");
  };
  return steps.findLastIndex(({ calls }) => calls.some(isBuilds));
}

/** Tools that build modules of another program, and install them where that one says. */
const modular = /^(?:phpize[\d.]*|apxs2?|pecl)$/;

/**
 * The last step of the builder, where nothing behind it works with what only the builder has; `null` where that is not
 * certain.
 */
export function endOfStaging(facts: Facts, role: RoleOf, workshop: readonly string[]): number | null {
  const last = lastBuild(facts, role);
  const isOurs = (path: string | null): boolean => path !== null && workshop.some((one) => isInside(one, path));
  const works = facts.steps.slice(last + 1).some((step) => {
    const { keyword } = step.instruction;
    if (keyword === "COPY" || keyword === "ADD") return isOurs(copyTarget(step)?.path ?? workshop[0]!);
    return (
      step.opaque ||
      step.calls.some((call) => isOurs(call.cwd) || call.words.some(({ text }) => isOurs(call.path(text))))
    );
  });
  return works ? null : last;
}

/**
 * What happens to the files of the second install in their place, which the runtime stage would not see: a sentence that
 * says why the file is not split; `null` where nothing does.
 *
 * @param at the offset of the first install
 * @param end the last step of the builder, where it is certain
 */
export function lostBesideStage(
  facts: Facts,
  role: RoleOf,
  at: number,
  places: readonly string[],
  end: number | null,
  workshop: readonly string[],
): string | null {
  const last = end ?? facts.steps.length - 1;
  const isThere = (path: string | null): boolean =>
    path !== null && !clutter.test(path) && places.some((one) => isInside(one, path) && one !== path);
  const said = (what: string): string =>
    `${what} works where the build installs, among the files of the system, so what becomes of both cannot be told: with a prefix of its own, such as /usr/local, it can be split.`;
  for (const step of facts.steps.slice(0, last + 1)) {
    const { instruction, calls } = step;
    const target = instruction.keyword === "COPY" || instruction.keyword === "ADD" ? copyTarget(step) : null;
    if (target && (isThere(target.path) || places.includes(target.path)))
      return said(`${instruction.keyword} in ${place(instruction)}`);
    for (const call of calls) {
      const isBehind = call.command.span.start > at;
      if (modular.test(call.name)) return said(`\`${call.name}\` in ${lineOf(facts, call)}`);
      const isWritten = call.command.redirects.some(
        ({ operator, target: file }) => operator.includes(">") && file !== null && isThere(call.path(file.text)),
      );
      const isChanged = isBehind && !harmless.has(call.name) && changedBy(call).some(isThere);
      if (isWritten || isChanged) return said(`\`${shorten(commandSource(facts, call))}\` in ${lineOf(facts, call)}`);
      // A program that was installed, which is not there when the runtime stage is set up.
      const isFree = call.cwd === null || !workshop.some((one) => isInside(one, call.cwd!));
      if (isBehind && isFree && role(call).kind === "unknown" && !commonPrograms.has(call.name))
        return `\`${shorten(commandSource(facts, call))}\` in ${lineOf(facts, call)} may run what the build installs among the files of the system, and stands in front of the end of the build: behind it, it can be split.`;
    }
  }
  return null;
}

/** The paths that a command may change or take away. */
function changedBy(call: Call): (string | null)[] {
  const { name, args, words, path } = call;
  if (name === "cp" || name === "install") return [];
  // A link among the programs of the system is made again, wherever it leads to.
  if (name === "ln") {
    const link = operandsOf(name, args).at(-1);
    const made = link === undefined ? null : path(link);
    return made !== null && systemDirectories.test(directoryOf(made)) ? [] : [made];
  }
  if (name === "mv")
    return operandsOf(name, args)
      .slice(0, -1)
      .map((word) => path(word));
  return words.map(({ text }) => (/^[/.~$\w]/.test(text) && text.includes("/") ? path(text) : null));
}
