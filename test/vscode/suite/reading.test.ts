// What helps to read a file: hovers, outline, folding.
import * as vscode from "vscode";
import { api, closeEditors, equal, hoverText, ok, openSample, placeOf } from "./support.ts";

describe("a hover", () => {
  let document: vscode.TextDocument;
  before(async () => {
    await api();
    document = await openSample("multi-stage/Dockerfile");
  });
  after(closeEditors);

  const hover = (marked: string): Promise<string> => hoverText(document, placeOf(document, marked));
  const says = (text: string, ...expected: RegExp[]): void => {
    for (const each of expected) ok(each.test(text), `${each} is not in:\n${text}`);
  };
  const lineOf = (text: string): number => placeOf(document, text).line + 1;

  it("on a stage says what it is built on, who uses it, what is copied and whether the default build needs it", async () => {
    says(
      await hover("FROM deps AS bu<|>ild"),
      /\*\*Stage\*\* `build`, index 2/,
      /`build` ← `deps` ← `base` ← `node:/,
      /Needed by the default build/,
      new RegExp(`Used by .*line ${lineOf("RUN --mount=type=bind,from=build")}\\b`),
      new RegExp(`line ${lineOf("COPY --from=build /app/dist")}\\b`),
      /Copied out: .*`\/app\/node_modules`.*`\/app\/dist`/,
    );
  });

  it("on a reference says the same as on the stage", async () => {
    const said = await hover("AS bu<|>ild");
    for (const reference of ["COPY --from=bu<|>ild /app/dist", "type=bind,from=bu<|>ild"])
      equal(await hover(reference), said);
  });

  it("on an index says which stage it is", async () => {
    says(await hover("--from=<|>1"), /\*\*Stage\*\* `deps`, index 1/);
  });

  it("on the last stage says what comes in and that it is built by default", async () => {
    says(
      await hover("FR<|>OM base\nRUN"),
      /Built by default/,
      /Copied in: .*`\/app\/package\.json` from `deps`/,
      /`\/app\/dist` from `build`|`\/app\/dist`.* from `build`/,
    );
  });

  it("on a stage that is a target of its own says how it is built", async () => {
    says(await hover("AS te<|>st"), /Built only with `--target test`/);
  });

  it("on an external image says what is known of it, and who uses it", async () => {
    says(await hover("FROM no<|>de:"), /node/, /Debian 12/, /glibc/, /Used by `base`/);
  });

  it("on a path says what makes it and where it lands", async () => {
    says(await hover("=build /app/di<|>st"), /likely made by `.*npm run build/, /Lands at `\/app\/dist`/);
  });

  it("on RUN says what it does and when it runs again", async () => {
    says(await hover("R<|>UN --mount=type=cache"), /package-lock\.json pins/, /Cache at/, /Runs again when/);
  });

  it("leads to the lines that it names", async () => {
    const said = await hover("AS te<|>st");
    const line = lineOf("FROM deps AS test");
    const linked = `[line ${line}](${document.uri.toString()}#L${line})`;
    ok(said.includes(document.uri.scheme === "file" ? linked : `line ${line}`), said);
  });
});

/** The outline as indented lines: `name (detail)`. */
function outline(symbols: readonly vscode.DocumentSymbol[], indent = ""): string[] {
  return symbols.flatMap(({ name, detail, children }) => [
    `${indent}${name}${detail === "" ? "" : ` (${detail})`}`,
    ...outline(children, `${indent}  `),
  ]);
}

describe("the outline", () => {
  before(api);
  after(closeEditors);

  it("has the stages, and in them their instructions", async () => {
    const { uri } = await openSample("go-service/Dockerfile");
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      uri,
    );
    equal(outline(symbols), [
      "stage 0 (FROM golang:1.25-alpine)",
      "  ARG VERSION=dev",
      "  WORKDIR /src",
      "  COPY go.mod go.sum → ./",
      "  RUN go mod download",
      "  COPY . → .",
      '  RUN CGO_ENABLED=0 go build -trimpath -ldflags "-X main.version=${VERSION}" -o /…',
      "  EXPOSE 8080",
      "  ENTRYPOINT /usr/local/bin/service",
    ]);
  });

  it("selects the names of stages and encloses all they hold", async () => {
    const document = await openSample("multi-stage/Dockerfile");
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      document.uri,
    );
    const stages = symbols.filter(({ kind }) => kind === vscode.SymbolKind.Module);
    equal(
      stages.map(({ name, detail }) => `${name} ${detail}`),
      [
        "base FROM node:${NODE_VERSION}-bookworm-slim",
        "deps FROM base",
        "build FROM deps",
        "test FROM deps",
        "stage 4 FROM base",
      ],
    );
    for (const { name, range, selectionRange, children } of stages) {
      if (!name.startsWith("stage ")) equal(document.getText(selectionRange), name);
      ok(range.contains(selectionRange), `the range of ${name} does not contain its name`);
      for (const child of children) ok(range.contains(child.range), `${child.name} is outside of ${name}`);
    }
    equal(
      stages.map(({ children }) => children.length),
      [2, 2, 3, 2, 7],
    );
  });
});

describe("folding", () => {
  before(api);
  after(closeEditors);

  it("folds each stage, and an instruction of several lines", async () => {
    const document = await openSample("multi-stage/Dockerfile");
    const ranges = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      "vscode.executeFoldingRangeProvider",
      document.uri,
    );
    const line = (at: number): string => document.lineAt(at).text.trim();
    equal(
      ranges.map(({ start, end }) => `${line(start)} … ${line(end)}`).filter((range) => !range.startsWith("#")),
      [
        "FROM node:${NODE_VERSION}-bookworm-slim AS base … WORKDIR /app",
        "FROM base AS deps … RUN --mount=type=cache,target=/root/.npm npm ci --include=dev",
        'FROM deps AS build … RUN echo "built with Node ${NODE_VERSION}" > build-info.txt && npm run build && npm prune',
        "FROM deps AS test … RUN npm test",
        'FROM base … CMD ["node", "dist/server.js"]',
        "RUN --mount=type=bind,from=build,source=/app/build-info.txt,target=/tmp/build-info.txt \\ … install -D /tmp/build-info.txt /app/build-info.txt",
      ],
    );
  });
});
