import { debianRelease, isAlpineTag, isOfficial } from "../../../images/image.ts";
import type { Call } from "../../../stages/calls.ts";
import { isBuildPackage, packageName } from "../../../stages/packages.ts";
import { directoryOf, isInside, lastPart, type Place, resolvePath } from "../../../text/paths.ts";
import { commonPrograms } from "../commands.ts";
import type { Facts } from "../facts.ts";
import { installedPackages, type RoleOf } from "../roles.ts";
import { findProject } from "../roots.ts";
import { type Choice, type Crossing, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { either, installLines, isNodeSource, libraryReplacements } from "./install.ts";
import { refusals } from "./refusals.ts";
import { classifyRuby, installsGems, makesAssets, rubySetup } from "./ruby/commands.ts";
import { examples } from "./ruby/examples.ts";
import { fullPackages, packagesOfGems, usesGit } from "./ruby/packages.ts";

const gemHome = "/usr/local/bundle";

function chooseRuby(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const calls = facts.steps.flatMap((step) => step.calls);
  const installs = calls.filter(installsGems);
  const assets = calls.some(makesAssets);
  if (installs.length === 0 && !assets) return null;
  const isRuby = isOfficial(facts.image, "ruby") || isOfficial(facts.image, "jruby");
  const started = facts.start?.calls.map(({ program }) => lastPart(program)) ?? [];
  // In another image gems may be a detail of another build, such as Sass.
  const isElsewhere = !isRuby && !started.some((name) => rubyPrograms.has(name));
  if (isElsewhere && (isOfficial(facts.image, facts.image.name) || installs.every(({ name }) => name === "gem")))
    return null;
  const refused = refuseStart(facts);
  if (refused) return refused;
  const places = gemPlaces(facts, installs, isRuby);
  if ("refused" in places) return places;
  const app = findApp(facts, role, installs);
  if (app !== null && "refused" in app) return app;
  return chooseWays(facts, role, places.paths, app, { assets, isRuby });
}

const rubyPrograms = new Set(
  "bundle bundler ruby rails rake rackup puma unicorn thin sidekiq passenger jruby irb pry resque foreman shotgun".split(
    " ",
  ),
);

const testPrograms = new Set("rspec cucumber rubocop guard rerun minitest spring".split(" "));

/** Why what the container starts rules a split out. */
function refuseStart({ start }: Facts): Refusal | null {
  if (!start) return refusals.noStart;
  for (const { program, args } of start.calls) {
    const name = lastPart(program);
    const words = [program, ...args].join(" ");
    if (installsGems({ name, args }))
      return { refused: `The container starts \`${words}\`, which installs gems and needs compilers for it.` };
    const inner = name === "bundle" && args[0] === "exec" ? lastPart(args[1] ?? "") : name;
    const tests =
      testPrograms.has(inner) || (inner === "rake" && args.some((arg) => /^(?:spec|test)(?::|$)/.test(arg)));
    if (tests || /(?:^|\/)bin\/dev$/.test(program))
      return { refused: `The container starts \`${words}\`, which is for development: nothing can be left out.` };
  }
  return null;
}

/** Where the gems are installed. */
function gemPlaces(
  facts: Facts,
  installs: readonly Call[],
  isRuby: boolean,
): { readonly paths: readonly string[] } | Refusal {
  const paths: string[] = isRuby ? [gemHome] : [];
  const cwd = facts.cwd?.value ?? "/";
  for (const name of ["BUNDLE_PATH", "GEM_HOME", "BUNDLE_APP_CONFIG"]) {
    const value = facts.env(name);
    if (value === undefined || value === gemHome || /[$`]/.test(value)) continue;
    paths.push(resolvePath(cwd, value));
  }
  const configs = facts.steps.flatMap(({ calls }) =>
    calls.filter(({ name, args }) => name === "bundle" && args.includes("config")),
  );
  for (const call of [...installs, ...configs]) {
    const words = call.args.map((arg) => arg.replace(/^--path=/, "--path "));
    const at = call.args.includes("config") ? call.args.indexOf("path") : call.args.indexOf("--path");
    const joined = words.find((word) => word.startsWith("--path "))?.slice(7);
    const word = joined ?? (at < 0 ? undefined : call.args[at + 1]);
    if (word === undefined || word.startsWith("-")) continue;
    const path = call.path(word);
    if (path === null) return { refused: "Where the gems are installed depends on what the file does not say." };
    paths.push(path);
  }
  const deploys =
    facts.env("BUNDLE_DEPLOYMENT") !== undefined ||
    [...installs, ...configs].some(({ args }) => args.includes("deployment") || args.includes("--deployment"));
  if (paths.length === 0 && !deploys) {
    return {
      refused: `The base \`${facts.stage.base?.text ?? ""}\` is not the official Ruby image, so it is not certain where the gems are installed: with \`ENV BUNDLE_PATH=/gems\` it can be split.`,
    };
  }
  return { paths: [...new Set(paths)] };
}

/** The program's directory; `null` where the file installs gems alone. */
interface App {
  readonly root: Place;
  /** Directories that only an installation works in. */
  readonly others: readonly string[];
}

function findApp(facts: Facts, role: RoleOf, installs: readonly Call[]): App | Refusal | null {
  const works = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const found = role(call);
      const isOurs = found.kind === "step" && classifyRuby(call) !== null;
      return isOurs || (installs.includes(call) && call.name !== "gem") ? [workPlace(call)] : [];
    }),
  );
  const copies = facts.steps.some(({ instruction: { keyword } }) => keyword === "COPY" || keyword === "ADD");
  if (works.length === 0 && (!copies || facts.cwd?.value === "/")) return null;
  if (works.includes(null) || facts.cwd === null)
    return { refused: "The directory in which the gems are installed cannot be told from the file." };
  const places = works as readonly string[];
  const cwd = facts.cwd.value;
  const inside = places.filter((place) => isInside(cwd, place) || isInside(place, cwd));
  const root = findProject(facts, cwd === "/" ? places : inside.length > 0 ? inside : [cwd]);
  const others = places.filter((place) => !isInside(root.value, place));
  if (root.value === "/" || others.includes("/"))
    return {
      refused: "The program is set up in /, beside the files of the image: set a WORKDIR first, then it can be split.",
    };
  return { root, others };
}

