import assert from "node:assert/strict";
import type { Sizes } from "../../client/webview/messages.ts";
import {
  addedBytes,
  baseOf,
  describeSize,
  edgeSize,
  nodeSize,
  showBytes,
  sizeParts,
  stepSize,
} from "../../client/webview/sizes.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const graph = stageGraph(
  analyze(`FROM golang:1.22 AS build
RUN go build -o /out/app
FROM debian:12-slim AS tools
RUN make
FROM scratch AS files
COPY --from=build /out/app /app
FROM debian:12-slim
COPY --from=build /out/app /usr/bin
RUN --mount=from=tools,target=/tools true
`),
  "file:///Dockerfile",
  1,
);
const node = (id: string): (typeof graph.nodes)[number] => graph.nodes.find((each) => each.id === id)!;
const sizes: Sizes = {
  nodes: { "stage:0": 1_020_000_000, "image:golang:1.22": 900_000_000, "stage:2": 12_400_000, "stage:3": 87_200_000 },
  steps: { "step:0:1": 120_000_000, "step:3:1": 12_400_000, "step:3:2": 0 },
  problems: { "stage:1": "make was not found." },
  isOld: false,
};
const old: Sizes = { ...sizes, isOld: true };

describe("sizes in words", () => {
  it("has three digits and decimal units", () => {
    for (const [bytes, text] of [
      [0, "0 B"],
      [999, "999 B"],
      [1000, "1 kB"],
      [1234, "1.23 kB"],
      [82_649_000, "82.6 MB"],
      [999_600_000, "1 GB"],
      [1_210_000_000, "1.21 GB"],
      [5e15, "5000 TB"],
    ] as const) {
      assert.equal(showBytes(bytes), text);
    }
  });

  it("says what a stage is built on, and what it adds", () => {
    assert.equal(describeSize(node("stage:0"), graph, sizes), "1.02 GB: base 900 MB + 120 MB added");
    assert.equal(describeSize(node("stage:2"), graph, sizes), "12.4 MB");
    assert.equal(describeSize(node("stage:3"), graph, sizes), "87.2 MB");
    assert.equal(describeSize(node("stage:0"), graph, null), "");
    const size = sizes.nodes["stage:0"]!;
    const same: Sizes = { ...sizes, nodes: { ...sizes.nodes, [baseOf("stage:0", graph)!]: size } };
    assert.equal(sizeParts(node("stage:0"), graph, same), "adds nothing to its base");
    assert.equal(addedBytes(node("stage:2"), graph, sizes), 12_400_000);
    assert.equal(addedBytes(node("stage:3"), graph, sizes), undefined);
  });

  it("says why there is none", () => {
    assert.equal(nodeSize(node("stage:1"), sizes), "no size");
    assert.equal(describeSize(node("stage:1"), graph, sizes), "not measured: make was not found");
    assert.equal(describeSize(node("stage:1"), graph, { ...sizes, problems: { "stage:1": "" } }), "not measured");
  });

  it("says what is copied, and nothing of mounts", () => {
    const all = graph.edges.map((edge) => `${edge.kind} ${edgeSize(edge, sizes)}`.trim());
    assert.deepEqual(all.toSorted(), ["copy", "copy 12.4 MB", "from", "from", "from", "mount"]);
    assert.equal(stepSize("step:0:1", sizes), "120 MB");
    assert.equal(stepSize("step:3:2", sizes), "");
  });

  it("marks what was measured before the file was changed", () => {
    assert.equal(nodeSize(node("stage:0"), old), "≈ 1.02 GB");
    assert.equal(describeSize(node("stage:0"), graph, old), "≈ 1.02 GB");
    assert.equal(sizeParts(node("stage:0"), graph, old), "");
  });
});
