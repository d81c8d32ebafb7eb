import type { Facts } from "../facts.ts";
import { directoryOf, isInside, lastPart, relativePath, resolvePath } from "../../../text/paths.ts";
import { lastingPackages, type RoleOf } from "../roles.ts";
import { type Choice, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { copiedTo } from "./placed.ts";
import { chooseBase } from "./node/base.ts";
import { buildPrograms, namesOf } from "./node/commands.ts";
import { readPackageManager } from "./node/package-managers.ts";
import { resolveStart } from "./node/manifest.ts";
import { findRoot } from "./node/project.ts";
import { examples } from "./static-site/examples.ts";
import { configuration, html } from "./static-site/nginx.ts";
import { readServer, type Served } from "./static-site/servers.ts";
import { chooseWebServer } from "./static-site/web-server.ts";

function chooseStaticSite(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const system = chooseWebServer(facts, role);
  if (system) return [system];
  const [started, ...others] = resolveStart(facts);
  if (facts.start === null || started === undefined || others.length > 0) return null;
  const served = readServer(started);
  if (!served) return null;
  const builds = facts.steps.filter(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return found.kind === "step" && found.step === "build";
    }),
  );
  // Without a build nothing is made here that nginx could serve.
  if (builds.length === 0) return null;
  const { server, words } = served;
  const written = served.directory ?? server.directory;
  if (facts.cwd === null || /[$`*]/.test(written)) {
    return { refused: `Which directory \`${words}\` serves cannot be told from the file.` };
  }
  const directory = resolvePath(facts.cwd.value, written);
  if (
    directory === "/" ||
    directory === facts.cwd.value ||
    facts.steps.some(({ cwd }) => cwd?.value !== "/" && cwd !== null && isInside(directory, cwd.value))
  ) {
    return {
      refused: `\`${words}\` serves all of ${directory}, sources included: name the directory that the build writes, then it can be split.`,
    };
  }

  // What nginx cannot stand in for stays with the server it has.
  const { user, healthcheck } = facts;
  const plain =
    served.odd === null &&
    !bringsSettings(facts, directory) &&
    facts.entrypoint === null &&
    facts.start.wrappers.length === 0 &&
    (user === null || user === "root" || user === "0") &&
    healthcheck?.calls.every(({ program }) =>
      ["wget", "curl", "true", "exit", "test", "["].includes(lastPart(program)),
    ) !== false;
  const kept = keepServer(facts, role, served, directory, plain);
  if (!plain) return kept === null || "refused" in kept ? kept : [kept];

  const exposed = facts.steps.flatMap(({ instruction }) =>
    instruction.keyword === "EXPOSE" ? instruction.args.map(({ text }) => text.replace(/\/tcp$/, "")) : [],
  );
  const variable = server.readsPort ? facts.env("PORT") : undefined;
  const only = exposed.length === 1 && /^\d+$/.test(exposed[0]!) ? exposed[0]! : null;
  // Older releases and settings outside of the file have other defaults; EXPOSE says what is meant.
  const port =
    served.port ?? (variable !== undefined && /^\d+$/.test(variable) ? variable : null) ?? only ?? server.port;
  const told = served.port !== null || variable !== undefined;

  const loopback = healthcheck?.calls.some(({ args }) => args.some((arg) => arg.includes("localhost"))) === true;
  const assumptions = [
    `nginx serves the same files as \`${words}\` did, on port ${port}${served.singlePage ? ", and sends unknown addresses to index.html" : ""}; its response headers, compression, redirects, error pages and listings of directories differ.`,
  ];
  if (server.name === "serve")
    assumptions.push(`The build writes no serve.json to ${directory}: nginx does not read it.`);
  if (loopback)
    assumptions.push("The host has IPv6, at which nginx answers as well, because the health check asks `localhost`.");
  if (served.guessed) assumptions.push(`\`${words}\` starts \`vite preview\`, which serves ${directory} under /.`);
  else if (server.name === "vite preview" && !isPlainVite(facts))
    assumptions.push(`Vite is not configured with another \`outDir\` or \`base\` than ${lastPart(directory)} and /.`);
  if (!told)
    assumptions.push(
      `The site was served on port ${port}, which ${only === port ? "EXPOSE names" : `is the default of ${server.name}`}.`,
    );

  const place =
    facts.cwd.text === facts.cwd.value
      ? directory
      : written.startsWith("/")
        ? directory
        : `${facts.cwd.text}/${written.replace(/^\.\//, "").replace(/\/$/, "")}`;
  const choice: Choice = {
    strategy: "slim",
    detail: "a web server for files, without Node.js",
    base: `${facts.rawImage.name === "node" ? facts.rawImage.folder : ""}nginx:alpine`,
    crossings: [{ from: place, value: directory, to: html, directory: true, comment: null }],
    workshop: ["/"],
    prepare: [],
    finish: [],
    keepsPackage: () => false,
    keepsProgram: () => false,
    repeatsSetup: false,
    repeatsSettings: false,
    closing: configuration(facts, port, loopback, served.singlePage ? server.singlePageTries : server.tries),
    command: ["nginx", "-g", "daemon off;"],
    madeAgain: [],
    made: [],
    repeatedCopies: new Set(),
    assumptions,
  };
  return kept === null || "refused" in kept ? [choice] : [choice, kept];
}

