import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Choices,
  isPageMessage,
  isPageState,
  isPanelMessage,
  isStageGraph,
  usualChoices,
} from "../../client/webview/messages.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const graph = stageGraph(
  analyze("FROM alpine AS a\nRUN --mount=type=cache,target=/c make\nFROM a\nCOPY --from=a /x /y\nCOPY --from=9 / /\n"),
  "file:///Dockerfile",
  1,
);
const current = { id: "stage:0", step: "step:0:1" };
const marks = {
  kind: "rebuild",
  title: "When a changes",
  summary: ["One step."],
  entries: [{ heading: "a", text: "RUN make", detail: "", size: "", id: null }],
  steps: ["step:0:1"],
  nodes: [],
  edges: [],
};
const sizes = { nodes: { "stage:0": 7_800_000 }, steps: { "step:0:1": 0 }, problems: { "stage:1": "" }, isOld: false };
const view = { x: 0, y: 0, scale: 1, follows: true };

describe("the messages between the extension and the page", () => {
  const panelMessages: readonly object[] = [
    { type: "graph", name: "Dockerfile", graph, current, choices: usualChoices, pinned: false },
    { type: "current", ...current },
    { type: "empty", uri: null, text: "" },
    { type: "marks", marks },
    { type: "marks", marks: null },
    { type: "marks", marks: { ...marks, kind: "sizes" } },
    { type: "sizes", sizes },
    { type: "sizes", sizes: null },
    { type: "pinned", pinned: true },
    { type: "export", format: "png" },
  ];
  const pageMessages: readonly object[] = [
    { type: "ready", choices: usualChoices },
    { type: "reveal", what: "step", id: "step:0:1" },
    { type: "rename", id: "stage:0" },
    { type: "choose", choices: { ...usualChoices, target: "a" } satisfies Choices },
    { type: "pin", pinned: true },
    { type: "ask", question: "ship" },
    { type: "ask", question: "sizes" },
    { type: "measure" },
    { type: "export" },
    { type: "picture", format: "svg", data: "<svg/>" },
  ];

  it("takes what the other side says", () => {
    assert.ok(isStageGraph(graph));
    for (const message of panelMessages) assert.ok(isPanelMessage(message), JSON.stringify(message));
    for (const message of pageMessages) assert.ok(isPageMessage(message), JSON.stringify(message));
    assert.ok(isPageState({ uri: null, view, choices: usualChoices, pinned: false }));
  });

  it("refuses what lacks a part, or has one of another kind", () => {
    for (const [messages, test] of [
      [panelMessages, isPanelMessage],
      [pageMessages, isPageMessage],
    ] as const) {
      for (const message of messages) {
        for (const name of Object.keys(message)) {
          const { [name]: _, ...rest } = message as Record<string, unknown>;
          assert.ok(!test(rest), `without ${name}: ${JSON.stringify(rest)}`);
          assert.ok(!test({ ...message, [name]: 7 }), `with another ${name}`);
        }
      }
    }
    assert.ok(!isPageState({ uri: null, view: { ...view, scale: 0 }, choices: usualChoices, pinned: false }));
    assert.ok(!isPageState({ uri: null, view }));
  });

  it("refuses sizes that are none", () => {
    const wrong: readonly object[] = [
      { nodes: { a: -1 } },
      { nodes: { a: Infinity } },
      { steps: { a: Number.NaN } },
      { steps: { a: "7" } },
      { steps: null },
      { problems: { a: 7 } },
      { isOld: null },
    ];
    for (const part of wrong) {
      assert.ok(!isPanelMessage({ type: "sizes", sizes: { ...sizes, ...part } }), JSON.stringify(part));
    }
    assert.ok(!isPanelMessage({ type: "marks", marks: { ...marks, entries: [{ ...marks.entries[0], size: 7 }] } }));
    assert.ok(!isPageMessage({ type: "ask", question: "weights" }));
  });

  it("refuses anything else without failing", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const test of [isPanelMessage, isPageMessage, isPageState, isStageGraph]) assert.ok(!test(value));
      }),
    );
  });
});
