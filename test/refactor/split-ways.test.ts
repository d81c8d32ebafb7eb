import assert from "node:assert/strict";
import { splitFile, type SplitWay } from "../../server/src/refactor/split-stage.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

/** The ways of a file, each as its strategy and base. */
function waysOf(lines: readonly string[], project: Readonly<Record<string, string>> = {}): readonly SplitWay[] {
  const result = splitFile(analyze(`${lines.join("\n")}\n`), { project: new Map(Object.entries(project)) });
  assert.ok(result.offered, result.offered ? "" : result.reason);
  return result.ways;
}

function named(ways: readonly SplitWay[]): string[] {
  return ways.map(({ strategy, base }) => `${strategy} ${base}`);
}

const copies = (way: SplitWay | undefined): string[] =>
  way
    ?.after()
    .split("\n")
    .filter((line) => line.startsWith("COPY --from=")) ?? [];

describe("ways to split Node.js programs", () => {
  const server = ["FROM node:22", "WORKDIR /app", "COPY . .", "RUN npm ci && npm run build"];

  it("are whole and lean on each base, then Node.js alone", () => {
    const ways = waysOf([...server, 'CMD ["node", "dist/main.js"]']);
    assert.deepEqual(named(ways), [
      "slim node:22-slim",
      "slim node:22-slim",
      "same node:22",
      "same node:22",
      "minimal gcr.io/distroless/nodejs22-debian13",
    ]);
    assert.deepEqual(copies(ways[0]), ["COPY --from=builder /app ./"]);
    assert.deepEqual(copies(ways[1]), [
      "COPY --from=builder /app/package.json ./",
      "COPY --from=builder /app/node_modules ./node_modules",
      "COPY --from=builder /app/dist ./dist",
    ]);
    assert.ok(ways[4]?.after().includes('CMD ["dist/main.js"]'));
    assert.equal(new Set(ways.map(({ base, detail }) => base + detail)).size, ways.length);
  });

  it("begin with the same image where all that goes is certain", () => {
    const manifest = `{ "scripts": { "start": "node dist/main.js" }, "devDependencies": { "typescript": "5" } }`;
    const ways = waysOf([...server, 'CMD ["npm", "start"]'], { "package.json": manifest });
    assert.equal(ways[0]?.base, "node:22");
    assert.deepEqual(ways[0]?.assumptions, []);
  });

  it("leave out Node.js on a system without a shell where the container needs one", () => {
    for (const start of ["CMD node dist/main.js", 'ENTRYPOINT ["tini", "--"]\nCMD ["node", "dist/main.js"]'])
      assert.ok(waysOf([...server, start]).every(({ strategy }) => strategy !== "minimal"));
    assert.ok(
      waysOf([...server, "USER node", 'CMD ["node", "dist/main.js"]']).every(({ strategy }) => strategy !== "minimal"),
    );
  });

  it("know the output of Next.js that runs by itself", () => {
    const project = {
      "package.json": `{ "scripts": { "build": "next build", "start": "next start -p 80" }, "dependencies": { "next": "15" } }`,
      "next.config.ts": `// output: "export"\nexport default { output: "standalone" };`,
    };
    const ways = waysOf(
      ["FROM node:22-alpine", "WORKDIR /app", "COPY . .", "RUN npm ci && npm run build", "CMD npm start"],
      project,
    );
    const own = ways.find((way) => way.after().includes("standalone"));
    assert.deepEqual(copies(own), [
      "COPY --from=builder /app/.next/standalone /app",
      "COPY --from=builder /app/.next/static ./.next/static",
      "COPY --from=builder /app/public ./public",
    ]);
    assert.ok(own?.after().includes('ENV PORT=80\nCMD ["node", "server.js"]'));
    const other = { ...project, "next.config.ts": `// output: "standalone"\nexport default {};` };
    const plain = waysOf(
      ["FROM node:22-alpine", "WORKDIR /app", "COPY . .", "RUN npm ci && npm run build", "CMD npm start"],
      other,
    );
    assert.ok(plain.every((way) => !way.after().includes("standalone")));
  });
});

describe("ways to split Go programs", () => {
  const build = ["WORKDIR /src", "COPY go.mod main.go ./"];

  it("are small systems, images without a shell and the image itself", () => {
    const ways = waysOf([
      "FROM golang:1.23-bookworm",
      ...build,
      "RUN CGO_ENABLED=0 go build -o /service .",
      'CMD ["/service"]',
    ]);
    assert.deepEqual(named(ways), [
      "slim alpine:3",
      "slim debian:bookworm-slim",
      "minimal gcr.io/distroless/static-debian12",
      "minimal scratch",
      "same golang:1.23-bookworm",
    ]);
    for (const way of ways.filter(({ strategy }) => strategy === "minimal")) {
      const [, runtime = ""] = way.after().split("\nFROM ");
      assert.doesNotMatch(runtime, /^RUN /m);
    }
  });

  it("stay with the C library of the build", () => {
    const ways = waysOf(["FROM golang:1.23-bookworm", ...build, "RUN go build -o /service .", 'CMD ["/service"]']);
    assert.deepEqual(named(ways), [
      "slim debian:bookworm-slim",
      "minimal gcr.io/distroless/base-debian12",
      "same golang:1.23-bookworm",
    ]);
  });

  it("offer no image without a shell to what needs one", () => {
    const compile = "RUN CGO_ENABLED=0 go build -o /service .";
    for (const rest of [
      ["CMD /service"],
      ["RUN adduser -D app", "USER app", 'CMD ["/service"]'],
      ["RUN apk add --no-cache curl", 'CMD ["/service"]'],
      ["HEALTHCHECK CMD wget -qO- localhost", 'CMD ["/service"]'],
    ])
      assert.ok(
        waysOf(["FROM golang:1.23-alpine", ...build, compile, ...rest]).every(({ strategy }) => strategy !== "minimal"),
        rest.join("; "),
      );
  });

  it("copy no program that the build has moved", () => {
    const [way] = waysOf([
      "FROM alpine:3.20",
      "ENV GOPATH=/go PATH=/go/bin:$PATH",
      "RUN apk add --no-cache --virtual .go go && go install example.com/relay@v1 && mv /go/bin/relay /usr/bin/relay \\",
      "    && apk del .go && rm -rf /go",
      'CMD ["relay"]',
    ]);
    assert.deepEqual(copies(way), ["COPY --from=builder /usr/bin/relay /usr/bin/relay"]);
    assert.deepEqual(way?.assumptions, []);
  });
});
