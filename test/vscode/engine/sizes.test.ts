import * as vscode from "vscode";
import type { Measured, MeasuredStage } from "../../../client/src/sizes/measured.ts";
import { sizesFor } from "../../../client/src/sizes/measured.ts";
import { showBytes } from "../../../client/webview/sizes.ts";
import { api, closeEditors, equal, measure, measured, ok, until } from "../suite/support.ts";
import { base } from "./base.ts";
import { containers, makeProject, mark, markedImages, mustDocker, mustHave, removeImages } from "./support.ts";

/** What the engine says each entry of an image's history has, in bytes, the newest first. */
async function history(image: string): Promise<number[]> {
  const sizes = await mustDocker("history", "--no-trunc", "--human=false", "--format={{.Size}}", image);
  return sizes.split("\n").map(Number);
}

const sum = (sizes: readonly number[]): number => sizes.reduce((all, each) => all + each, 0);

/** The sizes of images that are built here, of each stage with a name. */
async function sizesOf(document: vscode.TextDocument, stages: readonly string[]): Promise<number[]> {
  const sizes: number[] = [];
  const folder = vscode.Uri.joinPath(document.uri, "..").fsPath;
  for (const stage of stages) {
    const tag = `stages-engine-own:${stage}`;
    await mustDocker("buildx", "build", "--load", `--tag=${tag}`, `--target=${stage}`, folder);
    sizes.push(sum(await history(tag)));
    await mustDocker("rmi", tag);
  }
  return sizes;
}

const stageOf = ({ stages }: Measured, label: string): MeasuredStage => {
  const found = stages.find((each) => each.label === label);
  ok(found, `there is no ${label} among ${stages.map((each) => each.label).join(", ")}`);
  return found;
};

const payload = { "payload/a": "a".repeat(70_001), "payload/deep/b": "b".repeat(1234), "payload/empty": "" };

const text = `FROM ${base} AS tools
LABEL ${mark}
RUN --network=none head -c 300000 /dev/zero > /noise
WORKDIR /bench
COPY payload/ /payload/

FROM scratch
LABEL ${mark}
COPY --from=tools /noise /one
COPY --from=tools /payload /p

FROM tools AS unused
ENV NOTHING=added
RUN --network=none rm /noise && head -c 1000 /dev/zero > /more

FROM tools AS broken
RUN --network=none echo "to see" && exit 7

FROM scratch AS shipped
LABEL ${mark}
COPY --from=1 /one /
COPY payload/a payload/deep/b /files/
`;

describe("stage sizes of a Docker engine", () => {
  before(api);
  afterEach(closeEditors);
  after(removeImages);

  it("are those of its images", async () => {
    const document = await makeProject("stages engine sizes", { Dockerfile: text, ...payload });
    await measure(document);
    const found = await measured(document);
    equal(
      found.stages.map(({ label }) => label),
      ["tools", "stage 1", "unused", "broken", "shipped"],
    );
    const [tools, unused, shipped] = await sizesOf(document, ["tools", "unused", "shipped"]);
    equal(
      found.stages.map(({ size }) => size),
      [tools, 300_000 + 71_235, unused, null, shipped],
    );
    const baseSize = sum(await history(base));
    equal(
      found.stages.map((stage) => stage.base),
      [baseSize, 0, tools, null, 0],
    );
    equal(stageOf(found, "tools").steps, { 2: 300_000, 3: 0, 4: 71_235 });
    equal(stageOf(found, "stage 1").steps, { 2: 300_000, 3: 71_235 });
    equal(stageOf(found, "unused").steps, { 2: 1000 });
    equal(stageOf(found, "shipped").steps, { 2: 300_000, 3: 71_235 });
    ok(stageOf(found, "broken").problem.includes("exit code: 7"), stageOf(found, "broken").problem);
    equal([await markedImages(), await containers()], [[], []]);
  });

  it("are shown in the graph", async () => {
    const document = await makeProject("stages-engine-shown", { Dockerfile: text, ...payload });
    await vscode.commands.executeCommand("dockerfileStages.showGraph", document.uri.toString());
    const extension = await api();
    const graph = await until("the graph", () => {
      const shown = extension.shownGraph();
      return shown?.uri === document.uri.toString() && shown;
    });
    await measure(document);
    const { nodes, steps, problems, isOld } = sizesFor(await measured(document), graph, document.getText());
    const labelled = Object.entries(nodes).map(([id, size]) => [
      graph.nodes.find((node) => node.id === id)?.label,
      size,
    ]);
    equal(labelled.length, 5);
    equal(Object.fromEntries(labelled)[base], sum(await history(base)));
    equal(isOld, false);
    equal(Object.keys(problems).length, 1);
    const copied = graph.edges.filter(({ kind }) => kind === "copy").map(({ fromStep }) => steps[fromStep ?? ""]);
    equal(
      copied.toSorted((a = 0, b = 0) => a - b),
      [71_235, 300_000, 300_000],
    );
  });

  it("leave nothing behind when they are called off", async () => {
    const document = await makeProject("stages-engine-called-off", {
      Dockerfile: `FROM scratch AS quick\nLABEL ${mark}\nCOPY payload/a /\n\nFROM ${base}\nLABEL ${mark}\nCOPY payload/a /\nRUN --network=none sleep 60\n`,
      ...payload,
    });
    const ended = Promise.resolve(measure(document));
    await until("the first stage", async () => ((await api()).measured(document.uri)?.stages.length ?? 0) > 0);
    const execution = vscode.tasks.taskExecutions.find(({ task }) => task.definition["action"] === "measure");
    ok(execution, "there is no task");
    const before = Date.now();
    execution.terminate();
    await ended;
    ok(Date.now() - before < 20_000, "the build went on");
    equal(
      (await measured(document)).stages.map(({ label, size }) => [label, size]),
      [["quick", 70_001]],
    );
    equal([await markedImages(), await containers()], [[], []]);
  });
});