/** The directory of the Gemfile that a command works with. */
function workPlace({ args, cwd, path }: Call): string | null {
  const at = args.findIndex((arg) => arg === "--gemfile" || arg.startsWith("--gemfile="));
  if (at < 0) return cwd;
  const word = args[at]!.includes("=") ? args[at]!.slice(10) : (args[at + 1] ?? "");
  const file = path(word);
  return file === null ? null : directoryOf(file);
}

const javascript = /^(?:nodejs(?:-[\w-]+)?|npm|yarn|yarnpkg|node|corepack)$/;
const alwaysBuild =
  /^(?:ruby-dev|ruby\d.*-dev|libc-dev|apt-utils|gnupg2?|lsb-release|apt-transport-https|software-properties-common)$/;

function chooseWays(
  facts: Facts,
  role: RoleOf,
  places: readonly string[],
  app: App | null,
  { assets, isRuby }: { readonly assets: boolean; readonly isRuby: boolean },
): readonly [Choice, ...Choice[]] | Refusal {
  const { image, stage } = facts;
  const system = isAlpineTag(image.tag) ? "alpine" : "debian";
  const gemfile = app === null ? null : (facts.project.get(`${app.root.value}/Gemfile`) ?? null);
  const installed = [...installedPackages(facts, role)];
  const isFull = isRuby && system === "debian" && !image.tag.includes("slim");
  const scripts = scriptsOf(facts);
  const leavesNode = assets && usesNodeOnce(facts);
  const leavesGit = gemfile !== null && !usesGit(gemfile);
  const isNamed = (name: string): boolean =>
    [facts.start, facts.healthcheck].some((one) => one?.calls.some(({ program }) => lastPart(program) === name));
  const isLeft = (name: string): boolean => {
    if (isNamed(name)) return false;
    if (javascript.test(name)) return leavesNode;
    if (name === "git") return leavesGit;
    return isBuildPackage(name) || alwaysBuild.test(name);
  };
  const replacements = new Map([...libraryReplacements(facts, role)].filter(([name]) => !isLeft(name)));
  const isDropped = (name: string): boolean =>
    !installed.includes(name) || isLeft(name) || replacements.get(name)?.length === 0;

  const root = app?.root ?? null;
  const crossings: Crossing[] = [
    ...places.filter((path) => root === null || !isInside(root.value, path)).map((path) => cross(path, path)),
    ...(root === null ? [] : [cross(root.text, root.value)]),
  ];
  const modules =
    leavesNode && facts.steps.some(({ calls }) => calls.some((call) => /^(?:npm|yarn|pnpm)$/.test(call.name)));
  const lastWork = facts.steps.findLast(({ calls }) => calls.some((call) => role(call).kind === "step"));
  const shared: Omit<Choice, "strategy" | "base" | "detail"> = {
    ...sameProgram,
    crossings,
    workshop: [
      ...(root === null ? [] : [root.value]),
      ...places,
      ...(app?.others ?? []),
      gemHome,
      "/root/.bundle",
      "/root/.gem",
      "/root/.yarn",
      "/root/.npm",
      "/root/.cache",
    ],
    finish:
      modules && root !== null
        ? [{ command: "rm -rf node_modules", flags: "", directory: root.value, user: lastWork?.user ?? null }]
        : [],
    keepsPackage: (name) => !isDropped(name),
    replacements,
    keepsProgram: (name) => rubySetup.has(name) || (javascript.test(name) && !leavesNode),
    assumptions: [],
  };
  const left = installed.filter((name) => isLeft(name) && /^(?:git|python[\d.]*)$/.test(name));
  const called = [
    ...left,
    ...(leavesNode && (modules || installed.some((name) => javascript.test(name))) ? ["Node.js"] : []),
  ];
  const sentences = [
    ...(called.length > 0
      ? [`The program does not call ${either(called)}${modules ? ", and reads nothing of node_modules" : ""}.`]
      : []),
    ...scripts.map(
      (path) => `\`${lastPart(path)}\` installs no gems and makes no assets: the runtime stage has no compilers.`,
    ),
  ];
  const raw = stage.base?.text ?? "";
  const same: Choice = {
    ...shared,
    // The full image has these packages by itself.
    keepsPackage: (name) => !isDropped(name) && !(isFull && fullPackages.has(packageName(name))),
    strategy: "same",
    base: raw,
    detail: "the same Ruby, without what only the installation of gems and the assets need",
    assumptions: sentences,
  };
  const built = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return (
        found.kind === "packages" &&
        found.action === "install" &&
        found.packages.some(
          ({ value }) =>
            isDropped(value) || replacements.has(value) || (isFull && fullPackages.has(packageName(value))),
        )
      );
    }),
  );
  const slim = isFull ? slimName(facts) : null;
  if (slim === null) {
    if (!built && !modules) return gainless;
    return [same];
  }
  const ofGems = gemfile === null ? [] : packagesOfGems(gemfile, system);
  const kept = installed.flatMap((name) => (isDropped(name) ? [] : (replacements.get(name) ?? [name])));
  const wanted = ofGems.filter((name) => !kept.includes(name));
  const lean: Choice = {
    ...shared,
    strategy: "slim",
    base: slim,
    detail: "the same Ruby on a smaller system, without compilers",
    closing: installLines(facts, role, system, wanted),
    assumptions: [slimSentence(image.tag, [...wanted, ...kept]), ...argumentSentence(facts), ...sentences],
  };
  return built || modules ? [lean, same] : [lean];
}

