import assert from "node:assert/strict";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { dotGraph } from "../../server/src/report/dot.ts";
import { type GraphReport, reportGraph } from "../../server/src/report/json.ts";
import { mermaidGraph } from "../../server/src/report/mermaid.ts";
import { stageLabel } from "../../server/src/report/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { readFixtures } from "../support/fixtures.ts";
import { exampleTexts, richText } from "../support/texts.ts";

/** What Mermaid's own parser makes of a flowchart. */
interface Flowchart {
  readonly vertices: ReadonlyMap<string, { readonly text: string; readonly classes: readonly string[] }>;
  readonly edges: readonly {
    readonly start: string;
    readonly end: string;
    readonly text: string;
    readonly stroke: string;
  }[];
}

type ReadMermaid = (text: string) => Promise<Flowchart>;

/** Mermaid cleans texts with a library that needs a page; what it parses does not depend on that. */
async function loadMermaid(): Promise<ReadMermaid> {
  const { default: purifier } = await import("dompurify");
  Object.assign(purifier, { addHook: () => {}, removeHook: () => {}, sanitize: (text: string) => text });
  const { default: mermaid } = await import("mermaid");
  // The first call makes the kinds of diagrams known.
  await mermaid.parse("flowchart LR\n");
  return async (text) => {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const chart = db as unknown as { getVertices: () => Flowchart["vertices"]; getEdges: () => Flowchart["edges"] };
    return { vertices: chart.getVertices(), edges: chart.getEdges() };
  };
}

/** The text that a label stands for: Mermaid marks the characters that are written as numbers. */
function decode(text: string): string {
  return text
    .replaceAll(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("<br/>", "\n");
}

interface Drawn {
  readonly objects?: readonly { readonly name: string; readonly label?: string; readonly nodes?: readonly number[] }[];
  readonly edges?: readonly { readonly label?: string }[];
}

/** The label that Graphviz shows, which knows escapes and HTML entities. */
const shown = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)).replaceAll("&amp;", "&");

const hostile = [
  'a"]; end',
  "`a` **b** <script>alert(1)</script>",
  "%%{init: {}}%% classDef x fill:#f00; style:#f00; linkStyle",
  "end subgraph graph flowchart",
  "#35; &amp; \\n \\N \\",
  "1. a",
  "- b",
  "+ + c",
  "x:y#z;",
  "style:x #1;",
  "|a| -->|b| c",
  "[[a]] ((b)) {c}",
  "\u{1f600} büro 日本",
  "---",
  "click a href javascript:x",
  "a\u0000\u001b\u2028b",
  "",
];

function hostileReport(file: string, text: string): GraphReport {
  const dependency = { stage: null, image: text, line: 1, sources: [text, `/${text}`], destination: text, mount: null };
  const stage = { name: text, line: 1, base: text, role: "files", needed: true, neededByDefault: true } as const;
  return {
    file,
    target: 1,
    stages: [
      {
        ...stage,
        index: 0,
        dependsOn: [
          { ...dependency, kind: "from" },
          { ...dependency, kind: "copy" },
        ],
      },
      {
        ...stage,
        index: 1,
        dependsOn: [{ ...dependency, kind: "mount", stage: 0, image: null, mount: text }],
      },
    ],
  };
}

describe("graph for other programs", function () {
  this.timeout(60_000);
  let readMermaid: ReadMermaid;
  let graphviz: Graphviz;
  before(async () => {
    [readMermaid, graphviz] = await Promise.all([loadMermaid(), Graphviz.load()]);
  });

  /** Both programs must see as many boxes and arrows, and the same names. */
  async function check(reports: readonly GraphReport[]): Promise<void> {
    const count = reports.flatMap(({ stages }) => stages).length;
    const images = reports.flatMap(({ stages }) => [
      ...new Set(stages.flatMap(({ dependsOn }) => dependsOn.flatMap(({ image }) => image ?? []))),
    ]).length;
    const text = mermaidGraph(reports);
    const { vertices, edges } = await readMermaid(text);
    assert.equal(vertices.size, count + images, text);
    const dot = dotGraph(reports);
    const drawn = JSON.parse(graphviz.layout(dot, "dot_json", "dot")) as Drawn;
    const boxes = (drawn.objects ?? []).filter(({ nodes }) => nodes === undefined);
    assert.equal(boxes.length, count + images, dot);
    assert.equal(drawn.edges?.length ?? 0, edges.length, dot);
    const single = reports.length === 1;
    reports.forEach(({ stages, target }, i) => {
      for (const stage of stages) {
        const id = `${single ? "" : `f${i}`}s${stage.index}`;
        const vertex = vertices.get(id);
        assert.ok(vertex, text);
        const name = stageLabel(stage) || " ";
        if (/^[\w.-]+$/.test(name)) assert.ok(decode(vertex.text).startsWith(name), text);
        assert.equal(vertex.classes.includes("target"), stage.index === target, text);
        const label = shown(boxes.find((box) => box.name === id)?.label ?? "");
        if (/^[\x20-\x7e]*$/.test(name)) assert.ok(label === name || label.startsWith(`${name}\n(`), dot);
      }
    });
  }

  it("is read by Mermaid and Graphviz: real stages", async () => {
    const texts = [
      ...["graph.md", "graph-details.md", "graph-questions.md", "rich.md"].flatMap((file) =>
        readFixtures(file).map(({ marked }) => marked.text),
      ),
      ...exampleTexts().filter((_, i) => i % 40 === 0),
      richText,
    ];
    for (const text of texts) {
      const report = reportGraph("Dockerfile", analyze(text));
      if (report.stages.length > 0) await check([report]);
    }
    await check(texts.slice(0, 8).map((text) => reportGraph("a/Dockerfile", analyze(text))));
  });

  it("is read by Mermaid and Graphviz: hostile names", async () => {
    for (const text of hostile) await check([hostileReport(text, text)]);
    await check(hostile.map((text) => hostileReport(text, text)));
  });

  it("shows each character of hostile names in Mermaid", async () => {
    for (const text of hostile.filter((each) => /^[\x20-\x7e]+$/.test(each))) {
      const { vertices, edges } = await readMermaid(mermaidGraph([hostileReport("F", text)]));
      assert.equal(decode(vertices.get("s0")!.text), text.includes("files") ? text : `${text}\n(files)`);
      assert.equal(decode(vertices.get("i0")!.text), text);
      const copy = edges.find((edge) => edge.text !== "")!;
      assert.ok(decode(copy.text).startsWith(`${text} /${text} → ${text}`.slice(0, 50)), decode(copy.text));
    }
  });

  it("says what crosses, and how", async () => {
    const text =
      "FROM a AS b\nFROM c\nCOPY --from=b /x /y\nCOPY --from=b /x2 /y2\nRUN --mount=type=cache,from=b,target=/z true\n";
    const { edges } = await readMermaid(mermaidGraph([reportGraph("F", analyze(text))]));
    assert.deepEqual(
      edges.map((edge) => [edge.start, edge.end, decode(edge.text), edge.stroke]),
      [
        ["i0", "s0", "", "normal"],
        ["i1", "s1", "", "normal"],
        ["s0", "s1", "/x → /y\n/x2 → /y2", "dotted"],
        ["s0", "s1", "cache mount / → /z", "dotted"],
      ],
    );
  });
});
