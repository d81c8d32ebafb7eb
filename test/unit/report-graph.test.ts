import assert from "node:assert/strict";
import { dotGraph } from "../../server/src/report/dot.ts";
import { type GraphReport, reportGraph } from "../../server/src/report/json.ts";
import { mermaidGraph } from "../../server/src/report/mermaid.ts";
import { plain } from "../../server/src/report/style.ts";
import { graphText } from "../../server/src/report/text.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const text = `ARG VERSION=1.22
FROM golang:\${VERSION} AS Builder
RUN --mount=type=cache,target=/root/.cache --mount=from=certs,target=/certs go build

FROM builder AS tests
RUN go test

FROM alpine:3.20 AS certs
ONBUILD COPY --from=builder /x /x

FROM scratch
COPY --from=builder /app /app
COPY --from=0 /app2 /app2
COPY --from=nginx:1.27 /etc/nginx /etc/nginx
RUN --mount=from=builder,target=/b --mount=type=bind,from=golang:1.22,target=/go true
COPY --from=7 /a /b
`;
const report = (source: string): GraphReport => reportGraph("Dockerfile", analyze(source));
const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

describe("graph report", () => {
  it("holds what BuildKit takes for dependencies, in its order", () => {
    const found = report(text).stages;
    assert.deepEqual(
      found.map(({ index, name, line, base, neededByDefault }) => ({ index, name, line, base, neededByDefault })),
      [
        { index: 0, name: "builder", line: lineOf("FROM golang"), base: "golang:1.22", neededByDefault: true },
        { index: 1, name: "tests", line: lineOf("FROM builder"), base: "builder", neededByDefault: false },
        { index: 2, name: "certs", line: lineOf("FROM alpine"), base: "alpine:3.20", neededByDefault: false },
        { index: 3, name: null, line: lineOf("FROM scratch"), base: "scratch", neededByDefault: true },
      ],
    );
    const mounts = lineOf("RUN --mount=from=builder");
    assert.deepEqual(
      found.map(({ dependsOn }) => dependsOn.map(({ kind, stage, image, line }) => ({ kind, stage, image, line }))),
      [
        // A mount of a later stage is an error, which the graph leaves out.
        [{ kind: "from", stage: null, image: "golang:1.22", line: lineOf("FROM golang") }],
        [{ kind: "from", stage: 0, image: null, line: lineOf("FROM builder") }],
        [{ kind: "from", stage: null, image: "alpine:3.20", line: lineOf("FROM alpine") }],
        [
          { kind: "from", stage: null, image: "scratch", line: lineOf("FROM scratch") },
          { kind: "copy", stage: 0, image: null, line: lineOf("COPY --from=builder /app") },
          { kind: "copy", stage: 0, image: null, line: lineOf("COPY --from=0") },
          { kind: "copy", stage: null, image: "nginx:1.27", line: lineOf("COPY --from=nginx") },
          { kind: "mount", stage: 0, image: null, line: mounts },
          { kind: "mount", stage: null, image: "golang:1.22", line: mounts },
        ],
      ],
    );
  });

  it("says what stages are for, and what crosses", () => {
    const { target, stages } = report(text);
    assert.equal(target, 3);
    assert.deepEqual(
      stages.map(({ role, needed }) => [role, needed]),
      [
        ["build", true],
        ["test", false],
        ["files", false],
        ["runtime", true],
      ],
    );
    assert.deepEqual(
      stages[3]!.dependsOn.map(({ sources, destination, mount }) => ({ sources, destination, mount })),
      [
        { sources: [], destination: null, mount: null },
        { sources: ["/app"], destination: "/app", mount: null },
        { sources: ["/app2"], destination: "/app2", mount: null },
        { sources: ["/etc/nginx"], destination: "/etc/nginx", mount: null },
        { sources: ["/"], destination: "/b", mount: "bind" },
        { sources: ["/"], destination: "/go", mount: "bind" },
      ],
    );
  });

  it("takes another target", () => {
    const { target, stages } = reportGraph("Dockerfile", analyze(text), 1);
    assert.equal(target, 1);
    assert.deepEqual(
      stages.map(({ needed }) => needed),
      [true, true, false, false],
    );
    assert.deepEqual(
      stages.map(({ neededByDefault }) => neededByDefault),
      [true, false, false, true],
    );
  });

  it("survives half-typed files", () => {
    for (let end = 0; end <= text.length; end++) {
      const part = report(text.slice(0, end));
      for (const stage of part.stages) assert.equal(typeof stage.base, "string");
      assert.ok(mermaidGraph([part]).startsWith("flowchart LR\n"));
      assert.ok(dotGraph([part]).endsWith("}\n"));
      assert.ok(graphText(part, plain).startsWith("Dockerfile: "));
    }
  });
});

describe("graph as text", () => {
  it("lists stages and what each needs", () => {
    const mounts = lineOf("RUN --mount=from=builder");
    const place = (part: string): string => `line ${String(lineOf(part)).padEnd(2)}`;
    assert.deepEqual(graphText(report(text), plain).split("\n"), [
      "Dockerfile: 4 stages",
      `  0  builder             ${place("FROM golang")}  FROM golang:1.22`,
      `  1  tests (not needed)  ${place("FROM builder")}  FROM builder (stage 0)`,
      `  2  certs (not needed)  ${place("FROM alpine")}  FROM alpine:3.20`,
      `  3  stage 3 (target)    ${place("FROM scratch")}  FROM scratch`,
      `       COPY from builder (stage 0)  lines ${lineOf("COPY --from=builder /app")}, ${lineOf("COPY --from=0")}`,
      `       COPY from nginx:1.27 (image)  line ${lineOf("COPY --from=nginx")}`,
      `       mount from builder (stage 0)  line ${mounts}`,
      `       mount from golang:1.22 (image)  line ${mounts}`,
      "",
    ]);
  });

  it("says what it does not know", () => {
    assert.match(graphText(report("ARG X\nFROM $X"), plain), /FROM \(unknown\)\n$/);
    assert.equal(graphText(report("RUN a"), plain), "Dockerfile: 0 stages\n");
  });
});

describe("graph as Mermaid", () => {
  it("draws one file", () => {
    assert.equal(
      mermaidGraph([report(text)]),
      `flowchart LR
  i0(["golang:1.22"])
  i1(["alpine:3.20"])
  i2(["scratch"])
  i3(["nginx:1.27"])
  s0["builder"]
  s1["tests"]
  s2["certs<br/>#40;files#41;"]
  s3["stage 3<br/>#40;runtime#41;"]
  i0 --> s0
  s0 --> s1
  i1 --> s2
  i2 --> s3
  s0 -.->|"/app → /app<br/>/app2 → /app2"| s3
  i3 -.->|"/etc/nginx → /etc/nginx"| s3
  s0 -.->|"mount / → /b"| s3
  i0 -.->|"mount / → /go"| s3
  linkStyle 6,7 stroke-dasharray:1 4
  classDef target stroke-width:3px
  class s3 target
  classDef unneeded opacity:0.5
  class i1,s1,s2 unneeded
