import assert from "node:assert/strict";
import { type Content, contentOf } from "../../client/src/sizes/content.ts";
import type { HistoryEntry } from "../../client/src/sizes/history.ts";
import { type Compared, comparison, summary } from "../../client/src/sizes/table.ts";
import { shipped } from "../../server/src/features/graph/ship.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { alone } from "../../server/src/workspace/neighbours.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const text = `FROM golang:1.22 AS build
RUN make
FROM debian:12-slim AS base
RUN apt-get install -y ca-certificates
ONBUILD COPY a.txt /
FROM base
WORKDIR /app
COPY --from=build /out/app .
COPY src conf ./
COPY <<EOF /hello
hi
EOF
ADD https://example.com/a.tgz /
COPY --from=busybox:1 /bin/sh b ./
CMD ["./app"]
`;

const history: readonly HistoryEntry[] = [
  { createdBy: 'CMD ["./app"]', size: 0 },
  { createdBy: "COPY /bin/sh b ./ # buildkit", size: 1 },
  { createdBy: "ADD https://example.com/a.tgz / # buildkit", size: 20 },
  { createdBy: "COPY <<EOF /hello # buildkit", size: 300 },
  { createdBy: "COPY src conf ./ # buildkit", size: 4000 },
  { createdBy: "COPY /out/app . # buildkit", size: 50_000 },
  { createdBy: "WORKDIR /app", size: 0 },
  { createdBy: "COPY a.txt / # buildkit", size: 600_000 },
  { createdBy: "RUN /bin/sh -c apt-get install -y ca-certificates # buildkit", size: 7_000_000 },
  { createdBy: '/bin/sh -c #(nop)  CMD ["bash"]', size: 0 },
  { createdBy: "/bin/sh -c #(nop) ADD file:1 in / ", size: 80_000_000 },
];

function content(source: string, entries: readonly HistoryEntry[]): Content {
  const analysis = analyze(source);
  const graph = stageGraph(analysis, "file:///Dockerfile", 1, { scratch: true });
  return contentOf(entries, graph, shipped(analysis, 1, {}, alone));
}

describe("of what an image consists", () => {
  it("is told by its history, through the stages that it is built on", () => {
    const { size, base, baseName, parts } = content(text, history);
    assert.deepEqual([size, base, baseName], [87_654_321, 80_000_000, "debian:12-slim"]);
    assert.deepEqual(
      parts.map((part) => [part.origin, part.size, part.stage, part.text]),
      [
        ["run", 7_000_000, "base", "RUN apt-get install -y ca-certificates"],
        ["other", 600_000, "stage 2", "COPY a.txt /"],
        ["other", 0, "stage 2", "WORKDIR /app"],
        ["stage", 50_000, "stage 2", "COPY --from=build /out/app ."],
        ["context", 4000, "stage 2", "COPY src conf ./"],
        ["text", 300, "stage 2", "COPY <<EOF /hello"],
        ["remote", 20, "stage 2", "ADD https://example.com/a.tgz /"],
        ["image", 1, "stage 2", "COPY --from=busybox:1 /bin/sh b ./"],
      ],
    );
  });

  it("is known as far as history and file agree", () => {
    const { size, base, parts } = content(text, history.toSpliced(6, 1));
    assert.deepEqual([size, base], [87_654_321, null]);
    assert.deepEqual(
      parts.map((part) => part.size),
      [50_000, 4000, 300, 20, 1],
    );
  });

  it("is nothing below the stage where that begins with scratch", () => {
    const { base, baseName } = content("FROM scratch\nCOPY a /\n", [{ createdBy: "COPY a / # buildkit", size: 5 }]);
    assert.deepEqual([base, baseName], [0, ""]);
  });
});

const simple = (size: number, baseName = "alpine", what = "RUN make"): Content => ({
  size,
  baseName,
  base: size - 500,
  parts: [{ text: what, stage: "stage 0", origin: "run", size: 500 }],
});
const compared = (title: string, value: Content | string): Compared =>
  typeof value === "string" ? { title, content: null, problem: value } : { title, content: value, problem: "" };

