import { describeImage, factsDate, type ImageFacts, isKnown } from "../../images/describe.ts";
import { expand } from "../../dockerfile/words.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Libc } from "../../images/libc.ts";
import type { Reference } from "../../stages/resolve.ts";
import { code, list } from "../markdown.ts";
import { bullets, type HoverContext, lineOf, paragraphs, stageCode, useLabel } from "./context.ts";

/** An image, or what may be a named context: how it is called, and what is known of it. */
export function imageHover(context: HoverContext, { kind, text }: Reference, expanded: string): string {
  const { analysis } = context;
  // What is left out of a name is not known, but it is something.
  const open = kind === "from" ? openVariables(analysis, text) : [];
  const image = open.length > 0 ? text : expanded;
  const users = analysis.references
    .filter(({ target }) => target.kind === "image" && target.image === expanded)
    .map(
      (each) => `${stageCode(analysis.stages[each.stage]!)} (${useLabel(each)} on ${lineOf(context, each.span.start)})`,
    );
  const index =
    kind === "mount" && /^\d+$/.test(text) ? "A mount takes no index, so this number is an image's name." : null;
  const named = namedContexts(context, image);
  const facts = describeImage(image);
  return paragraphs([
    `**Image** ${code(image)}, from outside this file`,
    index,
    bullets([
      open.length > 0
        ? `The build decides which one: ${list(open.map((name) => code(`--build-arg ${name}=…`)))}`
        : null,
      named,
      named === null ? parts(facts) : null,
      ...(named === null ? known(facts) : []),
      `Used by ${list(users)}`,
    ]),
    named === null ? source(facts) : null,
  ]);
}

/** The variables of a base that have no value in the file. */
function openVariables({ model, dockerfile }: Analysis, text: string): string[] {
  if (!text.includes("$")) return [];
  const { uses } = expand(text, (name) => model.globalValues.get(name), { escape: dockerfile.escape });
  return uses.filter(({ set, modifier }) => !set && modifier === "").map(({ name }) => name);
}

/** Files that give the build another content under this name. */
function namedContexts({ neighbours }: HoverContext, image: string): string | null {
  const found = new Set<string>();
  for (const { file, mention } of neighbours.builds) {
    for (const { name, value } of mention.contexts)
      if (name.text === image)
        found.add(`${code(file.path)}${value ? ` takes ${code(value.text)} for it` : " replaces it"}`);
  }
  return found.size === 0 ? null : `A named context: ${list([...found], 3)}`;
}

function parts({ registry, repository, tag, digest, isOfficial }: ImageFacts): string {
  const origin = isOfficial
    ? `official image of ${registry === "docker.io" ? "Docker Hub" : code(registry)}`
    : `${code(repository)} of ${registry === "docker.io" ? "Docker Hub" : code(registry)}`;
  const version =
    digest !== ""
      ? `digest ${code(digest, 24)}: always the same image`
      : tag === "" || tag === "latest"
        ? `${tag === "" ? "no tag, so " : ""}${code("latest")}: another image after each release`
        : `tag ${code(tag)}`;
  return `${origin.startsWith("official") ? "Official" : ""}${origin.replace(/^official/, "")}, ${version}`;
}

const libcNames: Readonly<Record<Libc, string>> = { glibc: "glibc", musl: "musl libc", none: "no C library" };

function known(facts: ImageFacts): (string | null)[] {
  const { system, libc, user, drops, otherUser, shell, packageManager, brings, siblings } = facts;
  const what = [
    system,
    libc && libcNames[libc],
    user &&
      `${drops ? "starts" : "runs"} as ${code(user)}${drops ? ", gives that up" : ""}${otherUser === null ? "" : ` (has ${code(otherUser)}, too)`}`,
  ];
  const tools = [
    shell === "none" ? "no shell" : shell,
    packageManager === "none"
      ? shell === "none"
        ? null
        : "no package manager"
      : packageManager && code(packageManager),
    brings,
  ];
  const shown = (items: readonly (string | null)[]): string | null =>
    items.filter((item) => item !== null && item !== "").join(" · ") || null;
  return [
    shown(what),
    shown(tools),
    siblings.length === 0 ? null : `Beside it: ${list(siblings.map((each) => `${each.what} ${code(each.image)}`))}`,
  ];
}

function source(facts: ImageFacts): string {
  return isKnown(facts)
    ? `_By its name, from what images of that name are made of (${factsDate})_`
    : "_Nothing more is known here of this image._";
}
