import type { Call } from "../../stages/calls.ts";
import { isInside } from "../../text/paths.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts, Step } from "./facts.ts";
import type { RoleOf } from "./roles.ts";

/**
 * What a build may put beside the project: places that its words or the image's variables name, which nothing copies. A build
 * is trusted to write nothing elsewhere.
 */

/** Places of the system, of caches and of tools: nobody lets a build fill them for a program. */
const elsewhere =
  /^\/(?:$|(?:usr|bin|sbin|lib|lib32|lib64|boot|dev|proc|sys|run|tmp|etc|root|go)(?:\/|$)|home\/[^/]+\/(?:\.|go\/)|var\/(?:tmp|run|lock|log|cache\/(?:apt|apk|dnf|yum))(?:\/|$)|(?:opt|srv|var|home|mnt|media|opt\/java|opt\/java\/openjdk|var\/(?:lib|cache|www))$)/;

/** Whether the runtime stage does without a place, as far as the file shows. */
function isMissing(
  { crossings, workshop, made, madeAgain }: Choice,
  there: ReadonlySet<string>,
  path: string,
): boolean {
  if (elsewhere.test(path) || /[*?[$]/.test(path)) return false;
  const known = [...workshop, ...made, ...madeAgain, ...crossings.map(({ value }) => value), ...there];
  return !known.some((one) => isInside(one, path) || isInside(path, one));
}

/** A place that the words of a build's step name beside the project: `--outDir /srv/www`; `null` for none. */
export function strayOf(call: Call, choice: Choice, there: ReadonlySet<string>): string | null {
  for (const { text } of call.words) {
    const value = text.replace(/^-[\w-]*=/, "").replace(/^["']|["']$/g, "");
    const variable = /^\$\{?(\w+)/.exec(value)?.[1];
    const start = variable === undefined ? value : (call.env(variable) ?? "");
    if (!start.startsWith("/") || value.includes(":")) continue;
    const path = call.path(value);
    if (path !== null && isMissing(choice, there, path)) return path;
  }
  return null;
}

/** Variables of tools, whose places are known to those that know the tools. */
const toolVariable =
  /^(?:PATH|HOME|SHELL|TMPDIR|PWD|LANG|TZ|GOPATH|GOROOT|GOBIN|CATALINA_\w+|JAVA_HOME|JDK_HOME|NODE_PATH|PYTHONPATH|\w*(?:CACHE|TMP|TEMP|LOG|LOGS|SOCK|SOCKET|PID|URL|URI)\w*|\w+_HOME)$/;

/** Variables that name places beside the project, which a build may have filled. */
export function strayVariables(
  facts: Facts,
  role: RoleOf,
  choice: Choice,
  there: ReadonlySet<string>,
): { readonly name: string; readonly path: string }[] {
  const last = facts.steps.findLastIndex(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return found.kind === "step" && found.step === "build";
    }),
  );
  const kept = new Set([...there, ...facts.steps.flatMap((step) => keptPlaces(step, role))]);
  return facts.steps.slice(0, last + 1).flatMap(({ instruction: { keyword, pairs }, index }) => {
    if (keyword !== "ENV") return [];
    const env = facts.steps[index + 1]?.env ?? facts.env;
    return pairs.flatMap(({ key }) => {
      const path = env(key) ?? "";
      return !toolVariable.test(key) && /^\/[\w./-]+$/.test(path) && isMissing(choice, kept, path.replace(/\/+$/, ""))
        ? [{ name: key, path }]
        : [];
    });
  });
}

/** The places that a step makes for data, or says to hold some. */
function keptPlaces({ instruction: { keyword, args }, calls }: Step, role: RoleOf): string[] {
  if (keyword === "VOLUME") return args.map(({ text }) => text.replace(/^["']|["']$/g, ""));
  return calls.flatMap((call) => {
    const found = role(call);
    return call.name === "mkdir" && found.kind === "files" ? (found.paths ?? []) : [];
  });
}