describe("the table of image sizes", () => {
  it("has a column for each, the difference, and what each consists of", () => {
    const page = comparison(
      "Dockerfile",
      [
        compared("Now", simple(709_000_000, "golang:1.22")),
        compared("After a split: debian:12-slim", content(text, history)),
      ],
      ["Of the platforms only the first is built: linux/arm64."],
    );
    assert.equal(
      page,
      `# Image sizes of Dockerfile

|  | Now | After a split: debian:12-slim |
| --- | ---: | ---: |
| **Image** | **709 MB** | **87.7 MB** |
| Compared with “Now” |  | −621 MB (88 % smaller) |
| Base | 709 MB (golang:1.22) | 80 MB (debian:12-slim) |
| Copied from other stages | 0 B | 50 kB |
| Copied from other images | 0 B | 1 B |
| Copied from the build context | 0 B | 4 kB |
| Written in the Dockerfile | 0 B | 300 B |
| Downloaded | 0 B | 20 B |
| Made by commands | 500 B | 7 MB |
| Other | 0 B | 600 kB |

Of the platforms only the first is built: linux/arm64.

## Now

| What it consists of | Stage | Size | Part |
| --- | --- | ---: | ---: |
| FROM golang:1.22 |  | 709 MB | 100 % |
| RUN make | stage 0 | 500 B | less than 0.1 % |

## After a split: debian:12-slim

| What it consists of | Stage | Size | Part |
| --- | --- | ---: | ---: |
| FROM debian:12-slim |  | 80 MB | 91 % |
| RUN apt-get install -y ca-certificates | base | 7 MB | 8 % |
| COPY a.txt / | stage 2 | 600 kB | 0.7 % |
| COPY --from=build /out/app . | stage 2 | 50 kB | less than 0.1 % |
| COPY src conf ./ | stage 2 | 4 kB | less than 0.1 % |
| COPY \\<\\<EOF /hello | stage 2 | 300 B | less than 0.1 % |
| ADD https://example.com/a.tgz / | stage 2 | 20 B | less than 0.1 % |
| COPY --from=busybox:1 /bin/sh b ./ | stage 2 | 1 B | less than 0.1 % |

Sizes are those of the files in the image, not compressed.
`,
    );
  });

  it("says what was not built, and why", () => {
    const page = comparison("Dockerfile", [compared("Now", "no *space*"), compared("Other", simple(1000))], []);
    assert.match(page, /^\| \*\*Image\*\* \| not built \| \*\*1 kB\*\* \|$/m);
    assert.match(page, /^\| Base \| {2}\| 500 B \(alpine\) \|$/m);
    assert.match(page, /^It could not be built: no \\\*space\\\*$/m);
    assert.doesNotMatch(page, /Compared with/);
  });

  it("shows text as it is", () => {
    const evil = "<img src=x onerror=a()>|`b`\n# [c](d) $e$ **f** &lt;";
    const page = comparison(evil, [compared(evil, simple(1000, evil, evil))], [evil]);
    const plain = page.replaceAll(/\\./g, "").replaceAll(/\*\*(?:Image|1 kB)\*\*/g, "");
    assert.doesNotMatch(
      plain.replaceAll(/^\|.*\|$/gm, (row) => row.replaceAll("|", "")),
      /[`*[\]<$&|]/,
    );
    assert.equal(
      new Set(
        page
          .split("\n")
          .filter((line) => line.startsWith("| "))
          .slice(0, 3)
          .map(columns),
      ).size,
      1,
    );
  });

  it("is one line for a notification", () => {
    const now = compared("Now", simple(709_000_000));
    assert.equal(summary([now, compared("After", simple(95_100_000))]), "709 MB → 95.1 MB (87 % smaller)");
    assert.equal(summary([now, compared("After", simple(709_000_000))]), "709 MB → 709 MB (the same size)");
    assert.equal(summary([now, compared("After", simple(710_000_000))]), "709 MB → 710 MB (0.1 % larger)");
    assert.equal(summary([now, compared("After", "no")]), "709 MB → not built");
    assert.equal(
      summary([now, compared("a", simple(95_100_000)), compared("b", simple(1000))]),
      "Now: 709 MB; a: 95.1 MB (87 % smaller); b: 1 kB (100 % smaller)",
    );
  });
});

const columns = (row: string): number => row.replaceAll(/\\./g, "").split("|").length;
