// Dockerfiles of any size, as people write them: always the same text for the same size.

/** A zero-based line and UTF-16 character, as LSP writes it. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface BenchDocument {
  readonly text: string;
  readonly lines: number;
  readonly stages: number;
  /**
   * Behind the image's name in a FROM whose stage has the same name as the first one. What is typed here moves the
   * finding about that stage name, so that diagnostics show which version of the text they are about.
   */
  readonly marker: Place;
  /** The start of that stage name, before anything is typed. */
  readonly finding: Place;
  /** In the name behind `COPY --from=`, about the middle of the file. */
  readonly copyFrom: Place;
  /** In the keyword of that COPY. */
  readonly keyword: Place;
}

/** What a keystroke types. */
export const insertion = "x";

export interface Size {
  readonly lines: number;
  readonly stages: number;
}

const images = ["golang:1.24-bookworm", "node:22-alpine", "python:3.13-slim", "debian:12-slim", "alpine:3.22"];

/** Where a block of lines stands: the stage's index, a running number, and the name of a stage above. */
interface Context {
  readonly stage: number;
  readonly n: number;
  readonly earlier: string;
}

/** One instruction or comment each. */
const blocks: readonly ((context: Context) => string[])[] = [
  ({ earlier, n }) => [`COPY --from=${earlier} /out/part-${n} /opt/part-${n}`],
  ({ stage, n }) => [
    "RUN apt-get update \\",
    " && apt-get install -y --no-install-recommends \\",
    "      ca-certificates \\",
    "      # for the next step",
    `      libpart${n}=1.${stage}.* \\`,
    " && rm -rf /var/lib/apt/lists/*",
  ],
  ({ n }) => [`COPY --chown=1000:1000 src/part-${n}/package.json src/part-${n}/*.lock ./part-${n}/`],
  ({ earlier, n }) => [
    "RUN --mount=type=cache,target=/root/.cache/build \\",
    `    --mount=type=bind,from=${earlier},source=/out,target=/deps \\`,
    `    make -C /src/part-${n} PREFIX="\${PREFIX}/\${APP_ENV:-production}" "VERSION=$VERSION" install`,
  ],
  ({ stage, n }) => ["", `# Part ${n} of stage ${stage}: what it needs at run time`],
  ({ stage, n }) => [
    `ENV PART_${n}_HOME=/opt/part-${n} \\`,
    `    PATH=/opt/part-${n}/bin:$PATH STAGE_NUMBER="${stage}"`,
  ],
  ({ n }) => [
    "RUN <<EOF",
    "set -eu",
    `for each in /opt/part-${n}/*; do`,
    `  test -e "$each" && echo "found \${each}" >> "$PREFIX/list-${n}"`,
    "done",
    "EOF",
  ],
  ({ n }) => [`LABEL org.example.part.${n}="part ${n}" org.example.version="\${VERSION}"`],
  ({ n }) => [
    `ARG CHECKSUM_${n}=sha256:0123456789abcdef`,
    `ADD --checksum=$CHECKSUM_${n} https://example.com/${n}.tgz /tmp/`,
  ],
  ({ n }) => [
    `RUN if [ -f /opt/part-${n}/setup.sh ]; then sh /opt/part-${n}/setup.sh "$(uname -m)" | tee /var/log/setup; fi`,
  ],
  ({ n }) => [`COPY <<SETTINGS /etc/part-${n}.conf`, `home=$PART_${n}_HOME`, "level=info", "SETTINGS"],
  ({ n }) => [`EXPOSE ${8000 + (n % 1000)}/tcp`],
  // A build arg of another place, which this stage does not see.
  ({ stage, n }) => [`RUN echo "built ${stage}/${n} for $RELEASE" > /etc/release-${n}`],
  ({ n }) => [`WORKDIR /srv/part-${n}`],
];

/** A Dockerfile of exactly `lines` lines and `stages` stages; it needs two stages and about eight lines for each. */
export function makeDockerfile({ lines, stages }: Size, lineEnding: "\n" | "\r\n" = "\n"): BenchDocument {
  const out = ["# syntax=docker/dockerfile:1", "ARG RELEASE=stable", "ARG BASE=debian:12-slim"];
  const markerStage = Math.floor(stages / 2);
  const places: { marker?: Place; copies: Place[] } = { copies: [] };
  let block = 0;
  for (let stage = 0; stage < stages; stage++) {
    const last = stage === stages - 1;
    const end = Math.round(((stage + 1) * lines) / stages);
    const tail = last ? ['ENTRYPOINT ["/bin/app", "--serve"]', 'CMD ["--port", "8080"]'] : ['CMD ["/bin/true"]'];
    // Stage 0 and the marker's have the same name, which nothing refers to.
    const name = stage === 0 || stage === markerStage ? "tools" : `stage-${stage}`;
    const named = [stage - 1, stage - 3, Math.floor(stage / 2)].filter((at) => at > 0 && at !== markerStage);
    const earlier = named.length === 0 ? "busybox:1.37" : `stage-${named[stage % named.length]}`;
    if (stage === markerStage && stage > 0) {
      places.marker = { line: out.length, character: "FROM alpine".length };
      out.push(`FROM alpine AS ${name}`);
    } else {
      const base =
        stage % 5 === 4 ? "${BASE}" : stage % 3 === 2 && named.length > 0 ? earlier : images[stage % images.length]!;
      out.push(`FROM ${base} AS ${name}`);
    }
    for (const line of [`ARG VERSION=1.${stage}.0`, `ENV PREFIX=/opt/app-${stage}`]) {
      if (out.length + tail.length < end) out.push(line);
    }
    for (let first = true; ; first = false) {
      const room = end - tail.length - out.length;
      if (room <= 0) break;
      const make = first ? blocks[0]! : blocks[++block % blocks.length]!;
      const made = make({ stage, n: block, earlier });
      if (made.length > room) out.push(`# step ${block}`);
      else {
        if (made[0]!.startsWith("COPY --from="))
          places.copies.push({ line: out.length, character: "COPY --from=".length });
        out.push(...made);
      }
    }
    out.push(...tail);
  }
  const { marker, copies } = places;
  const copyFrom = copies[copies.length >> 1];
  if (out.length !== lines || !marker || !copyFrom)
    throw new Error(`no Dockerfile of ${lines} lines in ${stages} stages`);
  return {
    text: out.join(lineEnding) + lineEnding,
    lines,
    stages,
    marker,
    finding: { line: marker.line, character: "FROM alpine AS ".length },
    copyFrom: { line: copyFrom.line, character: copyFrom.character + 2 },
    keyword: { line: copyFrom.line, character: 1 },
  };
}

/** Different Dockerfiles of 20 to 110 lines. */
export function makeFolder(count: number): BenchDocument[] {
  return Array.from({ length: count }, (_, i) => {
    const stages = 2 + (i % 4);
    const document = makeDockerfile({ lines: 20 * stages + ((i * 7) % 31) - 10, stages });
    return { ...document, text: document.text.replaceAll("/part-", `/part-${i}-`) };
  });
}
