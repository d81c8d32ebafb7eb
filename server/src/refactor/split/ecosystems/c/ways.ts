import { debianRelease, isOfficial } from "../../../../images/image.ts";
import { copyTarget } from "../../../../stages/copies.ts";
import type { Call } from "../../../../stages/calls.ts";
import { isInside } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import { installedPackages, type RoleOf } from "../../roles.ts";
import type { Choice, Crossing } from "../ecosystem.ts";
import { isCompiler } from "./commands.ts";

/**
 * The libraries that come with the compilers of the official image, newer than those of its system. Their folder is `lib64`
 * or `lib`, as the platform has it.
 */
const newer = (name: string, comment: string | null): Crossing => ({
  from: `/usr/local/lib*/${name}`,
  value: `/usr/local/lib*/${name}`,
  to: "/usr/local/lib/",
  directory: false,
  comment,
});

/** Whether compilers make all programs from sources in C, or in C++. */
function plainLanguage(builds: readonly Call[]): "c" | "c++" | null {
  if (!builds.every(isCompiler)) return null;
  const isCpp = builds.some(
    ({ name, args }) => /\+\+/.test(name) || args.some((arg) => /\.(?:cc|cpp|cxx|C)$/.test(arg)),
  );
  return isCpp ? "c++" : "c";
}

/** Libraries that any image of the system has: those of C and of its package manager. */
const always = /^-l(?:c|m|dl|rt|pthread|stdc\+\+|gcc|gcc_s|z|bz2|lzma)$/;

/** Without compilers, on the system that the official image of GCC stands on. */
export function withoutGcc(facts: Facts, role: RoleOf, builds: readonly Call[], same: Choice): Choice | null {
  const { image, rawImage } = facts;
  if (!isOfficial(image, "gcc") || /\$/.test(rawImage.tag)) return null;
  const keeps = [...installedPackages(facts, role)].some((name) => same.keepsPackage(name));
  const release = debianRelease(image.tag);
  // The packages are made for the system of the build.
  if (keeps && release === null) return null;
  const base = `${rawImage.folder}debian:${release ?? "stable"}-slim`;
  const language = plainLanguage(builds);
  const isPlain =
    language !== null && builds.every(({ args }) => args.every((arg) => !arg.startsWith("-l") || always.test(arg)));
  const libraries =
    language === "c"
      ? []
      : [newer("libstdc++.so.6", "The runtime of C++ that fits the compiler."), newer("libgcc_s.so.1", null)];
  return {
    ...same,
    strategy: "slim",
    base,
    detail: "Debian without compilers",
    crossings: [...same.crossings, ...libraries],
    closing: libraries.length > 0 ? ["RUN ldconfig"] : same.closing,
    assumptions: [
      ...same.assumptions,
      ...(isPlain
        ? []
        : [`The program needs no other shared libraries than those of C and C++ and what \`${base}\` has.`]),
    ],
  };
}

/** Whether programs are linked without shared libraries, as far as the file says. */
function isStatic(builds: readonly Call[]): boolean {
  const has = (text: string): boolean => /(?:^|[\s"'=])-static(?:-pie)?(?=$|[\s"'])/.test(text);
  const links = builds.filter((call) => !call.args.some((arg) => arg === "-c" || arg === "install" || arg === "clean"));
  return (
    links.length > 0 &&
    links.every((call) => call.args.some(has) || has(call.env("LDFLAGS") ?? "") || has(call.env("CFLAGS") ?? ""))
  );
}

/** In an empty image, for a program without shared libraries that nothing else belongs to. */
export function inScratch(facts: Facts, builds: readonly Call[], alone: Choice): Choice | null {
  const { start, healthcheck, user, steps } = facts;
  if (!isStatic(builds) || !start || start.shell || start.wrappers.length > 0 || healthcheck !== null) return null;
  if (user !== null && !/^\d+(?::\d+)?$/.test(user)) return null;
  if (alone.crossings.some(({ directory }) => directory) || alone.crossings.length !== 1) return null;
  const bringsMore = steps.some((step) => {
    const { keyword } = step.instruction;
    if (keyword !== "COPY" && keyword !== "ADD") return false;
    const path = copyTarget(step)?.path;
    return path === undefined || !alone.workshop.some((directory) => isInside(directory, path));
  });
  if (bringsMore) return null;
  return {
    ...alone,
    strategy: "minimal",
    base: "scratch",
    detail: "an empty image: the program alone",
    repeatsSetup: false,
    closing: [],
    assumptions: [
      ...alone.assumptions,
      "The program needs nothing of a system: no certificates, time zones, names of users or hosts, no other programs.",
    ],
  };
}
