import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LineIndex } from "../../server/src/text/range.ts";
import { cli, type Finished, place, run, useFolder, version, write } from "../support/command-line.ts";
import { parseMarked } from "../support/marks.ts";

const broken = parseMarked(`
FROM alpine:3.20 AS maker
RUN echo hello > /greeting
FROM alpine:3.20
COPY --from=9 /greeting /greeting
            ^
COPY --from=maker /greeting /greeting
USER nobody
`);
const clean = `FROM alpine:3.20 AS maker
RUN echo hello > /greeting

FROM alpine:3.20
COPY --from=maker /greeting /greeting
USER nobody
`;

/** The line, from 1, on which a part of a text begins for the first time. */
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

interface CheckEntry {
  readonly file: string;
  readonly findings: readonly Record<string, unknown>[];
}

interface GraphEntry {
  readonly file: string;
  readonly stages: readonly Record<string, unknown>[];
}

const parse = ({ stdout }: Finished): unknown => JSON.parse(stdout);
const filesOf = (finished: Finished): string[] => (parse(finished) as { file: string }[]).map(({ file }) => file);
const trouble = (...lines: readonly string[]): string => lines.map((line) => `dockerfile-stages: ${line}\n`).join("");

describe("command line", () => {
  useFolder();

  describe("check", () => {
    it("says nothing about a clean file and exits with 0", async () => {
      write("Dockerfile", clean);
      assert.deepEqual(await run(["check", "Dockerfile"]), { code: 0, stdout: "", stderr: "" });
    });

    it("prints findings with their place and exits with 1", async () => {
      write("Dockerfile", broken.text);
      const { code, stdout, stderr } = await run(["check", "Dockerfile"]);
      const { start } = new LineIndex(broken.text).range(broken.ranges[0]!.span);
      const head = new RegExp(
        String.raw`^Dockerfile:${start.line + 1}:${start.character + 1} error .+ \[StageIndexOutOfRange\]$`,
        "m",
      );
      assert.match(stdout, head);
      assert.match(stdout, / \| COPY --from=9 \/greeting \/greeting\n +\| {13}\^\n/);
      assert.match(stdout, /^\d+ findings? in 1 file: 1 error/m);
      assert.equal(stderr, "");
      assert.equal(code, 1);
    });

    it("takes the last line for complete, also without a line ending", async () => {
      write("Dockerfile", `${clean}COPY x`);
      const { code, stdout } = await run(["check", "Dockerfile"]);
      assert.match(
        stdout,
        new RegExp(`^Dockerfile:${lineOf(clean, "USER") + 1}:1 error .+ \\[MissingArgument\\]$`, "m"),
      );
      assert.equal(code, 1);
    });

    it("prints JSON of the documented shape", async () => {
      write("Dockerfile", broken.text);
      write("clean.dockerfile", clean);
      const finished = await run(["check", "--format", "json", "Dockerfile", "clean.dockerfile"]);
      const entries = parse(finished) as CheckEntry[];
      assert.deepEqual(
        entries.map((entry) => [Object.keys(entry), entry.file]),
        [
          [["file", "findings"], "Dockerfile"],
          [["file", "findings"], "clean.dockerfile"],
        ],
      );
      for (const finding of entries[0]!.findings) {
        const types = Object.fromEntries(Object.entries(finding).map(([key, value]) => [key, typeof value]));
        assert.deepEqual(types, {
          rule: "string",
          severity: "string",
          message: "string",
          line: "number",
          column: "number",
          endLine: "number",
          endColumn: "number",
          fixable: "boolean",
        });
        assert.ok(["error", "warning", "information", "hint"].includes(finding["severity"] as string));
      }
      const { start, end } = new LineIndex(broken.text).range(broken.ranges[0]!.span);
      const found = entries[0]!.findings.find(({ rule }) => rule === "StageIndexOutOfRange");
      assert.ok(found);
      const { line, column, endLine, endColumn, severity } = found;
      assert.deepEqual(
        { line, column, endLine, endColumn, severity },
        {
          line: start.line + 1,
          column: start.character + 1,
          endLine: end.line + 1,
          endColumn: end.character + 1,
          severity: "error",
        },
      );
      assert.deepEqual(entries[1]!.findings, []);
      assert.equal(finished.code, 1);
    });

    it("does not count a byte order mark as a column", async () => {
      const text = 'FROM a AS "';
      write("plain.dockerfile", text);
      write("marked.dockerfile", `\ufeff${text}`);
      const entries = parse(
        await run(["check", "--format", "json", "plain.dockerfile", "marked.dockerfile"]),
      ) as CheckEntry[];
      assert.ok(entries[0]!.findings.length > 0);
      assert.deepEqual(entries[1]!.findings, entries[0]!.findings);
    });

    it("shows characters that a terminal would obey", async () => {
      write("Dockerfile", "FROM a\nCOPY --from=9 /\u001b[2J /\u202e\n");
      const { stdout } = await run(["check", "Dockerfile"]);
      assert.match(stdout, /COPY --from=9 \/␛\[2J \/�\n/);
      assert.equal(stdout.includes("\u001b") || stdout.includes("\u202e"), false);
    });
  });

  describe("graph", () => {
    it("lists the stages", async () => {
      write("Dockerfile", clean);
      const { code, stdout, stderr } = await run(["graph", "Dockerfile"]);
      const [first, second] = [lineOf(clean, "FROM"), lineOf(clean, "FROM alpine:3.20\n")];
      assert.deepEqual(stdout.split("\n"), [
        "Dockerfile: 2 stages",
        `  0  maker             line ${first}  FROM alpine:3.20`,
        `  1  stage 1 (target)  line ${second}  FROM alpine:3.20`,
        `       COPY from maker (stage 0)  line ${lineOf(clean, "COPY")}`,
        "",
      ]);
      assert.equal(stderr, "");
      assert.equal(code, 0);
    });

    it("prints JSON of the documented shape, and exits with 0 for a file with errors", async () => {
      write("Dockerfile", broken.text);
      const finished = await run(["graph", "--format=json", "Dockerfile"]);
      const [first, second] = [lineOf(broken.text, "FROM"), lineOf(broken.text, "FROM alpine:3.20\n")];
      const image = {
        kind: "from",
        stage: null,
        image: "alpine:3.20",
        sources: [],
        destination: null,
        mount: null,
      };
      const copy = {
        kind: "copy",
        stage: 0,
        image: null,
        line: lineOf(broken.text, "COPY --from=maker"),
        sources: ["/greeting"],
        destination: "/greeting",
        mount: null,
      };
      assert.deepEqual(parse(finished), [
        {
          file: "Dockerfile",
          target: 1,
          stages: [
            {
              index: 0,
              name: "maker",
              line: first,
              base: "alpine:3.20",
              dependsOn: [{ ...image, line: first }],
              role: "files",
              needed: true,
              neededByDefault: true,
            },
            {
              index: 1,
              name: null,
              line: second,
              base: "alpine:3.20",
              dependsOn: [{ ...image, line: second }, copy],
              role: "runtime",
              needed: true,
              neededByDefault: true,
            },
          ],
        },
      ]);
      assert.equal(finished.code, 0);
    });

    it("draws one file", async () => {
      write("Dockerfile", clean);
      const mermaid = await run(["graph", "--format", "mermaid", "Dockerfile"]);
      assert.match(mermaid.stdout, /^flowchart LR\n/);
      assert.match(mermaid.stdout, /^ {2}s0\["maker<br\/>#40;files#41;"\]$/m);
      assert.match(mermaid.stdout, /^ {2}s0 -\.->\|"\/\S+ → \/\S+"\| s1$/m);
      const dot = await run(["graph", "--format", "dot", "Dockerfile"]);
      assert.match(dot.stdout, /^digraph stages \{\n/);
      assert.match(dot.stdout, /^ {2}"s0" -> "s1" \[style=dashed, label="\/\S+ → \/\S+"\];$/m);
      assert.deepEqual([mermaid.code, dot.code], [0, 0]);
    });

    it("takes a target", async () => {
      write("Dockerfile", clean);
      const { code, stdout } = await run(["graph", "--target", "Maker", "Dockerfile"]);
      assert.match(stdout, /^ {2}0 {2}maker \(target\) {2}/m);
      assert.match(stdout, /^ {2}1 {2}stage 1 \(not needed\) {2}/m);
      assert.equal(code, 0);
      const json = parse(await run(["graph", "--target=0", "--format=json", "Dockerfile"])) as { target: number }[];
      assert.deepEqual(
        json.map(({ target }) => target),
        [0],
      );
      const unknown = await run(["graph", "--target", "web", "Dockerfile"]);
      assert.deepEqual(unknown, { code: 2, stdout: "", stderr: trouble("Dockerfile: has no stage 'web'") });
    });

    it("draws several files, and leaves out those with trouble", async () => {
      write("a.dockerfile", clean);
      write("b.dockerfile", clean);
      for (const [format, part] of [
        ["mermaid", /^ {2}subgraph f\d\["(.+)"\]$/gm],
        ["dot", /^ {4}label="(.+)";$/gm],
      ] as const) {
        const { code, stdout, stderr } = await run([
          "graph",
          "--format",
          format,
          "a.dockerfile",
          "none",
          "b.dockerfile",
        ]);
        assert.deepEqual(
          [...stdout.matchAll(part)].map((match) => match[1]),
          ["a.dockerfile", "b.dockerfile"],
        );
        assert.equal(stderr, trouble("none: no such file or directory"));
        assert.equal(code, 2);
      }
    });
  });

  describe("files", () => {
    it("searches folders for Dockerfiles, in alphabetical order", async () => {
      const wanted = [
        ".devcontainer/Dockerfile",
        "Containerfile",
        "Containerfile.dev",
        "Dockerfile",
        "Dockerfile.prod",
        "a/b/api.Dockerfile",
        "a/web.dockerfile",
        "b/x.containerfile",
        "dockerfile",
      ];
      // Where file names have no case, two of them are one file.
      const names = process.platform === "linux" ? wanted : wanted.slice(0, -1);
      for (const name of names) write(name, clean);
      for (const name of [
        "node_modules/x/Dockerfile",
        ".git/Dockerfile",
        "Dockerfile.dockerignore",
        "MyDockerfile",
        "dockerfile.ts",
      ]) {
        write(name, "no Dockerfile");
      }
      const none = await run(["check", "--format", "json"]);
      assert.deepEqual(filesOf(none), names);
      assert.equal(none.code, 0);
      assert.deepEqual(filesOf(await run(["check", "--format", "json", "."])), names);
      assert.deepEqual(filesOf(await run(["check", "--format", "json", "a"])), [
        "a/b/api.Dockerfile",
        "a/web.dockerfile",
      ]);
      assert.deepEqual(filesOf(await run(["check", "--format", "json", "./a/"])), [
        "./a/b/api.Dockerfile",
        "./a/web.dockerfile",
      ]);
    });

    it("expands globs", async () => {
      for (const name of ["a/Dockerfile", "b/Dockerfile", "b/node_modules/Dockerfile", "c/other"]) write(name, clean);
      assert.deepEqual(filesOf(await run(["check", "--format", "json", "*/Dockerfile"])), [
        "a/Dockerfile",
        "b/Dockerfile",
      ]);
      assert.deepEqual(filesOf(await run(["check", "--format", "json", "**/Dockerfile"])), [
        "a/Dockerfile",
        "b/Dockerfile",
      ]);
      assert.deepEqual(filesOf(await run(["check", "--format", "json", "./{a,c}/*"])), ["./a/Dockerfile", "./c/other"]);
      const absolute = `${place().replaceAll("\\", "/")}/*/Dockerfile`;
      assert.deepEqual(
        filesOf(await run(["check", "--format", "json", absolute])),
        ["a", "b"].map((name) => absolute.replace("*", name)),
      );
    });

    it("takes a file whose name looks like a glob", async () => {
      write("[id].dockerfile", clean);
      write("i.dockerfile", clean);
      assert.deepEqual(filesOf(await run(["check", "--format", "json", "[id].dockerfile"])), ["[id].dockerfile"]);
    });

    it("takes each file once, as it is written first", async () => {
      write("a/Dockerfile", clean);
      const names = ["./a/Dockerfile", "a/Dockerfile", place("a/Dockerfile"), "a", "*/Dockerfile"];
      assert.deepEqual(filesOf(await run(["check", "--format", "json", ...names])), ["./a/Dockerfile"]);
    });

    it("reads standard input, once", async () => {
      const finished = await run(["check", "--format", "json", "-", "-"], { stdin: broken.text });
      assert.deepEqual(filesOf(finished), ["-"]);
      assert.equal(finished.code, 1);
      assert.equal((await run(["check", "-"], { stdin: clean })).code, 0);
      assert.deepEqual(await run(["check", "-"], { stdin: "" }), {
        code: 2,
        stdout: "",
        stderr: trouble("-: is empty"),
      });
      const binary = await run(["check", "-"], { stdin: Buffer.from([0x46, 0, 1, 2]) });
      assert.deepEqual(binary, { code: 2, stdout: "", stderr: trouble("-: is not a text file") });
    });

    it("takes a name behind -- that begins with a dash", async () => {
      write("--format", broken.text);
      const { code, stdout } = await run(["check", "--", "--format"]);
      assert.match(stdout, /^--format:\d+:\d+ error /);
      assert.equal(code, 1);
    });
  });

  describe("trouble", () => {
    const binary = Buffer.concat([Buffer.from("FROM a\n"), Buffer.from([0, 1, 2, 255])]);
    const latin1 = Buffer.from("# caf\u00e9\nFROM a\n", "latin1");
    const cases: readonly (readonly [string, string | Buffer | null, string])[] = [
      ["none", null, "no such file or directory"],
      ["none/Dockerfile", null, "no such file or directory"],
      ["*.none", null, "no file matches"],
      ["", null, "no such file or directory"],
      ["empty", "", "is empty"],
      ["blank", " \n\t\n", "is empty"],
      ["mark", "\ufeff", "is empty"],
      ["comment", "# syntax=docker/dockerfile:1\n# nothing\n", "has no instructions"],
      ["binary", binary, "is not a text file"],
      ["latin1", latin1, "is not a text file: it is not encoded as UTF-8"],
      ["utf16le", Buffer.from("\ufeffFROM a\n", "utf16le"), "is encoded as UTF-16, and Docker reads UTF-8"],
      ["utf16be", Buffer.from("\ufeffFROM a\n", "utf16le").swap16(), "is encoded as UTF-16, and Docker reads UTF-8"],
      ["large", Buffer.alloc(33 * 1024 * 1024, "#"), "is larger than 32 MB"],
    ];
    for (const [name, content, reason] of cases) {
      it(`in one file (${name === "" ? "no name" : name}): says so, exits with 2, and the others are processed`, async () => {
        write("first.dockerfile", broken.text);
        write("last.dockerfile", clean);
        if (content !== null) write(name, content);
        const stderr = trouble(`${name || "''"}: ${reason}`);
        for (const command of ["check", "graph", "split"]) {
          const [finished, good, mixed] = await Promise.all([
            run([command, "--format", "json", "first.dockerfile", name, "last.dockerfile"]),
            run([command, "first.dockerfile", "last.dockerfile"]),
            run([command, name, "first.dockerfile", "last.dockerfile"]),
          ]);
          assert.deepEqual(filesOf(finished), ["first.dockerfile", "last.dockerfile"], command);
          assert.equal(finished.stderr, stderr, command);
          assert.equal(finished.code, 2, command);
          assert.deepEqual(mixed, { code: 2, stdout: good.stdout, stderr }, command);
        }
      });
    }

    it("names a folder without Dockerfiles", async () => {
      write("folder/readme", "nothing");
      write("Dockerfile", clean);
      const finished = await run(["check", "--format", "json", "folder", "Dockerfile"]);
      assert.deepEqual(filesOf(finished), ["Dockerfile"]);
      assert.equal(finished.stderr, trouble("folder: no Dockerfiles in this folder"));
      assert.equal(finished.code, 2);
    });

    it("prints an empty array where no file can be read", async () => {
      assert.deepEqual(await run(["check", "--format", "json", "none"]), {
        code: 2,
        stdout: "[]\n",
        stderr: trouble("none: no such file or directory"),
      });
    });

    if (process.platform !== "win32") {
      it("says what is wrong with links and devices", async () => {
        symlinkSync("nowhere", place("Dockerfile.broken"));
        symlinkSync("Dockerfile.loop", place("Dockerfile.loop"));
        symlinkSync(".", place("again"));
        write("good/Dockerfile", clean);
        const { code, stdout, stderr } = await run(["check", "/dev/null", "."]);
        const lines = trouble(
          "/dev/null: is not a file",
          "Dockerfile.broken: no such file or directory",
          "Dockerfile.loop: too many symbolic links encountered",
        );
        assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: lines });
      });

      it("says which files and folders it may not read", async () => {
        write("Dockerfile", broken.text);
        write("locked.dockerfile", clean);
        write("inside/locked/Dockerfile", clean);
        // Root may read everything, so the command gives that up first; and then it may not read this checkout.
        const script = place("cli.js");
        copyFileSync(cli, script);
        copyFileSync(path.join(path.dirname(cli), "command-line.js"), place("command-line.js"));
        const giveUp = place("give-up.cjs");
        writeFileSync(
          giveUp,
          "if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }",
        );
        chmodSync(place(), 0o755);
        chmodSync(place("locked.dockerfile"), 0);
        chmodSync(place("inside/locked"), 0);
        const options = { script, node: ["--require", giveUp] };
        for (const names of [["."], ["Dockerfile", "locked.dockerfile", "inside/**/Dockerfile"]]) {
          const { code, stdout, stderr } = await run(["check", ...names], options);
          assert.match(stdout, /^Dockerfile:\d+:\d+ error/);
          assert.match(stderr, /^dockerfile-stages: locked\.dockerfile: permission denied$/m);
          assert.match(stderr, /^dockerfile-stages: \S*inside\/locked\/?: permission denied$/m);
          assert.equal(code, 2);
        }
        chmodSync(place("inside/locked"), 0o755);
      });
    }
  });

  describe("arguments", () => {
    it("prints help and version", async () => {
      const help = await run(["--help"]);
      assert.match(help.stdout, /^Usage: dockerfile-stages COMMAND/);
      assert.equal(help.code, 0);
      assert.deepEqual(await run(["check", "-h"]), help);
      assert.deepEqual(await run(["--version"]), { code: 0, stdout: `${version}\n`, stderr: "" });
    });

    const misuses: readonly (readonly [readonly string[], string, string])[] = [
      [[], "no command given", "Try: dockerfile-stages --help"],
      [["chek"], "unknown command 'chek'", "Did you mean: dockerfile-stages check"],
      [["format"], "unknown command 'format'", "Try: dockerfile-stages --help"],
      [["toString"], "unknown command 'toString'", "Try: dockerfile-stages --help"],
      [["Dockerfile"], "unknown command 'Dockerfile'", "Did you mean: dockerfile-stages check Dockerfile"],
      [["-"], "unknown command '-'", "Did you mean: dockerfile-stages check -"],
      [["check", "--colour"], "unknown option '--colour'", "Try: dockerfile-stages --help"],
      [["check", "-x"], "unknown option '-x'", "Try: dockerfile-stages --help"],
      [["check", "--format"], "option '--format <value>' argument missing", "Try: dockerfile-stages --help"],
      [["check", "--help=yes"], "option '-h, --help' does not take an argument", "Try: dockerfile-stages --help"],
      [["check", "--format", "dot"], "unknown format 'dot' for check", "There are: text, json, sarif, github"],
      [["graph", "--format", "svg"], "unknown format 'svg' for graph", "There are: text, json, mermaid, dot"],
    ];
    for (const [args, reason, hint] of misuses) {
      it(`refuses: dockerfile-stages ${args.join(" ")}`, async () => {
        write("Dockerfile", clean);
        assert.deepEqual(await run(args), { code: 2, stdout: "", stderr: `${trouble(reason)}${hint}\n` });
      });
    }
  });

  describe("output", () => {
    it("has colours only where they are wanted", async () => {
      write("Dockerfile", broken.text);
      const coloured = (finished: Finished): boolean => finished.stdout.includes("\u001b[");
      assert.equal(coloured(await run(["check"])), false);
      assert.equal(coloured(await run(["check"], { env: { FORCE_COLOR: "1" } })), true);
      assert.equal(coloured(await run(["check"], { env: { FORCE_COLOR: "0" } })), false);
      assert.equal(coloured(await run(["check"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })), false);
      assert.equal(coloured(await run(["check", "--format", "json"], { env: { FORCE_COLOR: "1" } })), false);
    });

    it("reaches a slow reader to the last byte", async () => {
      const count = 10_000;
      write("Dockerfile", Array.from({ length: count }, (_, i) => `FROM image-${i} AS s${i}\n`).join(""));
      const finished = await run(["graph", "--format", "json"], { readAfter: 500 });
      assert.equal((parse(finished) as GraphEntry[])[0]!.stages.length, count);
      assert.equal(finished.code, 0);
    });

    it("ends quietly when the reader goes away", async () => {
      for (let i = 0; i < 50; i++) {
        write(`${i}.dockerfile`, Array.from({ length: 2000 }, (_, n) => `FROM image-${n} AS s${n}\n`).join(""));
      }
      const child = spawn(process.execPath, [cli, "graph"], { cwd: place(), stdio: ["ignore", "pipe", "pipe"] });
      let stderr = "";
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.stdout.once("data", () => child.stdout.destroy());
      const ended = await new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
      assert.deepEqual({ ended, stderr }, { ended: { code: 0, signal: null }, stderr: "" });
    });

    it("is the same every time", async () => {
      for (const name of ["c", "a", "b"]) write(`${name}/Dockerfile`, broken.text);
      for (const args of [["check"], ["graph"], ["split"], ["graph", "--format", "mermaid"]]) {
        assert.deepEqual(await run(args), await run(args));
      }
    });
  });

  it("keeps no file in memory once it is done", async () => {
    const lines = Array.from({ length: 800 }, (_, i) => `RUN echo ${i} && cd /tmp/${i}`);
    const text = ["FROM alpine AS base", ...lines, "FROM base", "COPY --from=9 a b", ""].join("\n");
    const count = 300;
    for (let i = 0; i < count; i++) write(`${i}.dockerfile`, text);
    const finished = await run(["check", "--format", "json"], { node: ["--max-old-space-size=48"] });
    assert.equal(finished.stderr, "");
    assert.equal(filesOf(finished).length, count);
  }).timeout(30_000);
});
