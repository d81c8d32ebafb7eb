import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import type { Log } from "sarif";
import { place, run, useFolder, version, write } from "../support/command-line.ts";

const read = (name: string): string => readFileSync(place(name), "utf8");

/** One finding of three severities, one of them with a safe fix. */
const mixed = `ARG VERSION=1
FROM alpine:3.20 AS tools
RUN touch /tool
FROM alpine:3.20 AS maker
RUN echo $VERSION > /version
FROM scratch
COPY --from=maker /version /version
COPY --fast /greeting /greeting
`;

interface Entry {
  readonly file: string;
  readonly findings: readonly { readonly rule: string; readonly severity: string }[];
}

const rulesIn = (stdout: string): string[] =>
  (JSON.parse(stdout) as Entry[]).flatMap(({ findings }) => findings.map(({ rule }) => rule));

describe("check on the command line", () => {
  useFolder();

  describe("--severity", () => {
    it("leaves out what matters less", async () => {
      write("Dockerfile", mixed);
      const all = await run(["check", "--format", "json"]);
      assert.ok(rulesIn(all.stdout).includes("UnusedStage"));
      const errors = await run(["check", "--format", "json", "--severity", "error"]);
      assert.deepEqual(rulesIn(errors.stdout), ["InvalidFlag"]);
      assert.equal(errors.code, 1);
    });

    it("exits with 0 where only such is found", async () => {
      write("Dockerfile", "FROM alpine:3.20 AS tools\nRUN touch /tool\nFROM scratch\nCOPY a /a\n");
      assert.equal((await run(["check", "--severity", "error"])).code, 0);
    });
  });

  describe("--rule", () => {
    it("switches a rule off, or gives it another severity", async () => {
      write("Dockerfile", mixed);
      const off = await run(["check", "--format", "json", "--rule", "InvalidFlag=off"]);
      assert.ok(!rulesIn(off.stdout).includes("InvalidFlag"));
      const raised = await run(["check", "--format", "json", "--severity", "error", "--rule", "UnusedStage=error"]);
      assert.deepEqual(rulesIn(raised.stdout).toSorted(), ["InvalidFlag", "UnusedStage"]);
    });

    for (const [wish, complaint, hint] of [
      ["NoSuchRule=off", "unknown rule 'NoSuchRule'", "Behind each finding stands the name of its rule"],
      ["UnusedStages=off", "unknown rule 'UnusedStages'", "Did you mean: UnusedStage"],
      ["unused-stage=off", "unknown rule 'unused-stage'", "Did you mean: UnusedStage"],
      [
        "UnusedStage",
        "cannot understand --rule 'UnusedStage'",
        "It takes the form RULE=SEVERITY, where the severity is error, warning, information, hint or off",
      ],
      [
        "UnusedStage=loud",
        "cannot understand --rule 'UnusedStage=loud'",
        "It takes the form RULE=SEVERITY, where the severity is error, warning, information, hint or off",
      ],
    ] as const) {
      it(`refuses ${wish}`, async () => {
        write("Dockerfile", mixed);
        const { code, stdout, stderr } = await run(["check", "--rule", wish]);
        assert.equal(code, 2);
        assert.equal(stdout, "");
        assert.equal(stderr, `dockerfile-stages: ${complaint}\n${hint}\n`);
      });
    }
  });

  describe("--fix", () => {
    it("writes safe fixes, reports what is left, and leaves a second run nothing to fix", async () => {
      write("Dockerfile", mixed);
      const { code, stdout, stderr } = await run(["check", "--fix"]);
      assert.equal(stderr, "");
      assert.equal(code, 1);
      assert.match(stdout, /^fixed 1 finding in 1 file$/m);
      assert.match(stdout, /\[InvalidFlag\]/);
      assert.doesNotMatch(stdout, /\[ArgNotInScope\]/);
      assert.equal(read("Dockerfile"), mixed.replace("RUN echo", "ARG VERSION\nRUN echo"));
      const again = await run(["check", "--fix"]);
      assert.doesNotMatch(again.stdout, /^fixed/m);
    });

    it("does not touch a file without safe fixes, and keeps marks and line endings of the others", async () => {
      const windows = `\ufeff${mixed.replaceAll("\n", "\r\n")}`;
      write("windows.dockerfile", windows);
      write("locked.dockerfile", "FROM alpine:3.20\nCOPY --from=9 /a /a\n");
      chmodSync(place("locked.dockerfile"), 0o444);
      await run(["check", "--fix"]);
      assert.equal(read("windows.dockerfile"), windows.replace("RUN echo", "ARG VERSION\r\nRUN echo"));
      assert.equal(read("locked.dockerfile"), "FROM alpine:3.20\nCOPY --from=9 /a /a\n");
    });

    it("refuses standard input", async () => {
      const { code, stderr } = await run(["check", "--fix", "-"], { stdin: mixed });
      assert.equal(code, 2);
      assert.match(stderr, /standard input cannot be fixed/);
    });

    it("is for check alone", async () => {
      const { code, stderr } = await run(["graph", "--fix"]);
      assert.equal(code, 2);
      assert.match(stderr, /--fix is for check, not for graph/);
    });
  });

  describe("SARIF", () => {
    it("names tool, rules, places and fixes", async () => {
      write("services/my api/Dockerfile", mixed);
      const { code, stdout } = await run(["check", "--format", "sarif"]);
      assert.equal(code, 1);
      const log = JSON.parse(stdout) as Log;
      const [sarif] = log.runs;
      assert.equal(log.version, "2.1.0");
      assert.ok(sarif);
      const { driver } = sarif.tool;
      assert.deepEqual([driver.name, driver.semanticVersion], ["Dockerfile Stages", version]);
      const results = sarif.results ?? [];
      for (const { ruleId, ruleIndex, level, locations } of results) {
        assert.equal(driver.rules?.[ruleIndex!]?.id, ruleId);
        assert.ok(["error", "warning", "note"].includes(level!));
        assert.deepEqual(locations?.[0]?.physicalLocation?.artifactLocation, {
          uri: "services/my%20api/Dockerfile",
          uriBaseId: "%SRCROOT%",
        });
      }
      const wrong = results.find(({ ruleId }) => ruleId === "InvalidFlag");
      const at = mixed.split("\n").findIndex((line) => line.includes("--fast")) + 1;
      assert.deepEqual(wrong?.locations?.[0]?.physicalLocation?.region, {
        startLine: at,
        startColumn: "COPY ".length + 1,
        endLine: at,
        endColumn: "COPY --fast".length + 1,
      });
      const fixable = results.find(({ ruleId }) => ruleId === "ArgNotInScope");
      const replacement = fixable?.fixes?.[0]?.artifactChanges[0]?.replacements[0];
      assert.equal(replacement?.insertedContent?.text, "ARG VERSION\n");
      assert.ok((fixable?.relatedLocations?.length ?? 0) > 0);
    });

    it("is a whole log without findings, and says which files could not be read", async () => {
      write("Dockerfile", "FROM scratch\nCOPY a /a\n");
      write("empty.dockerfile", "");
      const { code, stdout } = await run(["check", "--format", "sarif", "--severity", "error"]);
      assert.equal(code, 2);
      const [sarif] = (JSON.parse(stdout) as Log).runs;
      assert.deepEqual(sarif?.results, []);
      const [invocation] = sarif?.invocations ?? [];
      assert.equal(invocation?.executionSuccessful, false);
      assert.deepEqual(
        invocation.toolExecutionNotifications?.map(({ message }) => message.text),
        ["empty.dockerfile: is empty"],
      );
    });
  });

  describe("for GitHub Actions", () => {
    it("prints workflow commands", async () => {
      write("a,b.dockerfile", mixed);
      const { code, stdout } = await run(["check", "--format", "github"]);
      assert.equal(code, 1);
      const lines = stdout.trimEnd().split("\n");
      assert.ok(lines.every((line) => /^::(?:error|warning|notice) file=a%2Cb\.dockerfile,line=\d+,.*::/.test(line)));
      assert.ok(lines.some((line) => /^::error .*,title=InvalidFlag::unknown flag: --fast/.test(line)));
    });

    it("keeps what a file says from being a command of its own", async () => {
      write("Dockerfile", "FROM alpine:3.20\nCOPY --from=50%0A::error::x a /a\n");
      const { stdout } = await run(["check", "--format", "github"]);
      assert.ok(stdout.split("\n").every((line) => line === "" || line.startsWith("::")));
      assert.doesNotMatch(stdout, /[^%]%0A/);
    });
  });

  it("reads the ignore file beside a Dockerfile", async () => {
    write("app/Dockerfile", "FROM scratch\nCOPY secret.txt /secret.txt\n");
    write("app/.dockerignore", "*.txt\n");
    const { stdout } = await run(["check", "--format", "json", "app"]);
    assert.ok(rulesIn(stdout).includes("CopyIgnoredFile"));
  });

  it("reads which contexts and targets the files of the project give to a build, wherever they lie", async () => {
    write(
      "app/Dockerfile",
      "FROM alpine:3.20 AS tools\nRUN apk add git\nFROM alpine:3.20\nCOPY --from=toosl /a /a\nCOPY --from=tools /b /b\n",
    );
    const rulesFound = async (): Promise<string[]> => rulesIn((await run(["check", "--format", "json", "app"])).stdout);
    assert.ok((await rulesFound()).includes("UnknownStage"));
    const context = `  context = "app"\n  contexts = { toosl = "target:other" }\n`;
    write("deploy/here/docker-bake.hcl", `target "app" {\n${context}}\n`);
    write("deploy/.gitignore", "here\n");
    assert.ok((await rulesFound()).includes("UnknownStage"));
    write("deploy/.gitignore", "there\n");
    assert.ok(!(await rulesFound()).includes("UnknownStage"));
  });

  it("reads which stages other files choose as a target, up to the current folder", async () => {
    write("app/Dockerfile", "FROM alpine:3.20 AS tools\nRUN apk add git\nFROM alpine:3.20\nRUN true\n");
    const unused = async (): Promise<boolean> =>
      rulesIn((await run(["check", "--format", "json", "app"])).stdout).includes("UnusedStage");
    assert.ok(await unused());
    write("compose.yaml", "services:\n  tools:\n    build:\n      context: app\n      target: tools\n");
    assert.ok(!(await unused()));
  });
});
