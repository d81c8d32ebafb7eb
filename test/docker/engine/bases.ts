import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { must } from "./commands.ts";
import { cacheFolder, type Engine } from "./daemon.ts";
import { sourcesOf } from "./debian-packages.ts";

/** Builds of one Dockerfile in `bases`, under the names of the images they stand for. */
interface StandIn {
  /** The Dockerfile's name without its ending. */
  readonly file: string;
  readonly target?: string;
  readonly names: readonly string[];
  /** Names of other stand-ins it starts from. */
  readonly needs: readonly string[];
}

const debian = "debian:bookworm-slim";
const buildpack = "buildpack-deps:bookworm";

/** Everything is made of Debian 12; a name says what an image is used for, not which versions are in it. */
const standIns: readonly StandIn[] = [
  {
    file: "debian",
    names: [debian, "debian:bookworm", "debian:12", "debian:12-slim", "debian:stable-slim", "ubuntu:22.04"],
    needs: [],
  },
  { file: "buildpack", names: [buildpack], needs: [debian] },
  { file: "gcc", names: ["gcc:12", "gcc:12-bookworm"], needs: [buildpack] },
  { file: "client", names: ["split-test-client"], needs: [debian] },
  { file: "alpine", names: ["alpine", "alpine:3", "alpine:3.20", "alpine:latest", "busybox:latest"], needs: [debian] },
  { file: "golang", names: ["golang:1.22", "golang:1.22-bookworm"], needs: [buildpack] },
  { file: "golang-alpine", names: ["golang:1.22-alpine"], needs: ["golang:1.22"] },
  { file: "node-full", names: ["node:20", "node:20-bookworm"], needs: [buildpack] },
  { file: "node-slim", names: ["node:20-slim", "node:20-bookworm-slim"], needs: [debian] },
  { file: "node-alpine", names: ["node:20-alpine"], needs: [debian] },
  { file: "python-slim", names: ["python:3.11-slim", "python:3.11-slim-bookworm"], needs: [debian] },
  { file: "python-full", names: ["python:3.11", "python:3.11-bookworm"], needs: [buildpack, "python:3.11-slim"] },
  {
    file: "jdk",
    names: ["eclipse-temurin:17-jdk", "eclipse-temurin:17", "openjdk:17", "openjdk:17-jdk-slim"],
    needs: [debian],
  },
  { file: "jre", names: ["eclipse-temurin:17-jre"], needs: [debian] },
  {
    file: "maven",
    names: ["maven:3.9-eclipse-temurin-17", "maven:3-eclipse-temurin-17"],
    needs: ["eclipse-temurin:17-jdk"],
  },
  { file: "ruby-slim", names: ["ruby:3.1-slim", "ruby:3.1-slim-bookworm"], needs: [debian] },
  { file: "ruby-full", names: ["ruby:3.1", "ruby:3.1-bookworm"], needs: [buildpack] },
  { file: "perl-slim", names: ["perl:5.36-slim", "perl:5.36-slim-bookworm"], needs: [debian] },
  { file: "perl-full", names: ["perl:5.36", "perl:5.36-bookworm"], needs: [buildpack] },
  { file: "php", names: ["php:8.2-cli", "php:8.2", "php:8.2-cli-bookworm"], needs: [debian] },
  { file: "composer", names: ["composer:2", "composer"], needs: [debian] },
  { file: "rust", names: ["rust:1", "rust:1-bookworm"], needs: [buildpack] },
  {
    file: "nginx",
    names: ["nginx", "nginx:alpine", "nginx:stable", "nginx:stable-alpine", "nginx:latest"],
    needs: [debian],
  },
  ...distroless("static", [
    "gcr.io/distroless/static",
    "gcr.io/distroless/static-debian12",
    "gcr.io/distroless/static-debian13",
  ]),
  ...distroless("base", [
    "gcr.io/distroless/base",
    "gcr.io/distroless/base-debian12",
    "gcr.io/distroless/base-debian13",
  ]),
  ...distroless("cc", ["gcr.io/distroless/cc", "gcr.io/distroless/cc-debian12", "gcr.io/distroless/cc-debian13"]),
  {
    file: "distroless-node",
    names: ["gcr.io/distroless/nodejs20-debian12", "gcr.io/distroless/nodejs20-debian13"],
    needs: ["gcr.io/distroless/cc-debian12", "node:20-slim"],
  },
  {
    file: "distroless-java",
    names: ["gcr.io/distroless/java17-debian12", "gcr.io/distroless/java17-debian13"],
    needs: ["gcr.io/distroless/cc-debian12", "eclipse-temurin:17-jre"],
  },
];

function distroless(kind: string, names: readonly string[]): StandIn[] {
  return [
    { file: "distroless", target: kind, names, needs: [debian] },
    { file: "distroless", target: `${kind}-nonroot`, names: names.map((name) => `${name}:nonroot`), needs: [debian] },
  ];
}

/** The image that asks servers. */
export const client = "split-test-client";

const folder = path.join(import.meta.dirname, "bases");

