import { stageGraph } from "../../server/src/features/graph.ts";
import { rebuild } from "../../server/src/features/graph/rebuild.ts";
import { shipped } from "../../server/src/features/graph/ship.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { alone } from "../../server/src/workspace/neighbours.ts";
import { testGrowth } from "../support/growth.ts";

const neighbours = { ...alone, ignoreFile: { name: ".dockerignore", text: "*.md\n!a.md\n" } };

function workOut(text: string): void {
  const analysis = analyze(text);
  stageGraph(analysis, "file:///Dockerfile", 1, { contexts: true, scratch: true, images: "per-use" }, neighbours);
  rebuild(analysis, 1, { path: "." }, neighbours);
  rebuild(analysis, 1, { path: "a/b.md" }, neighbours);
  rebuild(analysis, 1, { position: analysis.lines.position(text.length >> 1) }, neighbours);
  shipped(analysis, 1, {}, neighbours);
}

describe("the stage graph grows with the text, not faster", () => {
  testGrowth(workOut);
});
