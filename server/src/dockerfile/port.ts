import { quoted } from "../text/quote.ts";

const protocols: ReadonlySet<string> = new Set(["", "tcp", "udp", "sctp"]);
const largest = 65_535;

/** Why EXPOSE refuses `[ip:][host-port:]port[-port][/protocol]`, in BuildKit's words; `null` where it takes it. */
export function portError(text: string): string | null {
  const parts = text.split(":");
  const last = parts.pop()!;
  const host = parts.pop() ?? "";
  const ip = parts.join(":").replace(/^\[(.*)\]$/, "$1");
  const slash = last.indexOf("/");
  const port = slash < 0 ? last : last.slice(0, slash);
  const protocol = slash < 0 ? "" : last.slice(slash + 1).toLowerCase();
  if (port === "") return `invalid port: ${quoted(text)}: no port specified`;
  if (!protocols.has(protocol)) return `invalid port: ${quoted(text)}: invalid proto: ${protocol}`;
  if (ip !== "" && !isAddress(ip)) return `invalid IP address: ${ip}`;
  const inside = rangeOf(port);
  if (!inside) return `invalid containerPort: ${port}`;
  if (host === "") return null;
  const outside = rangeOf(host);
  if (!outside) return `invalid hostPort: ${host}`;
  const isMapped = inside.size === outside.size || inside.size === 1;
  return isMapped ? null : `invalid ranges specified for container and host Ports: ${port} and ${host}`;
}

function rangeOf(text: string): { readonly size: number } | null {
  const ends = text.split("-");
  if (ends.length > 2 || !ends.every((end) => /^\+?\d+$/.test(end) && Number(end) <= largest)) return null;
  const [first, last = first] = ends.map(Number);
  return last! < first! ? null : { size: last! - first! + 1 };
}

function isAddress(text: string): boolean {
  return text.includes(":") ? isLongAddress(text) : isShortAddress(text);
}

/** IPv4: four numbers. */
function isShortAddress(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** IPv6: eight groups; `::` stands for some of them, and an IPv4 address at the end for two. */
function isLongAddress(text: string): boolean {
  const halves = text.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  let count = groups.length;
  if (groups.at(-1)?.includes(".") && !text.endsWith("::")) {
    if (!isShortAddress(groups.pop()!)) return false;
    count++;
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 1 ? count === 8 : halves.length === 2 && count < 8;
}
