import assert from "node:assert/strict";
import fc from "fast-check";
import { scan } from "../../server/src/dockerfile/scan.ts";
import { rules } from "../../server/src/rules/index.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { makeDockerfile } from "../bench/documents.ts";
import { exampleTexts, richText, sampleTexts } from "../support/texts.ts";

const made = makeDockerfile({ lines: 120, stages: 6 }).text;
/** What a shell reads beside plain commands. */
const shellText = `FROM alpine
ARG DIR=/etc
RUN { echo a; echo "$DIR"; } > /etc/list && (cd /srv; ls) 2> /dev/null
RUN if true; then ls $DIR; fi > /out; export A=b; echo 'c
RUN <<EOF
for each in a b; do echo $each; done >> /each
EOF
`;
const files = [made, made.replaceAll("\n", "\r\n"), richText, shellText, ...sampleTexts().values()];
const texts = [...files, ...exampleTexts()];

const findings = (analysis: Analysis): unknown[] =>
  runRules(analysis, rules, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  }).map(({ rule, ...finding }) => ({ ...finding, rule: rule.id }));

const scripts = (analysis: Analysis): unknown[] =>
  analysis.dockerfile.instructions.map((instruction) => analysis.script(instruction));

/** A version knows what it would know without those before it. */
function assertSame(version: Analysis): void {
  const { text } = version;
  assert.deepEqual(version.dockerfile, scan(text));
  assert.deepEqual(scripts(version), scripts(analyze(text)), text);
  assert.deepEqual(findings(version), findings(analyze(text)), text);
}

/** What people type, and what changes the meaning of what stands behind it. */
const typed = fc.constantFrom(
  ..."abcFROM \n\\$\"'#`{}=-:/,<[]0 x ".split(""),
  ...'\r\n|\\\n|FROM |FROM alpine AS x\n|COPY --from=|RUN |ARG A=1\n|ENV B=$A\n|ONBUILD |WORKDIR x\n|<<EOF\n|EOF\n|# check=skip=all\n|# escape=`\n| && rm -rf /opt|SHELL ["cmd"]\n|EXPOSE 80:80\n|export |/opt/venv|cron'.split(
    "|",
  ),
);

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.constantFrom(0, 0, 0, 1, 1, 12, 80),
  insert: fc.oneof(typed, fc.constant("")),
  /** Whether the editor wants to know what is wrong with this version. */
  asks: fc.boolean(),
});

/** What is changed, and in what stays as it is another thing is to be said. */
const elsewhere: readonly (readonly [string, string, string])[] = [
  [
    "a build arg in front of the first FROM",
    "ARG DIR=out",
    `ARG DIR=src
FROM scratch AS build
ARG DIR
WORKDIR /$DIR
COPY . .
FROM alpine
COPY --from=build /out/app /app
`,
  ],
  [
    "the ENV of the stage below",
    "ENV OTHER=/app",
    `FROM alpine AS base
ENV DIR=/app
FROM base
WORKDIR $DIR
RUN echo $DIR
`,
  ],
  [
    "the directory of the stage below",
    "WORKDIR /srv",
    `FROM scratch AS base
WORKDIR /app
FROM base AS build
COPY . .
FROM alpine
COPY --from=build /app/x /x
`,
  ],
  [
    "the image that a stage is built on in the end",
    "FROM golang:1.25 AS base",
    `FROM alpine AS base
FROM base AS build
RUN echo 1
WORKDIR $GOPATH/src
FROM alpine
COPY --from=build /go/bin /bin
`,
  ],
  [
    "the name of the stage that FROM names",
    "FROM scratch AS other",
    `FROM scratch AS base
FROM base AS build
COPY . /src
FROM alpine
COPY --from=build /out/app /app
`,
  ],
  [
    "the shell of the stage below",
    'SHELL ["cmd", "/c"]',
    `ARG A=1
FROM example.com/team/image AS base
SHELL ["/bin/sh", "-c"]
FROM base
RUN echo $A
`,
  ],
  [
    "a variable of another stage that names a directory",
    "ENV OUT=/lib",
    `FROM alpine AS other
ENV OUT=/out
FROM alpine AS build
WORKDIR /src
COPY . .
RUN cargo build --release && rm -rf /out
RUN cargo install x
FROM alpine
COPY --from=other /etc/x /x
COPY --from=build /out/app /app
`,
  ],
  [
    "the ENV of another stage",
    "ENV B=1",
    `FROM alpine AS other
ENV A=1
FROM alpine
COPY --from=other /etc/x /x
RUN echo $A
`,
  ],
  [
    "the build arg of another stage",
    "ARG B=1",
    `FROM alpine AS other
ARG A=1
FROM alpine
COPY --from=other /etc/x /x
RUN echo $A
`,
  ],
  [
    "what is behind ONBUILD below",
    "ONBUILD ENV B=1",
    `FROM alpine AS base
ONBUILD ENV A=1
FROM base
WORKDIR /srv/$A
`,
  ],
  [
    "whether the last stage needs a stage",
    "FROM alpine",
    `FROM alpine AS base
ONBUILD WORKDIR $A
FROM base AS build
RUN ls
FROM build
`,
  ],
  [
    "a reference that makes a split impossible",
    "COPY --from=later /x /x",
    `FROM alpine AS other
COPY --from=busybox /x /x
FROM golang:1.25 AS later
WORKDIR /src
COPY . .
RUN go build -o /app .
CMD ["/app"]
`,
  ],
  [
    "a line in front of the first FROM that makes a split impossible",
    "RUN ls",
    `ARG A=1
FROM golang:1.25
WORKDIR /src
COPY . .
RUN go build -o /app .
CMD ["/app"]
`,
  ],
  [
    "the escape character",
    "# escape=`",
    `# escape=\\
FROM alpine
RUN echo \\
  a
`,
  ],
];

