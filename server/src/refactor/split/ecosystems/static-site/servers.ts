import type { StartedCall } from "../../../../stages/start.ts";
import { lastPart } from "../../../../text/paths.ts";
import { readPackageManager } from "../node/package-managers.ts";

/** A server for static files, written for Node, that nginx can stand in for. */
interface Server {
  readonly name: string;
  /** Default port of its current release. */
  readonly port: string;
  /** The directory it serves where none is named. */
  readonly directory: string;
  /** Flags with a value that say the port, the directory, or nothing nginx must know. */
  readonly portFlags: readonly string[];
  readonly directoryFlags: readonly string[];
  readonly harmlessFlags: readonly string[];
  readonly harmlessValueFlags: readonly string[];
  /** Flags that nginx cannot stand in for, but that name no file and take no value. */
  readonly ownFlags: readonly string[];
  /** Flags that send unknown addresses to index.html; `"always"` where it does so anyway. */
  readonly singlePage: readonly string[] | "always";
  /** What nginx tries for an address, the single page at last or not. */
  readonly tries: string;
  readonly singlePageTries: string;
  /** Whether a word without dashes names the directory. */
  readonly positional: boolean;
  /** Whether it reads the variable PORT. */
  readonly readsPort: boolean;
}

export const servers: readonly Server[] = [
  {
    name: "serve",
    port: "3000",
    directory: ".",
    portFlags: ["-l", "--listen", "-p"],
    directoryFlags: [],
    harmlessFlags: [
      "-n",
      "--no-clipboard",
      "--no-port-switching",
      "-L",
      "--no-request-logging",
      "-d",
      "--debug",
      "-u",
      "--no-compression",
      "-C",
      "--cors",
    ],
    harmlessValueFlags: [],
    ownFlags: ["-S", "--symlinks", "--no-etag"],
    singlePage: ["-s", "--single"],
    tries: "$uri $uri.html $uri/index.html =404",
    // All that is no file is the page, folders included.
    singlePageTries: "$uri /index.html",
    positional: true,
    readsPort: true,
  },
  {
    name: "http-server",
    port: "8080",
    directory: ".",
    portFlags: ["-p", "--port"],
    directoryFlags: [],
    harmlessFlags: ["-s", "--silent", "-g", "--gzip", "-b", "--brotli", "-i"],
    harmlessValueFlags: ["-a", "-c", "-d"],
    ownFlags: ["--cors", "--log-ip", "-r", "--robots", "-U", "--utc", "--no-dotfiles"],
    singlePage: [],
    tries: "$uri $uri.html $uri/index.html =404",
    singlePageTries: "",
    positional: true,
    readsPort: true,
  },
  {
    name: "vite preview",
    port: "4173",
    directory: "dist",
    portFlags: ["--port"],
    directoryFlags: ["--outDir"],
    harmlessFlags: ["--host", "--strictPort", "--open"],
    harmlessValueFlags: ["--host"],
    ownFlags: [],
    singlePage: "always",
    tries: "",
    singlePageTries: "$uri $uri/ /index.html",
    positional: false,
    readsPort: false,
  },
];

export interface Served {
  readonly server: Server;
  /** As the container starts it: `npx serve -s dist`. */
  readonly words: string;
  readonly port: string | null;
  readonly directory: string | null;
  readonly singlePage: boolean;
  /** A word that nginx cannot stand in for. */
  readonly odd: string | null;
  /** Whether all words are understood, so that no other file of the project is needed. */
  readonly known: boolean;
  /** Whether the server is known only by the name of a script. */
  readonly guessed: boolean;
}

export function readServer(call: StartedCall): Served | null {
  const words = [call.program, ...call.args].join(" ");
  let { args } = call;
  let name = lastPart(call.program);
  let guessed = false;
  const manager = readPackageManager({ name, args, cwd: "/" });
  if (name === "npx" || name === "pnpx") {
    const at = args.findIndex((arg) => !arg.startsWith("-"));
    if (at < 0) return null;
    name = args[at]!.replace(/(?!^)@.*$/, "");
    args = args.slice(at + 1);
  } else if (
    manager?.verb === "exec" ||
    (manager?.verb === "run" && manager.manager !== "npm" && ["serve", "http-server", "vite"].includes(manager.name))
  ) {
    // `yarn vite preview` runs the program; `yarn serve` runs a script of that name, where there is one.
    if (manager.verb === "run" && manager.name !== "vite") return null;
    const at = args.indexOf(manager.name);
    name = manager.name;
    args = args.slice(at + 1).filter((arg) => arg !== "--");
  } else if (manager?.verb === "run" && manager.name === "preview") {
    guessed = true;
    const at = args.indexOf("preview");
    name = "vite";
    args = ["preview", ...args.slice(at + 1).filter((arg) => arg !== "--")];
  }
  if (name === "vite" && args[0] === "preview") {
    name = "vite preview";
    args = args.slice(1);
  }
  const server = servers.find((candidate) => candidate.name === name);
  return server ? { server, words, guessed, ...readFlags(server, args) } : null;
}

function readFlags(
  server: Server,
  args: readonly string[],
): Pick<Served, "port" | "directory" | "singlePage" | "odd" | "known"> {
  let port: string | null = null;
  let directory: string | null = null;
  let singlePage = server.singlePage === "always";
  let odd: string | null = null;
  let known = true;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
    const flag = equals < 0 ? arg : arg.slice(0, equals);
    const value = (): string => (equals >= 0 ? arg.slice(equals + 1) : (args[++i] ?? ""));
    if (!arg.startsWith("-")) {
      if (!server.positional || directory !== null) {
        odd ??= arg;
        known = false;
      } else directory = arg;
    } else if (server.portFlags.includes(flag)) {
      const given = /^(?:tcp:\/\/)?(?:[\w.-]+:)?(\d+)$/.exec(value());
      if (given) port = given[1]!;
      else odd ??= flag;
    } else if (server.directoryFlags.includes(flag)) directory = value();
    else if (server.singlePage !== "always" && server.singlePage.includes(flag)) singlePage = true;
    else if (
      server.harmlessValueFlags.includes(flag) &&
      (equals >= 0 || (args[i + 1] !== undefined && !args[i + 1]!.startsWith("-")))
    )
      value();
    else if (/^-[ac]-?[\d.]+$/.test(flag) && server.harmlessValueFlags.includes(flag.slice(0, 2))) continue;
    else if (!server.harmlessFlags.includes(flag)) {
      odd ??= flag;
      if (!server.ownFlags.includes(flag)) known = false;
    }
  }
  return { port, directory, singlePage, odd, known };
}
