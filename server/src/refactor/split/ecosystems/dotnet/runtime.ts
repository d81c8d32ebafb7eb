import type { Facts } from "../../facts.ts";
import { lastPart } from "../../../../text/paths.ts";
import { installedPackages, type RoleOf } from "../../roles.ts";
import { sourceOf } from "../../unsure.ts";
import { either, installLines } from "../install.ts";
import type { Siblings } from "./images.ts";

/**
 * What sets the runtime's image apart from the SDK's and changes how a program runs, taken back: the SDK's names no port,
 * and knows languages and time zones on Alpine, too.
 */
export function closingOf(facts: Facts, role: RoleOf, { major, system }: Siblings, web: boolean): string[] {
  const lines: string[] = [];
  const isSet = (name: string): boolean => facts.env(name) !== undefined;
  const installed = installedPackages(facts, role);
  const wanted = missingPrograms(facts, system);
  if (system === "alpine") {
    const invariant = facts.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
    if (invariant === undefined || !/^(?:1|true)$/i.test(invariant)) {
      // The data of all languages is a package of its own from Alpine 3.16 on.
      wanted.push(...(major === null || major >= 6 ? ["icu-data-full"] : []), "icu-libs");
    }
    wanted.push("tzdata");
  }
  const packages = wanted.filter((name) => !installed.has(name));
  lines.push(...installLines(facts, role, system === "alpine" ? "alpine" : "debian", packages));
  if (system === "alpine" && !isSet("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"))
    lines.push("ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false");
  if (web) {
    const names = portVariables(major);
    const isTold = facts.start?.calls.some(({ args }) => args.some((arg) => /^--(?:server\.)?urls\b/.test(arg)));
    if (
      isTold !== true &&
      !startTexts(facts).some((text) => text.includes("ASPNETCORE_")) &&
      ![...names, "ASPNETCORE_URLS"].some(isSet)
    )
      lines.push(
        "# As in the image with the SDK, where no port is set.",
        `ENV ${names.map((name) => `${name}=""`).join(" ")}`,
      );
  }
  return lines;
}

/** What CMD and ENTRYPOINT say, as written: a shell may set variables there. */
export function startTexts(facts: Facts): string[] {
  return [facts.entrypoint, facts.cmd].flatMap((one) => (one ? [sourceOf(facts, one)] : []));
}

/** The variables by which an image of a version names the port. */
function portVariables(major: number | null): readonly string[] {
  if (major === null) return ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS"];
  return major >= 8 ? ["ASPNETCORE_HTTP_PORTS"] : ["ASPNETCORE_URLS"];
}

/** Programs of the SDK's image that the container calls and the runtime's image lacks. */
export function missingPrograms({ start, healthcheck }: Facts, system: Siblings["system"]): string[] {
  const lacking = system === "alpine" ? ["curl", "git"] : ["curl", "wget", "git"];
  const names = [start, healthcheck].flatMap((started) => started?.calls.map(({ program }) => lastPart(program)) ?? []);
  return lacking.filter((name) => names.includes(name));
}

/** What the program must not call, since only the builder has it. */
export function systemSentences(facts: Facts, role: RoleOf, kept: ReadonlySet<string>): string[] {
  const dropped = [...installedPackages(facts, role)].filter(
    (name) => !kept.has(name) && /^(?:git|nodejs|npm|yarn|python[\d.]*)$/.test(name),
  );
  const tools = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const found = role(call);
      return found.kind === "programs" ? found.names : [];
    }),
  );
  const names = [...new Set([...dropped, ...tools].map((name) => (name === "nodejs" ? "Node.js" : name)))];
  return names.length > 0 ? [`The program does not call ${either(names)}.`] : [];
}
