import assert from "node:assert/strict";
import process from "node:process";
import fc from "fast-check";
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from "../../server/src/features/call-hierarchy.ts";
import { definition, references } from "../../server/src/features/navigation.ts";
import { rename } from "../../server/src/features/rename.ts";
import { selectionRanges } from "../../server/src/features/selection-ranges.ts";
import { Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { shapes } from "../support/shapes.ts";
import { exampleTexts, richText, sampleTexts } from "../support/texts.ts";

const uri = "file:///Dockerfile";

/** All questions about one place. */
function askAll(analysis: Analysis, offset: number): void {
  const position = analysis.lines.position(offset);
  definition(analysis, uri, position);
  references(analysis, uri, position, true);
  rename(analysis, position, "zq_fresh");
  selectionRanges(analysis, [position]);
  for (const item of prepareCallHierarchy(analysis, uri, position)) {
    incomingCalls(analysis, uri, item);
    outgoingCalls(analysis, uri, item);
  }
}

/** Places that stand for many: names, references, variables and paths, at the start, in the middle and at the end. */
function placesIn({ stages, references: all, scope, dockerfile, text }: Analysis): number[] {
  const some = <T>(items: readonly T[]): T[] =>
    [items[0], items[items.length >> 1], items.at(-1)].filter((item) => item !== undefined);
  return [
    ...some(stages).map(({ nameWord, from }) => (nameWord ?? from).span.start),
    ...some(all).map(({ span }) => span.start),
    ...some(scope.definitions).map(({ pair }) => pair.keySpan.start),
    ...some(dockerfile.instructions).flatMap(({ args }) => some(args).map(({ span }) => span.start)),
    ...some([...text.matchAll(/\$/g)]).map(({ index }) => index + 1),
  ];
}

describe("moving and renaming", () => {
  for (const { title, size, make } of shapes) {
    it(`does not take long: ${title}`, () => {
      const analysis = analyze(make(size / 4));
      for (const offset of placesIn(analysis)) {
        const before = process.threadCpuUsage();
        askAll(analysis, offset);
        const { user, system } = process.threadCpuUsage(before);
        assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms at ${offset}`);
      }
    }).timeout(120_000);
  }

  it("survives any text", () => {
    const texts = [richText, richText.replaceAll("\n", "\r\n"), `\uFEFF${richText}`, ...sampleTexts().values()];
    const part = fc.record({ text: fc.constantFrom(...texts, ...exampleTexts()), from: fc.nat(), to: fc.nat() });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), fc.string(), fc.nat(), (parts, junk, place) => {
        const text = parts.map((each) => each.text.slice(0, each.to % (each.text.length + 1))).join(junk);
        const analysis = analyze(text);
        for (const offset of [...placesIn(analysis), place % (text.length + 1)]) askAll(analysis, offset);
      }),
      { numRuns: 60 },
    );
  });

  it("brings the old text back with the old name", () => {
    for (const text of [richText, ...sampleTexts().values(), ...exampleTexts()]) {
      const analysis = analyze(text);
      for (const [name, [first]] of analysis.scope.byName) {
        const position = analysis.lines.position(first!.pair.keySpan.start);
        const there = rename(analysis, position, "ZQ_FRESH");
        if ("error" in there || !/^\w+$/.test(name)) continue;
        const after = new Analysis(apply(analysis, there.edits));
        const back = rename(after, position, name);
        assert.ok(!("error" in back), `${name}: ${"error" in back ? back.error : ""}`);
        assert.equal(apply(after, back.edits), text);
      }
    }
  });
});

type Edits = Exclude<ReturnType<typeof rename>, { error: string }>["edits"];

function apply({ lines, text }: Analysis, edits: Edits): string {
  return applyEdits(
    text,
    edits.map(({ range, newText }) => ({ span: lines.span(range), newText })),
  );
}
