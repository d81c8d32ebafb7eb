import type { Instruction, Mount, MountField } from "../../dockerfile/instruction.ts";
import { type Span, touches } from "../../text/range.ts";
import { code } from "../markdown.ts";
import { reference } from "./context.ts";

interface FlagHover {
  readonly value: string;
  readonly span: Span;
}

interface Help {
  readonly text: string;
  /** Of Docker's reference. */
  readonly anchor: string;
}

const link = (anchor: string): Help => ({
  text: "Puts the files into a layer of their own, which does not look at what is below: it stays cached when the base or an earlier instruction changes. Links in the destination's folders are not followed.",
  anchor,
});
const chmod = (anchor: string): Help => ({
  text: "Permissions of the copied files and folders: `755`, or `u=rwX,go=rX`. Without it those of the source are kept.",
  anchor,
});
const exclude = (anchor: string): Help => ({
  text: "Leaves out what matches the pattern, as a line of `.dockerignore` does, for this instruction alone. May be repeated.",
  anchor,
});

/**
 * The flags that the instruction hovers of dockerfile-language-service lack. Other extensions show that library's hovers, so
 * these are never there twice.
 */
const flags: Readonly<Record<string, Readonly<Record<string, Help>>>> = {
  ADD: {
    link: link("add---link"),
    chmod: chmod("add---chown---chmod"),
    exclude: exclude("add---exclude"),
    checksum: {
      text: "The digest that the downloaded file must have: `sha256:…`, or the commit of a Git repository. With another one the build stops.",
      anchor: "add---checksum",
    },
    "keep-git-dir": {
      text: "Keeps the `.git` folder of a repository that is cloned. Without it only the files are copied.",
      anchor: "add---keep-git-dir",
    },
    unpack: {
      text: "Whether archives are unpacked: `true` also for those that are downloaded, `false` also not for those of the build context.",
      anchor: "add---unpack",
    },
  },
  COPY: {
    link: link("copy---link"),
    chmod: chmod("copy---chown---chmod"),
    exclude: exclude("copy---exclude"),
    parents: {
      text: "Keeps the folders in front of each source: `src/a.txt` lands at `src/a.txt`. What stands before `/./` in a source is left out.",
      anchor: "copy---parents",
    },
  },
  RUN: {
    mount: {
      text: "Makes files, a cache or a secret visible while the command runs. What is mounted is not part of the image.",
      anchor: "run---mount",
    },
    network: {
      text: "What the command can reach: `default`, `none` for no network, `host` for that of the machine, which must be allowed.",
      anchor: "run---network",
    },
    security: {
      text: "`insecure` gives the command the machine's privileges, which must be allowed; `sandbox` is the default.",
      anchor: "run---security",
    },
    device: { text: "Gives the command a device of the machine, such as a GPU.", anchor: "run---device" },
  },
};

const types: Readonly<Record<string, Help>> = {
  bind: {
    text: "`bind`: files of the build context, a stage or an image lie at the target while the command runs. They can be changed with `rw`, but changes are thrown away.",
    anchor: "run---mounttypebind",
  },
  cache: {
    text: "`cache`: a folder that is kept from build to build and is not part of the image. It may be empty at any time.",
    anchor: "run---mounttypecache",
  },
  secret: {
    text: "`secret`: a file or variable that is there for this command alone. It is given with `docker build --secret` and leaves no trace.",
    anchor: "run---mounttypesecret",
  },
  ssh: {
    text: "`ssh`: the command can use the keys of the SSH agent that `docker build --ssh` names.",
    anchor: "run---mounttypessh",
  },
  tmpfs: { text: "`tmpfs`: an empty folder in memory, gone afterwards.", anchor: "run---mounttypetmpfs" },
};

