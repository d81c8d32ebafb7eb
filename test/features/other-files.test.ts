import assert from "node:assert/strict";
import { incomingCalls, prepareCallHierarchy } from "../../server/src/features/call-hierarchy.ts";
import { definition, references } from "../../server/src/features/navigation.ts";
import {
  counterpart,
  definitionsElsewhere,
  isShared,
  targetCompletions,
} from "../../server/src/features/other-files.ts";
import { rename } from "../../server/src/features/rename.ts";
import type { Analysis } from "../../server/src/stages/analysis.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { LineIndex, type Position, type Range, type Span } from "../../server/src/text/range.ts";
import { type Check, drawRanges, readFixtures, testFixtures } from "../support/fixtures.ts";
import type { Marked } from "../support/marks.ts";
import { type Project, projectUri, readProject } from "../support/project.ts";

interface Place {
  readonly project: Project;
  readonly path: string;
  readonly position: Position;
}

async function placeOf({ text, cursor }: Marked): Promise<Place> {
  assert.notEqual(cursor, null, "the fixture has no cursor");
  const project = await readProject(text);
  const file = project.files.findLast(({ start }) => start <= cursor!)!;
  return { project, path: file.path, position: new LineIndex(file.text).position(cursor! - file.start) };
}

/** The Dockerfile that a place is in, or that the name there belongs to. */
function inDockerfile({
  project,
  path,
  position,
}: Place): { path: string; analysis: Analysis; position: Position } | null {
  const file = project.buildFile(path);
  if (!file) return { path, analysis: project.dockerfile(path)!.analysis, position };
  const found = counterpart(file, position);
  return found && { path: found.uri.slice(projectUri("").length), analysis: found.analysis, position: found.position };
}

/** Ranges in several files, each file under its name. */
function draw(
  { files }: Project,
  found: readonly { readonly uri: string; readonly range: Range; readonly label: string }[],
): string {
  const drawn = files.flatMap(({ path, text }) => {
    const here = found.filter(({ uri }) => uri === projectUri(path));
    return here.length === 0 ? [] : [`--- ${path}`, drawRanges(text, here)];
  });
  return drawn.length === 0 ? "nothing" : drawn.join("\n");
}

function referencesAt(place: Place): { uri: string; range: Range }[] {
  const found = inDockerfile(place);
  if (!found) return [];
  const { path, analysis, position } = found;
  return references(analysis, projectUri(path), position, true, place.project.index.of(path));
}

const checks: Readonly<Record<string, Check>> = {
  definition: async (marked) => {
    const { project, path, position } = await placeOf(marked);
    const file = project.buildFile(path);
    const links = file
      ? definitionsElsewhere(file, position)
      : definition(project.dockerfile(path)!.analysis, projectUri(path), position, project.index.of(path));
    const uri = projectUri(path);
    return draw(project, [
      ...links.slice(0, 1).map((link) => ({ uri, range: link.originSelectionRange!, label: "from here" })),
      ...links.map((link) => ({ uri: link.targetUri, range: link.targetSelectionRange, label: "to here" })),
    ]);
  },
  references: async (marked) => {
    const place = await placeOf(marked);
    return draw(
      place.project,
      referencesAt(place).map((found) => ({ ...found, label: "" })),
    );
  },
  rename: async (marked, { name }) => {
    const newName = /\bto `([^`]*)`/.exec(name)?.[1];
    assert.ok(newName !== undefined, "the heading must say to `which name`");
    const place = await placeOf(marked);
    const { project } = place;
    const found = inDockerfile(place);
    if (!found) return "nothing";
    const result = rename(found.analysis, found.position, newName, project.index.of(found.path));
    if ("error" in result) return result.error;
    const edits = [
      { uri: projectUri(found.path), edits: result.edits },
      ...result.elsewhere.map(({ file, edits: inFile }) => ({ uri: file.uri, edits: inFile })),
    ];
    for (const { file, edits: inFile } of result.elsewhere)
      for (const { range } of inFile) {
        const shared = { file, builds: project.index.inFile(file.path) };
        if (isShared(shared, range)) return `${file.path} names this for several Dockerfiles`;
      }
    const changed = project.files.flatMap(({ path, text }) => {
      const own = edits.find(({ uri }) => uri === projectUri(path))?.edits ?? [];
      const lines = new LineIndex(text);
      const after = applyEdits(
        text,
        own.map(({ range, newText }) => ({ span: lines.span(range), newText })),
      );
      return after === text ? [] : [`--- ${path}\n${after.trimEnd()}`];
    });
    return changed.join("\n");
  },
  complete: async (marked) => {
    const { project, path, position } = await placeOf(marked);
    const file = project.buildFile(path);
    const items = file ? targetCompletions(file, position) : [];
    if (!file || items.length === 0) return "nothing";
    const { textEdit } = items[0]!;
    assert.ok(textEdit && "range" in textEdit);
    const span: Span = file.file.lines.span(textEdit.range);
    const after = applyEdits(file.file.lines.text, [{ span, newText: textEdit.newText }]);
    const line = new LineIndex(after).lineAt(span.start);
    return [...items.map(({ label, detail }) => `${label} | ${detail}`), `=> ${after.split("\n")[line]!.trim()}`].join(
      "\n",
    );
  },
  incoming: async (marked) => {
    const place = await placeOf(marked);
    const { path, analysis, position } = inDockerfile(place)!;
    const uri = projectUri(path);
    const [item] = prepareCallHierarchy(analysis, uri, position);
    const calls = incomingCalls(analysis, uri, item!, place.project.index.of(path));
    return draw(
      place.project,
      calls.flatMap(({ from, fromRanges }) => fromRanges.map((range) => ({ uri: from.uri, range, label: from.name }))),
    );
  },
};

testFixtures("other-files.md", checks);

describe("references from every place", () => {
  for (const { name, marked } of readFixtures("other-files.md").filter(({ check }) => check === "references")) {
    it(`are the same: ${name}`, async () => {
      const place = await placeOf(marked);
      const all = referencesAt(place);
      for (const { uri, range } of all) {
        const path = uri.slice(projectUri("").length);
        assert.deepEqual(referencesAt({ project: place.project, path, position: range.start }), all);
      }
    });
  }
});

describe("other files", () => {
  it("answer at every position of every prefix", async () => {
    for (const { marked } of readFixtures("other-files.md")) {
      for (let end = 0; end <= marked.text.length; end += 7) {
        const project = await readProject(marked.text.slice(0, end));
        for (const { path, text } of project.files) {
          const file = project.buildFile(path);
          const position = new LineIndex(text).position(text.length);
          if (!file) continue;
          definitionsElsewhere(file, position);
          counterpart(file, position);
          for (const { textEdit } of targetCompletions(file, position)) {
            assert.ok(textEdit && "range" in textEdit);
            assert.deepEqual(textEdit.range.end, position);
          }
        }
      }
    }
  });
});
