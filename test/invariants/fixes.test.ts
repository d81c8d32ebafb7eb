import assert from "node:assert/strict";
import { reportGraph } from "../../server/src/report/json.ts";
import { fixAll } from "../../server/src/rules/fix-all.ts";
import { rules } from "../../server/src/rules/index.ts";
import type { Fix } from "../../server/src/rules/rule.ts";
import { type Diagnosis, runRules } from "../../server/src/rules/run.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { exampleTexts, richText, sampleTexts } from "../support/texts.ts";

/** Texts in which a fix is easy to get wrong. */
const difficult = [
  // The first line is the stage's.
  "FROM golang:1.22 AS tools\nRUN go install example.com/tool@latest\nFROM alpine\nRUN ls\n",
  // COPY takes the last stage of a name.
  "ARG TOOLS=busybox\nFROM $TOOLS AS tools\nFROM alpine AS tools\nFROM alpine\nCOPY --from=$TOOLS /bin/busybox /\n",
  "ARG TOOLS=busybox\nFROM $TOOLS AS tools\nFROM alpine\nCOPY --from=$TOOLS /bin/busybox /\nFROM alpine AS tools\n",
  "FROM golang:1.22 AS builder\nFROM alpine\nCOPY --from=bulder /app /app\nFROM golang:1.22 AS builder\nRUN ls\n",
  // Words that go on in the next line.
  "FROM Nod\\\nE:20\nRUN ls\n",
  "FROM alpine\nRUN --mount=ty\\\npo=cache,target=/x ls\n",
  "FROM alpine\nENV NAME a \\\n  # what it is\n  b\n",
  // What is left is as wrong as before.
  "FROM AS builder\nRUN ls\n",
  "FROM node:20 build # comment\nRUN ls\n",
  "FROM alpine\nENV APP-VERSION=1\nLABEL a=$APP_VERSION\n",
  // The name says that the build arg is a secret.
  "ARG TOKEN=x\nFROM alpine:3.20\nRUN curl -H $TOKEN https://example.com\n",
  // Several fixes of one place.
  "from alpine as Build\nENV A 1\n\nenv b 2 \\\n\n  3\nfrom scratch\nCOPY --from=0 /a /b\nCOPY --from=BUILD /a \\\n\n /b\nEXPOSE 80/TCP \\\n",
];

const keywords =
  /^([ \t]*)(FROM|RUN|COPY|ADD|ARG|ENV|CMD|ENTRYPOINT|EXPOSE|WORKDIR|USER|LABEL|VOLUME|ONBUILD|SHELL|HEALTHCHECK|STOPSIGNAL)\b/gm;

/** The same text as another editor or another habit writes it. */
const habits: readonly (readonly [string, (text: string) => string])[] = [
  ["as it is", (text) => text],
  ["with CRLF", (text) => text.replaceAll(/\r?\n/g, "\r\n")],
  ["with a byte order mark", (text) => `\uFEFF${text.replace(/^\uFEFF/, "")}`],
  [
    "with keywords in lower case",
    (text) => text.replaceAll(keywords, (found) => found.toLowerCase()).replaceAll(/^(from .*) AS /gm, "$1 as "),
  ],
  ["without a last line ending", (text) => text.replace(/(?:\r?\n)+$/, "")],
];

function diagnose(analysis: Analysis): Diagnosis[] {
  return runRules(analysis, rules, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  });
}

/** How many there are of each. */
function counted(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** What there is more of than before. */
function added(before: readonly string[], after: readonly string[]): string[] {
  const known = counted(before);
  return [...counted(after)].flatMap(([item, count]) => (count > (known.get(item) ?? 0) ? [item] : []));
}

const ids = (found: readonly Diagnosis[]): string[] => found.map(({ rule }) => rule.id);

const commentsOf = ({ text, dockerfile }: Analysis): string[] =>
  dockerfile.comments.map(({ start, end }) => text.slice(start, end).trim());

/** How the text begins and how its lines and the text end. */
function manners(text: string): string {
  const bare = /(?<!\r)\n/.test(text) ? "LF" : "";
  const mark = text.startsWith("\uFEFF") ? "mark" : "";
  return `${mark} ${text.includes("\r\n") ? "CRLF" : ""} ${text.includes("\n") ? bare : "one line"}`;
}

function assertFix(before: Analysis, found: readonly Diagnosis[], { rule }: Diagnosis, fix: Fix): void {
  const { title, safety, edits } = fix;
  const after = analyze(applyEdits(before.text, edits));
  const what = `${rule.id}, ${title}:\n${before.text}\nbecomes\n${after.text}`;
  assert.match(title, /^[A-Z][a-z]+ \S/, what);
  if (before.text.includes("\n")) assert.equal(manners(after.text), manners(before.text), what);
  const rest = diagnose(after);
  const findings = (items: readonly Diagnosis[]): number => ids(items).filter((id) => id === rule.id).length;
  assert.ok(findings(rest) < findings(found), `the finding is still there: ${what}`);
  if (safety === "unsafe") return;
  assert.deepEqual(added(ids(found), ids(rest)), [], what);
  assert.deepEqual(added(commentsOf(after), commentsOf(before)), [], what);
}

/** The stages and what they need; stages that get a name are the same stages. */
function graphOf(analysis: Analysis, names: Analysis): unknown {
  return reportGraph("", analysis).stages.map(({ name, base, dependsOn, neededByDefault }, index) => ({
    name: names.stages[index]?.name == null ? null : name,
    base,
    dependsOn: dependsOn.map(({ kind, stage, image }) => ({ kind, stage, image })),
    neededByDefault,
  }));
}

function assertFixAll(before: Analysis, found: readonly Diagnosis[]): void {
  const { text } = fixAll(before, analyze, diagnose);
  if (text === before.text) return;
  const after = analyze(text);
  const what = `all fixes:\n${before.text}\nbecomes\n${text}`;
  const rest = diagnose(after);
  assert.equal(fixAll(after, analyze, diagnose).text, text, what);
  assert.deepEqual(
    rest.filter(({ fixes }) => fixes?.[0]?.safety === "safe"),
    [],
    what,
  );
  assert.deepEqual(added(ids(found), ids(rest)), [], what);
  assert.deepEqual(added(commentsOf(after), commentsOf(before)), [], what);
  if (before.text.includes("\n")) assert.equal(manners(text), manners(before.text), what);
  // Who means another stage than the build takes is an error or a warning before.
  if (found.every(({ severity, rule: { buildkit } }) => severity !== "error" && (severity !== "warning" || buildkit)))
    assert.deepEqual(graphOf(after, before), graphOf(before, before), what);
}

describe("fixes", () => {
  const texts = [...new Set([...difficult, richText, ...sampleTexts().values(), ...exampleTexts()])];
  for (const [habit, write] of habits) {
    it(`each alone, and all safe ones at once: texts ${habit}`, () => {
      for (const text of texts) {
        const analysis = analyze(write(text));
        const found = diagnose(analysis);
        for (const diagnosis of found) {
          for (const fix of diagnosis.fixes ?? []) assertFix(analysis, found, diagnosis, fix);
        }
        assertFixAll(analysis, found);
      }
    }).timeout(60_000);
  }
});
