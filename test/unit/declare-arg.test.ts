import assert from "node:assert/strict";
import { argNotInScope } from "../../server/src/rules/arg-not-in-scope.ts";
import type { Rule } from "../../server/src/rules/rule.ts";
import { undefinedVar } from "../../server/src/rules/undefined-var.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { alone } from "../../server/src/workspace/neighbours.ts";

/** The first fix of a rule's first finding, as `safety: title`. */
function firstFix(rule: Rule, text: string): string | null {
  for (const { fixes } of rule.check(analyze(text), alone)) {
    const [fix] = fixes ?? [];
    return fix ? `${fix.safety}: ${fix.title}` : null;
  }
  return null;
}

describe("declaring a build arg", () => {
  it("is safe where its value comes along", () => {
    assert.equal(firstFix(undefinedVar, "ARG A=/a\nFROM alpine\nWORKDIR $A\n"), "safe: Declare ARG A in this stage");
    assert.equal(firstFix(argNotInScope, "ARG A=/a\nFROM alpine\nRUN ls $A\n"), "safe: Declare ARG A in this stage");
  });

  it("is not safe where some use says what holds without a value", () => {
    for (const use of ["${A:-/d}", "${A-/d}", "${A:+x}", "${A:?none}"]) {
      assert.equal(
        firstFix(undefinedVar, `ARG A=/a\nFROM alpine\nWORKDIR ${use}\n`),
        "unsafe: Declare ARG A in this stage",
        use,
      );
    }
    assert.equal(
      firstFix(argNotInScope, "ARG A=/a\nFROM alpine\nRUN ls $A\nRUN ls ${A:-/d}\n"),
      "unsafe: Declare ARG A in this stage",
    );
  });

  it("is not safe for a secret, nor where the value is not known", () => {
    assert.equal(
      firstFix(undefinedVar, "ARG NPM_TOKEN\nFROM alpine\nLABEL a=$NPM_TOKEN\n"),
      "unsafe: Declare ARG NPM_TOKEN in this stage",
    );
    assert.equal(
      firstFix(undefinedVar, "FROM alpine\nLABEL a=$UNKNOWN\n"),
      "unsafe: Declare ARG UNKNOWN in this stage",
    );
  });

  it("takes the default away where an ARG names itself", () => {
    const own = "FROM alpine\nARG A=$A\n";
    assert.equal(firstFix(undefinedVar, `ARG A=1\n${own}`), "safe: Change to 'ARG A'");
    assert.equal(firstFix(undefinedVar, `FROM alpine AS a\nARG A=1\n${own}`), "safe: Change to 'ARG A=1'");
    assert.equal(firstFix(undefinedVar, own), "unsafe: Change to 'ARG A'");
    assert.equal(firstFix(undefinedVar, "FROM alpine\nARG A=${A:-1}\n"), null);
  });
});
