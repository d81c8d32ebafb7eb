import assert from "node:assert/strict";
import { stageGraph, type GraphOptions } from "../../server/src/features/graph.ts";
import { rebuild } from "../../server/src/features/graph/rebuild.ts";
import { shipped } from "../../server/src/features/graph/ship.ts";
import type { GraphEdge, StageGraph } from "../../server/src/protocol.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { LineIndex } from "../../server/src/text/range.ts";
import { emptyMention, type FoundBuild } from "../../server/src/workspace/mentions.ts";
import { alone, type Neighbours } from "../../server/src/workspace/neighbours.ts";
import { readFixtures, testFixtures } from "../support/fixtures.ts";
import { exampleTexts, richText } from "../support/texts.ts";

const uri = "file:///Dockerfile";
const quoted = (name: string, word: string): string | undefined => new RegExp(`${word} \`([^\`]*)\``).exec(name)?.[1];

function neighboursOf(name: string): Neighbours {
  const ignored = quoted(name, "ignoring");
  return {
    ...alone,
    ignoreFile: ignored === undefined ? null : { name: ".dockerignore", text: ignored.replaceAll(" ", "\n") },
  };
}

/** `step:2:5` → `2:5` */
const short = (step: string | null): string => step?.replace("step:", "") ?? "-";

