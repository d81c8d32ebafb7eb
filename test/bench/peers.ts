// What we compare with: the npm package dockerfile-language-server-nodejs and the parser and linter below it.
import { createRequire } from "node:module";
import path from "node:path";
import { installLocked } from "../../scripts/install-locked.ts";

export interface Peers {
  readonly name: string;
  /** The file that Node runs, with `--stdio`. */
  readonly server: string;
  readonly parse: (text: string) => unknown;
  readonly validate: (text: string) => unknown;
}

/** Installs the peers once per lockfile and loads what runs in this process. */
export async function loadPeers(): Promise<Peers> {
  const folder = await installLocked(path.join(import.meta.dirname, "peers.lock.json"), "peers");
  const require = createRequire(path.join(folder, "package.json"));
  const { DockerfileParser } = require("dockerfile-ast") as {
    DockerfileParser: { parse: (text: string) => unknown };
  };
  const { validate } = require("dockerfile-utils") as { validate: (text: string) => unknown };
  const { name, version, bin } = require("dockerfile-language-server-nodejs/package.json") as {
    name: string;
    version: string;
    bin: Record<string, string>;
  };
  return {
    name: `${name} ${version}`,
    server: path.join(folder, "node_modules", name, Object.values(bin)[0]!),
    parse: (text) => DockerfileParser.parse(text),
    validate: (text) => validate(text),
  };
}
