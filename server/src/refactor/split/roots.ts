import { copyTarget } from "../../stages/copies.ts";
import type { Facts } from "./facts.ts";
import { directoryOf, isInside, type Place } from "../../text/paths.ts";

/** Directories of the system: never the project's, whatever is copied there. */
const system = new Set(
  "/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/local /usr/local/bin /usr/bin /usr/lib /usr/sbin /usr/share /var /var/lib".split(
    " ",
  ),
);

/**
 * The project's directory: the one around all directories that a build works in, around the container's own where that
 * holds them, and around a COPY that brings them along with others. `/` where there is no such place.
 */
export function findProject(facts: Facts, directories: readonly string[]): Place {
  let common = directories[0] ?? "/";
  while (!directories.every((directory) => isInside(common, directory))) common = directoryOf(common);
  const { cwd, official } = facts;
  if (cwd && cwd.value !== "/" && cwd.value !== official?.workdir && isInside(cwd.value, common)) common = cwd.value;
  for (const step of facts.steps) {
    const { keyword, args } = step.instruction;
    if (keyword !== "COPY" && keyword !== "ADD") continue;
    const target = copyTarget(step);
    const brings = args.slice(0, -1).some(({ text }) => !/[^./]\.\w+$/.test(text));
    if (target && brings && !system.has(target.path) && isInside(target.path, common)) common = target.path;
  }
  const places = [cwd, ...facts.steps.map((step) => step.cwd)];
  return places.find((place) => place?.value === common) ?? { value: common, text: common };
}
