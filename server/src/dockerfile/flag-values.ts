import { closestName } from "../text/suggest.ts";
import { quoted } from "../text/quote.ts";

/**
 * What BuildKit takes for a duration, a number, a mode and the like. Functions that end in `Error` say in BuildKit's words
 * why it refuses a value, `null` where it takes it.
 */

/** BuildKit's suggestion behind a message; `""` where there is none. */
export function didYouMean(text: string, names: Iterable<string>): string {
  const meant = closestName(text, names);
  return meant === null || meant === text ? "" : ` (did you mean ${meant}?)`;
}

/** In nanoseconds. `µs` is none in a flag: BuildKit takes its characters apart into bytes. */
const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const longestDuration = 2 ** 63;
const shortestDuration = units["ms"]!;

/** A duration of HEALTHCHECK: `1m30s`. */
export function durationError(flag: string, value: string): string | null {
  const text = /^[+-]/.test(value) ? value.slice(1) : value;
  if (value === "" || text === "0") return null;
  const invalid = `time: invalid duration ${quoted(value)}`;
  if (text === "") return invalid;
  const piece = /(\d*)(\.?)(\d*)([^.\d]*)/y;
  let total = 0;
  while (piece.lastIndex < text.length) {
    const [, whole = "", , fraction = "", unit = ""] = piece.exec(text) ?? [];
    if (whole === "" && fraction === "") return invalid;
    if (unit === "") return `time: missing unit in duration ${quoted(value)}`;
    if (!Object.hasOwn(units, unit)) return `time: unknown unit ${quoted(unit)} in duration ${quoted(value)}`;
    total += Number(`${whole || "0"}.${fraction || "0"}`) * units[unit]!;
    if (total > longestDuration) return invalid;
  }
  const isTooShort = total !== 0 && (value.startsWith("-") || total < shortestDuration);
  return isTooShort ? `Interval ${quoted(flag)} cannot be less than 1ms` : null;
}

/** How often HEALTHCHECK may fail. */
export function retriesError(value: string): string | null {
  if (value === "") return null;
  const problem = (what: string) => `strconv.ParseInt: parsing ${quoted(value)}: ${what}`;
  if (!/^[+-]?\d+$/.test(value)) return problem("invalid syntax");
  const count = Number(value);
  if (count > 2 ** 31 - 1 || count < -(2 ** 31)) return problem("value out of range");
  return count < 0 ? `--retries cannot be negative (${count})` : null;
}

const clause = "[ugoa]*(?:[+=-][rstwXxugo]*)+";
const symbolicMode = new RegExp(`^${clause}(?:,${clause})*$`);
const largestMode = 0o7777;

/** The mode of COPY and ADD: `755`, `u+x`, `go=rX`. */
export function modeError(value: string): string | null {
  if (value === "" || (/^[0-7]+$/.test(value) && parseInt(value, 8) <= largestMode)) return null;
  if (/^\d/.test(value))
    return `invalid chmod parameter: '${value}'. it should be octal string and between 0 and 07777`;
  return symbolicMode.test(value) ? null : "invalid syntax";
}

const checksum = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const checksumLengths: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);

/** The checksum of a file that ADD downloads: `sha256:…`. */
export function checksumError(value: string): string | null {
  const colon = value.indexOf(":");
  const length = checksumLengths.get(value.slice(0, Math.max(colon, 0)));
  const sum = value.slice(colon + 1);
  if (colon <= 0 || sum === "") return "invalid checksum digest format";
  if (length === undefined)
    return checksum.test(value) ? "unsupported digest algorithm" : "invalid checksum digest format";
  if (sum.length !== length) return "invalid checksum digest length";
  return /^[a-f0-9]+$/.test(sum) ? null : "invalid checksum digest format";
}

const networks: ReadonlySet<string> = new Set(["default", "none", "host"]);

export function networkError(value: string): string | null {
  return networks.has(value) ? null : `invalid network mode ${quoted(value)}`;
}

const securities: ReadonlySet<string> = new Set(["insecure", "sandbox"]);

export function securityError(value: string): string | null {
  return securities.has(value) ? null : `security ${quoted(value)} is not valid`;
}

/** What Go's strconv.ParseBool takes. */
export function isBoolean(value: string): boolean {
  return /^(?:1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value);
}

/** A number that 32 bits hold. */
export function isUnsigned(value: string, base: 8 | 10): boolean {
  return (base === 8 ? /^[0-7]+$/ : /^\d+$/).test(value) && parseInt(value, base) < 2 ** 32;
}

/** A size in bytes, with a unit if wanted: `64m`, `1.5 GiB`. */
export function isSize(value: string): boolean {
  return /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? ?(?:b|[kmgtp](?:i?b)?)?$/i.test(value) || /^\+?0x/i.test(value);
}

/** A device of RUN: a name of the Container Device Interface, and whether it must be there. */
export function deviceError(value: string): string | null {
  if (value === "") return "failed to parse csv devices: EOF";
  // Quotes make fields of their own.
  if (value.includes('"')) return null;
  let name = "";
  for (const field of value.split(",")) {
    const equals = field.indexOf("=");
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const content = field.slice(equals + 1);
    if (key === "required") {
      if (equals >= 0 && !isBoolean(content)) return `invalid value for required: ${content}`;
    } else if (key === "name" && equals >= 0) {
      if (name !== "") return `device name already set to ${name}`;
      name = content;
    } else if (name === "") name = field;
    else if (equals < 0) return `invalid field '${field}' must be a key=value pair`;
    else return `unexpected key '${key}' in '${field}'${didYouMean(key, ["name", "required"])}`;
  }
  return null;
}
