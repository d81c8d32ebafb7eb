import assert from "node:assert/strict";
import { codeLenses } from "../../server/src/features/code-lens.ts";
import { inlayHints } from "../../server/src/features/inlay-hints.ts";
import { semanticTokens, tokenTypes } from "../../server/src/features/semantic-tokens.ts";
import { clientCommands } from "../../server/src/protocol.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { LineIndex, type Position, type Range } from "../../server/src/text/range.ts";
import { type BuildMention, emptyMention, type FoundBuild } from "../../server/src/workspace/mentions.ts";
import { alone } from "../../server/src/workspace/neighbours.ts";
import { drawRanges, readFixtures, testFixtures } from "../support/fixtures.ts";
import { shapes } from "../support/shapes.ts";
import { exampleTexts, richText, sampleTexts } from "../support/texts.ts";

const uri = "file:///project/Dockerfile";

function whole({ lines, text }: Analysis): Range {
  return lines.range({ start: 0, end: text.length });
}

function lensesOf(text: string, builds: readonly FoundBuild[] = [], runsCommands = true) {
  return codeLenses(analyze(text), { uri, neighbours: { ...alone, builds }, runsCommands, buildsImages: false });
}

/** The lines of the stages under what their lenses say. */
function showLenses(text: string, builds: readonly FoundBuild[] = []): string {
  const lines = text.split(/\r?\n/);
  const shown = lensesOf(text, builds).map(({ range, command }) => {
    const places = (command?.arguments?.[2] ?? []) as { uri: string; range: Range }[];
    const leadsTo = places.map((place) =>
      place.uri === uri ? String(place.range.start.line + 1) : place.uri.slice(place.uri.lastIndexOf("/") + 1),
    );
    return { line: range.start.line, text: command!.title + (leadsTo.length > 0 ? ` → ${leadsTo.join(", ")}` : "") };
  });
  const at = [...new Set(shown.map(({ line }) => line))];
  if (at.length === 0) return "nothing";
  return at
    .map((line) => {
      const above = shown.filter((lens) => lens.line === line).map((lens) => `  | ${lens.text}\n`);
      return `${above.join("")}${lines[line]!}`;
    })
    .join("\n");
}

testFixtures("code-lens.md", { lenses: ({ text }) => showLenses(text) });

testFixtures("inlay-hints.md", {
  hints: ({ text }) => {
    const analysis = analyze(text);
    const edits = inlayHints(analysis, uri, whole(analysis)).map(({ position, label, paddingLeft, paddingRight }) => {
      const value = typeof label === "string" ? label : label.map((part) => part.value).join("");
      const at = analysis.lines.offset(position);
      const padded = `${paddingLeft === true ? " " : ""}‹${value}›${paddingRight === true ? " " : ""}`;
      return { span: { start: at, end: at }, newText: padded };
    });
    return applyEdits(text, edits);
  },
});

testFixtures("semantic-tokens.md", {
  tokens: ({ text }) =>
    drawRanges(
      text,
      semanticTokens(analyze(text)).map(({ line, character, length, type, modifiers }) => ({
        range: { start: { line, character }, end: { line, character: character + length } },
        label: tokenTypes[type]! + (modifiers === 0 ? "" : " declaration"),
      })),
    ),
});

function build(path: string, mention: Partial<BuildMention>): FoundBuild {
  const lines = new LineIndex("x".repeat(100));
  return { file: { uri: `file:///project/${path}`, path, lines }, mention: { ...emptyMention, ...mention } };
}

const named = (text: string) => ({ text, span: { start: 1, end: 1 + text.length } });

