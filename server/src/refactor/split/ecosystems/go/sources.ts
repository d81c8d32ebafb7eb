import type { Call } from "../../../../stages/calls.ts";
import type { Facts } from "../../facts.ts";
import { isInside, lastPart, type Place } from "../../../../text/paths.ts";
import type { Refusal } from "../ecosystem.ts";
import { findProject } from "../../roots.ts";
import type { Naming } from "../named-paths.ts";
import { copiedTo } from "../placed.ts";
import { refusals } from "../refusals.ts";
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
    const target = copiedTo(step);
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

/** How settings name the files of a program in Go. */
export const goNaming: Naming = {
  data: goData,
  setting: (key, value, expand) =>
    // Lists of directories such as PATH name no file of the program, and the build's own variables neither.
    /PATH$|^GO|^CGO/.test(key) || value.includes(":/") ? null : expand(value),
};

/** The project's directory: the one around all in which something of it is built. */
export function findRoot(facts: Facts, calls: readonly Call[]): Place | Refusal {
  // `go install tool@version` and `go env` work anywhere.
  const ours = calls.filter((call) => isMake(call) || !isElsewhere(readGo(call)));
  const directories = (ours.length > 0 ? ours : calls).map(({ cwd }) => cwd);
  // Packages by their address are built in the folder of Go, wherever the command runs.
  if (ours.length === 0 && directories.some((path) => path === null || path === "/")) return placeOfGo(facts);
  if (directories.includes(null)) return refusals.unknownDirectory;
  const place = findProject(facts, directories as readonly string[]);
  if (place.value === "/") return refusals.atRoot;
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