describe("image sizes of a Docker engine", () => {
  before(api);
  afterEach(closeEditors);
  after(removeImages);

  it("are compared as they are", async () => {
    const [toolchain, source] = ["t".repeat(5_000_000), "s".repeat(123_456)];
    const document = await makeProject("stages-engine-compared", {
      Dockerfile: `FROM ${base} AS build
LABEL ${mark}
COPY toolchain /usr/lib/
COPY source /source
RUN --network=none cat /source /source > /app

FROM ${base}
LABEL ${mark}
COPY --from=build /app /
`,
      "single.Dockerfile": `FROM ${base}
LABEL ${mark}
COPY toolchain /usr/lib/
COPY source /source
RUN --network=none cat /source /source > /app
`,
      toolchain,
      source,
    });
    const folder = vscode.Uri.joinPath(document.uri, "..");
    const single = vscode.Uri.joinPath(folder, "single.Dockerfile");
    await vscode.commands.executeCommand("dockerfileStages.compareSizes", document.uri.toString(), [single.toString()]);
    const table = await until("the table", () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.path.startsWith(folder.path) && uri.path.endsWith(".md")),
    );
    const rowOf = (name: string): string[] => {
      const cells = table
        .getText()
        .split("\n")
        .find((line) => line.startsWith(`| ${name}`))
        ?.split(" | ");
      ok(cells, `there is no ${name} in ${table.getText()}`);
      return cells.slice(1).map((cell) => cell.replaceAll(/[*|]/g, "").trim());
    };
    const whole: number[] = [];
    for (const file of ["single.Dockerfile", "Dockerfile"]) {
      const tag = "stages-engine-own:compared";
      await mustDocker("buildx", "build", "--load", `--tag=${tag}`, `--file=${folder.fsPath}/${file}`, folder.fsPath);
      const image = await history(tag);
      whole.push(sum(image));
      equal(showBytes(sum(image)), showBytes((await mustHave(tag)).Size));
      await mustDocker("rmi", tag);
    }
    equal(rowOf("**Image**"), whole.map(showBytes));
    const baseSize = showBytes(sum(await history(base)));
    equal(
      rowOf("Base").map((cell) => cell.replace(/ \(.*/, "")),
      [baseSize, baseSize],
    );
    equal(rowOf("Copied from the build context"), [showBytes(5_123_456), "0 B"]);
    equal(rowOf("Copied from other stages"), ["0 B", showBytes(246_912)]);
    equal(rowOf("Made by commands"), [showBytes(246_912), "0 B"]);
    ok(rowOf("Compared with")[1]?.startsWith(`−${showBytes(whole[0]! - whole[1]!)} (`), rowOf("Compared with").join());
    equal([await markedImages(), await containers()], [[], []]);
  });
});
