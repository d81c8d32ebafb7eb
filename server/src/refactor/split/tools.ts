import { isOfficial, parseImage } from "../../images/image.ts";
import { hasCompiler } from "../../images/roles.ts";
import { packageName } from "../../stages/packages.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts, Step } from "./facts.ts";
import { installedPackages, type RoleOf } from "./roles.ts";
import { commandSource, lineOf, shorten, sourceOf, Unsure } from "./unsure.ts";

/** The programs that packages bring under other names than their own. */
const programsOf: Readonly<Record<string, readonly string[]>> = {
  "build-base": ["gcc", "g++", "cc", "make"],
  "build-essential": ["gcc", "g++", "cc", "make"],
  "git-core": ["git"],
  "libcap2-bin": ["setcap"],
  "lsb-release": ["lsb_release"],
  "openssh-client": ["ssh", "ssh-keyscan", "ssh-keygen", "scp"],
  "p7zip-full": ["7z"],
  "software-properties-common": ["add-apt-repository", "apt-add-repository"],
  "xz-utils": ["xz"],
  "yum-utils": ["yum-config-manager"],
  gnupg: ["gpg", "apt-key"],
  gnupg1: ["gpg", "apt-key"],
  gnupg2: ["gpg", "apt-key"],
  libcap: ["setcap"],
  locales: ["locale-gen", "localedef", "update-locale"],
  nodejs: ["node", "npm", "npx"],
  shadow: ["useradd", "usermod", "groupadd", "groupmod"],
};

/** A RUN of which the runtime stage has something. */
interface Repeated {
  readonly step: Step;
  /** What it has of it. */
  readonly text: string;
}

/**
 * The packages that a choice leaves out though steps of the runtime stage call their programs: `curl` and `gnupg` for
 * `curl … | gpg --dearmor`.
 *
 * @throws {Unsure} where such a package is gone by then
 */
export function neededPackages(facts: Facts, role: RoleOf, choice: Choice, repeated: readonly Repeated[]): Set<string> {
  const needed = new Set<string>();
  // The base has these anyway.
  if (hasCompiler(parseImage(choice.base))) return needed;
  const lasting = installedPackages(facts, role);
  const isLeftOut = (name: string): boolean =>
    !choice.keepsPackage(name) || choice.replacements?.get(name)?.includes(name) === false;
  const bringers = new Map<string, string[]>();
  const texts = new Map(repeated.map(({ step, text }) => [step, text]));
  for (const step of facts.steps) {
    const text = texts.get(step);
    for (const call of step.calls) {
      const found = role(call);
      if (found.kind === "packages" && found.action !== "sources") {
        if (found.action === "install") for (const { value } of found.packages) addPrograms(bringers, value);
        continue;
      }
      const names = bringers.get(call.name);
      if (!names || text?.includes(commandSource(facts, call)) !== true) continue;
      const there = names.filter((name) => lasting.has(name));
      if (there.length === 0 && text !== sourceOf(facts, step.instruction)) {
        const named = `\`${shorten(commandSource(facts, call))}\` (${lineOf(facts, call)})`;
        throw new Unsure(`${named} needs ${names[0]!}, which the file removes again.`);
      }
      if (there.every(isLeftOut)) for (const name of there) needed.add(name);
    }
  }
  return needed;
}

function addPrograms(bringers: Map<string, string[]>, name: string): void {
  const plain = packageName(name);
  for (const program of Object.hasOwn(programsOf, plain) ? programsOf[plain]! : [plain]) {
    const known = bringers.get(program);
    if (!known) bringers.set(program, [name]);
    else if (!known.includes(name)) known.push(name);
  }
}

/** The same choice, with more packages in the runtime stage. */
export function keeping(choice: Choice, names: ReadonlySet<string>): Choice {
  const replacements = new Map(choice.replacements);
  for (const name of names) replacements.delete(name);
  return { ...choice, replacements, keepsPackage: (name) => names.has(name) || choice.keepsPackage(name) };
}

/** Packages that Debian installs certificates along with, as they recommend them. */
const trusting = /^(?:curl|wget|git|git-core|aria2|subversion|mercurial)$/;

/**
 * The same choice with certificates where only tools that it leaves out have brought them: Debian and Ubuntu have none by
 * themselves.
 */
export function withCertificates(facts: Facts, role: RoleOf, choice: Choice): Choice {
  if (choice.strategy !== "same" || !(isOfficial(facts.image, "debian") || isOfficial(facts.image, "ubuntu")))
    return choice;
  const calls = facts.steps.flatMap((step) => step.calls);
  // All goes again that nobody asks for.
  if (calls.some(({ name, args }) => name === "apt-mark" && args[0] === "auto")) return choice;
  const removesUnneeded = calls.some(
    ({ name, args }) =>
      name.startsWith("apt") && args.some((arg) => /^(?:autoremove|autopurge|--auto-?remove)$/.test(arg)),
  );
  const lasting = installedPackages(facts, role);
  let bringer: string | null = null;
  for (const call of calls) {
    const found = role(call);
    if (found.kind !== "packages" || found.action !== "install" || found.manager !== "apt") continue;
    for (const { value } of found.packages) {
      const stays = lasting.has(value) || !removesUnneeded;
      if (value.startsWith("ca-certificates") && stays) return choice;
      const recommends = !call.args.some((arg) => /^--no-install-recommends$|Install-Recommends=(?:0|false)/.test(arg));
      if (recommends && stays && trusting.test(packageName(value))) {
        if (choice.keepsPackage(value) && choice.replacements?.has(value) !== true) return choice;
        bringer ??= value;
      }
    }
  }
  const kept = [...(choice.replacements?.values() ?? [])].some((names) => names.includes("ca-certificates"));
  if (bringer === null || kept) return choice;
  const name = bringer;
  const replacements = new Map(choice.replacements).set(name, ["ca-certificates"]);
  return { ...choice, replacements, keepsPackage: (one) => one === name || choice.keepsPackage(one) };
}
