import { distributionOf } from "../../../../images/libraries.ts";
import type { Call } from "../../../../stages/calls.ts";
import { directoryOf, isInside, lastPart, resolvePath } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import { installedPackages, type RoleOf } from "../../roles.ts";
import type { Crossing, Finish, Insertion, Refusal } from "../ecosystem.ts";
import { copiedTo } from "../placed.ts";
import { isBuild, workPlaces } from "./commands.ts";
import type { Installation } from "./install.ts";
import { endOfStaging, lostBesideStage, stageAgain, stageName, unlinked } from "./stage.ts";
import { isPlainlyCompiled, otherCopies, type StartedHere } from "./places.ts";

/** What crosses, and what must be checked for it. */
export interface Taken {
  readonly crossings: readonly Crossing[];
  readonly assumptions: readonly string[];
}

/** What builds install crosses, and the directories that they make for logs and the like. */
export interface Installed extends Taken {
  readonly emptied: readonly string[];
  /** Installs that are done once more, into a directory that crosses. */
  readonly insertions: readonly Insertion[];
  readonly finish: readonly Finish[];
  /** Where these put files in the end. */
  readonly staged: readonly string[];
  /** The last step of the builder, where it is certain that nothing behind it works with what only the builder has. */
  readonly end: number | null;
}

function crossingOf(value: string, directory: boolean): Crossing {
  return { from: value, value, to: null, directory, comment: null };
}

/** Programs that no prefix keeps from the directories of the system, or that have another one by default. */
const strayers =
  /\b(?:asterisk|bind-?9?|cups|dbus|exim|fuse|iproute2|iptables|kmod|lvm2|openssh|opensmtpd|pam|polkit|postfix|qmail|samba|sendmail|sudo|systemd|udev|util-linux)\b/i;

/** Development packages of programs whose modules go to the program's own directories. */
const hosts =
  /^(?:apache2|httpd|varnish|postgresql-server|php\d?[\d.]*|nginx|collectd|asterisk|dovecot|freeradius|python[\d.]*|r-base|erlang|ruby[\d.]*)-dev/;

/** The directories of the system that hold programs and what belongs to them. */
const systemPlaces = /^\/(?:usr\/)?(?:s?bin|lib|lib64|libexec|share|include)(?:\/|$)/;

/** Takes what builds install, by their prefixes. */
export function takeInstalled(
  facts: Facts,
  installations: readonly Installation[],
  role: RoleOf,
  workshop: readonly string[],
): Installed | Refusal {
  const crossings = new Map<string, Crossing>();
  const assumptions = new Set<string>();
  const emptied = new Set<string>();
  const insertions: Insertion[] = [];
  const staged: string[] = [];
  const isHosted = [...installedPackages(facts, role)].some((name) => hosts.test(name));
  for (const installation of installations) {
    const { call, prefix, isCertain, isGiven, options } = installation;
    const words = [call.program, ...call.args].join(" ");
    const again = stageAgain(facts, installation);
    if (again !== null) {
      insertions.push(again.insertion);
      staged.push(...again.places);
      assumptions.add(
        `\`${words}\` obeys DESTDIR, and does nothing else that the program needs than to put files there.`,
      );
      continue;
    }
    const refusal = refusePrefix(facts, words, prefix);
    if (refusal) return refusal;
    crossings.set(prefix!, crossingOf(prefix!, true));
    const step = facts.steps.find(({ calls }) => calls.includes(call))!;
    const text = facts.analysis.text.slice(step.instruction.span.start, step.instruction.span.end);
    const strays: string[] = [];
    for (const { name, path } of options) {
      if (name === "sbin-path") crossings.set(path, crossingOf(path, false));
      else if (name === "conf-path") crossings.set(directoryOf(path), crossingOf(directoryOf(path), true));
      else if (/-(?:log|temp)-path$/.test(name)) emptied.add(directoryOf(path));
      else if (systemPlaces.test(path)) {
        return {
          refused: `\`${words}\` installs into ${path}, among the files of the system, so what it brings cannot be told.`,
        };
      } else if (!/^\/(?:var\/)?(?:run|lock|tmp)(?:\/|$)/.test(path)) strays.push(path);
    }
    if (strays.length > 0)
      assumptions.add(`The program needs nothing of what \`${words}\` puts into ${[...new Set(strays)].join(" or ")}.`);
    if (!isCertain || isHosted || (!isGiven && strayers.test(text)))
      assumptions.add(`\`${words}\` puts nothing that the program needs outside ${prefix!}.`);
  }
  const end = insertions.length > 0 ? endOfStaging(facts, role, workshop) : null;
  if (insertions.length > 0) {
    const lost = lostBesideStage(facts, role, insertions[0]!.at, staged, end, workshop);
    if (lost !== null) return { refused: lost };
    crossings.set(stageName, { ...crossingOf(stageName, true), to: "/" });
  }
  const command = unlinked(staged);
  const directory = (end === null ? null : facts.steps[end]?.cwd?.value) ?? "/";
  const finish = command === null ? [] : [{ command, flags: "", directory, user: null }];
  const outer = [...crossings.values()].filter(
    ({ value }) => ![...crossings.keys()].some((other) => other !== value && isInside(other, value)),
  );
  return { crossings: outer, assumptions: [...assumptions], emptied: [...emptied], insertions, finish, staged, end };
}

