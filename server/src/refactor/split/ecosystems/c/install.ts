import type { Call } from "../../../../stages/calls.ts";
import type { Facts } from "../../facts.ts";
import { isInside, resolvePath } from "../../../../text/paths.ts";
import { isConfigure, isMaker, workPlaces } from "./commands.ts";

/** Where a build installs what it made. */
export interface Installation {
  readonly call: Call;
  /** Absolute; `null` where the file does not tell. */
  readonly prefix: string | null;
  /** Whether the tool that installs is known to use this prefix: a makefile written by hand may use another. */
  readonly isCertain: boolean;
  /** Settings that name places outside the prefix: `--sysconfdir=/etc`. */
  readonly options: readonly PlaceOption[];
  /** Whether `--prefix` and the like were given. */
  readonly isGiven: boolean;
  /** Whether it only lays files out for a later step: `DESTDIR`. */
  readonly isStaged: boolean;
}

interface PlaceOption {
  /** Without dashes: `sysconfdir`. */
  readonly name: string;
  readonly path: string;
}

interface Configured {
  readonly prefix: string | null | undefined;
  readonly options: readonly PlaceOption[];
}

const nothing: Configured = { prefix: undefined, options: [] };

/** What builds install, in the file's order. */
export function readInstallations(facts: Facts): Installation[] {
  return facts.steps.flatMap(({ calls }) => {
    const found: Installation[] = [];
    let configured: Configured | null = null;
    calls.forEach((call) => {
      if (isConfigure(call) || isSetup(call)) configured = readConfigured(call, configured);
      else if (isInstall(call)) found.push(readInstallation(facts, call, configured ?? earlier(facts, call)));
    });
    return found;
  });
}

/** What the last RUN before configured, where a RUN of its own installs. */
function earlier(facts: Facts, call: Call): Configured | null {
  let configured: Configured | null = null;
  for (const { calls } of facts.steps) {
    if (calls.includes(call)) return configured;
    for (const one of calls) if (isConfigure(one) || isSetup(one)) configured = readConfigured(one, configured);
  }
  return configured;
}

/** Whether a command prepares a build directory: `cmake ..`, `meson setup build`, `cmake -B build`. */
function isSetup({ name, args }: Call): boolean {
  if (name === "meson") return args[0] !== "install" && args[0] !== "compile" && args[0] !== "test";
  return name === "cmake" && !args.some((arg) => arg === "--build" || arg === "--install" || arg === "-E");
}

function isInstall(call: Call): boolean {
  const { name, args } = call;
  if (name === "cmake") return args.includes("--install") || (args.includes("--build") && args.includes("install"));
  if (name === "meson") return args[0] === "install";
  return isMaker(call) && args.some((arg) => /^(?:install(?:[-_][\w-]+)?|[\w-]+[-_]install)$/.test(arg));
}

/** A setting's path as the command sees it; `null` where it cannot be told. */
function settingPath(call: Call, text: string): string | null {
  const plain = text.replace(/^["']|["']$/g, "");
  return plain === "" ? null : call.path(plain);
}

function readConfigured(call: Call, before: Configured | null): Configured {
  let prefix: string | null | undefined;
  const options: PlaceOption[] = [];
  call.words.forEach(({ text }, i) => {
    const [, name = "", value = ""] = /^(?:-D\s*|--)([\w-]+)(?::\w+)?=(.*)$/s.exec(text.replace(/^["']/, "")) ?? [];
    if (/^(?:CMAKE_INSTALL_PREFIX|prefix)$/.test(name)) prefix = settingPath(call, value);
    else if (/^--?prefix$/.test(text)) prefix = settingPath(call, call.words[i + 1]?.text ?? "");
    else if (/(?:dir|-path|_DIR|DIR)$/.test(name) && !/^with-|^enable-/.test(name)) {
      const path = /^["']?\//.test(value) ? settingPath(call, value) : null;
      if (path !== null) options.push({ name, path });
    }
  });
  // `autogen.sh` in front of `configure` says nothing more.
  if (prefix === undefined && before !== null && !isPrefixed(call)) return before;
  return { prefix, options };
}

function isPrefixed({ name }: Call): boolean {
  return /^(?:configure|Configure|config|cmake|meson)$/.test(name);
}

function readInstallation(facts: Facts, call: Call, configured: Configured | null): Installation {
  const { prefix: before, options } = configured ?? nothing;
  const prefix = lastSetting(call, /^(?:--prefix|PREFIX|prefix|INSTALL_PREFIX)$/);
  const staged = lastSetting(call, /^(?:DESTDIR|INSTALL_ROOT)$/) ?? call.env("DESTDIR");
  const stage = staged === undefined || staged === "" ? null : settingPath(call, staged);
  if (stage !== null) return { call, prefix: stage, isCertain: true, options: [], isGiven: true, isStaged: true };
  const described = prefix === undefined && before === undefined ? readMakefile(facts, call) : null;
  const otherwise = call.env("PREFIX") ?? described?.prefix ?? "/usr/local";
  const path = prefix !== undefined ? settingPath(call, prefix) : before === undefined ? otherwise : before;
  const clean = path === null ? null : resolvePath("/", path);
  const isGiven = prefix !== undefined || (before !== undefined && before !== null);
  return {
    call,
    prefix: clean,
    isCertain: configured !== null || isGiven || described !== null,
    options: clean === null ? [] : options.filter((option) => !isInside(clean, option.path)),
    isGiven,
    isStaged: false,
  };
}

/** The value of the last setting with such a name, as written: `PREFIX=/opt/app`, `--prefix /opt/app`. */
function lastSetting({ words }: Call, name: RegExp): string | undefined {
  return words
    .map(({ text }, i) => {
      const [, key = "", value] = /^([\w-]+)=(.*)$/s.exec(text) ?? [];
      if (name.test(key)) return value;
      return name.test(text) && text.startsWith("--") ? words[i + 1]?.text : undefined;
    })
    .findLast((value) => value !== undefined);
}

/** What a makefile that is known says about its prefix; `null` where it is not known, or installs elsewhere, too. */
function readMakefile({ project }: Facts, call: Call): { readonly prefix: string } | null {
  const places = workPlaces(call);
  const text = places
    .toReversed()
    .flatMap((place) => ["GNUmakefile", "makefile", "Makefile"].map((name) => project.get(resolvePath(place, name))))
    .find((found) => found !== undefined);
  const prefix = /^[ \t]*(?:PREFIX|prefix)[ \t]*[?:]?=[ \t]*(\/[\w./-]+)[ \t]*$/m.exec(text ?? "")?.[1];
  const isElsewhere = /^\t.*[ =]\/(?:etc|var|lib|s?bin|usr\/(?!local\b))/m.test(text ?? "");
  return prefix === undefined || isElsewhere ? null : { prefix };
}
