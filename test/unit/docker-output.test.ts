import assert from "node:assert/strict";
import { readOutput } from "../../client/src/docker/output.ts";
import { problemsIn } from "../support/problem-matcher.ts";

const file = "/home/me/my project/docker/web.Dockerfile";

/** What a terminal shows of what Docker writes. */
function shown(text: string, dockerfile = file): string[] {
  const { read, end } = readOutput(dockerfile);
  return [...text.split("\n").flatMap(read), ...end()];
}

/** The problems that the editor finds there. */
const problems = (text: string, dockerfile = file): string[] =>
  problemsIn("dockerfile-stages", shown(text, dockerfile)).map(
    ({ file: path, line, severity, message, code }) =>
      `${path === dockerfile ? "" : path}${line} ${severity}: ${message}${code === undefined ? "" : ` (${code})`}`,
  );

const failedRun = `#5 [base 2/2] RUN --network=none echo hi
#5 0.051 hi
#5 DONE 0.1s

#6 [tools 1/1] RUN --network=none echo one &&     false &&     echo three
#6 0.075 /src/main.c:3: error: of a compiler
#6 0.076 web.Dockerfile:9
#6 0.076 ERROR: of a program
#6 ERROR: process "/bin/sh -c echo one &&     false &&     echo three" did not complete successfully: exit code: 1
------
 > [tools 1/1] RUN --network=none echo one &&     false &&     echo three:
0.075 /src/main.c:3: error: of a compiler
0.076 web.Dockerfile:9
0.076 ERROR: of a program
------
web.Dockerfile:5
--------------------
   4 |     FROM base AS tools
   5 | >>> RUN --network=none echo one && \\
   6 | >>>     false && \\
   7 | >>>     echo three
   8 |     
--------------------
ERROR: failed to solve: process "/bin/sh -c echo one &&     false &&     echo three" did not complete successfully: exit code: 1`;

