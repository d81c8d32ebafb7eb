import assert from "node:assert/strict";
import type { Hover } from "vscode-languageserver-types";
import { hover, joinHovers } from "../../server/src/features/hover.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { roleOf } from "../../server/src/stages/role.ts";
import { LineIndex } from "../../server/src/text/range.ts";
import { emptyMention, type FoundBuild, type MentionKind } from "../../server/src/workspace/mentions.ts";
import { alone, type Neighbours } from "../../server/src/workspace/neighbours.ts";
import { type Check, type Fixture, testFixtures } from "../support/fixtures.ts";
import type { Marked } from "../support/marks.ts";

const uri = "file:///my%20project/Docker(file)";

function show(text: string, found: Hover | null): string {
  if (!found) return "nothing";
  const { contents, range } = found;
  assert.ok(typeof contents === "object" && "value" in contents);
  assert.ok(contents.value.split("\n").length <= 18, "a hover is short");
  const lines = new LineIndex(text);
  const word = text.slice(lines.offset(range!.start), lines.offset(range!.end));
  return `on ${JSON.stringify(word)}:\n\n${contents.value}`;
}

/** What a heading says between backquotes behind a word. */
function said({ name }: Fixture, word: string): string[] {
  const pattern = new RegExp(`\\b${word} \`([^\`]*)\``, "g");
  return [...name.matchAll(pattern)].map(([, text]) => text!);
}

/**
 * The files beside a fixture's Dockerfile. `ignoring` names the lines of the ignore file, `built by` a build: the kind of file,
 * its name, the name in it, the target or `-`, then build args and, behind `+`, named contexts.
 */
function neighboursOf(fixture: Fixture): Neighbours {
  const [ignored] = said(fixture, "ignoring");
  const builds = said(fixture, "built by").map((text): FoundBuild => {
    const [kind, path, name, target, ...rest] = text.split(" ");
    const fileText = `# ${text}\n${target}\n`;
    const word = (each: string) => ({ text: each, span: { start: 0, end: 1 } });
    const pair = (each: string) => {
      const [key = "", value] = each.split("=");
      return { name: word(key), value: value === undefined ? null : word(value) };
    };
    return {
      file: { uri: `file:///my%20project/${path}`, path: path!, lines: new LineIndex(fileText) },
      mention: {
        ...emptyMention,
        kind: kind as MentionKind,
        name: name!,
        target:
          target === "-"
            ? null
            : { text: target!, span: { start: text.length + 3, end: text.length + 3 + target!.length } },
        args: rest.filter((each) => !each.startsWith("+")).map(pair),
        contexts: rest.filter((each) => each.startsWith("+")).map((each) => pair(each.slice(1))),
      },
    };
  });
  return {
    ...alone,
    isKnown: ignored !== undefined || /no ignore file/.test(fixture.name),
    ignoreFile: ignored === undefined ? null : { name: ".dockerignore", text: ignored.replaceAll(" ", "\n") },
    builds,
  };
}

const check =
  (links: string | null): Check =>
  (marked: Marked, fixture) => {
    const analysis = analyze(marked.text);
    assert.notEqual(marked.cursor, null, "the fixture has no cursor");
    const options = { neighbours: neighboursOf(fixture), uri: links };
    return show(marked.text, hover(analysis, analysis.lines.position(marked.cursor!), options));
  };

for (const file of [
  "hover.md",
  "hover-image.md",
  "hover-variable.md",
  "hover-path.md",
  "hover-run.md",
  "hover-flag.md",
])
  testFixtures(file, { hover: check(null), links: check(uri) });

testFixtures("role.md", {
  role: ({ text }) => {
    const analysis = analyze(text);
    return analysis.stages
      .map((stage) => {
        const found = roleOf(analysis, stage);
        if (!found) return `${stage.name ?? stage.index}: not known`;
        const { role, reason } = found;
        const why = reason.kind === "command" ? `${reason.call.name} ${reason.task.what}` : reason.kind;
        return `${stage.name ?? stage.index}: ${role} (${why})`;
      })
      .join("\n");
  },
});

describe("two hovers of one word", () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
  const markdown = (value: string, at = range): Hover => ({ contents: { kind: "markdown", value }, range: at });

  it("become one, ours first", () => {
    const general = markdown("Says what.\n\n```\nRUN x\n```\n\n\n[More](https://example.com)");
    assert.deepEqual(
      joinHovers(markdown("Ours"), general),
      markdown("Ours\n\n---\n\nSays what. [More](https://example.com)"),
    );
  });

  it("of which there is only one, or that are about other words, stay as they are", () => {
    const own = markdown("Ours");
    assert.equal(joinHovers(own, null), own);
    assert.equal(joinHovers(null, own), own);
    assert.equal(joinHovers(own, markdown("Other", { ...range, end: { line: 0, character: 9 } })), own);
    assert.equal(joinHovers(null, null), null);
  });
});