describe("code lenses", () => {
  const text = "FROM golang AS Builder\nRUN make\nFROM alpine AS app\nCOPY --from=builder /a /b\n";

  it("name the files that build a stage: by its name in any letter case, or as the last", () => {
    const builds = [
      build("docker-bake.hcl", { kind: "bake", name: "app", target: named("app") }),
      build("docker-bake.hcl", { kind: "bake", name: "tools", target: named("BUILDER") }),
      build("compose.yaml", { kind: "compose", name: "web" }),
      build("compose.yaml", { kind: "compose", name: "worker", target: named("app") }),
      build(".github/workflows/ci.yml", { kind: "workflow", name: "Build", target: named("$TARGET") }),
    ];
    assert.equal(
      showLenses(text, builds),
      [
        "  | used by 1 · copies to app → 4",
        "  | built by docker-bake.hcl: tools → docker-bake.hcl",
        "FROM golang AS Builder",
        "  | built by default",
        "  | built by docker-bake.hcl: app · compose.yaml: web, worker → docker-bake.hcl, compose.yaml, compose.yaml",
        "FROM alpine AS app",
      ].join("\n"),
    );
  });

  it("tell files of the same name apart, and name only some of many", () => {
    const files = ["a/compose.yaml", "b/compose.yaml", "Makefile"];
    const builds = files.map((path) => build(path, { name: path === "Makefile" ? "" : "web" }));
    const titles = lensesOf(text, builds).map(({ command }) => command!.title);
    assert.equal(titles.at(-1), "built by a/compose.yaml: web and 2 more");
  });

  it("above an only stage name the files that build it", () => {
    assert.match(showLenses("FROM alpine\n", [build("compose.yaml", { name: "web" })]), /built by compose.yaml: web/);
  });

  it("show names of other files in one line, and not too long", () => {
    const name = `\u202e<script>\n${"x".repeat(100)}`;
    const [lens] = lensesOf("FROM alpine\n", [build("compose.yaml", { name })]);
    assert.match(lens!.command!.title, /^built by compose\.yaml: <script> x{20,30}…$/);
  });

  it("are plain text in an editor that does not run our commands", () => {
    const plain = lensesOf(text, [], false);
    assert.ok(plain.length > 0);
    for (const { command } of plain) assert.deepEqual([command!.command, command!.arguments], ["", undefined]);
    assert.equal(lensesOf(text)[0]!.command!.command, clientCommands.showReferences);
  });
});

describe("inlay hints", () => {
  it("of a range are those of all that lie in it", () => {
    const analysis = analyze(richText);
    const all = inlayHints(analysis, uri, whole(analysis));
    assert.ok(all.length > 2);
    for (let line = 0; line < analysis.lines.count; line++) {
      const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
      const found = inlayHints(analysis, uri, range).map((hint) => JSON.stringify(hint));
      for (const hint of all.filter(({ position }) => position.line === line))
        assert.ok(found.includes(JSON.stringify(hint)));
    }
  });

  it("show no characters that change how a line reads", () => {
    const analysis = analyze('FROM scratch\nARG A="\u202etxt" B="a\u0007b"\nENV C=$A D=$B\nARG E=é\nENV F=$E\n');
    const hints = inlayHints(analysis, uri, whole(analysis));
    assert.deepEqual(
      hints.map(({ label }) => typeof label !== "string" && label[0]!.value),
      ["= é"],
    );
  });

  it("lead to where the value comes from", () => {
    const analysis = analyze("ARG V=1\nFROM golang:$V AS a\nFROM a AS b\nCOPY --from=0 /x /y\n");
    const places = inlayHints(analysis, uri, whole(analysis)).map(({ label }) => {
      assert.ok(typeof label !== "string");
      const { start, end } = analysis.lines.span(label[0]!.location!.range);
      return analysis.text.slice(start, end);
    });
    assert.deepEqual(places, ["V", "golang:$V", "a"]);
  });
});

describe("semantic tokens", () => {
  it("of a range are those of all that lie in it", () => {
    const analysis = analyze(richText);
    const all = semanticTokens(analysis);
    for (let line = 0; line < analysis.lines.count; line++) {
      const range = { start: { line, character: 0 }, end: { line, character: 1000 } };
      const isHere = (token: { readonly line: number }): boolean => token.line === line;
      assert.deepEqual(semanticTokens(analysis, range).filter(isHere), all.filter(isHere));
    }
  });
});

