import type { Call } from "../../../../stages/calls.ts";
import { copyTarget } from "../../../../stages/copies.ts";
import type { Facts, Step } from "../../facts.ts";
import { isInside, lastPart, type Place, resolvePath } from "../../../../text/paths.ts";
import type { Refusal } from "../ecosystem.ts";
import { findProject } from "../../roots.ts";
import { type GoCommand, isMake, readGo } from "./commands.ts";

/** Names in a Go project that only the compiler reads. */
export const goSources =
  /^(?:[\w.*-]+\.go|go\.(?:mod|sum|work|work\.sum)|go\.\*|\*\.(?:mod|sum)|vendor|cmd|internal|pkg|src|hack|tools?|scripts?|tests?|testdata|docs?|\.git|\.github|Makefile|Taskfile\.ya?ml|magefile\.go|\.golangci\.ya?ml|[\w.*-]+\.(?:proto|c|h|s|md)|proto|protos|protobuf|buf(?:\.gen)?\.yaml|sqlc\.yaml|README\.md|LICENSE)$/;

/** Names that a program reads when it runs. */
const goData =
  /^(?:templates?|tmpl|views?|static|assets?|public|web|www|html|ui|dist|configs?|conf|etc|migrations?|data|locales?|i18n|lang|certs?|resources?|fonts?|images?|schemas?|seeds?|rules|policies|\.env[\w.]*|[\w.*-]+\.(?:ya?ml|json|toml|ini|conf|cfg|html|tmpl|tpl|gohtml|css|js|sql|txt|pem|crt|key|db|csv|sh|xml|env|png|ico|svg))$/;

interface Sources {
  /** COPY into the sources that the program needs as well. */
  readonly data: ReadonlySet<number>;
  /** What may hold files that the program reads, as written. */
  readonly unsure: readonly string[];
}

export function readSources(facts: Facts, root: string): Sources {
  const data = new Set<number>();
  const unsure = new Set<string>();
  for (const step of facts.steps) {
    const { instruction } = step;
    if (instruction.keyword !== "COPY" && instruction.keyword !== "ADD") continue;
    const target = copyTarget(step);
    if (!target || (!isInside(root, target.path) && !isInside(target.path, root))) continue;
    for (const { text } of instruction.args.slice(0, -1)) {
      const name = lastPart(text.replace(/\/+$/, ""));
      if (goSources.test(name)) continue;
      if (goData.test(name) && !isInside(target.path, root)) data.add(step.index);
      else if (goData.test(name) && /\.\w+$/.test(name)) data.add(step.index);
      else unsure.add(`${instruction.keyword} ${instruction.args.map((word) => word.text).join(" ")}`);
    }
  }
  return { data, unsure: [...unsure] };
}

export function isBrought(step: Step, path: string): boolean {
  const target = copyTarget(step);
  if (!target) return false;
  if (isInside(target.path, path) && step.instruction.args.length === 2 && !target.into) return true;
  return step.instruction.args
    .slice(0, -1)
    .some(({ text }) => resolvePath(target.path, lastPart(text.replace(/\/+$/, ""))) === path);
}

const fileName = /^[\w.-]+(?:\/[\w.-]+)*\.(?:ya?ml|json|toml|ini|conf|cfg|env|html|sql|db|pem|crt|key|txt)$/;

/** Paths that the container's settings name: arguments, variables, volumes. */
export function namedPaths(facts: Facts): string[] {
  const found = [...startedPaths(facts), ...settingPaths(facts)].map((path) =>
    resolvePath(facts.cwd?.value ?? "/", path),
  );
  // The directory itself is a place to work in, not a file to read.
  return found.filter((path) => path !== facts.cwd?.value && !facts.steps.some((step) => step.cwd?.value === path));
}

function startedPaths({ start, healthcheck }: Facts): string[] {
  const words = [start, healthcheck].flatMap(
    (started) =>
      started?.calls.flatMap(({ program, args }) => [
        { word: program, program: true },
        ...args.map((word) => ({ word, program: false })),
      ]) ?? [],
  );
  return words.flatMap(({ word, program }) => {
    const plain = word
      .replace(/^-{1,2}[\w.-]+=/, "")
      .replace(/^[\w-]*=/, "")
      .replace(/(?!^)\/+$/, "");
    // A bare word such as `migrations` may be a folder of the project.
    const isPath =
      /^\/[^/]/.test(plain) || /^\.{1,2}\//.test(plain) || fileName.test(plain) || (!program && goData.test(plain));
    return isPath ? [plain] : [];
  });
}

function settingPaths({ steps }: Facts): string[] {
  return steps.flatMap(({ instruction, env }) => {
    if (instruction.keyword === "VOLUME")
      return instruction.args.map(({ text }) => text).filter((text) => text.startsWith("/"));
    if (instruction.keyword !== "ENV") return [];
    return instruction.pairs.flatMap(({ key, value }) => {
      // Lists of directories such as PATH name no file of the program, and the build's own variables neither.
      if (value === null || /PATH$|^GO|^CGO/.test(key) || value.includes(":/")) return [];
      const plain = value.replace(/^["']|["']$/g, "").replace(/\$\{?(\w+)\}?/g, (_, name: string) => env(name) ?? "");
      return /^\.{0,2}\//.test(plain) ? [plain] : [];
    });
  });
}

/** The project's directory: the one around all in which something of it is built. */
export function findRoot(facts: Facts, calls: readonly Call[]): Place | Refusal {
  // `go install tool@version` and `go env` work anywhere.
  const ours = calls.filter((call) => isMake(call) || !isElsewhere(readGo(call)));
  const directories = (ours.length > 0 ? ours : calls).map(({ cwd }) => cwd);
  // Packages by their address are built in the folder of Go, wherever the command runs.
  if (ours.length === 0 && directories.some((path) => path === null || path === "/")) return placeOfGo(facts);
  if (directories.includes(null)) {
    return {
      refused: "The directory in which the program is built cannot be told: it depends on what the file does not say.",
    };
  }
  const place = findProject(facts, directories as readonly string[]);
  if (place.value === "/")
    return {
      refused: "The program is built in /, beside the files of the image: set a WORKDIR first, then it can be split.",
    };
  return place;
}

function placeOfGo(facts: Facts): Place {
  const path = facts.env("GOPATH")?.split(":")[0] ?? "/root/go";
  return { value: path, text: path };
}

function isElsewhere({ verb, packages }: GoCommand): boolean {
  if (verb === "get") return packages.length > 0 && packages.every((name) => /^[\w-]+\.[\w.-]+\//.test(name));
  if (verb === "install" || verb === "run") return packages.length > 0 && packages.every((name) => name.includes("@"));
  return verb === "version" || verb === "env" || verb === "help";
}
