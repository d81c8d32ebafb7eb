import type { Call } from "../../../../stages/calls.ts";
import type { Facts, Step } from "../../facts.ts";
import { type Image, isOfficial } from "../../../../images/image.ts";
import { lastPart } from "../../../../text/paths.ts";
import type { RoleOf } from "../../roles.ts";
import type { Finish } from "../ecosystem.ts";
import { readManifest } from "./manifest.ts";
import { manifests, type PackageManagerCall, readPackageManager } from "./package-managers.ts";

/** A command that puts packages in place, and where it stands. */
export interface Install {
  readonly step: Step;
  readonly call: Call;
  readonly manager: PackageManagerCall;
}

/** The file's own commands that put packages in place or take them away, in order. */
export function readInstalls({ steps }: Facts): Install[] {
  return steps.flatMap((step) =>
    step.calls.flatMap((call) => {
      const manager = readPackageManager(call);
      return manager && ["install", "add", "prune"].includes(manager.verb) ? [{ step, call, manager }] : [];
    }),
  );
}

function leavesOut({ call, manager }: Install): boolean {
  if (manager.verb === "prune") return manager.name === "prune";
  return manager.verb === "install" && productionOnly(call, manager);
}

/** Whether the file takes development packages away again, after an earlier step has put them into a layer. */
export function prunesLate(installs: readonly Install[]): boolean {
  const first = installs.find((install) => !leavesOut(install));
  return first !== undefined && installs.some((one) => leavesOut(one) && one.step.index > first.step.index);
}

const installScripts = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];

/** The commands that leave only production packages in each directory that has others. */
export function planPrune(facts: Facts, role: RoleOf, installs: readonly Install[]): Finish[] {
  const directories = new Map<string, Install>();
  for (const install of installs) {
    const { cwd } = install.manager;
    if (cwd === null) continue;
    if (leavesOut(install)) directories.delete(cwd);
    else if (!directories.has(cwd) && install.manager.verb !== "prune") directories.set(cwd, install);
  }
  return [...directories].flatMap(([directory, { step, manager }]): Finish[] => {
    const manifest = readManifest(facts, directory);
    if (manifest?.devDependencies.length === 0) return [];
    // bun has no command for it, so it installs again, which runs the project's own scripts.
    if (manager.manager === "bun" && (!manifest || installScripts.some((name) => manifest.scripts.has(name))))
      return [];
    // yarn may download again, which needs what it was allowed to read.
    if (manager.manager === "yarn" && losesAccess(facts, role)) return [];
    // Caches and secrets of the install serve again.
    const flags = step.instruction.mounts.map(
      ({ flag }) => `${facts.analysis.text.slice(flag.span.start, flag.span.end)} `,
    );
    return [{ command: pruneCommand(manager, facts.image), flags: flags.join(""), directory, user: step.user }];
  });
}

/** Whether npm or yarn leave behind what they downloaded, which a second stage leaves out. */
export function leavesCache(role: RoleOf, installs: readonly Install[]): boolean {
  return installs.some(
    ({ step, manager: { manager, verb } }) =>
      (manager === "npm" || manager === "yarn") &&
      verb !== "prune" &&
      !step.instruction.mounts.some(({ type }) => type === "cache") &&
      !step.calls.some((call) => role(call).kind === "cleanup" && !/apk|apt/.test(call.args.join(" "))),
  );
}

/** Whether a whole folder arrives in front of an install by yarn, which may choose another yarn. */
export function hasUnseenYarn(facts: Facts): boolean {
  if ([...facts.project.keys()].some((path) => lastPart(path) === "package.json"))
    return [...facts.project.keys()].some((path) => lastPart(path) === ".yarnrc.yml");
  const yarn = readInstalls(facts).find(({ manager }) => manager.manager === "yarn");
  if (!yarn) return false;
  return facts.steps.some(
    ({ index, instruction }) =>
      index < yarn.step.index &&
      (instruction.keyword === "COPY" || instruction.keyword === "ADD") &&
      instruction.args.slice(0, -1).some(({ text }) => !manifests.test(lastPart(text))),
  );
}

/** Whether a command removes the settings for private registries. */
function losesAccess({ steps }: Facts, role: RoleOf): boolean {
  return steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return (
        call.name === "rm" &&
        (found.kind === "files" || found.kind === "credentials") &&
        (found.paths ?? []).some((path) => /^\.(?:npmrc|yarnrc)/.test(lastPart(path)))
      );
    }),
  );
}

/** Whether an install leaves out development dependencies. */
function productionOnly(call: Call, { flags }: PackageManagerCall): boolean {
  if (
    flags.some((flag) =>
      /^(?:--production(?:=true)?|--prod(?:=true)?|-P|--omit=dev|--only=prod(?:uction)?|--no-dev)$/.test(flag),
    )
  )
    return true;
  if (flags.some((flag) => /^(?:--include=dev|--production=false|--prod=false|--dev|-D)$/.test(flag))) return false;
  return (
    call.env("NODE_ENV")?.replace(/^["']|["']$/g, "") === "production" || call.env("NPM_CONFIG_PRODUCTION") === "true"
  );
}

/** Whether another yarn than version 1 may be at work. */
export function unsureYarn(facts: Facts): boolean {
  for (const { instruction, calls } of facts.steps) {
    for (const call of calls) {
      const manager = readPackageManager(call);
      if (manager?.manager === "yarn" && manager.verb === "install") {
        return !manager.flags.some((flag) =>
          /^--(?:frozen-lockfile|pure-lockfile|ignore-|non-interactive|network-|prefer-offline|production)/.test(flag),
        );
      }
    }
    // Before the install a whole directory arrives, which may choose another yarn.
    if (
      (instruction.keyword === "COPY" || instruction.keyword === "ADD") &&
      instruction.args.slice(0, -1).some(({ text }) => !manifests.test(lastPart(text)))
    )
      return true;
  }
  return true;
}

/** The command that leaves only production dependencies in place, with native modules as they were built. */
function pruneCommand({ manager, flags }: PackageManagerCall, image: Image): string {
  switch (manager) {
    case "npm": {
      const major = /^v?(\d+)/.exec(image.tag)?.[1];
      const named = /^(?:argon|boron|carbon|dubnium|erbium|fermium)/.test(image.tag);
      const old = isOfficial(image, "node") && (named || (major !== undefined && Number(major) < 15));
      const kept = flags.filter(
        (flag) => flag === "--legacy-peer-deps" || flag === "--force" || flag === "-f" || flag === "--ignore-scripts",
      );
      return ["npm prune", old ? "--production" : "--omit=dev", ...kept].join(" ");
    }
    case "yarn":
      return "yarn install --production --ignore-scripts --prefer-offline";
    case "bun":
      return "rm -rf node_modules && bun install --production";
    case "pnpm":
      // Without CI=true pnpm asks before it removes packages; scripts such as `prepare` may need what is gone.
      return "CI=true pnpm prune --prod --ignore-scripts";
  }
}