const gainless: Refusal = {
  refused:
    "The file installs no compilers or other tools for its gems, so a second stage would leave nothing out for certain.",
};

function cross(from: string, value: string): Crossing {
  return { from, value, to: null, directory: true, comment: null };
}

/** The slim variant of a full image as FROM names it; `null` where there is none for certain. */
function slimName({ image, rawImage }: Facts): string | null {
  const { tag } = image;
  if (rawImage.name !== "ruby" || !isOfficial(image, "ruby") || image.pinned || rawImage.pinned) return null;
  const isPlain =
    /^(?:latest|\d+(?:\.\d+){0,2}(?:-(?:preview|rc)\d+)?)?(?:-?(?:stretch|buster|bullseye|bookworm|trixie|jessie))?$/.test(
      tag,
    );
  if (!isPlain) return null;
  if (rawImage.tag === "" || rawImage.tag === "latest") return `${rawImage.folder}ruby:slim`;
  const release = debianRelease(tag);
  if (release === null) return `${rawImage.folder}ruby:${rawImage.tag}-slim`;
  const at = rawImage.tag.lastIndexOf(release);
  if (at < 0) return null;
  return `${rawImage.folder}ruby:${rawImage.tag.slice(0, at)}slim-${release}`;
}

function argumentSentence({ image, rawImage, analysis }: Facts): string[] {
  const names = [...rawImage.tag.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  return names.map(
    (name) =>
      `${name} is always a version without a variant, such as ${analysis.model.globalValues.get(name) ?? image.tag}.`,
  );
}

/** What a program must not use of the full image. */
function slimSentence(tag: string, has: readonly string[]): string {
  const name = `ruby:${tag === "" ? "latest" : tag}`;
  const lacking = [
    ["curl", "curl"],
    ["imagemagick", "ImageMagick"],
    ["libmariadb3", "the library of MySQL"],
    ["libpq5", "the library of PostgreSQL"],
    ["libsqlite3-0", "the library of SQLite"],
    ["tzdata", "the system's time zones"],
    ["git", "git, which gems from repositories ask when they are loaded"],
  ].flatMap(([pack, text]) =>
    has.some((one) => one === pack || (pack === "libpq5" && one.startsWith("postgresql-client"))) ? [] : [text!],
  );
  return `The program and its gems use nothing that ${name} has beyond its slim variant, such as ${either(lacking)}.`;
}

/** Scripts that the container starts: what they call is not told. */
function scriptsOf({ start }: Facts): string[] {
  return (start?.calls ?? [])
    .map(({ program }) => program)
    .filter((program) => {
      const name = lastPart(program);
      return /\.(?:sh|bash)$/.test(name) || (/entrypoint/.test(name) && !commonPrograms.has(name));
    });
}

/** Whether what the container starts runs JavaScript by itself. */
function runsJavascript({ start }: Facts): boolean {
  return (
    start?.calls.some(
      ({ program, args }) =>
        /^(?:node|npm|yarn|npx|foreman|webpack-dev-server)$/.test(lastPart(program)) ||
        makesAssets({ args }) ||
        args.some((arg) => /^(?:foreman|webpack|vite)/.test(arg)),
    ) === true
  );
}

/** Whether Node.js only makes the assets: not where the container makes them anew whenever a source changes. */
function usesNodeOnce(facts: Facts): boolean {
  return !runsJavascript(facts) && !(facts.env("RAILS_ENV") ?? facts.env("RACK_ENV") ?? "").startsWith("dev");
}

/** Programs in Ruby: Rails, Sinatra, tools that are gems. */
export const ruby: Ecosystem = {
  id: "ruby",
  name: "Ruby",
  docs: `The builder installs the gems, with the compilers and headers that native gems need, and makes the assets. The runtime
stage takes the gems and the program's directory. Packages with headers are replaced by their libraries where those have
the same name in every release, and stay where not; Node.js stays behind where the file makes the assets. The slim variant
of the full image is offered, with what it lacks; the same image is the certain way.`,
  examples,
  images: [
    { name: "ruby", workdir: "/", environment: { GEM_HOME: gemHome, BUNDLE_APP_CONFIG: gemHome } },
    { name: "jruby", workdir: "/", environment: { GEM_HOME: gemHome, BUNDLE_APP_CONFIG: gemHome } },
  ],
  words: ["bundle", "bundler", "gem", "rake", "rails"],
  classify: classifyRuby,
  classifyOwn: (call, facts) =>
    isNodeSource(call, facts) && usesNodeOnce(facts) && facts.steps.some(({ calls }) => calls.some(makesAssets))
      ? { kind: "step", step: "tool" }
      : null,
  choose: chooseRuby,
};
