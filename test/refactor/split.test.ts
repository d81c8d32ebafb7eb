import assert from "node:assert/strict";
import { refactorings } from "../../server/src/refactor/index.ts";
import { splitFile } from "../../server/src/refactor/split-stage.ts";
import { ecosystems } from "../../server/src/refactor/split/ecosystems/index.ts";
import { rules } from "../../server/src/rules/index.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { baseChain } from "../../server/src/stages/graph.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { alone } from "../../server/src/workspace/neighbours.ts";
import { readFixtures, testFixtures } from "../support/fixtures.ts";
import { exampleTexts, richText, sampleTexts } from "../support/texts.ts";

const files = [
  "split-node.md",
  "split-go.md",
  "split-static.md",
  "split-java.md",
  "split-python.md",
  "split-c.md",
  "split-rust.md",
  "split-native.md",
  "split-dotnet.md",
  "split-php.md",
  "split-ruby.md",
  "split-engine.md",
  "split-stages.md",
  "split-traps.md",
];

/** A split as these tests look at it: the default way, or the one on a base. */
interface Outcome {
  readonly offered: boolean;
  readonly reason: string;
  readonly assumptions: readonly string[];
  readonly after: string | null;
}

function outcomeOf(analysis: Analysis, project: Readonly<Record<string, string>> = {}, base?: string): Outcome {
  const result = splitFile(analysis, { project: new Map(Object.entries(project)) });
  if (!result.offered) return { offered: false, reason: result.reason, assumptions: [], after: null };
  const way = base === undefined ? result.ways[0] : result.ways.find((each) => each.base === base);
  assert.ok(way, `${String(base)} is none of ${result.ways.map((each) => each.base).join(", ")}`);
  return { offered: true, reason: "", assumptions: way.assumptions, after: way.after() };
}

/** The answer as fixtures hold it: the text, then what must be checked. */
function describeSplit(text: string): string {
  const { offered, reason, assumptions, after } = outcomeOf(analyze(text));
  if (!offered) return `not offered: ${reason}`;
  return [after!.replace(/\n*$/, "\n"), ...assumptions.map((sentence) => `* ${sentence}`)].join("\n");
}

/** All ways with their bases, what is to be checked, and what they do on request. */
function describeWays(text: string): string {
  const result = splitFile(analyze(text), alone);
  if (!result.offered) return `not offered: ${result.reason}`;
  return result.ways
    .flatMap(({ base, strategy, detail, assumptions, summary, tests, user }) => [
      `${base} (${strategy}): ${detail}`,
      ...assumptions.map((sentence) => `* ${sentence}`),
      ...summary.map((sentence) => `- ${sentence}`),
      ...(tests.length > 0 ? [`tests: ${tests.join(", ")}`] : []),
      ...(user === null ? [] : [`user: ${user}`]),
      "",
    ])
    .join("\n")
    .trimEnd();
}

function describeOnRequest(text: string): string {
  const result = splitFile(analyze(text), alone);
  assert.ok(result.offered, result.offered ? "" : result.reason);
  return result.ways[0].after({ tests: true, user: true });
}

for (const file of files) {
  testFixtures(file, {
    split: ({ text }) => describeSplit(text),
    ways: ({ text }) => describeWays(text),
    request: ({ text }) => describeOnRequest(text),
  });
}

describe("examples of the ecosystems", () => {
  for (const { id, examples } of ecosystems) {
    for (const { title, before, after, reason, project, checks, base } of examples) {
      it(`${id}: ${title}`, () => {
        const result = outcomeOf(analyze(before), project, base);
        assert.equal(result.after, after, result.reason);
        if (checks !== undefined) assert.deepEqual(result.assumptions, checks);
        if (reason !== undefined) assert.ok(result.reason.includes(reason), result.reason);
      });
    }
  }
  it("shows a split and a refusal each", () => {
    for (const { id, examples } of ecosystems) {
      assert.ok(examples.some(({ after }) => after !== null) && examples.some(({ after }) => after === null), id);
    }
  });
});

/** Every text the tests know. */
function allTexts(): string[] {
  return [
    ...files.flatMap((file) => readFixtures(file).map(({ marked }) => marked.text)),
    ...ecosystems.flatMap(({ examples }) => examples.map(({ before }) => before)),
    ...sampleTexts().values(),
    ...exampleTexts(),
    richText,
  ];
}