/** Makes images available, and answers those that are not. */
export function basesOf(
  engine: Engine,
  log: (line: string) => void,
): (names: Iterable<string>) => Promise<ReadonlySet<string>> {
  const ready = new Map<string, boolean>([["scratch", true]]);
  let context: Promise<string> | null = null;

  const pull = async (name: string): Promise<boolean> => {
    if ((await engine.docker(["image", "inspect", name])).code === 0) return true;
    log(`pulling ${name}`);
    return (await engine.docker(["pull", "--quiet", name], { timeout: 300_000 })).code === 0;
  };

  const build = async (name: string): Promise<boolean> => {
    const standIn = standIns.find(({ names }) => names.includes(name));
    if (!standIn) return false;
    for (const needed of standIn.needs) if (!(await have(needed))) return false;
    context ??= engine.isOwn ? prepareContext(log) : Promise.resolve(folder);
    const place = await context;
    const started = performance.now();
    await mustBuild(engine, standIn, place);
    const seconds = (performance.now() - started) / 1000;
    if (seconds > 2) log(`${name} (${seconds.toFixed(0)} s)`);
    for (const each of standIn.names) ready.set(each, true);
    return true;
  };

  const have = async (name: string): Promise<boolean> => {
    let known = ready.get(name);
    if (known === undefined) {
      try {
        known = name === client || engine.isOwn ? await build(name) : await pull(name);
      } catch (error) {
        log(`no ${name}: ${error instanceof Error ? error.message : String(error)}`);
        known = false;
      }
      ready.set(name, known);
    }
    return known;
  };

  return async (names) => {
    const missing = new Set<string>();
    for (const name of new Set(names)) if (!(await have(name))) missing.add(name);
    return missing;
  };
}

async function mustBuild(engine: Engine, { file, target, names }: StandIn, place: string): Promise<void> {
  const { code, stderr } = await engine.docker([
    "build",
    ...["--load", "--progress", "plain", "--network", "host", "--file", path.join(folder, `${file}.Dockerfile`)],
    ...(target === undefined ? [] : ["--target", target]),
    ...names.flatMap((name) => ["--tag", name]),
    place,
  ]);
  if (code !== 0) throw new Error(stderr.trim().split("\n").slice(-40).join("\n"));
}

/** The folder that stand-ins are built from. */
async function prepareContext(log: (line: string) => void): Promise<string> {
  const rootfs = path.join(cacheFolder, "rootfs.tar");
  if (!existsSync(rootfs)) await makeRootfs(rootfs, log);
  const place = path.join(cacheFolder, "context");
  rmSync(place, { recursive: true, force: true });
  cpSync(folder, place, { recursive: true });
  linkSync(rootfs, path.join(place, "rootfs.tar"));
  cpSync(realpathSync("/etc/ssl/certs/ca-certificates.crt"), path.join(place, "ca-certificates.crt"));
  await addConfiguration(place);
  addNode(place);
  return place;
}

/** The smallest Debian, without manuals. */
async function makeRootfs(file: string, log: (line: string) => void): Promise<void> {
  log("making a file system of Debian's packages");
  const programs = path.join(cacheFolder, "programs");
  const sources = path.join(cacheFolder, "debian.sources");
  writeFileSync(sources, sourcesOf("bookworm"));
  const options = [
    ...["--quiet", "--variant=minbase", "--format=tar", "--include=ca-certificates,usr-is-merged"],
    `--hook-dir=${path.join(programs, "usr/share/mmdebstrap/hooks/merged-usr")}`,
    '--aptopt=APT::Install-Recommends "false"',
    ...["man", "locale", "info", "doc"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    '--customize-hook=rm -f "$1"/etc/resolv.conf "$1"/etc/hostname',
  ];
  const partial = `${file}.partial.tar`;
  await must("perl", [path.join(programs, "usr/bin/mmdebstrap"), ...options, "bookworm", partial, sources]);
  renameSync(partial, file);
}

/** What the machine says about reaching apt's and npm's mirrors holds in the images, too. */
async function addConfiguration(place: string): Promise<void> {
  const apt = path.join(place, "apt-conf");
  mkdirSync(apt);
  for (const name of readdirSync("/etc/apt/apt.conf.d")) {
    const file = path.join("/etc/apt/apt.conf.d", name);
    if (/^Acquire::/m.test(readFileSync(file, "utf8"))) cpSync(file, path.join(apt, name));
  }
  cpSync(path.join(folder, "conf/apt-clean.conf"), path.join(apt, "99clean"));
  const registry = (await must("npm", ["config", "get", "registry"])).trim();
  writeFileSync(path.join(place, "npmrc"), `registry=${registry}\ncafile=/etc/ssl/certs/ca-certificates.crt\n`);
}

/** The Node and npm that the machine has beside those of this project. */
function addNode(place: string): void {
  const found = (process.env["PATH"] ?? "").split(":").filter((each) => !each.includes("node_modules"));
  const where = (name: string): string => {
    const file = found.map((each) => path.join(each, name)).find((each) => existsSync(each));
    if (file === undefined) throw new Error(`this machine has no ${name} to put into images`);
    return realpathSync(file);
  };
  mkdirSync(path.join(place, "node/bin"), { recursive: true });
  cpSync(where("node"), path.join(place, "node/bin/node"));
  cpSync(path.resolve(where("npm"), "../.."), path.join(place, "node/lib/node_modules/npm"), { recursive: true });
}
