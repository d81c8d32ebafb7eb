import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A stand-in for Docker: it builds nothing, and tells of images what it was made to tell. */
export interface StandIn {
  readonly program: string;
  /** The arguments of each build, in the order of the builds. */
  readonly builds: () => string[][];
  readonly remove: () => void;
}

/** What `docker history` says of an image, the newest first: what made each layer, and its bytes. Or why a build of it fails. */
export type Image = readonly (readonly [string, number])[] | string;

/** @param images by the names of targets; `last` is that of a stage without a name */
export function standIn(images: Readonly<Record<string, Image>>): StandIn {
  const folder = mkdtempSync(path.join(os.tmpdir(), "dockerfile-stages-docker-"));
  const program = path.join(folder, "docker");
  const log = path.join(folder, "log");
  const script = `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const images = ${JSON.stringify(images)};
const known = ${JSON.stringify(path.join(folder, "tags.json"))};
const tags = existsSync(known) ? JSON.parse(readFileSync(known, "utf8")) : {};
const option = (name) => {
  const at = args.findIndex((each) => each === name || each.startsWith(name + "="));
  return at < 0 ? undefined : args[at] === name ? args[at + 1] : args[at].slice(name.length + 1);
};
if (args[0] === "buildx" && args[1] === "build") {
  appendFileSync(${JSON.stringify(log)}, JSON.stringify(args) + "\\n");
  const image = images[option("--target")] ?? images.last;
  if (typeof image === "string") {
    console.error("ERROR: " + image);
    process.exit(1);
  }
  tags[option("--tag")] = image;
  writeFileSync(known, JSON.stringify(tags));
} else if (args[0] === "history") {
  for (const [CreatedBy, Size] of tags[args.at(-1)] ?? []) console.log(JSON.stringify({ CreatedBy, Size: String(Size) }));
} else console.log("1.0.0");
`;
  writeFileSync(program, `#!${process.execPath}\n${script}`);
  chmodSync(program, 0o755);
  return {
    program,
    builds: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as string[])
        : [],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const base: Image = [
  ["WORKDIR /app", 1_500],
  ["ENV NODE_ENV=production", 0],
  ['CMD ["node"]', 0],
  ["RUN /bin/sh -c install node # buildkit", 126_300_000],
  ["debian 12", 74_800_000],
];
const deps: Image = [
  ["RUN /bin/sh -c npm ci --include=dev # buildkit", 187_400_000],
  ["COPY package.json package-lock.json ./ # buildkit", 412_000],
  ...base,
];

/** What builds of samples/multi-stage could say. */
export const multiStage: Readonly<Record<string, Image>> = {
  base,
  deps,
  build: [
    ["RUN |1 NODE_VERSION=22 /bin/sh -c npm run build # buildkit", 8_150_000],
    ["COPY . . # buildkit", 2_310_000],
    ["ARG NODE_VERSION=22", 0],
    ...deps,
  ],
  test: 'failed to solve: process "/bin/sh -c npm test" did not complete successfully: exit code: 1',
  last: [
    ['CMD ["node" "dist/server.js"]', 0],
    ["EXPOSE [3000/tcp]", 0],
    ["USER node", 0],
    ["COPY /app/dist ./dist # buildkit", 3_420_000],
    ["COPY /app/node_modules ./node_modules # buildkit", 41_700_000],
    ["COPY /app/package.json ./ # buildkit", 1_900],
    ["RUN /bin/sh -c install -D /tmp/build-info.txt /app/build-info.txt # buildkit", 2_100],
    ...base,
  ],
};
