import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, symlinkSync } from "node:fs";
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import os from "node:os";
import path from "node:path";
import { type Ended, run, type RunOptions } from "./commands.ts";
import { hasApt, ownSuite, unpackPackages } from "./debian-packages.ts";

/** A Docker engine that answers. */
export interface Engine {
  readonly docker: (args: readonly string[], options?: RunOptions) => Promise<Ended>;
  /** The command line that {@link Engine.docker} runs. */
  readonly program: Program;
  /** As the daemon says it. */
  readonly version: string;
  /** Whether it was set up here, for these tests alone: then its images are stand-ins. */
  readonly isOwn: boolean;
  readonly stop: () => Promise<void>;
}

interface Program {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

function callerOf({ command, env }: Program): Engine["docker"] {
  return (args, options) => run(command, args, { ...options, env: { ...env, ...options?.env } });
}

/** Why there is no engine, as a sentence. */
export class NoEngine extends Error {}

/** What survives from run to run: packages, images, the daemon's data. */
export const cacheFolder =
  process.env["SPLIT_DOCKER_CACHE"] ??
  path.join(process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"), "dockerfile-stages", "docker");

/** The suite of Debian whose Docker is used: it needs little of the system around it. */
const engineSuite = "trixie";

/** The engine of this machine, else one that is set up in the cache folder. */
export async function openEngine(log: (line: string) => void): Promise<Engine> {
  return (await machineEngine()) ?? (await ownEngine(log));
}

const asksVersion = ["version", "--format", "{{.Server.Version}}"];

async function machineEngine(): Promise<Engine | null> {
  const program = { command: "docker", env: { DOCKER_BUILDKIT: "1" } };
  const docker = callerOf(program);
  const { code, stdout } = await docker(asksVersion, { timeout: 10_000 });
  if (code !== 0) return null;
  return { docker, program, version: stdout.trim(), isOwn: false, stop: () => Promise.resolve() };
}

async function ownEngine(log: (line: string) => void): Promise<Engine> {
  if (process.platform !== "linux" || !hasApt())
    throw new NoEngine("no Docker daemon answers, and only root on Debian can set one up here");
  const programs = path.join(cacheFolder, "programs");
  await fetchPrograms(programs, log);
  return startDaemon(programs);
}

async function fetchPrograms(programs: string, log: (line: string) => void): Promise<void> {
  const complete = path.join(programs, "complete");
  if (existsSync(complete)) return;
  log("unpacking Docker's packages");
  rmSync(programs, { recursive: true, force: true });
  try {
    await unpackPackages(engineSuite, programs, ["docker.io", "docker-cli", "docker-buildx", "containerd"]);
    await unpackPackages(ownSuite(), programs, ["runc", "libseccomp2", "mmdebstrap"]);
  } catch (error) {
    throw new NoEngine(`Docker's packages cannot be had: ${error instanceof Error ? error.message : String(error)}`);
  }
  mkdirSync(complete);
}

async function startDaemon(programs: string): Promise<Engine> {
  const bin = ["usr/sbin", "usr/bin"].map((name) => path.join(programs, name)).join(":");
  const libraries = path.join(programs, `usr/lib/${machine()}-linux-gnu`);
  const environment = { PATH: `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
  // A socket's path must be short.
  const folder = mkdtempSync(path.join(os.tmpdir(), "docker-"));
  const socket = `unix://${path.join(folder, "docker.sock")}`;
  mkdirSync(path.join(folder, "config/cli-plugins"), { recursive: true });
  symlinkSync(
    path.join(programs, "usr/libexec/docker/cli-plugins/docker-buildx"),
    path.join(folder, "config/cli-plugins/docker-buildx"),
  );
  const logFile = path.join(cacheFolder, "daemon.log");
  const output = openSync(logFile, "w");
  const daemon = spawn(
    path.join(programs, "usr/sbin/dockerd"),
    [
      ...["--host", socket, "--data-root", path.join(cacheFolder, "data"), "--exec-root", path.join(folder, "exec")],
      ...["--pidfile", path.join(cacheFolder, "docker.pid"), "--storage-driver", "overlay2"],
      ...["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--bridge=none"],
    ],
    { env: { ...process.env, ...environment, LD_LIBRARY_PATH: libraries }, stdio: ["ignore", output, output] },
  );
  closeSync(output);
  const end = new Promise<void>((resolve) => {
    daemon.once("exit", () => resolve());
    daemon.once("error", () => resolve());
  });
  // A run that is broken off takes its daemon along.
  const onSignal = (): void => {
    daemon.kill("SIGTERM");
    process.exit(130);
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const stop = async (): Promise<void> => {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    if (daemon.exitCode === null) {
      await docker(["builder", "prune", "--force", "--keep-storage", "6GB"]);
      await docker(["image", "prune", "--force"]);
    }
    daemon.kill("SIGTERM");
    await Promise.race([end, sleep(60_000)]);
    if (daemon.exitCode === null) daemon.kill("SIGKILL");
    await end;
    rmSync(folder, { recursive: true, force: true });
  };
  const program = {
    command: path.join(programs, "usr/bin/docker"),
    env: { ...environment, DOCKER_HOST: socket, DOCKER_CONFIG: path.join(folder, "config"), DOCKER_BUILDKIT: "1" },
  };
  const docker = callerOf(program);
  for (let tries = 0; tries < 150 && daemon.exitCode === null; tries++) {
    const { code, stdout } = await docker(asksVersion);
    if (code === 0) return { docker, program, version: stdout.trim(), isOwn: true, stop };
    await sleep(100);
  }
  await stop();
  throw new NoEngine(`Docker's daemon does not start on this machine; ${logFile} says why`);
}

/** As GNU's names of architectures have it. */
export function machine(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}
