import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { applyPatch } from "diff";
import { place, run, useFolder, write } from "../support/command-line.ts";

interface Way {
  readonly base: string;
  readonly strategy: string;
  readonly detail: string;
  readonly assumptions: readonly string[];
  readonly summary: readonly string[];
  readonly tests: readonly string[];
  readonly user: string | null;
  readonly after: string;
}

interface Entry {
  readonly file: string;
  readonly offered: boolean;
  readonly title: string;
  readonly reason: string;
  readonly assumptions: readonly string[];
  readonly before: string;
  readonly after: string | null;
  readonly base: string | null;
  readonly summary: readonly string[];
  readonly ways: readonly Way[];
  readonly written: boolean;
}

/** Several bases make sense for it. */
const single = `FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /bin/app .
CMD ["/bin/app"]
`;
const nothing = "FROM scratch\nCOPY app /app\n";

const read = (name: string): string => readFileSync(place(name), "utf8");
const entriesOf = async (...args: string[]): Promise<Entry[]> =>
  JSON.parse((await run(["split", "--format", "json", ...args])).stdout) as Entry[];

/** The ways to split {@link single}. */
async function waysOf(file: string): Promise<readonly Way[]> {
  const [entry] = await entriesOf(file);
  assert.ok(entry!.ways.length > 1);
  return entry!.ways;
}

