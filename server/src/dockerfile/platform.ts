import { quoted } from "../text/quote.ts";

/** The operating systems and architectures that stand for themselves, as in `--platform=arm64`. */
const known: ReadonlySet<string> = new Set(
  (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris wasi wasip1 windows zos " +
    "386 aarch64 amd64 amd64p32 arm arm64 arm64be armbe armel armhf i386 loong64 mips mips64 mips64le mips64p32 " +
    "mips64p32le mipsle ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm x86-64 x86_64"
  ).split(" "),
);

const system = /^[A-Za-z0-9_-]+(?:\([A-Za-z0-9_.%-]*(?:\+[A-Za-z0-9_.%-]+)*\))?$/;
const component = /^[A-Za-z0-9_.-]+$/;

/** Why a text is no platform, in the words of BuildKit's library but for its patterns; `null` where it is one. */
export function platformError(text: string): string | null {
  if (text.includes("*")) return `${quoted(text)}: wildcards not yet supported: invalid argument`;
  const parts = text.split("/");
  // What stands behind the third slash is not looked at.
  if (parts.length > 4) parts.splice(3, parts.length, parts.slice(3).join("/"));
  for (const [i, part] of parts.entries()) {
    if (i === 0 && !system.test(part)) return `${quoted(part)} is an invalid OS component of ${quoted(text)}`;
    if (i > 0 && !component.test(part)) return `${quoted(part)} is an invalid component of ${quoted(text)}`;
  }
  if (parts.length > 3) return `${quoted(text)}: cannot parse platform specifier: invalid argument`;
  const name = parts[0]!.replace(/\(.*/, "").toLowerCase();
  return parts.length > 1 || known.has(name)
    ? null
    : `${quoted(text)}: unknown operating system or architecture: invalid argument`;
}