describe("what Docker writes, as problems", () => {
  it("is a failed command", () => {
    const message =
      '5 error: process "/bin/sh -c echo one &&     false &&     echo three" did not complete successfully: exit code: 1';
    assert.deepEqual(problems(failedRun), [message]);
    assert.deepEqual(problems(failedRun.replace("ERROR: failed", "ERROR: failed to build: failed")), [message]);
    assert.deepEqual(problems(failedRun.replaceAll("\n", "\r\n")), [message]);
  });

  it("is all that Docker writes, and no more but the places", () => {
    const lines = failedRun.split("\n");
    const added = shown(failedRun).filter((line) => !lines.includes(line));
    assert.deepEqual(added.slice(0, 1), [`${file}:5`]);
    assert.match(added[1]!, /web\.Dockerfile:5: error: process/);
    assert.equal(added.length, 2);
    assert.equal(shown(failedRun).length, lines.length + 1);
  });

  it("is a file that cannot be copied", () => {
    const text = `------
 > [stage-2 1/1] COPY nothing /x:
------
web.Dockerfile:10
--------------------
   8 |     
   9 |     FROM base
  10 | >>> COPY nothing /x
  11 |     
--------------------
ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref 4c9ad2ca-6ee5-4e44-a1ad-7f07eef91ea0::w4gurcmxvhbjt37dt22x5uwt3: "/nothing": not found
`;
    assert.deepEqual(problems(text), ['10 error: failed to compute cache key: "/nothing": not found']);
  });

  it("is a mistake in the file", () => {
    const text = `#1 DONE 0.0s
web.Dockerfile:3
--------------------
   1 |     FROM busybox
   2 |     RUN --network=none true
   3 | >>> RUNN echo
   4 |     
--------------------
ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN (did you mean RUN?)`;
    assert.deepEqual(problems(text), ["3 error: unknown instruction: RUNN (did you mean RUN?)"]);
    // Older versions name no place.
    const old =
      "failed to solve: rpc error: code = Unknown desc = failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 3: unknown instruction: RUNN";
    assert.deepEqual(problems(`ERROR: ${old}\n`), ["3 error: unknown instruction: RUNN"]);
  });

  it("is nothing where no place is known", () => {
    for (const text of [
      'ERROR: failed to solve: target stage "nope" could not be found',
      "ERROR: failed to build: failed to solve: failed to read dockerfile: open web.Dockerfile: no such file or directory",
      "WARNING: No output specified with docker-container driver.\nother.Dockerfile:3\nERROR: failed to solve: x",
    ]) {
      assert.deepEqual(problems(text), []);
      assert.deepEqual(shown(text), text.split("\n"));
    }
  });

  const checks = (path: string): string => `Check complete, 2 warnings have been found!

WARNING: FromAsCasing - https://docs.docker.com/go/dockerfile/rule/from-as-casing/
'AS' and 'from' keywords' casing do not match
${path}:1
--------------------
   1 | >>> from busybox AS a
   2 |     MAINTAINER x
--------------------

WARNING: MaintainerDeprecated
Maintainer instruction is deprecated in favor of using label
${path}:2
--------------------
   1 |     from busybox AS a
   2 | >>> MAINTAINER x
--------------------
`;

  it("are findings of checks, in any folder", () => {
    for (const path of ["web.Dockerfile", "docker/web.Dockerfile", file]) {
      assert.deepEqual(problems(checks(path)), [
        "1 warning: 'AS' and 'from' keywords' casing do not match (FromAsCasing)",
        "2 warning: Maintainer instruction is deprecated in favor of using label (MaintainerDeprecated)",
      ]);
    }
  });

  it("is a mistake that checks stop at", () => {
    const text = `ERROR: dockerfile parse error on line 3: unknown instruction: RUNN (did you mean RUN?)
docker/web.Dockerfile:3
--------------------
   3 | >>> RUNN
--------------------
`;
    assert.deepEqual(problems(text), ["3 error: unknown instruction: RUNN (did you mean RUN?)"]);
    assert.deepEqual(problems("ERROR: circular dependency detected on stage: a\ndocker/web.Dockerfile:4\n-----"), [
      "4 error: circular dependency detected on stage: a",
    ]);
  });

  it("are findings that the file makes errors", () => {
    const text = ` \u001B[33m2 warnings found (use docker --debug to expand):
\u001B[0m - LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format (line 3)
 - FromAsCasing: 'AS' and 'from' keywords' casing do not match (line 2)
ERROR: failed to build: failed to solve: lint violation found for rules: FromAsCasing, LegacyKeyValueFormat
`;
    assert.deepEqual(problems(text), [
      '3 error: "ENV key=value" should be used instead of legacy "ENV key value" format (LegacyKeyValueFormat)',
      "2 error: 'AS' and 'from' keywords' casing do not match (FromAsCasing)",
    ]);
  });

  it("have paths of Windows", () => {
    for (const path of ["C:\\Users\\me\\web\\Dockerfile", "\\\\server\\share\\Dockerfile", "d:/web/Dockerfile"]) {
      const text = "Dockerfile:2\n----\nERROR: failed to solve: secret zz: not found\n";
      assert.deepEqual(problems(text, path), ["2 error: secret zz: not found"]);
    }
  });

  it("say what to do where Buildx has no checks", () => {
    assert.deepEqual(shown("unknown flag: --call\nSee 'docker buildx build --help'."), [
      "unknown flag: --call",
      "See 'docker buildx build --help'.",
      "Build checks need Docker Buildx 0.15 or newer, which comes with Docker 27.",
    ]);
  });

  it("survive any end", () => {
    const text = `${failedRun}\n${checks("web.Dockerfile")}`;
    for (let end = 0; end <= text.length; end += 7) {
      const kept = text.slice(0, end).split("\n").length;
      assert.ok(shown(text.slice(0, end)).length <= kept + 1);
    }
  });

  it("are findings of checks in other tasks, too", () => {
    assert.deepEqual(
      problemsIn("dockerfile-stages-check", checks("docker/web.Dockerfile").split("\n")).map(
        ({ file: path, line, severity, code }) => `${path}:${line} ${severity} ${code}`,
      ),
      ["docker/web.Dockerfile:1 warning FromAsCasing", "docker/web.Dockerfile:2 warning MaintainerDeprecated"],
    );
  });
});
