import type { Call } from "../../../../stages/calls.ts";
import { isInside, lastPart, type Place } from "../../../../text/paths.ts";
import { commonPrograms, operandsOf } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import { installedPackages, lastingPackages, type RoleOf } from "../../roles.ts";
import { type Choice, type Crossing, sameProgram } from "../ecosystem.ts";
import { buildPrograms, isNodeBuild } from "../node/commands.ts";
import { findRoot } from "../node/project.ts";
import { readInstalls } from "../node/prune.ts";

/** Web servers of the system. */
const servers = new Set(
  "nginx nginx-debug openresty apache2 apache2ctl apachectl apache2-foreground httpd httpd-foreground lighttpd caddy".split(
    " ",
  ),
);

/** Images that start their web server by themselves. */
const serverImages = new Set(["nginx", "nginx-unprivileged", "httpd", "openresty", "caddy"]);

/** Tools of languages whose programs a web server runs. */
const otherLanguages = /^(?:composer|php|pip3?|python3?|bundle|gem|perl|mvn|gradle|dotnet)$/;

/** Packages that bring Node.js and what installs packages with it. */
const nodePackages = /^(?:nodejs(?:-.+)?|node|npm|yarn|yarnpkg|pnpm)$/;

/** The program itself is not told apart from what surrounds it by these. */
const plainWords = new Set([...commonPrograms, "bash", "envsubst"]);

/**
 * A front end that a web server of the image serves: the server stays as it is set up, Node.js and the sources stay in the
 * builder. \`null\` where the container starts something else, or nothing of Node.js can be left out.
 */
export function chooseWebServer(facts: Facts, role: RoleOf): Choice | null {
  const calls = facts.steps.flatMap((step) => step.calls);
  const installs = readInstalls(facts);
  if (!calls.some((call) => isNodeBuild(call, role)) || installs.length === 0 || !startsServer(facts)) return null;
  // The server may run a program behind it.
  if (facts.image.name === "php" || calls.some(({ name }) => otherLanguages.test(name))) return null;
  const root = findRoot(
    facts,
    installs.map(({ manager }) => manager.cwd),
  );
  if ("refused" in root) return null;
  const published = calls.flatMap((call) => publishedTo(call, root.value) ?? []);
  if (published.length === 0) return null;
  const packages = new Set([...lastingPackages(facts, role)].filter((name) => !nodePackages.test(name)));
  const left = [...installedPackages(facts, role)].filter((name) => !packages.has(name));
  const crossings = [...new Set(published)].map((value): Crossing => ({
    from: value,
    value,
    to: null,
    directory: true,
    comment: null,
  }));
  return {
    ...sameProgram,
    strategy: "same",
    base: facts.stage.base!.text,
    detail: `the same web server with the built files${left.some((name) => nodePackages.test(name)) ? ", without Node.js" : ""}`,
    crossings,
    workshop: [root.value],
    keepsPackage: (name) => packages.has(name),
    keepsProgram: (name) => !buildPrograms.has(name) && !nodePackages.test(name),
    made: [...new Set(published)],
    assumptions: [
      ...unseenSentences(facts, root, published),
      ...(empties(facts, published)
        ? [`What ${facts.stage.base!.text} brings to ${published[0]!} may stay beside the built files.`]
        : []),
    ],
  };
}

function startsServer({ start, image }: Facts): boolean {
  if (start === null) return serverImages.has(image.name);
  const programs = start.calls.map(({ program }) => program);
  if (programs.some((program) => program.includes("/") && !/^\/(?:usr\/)?(?:local\/)?s?bin\//.test(program)))
    return false;
  const names = programs.map(lastPart);
  const others = names.filter((name) => !servers.has(name) && !plainWords.has(name));
  return others.length === 0 && names.some((name) => servers.has(name));
}

/** The folder outside the project that a command fills with what was built; \`null\` for any other command. */
function publishedTo(call: Call, root: string): string | null {
  if (!["cp", "mv", "rsync"].includes(call.name)) return null;
  const operands = operandsOf(call.name, call.args);
  const target = call.path(operands.at(-1) ?? "");
  const sources = operands.slice(0, -1).map(call.path);
  if (target === null || isInside(root, target) || sources.length === 0) return null;
  return sources.every((path) => path !== null && isInside(root, path)) ? target : null;
}

/** Whether the build clears the folder first, which the copy does not. */
function empties({ steps }: Facts, folders: readonly string[]): boolean {
  return steps.some(({ calls }) =>
    calls.some(
      (call) =>
        call.name === "rm" &&
        call.args.some((arg) => {
          const path = arg.startsWith("-") ? null : call.path(arg);
          return path !== null && folders.some((folder) => isInside(folder, path));
        }),
    ),
  );
}

/** Settings of the server that arrive from outside may name the project's own folder. */
function unseenSentences(facts: Facts, root: Place, published: readonly string[]): string[] {
  const brings = facts.steps.some(
    ({ instruction: { keyword, args } }) =>
      (keyword === "COPY" || keyword === "ADD") &&
      args.some(({ text }) => /\.conf(?:\.template)?$|Caddyfile$|^\/etc\/|^\/usr\/local\/apache2\/conf/.test(text)),
  );
  return brings || published.some((path) => isInside("/etc", path))
    ? [`The settings of the web server name no folder below ${root.value}.`]
    : [];
}
