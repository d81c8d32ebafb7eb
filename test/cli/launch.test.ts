import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { type Finished, place, run, useFolder } from "../support/command-line.ts";

const text = "FROM scratch\nCOPY --from=9 /from /to\n";

/** Runs the command line with a folder for temporary files of the test's own. */
const check = (env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
  run(["check", "-"], { stdin: text, env: { TMPDIR: place("tmp"), TEMP: place("tmp"), TMP: place("tmp"), ...env } });

/** The folder of what is kept, once it is there. */
function kept(): string {
  const [folder] = readdirSync(place("tmp"));
  assert.ok(folder !== undefined, "nothing is kept");
  return path.join(place("tmp"), folder);
}

describe("what is compiled of the command line", () => {
  useFolder();
  beforeEach(() => mkdirSync(place("tmp")));

  it("is kept in a folder of the user's own, and changes no answer", async () => {
    const first = await check();
    assert.match(first.stdout, /error/);
    const [file, ...others] = readdirSync(kept());
    assert.match(file ?? "", /^command-line-[0-9a-f]{16}-/);
    assert.deepEqual(others, []);
    if (process.platform !== "win32") assert.equal(statSync(kept()).mode & 0o777, 0o700);
    const before = statSync(path.join(kept(), file!)).mtimeMs;
    assert.deepEqual(await check(), first);
    assert.equal(statSync(path.join(kept(), file!)).mtimeMs, before, "it is made once");
  });

  it("is made again where it cannot be read", async () => {
    const first = await check();
    const [name] = readdirSync(kept());
    const file = path.join(kept(), name!);
    const whole = readFileSync(file);
    const at = whole.length >> 2;
    const holed = Buffer.from(whole).fill(0, at, at + 4096);
    for (const broken of [Buffer.alloc(0), Buffer.from("no program"), whole.subarray(0, whole.length / 2), holed]) {
      writeFileSync(file, broken);
      assert.deepEqual(await check(), first);
      assert.ok(statSync(file).size > 10_000);
    }
  });

  it("is not kept for help alone, or where Node is told to keep nothing", async () => {
    await run(["--help"], { env: { TMPDIR: place("tmp") } });
    assert.ok(readdirSync(place("tmp")).every((each) => isEmpty(each)));
    const answer = await check({ NODE_DISABLE_COMPILE_CACHE: "1" });
    assert.match(answer.stdout, /error/);
    assert.ok(readdirSync(place("tmp")).every((each) => isEmpty(each)));
  });

  if (process.platform !== "win32") {
    it("is neither read nor kept where others may write, or nobody", async () => {
      const first = await check();
      const folder = kept();
      const [name] = readdirSync(folder);
      const file = path.join(folder, name!);
      writeFileSync(file, "");
      chmodSync(folder, 0o777);
      assert.deepEqual(await check(), first);
      assert.equal(statSync(file).size, 0);
      assert.deepEqual(await check({ TMPDIR: "/dev/null" }), first);
    });
  }
});

const isEmpty = (folder: string): boolean => readdirSync(path.join(place("tmp"), folder)).length === 0;