function refusePrefix(facts: Facts, words: string, prefix: string | null): Refusal | null {
  if (prefix === null) return { refused: `Where \`${words}\` installs to cannot be told from the file.` };
  if (/^\/(?:usr)?$/.test(prefix)) {
    return {
      refused: `\`${words}\` installs into ${prefix}, among the files of the system, so what it brings cannot be told: with a prefix of its own, such as /usr/local, it can be split.`,
    };
  }
  return facts.image.name === "gcc" && prefix === "/usr/local"
    ? {
        refused: `\`${words}\` installs into /usr/local, where the image has its compilers: with another prefix it can be split.`,
      }
    : null;
}

/** Other package managers: what they install may be a part of what runs. */
export function foreignInstall(facts: Facts): string | null {
  const call = facts.steps
    .flatMap((step) => step.calls)
    .find(
      ({ name, args }) =>
        (/^(?:pip[\d.]*|npm|yarn|pnpm|gem|bundle|cargo|luarocks|pecl|conda|mamba)$/.test(name) &&
          args.some((arg) => arg === "install" || arg === "add")) ||
        /^(?:easy_install|cpanm?|get-pip\.py)$/.test(name) ||
        (/^python[\d.]*$/.test(name) && args.some((arg) => /^(?:setup\.py|get-pip\.py|pip)$/.test(lastPart(arg)))),
    );
  return call ? [call.program, ...call.args.slice(0, 3)].join(" ") : null;
}

