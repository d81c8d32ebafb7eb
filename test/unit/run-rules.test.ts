import assert from "node:assert/strict";
import type { Rule } from "../../server/src/rules/rule.ts";
import { defaultOptions, type RunOptions, runRules } from "../../server/src/rules/run.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

/** A rule that finds every instruction of a kind. */
function finds(keyword: string, rule: Partial<Rule>): Rule {
  return {
    id: `Any${keyword}`,
    severity: "warning",
    summary: "",
    docs: "",
    examples: [],
    *check({ dockerfile }) {
      for (const { keyword: found, keywordSpan } of dockerfile.instructions) {
        if (found === keyword) yield { span: keywordSpan, message: found };
      }
    },
    ...rule,
  };
}

const rules: readonly Rule[] = [
  finds("RUN", { id: "Ours" }),
  finds("CMD", { id: "Theirs", buildkit: "stable" }),
  finds("ENV", { id: "Trial", buildkit: "experimental" }),
  finds("USER", { id: "Fatal", severity: "error" }),
  finds("COPY", { id: "Advice", severity: "hint" }),
];

const body = "FROM scratch\nUSER x\nCOPY x y\nENV a=b\nCMD x\nRUN x\n";

/** Rule and severity of each finding. */
function run(start: string, options: Partial<RunOptions> = {}, text = start + body): string {
  const found = runRules(
    analyze(text),
    rules,
    (rule, error) => {
      throw new Error(rule.id, { cause: error });
    },
    { ...defaultOptions, ...options },
  );
  return found.map(({ rule, severity }) => `${rule.id} ${severity}`).join(", ");
}

describe("the engine of rules", () => {
  it("gives each finding its rule's severity, sorted by place; experimental checks are off", () => {
    assert.equal(run(""), "Fatal error, Advice hint, Theirs warning, Ours warning");
  });

  describe("the file's check directive", () => {
    it("skips rules by name, BuildKit's and our own", () => {
      assert.equal(run("# check=skip=Theirs\n"), "Fatal error, Advice hint, Ours warning");
      assert.equal(run("# check=skip=Ours,Advice,Fatal\n"), "Theirs warning");
      assert.equal(run("# check=skip=ours\n"), run(""));
    });

    it("skips all but what stops the build", () => {
      assert.equal(run("# check=skip=all\n"), "Fatal error");
    });

    it("switches experimental checks on, also where it skips them", () => {
      const on = "Fatal error, Advice hint, Trial warning, Theirs warning, Ours warning";
      assert.equal(run("# check=experimental=Trial\n"), on);
      assert.equal(run("# check=experimental=all\n"), on);
      assert.equal(run("# check=experimental=Trial;skip=Trial\n"), on);
      assert.equal(run("# check=skip=all;experimental=all\n"), "Fatal error, Trial warning");
      assert.equal(run("# check=experimental=Other\n"), run(""));
    });

    it("makes BuildKit's checks errors, and no others", () => {
      assert.equal(run("# check=error=true\n"), "Fatal error, Advice hint, Theirs error, Ours warning");
      assert.equal(
        run("# check=error=true;experimental=all;skip=Theirs\n"),
        "Fatal error, Advice hint, Trial error, Ours warning",
      );
    });

    it("does nothing where BuildKit stops at it", () => {
      assert.equal(run("# check=skip=all;oops\n"), run(""));
    });
  });

  describe("the user's severities", () => {
    it("outweigh the rule's, and `error=true`", () => {
      const severities = { Theirs: "hint", Ours: "error", Advice: "off" } as const;
      assert.equal(run("", { severities }), "Fatal error, Theirs hint, Ours error");
      assert.equal(run("# check=error=true\n", { severities }), "Fatal error, Theirs hint, Ours error");
    });

    it("switch an experimental check on and off", () => {
      assert.match(run("", { severities: { Trial: "information" } }), /Trial information/);
      assert.doesNotMatch(run("# check=experimental=all\n", { severities: { Trial: "off" } }), /Trial/);
    });

    it("do not bring back what the file skips", () => {
      assert.equal(run("# check=skip=all\n", { severities: { Ours: "error", Trial: "warning" } }), "Fatal error");
    });

    it("are asked for by name alone", () => {
      assert.equal(run("", { severities: Object.create({ Ours: "off" }) as Record<string, "off"> }), run(""));
    });
  });

  describe("rules that another tool shows already", () => {
    it("are left out", () => {
      assert.equal(run("", { hidden: new Set(["Theirs", "Fatal"]) }), "Advice hint, Ours warning");
    });

    it("are shown where the user gives them a severity", () => {
      const hidden = new Set(["Theirs", "Ours"]);
      assert.equal(run("", { hidden, severities: { Theirs: "warning" } }), "Fatal error, Advice hint, Theirs warning");
    });
  });

  describe("a check comment above an instruction", () => {
    it("skips findings at that instruction alone", () => {
      const text = "FROM scratch\n# check=skip=Ours\nRUN x\nRUN y\n# check=skip=Ours\nCMD z\n";
      assert.equal(run("", {}, text), "Ours warning, Theirs warning");
    });

    it("skips all but errors", () => {
      assert.equal(run("", {}, "FROM scratch\n# check=skip=all\nRUN x\n# check=skip=all\nUSER x\n"), "Fatal error");
    });
  });

  it("goes on behind a rule that throws", () => {
    const failed: string[] = [];
    const broken: Rule = {
      ...rules[0]!,
      id: "Broken",
      check() {
        throw new Error("no");
      },
    };
    const found = runRules(analyze(body), [broken, rules[1]!], ({ id }, error) => {
      failed.push(`${id}: ${(error as Error).message}`);
    });
    assert.deepEqual(failed, ["Broken: no"]);
    assert.equal(found.length, 1);
  });
});