`,
    );
  });

  it("draws several files as one flowchart, with unique names and counted arrows", () => {
    const small = report("FROM a AS b\nRUN --mount=from=c,target=/c true");
    assert.equal(
      mermaidGraph([small, { ...small, file: 'my "dir"/Dockerfile' }]),
      `flowchart LR
  subgraph f0["Dockerfile"]
    f0i0(["a"])
    f0i1(["c"])
    f0s0["b<br/>#40;runtime#41;"]
    f0i0 --> f0s0
    f0i1 -.->|"mount / → /c"| f0s0
  end
  subgraph f1["my #34;dir#34;/Dockerfile"]
    f1i0(["a"])
    f1i1(["c"])
    f1s0["b<br/>#40;runtime#41;"]
    f1i0 --> f1s0
    f1i1 -.->|"mount / → /c"| f1s0
  end
  linkStyle 1,3 stroke-dasharray:1 4
  classDef target stroke-width:3px
  class f0s0,f1s0 target
`,
    );
  });

  const labels: readonly (readonly [string, string])[] = [
    ["registry.example.com:5000/a/b_c:1.0-alpine@sha256:0a", "registry.example.com:5000/a/b_c:1.0-alpine@sha256:0a"],
    ['a"]; end', "a#34;#93;#59; end"],
    ["`a`", "#96;a#96;"],
    ["#35;", "#35;35#59;"],
    ["%%{init:{}}%%", "#37;#37;#123;init#58;#123;#125;#125;#37;#37;"],
    // Mermaid would take this for a style and drop the last semicolon.
    ["style:$x", "style#58;#36;x"],
    ["<b>&amp;</b>", "#60;b#62;#38;amp#59;#60;/b#62;"],
    ["1. a", "1#46; a"],
    ["$X\\", "#36;X#92;"],
    ["büro日本", "büro日本"],
    ["\u{1f600}", "#128512;"],
    ["\u001b\n", "#9243;#9226;"],
    ["", " "],
  ];
  for (const [label, escaped] of labels) {
    it(`escapes ${JSON.stringify(label)}`, () => {
      const drawn = mermaidGraph([{ file: "F", target: 0, stages: [named(label)] }]);
      assert.ok(drawn.includes(`\n  s0["${escaped}"]\n`), drawn);
    });
  }
});

describe("graph as DOT", () => {
  it("draws one file", () => {
    assert.equal(
      dotGraph([report(text)]),
      `digraph stages {
  rankdir=LR;
  node [shape=box, fontname="Helvetica"];
  edge [fontname="Helvetica"];
  "i0" [label="golang:1.22", style=rounded];
  "i1" [label="alpine:3.20", style=rounded, color=gray60, fontcolor=gray60];
  "i2" [label="scratch", style=rounded];
  "i3" [label="nginx:1.27", style=rounded];
  "s0" [label="builder"];
  "s1" [label="tests", color=gray60, fontcolor=gray60];
  "s2" [label="certs\\n(files)", color=gray60, fontcolor=gray60];
  "s3" [label="stage 3\\n(runtime)", style=bold];
  "i0" -> "s0";
  "s0" -> "s1";
  "i1" -> "s2";
  "i2" -> "s3";
  "s0" -> "s3" [style=dashed, label="/app → /app\\n/app2 → /app2"];
  "i3" -> "s3" [style=dashed, label="/etc/nginx → /etc/nginx"];
  "s0" -> "s3" [style=dotted, label="mount / → /b"];
  "i0" -> "s3" [style=dotted, label="mount / → /go"];
}
`,
    );
  });

  it("draws several files as clusters with unique names", () => {
    const small = report("FROM a AS b");
    const drawn = dotGraph([small, small]);
    assert.ok(
      drawn.includes('  subgraph "cluster_1" {\n    label="Dockerfile";\n    "f1i0" [label="a", style=rounded];'),
    );
    assert.equal(drawn.match(/"f\ds0" \[/g)?.length, 2);
  });

  for (const [label, escaped] of [
    ['a"b', String.raw`a\"b`],
    ["a\\", String.raw`a\\`],
    [String.raw`\N\"`, String.raw`\\N\\\"`],
    ["&amp;", "&amp;amp;"],
    ["<b>", "<b>"],
    ["a\nb\tc", "a␊b c"],
  ] as const) {
    it(`escapes ${JSON.stringify(label)}`, () => {
      const drawn = dotGraph([{ file: "F", target: 0, stages: [named(label)] }]);
      assert.ok(drawn.includes(`\n  "s0" [label="${escaped}", style=bold];\n`), drawn);
    });
  }
});

function named(name: string): GraphReport["stages"][number] {
  return { index: 0, name, line: 1, base: "a", dependsOn: [], role: null, needed: true, neededByDefault: true };
}
