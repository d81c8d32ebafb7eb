import assert from "node:assert/strict";
import type { FileChange } from "../../server/src/stages/files.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

function show(change: FileChange): string {
  const line = change.instruction.startLine + 1;
  if (change.kind === "work") return `${line} work ${change.places === null ? "anywhere" : "somewhere"}`;
  return `${line} ${change.kind} ${change.path}`;
}

/** What may have happened to a path of the last stage, the last first. */
function history(text: string, path: string): string[] {
  const analysis = analyze(text);
  return [...analysis.files(analysis.stages.length - 1).history(path)].map(show);
}

/** The paths that the RUN of a stage surely takes away. */
function removed(script: string): string[] {
  const analysis = analyze(`FROM debian\nWORKDIR /w\nRUN ${script}`);
  const files = analysis.files(0);
  return files
    .changes(files.stage.instructions.at(-1)!)
    .flatMap((change) =>
      change.kind === "removal" ? [`${change.path}${change.extent === "contents" ? "/*" : ""}`] : [],
    );
}

describe("the files of a stage", () => {
  it("come from what its instructions and those of its bases bring", () => {
    const text =
      "FROM debian AS base\nWORKDIR /app\nFROM base\nCOPY a b ./\nRUN mkdir -p /app/data/x\nRUN echo hi > note";
    assert.deepEqual(history(text, "/app/data"), ["5 directory /app/data/x", "4 content /app"]);
    assert.deepEqual(history(text, "/app"), [
      "6 content /app/note",
      "5 directory /app/data/x",
      "4 content /app",
      "2 directory /app",
    ]);
    assert.deepEqual(history(text, "/srv"), []);
  });

  it("know the working directory of each instruction", () => {
    const analysis = analyze(
      "FROM debian AS base\nARG DIR=app\nWORKDIR /srv\nFROM base\nWORKDIR $DIR\nRUN x\nWORKDIR $OTHER",
    );
    const files = analysis.files(1);
    const [first, second] = files.stage.instructions;
    assert.equal(files.workdirAt(first!), "/srv");
    assert.equal(files.workdirAt(second!), "/srv/app");
    assert.equal(files.workdirAt(analysis.stages[0]!.instructions[0]!), null);
    assert.equal(files.workdir, null);
  });

  it("hold nothing of a mount", () => {
    const run = "RUN --mount=type=cache,target=out --mount=type=bind,target=/src make";
    assert.deepEqual(history(`FROM debian\nWORKDIR /app\n${run}`, "/app/out/x"), ["3 mount /app/out"]);
    assert.deepEqual(history(`FROM debian\nWORKDIR /app\n${run}`, "/app/x"), ["3 work anywhere"]);
  });

  it("are taken away by commands that surely run", () => {
    assert.deepEqual(removed("make && rm -rf build /tmp/x && echo done"), ["/w/build", "/tmp/x"]);
    assert.deepEqual(removed("make; rm -r ./build/*; mv a /b"), ["/w/build/*", "/w/a"]);
    assert.deepEqual(removed('cd src && rm -rf "obj" ~/.cache'), ["/w/src/obj", "/root/.cache"]);
    assert.deepEqual(removed("a || rm -rf b"), []);
    assert.deepEqual(removed("a && rm -rf b; c"), []);
    assert.deepEqual(removed("a && rm -rf b; if c; then d; fi"), []);
    assert.deepEqual(removed("if a; then rm -rf b; fi"), []);
    assert.deepEqual(removed("test -e a || exit 0; rm -rf b"), []);
    assert.deepEqual(removed("{ cd src; }; rm -rf b /c"), ["/c"]);
    assert.deepEqual(removed("rm -rf $UNKNOWN *.o"), []);
  });

  it("may be anything where a script runs or a variable decides", () => {
    assert.deepEqual(history("FROM debian\nRUN ./build.sh", "/x"), ["2 work anywhere"]);
    assert.deepEqual(history("FROM debian\nCOPY a $WHERE", "/x"), ["2 work anywhere"]);
    assert.deepEqual(history("FROM debian\nWORKDIR /a\nRUN go build -o /out/x .", "/out"), ["3 work somewhere"]);
    assert.deepEqual(history("FROM debian\nWORKDIR /a\nRUN go build -o /out/x .", "/out/x"), ["3 work somewhere"]);
    assert.deepEqual(history("FROM debian AS a\nONBUILD RUN x\nFROM a", "/x"), ["3 work anywhere"]);
  });

  it("stay countable where a file is larger than people write", () => {
    const text = `FROM debian AS s0\n${Array.from({ length: 3000 }, (_, i) => `FROM s${i} AS s${i + 1}\n`).join("")}`;
    assert.equal(analyze(text).files(3000).isSure, false);
  });
});
