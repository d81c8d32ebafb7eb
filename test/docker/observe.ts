import { spawn } from "node:child_process";
import { client } from "./engine/bases.ts";
import type { Engine } from "./engine/daemon.ts";
import type { ProgramRun, Sample, Server } from "./samples.ts";

/** What is seen of an image and of its containers: values by what they say, such as `GET /`. */
export type Observed = ReadonlyMap<string, string>;

export interface ImageConfig {
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>> | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly StopSignal?: string;
  readonly Healthcheck?: { readonly Test?: readonly string[]; readonly [name: string]: unknown } | null;
}

export interface Image {
  readonly id: string;
  readonly size: number;
  readonly config: ImageConfig;
}

const patience = 60_000;

export async function inspectImage(engine: Engine, name: string): Promise<Image> {
  const { code, stdout, stderr } = await engine.docker(["image", "inspect", name]);
  if (code !== 0) throw new Error(stderr.trim());
  const [found] = JSON.parse(stdout) as { Id: string; Size: number; Config: ImageConfig | null }[];
  return { id: found!.Id, size: found!.Size, config: found!.Config ?? {} };
}

/** Looks at an image's settings and runs it with the sample's inputs. */
export async function observe(engine: Engine, image: Image, sample: Sample): Promise<Observed> {
  const seen = new Map<string, string>();
  await observeFiles(engine, image, seen);
  for (const [i, each] of sample.runs.entries()) await observeRun(engine, image, each, i + 1, seen);
  if (sample.server) await observeServer(engine, image, sample.server, seen);
  return seen;
}

const stubs = ["--network", "none"];

async function observeRun(
  engine: Engine,
  image: Image,
  { args = [], stdin, env = {} }: ProgramRun,
  number: number,
  seen: Map<string, string>,
): Promise<void> {
  const options = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const { code, stdout, stderr } = await engine.docker(
    ["run", "--rm", "--interactive", ...stubs, ...options, image.id, ...args],
    { stdin: stdin ?? "", timeout: patience },
  );
  seen.set(`exit code of run ${number}`, String(code));
  seen.set(`stdout of run ${number}`, stdout);
  seen.set(`stderr of run ${number}`, stderr);
}

/** Between the answers of one look. */
const divider = "----- next answer -----";

async function observeServer(
  engine: Engine,
  image: Image,
  { port, requests }: Server,
  seen: Map<string, string>,
): Promise<void> {
  const started = await engine.docker(["run", "--detach", ...stubs, image.id]);
  if (started.code !== 0) {
    seen.set("server", `does not start: ${started.stderr.trim()}`);
    return;
  }
  const container = started.stdout.trim();
  try {
    const at = (path: string): string => `'http://127.0.0.1:${port}${path}'`;
    const script = [
      `for i in $(seq 80); do curl -s -o /dev/null ${at(requests[0] ?? "/")} && break; sleep 0.1; done`,
      ...requests.map((path) => `curl -s -i --max-time 10 ${at(path)}; echo; echo '${divider}'`),
    ].join("\n");
    const { stdout } = await engine.docker(
      ["run", "--rm", "--network", `container:${container}`, "--entrypoint", "/bin/sh", client, "-c", script],
      { timeout: patience },
    );
    const { code, stdout: state } = await engine.docker(["inspect", "--format", "{{.State.Running}}", container]);
    const isUp = code === 0 && state.trim() === "true";
    const logs = isUp ? "" : await engine.docker(["logs", container]).then((each) => each.stdout + each.stderr);
    seen.set("server", isUp ? "runs" : `stopped: ${logs.trim()}`);
    const answers = stdout.split(`\n${divider}\n`);
    for (const [i, path] of requests.entries()) addAnswer(path, answers[i] ?? "", seen);
    await observeHealth(engine, image, container, seen);
  } finally {
    await engine.docker(["rm", "--force", "--volumes", container]);
  }
}

function addAnswer(path: string, answer: string, seen: Map<string, string>): void {
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  const lines = head.split("\r\n");
  const header = (name: string): string =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? "none";
  seen.set(`status of ${path}`, lines[0]?.split(" ")[1] ?? "none");
  seen.set(`content type of ${path}`, header("content-type").toLowerCase());
  seen.set(`location of ${path}`, header("location"));
  seen.set(`body of ${path}`, rest.join("\r\n\r\n").trimEnd());
}

/** Runs the health check as the engine would. */
async function observeHealth(
  engine: Engine,
  image: Image,
  container: string,
  seen: Map<string, string>,
): Promise<void> {
  const [kind, ...words] = image.config.Healthcheck?.Test ?? [];
  if (kind !== "CMD" && kind !== "CMD-SHELL") return;
  const command = kind === "CMD" ? words : ["/bin/sh", "-c", ...words];
  const { code } = await engine.docker(["exec", container, ...command], { timeout: patience });
  seen.set("exit code of the health check", String(code));
}

/** The user by number, and who owns the working directory: read from files, since small images have no programs. */
async function observeFiles(engine: Engine, image: Image, seen: Map<string, string>): Promise<void> {
  const { stdout, code, stderr } = await engine.docker(["create", ...stubs, image.id, "-"]);
  if (code !== 0) throw new Error(stderr.trim());
  const container = stdout.trim();
  try {
    const passwd = await copyOut(engine, container, "/etc/passwd");
    const group = await copyOut(engine, container, "/etc/group");
    seen.set("user", numericUser(image.config.User ?? "", passwd, group));
    const directory = image.config.WorkingDir || "/";
    seen.set("owner of the working directory", await ownerOf(engine, container, directory));
  } finally {
    await engine.docker(["rm", "--force", "--volumes", container]);
  }
}

async function copyOut(engine: Engine, container: string, file: string): Promise<string> {
  const { stdout } = await engine.docker(["cp", "--follow-link", `${container}:${file}`, "-"]);
  // A tar of one file: a header of 512 bytes, then the text.
  const size = Number.parseInt(stdout.slice(124, 135), 8);
  return Number.isNaN(size) ? "" : stdout.slice(512, 512 + size);
}

/** `1000:1000`, whatever way the image names it. */
function numericUser(written: string, passwd: string, group: string): string {
  const [user = "", groupName] = written.split(":");
  const entry = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name, , id]) => (user === "" ? id === "0" : name === user || id === user));
  const uid = /^\d+$/.test(user) ? user : (entry?.[2] ?? (user === "" || user === "root" ? "0" : `unknown ${user}`));
  if (groupName === undefined) return `${uid}:${entry?.[3] ?? "0"}`;
  const gid = group
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === groupName)?.[2];
  return `${uid}:${/^\d+$/.test(groupName) ? groupName : (gid ?? `unknown ${groupName}`)}`;
}

/** Mode, user and group of a directory in a container: what the first header of its tar says. */
async function ownerOf(engine: Engine, container: string, directory: string): Promise<string> {
  const header = await firstBytes(engine, ["cp", `${container}:${directory}`, "-"], 512);
  if (header.length < 512) return "there is no such directory";
  const number = (start: number, end: number): number => Number.parseInt(header.subarray(start, end).toString(), 8);
  return `${number(108, 115)}:${number(116, 123)} ${(number(100, 107) & 0o7777).toString(8)}`;
}

/** The start of what a command writes, which is then ended. */
function firstBytes(engine: Engine, args: readonly string[], wanted: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const { command, env } = engine.program;
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
    let bytes = Buffer.alloc(0);
    const settle = (): void => resolve(bytes.subarray(0, wanted));
    child.stdout.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= wanted) child.kill("SIGKILL");
    });
    child.once("error", settle);
    child.once("close", settle);
  });
}