/** Paths that arguments and variables name, absolute. */
function namedPaths({ start, healthcheck, steps, cwd, env }: Facts): string[] {
  const words = [start, healthcheck].flatMap((started) => started?.calls.flatMap(({ args }) => args) ?? []);
  const set = steps.flatMap(({ instruction }) =>
    instruction.keyword === "ENV"
      ? instruction.pairs.flatMap(({ key, value }) =>
          value === null || /PATH$|^(?:C|CXX|LD)FLAGS$/.test(key) ? [] : [value],
        )
      : [],
  );
  const plain = (word: string): string =>
    word
      .replace(/^-{0,2}[\w.-]*=/, "")
      .replace(/^["']|["']$/g, "")
      .replace(/\$\{?(\w+)\}?/g, (all, name: string) => env(name) ?? all);
  const files = words.map(plain).filter((word) => /^[\w.-]+(?:\/[\w.-]+)*\.[a-z]\w{0,4}$/.test(word));
  return [...files, ...[...words, ...set].map(plain).filter((word) => /^\.{0,2}\//.test(word))]
    .filter((word) => !/:\/\/|[$`*]/.test(word))
    .map((word) => resolvePath(cwd?.value ?? "/", word))
    .filter((path) => path !== "/" && path !== cwd?.value);
}

/** Named paths among the sources that are there when the image is done, and that do not cross yet. */
export function namedAmongSources(
  facts: Facts,
  role: RoleOf,
  workshop: readonly string[],
  crossings: readonly Crossing[],
): string[] {
  const removed = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) =>
      call.name === "rm" ? call.args.flatMap((arg) => (arg.startsWith("-") ? [] : (call.path(arg) ?? []))) : [],
    ),
  );
  const isGone = (path: string): boolean =>
    removed.some((one) => isInside(one.replace(/\/?\*$/, ""), path) && one !== "/*" && one !== "/");
  const isMade = (path: string): boolean =>
    facts.steps.some((step) => {
      const target = copiedTo(step);
      if (target && (isInside(target.path, path) || isInside(path, target.path))) return true;
      return step.calls.some((call) => {
        const found = role(call);
        if (call.cwd !== null && (isInside(path, call.cwd) || isInside(call.cwd, path)) && found.kind === "step")
          return true;
        return (
          found.kind === "files" && found.paths?.some((one) => isInside(one, path) || isInside(path, one)) === true
        );
      });
    });
  return namedPaths(facts).filter(
    (path) =>
      workshop.some((directory) => isInside(directory, path) && (directory !== path || path !== "/tmp")) &&
      !["/tmp", "/var/tmp", "/usr/src", "/usr/local/src"].includes(path) &&
      !crossings.some(({ value }) => isInside(value, path)) &&
      !isGone(path) &&
      isMade(path),
  );
}

const scripts = /\.(?:sh|bash|py|pl|rb)$|entrypoint|^(?:run|start|boot|launch)|init$/;

/** What of the directories of the build crosses, the surest first: all of it, or the program alone. */
export function takeStarted(facts: Facts, here: readonly StartedHere[]): Taken[] {
  const roots = [...new Set(here.map(({ root }) => root))];
  const whole: Taken = { crossings: roots.map((root) => crossingOf(root, true)), assumptions: [] };
  const paths = [...new Set(here.map(({ path }) => path))];
  const isNamed = namedPaths(facts).some((path) => !paths.includes(path) && roots.some((root) => isInside(root, path)));
  if (isNamed || paths.some((path) => scripts.test(lastPart(path)))) return [whole];
  const brought = roots.flatMap((root) => otherCopies(facts, root));
  const isPlain = paths.every((path) => isPlainlyCompiled(facts, path));
  const where = roots.join(" or ");
  const alone: Taken = {
    crossings: paths.map((path) => crossingOf(path, false)),
    assumptions: [
      ...(brought.length > 0 ? [staysSentence(where, brought)] : []),
      ...(isPlain ? [] : [`The program needs nothing else that the build makes in ${where}, such as libraries.`]),
    ],
  };
  return alone.assumptions.length === 0 ? [alone] : [whole, alone];
}

function staysSentence(where: string, brought: readonly string[]): string {
  return `At run time the program reads no files of ${where}: what \`${brought.join("` and `")}\` ${brought.length > 1 ? "bring" : "brings"} stays in the builder.`;
}

/** What must hold where the container works in a directory of the build, but starts nothing there. */
export function dataSentences(facts: Facts): string[] {
  const cwd = facts.cwd?.value ?? "/";
  const builds = facts.steps.flatMap((step) => step.calls).filter(isBuild);
  const works = cwd !== "/" && builds.some((call) => workPlaces(call).some((place) => isInside(cwd, place)));
  const brought = works ? otherCopies(facts, cwd) : [];
  return brought.length === 0 ? [] : [staysSentence(cwd, brought)];
}

/** Lets the loader find libraries again that the builder's loader was told of. */
export function loaderLines(facts: Facts, builds: readonly Call[], crossings: readonly Crossing[]): string[] {
  if (!crossings.some(({ directory }) => directory) || distributionOf(facts.image)?.manager === "apk") return [];
  const first = facts.steps.findIndex(({ calls }) => calls.some((call) => builds.includes(call)));
  // Packages that are installed or removed later let the loader look again where it always looks.
  const isSearched = crossings.some(({ value }) => value === "/usr/local");
  const isTold = facts.steps.some(({ calls, index }) =>
    calls.some(({ name }) => name === "ldconfig" || (isSearched && index >= first && /^(?:apt|apt-get)$/.test(name))),
  );
  return isTold ? ["RUN ldconfig"] : [];
}
