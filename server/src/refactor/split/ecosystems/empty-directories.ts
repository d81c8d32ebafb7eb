import { isInside } from "../../../text/paths.ts";
import type { Facts } from "../facts.ts";
import type { RoleOf } from "../roles.ts";
import { copiedTo } from "./placed.ts";

/** Directories that the file makes and nothing is seen to be put into: for data, logs, uploads. */
export function emptyDirectories(facts: Facts, role: RoleOf): string[] {
  return madeDirectories(facts, role).filter((path) => !isEntered(facts, path) && !isFilled(facts, role, path));
}

/** Directories that the file makes by name. */
export function madeDirectories(facts: Facts, role: RoleOf): string[] {
  return facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const found = role(call);
      return call.name === "mkdir" && found.kind === "files" ? (found.paths ?? []) : [];
    }),
  );
}

/** Whether a COPY brings files into a directory, or a command runs in it. */
export function isEntered(facts: Facts, path: string): boolean {
  return facts.steps.some((step) => {
    const target = copiedTo(step);
    if (target && isInside(path, target.path)) return true;
    return step.calls.some(({ cwd }) => cwd !== null && isInside(path, cwd));
  });
}

/** Commands that put nothing into the directories that they name. */
const emptyHanded = new Set(["mkdir", "chown", "chmod", "chgrp"]);

/** Whether a command may put files into a directory by their names. */
function isFilled(facts: Facts, role: RoleOf, path: string): boolean {
  return facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind !== "files" || emptyHanded.has(call.name)) return false;
      return found.paths === null || found.paths.some((one) => isInside(path, one));
    }),
  );
}