/** The text with another line in place of the first that can be changed. */
function withLine(text: string, line: string): string {
  const lines = text.split("\n");
  const word = line.split(" ", 1)[0]!;
  const start = line === "FROM alpine" ? lines.findLastIndex((one) => one.startsWith(word)) : 0;
  const at = lines.findIndex((one, i) => i >= start && one.startsWith(word));
  return lines.with(Math.max(at, 0), line).join("\n");
}

describe("a version that follows another", () => {
  for (const [what, line, text] of elsewhere) {
    it(`sees a change elsewhere: ${what}`, () => {
      const changed = withLine(text, line);
      const messages = (one: string): unknown[] =>
        runRules(analyze(one), rules, () => {}).map(({ message, refactoring }) => [message, refactoring]);
      assert.notDeepEqual(messages(text), messages(changed), "nothing else is to be said");
      for (const [before, after] of [
        [text, changed],
        [changed, text],
      ]) {
        const first = analyze(before!);
        findings(first);
        const second = new Analysis(after!, first);
        assertSame(second);
        assertSame(new Analysis(before!, second));
      }
    });
  }

  it("says what it would say alone, whatever was changed before", () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 8 }), (text, edits) => {
        let version = analyze(text);
        findings(version);
        for (const { at, remove, insert, asks } of edits) {
          const start = Math.floor(at * version.text.length);
          const after = version.text.slice(0, start) + insert + version.text.slice(start + remove);
          version = new Analysis(after, version);
          if (asks) assertSame(version);
        }
        assertSame(version);
      }),
      { numRuns: 1500 },
    );
  }).timeout(240_000);

  it("says so at each character that is typed or removed, at any line", () => {
    for (const text of files) {
      let version = analyze(text);
      const lines = text.split("\n");
      let at = 0;
      for (const line of lines.slice(0, 60)) {
        const place = at + Math.floor(line.length / 2);
        for (const after of [
          `${text.slice(0, place)}x${text.slice(place)}`,
          text.slice(0, place) + text.slice(place + 1),
          text,
        ]) {
          version = new Analysis(after, version);
          assertSame(version);
        }
        at += line.length + 1;
      }
    }
  }).timeout(240_000);

  it("does not mind who else follows the one before", () => {
    const first = analyze(made);
    findings(first);
    const [one, other] = ["ENV A=/one\n", "ENV A=/two\nRUN rm -rf /opt\n"].map(
      (line) => new Analysis(made.replace("CMD", `${line}CMD`), first),
    );
    for (const version of [one!, first, other!, one!]) assertSame(version);
  });
});
