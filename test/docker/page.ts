import type { Engine } from "./engine/daemon.ts";
import { hasFailed, type Outcome, type Proof } from "./prove.ts";
import type { Sample } from "./samples.ts";

/** A proof in one line for a terminal, with lines below it where something is wrong. */
export function describeProof(proof: Proof): string {
  const { style, outcome } = proof;
  const mark = hasFailed(proof) ? "✘" : outcome.kind === "compared" ? "✔" : "–";
  return `${mark} ${style}: ${describeOutcome(outcome)}`;
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case "refused":
      return `refused: ${outcome.reason}`;
    case "no base":
      return `${outcome.base}: not built, there is no ${outcome.missing.join(", ")} here`;
    case "broken sample":
      return `does not build before the split:\n${indent(outcome.message)}`;
    case "unbuildable":
      return `${outcome.base}: does not build:\n${indent(outcome.message)}`;
    case "compared": {
      const { base, strategy, sizes, assumptions, differences } = outcome;
      const lines = differences.map(({ what, before, after, excuse }) =>
        indent(
          `${excuse === null ? "✘" : "≠"} ${what}: ${cut(before)} → ${cut(after)}${excuse === null ? "" : ` (${excuse})`}`,
        ),
      );
      const checks = assumptions.map((each) => indent(`? ${each}`));
      return [`${base} (${strategy}): ${megabytes(sizes[0])} → ${megabytes(sizes[1])} MB`, ...checks, ...lines].join(
        "\n",
      );
    }
  }
}

const indent = (text: string): string => text.replaceAll(/^/gm, "      ");

function cut(text: string): string {
  const flat = JSON.stringify(text).slice(1, -1);
  return flat.length > 300 ? `${flat.slice(0, 300)}…` : flat;
}

function megabytes(size: number): string {
  const value = size / 1e6;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

/** The page of results. */
export function resultsPage(samples: readonly Sample[], proofs: readonly Proof[], engine: Engine): string {
  const compared = proofs.filter(({ outcome }) => outcome.kind === "compared");
  const sure = compared.filter(({ outcome }) => outcome.kind === "compared" && outcome.assumptions.length === 0);
  const failed = proofs.filter(hasFailed);
  const dockerfiles = new Set(proofs.map(({ sample, style }) => `${sample} ${style}`));
  const refused = proofs.filter(({ outcome }) => outcome.kind === "refused");
  const shares = compared.flatMap(({ outcome }) =>
    outcome.kind === "compared" ? [1 - outcome.sizes[1] / outcome.sizes[0]] : [],
  );
  return `# Results of real builds

_Written by \`npm run test:docker\` on ${new Date().toISOString().slice(0, 10)} with Docker ${engine.version}._

Each sample program of \`test/docker/apps\` has several single-stage Dockerfiles. A Docker engine builds each before the
split and after every way to split it that is offered, runs both with the same inputs and compares: exit code and output
of programs; status, type and body of HTTP answers; user, working directory and its owner; \`EXPOSE\`, \`ENTRYPOINT\`,
\`CMD\`, \`ENV\`, \`LABEL\`, \`VOLUME\`, \`STOPSIGNAL\`, \`HEALTHCHECK\` and what the health check says.

${
  engine.isOwn
    ? `The base images are **stand-ins**, made of Debian's packages and tagged with the real names, because no registry of
images is asked. A stand-in has the layout of the image whose name it has, not its size: sizes compare among themselves
only, and \`alpine\` is busybox with musl.`
    : "The base images are the real ones."
}

- ${dockerfiles.size} Dockerfiles of ${samples.length} programs; ${refused.length} of them are refused, with a reason.
- ${compared.length} ways to split were built and compared, ${sure.length} of them without anything to check.
- ${failed.length === 0 ? "All behave as before, or differ where the split says so." : `**${failed.length} failed.**`}
- On average an image is ${percent(shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length))} smaller.

| Program | Style | Runtime base | To check | Same | Before | After | Smaller |
| --- | --- | --- | ---: | --- | ---: | ---: | ---: |
${proofs.map(row).join("\n")}

Sizes are in megabytes. "To check" counts the sentences that the split asks its reader to check.

${notes(proofs)}
## The programs

${samples.map(({ name, about }) => `- \`${name}\`: ${about}`).join("\n")}

There is no .NET program, because Debian has no .NET SDK.
`;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

function row(proof: Proof): string {
  const { sample, style, outcome } = proof;
  const start = `| ${sample} | ${style} |`;
  switch (outcome.kind) {
    case "refused":
      return `${start} refused | | | | | |`;
    case "no base":
      return `${start} \`${outcome.base}\` | | not built here | | | |`;
    case "broken sample":
      return `${start} | | **does not build before** | | | |`;
    case "unbuildable":
      return `${start} \`${outcome.base}\` | ${outcome.assumptions.length || ""} | **does not build** | | | |`;
    case "compared": {
      const { base, assumptions, sizes, differences } = outcome;
      const same = hasFailed(proof) ? "**no**" : differences.length > 0 ? "as said" : "yes";
      const [before, after] = sizes;
      return `${start} \`${base}\` | ${assumptions.length || ""} | ${same} | ${megabytes(before)} | ${megabytes(after)} | ${percent(1 - after / before)} |`;
    }
  }
}

/** Refusals, announced differences and failures, each with its reason. */
function notes(proofs: readonly Proof[]): string {
  const refusals = proofs.flatMap(({ sample, style, outcome }) =>
    outcome.kind === "refused" ? [`- \`${sample}\`, ${style}: ${outcome.reason}`] : [],
  );
  const missing = proofs.flatMap(({ sample, style, outcome }) =>
    outcome.kind === "no base" ? [`- \`${sample}\`, ${style}: no \`${outcome.missing.join("`, `")}\``] : [],
  );
  const said = new Map<string, Set<string>>();
  const wrong: string[] = [];
  for (const proof of proofs) {
    const { sample, style, outcome } = proof;
    if (outcome.kind === "unbuildable" || outcome.kind === "broken sample")
      wrong.push(`- \`${sample}\`, ${style}: does not build`);
    if (outcome.kind !== "compared") continue;
    for (const { what, excuse, before, after } of outcome.differences) {
      if (excuse === null) {
        wrong.push(`- \`${sample}\`, ${style}, \`${outcome.base}\`: ${what}: \`${cut(before)}\` → \`${cut(after)}\``);
        continue;
      }
      const key = `\`${sample}\`: ${excuse}`;
      said.set(key, (said.get(key) ?? new Set()).add(what));
    }
  }
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? "" : `## ${title}\n\n${lines.join("\n")}\n\n`;
  return [
    section("Failures", wrong),
    section("Refused", refusals),
    section("Not built, for want of a stand-in", missing),
    section(
      "Differences that are said",
      [...said].map(([key, whats]) => `- ${key} (${[...whats].join(", ")})`),
    ),
  ].join("");
}