const offered = allTexts().flatMap((text) => {
  const result = outcomeOf(analyze(text));
  return result.offered ? [{ text, before: analyze(text), after: analyze(result.after!), result }] : [];
});

function sources({ text, dockerfile }: Analysis): string[] {
  return dockerfile.instructions.map(({ span }) => text.slice(span.start, span.end));
}

/** An instruction without what a builder may do inside it besides: a second install, an environment. */
const withoutInsertions = (source: string): string =>
  source
    .replaceAll(/python3 -m venv (?:--system-site-packages )?\/opt\/venv && /g, "")
    .replaceAll(/ && [^&\\)\n]*DESTDIR=\/installed\b[^&\\)\n]*?(?= *(?:$|[&\\)]))/gm, "");

const settings = new Set(["EXPOSE", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "LABEL", "MAINTAINER", "ENTRYPOINT", "CMD"]);

describe("every split", () => {
  it("is tried on many files", () => {
    assert.ok(offered.length >= 40, String(offered.length));
  });
  for (const [i, { text, before, after, result }] of offered.entries()) {
    const nginx = result.after!.includes("nginx");
    const server = before.stages.at(-1)!.instructions.findLast(({ keyword }) => keyword === "CMD");
    const serverText = server ? text.slice(server.span.start, server.span.end) : "";
    const runs = /\bdotnet\W+run\b/.test(serverText);
    const first = text.split(/\r?\n/).find((line) => /^\s*from/i.test(line)) ?? "";

    describe(`${i + 1} ${first}`, () => {
      const target = after.stages.length - 1;
      const chain = baseChain(after.stages, target);

      it("gives a valid file whose last stage needs all others that it added", () => {
        assert.deepEqual(after.dockerfile.problems, []);
        assert.deepEqual(after.model.problems, []);
        const added = after.stages.length - before.stages.length;
        assert.ok(added === 1 || added === 2, String(added));
        assert.equal(
          after.graph.needed.filter((needed) => !needed).length,
          before.graph.needed.filter((needed) => !needed).length,
        );
        assert.equal(after.graph.target, target);
        const copies = after.references.filter(({ stage, kind }) => stage === target && kind === "copy");
        assert.ok(copies.some((copy) => copy.target.kind === "stage" && copy.target.stage === target - 1));
        assert.ok(after.references.every((reference) => reference.target.kind !== "error"));
      });

      it("breaks none of our rules that say a build fails", () => {
        const unexpected = (_: unknown, error: unknown): never => {
          throw error;
        };
        const errors = runRules(after, rules, unexpected).filter(({ severity }) => severity === "error");
        assert.deepEqual(
          errors.map(({ message }) => message),
          [],
        );
      });

      it("is done once: its result is not split again", () => {
        assert.equal(outcomeOf(after).offered, false);
        assert.equal(refactorings[0]!.plan(after, { start: 0, end: 0 }, alone), null);
      });

      it("loses no instruction and no comment", () => {
        const all = new Set(sources(after).map(withoutInsertions));
        const { from } = before.stages.at(-1)!;
        for (const source of sources(before)) {
          if (source === text.slice(from.span.start, from.span.end)) continue;
          // nginx takes the server's place, and a published program that of `dotnet run`.
          if (runs && source === serverText) continue;
          if (nginx && (source === serverText || /^RUN npm install -g serve$/.test(source))) continue;
          assert.ok(all.has(source), source);
        }
        for (const { start, end } of before.dockerfile.comments) {
          const comment = text.slice(start, end);
          assert.ok(result.after!.includes(comment), comment);
        }
        for (const { span } of before.dockerfile.directives)
          assert.ok(result.after!.startsWith(text.slice(0, span.end)));
      });

      it("ships with the same settings", () => {
        const instructions = chain.toReversed().flatMap((stage) => after.stages[stage]!.instructions);
        const shippedBefore = baseChain(before.stages, before.stages.length - 1)
          .toReversed()
          .flatMap((stage) => before.stages[stage]!.instructions);
        const shipped = instructions.map(({ span }) => result.after!.slice(span.start, span.end));
        const wanted = shippedBefore.filter(
          ({ keyword }) => settings.has(keyword) || (!nginx && (keyword === "ENV" || keyword === "USER")),
        );
        const users = wanted.filter(({ keyword }) => keyword === "USER");
        for (const instruction of wanted) {
          const source = text.slice(instruction.span.start, instruction.span.end);
          if ((nginx || runs) && source === serverText) continue;
          // Of users only the last is the container's.
          if (instruction.keyword === "USER" && instruction !== users.at(-1)) continue;
          assert.ok(shipped.includes(source), source);
        }
        // Of what the file says twice the order decides.
        const environment = (list: readonly string[]): string[] =>
          list.filter((source) => /^env/i.test(source) && text.includes(source));
        const wantedTexts = wanted.map(({ span }) => text.slice(span.start, span.end));
        if (!nginx) assert.deepEqual(environment(shipped), environment(wantedTexts));
      });

      it("keeps line endings and the last line", () => {
        const windows = text.includes("\r\n");
        assert.equal(/(?<!\r)\n/.test(result.after!), windows ? false : text.includes("\n"));
        assert.equal(result.after!.includes("\r"), text.includes("\r"));
        if (!text.endsWith("\n")) assert.ok(!result.after!.endsWith("\n"));
      });

      it("gives edits that make the same text, and only add and move lines", () => {
        const plan = refactorings[0]!.plan(before, before.stages.at(-1)!.from.span, alone);
        assert.ok(plan && "edits" in plan);
        assert.equal(applyEdits(text, plan.edits()), result.after);
        assert.deepEqual(plan.assumptions, result.assumptions);
      });

      it("never runs a program with C code on another C library", () => {
        const base = after.stages[chain.at(-1)!]!.baseName;
        if (!/^golang\b/.test(before.stages[0]!.baseName) || base === before.stages[0]!.baseName) return;
        const debian = !/alpine/.test(before.stages[0]!.baseName);
        const withoutC = /CGO_ENABLED[= ]"?0/.test(text) && !/-race/.test(text);
        if (debian && !withoutC) assert.match(base, /debian|buildpack-deps/);
        if (!debian && !withoutC) assert.match(base, /alpine/);
      });
    });
  }
});

