import { certificatesFile, hasCertificates } from "../images/libc.ts";
import type { Analysis } from "../stages/analysis.ts";
import { quotedStage } from "../stages/describe.ts";
import { layersOf } from "../stages/layers.ts";
import { readPackageCommand } from "../stages/packages.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { startOf } from "../stages/start.ts";
import { lineEnding } from "../text/edit.ts";
import { lastPart } from "../text/paths.ts";
import { type Arrival, arrivalsOf, bringsFiles, reaches } from "./common/arrivals.ts";
import type { Finding, Fix, Rule } from "./rule.ts";
import { isDeep, type System, systemsOf } from "./common/systems.ts";

/** Words that say that a stage has to do with certificates already. */
const certificateWords = /certs?\b|ca-bundle|ssl|pki|\.(?:crt|pem)\b/i;

/** What a stage gets from another and starts. */
interface Shipped {
  readonly stage: Stage;
  /** The copies from stages. */
  readonly copies: readonly Reference[];
  /** Whether it names an address with TLS. */
  readonly named: boolean;
}

/** What of a stage on `scratch` counts; `null` where it starts nothing, or may have certificates. */
function readShipped(analysis: Analysis, stage: Stage): Shipped | null {
  const { entrypoint, cmd } = startOf(analysis, stage.index);
  const started = [entrypoint, cmd].filter((instruction) => instruction !== null);
  if (started.length === 0 || isDeep(analysis, stage.index)) return null;
  const layers = layersOf(analysis, stage.index);
  const starts = started.map(({ line }) => line.text).join("\n");
  const isSystem = ({ unsure, path }: Arrival): boolean => unsure && !starts.includes(lastPart(path));
  const textOf = ({ start, end }: { start: number; end: number }): string => analysis.text.slice(start, end);
  for (const layer of layers) {
    const { instruction } = layer;
    if (certificateWords.test(textOf(instruction.span))) return null;
    if (!bringsFiles(instruction)) continue;
    const arrivals = arrivalsOf(analysis, layer);
    if (arrivals === null || arrivals.some((arrival) => reaches(arrival, "/etc") || isSystem(arrival))) return null;
  }
  const own = new Set(layers.map(({ instruction }) => instruction));
  const copies = analysis.references.filter(
    ({ kind, instruction, target }) => kind === "copy" && target.kind === "stage" && own.has(instruction),
  );
  const named = layers.some(
    ({ instruction: { keyword, span } }) =>
      /^(?:ENV|CMD|ENTRYPOINT)$/.test(keyword) && /https:\/\/|\bwss:\/\//.test(textOf(span)),
  );
  return { stage, copies, named };
}

/** Whether a stage installs certificates and does nothing else with them. */
function installsCertificates(analysis: Analysis, stage: number): boolean {
  if (isDeep(analysis, stage)) return false;
  const runs = layersOf(analysis, stage)
    .map(({ instruction }) => instruction)
    .filter(
      ({ keyword, span }) => keyword === "RUN" && analysis.text.slice(span.start, span.end).includes("ca-certificates"),
    );
  if (runs.some(({ span }) => /ca-certificates\.crt|\/etc\/ssl/.test(analysis.text.slice(span.start, span.end))))
    return false;
  return runs.some((instruction) =>
    analysis.script(instruction).commands.some(({ name, words }) => {
      if (name === "update-ca-certificates") return true;
      const read = readPackageCommand(words);
      return read?.action === "install" && read.packages.some(({ value }) => /^ca-certificates(?:$|[=@~])/.test(value));
    }),
  );
}

/** Copies the certificates before the first copy of the stage. */
function copyCertificates({ text, lines }: Analysis, reference: Reference): Fix {
  const { instruction } = reference;
  const at = lines.startOf(lines.lineAt(instruction.comment?.start ?? instruction.span.start));
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const copy = `${keyword} --from=${reference.text} ${certificatesFile} ${certificatesFile.replace(/[^/]*$/, "")}`;
  return {
    title: `Copy the certificates from '${reference.text}'`,
    safety: "unsafe",
    edits: [{ span: { start: at, end: at }, newText: `${copy}${lineEnding(text)}` }],
  };
}