testFixtures("graph-questions.md", {
  rebuild: ({ text, cursor }, { name }) => {
    const at = cursor === null ? {} : { position: new LineIndex(text).position(cursor) };
    const path = cursor === null ? { path: /`([^`]*)`/.exec(name)![1]! } : {};
    const question = { ...at, ...path, target: quoted(name, "target") ?? null };
    const { message, steps, edges, hints } = rebuild(analyze(text), 1, question, neighboursOf(name));
    return [
      message,
      ...steps.map(({ step, cause, certain, message: why }) => `${short(step)}${certain ? "" : "?"} ${cause}: ${why}`),
      ...(edges.length > 0 ? [`through ${edges.join(", ")}`] : []),
      ...hints.map(({ message: hint, saves }) => `hint: ${hint} (${saves.map(short).join(" ")})`),
    ].join("\n");
  },
  ships: ({ text }, { name }) => {
    const { parts, left } = shipped(analyze(text), 1, { target: quoted(name, "target") ?? null }, alone);
    return [
      ...parts.map(({ origin, from, label, destination, step, madeBy }) => {
        const to = destination === null ? "" : ` → ${destination}`;
        const makers = madeBy.length === 0 ? "" : `, made by ${madeBy.map(short).join(" ")}`;
        return `${short(step)} ${origin}${from === null ? "" : ` ${from}`}: ${label}${to}${makers}`;
      }),
      ...left.map(({ label, message }) => `left ${label}: ${message}`),
    ].join("\n");
  },
});

function edgeLine({ id, fromStep, toStep, label, mount, message }: GraphEdge): string {
  const type = mount === null ? "" : ` (${mount})`;
  return `${id} ${short(fromStep)} ← ${short(toStep)}${type}${label === "" ? "" : ` ${label}`}${message === "" ? "" : `  !! ${message}`}`;
}

testFixtures("graph-details.md", {
  details: ({ text }, { name }) => {
    const options: GraphOptions = {
      contexts: name.includes("contexts"),
      scratch: name.includes("scratch"),
      images: name.includes("per use") ? "per-use" : "once",
      target: quoted(name, "target") ?? null,
    };
    const graph = stageGraph(analyze(text), uri, 1, options);
    return [
      ...graph.nodes.flatMap(({ id, label, kind, role, level, needed, isTarget, message, steps }) => [
        `${id} ${label}${kind === "stage" ? `, ${role ?? "no role"}, level ${level}` : ""}${isTarget ? ", target" : ""}${
          needed ? "" : ", not needed"
        }${message === "" ? "" : `  !! ${message}`}`,
        ...steps.map(
          (step) =>
            `  ${step.builds ? "*" : " "} ${short(step.id)} ${step.keyword} ${step.text}${step.message && "  !!"}`,
        ),
      ]),
      ...graph.edges.map(edgeLine),
      `longest: ${graph.longest.join(" ")}`,
      ...(graph.targetMessage === "" ? [] : [graph.targetMessage]),
    ].join("\n");
  },
});

function build(contexts: Readonly<Record<string, string>>): FoundBuild {
  const word = (text: string): { text: string; span: { start: number; end: number } } => ({
    text,
    span: { start: 0, end: 0 },
  });
  return {
    file: { uri: "file:///compose.yaml", path: "compose.yaml", lines: new LineIndex("") },
    mention: {
      ...emptyMention,
      contexts: Object.entries(contexts).map(([name, value]) => ({ name: word(name), value: word(value) })),
    },
  };
}

describe("named contexts in the stage graph", () => {
  const text =
    "FROM alpine\nCOPY --from=assets /a /a\nCOPY --from=nginx:latest /b /b\nRUN --mount=from=Assets,target=/c true\n";

  it("are nodes where a build that is known names them", () => {
    const builds = [
      build({ assets: "./web/assets", nginx: "docker-image://example.com/nginx" }),
      build({ Assets: "../other" }),
    ];
    const { nodes, edges } = stageGraph(analyze(text), uri, 1, {}, { ...alone, builds });
    assert.deepEqual(
      nodes.slice(1).map(({ id, kind, label, detail }) => [id, kind, label, detail]),
      [
        ["image:alpine", "image", "alpine", ""],
        ["context:assets", "context", "assets", "./web/assets, ../other"],
        ["context:nginx", "context", "nginx:latest", "docker-image://example.com/nginx"],
      ],
    );
    assert.deepEqual(
      edges.map(({ kind, to }) => `${kind} ${to}`),
      ["from image:alpine", "copy context:assets", "copy context:nginx", "mount context:assets"],
    );
  });

  it("are images where none does", () => {
    const { nodes } = stageGraph(analyze(text), uri, 1);
    assert.deepEqual(
      nodes.slice(1).map(({ id }) => id),
      ["image:alpine", "image:assets", "image:nginx:latest", "image:Assets"],
    );
  });
});

/** What must hold for each graph. */
function assertGraph(graph: StageGraph, text: string): void {
  const ids = new Set(graph.nodes.map(({ id }) => id));
  assert.equal(ids.size, graph.nodes.length, `ids are not unique: ${text}`);
  assert.equal(new Set(graph.edges.map(({ id }) => id)).size, graph.edges.length, `edges are not unique: ${text}`);
  const owner = new Map(graph.nodes.flatMap(({ id, steps }) => steps.map((step) => [step.id, id] as const)));
  const level = new Map(graph.nodes.map((node) => [node.id, node.level]));
  for (const { from, to, fromStep, toStep, broken, message, kind } of graph.edges) {
    assert.ok(ids.has(from) && ids.has(to), `an edge leads nowhere: ${text}`);
    assert.ok(fromStep !== null && owner.get(fromStep) === from, `an edge begins elsewhere: ${text}`);
    assert.ok(toStep === null || owner.get(toStep) === to, `an edge ends elsewhere: ${text}`);
    assert.equal(broken, message !== "", text);
    if (!broken && kind !== "context" && to.startsWith("stage:")) assert.ok(level.get(from)! > level.get(to)!, text);
  }
  for (const { kind, steps } of graph.nodes) {
    assert.equal(kind === "stage", steps.length > 0, text);
    for (const step of steps) assert.ok(step.text.length <= 80 && !/[\r\n\t]/.test(step.text), step.text);
  }
  const stages = graph.nodes.filter(({ kind }) => kind === "stage");
  assert.equal(graph.builds.length + graph.skips.length, stages.length, text);
  assert.equal(graph.longest.at(-1) ?? null, graph.target, text);
  assert.equal(graph.longest.length, graph.target === null ? 0 : level.get(graph.target)! + 1, text);
  for (const id of graph.longest) assert.ok(graph.builds.includes(id), text);
}

describe("the stage graph", () => {
  const fixtures = ["graph.md", "graph-questions.md", "graph-details.md"].flatMap((file) =>
    readFixtures(file).map(({ marked }) => marked.text),
  );
  const ignoring: Neighbours = { ...alone, ignoreFile: { name: ".dockerignore", text: "*.md\n!a.md\n" } };

  it("and the answers about it hold together for every prefix", () => {
    for (const text of [...fixtures, richText, ...exampleTexts().filter((_, i) => i % 10 === 0)]) {
      const step = text.length > 600 ? 7 : 2;
      for (let end = 0; end <= text.length + step - 1; end += step) {
        const part = text.slice(0, end);
        const analysis = analyze(part);
        const graph = stageGraph(analysis, uri, 1, { contexts: true, scratch: true, images: "per-use" });
        assertGraph(graph, part);
        const rows = new Map(graph.nodes.flatMap(({ id, steps }) => steps.map((row) => [row.id, id] as const)));
        const edges = new Set(graph.edges.map(({ id }) => id));
        const position = analysis.lines.position(Math.min(end, part.length));
        for (const question of [{ path: "." }, { path: "src/a.md" }, { position }]) {
          const answer = rebuild(analysis, 1, question, ignoring);
          for (const { step: row, stage } of answer.steps) assert.equal(rows.get(row), stage, part);
          for (const id of answer.edges) assert.ok(edges.has(id), `${id} is no edge: ${part}`);
          for (const { stage } of answer.steps) assert.ok(graph.builds.includes(stage), part);
          assert.ok(answer.message !== "", part);
        }
        const { parts, left } = shipped(analysis, 1, {}, alone);
        for (const { step: row, stage } of parts) assert.ok(row !== null && rows.get(row) === stage, part);
        for (const { stage } of left) assert.ok(graph.builds.includes(stage), part);
      }
    }
  });

  it("takes any stage as the target", () => {
    for (const text of fixtures) {
      const analysis = analyze(text);
      for (const { index } of analysis.stages) {
        const graph = stageGraph(analysis, uri, 1, { target: String(index) });
        assertGraph(graph, text);
        assert.equal(graph.target, `stage:${index}`);
        assert.equal(graph.targetMessage, "");
      }
    }
  });
});