/** What the options of a mount mean; by type where that makes a difference. */
const keys: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  type: "What is mounted: `bind` (the default), `cache`, `secret`, `ssh` or `tmpfs`.",
  from: {
    bind: "The stage, image or named context that the files are taken from. Without it they are those of the build context.",
    cache: "The stage, image or named context whose files are in the cache at first.",
  },
  source: {
    bind: "What is mounted: a path from the root of `from`, or of the build context. The default is all of it.",
    cache: "The folder in `from` that is in the cache at first.",
    secret: "The name of the secret, as `docker build --secret id=…` gives it.",
  },
  target: {
    bind: "Where it is mounted. A relative path begins in the WORKDIR.",
    cache: "The folder that is kept. A relative path begins in the WORKDIR.",
    secret: "The file that holds the secret. The default is its name in `/run/secrets`.",
    ssh: "The socket of the agent. The default is a file in `/run/buildkit`.",
    tmpfs: "Where it is mounted.",
  },
  id: {
    cache: "The name of the cache. Mounts of one name share one cache; the default is the target.",
    secret: "The name of the secret, as `docker build --secret id=…` gives it.",
    ssh: "The name of the agent or key, as `docker build --ssh` gives it. The default is `default`.",
  },
  readonly: "Nothing can be written to it. For `bind` that is the default.",
  readwrite: "It can be written to; what is written to a `bind` mount is thrown away afterwards.",
  sharing:
    "What happens when two builds want the cache at once: `shared` lets both write, `private` makes a second cache, `locked` makes one wait.",
  required: "The build stops if it is not given; without it the command runs all the same.",
  env: "The variable that holds the secret; no file is mounted unless `target` is given, too.",
  mode: "Permissions, in octal digits: of the file of a secret `0400` by default, of a new cache `0755`.",
  uid: "The number of the user that owns it; 0 by default.",
  gid: "The number of the group that owns it; 0 by default.",
  size: "How large it may become: `64m`.",
};

const synonyms: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
  rw: "readwrite",
};

/** What a flag, an option of a mount or a heredoc means, where no other hover says it. */
export function flagHover(instruction: Instruction, offset: number, text: string): FlagHover | null {
  const { keyword, mounts } = instruction;
  for (const mount of mounts) {
    const field = mount.fields.find(({ span }) => touches(span, offset));
    if (field) return mountHover(mount, field, offset);
  }
  const known = Object.hasOwn(flags, keyword) ? flags[keyword]! : {};
  const flag = instruction.flags.find(
    ({ span, valueSpan }) => span.start <= offset && offset < (valueSpan?.start ?? span.end + 1),
  );
  if (flag && Object.hasOwn(known, flag.name)) {
    const { start } = flag.span;
    return { value: said(`--${flag.name}`, known[flag.name]!), span: { start, end: flag.nameSpan.end } };
  }
  return heredocHover(instruction, offset, text);
}

function said(name: string, { text, anchor }: Help): string {
  return `${code(name)}: ${text}\n\n${reference(anchor)}`;
}

function mountHover({ type }: Mount, { key, value, span, valueSpan }: MountField, offset: number): FlagHover | null {
  const help = Object.hasOwn(types, type) ? types[type]! : null;
  const onValue = valueSpan !== null && offset >= valueSpan.start;
  if (key === "type" && onValue && value !== null) {
    const known = Object.hasOwn(types, value) ? types[value]! : null;
    return known && { value: `${known.text}\n\n${reference(known.anchor)}`, span: valueSpan };
  }
  if (onValue && /^(?:from|source|src)$/.test(key)) return null;
  const name = Object.hasOwn(synonyms, key) ? synonyms[key]! : key;
  const found = Object.hasOwn(keys, name) ? keys[name]! : null;
  const meaning =
    found === null || typeof found === "string" ? found : Object.hasOwn(found, type) ? found[type]! : null;
  if (meaning === null || !help) return null;
  const end = valueSpan ? Math.max(span.start, valueSpan.start - 1) : span.end;
  return {
    value: said(key, { text: meaning, anchor: help.anchor }),
    span: onValue ? valueSpan : { start: span.start, end },
  };
}

/** `<<EOF` on the instruction's line. */
function heredocHover(instruction: Instruction, offset: number, text: string): FlagHover | null {
  const { heredocs, headSpan, keyword } = instruction;
  if (heredocs.length === 0 || offset > headSpan.end) return null;
  const operator = /<<-?\s*(["']?)([\w.-]+)\1/g;
  operator.lastIndex = 0;
  const head = text.slice(headSpan.start, headSpan.end);
  for (const match of head.matchAll(operator)) {
    const span = { start: headSpan.start + match.index, end: headSpan.start + match.index + match[0].length };
    const heredoc = heredocs.find(({ name }) => name === match[2]);
    if (!touches(span, offset) || !heredoc) continue;
    const what =
      keyword === "RUN"
        ? "What follows, up to the line with this word alone, is a script or a command's input."
        : "What follows, up to the line with this word alone, is the content of a file.";
    const variables = heredoc.expand
      ? keyword === "RUN"
        ? "Its variables are the shell's."
        : "Variables in it are replaced; with quotes around the word they are not."
      : "Because of the quotes nothing in it is replaced.";
    const tabs = heredoc.chomp ? " Tabs at the beginning of lines are left out." : "";
    return { value: `Heredoc ${code(match[2]!)}: ${what} ${variables}${tabs}\n\n${reference("here-documents")}`, span };
  }
  return null;
}