export const scratchNeedsCertificates: Rule = {
  id: "ScratchNeedsCertificates",
  severity: "hint",
  summary: "A program that seems to use https, in an empty image without certificates.",
  docs: `
A program checks a TLS server against the certificates of its system, most often in \`/etc/ssl/certs/ca-certificates.crt\`.
\`FROM scratch\` has none, and each connection fails with \`x509: certificate signed by unknown authority\` or the like.

Copy that file from the builder. The rule speaks where the file itself tells of TLS: the stage that the program comes from installs
\`ca-certificates\`, or the image names an \`https://\` address. It stays silent where anything in the image has to do with
certificates, and for images that start nothing. Distroless images have certificates.`,
  examples: [
    {
      title: "Installed, but not copied",
      text: `
FROM golang:1.25-alpine AS build
RUN apk add --no-cache ca-certificates git
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch
     ^^^^^^^ 'scratch' has no CA certificates, which https connections need. Stage 'build' installs them, but they are not copied.
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`,
      fixed: `
FROM golang:1.25-alpine AS build
RUN apk add --no-cache ca-certificates git
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`,
    },
    {
      title: "An address with TLS",
      text: `
FROM golang:1.25 AS build
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch
     ^^^^^^^ 'scratch' has no CA certificates, which https connections need. An https address is used here.
ENV API_URL=https://api.example.com
# The program
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`,
      fixed: `
FROM golang:1.25 AS build
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch
ENV API_URL=https://api.example.com
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
# The program
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`,
    },
    {
      title: "Copied",
      text: `
FROM alpine:3.20 AS certs
RUN apk add --no-cache ca-certificates
FROM golang:1.25-alpine AS build
RUN apk add --no-cache ca-certificates
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch
COPY --from=certs /etc/ssl/certs /etc/ssl/certs
COPY --from=build /app /app
ENTRYPOINT ["/app", "--api", "https://api.example.com"]
`,
    },
    {
      title: "Nothing tells of TLS, or nothing runs",
      text: `
FROM golang:1.25-alpine AS build
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch AS app
COPY --from=build /app /app
ENTRYPOINT ["/app"]
FROM golang:1.25-alpine AS tool
RUN apk add --no-cache ca-certificates
RUN go build -o /tool .
FROM scratch
COPY --from=tool /tool /
`,
    },
  ],
  *check(analysis) {
    if (!/ca-certificates|https:|wss:/.test(analysis.text)) return;
    const systems = systemsOf(analysis);
    const last = analysis.stages.findLast(
      ({ index, instructions }) => systems[index]?.image === null && instructions.some(isStart),
    );
    const shipped = last ? readShipped(analysis, last) : null;
    const finding = shipped && findMissing(analysis, shipped, systems);
    if (finding) yield finding;
  },
};

const isStart = ({ keyword }: { readonly keyword: string }): boolean => keyword === "CMD" || keyword === "ENTRYPOINT";

function findMissing(
  analysis: Analysis,
  { stage, copies, named }: Shipped,
  systems: readonly (System | null)[],
): Finding | null {
  const { base } = stage;
  if (!base || copies.length === 0) return null;
  const source = ({ target }: Reference): number => (target.kind === "stage" ? target.stage : -1);
  const installers = new Set([...new Set(copies.map(source))].filter((index) => installsCertificates(analysis, index)));
  const installing = copies.find((reference) => installers.has(source(reference)));
  if (!installing && !named) return null;
  const having =
    installing ??
    copies.find((one) => {
      const image = systems[source(one)]?.image;
      return image ? hasCertificates(image) : false;
    });
  const why = installing
    ? `. ${capitalized(quotedStage(analysis.stages[source(installing)]!))} installs them, but they are not copied.`
    : ". An https address is used here.";
  return {
    span: base.span,
    message: `'scratch' has no CA certificates, which https connections need${why}`,
    ...(having && { fixes: [copyCertificates(analysis, having)] }),
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