function isIn({ lines }: Analysis, place: Position): boolean {
  const { line, character } = lines.position(lines.offset(place));
  return line === place.line && character === place.character;
}

describe("the lenses of an editor that builds images", () => {
  const built = (text: string): unknown[] =>
    codeLenses(analyze(text), { uri, neighbours: alone, runsCommands: true, buildsImages: true }).flatMap(
      ({ range, command }) =>
        command!.command.endsWith("Stage") ? [[range.start.line, command!.title, command!.arguments]] : [],
    );
  it("build each stage that can be a target, and run what starts a program", () => {
    const text = 'FROM alpine AS Tools\nRUN true\nFROM alpine\nRUN true\nFROM alpine AS app\nCMD ["sh"]\nFROM app\n';
    assert.deepEqual(built(text), [
      [0, "Build", [uri, "tools"]],
      [4, "Build", [uri, "app"]],
      [4, "Build and run", [uri, "app"]],
      [6, "Build", [uri, ""]],
      [6, "Build and run", [uri, ""]],
    ]);
  });
  it("build no stage that BuildKit takes another one for", () => {
    assert.deepEqual(built("FROM alpine AS a\nFROM alpine AS a\n"), [[1, "Build", [uri, "a"]]]);
  });
});

function assertHolds(text: string): void {
  const analysis = analyze(text);
  const { lines } = analysis;
  for (const { range, command } of codeLenses(analysis, {
    uri,
    neighbours: alone,
    runsCommands: true,
    buildsImages: false,
  })) {
    assert.ok(isIn(analysis, range.start) && isIn(analysis, range.end) && range.start.line === range.end.line);
    assert.doesNotMatch(command!.title, /[\n\r]/);
  }
  for (const { position, label } of inlayHints(analysis, uri, whole(analysis))) {
    assert.ok(isIn(analysis, position));
    assert.ok(typeof label !== "string" && label[0]!.value.length <= 50);
    assert.doesNotMatch(label[0]!.value, /\p{C}/u);
    const { line } = position;
    if (/^\s*FROM\b/i.test(text.slice(lines.startOf(line), lines.endOf(line))))
      assert.notEqual(lines.offset(position), lines.endOf(line), "a hint stands at the end of a FROM line");
  }
  let last: Position = { line: 0, character: 0 };
  for (const { line, character, length } of semanticTokens(analysis)) {
    assert.ok(line > last.line || (line === last.line && character >= last.character), "tokens overlap");
    assert.ok(length > 0);
    last = { line, character: character + length };
    assert.ok(isIn(analysis, last), "a token leaves its line");
  }
}

describe("what is shown in the text", () => {
  const files = ["rich.md", "code-lens.md", "inlay-hints.md", "semantic-tokens.md"];
  const texts = [...files.flatMap((file) => readFixtures(file).map(({ marked }) => marked.text)), richText];

  it("is whole for every prefix", () => {
    for (const text of texts) for (let end = 0; end <= text.length; end++) assertHolds(text.slice(0, end));
  }).timeout(60_000);

  it("is whole for all kinds of texts", () => {
    for (const text of [...exampleTexts(), ...sampleTexts().values()]) {
      assertHolds(text);
      assertHolds(`\uFEFF${text.replaceAll("\n", "\r\n")}`);
    }
  }).timeout(60_000);

  for (const { title, size, make } of shapes) {
    it(`takes no long time: ${title}`, () => {
      const analysis = analyze(make(size));
      // What others need, too, is worked out once for a version.
      semanticTokens(analysis);
      const before = performance.now();
      codeLenses(analysis, { uri, neighbours: alone, runsCommands: true, buildsImages: false });
      inlayHints(analysis, uri, whole(analysis));
      semanticTokens(analysis);
      const spent = performance.now() - before;
      assert.ok(spent < 3000, `${spent.toFixed(0)} ms`);
    }).timeout(60_000);
  }
});