describe("any text", function () {
  this.timeout(60_000);
  const texts = allTexts();
  const survive = (text: string): void => {
    const analysis = analyze(text);
    const { after } = outcomeOf(analysis);
    if (after !== null) assert.ok(analyze(after).stages.length > analysis.stages.length);
    refactorings[0]!.plan(analysis, { start: 0, end: 0 }, alone);
  };

  it("survives: every prefix at each line and in the middle of lines", () => {
    for (const text of texts) {
      const step = Math.max(1, Math.floor(text.length / 12));
      for (let at = 0; at < text.length; at += step) survive(text.slice(0, at));
    }
  });

  it("survives: lines left out, doubled and swapped", () => {
    for (const text of texts) {
      const lines = text.split("\n");
      const step = Math.max(1, Math.floor(lines.length / 5));
      for (let i = 0; i < lines.length; i += step) {
        survive(lines.toSpliced(i, 1).join("\n"));
        survive(lines.toSpliced(i, 0, lines[i]!, lines[i]!).join("\n"));
        survive(lines.toSpliced(i, 2, lines[i + 1] ?? "", lines[i]!).join("\n"));
      }
    }
  });

  it("survives: Windows line endings, tabs and a byte order mark give the same split", () => {
    for (const { text, result } of offered) {
      // Here-documents read by a shell end their lines as it does.
      if (text.includes("\r") || result.after!.includes("<<")) continue;
      const windows = outcomeOf(analyze(text.replaceAll("\n", "\r\n")));
      assert.equal(windows.after?.replaceAll("\r\n", "\n"), result.after);
      const marked = outcomeOf(analyze(`\uFEFF${text}`));
      assert.equal(marked.after, `\uFEFF${result.after!}`);
    }
  });

  it("answers quickly about long files", () => {
    const long = `FROM node:20\nWORKDIR /app\nRUN npm ci && npm run build\n${"ENV A=$A-b\nRUN echo $A > /tmp/x && mkdir -p /data\nEXPOSE 80\n".repeat(7000)}CMD ["node", "dist/x.js"]\n`;
    const start = performance.now();
    survive(long);
    const some = `FROM node:20\nWORKDIR /app\nRUN npm ci && npm run build${" && mkdir -p /data && export A=b".repeat(450)}\n${"ENV A=$A-b\nRUN mkdir -p /data\n".repeat(490)}CMD ["node", "dist/x.js"]\n`;
    survive(some);
    assert.ok(performance.now() - start < 30_000);
  });
});
