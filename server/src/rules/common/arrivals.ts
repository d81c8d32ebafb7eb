import type { Instruction } from "../../dockerfile/instruction.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { type Layer, valueOf } from "../../stages/layers.ts";
import { isInside, lastPart, resolvePath } from "../../text/paths.ts";

/** Where something lands that a COPY or ADD brings. */
export interface Arrival {
  /** Absolute. */
  readonly path: string;
  /** Whether it is a directory, or may well be one, so that anything may land in it. */
  readonly directory: boolean;
  /** Whether it is copied into the root directory and may be a program or a whole system: the name tells neither. */
  readonly unsure: boolean;
}

/** Names that directories have rather than programs. */
const directoryName =
  /root-?fs|sys-?root|chroot|^(?:root|fs|out|output|dist|build|target|install|staging|stage|image|bundle|export|overlay|layer|runtime|files|result|artifacts?|packages?|pkg|deps|dependencies|mnt|opt|usr|etc|lib\w*|s?bin|var|home|srv|share|include|data|assets|static|public|www|config|conf)$/i;

const archive = /\.(?:tar|tgz|tbz2?|txz|tzst|tar\.\w+)$/i;

/** What a COPY or ADD brings and where; `null` where the file does not tell. */
export function arrivalsOf(analysis: Analysis, { stage, instruction, cwd }: Layer): readonly Arrival[] | null {
  const { keyword, args, span, heredocs } = instruction;
  const last = args.at(-1);
  if (!last || args.length < 2) return [];
  const written = valueOf(analysis, stage.index, last.text, span.start);
  if (written === null || written === "") return null;
  // Images whose working directory is not written here mostly start in the root.
  const target = resolvePath(cwd ?? "/", written);
  const into = /(?:^|\/)\.?$/.test(written) || args.length > 2;
  const sources = args.slice(0, -1).filter(({ text }) => !text.startsWith("<<"));
  const arrivals: Arrival[] = [];
  for (const { text } of sources) {
    const source = valueOf(analysis, stage.index, text, span.start);
    if (source === null) return null;
    const name = lastPart(source);
    const unpacks = keyword === "ADD" && (archive.test(name) || /^git@|\.git(?:#.*)?$|[*?[]/.test(source));
    const directory = unpacks || /^(?:|\.|\.\.)$|[*?[]/.test(name) || directoryName.test(name);
    const path = into && !directory ? resolvePath(target, name) : target;
    arrivals.push({ path, directory, unsure: into && target === "/" && !directory && !/.\.\w+$/.test(name) });
  }
  if (heredocs.length > 0) arrivals.push({ path: target, directory: false, unsure: false });
  return arrivals;
}

/** Whether something of an arrival may land in a directory or be that directory. */
export function reaches({ path, directory }: Arrival, wanted: string): boolean {
  return isInside(wanted, path) || (isInside(path, wanted) && (directory || path !== "/"));
}

/** Whether an instruction brings files. */
export function bringsFiles({ keyword }: Instruction): boolean {
  return keyword === "COPY" || keyword === "ADD";
}
