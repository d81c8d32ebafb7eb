import assert from "node:assert/strict";
import type { Built } from "../../client/src/sizes/build.ts";
import { failureIn, keepTail } from "../../client/src/sizes/failure.ts";
import { measureStages, mergeStages } from "../../client/src/sizes/measure.ts";
import type { MeasuredStage } from "../../client/src/sizes/measured.ts";
import { measuringOptions } from "../../client/src/sizes/options.ts";
import { type Plan, planOf } from "../../client/src/sizes/plan.ts";
import { instructionIn } from "../../client/src/sizes/progress.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const plan = (text: string): Plan =>
  planOf(text, stageGraph(analyze(text), "file:///Dockerfile", 1, { scratch: true }));

const good: Built = {
  history: [
    { createdBy: "RUN /bin/sh -c true", size: 7 },
    { createdBy: "ADD x /", size: 100 },
  ],
};

async function measure(
  text: string,
  build: (target: string) => Built,
  signal = new AbortController().signal,
): Promise<{ readonly started: string[]; readonly measured: MeasuredStage[] }> {
  const started: string[] = [];
  const measured: MeasuredStage[] = [];
  await measureStages(
    plan(text).stages,
    (target) => Promise.resolve(build(target)),
    {
      onStart: ({ label }, number) => started.push(`${number} ${label}`),
      onEnd: (stage) => {
        measured.push(stage);
        return Promise.resolve();
      },
    },
    signal,
  );
  return { started, measured };
}

describe("measuring stages", () => {
  it("builds one after the other", async () => {
    const { started, measured } = await measure("FROM a AS x\nRUN true\nFROM x AS y\nRUN true\n", () => good);
    assert.deepEqual(started, ["1 x", "2 y"]);
    assert.deepEqual(measured[1], { id: "stage:1", label: "y", size: 107, base: 100, steps: { 1: 7 }, problem: "" });
  });

  it("does not try what needs a stage that failed, through others", async () => {
    const text = "FROM a AS x\nFROM x AS y\nFROM b AS z\nCOPY --from=y a b\nFROM b AS other\n";
    const { started, measured } = await measure(text, (target) => (target === "x" ? { problem: "no" } : good));
    assert.deepEqual(started, ["1 x", "4 other"]);
    assert.deepEqual(
      measured.map(({ problem }) => problem),
      ["no", "needs x, which was not built", "needs y, which was not built", ""],
    );
  });

  it("tells nothing of a build that is called off", async () => {
    const abort = new AbortController();
    const { measured } = await measure(
      "FROM a AS x\nFROM b AS y\nFROM c AS z\n",
      (target) => {
        if (target !== "y") return good;
        abort.abort();
        return { problem: "signal: interrupt" };
      },
      abort.signal,
    );
    assert.deepEqual(
      measured.map(({ label }) => label),
      ["x"],
    );
  });

  it("keeps what was known of the same text", () => {
    const text = "FROM a AS x\nFROM b AS y\nFROM c AS z\n";
    const stage = (id: number, size: number): MeasuredStage => ({
      id: `stage:${id}`,
      label: "",
      size,
      base: null,
      steps: {},
      problem: "",
    });
    assert.deepEqual(
      mergeStages(plan(text), [stage(2, 20)], [stage(0, 1), stage(2, 2), stage(7, 3)]).map(({ id, size }) => [
        id,
        size,
      ]),
      [
        ["stage:0", 1],
        ["stage:2", 20],
      ],
    );
  });
});

describe("a failed build", () => {
  const said: Readonly<Record<string, readonly [string, string]>> = {
    "a command": [
      '#7 ERROR: process x\n------\n > [2/2] RUN false:\n------\nDockerfile:2\n--------------------\n   2 | >>> RUN false\n--------------------\nERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1\n\nView build details: docker-desktop://dashboard/build/x\n',
      'process "/bin/sh -c false" did not complete successfully: exit code: 1',
    ],
    "a newer builder": ["ERROR: failed to build: failed to solve: base: not found\r\n", "base: not found"],
    "an option": ["unknown flag: --bogus\nSee 'docker buildx build --help'.\n", "unknown flag: --bogus"],
    colours: ["\u001B[31mERROR: no builder\u001B[0m\n", "no builder"],
    "nothing at all": ["\n", "the build failed"],
  };
  for (const [what, [output, reason]] of Object.entries(said)) {
    it(`says why: ${what}`, () => assert.equal(failureIn(output), reason));
  }

  it("may have said much before", () => {
    const tail = keepTail();
    for (let i = 0; i < 5000; i++) tail.add("#1 more and more\n");
    tail.add("ERROR: at last");
    assert.ok(tail.text().length < 20_000);
    assert.equal(failureIn(tail.text()), "at last");
  });
});

describe("a build that goes on", () => {
  const said: Readonly<Record<string, readonly [string, string | null]>> = {
    "the last of several": [
      "#5 [build 1/3] FROM alpine\n#5 CACHED\n\n#6 [build 2/3] COPY . .\r\n#6 0.1 s\n",
      "COPY . .",
    ],
    "of a platform": ["#9 [linux/arm64 stage-1 2/2] RUN make\n", "RUN make"],
    "a long one": [`#9 [2/2] RUN ${"x".repeat(99)}\n`, `RUN ${"x".repeat(36)}…`],
    "nothing of the kind": ["#1 [internal] load build definition from Dockerfile\n#2 0.3 [1/2] in a command\n", null],
  };
  for (const [what, [output, instruction]] of Object.entries(said)) {
    it(`says which instruction it is at: ${what}`, () => assert.equal(instructionIn(output), instruction));
  }
});

describe("a user's options, for an image that is only measured", () => {
  it("lose what says where it goes and what else is made", () => {
    const options =
      "--network=host --push -t name --tag=other -o=x --output type=local,dest=. -q --no-cache --pull --ssh default --cache-to x --cache-from y";
    assert.deepEqual(
      measuringOptions(options.split(" ")),
      "--network=host --pull --ssh default --cache-from y".split(" "),
    );
    assert.deepEqual(measuringOptions(["-tname", "--add-host=a:1"]), ["--add-host=a:1"]);
  });
});
