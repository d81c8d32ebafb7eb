import { isOfficial } from "../../../../images/image.ts";
import type { StartedCall } from "../../../../stages/start.ts";
import { directoryOf, lastPart, type Place } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import type { Choice, Crossing, Finish } from "../ecosystem.ts";
import type { Base } from "./base.ts";

/** Comments of JavaScript, strings kept. */
const comments = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g;

function withoutComments(text: string): string {
  return text.replace(comments, (found) => (/^["']/.test(found) ? found : " "));
}

/** Whether the settings of Next.js in a directory ask for an output that runs by itself. */
function isStandalone(facts: Facts, directory: string): boolean {
  return [...facts.project].some(
    ([path, text]) =>
      directoryOf(path) === directory &&
      /^next\.config\.[cm]?[jt]s$/.test(lastPart(path)) &&
      /\boutput["']?\s*:\s*["']standalone["']/.test(withoutComments(text)),
  );
}

/** `next start` as the container starts it: its port. */
function readNextStart(started: readonly StartedCall[]): { readonly port: string | null } | null {
  const [call, ...others] = started;
  if (call === undefined || others.length > 0) return null;
  const words = lastPart(call.program) === "npx" ? call.args : [lastPart(call.program), ...call.args];
  if (words[0] !== "next" || words[1] !== "start") return null;
  let port: string | null = null;
  for (let i = 2; i < words.length; i++) {
    const [flag = "", attached] = words[i]!.split("=", 2);
    if (flag !== "-p" && flag !== "--port" && flag !== "-H" && flag !== "--hostname") return null;
    const value = attached ?? words[++i] ?? "";
    if (flag === "-p" || flag === "--port") {
      if (!/^\d+$/.test(value)) return null;
      port = value;
    } else if (value !== "0.0.0.0") return null;
  }
  return { port };
}

/**
 * The output of Next.js that brings along what it needs of the packages; `null` where the project is not set up for it. It
 * is started by \`node\` alone, and its files for browsers stand beside it.
 */
export function chooseStandalone(
  facts: Facts,
  root: Place,
  started: readonly StartedCall[],
  finish: readonly Finish[],
  base: Base,
): (Pick<Choice, "crossings" | "assumptions" | "detail" | "finish"> & Partial<Choice>) | null {
  const next = readNextStart(started);
  if (!next || facts.cwd?.value !== root.value || !isStandalone(facts, root.value)) return null;
  if (facts.entrypoint !== null || facts.cmd === null || (facts.start?.wrappers.length ?? 0) > 0) return null;
  const cross = (path: string, to: string | null): Crossing => ({
    from: `${root.text}/${path}`,
    value: `${root.value}/${path}`,
    to,
    directory: true,
    comment: null,
  });
  const user = finish.find(({ directory }) => directory === root.value)?.user ?? facts.steps.at(-1)?.user ?? null;
  return {
    detail: `${base.slimmer === null && isOfficial(facts.image, "node") ? "the same Node.js" : "Node.js"} with the output of Next.js alone`,
    crossings: [
      { ...cross(".next/standalone", root.value), comment: null },
      cross(".next/static", null),
      cross("public", null),
    ],
    // A project may do without the folder, and COPY may not.
    finish: [{ command: "mkdir -p public", flags: "", directory: root.value, user }],
    // Docker sets HOSTNAME to the name of the container, where the output would listen alone.
    closing: ["ENV HOSTNAME=0.0.0.0", ...(next.port === null ? [] : [`ENV PORT=${next.port}`])],
    command: ["node", "server.js"],
    assumptions: [
      "At run time the program reads no files that Next.js does not see in its code, such as a folder of texts.",
    ],
  };
}
