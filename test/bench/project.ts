// How long it takes until the files of a large project are known, and what that does to whoever types meanwhile.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { spawn } from "node:child_process";
import process from "node:process";
import {
  createProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { short, summarize, type Summary, table } from "./statistics.ts";

export interface ProjectResult {
  readonly files: number;
  readonly dockerfiles: number;
  /** Milliseconds from opening the first Dockerfile to knowing all files. */
  readonly indexed: Summary;
  /** Milliseconds from a keystroke to its diagnostics, while the files are read, and as soon after the start without them. */
  readonly typingMeanwhile: Summary;
  readonly typingAlone: Summary;
}

const services = 300;
const filesOfAService = 16;

const dockerfile = (i: number): string =>
  `FROM node:22 AS build\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build -- ${i}\n` +
  `FROM build AS test\nRUN npm test\nFROM nginx:1.27 AS web\nCOPY --from=build /app/dist /usr/share/nginx/html\n`;

/** Writes services as many repositories have them; the last file of all names a stage that is not there. */
function writeProject(folder: string): { readonly files: number; readonly last: string } {
  let files = 0;
  const write = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    files++;
  };
  for (let i = 0; i < services; i++) {
    const own = `services/group-${i % 20}/service-${i}`;
    write(`${own}/Dockerfile`, dockerfile(i));
    write(`${own}/package.json`, JSON.stringify({ name: `s${i}`, scripts: { image: `docker build --target web .` } }));
    write(`${own}/compose.yaml`, `services:\n  web:\n    build:\n      context: .\n      target: web\n`);
    write(`${own}/Makefile`, `image:\n\tdocker build --target test .\n`);
    write(`${own}/scripts/start.sh`, `#!/bin/sh\necho service ${i}\n`);
    for (let j = 5; j < filesOfAService; j++) write(`${own}/src/module-${j}.ts`, `export const value = ${j};\n`);
  }
  const target = (i: number): string =>
    `target "s${i}" {\n  context = "services/group-${i % 20}/service-${i}"\n  target = "web"\n}\n`;
  write("docker-bake.hcl", Array.from({ length: services }, (_, i) => target(i)).join(""));
  const jobs = Array.from(
    { length: 40 },
    (_, i) =>
      `  job-${i}:\n    steps:\n      - run: docker build --target test services/group-${i % 20}/service-${i}\n`,
  );
  write(".github/workflows/build.yml", `on: push\njobs:\n${jobs.join("")}`);
  const last = "services/group-0/service-0/compose.override.yaml";
  write(last, "services:\n  web:\n    build:\n      context: .\n      target: nowhere\n");
  return { files, last };
}

export async function measureProject(
  server: string,
  folder: string,
  rounds: number,
  log: (text: string) => void,
): Promise<ProjectResult> {
  const { files, last } = writeProject(folder);
  const [indexed, meanwhile, alone]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const result = await measureOnce(server, folder, last, Infinity);
    indexed.push(result.indexed);
    meanwhile.push(...result.keystrokes);
    alone.push(...(await measureOnce(server, folder, null, result.keystrokes.length)).keystrokes);
  }
  log("project");
  return {
    files,
    dockerfiles: services,
    indexed: summarize(indexed),
    typingMeanwhile: summarize(meanwhile),
    typingAlone: summarize(alone),
  };
}

/**
 * Types until all files are known, or so many times.
 *
 * @param last the file by which that shows; `null` where no folder is open
 */
async function measureOnce(
  server: string,
  folder: string,
  last: string | null,
  most: number,
): Promise<{ readonly indexed: number; readonly keystrokes: number[] }> {
  const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const root = pathToFileURL(folder).href;
  const uri = `${root}/services/group-1/service-1/Dockerfile`;
  const lines = Array.from({ length: 200 }, (_, i) => `RUN echo ${i}\n`).join("");
  const text = `${dockerfile(1)}${lines}`;
  let known: () => void = () => {};
  const isKnown = new Promise<void>((resolve) => {
    known = resolve;
  });
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    if (params.uri === `${root}/${last}` && params.diagnostics.length > 0) known();
  });
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  try {
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument: { diagnostic: {} } },
      workspaceFolders: last === null ? [] : [{ uri: root, name: "project" }],
    });
    await connection.sendNotification("initialized", {});
    const begun = performance.now();
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "dockerfile", version: 1, text },
    });
    let version = 1;
    const type = async (): Promise<number> => {
      const typed = performance.now();
      const end = { line: lines.length, character: 0 };
      await connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: ++version },
        contentChanges: [{ range: { start: end, end }, text: "#" }],
      });
      await connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
      return performance.now() - typed;
    };
    const times: { indexed?: number } = {};
    void isKnown.then(() => {
      times.indexed = performance.now() - begun;
    });
    // The first diagnostics are those of a server that has just started.
    await type();
    const keystrokes: number[] = [];
    while (times.indexed === undefined && keystrokes.length < most) {
      keystrokes.push(await type());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { indexed: times.indexed ?? Number.NaN, keystrokes };
  } finally {
    connection.dispose();
    child.kill();
  }
}

export function showProject({ files, dockerfiles, ...times }: ProjectResult): string {
  const row = (what: string, { median, p95 }: Summary): string[] => [what, `${short(median)} (${short(p95)})`];
  return `A project of ${files} files with ${dockerfiles} Dockerfiles, ms: median (95th percentile)\n${table(
    ["", "ours"],
    [
      row("first Dockerfile opened → all files known", times.indexed),
      row("keystroke → diagnostics meanwhile", times.typingMeanwhile),
      row("keystroke → diagnostics without a folder", times.typingAlone),
    ],
  )}`;
}
