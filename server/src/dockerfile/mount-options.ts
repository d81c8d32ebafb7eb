import { quoted } from "../text/quote.ts";
import { didYouMean, isBoolean, isSize, isUnsigned } from "./flag-values.ts";
import type { Mount, MountField } from "./instruction.ts";

export const mountTypes = ["bind", "cache", "secret", "ssh", "tmpfs"] as const;
const sharingModes = ["locked", "private", "shared"];
export const mountKeys =
  "type from source target readonly id sharing required size mode uid gid src dst destination ro rw readwrite env".split(
    " ",
  );

/** Options that are one and the same. */
const synonyms: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
  readwrite: "readonly",
  rw: "readonly",
};

/** Options that may stand without a value. */
const switches: ReadonlySet<string> = new Set(["readonly", "required"]);

/** An option of a mount that BuildKit stops at; without a field it is one that is missing. */
export interface MountProblem {
  readonly message: string;
  readonly field: MountField | null;
}

/**
 * What BuildKit stops at in the options of `RUN --mount`; `null` where it takes them. It looks at `from` elsewhere.
 *
 * @param valueOf a value with its variables expanded; `null` where it is not known
 * @param written the field as it is written
 */
export function mountProblem(
  { fields }: Mount,
  valueOf: (text: string) => string | null,
  written: (field: MountField) => string,
): MountProblem | null {
  const given = new Map<string, { readonly field: MountField; readonly value: string | null }>();
  let type = "bind";
  for (const field of fields) {
    const { key, value: raw } = field;
    const name = synonyms[key] ?? key;
    const value = raw === null || key === "from" ? raw : valueOf(raw);
    const message = fieldProblem(key, name, field, value, type, written);
    if (message !== null) return { message, field };
    given.set(name, { field, value });
    if (key !== "type") continue;
    // Of which type it is decides about all other options.
    if (value === null) return null;
    type = value.toLowerCase();
  }

  const problem = (message: string, name: string): MountProblem => ({ message, field: given.get(name)?.field ?? null });
  // What is not known counts as given.
  const isSet = (name: string): boolean => given.has(name) && given.get(name)!.value !== "";
  for (const name of ["mode", "uid", "gid"]) {
    if (given.has(name) && (type === "bind" || type === "tmpfs"))
      return problem(`${name} not allowed for ${quoted(type)} type mounts`, name);
  }
  if (type === "secret") {
    if (isSet("from")) return problem("secret mount should not have a from", "from");
    if (given.has("sharing")) return problem("secret mount should not define sharing", "sharing");
    if (!isSet("source") && !isSet("target") && !isSet("id"))
      return problem("invalid secret mount. one of source, target required", "");
    if (isSet("source") && isSet("id")) return problem("both source and id can't be set", "id");
  }
  if (given.has("sharing") && type !== "cache")
    return problem(`invalid cache sharing set for ${type} mount`, "sharing");
  if (type === "ssh" && isSet("source")) return problem("ssh does not support source", "source");
  return null;
}

function fieldProblem(
  key: string,
  name: string,
  field: MountField,
  value: string | null,
  type: string,
  written: (field: MountField) => string,
): string | null {
  const isOfSecret = type === "secret" || type === "ssh";
  if (key === "required" && !isOfSecret) return `unexpected key 'required' for mount type '${type}'`;
  if (key === "size" && type !== "tmpfs" && field.value !== null)
    return `unexpected key 'size' for mount type '${type}'`;
  if (field.value === null)
    return switches.has(name) ? null : `invalid field '${written(field)}' must be a key=value pair`;
  if (!mountKeys.includes(key)) return `unexpected key '${key}' in '${written(field)}'${didYouMean(key, mountKeys)}`;
  if (value === null) return null;
  switch (name) {
    case "type":
      return isOneOf(mountTypes, value)
        ? null
        : `unsupported mount type ${quoted(value)}${didYouMean(value, mountTypes)}`;
    case "readonly":
    case "required":
      return isBoolean(value) ? null : `invalid value for ${key}: ${value}`;
    case "size":
      return isSize(value) ? null : `invalid value for size: ${value}`;
    case "sharing":
      return isOneOf(sharingModes, value)
        ? null
        : `unsupported sharing value ${quoted(value)}${didYouMean(value, sharingModes)}`;
    case "mode":
      return isUnsigned(value, 8) ? null : `invalid value ${value} for mode`;
    case "uid":
    case "gid":
      return isUnsigned(value, 10) ? null : `invalid value ${value} for ${key}`;
    default:
      return null;
  }
}

/** What is wrong with the commas and quotes of `--mount`, in BuildKit's words; a field in double quotes may hold commas. */
export function fieldsError(text: string): string | null {
  if (text === "") return "failed to parse csv mounts: EOF";
  if (!text.includes('"')) return null;
  const problem = (at: number, what: string) =>
    `failed to parse csv mounts: parse error on line 1, column ${at + 1}: ${what}`;
  for (let at = 0; at <= text.length; at++) {
    const comma = text.indexOf(",", at);
    if (text[at] !== '"') {
      const end = comma < 0 ? text.length : comma;
      const quote = text.indexOf('"', at);
      if (quote >= 0 && quote < end) return problem(quote, 'bare " in non-quoted-field');
      at = end;
      continue;
    }
    const start = at++;
    while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) at += text[at] === '"' ? 2 : 1;
    if (at >= text.length) return problem(start + 1, 'extraneous or missing " in quoted-field');
    at++;
    if (at < text.length && text[at] !== ",") return problem(at - 1, 'extraneous or missing " in quoted-field');
  }
  return null;
}

function isOneOf(names: readonly string[], value: string): boolean {
  return names.includes(value.toLowerCase());
}
