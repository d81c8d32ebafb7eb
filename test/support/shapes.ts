const times = (count: number, make: (i: number) => string, between = "\n"): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(between);

/** A Dockerfile of a shape that nobody types, but that a server must get through in time. */
export interface Shape {
  readonly title: string;
  /** The size that the shape is tested with: how many lines, stages, words or characters it has. */
  readonly size: number;
  readonly make: (size: number) => string;
}

const outOfScope = "ARG V=1\nFROM alpine\n";

/** Each is large in one way in which work could grow faster than the text. */
export const shapes: readonly Shape[] = [
  // Lines
  { title: "comments", size: 20_000, make: (n) => `FROM alpine\n${times(n, (i) => `# comment ${i} $V`)}\nRUN x\n` },
  { title: "comments like directives", size: 20_000, make: (n) => `${times(n, () => "# syntax=x")}\nFROM alpine\n` },
  { title: "blank lines", size: 200_000, make: (n) => `FROM alpine\n${"\n".repeat(n)}RUN x\n` },
  {
    title: "continuation lines",
    size: 20_000,
    make: (n) => `${outOfScope}RUN a \\\n${times(n, (i) => ` && b${i} $V \\`)}\n && c\n`,
  },
  {
    title: "comments in a RUN",
    size: 20_000,
    make: (n) => `${outOfScope}RUN echo $V \\\n${times(n, () => "# $V")}\n && c\n`,
  },
  {
    title: "continuations that dangle",
    size: 20_000,
    make: (n) => `FROM alpine\n${times(n, () => "RUN a \\\n# comment\n")}`,
  },
  {
    title: "a heredoc for the shell",
    size: 20_000,
    make: (n) => `${outOfScope}RUN <<EOF\n${times(n, (i) => `echo ${i} $V`)}\nEOF\n`,
  },
  {
    title: "a heredoc for a file",
    size: 20_000,
    make: (n) => `${outOfScope}COPY <<EOF /x\n${times(n, (i) => `${i} $V`)}\nEOF\n`,
  },
  {
    title: "heredocs without an end",
    size: 10_000,
    make: (n) => `FROM alpine\n${times(n, (i) => `RUN <<E${i}\necho`)}\n`,
  },
  {
    title: "lone carriage returns",
    size: 200_000,
    make: (n) => `FROM alpine\r${"RUN x\r".repeat(n)}\nRUN y${"\r".repeat(n)}\n`,
  },

  // Stages
  {
    title: "stages, each from the one above",
    size: 5000,
    make: (n) => `FROM alpine AS s0\n${times(n, (i) => `FROM s${i} AS s${i + 1}\nARG V=1\nRUN echo $V $W`)}\n`,
  },
  {
    title: "a chain of stages with an arg each",
    size: 5000,
    make: (n) =>
      `FROM alpine AS s0\n${times(n, (i) => `FROM s${i} AS s${i + 1}\nARG V${i}=1\nRUN echo $V${(i * 7919) % n}`)}\n`,
  },
  {
    title: "stages that copy from the one above",
    size: 5000,
    make: (n) =>
      `FROM alpine AS s0\n${times(n, (i) => `FROM alpine AS s${i + 1}\nCOPY --from=s${i} /a /b\nRUN --mount=from=s${i},target=/x ls`)}\n`,
  },
  {
    title: "stages that copy from the one below",
    size: 5000,
    make: (n) => `${times(n, (i) => `FROM alpine AS s${i}\nCOPY --from=s${i + 1} /a /b`)}\n`,
  },
  {
    title: "overlapping cycles",
    size: 5000,
    make: (n) =>
      `FROM alpine AS s0\nCOPY --from=s${n} /a /b\n${times(n, (i) => `FROM alpine AS s${i + 1}\nCOPY --from=s${i} /a /b\nCOPY --from=s0 /a /b`)}\n`,
  },
  {
    title: "stages that nothing needs",
    size: 5000,
    make: (n) => `${times(n, (i) => `FROM alpine AS s${i}\nCMD x\n# comment\n`)}\nFROM alpine\n`,
  },
  {
    title: "stages that gather files",
    size: 5000,
    make: (n) => `${times(n, (i) => `FROM scratch AS s${i}\nADD x y`)}\nFROM alpine\n`,
  },
  {
    title: "programs that many stages copy",
    size: 5000,
    make: (n) =>
      `FROM rust AS b\nRUN cargo build --release\n${times(n, () => 'FROM alpine\nCOPY --from=b /target/release/x /x\nCMD ["/x"]')}\n`,
  },
  {
    title: "many programs for one stage",
    size: 5000,
    make: (n) =>
      `FROM golang AS b\nEXPOSE 80\n${times(n, (i) => `RUN go build -o /p${i} .`)}\nFROM alpine\n${times(n, (i) => `COPY --from=b /p${i} /p`)}\nCMD ["/p"]\n`,
  },
  {
    title: "shell forms in empty stages",
    size: 5000,
    make: (n) => `FROM scratch AS s\n${times(n, () => "RUN /x a")}\n${times(n, () => "FROM s\nCOPY x /\nCMD /x a")}\n`,
  },
  {
    title: "installs behind copies of everything",
    size: 5000,
    make: (n) => `${times(n, () => "FROM node\nCOPY . .\nRUN npm ci && npm run build")}\n`,
  },
  {
    title: "bases with variables",
    size: 4000,
    make: (n) => `ARG V\n${times(n, (i) => `FROM alpine AS s${i}`)}\n${times(n, (i) => `FROM x${i}-$V-$V`)}\n`,
  },
  {
    title: "stage names in upper case",
    size: 5000,
    make: (n) => `${times(n, (i) => `FROM alpine AS s${i}\nFROM S${i}`)}\n`,
  },
  {
    title: "nearly right stage names",
    size: 5000,
    make: (n) =>
      `${times(n, (i) => `FROM alpine AS name${i}`)}\nFROM alpine\n${times(n, (i) => `COPY --from=nam${i}x a b`)}\n`,
  },
  {
    title: "variables in COPY --from",
    size: 10_000,
    make: (n) => `${outOfScope}${times(n, () => "COPY --from=$V a b")}\n`,
  },

  // Variables
  {
    title: "args and their uses",
    size: 10_000,
    make: (n) => `FROM alpine\n${times(n, (i) => `ARG V${i}=1\nRUN echo $V${i}`)}\n`,
  },
  {
    title: "one arg declared again and again",
    size: 10_000,
    make: (n) => `FROM alpine\n${times(n, () => "ARG V=1\nRUN echo $V")}\n`,
  },
  {
    title: "an arg that other stages declare",
    size: 10_000,
    make: (n) => `${times(n, (i) => (i % 2 === 0 ? "FROM alpine\nARG V=1" : "FROM alpine\nRUN echo $V"))}\n`,
  },
  {
    title: "an arg that others set with ENV",
    size: 10_000,
    make: (n) =>
      `FROM alpine\nARG V\n${times(n, (i) => `ENV V=${i}`)}\nFROM alpine\n${times(n, () => "RUN echo $V")}\n`,
  },
  {
    title: "changes of the shell",
    size: 10_000,
    make: (n) => `${outOfScope}${times(n, () => 'SHELL ["/bin/sh"]\nRUN echo $V')}\n`,
  },
  {
    title: "values that contain each other",
    size: 200,
    make: (n) => `ARG A=aaaaaaaaaa\n${times(n, () => "ARG A=$A$A$A$A$A$A$A$A$A$A")}\nFROM $A\n`,
  },
  {
    title: "wildcards that match late",
    size: 4000,
    make: (n) =>
      `ARG A=${"a".repeat(n)}\n${times(20, () => `ARG B=\${A/${"a*".repeat(100)}b/x}\${A%${"*a".repeat(100)}b}`)}\nFROM $B\n`,
  },
  {
    title: "dollar signs",
    size: 100_000,
    make: (n) => `${outOfScope}RUN ${"$".repeat(n)}\nENV A=${"$".repeat(n)}\nFROM ${"$".repeat(n)}\n`,
  },
  {
    title: "open substitutions",
    size: 100_000,
    make: (n) =>
      `${outOfScope}RUN echo $V ${"${".repeat(n)}\nENV A=${"${V:-".repeat(n)}\nFROM ${"${V:-".repeat(n)}\nCOPY <<${"${".repeat(n)} x\n`,
  },
  {
    title: "nested substitutions",
    size: 50_000,
    make: (n) =>
      `${outOfScope}RUN echo ${"${V:-".repeat(n)}${"}".repeat(n)}\nENV A=${"${V:-".repeat(n)}${"}".repeat(n)}\n`,
  },

  // One line
  { title: "one long word", size: 2_000_000, make: (n) => `FROM alpine\nRUN ${"x".repeat(n)}\n` },
  {
    title: "one long name",
    size: 200_000,
    make: (n) => `FROM ${"a-".repeat(n)}\nFROM ${"a.".repeat(n)}:5\nCOPY --from=${"a/".repeat(n)} x y\n`,
  },
  {
    title: "blanks inside a line",
    size: 2_000_000,
    make: (n) => `# syntax=a${" ".repeat(n)}b\nFROM alpine\nRUN a${" ".repeat(n)}b\n`,
  },
  {
    title: "words",
    size: 200_000,
    make: (n) =>
      `FROM ${"a ".repeat(n)}\nARG ${"a ".repeat(n)}\nLABEL a=b ${"a ".repeat(n)}\nENV a ${"a ".repeat(n)}\n`,
  },
  {
    title: "flags",
    size: 20_000,
    make: (n) =>
      `FROM alpine\nRUN ${"--mount=from=a ".repeat(n)} ls\nCOPY ${"--from=a ".repeat(n)} x y\nRUN --mount=${"a=b,".repeat(n)}from=x ls\n`,
  },
  {
    title: "variables in flags",
    size: 100_000,
    make: (n) =>
      `${outOfScope}RUN ${"--mount=source=$V ".repeat(n / 10)} ls\nRUN --mount=from=$V,source=${"$V".repeat(n)} ls\n`,
  },
  {
    title: "stages on one with many triggers",
    size: 2000,
    make: (n) =>
      `FROM alpine AS base\n${times(n, (i) => `ONBUILD ARG V${i}\nONBUILD COPY --from=s${i} /a /b`)}\n${times(n, (i) => `FROM base AS s${i}\nRUN echo $V${i}`)}\n`,
  },
  { title: "ONBUILD behind ONBUILD", size: 100_000, make: (n) => `FROM alpine\n${"ONBUILD ".repeat(n)}RUN x\n` },
  {
    title: "arrays in arrays",
    size: 500_000,
    make: (n) => `FROM alpine\nRUN ${"[".repeat(n)}\nCMD ${"[".repeat(n)}${"]".repeat(n)}\n`,
  },
  { title: "a long string in an array", size: 1_000_000, make: (n) => `FROM alpine\nCMD ["${"a\\n".repeat(n)}"]\n` },
  {
    title: "heredocs on one line",
    size: 5000,
    make: (n) => `${outOfScope}RUN cat $V ${times(n, (i) => `<<E${i}`, " ")}\n${times(n, (i) => `echo $V\nE${i}`)}\n`,
  },
  {
    title: "heredocs on one line, without an end",
    size: 20_000,
    make: (n) => `FROM alpine\nRUN ${times(n, (i) => `<<E${i}`, " ")}\n`,
  },
  {
    title: "a heredoc name that could be split in many ways",
    size: 2000,
    make: (n) => `${outOfScope}RUN ${"<<a1111".repeat(n)} cat\nx\n${"a1111\n".repeat(n)}`,
  },
  {
    title: "quotes",
    size: 100_000,
    make: (n) => `${outOfScope}RUN echo $V ${"'\"".repeat(n)}\nENV A=${"'\"".repeat(n)}\n`,
  },

  // Shell
  { title: "commands", size: 50_000, make: (n) => `${outOfScope}RUN echo $V${" && a; b | c".repeat(n)}\n` },
  { title: "open command substitutions", size: 50_000, make: (n) => `${outOfScope}RUN echo $V ${"$(".repeat(n)}x\n` },
  {
    title: "nested command substitutions",
    size: 20_000,
    make: (n) => `${outOfScope}RUN echo $V ${'"$(x '.repeat(n)}${')"'.repeat(n)}\n`,
  },
  { title: "backticks", size: 50_000, make: (n) => `${outOfScope}RUN echo $V ${"`x ".repeat(n)}\n` },
  {
    title: "open blocks",
    size: 50_000,
    make: (n) =>
      `${outOfScope}RUN echo $V; ${"( ".repeat(n)}\nRUN echo $V; ${"{ ".repeat(n)}\nRUN echo $V; ${"if x; then ".repeat(n)}\nRUN echo $V; ${"f() { ".repeat(n)}\n`,
  },
  {
    title: "arithmetic",
    size: 50_000,
    make: (n) => `${outOfScope}RUN echo $V $((${"(".repeat(n)}\nRUN echo $V $((${"1+".repeat(n)}1))\n`,
  },
  {
    title: "brace expansions",
    size: 50_000,
    make: (n) => `${outOfScope}RUN echo $V ${"{a,".repeat(n)}\nRUN echo $V ${"{a,b}".repeat(n)}\n`,
  },
];
