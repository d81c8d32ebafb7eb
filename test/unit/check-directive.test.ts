import assert from "node:assert/strict";
import {
  checkDirective,
  type CheckNames,
  checkOptions,
  includes,
  skippedChecks,
} from "../../server/src/dockerfile/check-directive.ts";
import { scan } from "../../server/src/dockerfile/scan.ts";

const names = (found: CheckNames): string => (found === "all" ? "all" : [...found].join(","));

/** What a first line says, in short; `! …` where BuildKit stops at it. */
function read(line: string): string {
  const directive = checkDirective(`${line}\nFROM scratch\n`);
  if (!directive) return "none";
  const { problem, options } = directive;
  if (problem !== null) return `! ${problem}`;
  return `skip ${names(options.skip)}; error ${options.error}; experimental ${names(options.experimental)}`;
}

// All of these are BuildKit's own answers.
describe("# check=", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["# check=skip=A", "skip A; error false; experimental "],
    ["#check=skip=A,B", "skip A,B; error false; experimental "],
    ["# CHECK = skip=A", "skip A; error false; experimental "],
    ["# check=skip=all", "skip all; error false; experimental "],
    ["# check=skip=ALL", "skip ALL; error false; experimental "],
    ["# check=skip=all,A", "skip all,A; error false; experimental "],
    ["# check=skip=all;skip=A", "skip all; error false; experimental "],
    ["# check=skip=A;skip=B", "skip B; error false; experimental "],
    ["# check=skip=A;error=true;experimental=C", "skip A; error true; experimental C"],
    ["# check=experimental=all;error=1;skip=A", "skip A; error true; experimental all"],
    ["# check=error=T", "skip ; error true; experimental "],
    ["# check=error=true;error=False", "skip ; error false; experimental "],
    ["# check=skip=A\r", "skip A; error false; experimental "],
    // What follows the first blank is a note.
    ["# check=skip=A for a reason", "skip A; error false; experimental "],
    ["# check=skip=A, B", "skip A,; error false; experimental "],
    ["# check=skip= A", "skip ; error false; experimental "],
    ["# check=skip=A\tB", "skip A\tB; error false; experimental "],
    // The third option takes the rest of the line.
    ["# check=skip=A;error=true;experimental=B;foo=1", "skip A; error true; experimental B;foo=1"],
    ["# check= ", "skip ; error false; experimental "],
    ["# check=", "none"],
    ["  # check=skip=A", "none"],
    ["// check=skip=A", "none"],
    // Mistakes that stop the build.
    ["# check=skip", '! invalid check option "skip"'],
    ["# check=skip = A", '! invalid check option "skip"'],
    ["# check=SKIP=A", '! invalid check option "SKIP"'],
    ["# check=ignore=A", '! invalid check option "ignore"'],
    ["# check=skip=A;", '! invalid check option ""'],
    ["# check=;skip=A", '! invalid check option ""'],
    [
      "# check=error=yes",
      '! failed to parse check option "error=yes": strconv.ParseBool: parsing "yes": invalid syntax',
    ],
    [
      "# check=error=tRUE",
      '! failed to parse check option "error=tRUE": strconv.ParseBool: parsing "tRUE": invalid syntax',
    ],
    [
      "# check=skip=A;experimental=B;error=true;foo=1",
      '! failed to parse check option "error=true;foo=1": strconv.ParseBool: parsing "true;foo=1": invalid syntax',
    ],
  ];
  for (const [line, expected] of cases) {
    it(JSON.stringify(line), () => {
      assert.equal(read(line), expected);
    });
  }

  it("is found behind other directives, a byte order mark and a line for a shell", () => {
    for (const start of ["# syntax=docker/dockerfile:1\n# escape=`\n", "\uFEFF", "#!/usr/bin/env build\n"]) {
      assert.equal(names(checkOptions(`${start}# check=skip=A\nFROM scratch\n`).skip), "A", JSON.stringify(start));
    }
  });

  it("is not found behind comments, blank lines, instructions and directives given twice", () => {
    for (const start of ["# A comment\n", "\n", "FROM scratch\n", "  # escape=`\n", "# escape=`\n# escape=`\n"]) {
      assert.equal(checkDirective(`${start}# check=skip=A\n`), null, JSON.stringify(start));
    }
    assert.equal(checkDirective(""), null);
    assert.equal(checkDirective("#!"), null);
  });

  it("gives no options where BuildKit stops", () => {
    assert.deepEqual(checkOptions("# check=skip=A;foo=1\n"), checkOptions(""));
  });

  it("knows where its options stand", () => {
    const text = "# escape=\\\n# check=skip=A;x\nFROM scratch\n";
    const { span } = checkDirective(text)!;
    assert.equal(text.slice(span.start, span.end), "skip=A;x");
  });

  it("compares names as they are written", () => {
    assert.ok(includes("all", "A"));
    assert.ok(includes(new Set(["A"]), "A"));
    assert.ok(!includes(new Set(["a"]), "A"));
  });
});

describe("# check= above an instruction", () => {
  /** The instructions for which something is skipped. */
  const skipped = (text: string): string[] =>
    [...skippedChecks(scan(text))].map(([{ keyword, startLine }, skip]) => `${keyword}:${startLine} ${names(skip)}`);

  it("counts for that instruction alone", () => {
    assert.deepEqual(skipped("FROM a\n# check=skip=A\nRUN x\nRUN y\n# check=skip=all for a reason\nCMD z\n"), [
      "RUN:2 A",
      "CMD:5 all",
    ]);
  });

  it("may stand among other comments; the first counts", () => {
    assert.deepEqual(skipped("FROM a\n# Why\n# check=skip=A\n\n# check=skip=B\n# more\nRUN x\n"), ["RUN:6 A"]);
  });

  it("is parted from the instruction by an empty comment line", () => {
    assert.deepEqual(skipped("FROM a\n# check=skip=A\n#\nRUN x\n"), []);
    assert.deepEqual(skipped("FROM a\n# check=skip=A\n#\n# check=skip=B\nRUN x\n"), ["RUN:4 B"]);
  });

  it("is no option where it is indented, inside an instruction, or the file's directive", () => {
    assert.deepEqual(skipped("FROM a\n  # check=skip=A\nRUN x\n"), []);
    assert.deepEqual(skipped("FROM a\nRUN x \\\n# check=skip=A\n y\nRUN <<E\n# check=skip=A\nE\nRUN z\n"), []);
    assert.deepEqual(skipped("# check=skip=A\nFROM a\n"), []);
  });

  it("says nothing where its options are not understood", () => {
    assert.deepEqual(skipped("FROM a\n# check=foo=A\nRUN x\n"), ["RUN:2 "]);
  });
});