/** Whether the files of the project say that Vite writes where it does by default. */
function isPlainVite({ project, cwd }: Facts): boolean {
  const ours = [...project].filter(([path]) => directoryOf(path) === cwd?.value);
  const settings = ours.filter(([path]) => /^vite\.config\.[cm]?[jt]s$/.test(lastPart(path)));
  return (
    ours.some(([path]) => lastPart(path) === "package.json") &&
    settings.every(([, text]) => !/\b(?:outDir|base|root|mergeConfig)\b|\.\.\./.test(text))
  );
}

/** Whether a COPY brings the settings that the server reads among its files. */
function bringsSettings({ steps }: Facts, directory: string): boolean {
  return steps.some((step) => {
    const { args } = step.instruction;
    const target = copiedTo(step);
    return (
      target !== null &&
      isInside(directory, target.path) &&
      args.some(({ text }) => /^(?:serve|now)\.json$/.test(lastPart(text)))
    );
  });
}

/**
 * The same server with the built files alone; `null` where it is a package of the project.
 *
 * @param replaceable whether nginx can take its place
 */
function keepServer(
  facts: Facts,
  role: RoleOf,
  { server, known }: Served,
  directory: string,
  replaceable: boolean,
): Choice | Refusal | null {
  const installers = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => (namesOf(role(call)).includes(server.name) ? [namesOf(role(call))] : [])),
  );
  const installed = installers.length > 0;
  // Build tools that come with it would stay as well.
  if (replaceable && installers.some((names) => names.some((name) => buildPrograms.has(name)))) return null;
  // A flag that is not known may name a file of the project.
  if (!installed || !known || facts.healthcheck?.calls.some(({ program }) => lastPart(program) === "node") === true)
    return null;
  const installs = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => (/^(?:install|add)$/.test(readPackageManager(call)?.verb ?? "") ? [call.cwd] : [])),
  );
  if (installs.length === 0) return null;
  const root = findRoot(facts, installs);
  if ("refused" in root) return root;
  if (!isInside(root.value, directory)) return null;
  const base = chooseBase(facts, role, [{ kind: "program", name: server.name }]);
  const packages = lastingPackages(facts, role);
  const choice: Choice = {
    ...sameProgram,
    strategy: base.slimmer === null ? "same" : "slim",
    detail: `the same server${base.slimmer === null ? "" : " on a smaller system"}, with the built files alone`,
    base: base.image,
    crossings: [
      {
        from: `${root.text}/${relativePath(root.value, directory)}`,
        value: directory,
        to: null,
        directory: true,
        comment: null,
      },
    ],
    workshop: [root.value],
    keepsPackage: (name) => packages.has(name),
    keepsProgram: (name) => name === server.name,
    // These servers need nothing of the system.
    assumptions: base.argument === null ? [] : [base.argument],
  };
  return choice;
}

/** Front ends that are files once they are built, served by a server for Node: nginx takes its place. */
export const staticSite: Ecosystem = {
  id: "static-site",
  name: "Static site",
  docs: `The builder stays as it is. A server that is installed for the whole image stays with the built files alone, on a
smaller image where there is one; nginx may take its place, on the same port and with the same answer to unknown addresses.
Recognised servers: \`serve\`, \`http-server\` and \`vite preview\`, also as scripts where \`package.json\` is known. Where
nginx cannot stand in (another user, a health check that needs Node, TLS or proxy flags) and the server is a package of the
project, the file is split like any other Node program.

Where a web server of the system serves what npm builds, its image and its settings stay, and what the build puts into the
server's folder is copied: Node.js, packages and sources stay in the builder.`,
  examples,
  images: [
    { name: "nginx", workdir: "/", environment: {} },
    { name: "httpd", workdir: "/usr/local/apache2", environment: { HTTPD_PREFIX: "/usr/local/apache2" } },
  ],
  words: [],
  classify: () => null,
  choose: chooseStaticSite,
};