describe("split on the command line", () => {
  useFolder();

  it("prints as text what it prints as JSON, with a diff that can be applied", async () => {
    write("single.dockerfile", single);
    write("crlf.dockerfile", single.replaceAll("\n", "\r\n"));
    write("mark.dockerfile", `\ufeff${single.trimEnd()}`);
    write("scratch.dockerfile", nothing);
    const names = ["single.dockerfile", "crlf.dockerfile", "mark.dockerfile", "scratch.dockerfile"];
    const entries = await entriesOf(...names);
    assert.deepEqual(
      entries.map(({ file }) => file),
      names,
    );
    for (const entry of entries) {
      assert.deepEqual(Object.keys(entry), [
        ...["file", "offered", "title", "reason", "assumptions", "before", "after"],
        ...["base", "summary", "ways", "written"],
      ]);
      assert.equal(entry.before, read(entry.file));
      assert.equal(entry.written, false);
      const { code, stdout, stderr } = await run(["split", entry.file]);
      assert.equal(code, 0);
      assert.equal(stderr, "");
      if (entry.offered) {
        assert.equal(entry.reason, "");
        const [first] = entry.ways;
        assert.deepEqual(Object.keys(first!), [
          ...["base", "strategy", "detail", "assumptions", "summary", "tests", "user", "after"],
        ]);
        assert.deepEqual(
          [entry.base, entry.assumptions, entry.summary, entry.after],
          [first!.base, first!.assumptions, first!.summary, first!.after],
        );
        assert.ok(stdout.startsWith(`${entry.file}: ${entry.title}\n  ${entry.summary[0]}\n`));
        for (const { base, detail } of entry.ways) assert.ok(stdout.includes(` ${base}: ${detail} (`), stdout);
        const patch = stdout.slice(stdout.indexOf("--- "));
        assert.equal(applyPatch(entry.before, patch, { autoConvertLineEndings: false }), entry.after);
      } else {
        assert.deepEqual([entry.after, entry.base, entry.ways, entry.summary], [null, null, [], []]);
        assert.ok(entry.reason.length > 0);
        assert.equal(stdout, `${entry.file}: not split: ${entry.reason}\n`);
      }
    }
    // A file that has nothing to build with is never split.
    assert.equal(entries.at(-1)!.offered, false);
  });

  it("reads standard input", async () => {
    const { code, stdout } = await run(["split", "-"], { stdin: single });
    assert.equal(code, 0);
    assert.ok(stdout.includes("--- a/-\n+++ b/-\n"), stdout);
  });

  describe("--base", () => {
    it("chooses the way", async () => {
      write("Dockerfile", single);
      for (const way of await waysOf("Dockerfile")) {
        const [entry] = await entriesOf("--base", way.base);
        assert.deepEqual(
          [entry!.base, entry!.after, entry!.assumptions, entry!.summary],
          [way.base, way.after, way.assumptions, way.summary],
        );
        const { code, stdout } = await run(["split", `--base=${way.base}`]);
        assert.equal(code, 0);
        assert.ok(stdout.includes(`\n  * ${way.base}: `), stdout);
        assert.ok(stdout.includes(`\n+FROM ${way.base} AS runtime\n`), stdout);
      }
    });

    it("is trouble for a file that cannot be split so, and for no other", async () => {
      write("a.dockerfile", single);
      write("b.dockerfile", nothing);
      const bases = (await waysOf("a.dockerfile")).map(({ base }) => base);
      for (const args of [[], ["--write"], ["--diff"], ["--format", "json"]]) {
        const { code, stdout, stderr } = await run(["split", "--base", "example/none", ...args]);
        assert.equal(code, 2);
        assert.ok(
          stderr.startsWith(
            `dockerfile-stages: a.dockerfile: cannot be split with the base 'example/none'; there are: ${bases.join(", ")}\n`,
          ),
          stderr,
        );
        assert.ok(!stdout.includes("a.dockerfile"), stdout);
        assert.ok((stdout + stderr).includes("b.dockerfile"), stdout);
      }
      assert.equal(read("a.dockerfile"), single);
    });
  });

  describe("--test-stage and --non-root", () => {
    const tested = `FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY src ./src
RUN npm test
RUN npm run build
CMD ["node", "dist/main.js"]
`;

    it("do what they say where it can be done, and say where not", async () => {
      write("Dockerfile", tested);
      const [plain] = await entriesOf();
      assert.deepEqual([plain!.ways[0]!.tests, plain!.ways[0]!.user], [["RUN npm test"], "node"]);
      const [both] = await entriesOf("--test-stage", "--non-root");
      assert.ok(!plain!.after!.includes("USER node") && !plain!.after!.includes(" AS test"), plain!.after!);
      assert.ok(both!.after!.includes("\nUSER node\n") && both!.after!.includes(" AS test\n"), both!.after!);
      assert.equal(both!.after, both!.ways[0]!.after);
      assert.match((await run(["split"])).stdout, /with --non-root it runs as node\n.*--test-stage .*: RUN npm test\n/);

      write("Dockerfile", single);
      const { code, stdout, stderr } = await run(["split", "--test-stage", "--non-root", "--base", "alpine:3"]);
      assert.equal(code, 0);
      assert.ok(stdout.includes("\n+FROM alpine:3 AS runtime\n"));
      assert.equal(
        stderr,
        "dockerfile-stages: Dockerfile: has no tests that can move to a stage of their own\n" +
          "dockerfile-stages: Dockerfile: alpine:3 has no user that the container could run as\n",
      );
    });
  });

  describe("--write", () => {
    it("changes the files, and leaves alone what is not split", async () => {
      write("a/Dockerfile", single);
      write("b/Dockerfile", `\ufeff${single.replaceAll("\n", "\r\n")}`);
      write("c/Dockerfile", nothing);
      const entries = await entriesOf();
      const { code, stdout, stderr } = await run(["split", "--write"]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      for (const { file, before, after, base, reason } of entries) {
        assert.equal(read(file), after ?? before);
        const line = after === null ? `not split: ${reason}` : `split, the image starts from ${base}`;
        assert.ok(stdout.includes(`${file}: ${line}\n`), stdout);
      }
      for (const assumption of entries[0]!.assumptions) assert.ok(stdout.includes(`  check: ${assumption}\n`), stdout);
      const again = await run(["split", "--write", "--format", "json"]);
      assert.deepEqual(
        (JSON.parse(again.stdout) as Entry[]).map(({ offered, written }) => [offered, written]),
        [
          [false, false],
          [false, false],
          [false, false],
        ],
      );
    });

    it("takes the way that is chosen, and says so as JSON", async () => {
      write("Dockerfile", single);
      const way = (await waysOf("Dockerfile")).at(-1)!;
      const [entry] = await entriesOf("--write", "--base", way.base);
      assert.equal(entry!.written, true);
      assert.equal(read("Dockerfile"), way.after);
    });

    // Root may write everywhere.
    if (process.getuid?.() !== 0) {
      it("is trouble where a file cannot be written", async () => {
        write("Dockerfile", single);
        chmodSync(place("Dockerfile"), 0o444);
        assert.deepEqual(await run(["split", "--write"]), {
          code: 2,
          stdout: "",
          stderr: "dockerfile-stages: Dockerfile: cannot be written: permission denied\n",
        });
      });
    }
  });

  describe("--diff", () => {
    it("prints what git can apply, and nothing else", async () => {
      write("a b/Dockerfile", single);
      write("é/Dockerfile", single.replaceAll("\n", "\r\n"));
      write("c/api.dockerfile", single.trimEnd());
      write("d/Dockerfile", nothing);
      const entries = await entriesOf();
      const { code, stdout, stderr } = await run(["split", "--diff", place("a b"), "./é", "c", "d"]);
      assert.equal(code, 0);
      assert.ok(stdout.startsWith("--- a/a b/Dockerfile\t\n"), stdout);
      assert.ok(stderr.includes("d/Dockerfile: not split: "), stderr);
      assert.ok(stderr.includes(`c/api.dockerfile: check: ${entries[1]!.assumptions[0]}\n`), stderr);
      write("split.patch", stdout);
      execFileSync("git", ["apply", "--whitespace=nowarn", "split.patch"], { cwd: place(), stdio: "pipe" });
      for (const { file, before, after } of entries) assert.equal(read(file), after ?? before, file);
    });

    it("has no colours for another program, whatever the environment says", async () => {
      write("Dockerfile", single);
      const { stdout } = await run(["split", "--diff"], { env: { FORCE_COLOR: "1" } });
      assert.ok(stdout.startsWith("--- a/Dockerfile\n+++ b/Dockerfile\n@@ "), stdout);
    });

    it("is empty where nothing is split", async () => {
      write("Dockerfile", nothing);
      const { code, stdout } = await run(["split", "--diff"]);
      assert.deepEqual([code, stdout], [0, ""]);
    });
  });

  it("knows the files of the project beside the Dockerfile", async () => {
    // What the package starts is not said in the Dockerfile.
    const before =
      "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nCMD npm start\n";
    write("known/Dockerfile", before);
    write("known/package.json", '{"scripts": {"build": "tsc --outDir made", "start": "node made/main.js"}}');
    write("unknown/Dockerfile", before);
    const [known, unknown] = await entriesOf("known", "unknown");
    assert.notDeepEqual(
      [known!.reason, known!.after, known!.assumptions],
      [unknown!.reason, unknown!.after, unknown!.assumptions],
    );
  });

  for (const [args, complaint] of [
    [["split", "--write", "--diff"], "--write and --diff do not go together"],
    [["split", "--write", "-"], "standard input cannot be changed"],
    [["split", "--diff", "--format", "json"], "--diff does not go together with --format json"],
    [["split", "--base="], "--base names no image"],
    [["split", "--fix"], "--fix is for check, not for split"],
    [["check", "--write"], "--write is for split, not for check"],
    [["graph", "--base", "alpine"], "--base is for split, not for graph"],
  ] as const) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.ok(stderr.startsWith(`dockerfile-stages: ${complaint}\n`), stderr);
    });
  }
});
