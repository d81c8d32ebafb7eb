import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { rules } from "../../server/src/rules/index.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const errors = rules.filter(({ severity }) => severity === "error");

function errorsOf(text: string): string[] {
  return runRules(analyze(text), errors, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  }).map(({ message }) => message);
}

interface Answer {
  readonly instruction: string;
  readonly message: string | null;
}

/** The instructions of test/fixtures/errors.md with BuildKit's answers. */
function recordedAnswers(): Answer[] {
  const file = readFileSync(path.join(import.meta.dirname, "../fixtures/errors.md"), "utf8");
  const lines = file.split("```")[1]!.split("\n").slice(1);
  return lines.flatMap((instruction, i) => {
    const next = lines[i + 1] ?? "";
    if (instruction === "" || instruction.startsWith("! ")) return [];
    return [{ instruction, message: next.startsWith("! ") ? next.slice(2) : null }];
  });
}

describe("errors are BuildKit's", () => {
  for (const { instruction, message } of recordedAnswers()) {
    it(instruction, () => {
      const found = errorsOf(`FROM scratch\n${instruction}\n`);
      if (message === null) assert.deepEqual(found, []);
      else assert.ok(found.includes(message), `${message}\nexpected, but found:\n${found.join("\n")}`);
    });
  }

  it("in all stages, and behind ONBUILD where a stage of the file runs it", () => {
    assert.deepEqual(errorsOf("FROM scratch AS a\nEXPOSE web\nFROM scratch\n"), ["invalid containerPort: web"]);
    assert.deepEqual(errorsOf("FROM scratch AS a\nONBUILD EXPOSE web\nFROM scratch\n"), []);
    assert.deepEqual(errorsOf("FROM scratch AS a\nONBUILD EXPOSE web\nFROM a\n"), ["invalid containerPort: web"]);
  });

  it("a line of the file has an end", () => {
    const message = "dockerfile line greater than max allowed size of 65535";
    const line = `RUN ${"x".repeat(65_531)}`;
    assert.deepEqual(errorsOf(`FROM scratch\n${line}\n`), []);
    assert.deepEqual(errorsOf(`FROM scratch\n${line}x\n`), [message]);
    assert.deepEqual(errorsOf(`FROM scratch\n# ${"ü".repeat(32_768)}\n`), [message]);
    assert.deepEqual(errorsOf(`FROM scratch\nRUN a \\\n ${"x".repeat(40_000)} \\\n ${"x".repeat(40_000)}\n`), []);
  });

  it("what is still being typed at the end of the text is left alone", () => {
    for (const line of [
      "CO",
      "COPY",
      "COPY a",
      "ENV",
      "ENV A",
      "COPY --fro",
      "RUN --mount=type=ca",
      "FROM",
      "FROM a A",
    ]) {
      assert.deepEqual(errorsOf(`FROM scratch\n${line}`), [], line);
      assert.notDeepEqual(errorsOf(`FROM scratch\n${line}\n`), [], line);
    }
  });
});
