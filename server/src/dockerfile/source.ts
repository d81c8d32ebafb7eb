import { quoted } from "../text/quote.ts";
import { isBoolean } from "./flag-values.ts";

/** Where COPY or ADD takes a source from, as BuildKit tells it by the text. */
export type SourceKind = "path" | "url" | "git";

const protocol = /^([a-zA-Z0-9]+):\/\//;
/** `user@host:path`, as in `git@example.com:team/app.git`. */
const shortForm = /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:/;

/** @param source variables expanded */
export function sourceKind(source: string): SourceKind {
  if (/^\.\.?\//.test(source)) return "path";
  const scheme = protocol.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return shortForm.test(source) ? "git" : "path";
  if (scheme === "git" || scheme === "ssh") return "git";
  if (scheme !== "http" && scheme !== "https") return "path";
  if (source.replace(/[?#].*$/s, "").endsWith(".git")) return "git";
  // BuildKit compares the start of a URL in lower case only.
  return /^https?:/.test(source) ? "url" : "path";
}

const queries: ReadonlySet<string> = new Set(
  "ref tag branch subdir checksum commit keep-git-dir submodules".split(" "),
);
/** They need no value. */
const switches: ReadonlySet<string> = new Set(["keep-git-dir", "submodules"]);

/** Why BuildKit refuses what stands behind `?` of a Git source; `null` where it takes it. */
export function gitQueryError(source: string): string | null {
  const query = /\?([^#]*)/.exec(source)?.[1];
  if (query === undefined || /[%+;]/.test(query)) return null;
  const seen = new Set<string>();
  for (const part of query.split("&")) {
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? "" : part.slice(equals + 1);
    if (part === "") continue;
    if (seen.has(name)) return `query ${quoted(name)} has multiple values`;
    seen.add(name);
    if (value === "" && !switches.has(name)) return `query ${quoted(name)} has no value`;
    if (!queries.has(name)) return `unexpected query ${quoted(name)}`;
    if (value !== "" && switches.has(name) && !isBoolean(value)) return `invalid ${name} value: ${quoted(value)}`;
  }
  return seen.has("tag") && seen.has("branch") ? "branch conflicts with tag" : null;
}
