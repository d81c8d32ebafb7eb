import { type Image, isAlpineTag, parseImage } from "../../images/image.ts";
import { lacksShell, libcOf } from "../../images/libc.ts";
import { distributionOf } from "../../images/libraries.ts";
import { usersOf } from "../../images/users.ts";
import { lastPart } from "../../text/paths.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts } from "./facts.ts";
import type { Side } from "./plan.ts";
import { installedPackages, type RoleOf } from "./roles.ts";
import { place, Unsure } from "./unsure.ts";

/**
 * Whether another image has what the instructions of the runtime stage need, whatever the ecosystem: a shell, the package
 * manager, the commands for users, the tools that the container calls.
 *
 * @returns what must be checked; plain sentences
 * @throws {Unsure} where the image surely lacks something
 */
export function checkFit(facts: Facts, role: RoleOf, choice: Choice, sides: readonly Side[]): string[] {
  if (choice.strategy === "same") return [];
  const image = parseImage(choice.base);
  const hasNoShell = choice.base === "scratch" || lacksShell(image);
  if (hasNoShell) refuseWithoutShell(facts, choice, sides);
  else refuseForeignCommands(facts, role, choice, sides, image);
  return [...checkTools(facts, role, choice, image, hasNoShell), ...checkUser(facts, image)];
}

/** The steps of which the runtime stage has something. */
function runtimeSteps({ steps }: Facts, sides: readonly Side[]): Facts["steps"] {
  return steps.filter(({ index }) => {
    const { kind } = sides[index]!;
    return kind === "both" || kind === "moved" || kind === "tail";
  });
}

function refuseWithoutShell(facts: Facts, { base, command }: Choice, sides: readonly Side[]): void {
  const { start, healthcheck, cmd } = facts;
  for (const { instruction } of runtimeSteps(facts, sides)) {
    if (instruction.keyword === "RUN")
      throw new Unsure(`\`${base}\` has no shell for RUN in ${place(instruction)}, which the program needs.`);
    const user = instruction.keyword === "USER" ? (instruction.args[0]?.text ?? "") : "";
    const own = usersOf(parseImage(base))?.own;
    if (!/^(?:root|\d+)?(?::|$)/.test(user) && user.split(":", 1)[0] !== own)
      throw new Unsure(`\`${base}\` does not know the user of ${place(instruction)}.`);
  }
  const isReplaced = command !== null && start?.instruction === cmd;
  if (start?.shell === true && !isReplaced)
    throw new Unsure(
      `\`${base}\` has no shell, which ${start.instruction.keyword} in ${place(start.instruction)} needs.`,
    );
  if (healthcheck?.shell === true)
    throw new Unsure(`\`${base}\` has no shell, which HEALTHCHECK in ${place(healthcheck.instruction)} needs.`);
}

const shadowCommands = new Set(["useradd", "groupadd", "usermod", "groupmod", "gpasswd"]);

/** Stops at commands for another distribution than that of the new base. */
function refuseForeignCommands(facts: Facts, role: RoleOf, choice: Choice, sides: readonly Side[], image: Image): void {
  const libc = libcOf(image);
  const isOtherSystem = libc !== null && libc !== libcOf(facts.image);
  const manager = distributionOf(image)?.manager ?? (libc === "musl" ? "apk" : null);
  for (const { instruction, calls } of runtimeSteps(facts, sides)) {
    for (const call of calls) {
      const found = role(call);
      const installs =
        found.kind === "packages" &&
        found.action === "install" &&
        found.packages.some(({ value }) => choice.keepsPackage(value));
      const isForeign = installs
        ? manager !== null && found.manager !== manager
        : isOtherSystem &&
          found.kind === "users" &&
          (libc === "musl" ? shadowCommands.has(call.name) : call.args.some((arg) => /^-[a-zA-Z]*[DSHG]/.test(arg)));
      if (isForeign)
        throw new Unsure(
          `\`${call.name}\` in ${place(instruction)} is not made for \`${choice.base}\`, another distribution.`,
        );
    }
  }
}

const tools = new Set(["curl", "wget", "git", "nc", "bash", "python", "python3", "ps", "pg_isready", "mysqladmin"]);

/** Whether an image lacks a tool; `null` where that is not known. */
function lacks({ name, tag }: Image, tool: string): boolean | null {
  if (name === "nginx" && tool === "curl") return false;
  if (name === "buildpack-deps" && ["curl", "wget", "git"].includes(tool)) return false;
  if (name === "alpine" || isAlpineTag(tag)) return !["wget", "nc", "ps"].includes(tool);
  if (name === "debian" || /(?:^|-)slim(?:-|$)/.test(tag))
    return tool !== "bash" && !((name === "python" || tag.includes("python")) && tool.startsWith("python"));
  return tool === "bash" ? false : null;
}

function checkTools(facts: Facts, role: RoleOf, choice: Choice, image: Image, hasNoShell: boolean): string[] {
  const installed = [...installedPackages(facts, role)].filter((name) => choice.keepsPackage(name));
  const checks = new Set<string>();
  for (const started of [choice.command === null ? facts.start : null, facts.healthcheck]) {
    for (const { program } of started?.calls ?? []) {
      const tool = lastPart(program);
      if (!tools.has(tool) || installed.some((name) => name.startsWith(tool)) || choice.keepsProgram(tool)) continue;
      const { instruction } = started!;
      const isMissing = hasNoShell || lacks(image, tool);
      const calls = `${tool}, which ${instruction.keyword} in ${place(instruction)} calls`;
      if (isMissing === true) throw new Unsure(`\`${choice.base}\` does not have ${calls}.`);
      if (isMissing === null) checks.add(`\`${choice.base}\` has ${calls}.`);
    }
  }
  return [...checks];
}

/** A base that does not run as root by itself changes who the container is. */
function checkUser({ user, image }: Facts, base: Image): string[] {
  const ours = usersOf(base)?.set ?? null;
  const before = usersOf(image)?.set ?? null;
  return user !== null || ours === before
    ? []
    : [
        `The program may run as ${ours ?? "root"}, as \`${base.folder}${base.name}\` does, instead of ${before ?? "root"}.`,
      ];
}
