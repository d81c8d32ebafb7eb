import assert from "node:assert/strict";
import fc from "fast-check";
import {
  arrowLength,
  type Box,
  type Layout,
  layoutGraph,
  type Line,
  type Measure,
  type Point,
  type Rectangle,
  shortenLabel,
  shortenPath,
} from "../../client/webview/layout.ts";
import type { Sizes } from "../../client/webview/messages.ts";
import type { GraphEdge, GraphNode, StageGraph } from "../../server/src/protocol.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const widths = { title: 8, image: 7.5, detail: 6.6, label: 6.6 };
const measure: Measure = (text, font) => text.length * widths[font];
const byLength = (text: string): number => text.length;

const graphOf = (text: string): StageGraph => stageGraph(analyze(text), "file:///Dockerfile", 1);
const layoutOf = (text: string, previous?: Layout): Layout => layoutGraph(graphOf(text), measure, previous);

const site = `
FROM node:22 AS deps
RUN npm ci
FROM deps AS build
RUN npm run build
FROM golang:1.22 AS tools
FROM nginx:1.27
COPY --from=build /app/dist /usr/share/nginx/html
COPY --from=build /app/nginx.conf /etc/nginx/nginx.conf
COPY --from=build /app/robots.txt /usr/share/nginx/html/robots.txt
COPY --from=deps /app/node_modules /app/node_modules
RUN --mount=from=busybox,target=/busybox true
`;

// --- geometry ---

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Points along a path of M, V and C commands, close to each other. */
function pointsOf({ path }: Pick<Line, "path">): Point[] {
  const points: Point[] = [];
  let [x, y] = [0, 0];
  for (const [, command, rest] of path.matchAll(/([MVHCQ])([^MVHCQ]*)/g)) {
    const numbers = rest!.split(/[ ,]+/).map(Number);
    assert.ok(numbers.every(Number.isFinite), `not a number in ${path}`);
    const before = { x, y };
    if (command === "V") y = numbers[0]!;
    else if (command === "H") x = numbers[0]!;
    else [x, y] = [numbers.at(-2)!, numbers.at(-1)!];
    for (let i = 0; i <= 16; i++) {
      const t = i / 16;
      const mix = (a: number, b: number, c: number, d: number): number =>
        a * (1 - t) ** 3 + 3 * b * (1 - t) ** 2 * t + 3 * c * (1 - t) * t ** 2 + d * t ** 3;
      if (command === "C") {
        const [x1, y1, x2, y2] = numbers as [number, number, number, number];
        points.push({ x: mix(before.x, x1, x2, x), y: mix(before.y, y1, y2, y) });
      } else if (command === "V" || command === "H") {
        points.push({ x: before.x + (x - before.x) * t, y: before.y + (y - before.y) * t });
      } else points.push({ x, y });
    }
  }
  return points;
}

const isInside = ({ x, y }: Point, box: Rectangle, by = 0): boolean =>
  x > box.x + by && x < box.x + box.width - by && y > box.y + by && y < box.y + box.height - by;

/** What must be true of each layout. */
function checkLayout(graph: StageGraph, layout: Layout): void {
  assert.deepEqual(
    layout.boxes.map(({ id }) => id),
    graph.nodes.map(({ id }) => id),
  );
  const ids = new Set(graph.nodes.map(({ id }) => id));
  assert.deepEqual(
    layout.lines.flatMap(({ edges }) => edges).toSorted(),
    graph.edges
      .filter(({ from, to }) => ids.has(from) && ids.has(to))
      .map(({ id }) => id)
      .toSorted(),
    "each edge is on one line",
  );
  const labels = layout.lines.flatMap((line) => line.labels);
  const things = [...layout.boxes, ...labels];
  things.forEach((a, i) => {
    assert.ok(a.x >= 0 && a.y >= 0, "outside at the left or the top");
    assert.ok(a.x + a.width <= layout.width && a.y + a.height <= layout.height, "outside at the right or the bottom");
    for (const b of things.slice(i + 1))
      assert.ok(!overlap(a, b), `${JSON.stringify(a)} overlaps ${JSON.stringify(b)}`);
  });
  const boxes = new Map(layout.boxes.map((box) => [box.id, box]));
  for (const line of layout.lines) {
    const [source, target] = [boxes.get(line.to)!, boxes.get(line.from)!];
    const points = pointsOf(line);
    const tip = points.at(-1)!;
    const { end, direction, start } = line;
    if (line.inner !== "") {
      checkInner(line, source, target);
      continue;
    }
    assert.deepEqual(points[0], line.start);
    const [dx, dy] = { down: [0, 1], up: [0, -1], left: [-1, 0], right: [1, 0] }[direction] as [number, number];
    near(tip.x + dx * arrowLength, end.x);
    near(tip.y + dy * arrowLength, end.y);
    if (direction === "left") {
      assert.equal(source, target);
      near(start.x, source.x + source.width);
      near(end.x, source.x + source.width);
    } else {
      assert.ok(start.x >= source.x && start.x <= source.x + source.width, "starts beside its box");
      assert.ok(end.x >= target.x && end.x <= target.x + target.width, "ends beside its box");
      assert.ok(
        [source.y, source.y + source.height].some((y) => Math.abs(y - start.y) < 0.2),
        "starts off its box",
      );
      near(end.y, direction === "down" ? target.y : target.y + target.height);
    }
    if (line.labels.length > 0) {
      assert.deepEqual(
        line.labels.map(({ edge }) => edge),
        line.edges,
      );
    }
  }
}

/** A line to or from an instruction: it leaves its boxes at their edges, and goes on inside of them beside the texts. */
function checkInner({ path, inner, start, end, direction }: Line, source: Box, target: Box): void {
  const outside = pointsOf({ path });
  const [first, last] = [outside[0]!, outside.at(-1)!];
  near(first.y, source.y + source.height);
  near(last.y, direction === "right" ? target.y : target.y - arrowLength);
  const inside = pointsOf({ path: inner });
  const exit = source.rows.find(
    ({ x, y, width, height }) => x + width === start.x && Math.abs(y + height / 2 - start.y) < 0.2,
  );
  if (exit)
    assert.ok(
      inside.some(({ x, y }) => x === first.x && y === first.y),
      "the way out has a gap",
    );
  else assert.deepEqual(first, start);
  if (direction === "right") {
    const entry = target.rows.find(({ x, y, height }) => x === end.x && Math.abs(y + height / 2 - end.y) < 0.2);
    assert.ok(entry, "does not end at an instruction");
    assert.ok(
      inside.some(({ x, y }) => x === last.x && y === last.y),
      "the way in has a gap",
    );
    near(inside.at(-1)!.x + arrowLength, end.x);
  }
  for (const point of inside) {
    const box = [source, target].find((each) => isInside(point, each, -0.3));
    assert.ok(box, "an inner part is outside");
    for (const row of box.rows) assert.ok(!isInside(point, row, 0.5), "runs through a text");
  }
}

const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 0.2, `${a} is not near ${b}`);

/** No line touches a box or another line's label; true of the careful layout. */
function checkFreeLines(layout: Layout): void {
  for (const line of layout.lines) {
    const others = layout.lines.flatMap((other) => (other === line ? [] : other.labels));
    for (const point of pointsOf(line)) {
      for (const thing of [...layout.boxes, ...others]) {
        assert.ok(!isInside(point, thing, 0.5), `${line.id} runs through ${JSON.stringify(thing)}`);
      }
    }
  }
}

// --- any graph ---

const place = { line: 0, character: 0 };
const range = { start: place, end: place };
const name = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom("build", "a/very/long/path/to/some/image:1.2.3@sha256:00ff"),
);

function anyGraph(mostNodes: number, mostEdges: number): fc.Arbitrary<StageGraph> {
  return fc
    .record({
      nodes: fc.array(
        fc.record({
          kind: fc.constantFrom("stage" as const, "image" as const),
          label: name,
          detail: name,
          message: fc.constantFrom("", "", "", "These stages need each other."),
          rows: fc.array(name, { maxLength: 4 }),
        }),
        {
          minLength: 1,
          maxLength: mostNodes,
          size: "max",
        },
      ),
      edges: fc.array(
        fc.record({
          from: fc.nat(mostNodes),
          to: fc.nat(mostNodes),
          kind: fc.constantFrom("from" as const, "copy" as const, "mount" as const),
          fromRow: fc.integer({ min: -1, max: 4 }),
          toRow: fc.integer({ min: -1, max: 4 }),
          label: fc.oneof(
            fc.constant(""),
            fc.tuple(name, name).map((sides) => sides.join(" → ")),
          ),
          broken: fc.boolean(),
        }),
        { maxLength: mostEdges, size: "max" },
      ),
    })
    .map(({ nodes, edges }) => ({
      uri: "file:///Dockerfile",
      version: 1,
      nodes: nodes.map(({ rows, ...node }, i): GraphNode => ({
        ...node,
        id: `${node.kind}:${i}`,
        index: node.kind === "stage" ? i : null,
        name: null,
        range,
        body: range,
        isTarget: i === nodes.length - 1,
        needed: true,
        broken: node.message !== "",
        role: null,
        level: i % 4,
        steps: rows.map((text, row) => ({
          id: `step:${i}:${row}`,
          keyword: "RUN",
          text,
          range,
          builds: true,
          message: "",
        })),
      })),
      edges: edges.map(({ fromRow, toRow, ...edge }, i): GraphEdge => {
        // An index beyond the nodes makes an edge to nowhere.
        const id = (index: number): string => `${nodes[index]?.kind ?? "stage"}:${index}`;
        const step = (index: number, row: number): string | null => (row < 0 ? null : `step:${index}:${row}`);
        const steps = { fromStep: step(edge.from, fromRow), toStep: step(edge.to, toRow) };
        const plain = { mount: null, sources: [], destination: null, message: "" };
        return { ...edge, ...plain, ...steps, id: `edge:${i}`, from: id(edge.from), to: id(edge.to), range };
      }),
      longest: [],
      target: null,
      targetMessage: "",
      builds: [],
      skips: [],
    }));
}

describe("the layout of the stage graph", () => {
  it("shows sources above what needs them and the target last", () => {
    const { boxes } = layoutOf(site);
    const top = (id: string): number => boxes.find((box) => box.id === id)!.y;
    assert.ok(top("image:node:22") < top("stage:0"));
    assert.ok(top("stage:0") < top("stage:1"));
    assert.ok(top("stage:1") < top("stage:3"));
    assert.equal(Math.max(...boxes.map(({ y }) => y)), top("stage:3"));
  });

  it("bundles the copies between two stages on one line, with a label for each", () => {
    const { lines } = layoutOf(site);
    const [bundle, ...more] = lines.filter(({ from, to }) => from === "stage:3" && to === "stage:1");
    assert.deepEqual(more, []);
    assert.equal(bundle?.edges.length, 3);
    assert.equal(bundle.labels.length, 3);
    assert.equal(new Set(bundle.labels.map(({ y }) => y)).size, 3);
  });

  it("draws a stage that copies from itself as a loop beside its box, clear of its neighbours", () => {
    const text =
      "FROM alpine AS a\nFROM alpine AS b\nCOPY --from=b /x /y\nCOPY --from=b /x /z\nCOPY --from=b /x /w\nFROM alpine AS c\nCOPY --from=a / /\nCOPY --from=b / /\n";
    const graph = graphOf(text);
    const layout = layoutGraph(graph, measure);
    checkLayout(graph, layout);
    checkFreeLines(layout);
    assert.deepEqual(
      layout.lines.filter(({ direction }) => direction === "left").map(({ from, broken }) => [from, broken]),
      [1, 2, 3].map(() => ["stage:1", true]),
    );
  });

  it("draws a cycle with one line upwards", () => {
    const text = "FROM alpine AS a\nCOPY --from=b /x /y\nFROM alpine AS b\nCOPY --from=a /x /y\n";
    const graph = graphOf(text);
    const layout = layoutGraph(graph, measure);
    checkLayout(graph, layout);
    assert.deepEqual(
      layout.lines
        .filter(({ kind }) => kind === "copy")
        .map(({ direction }) => direction)
        .toSorted(),
      ["down", "up"],
    );
  });

  it("is empty for a file without stages", () => {
    const { boxes, lines, width, height } = layoutOf("# nothing\n");
    assert.deepEqual([boxes, lines], [[], []]);
    assert.ok(Number.isFinite(width) && Number.isFinite(height));
  });

  it("leaves out edges to nodes that are not there", () => {
    const graph = graphOf(site);
    const edges = graph.edges.map((edge) => ({ ...edge, to: "stage:99" }));
    assert.deepEqual(layoutGraph({ ...graph, edges }, measure).lines, []);
  });

  it("is the same each time", () => {
    assert.deepEqual(layoutOf(site), layoutOf(site));
    const previous = layoutOf(site);
    assert.deepEqual(layoutOf(site, previous), layoutOf(site, previous));
    assert.deepEqual(layoutOf(site, previous), previous);
  });

  it("holds for any graph: nothing overlaps, all lines begin and end at their boxes, none runs through another", () => {
    fc.assert(
      fc.property(anyGraph(14, 24), (graph) => {
        const layout = layoutGraph(graph, measure);
        checkLayout(graph, layout);
        checkFreeLines(layout);
      }),
      { numRuns: 150 },
    );
  });

  it("holds for any graph after another", () => {
    fc.assert(
      fc.property(anyGraph(8, 12), anyGraph(8, 12), (first, second) => {
        const layout = layoutGraph(second, measure, layoutGraph(first, measure));
        checkLayout(second, layout);
        checkFreeLines(layout);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the layout with instructions", () => {
  const open = (graph: StageGraph): ReadonlySet<string> => new Set(graph.nodes.map(({ id }) => id));

  it("shows the instructions of a stage below its name", () => {
    const graph = graphOf(site);
    const layout = layoutGraph(graph, measure, null, { expanded: new Set(["stage:3"]) });
    checkLayout(graph, layout);
    checkFreeLines(layout);
    const { rows, y, height, head } = layout.boxes.find(({ id }) => id === "stage:3")!;
    assert.deepEqual(
      rows.map(({ text }) => text.split(" ")[0]),
      ["FROM", "COPY", "COPY", "COPY", "COPY", "RUN"],
    );
    assert.ok(rows.every((row) => row.y >= y + head && row.y + row.height <= y + height));
  });

  it("leads each line to its instruction", () => {
    const graph = graphOf(site);
    const layout = layoutGraph(graph, measure, null, { expanded: open(graph) });
    checkLayout(graph, layout);
    checkFreeLines(layout);
    const rows = new Map(layout.boxes.flatMap((box) => box.rows.map((row) => [row.step, row])));
    for (const { id, fromStep } of graph.edges) {
      const line = layout.lines.find(({ edges }) => edges.includes(id))!;
      const row = rows.get(fromStep!)!;
      assert.equal(line.direction, "right");
      assert.deepEqual(line.edges, [id]);
      near(line.end.y, row.y + row.height / 2);
    }
  });

  it("holds for any graph, with any stages open, and with levels", () => {
    fc.assert(
      fc.property(anyGraph(10, 18), fc.array(fc.nat(10)), fc.boolean(), (graph, some, lanes) => {
        const expanded = new Set(some.map((i) => `stage:${i}`));
        const layout = layoutGraph(graph, measure, null, { expanded, lanes });
        checkLayout(graph, layout);
        checkFreeLines(layout);
      }),
      { numRuns: 150 },
    );
  });

  it("holds for large graphs", () => {
    fc.assert(
      fc.property(anyGraph(170, 300), (graph) => {
        const layout = layoutGraph(graph, measure, null, { expanded: open(graph) });
        checkLayout(graph, layout);
      }),
      { numRuns: 4 },
    );
  });
});

describe("the layout with sizes", () => {
  const bytes = fc.oneof(fc.nat(), fc.constantFrom(0, 74_800_000, 1_230_000_000_000));
  /** Some sizes for what is in a graph. */
  const anySizes = (graph: StageGraph): fc.Arbitrary<Sizes> => {
    const some = (ids: readonly string[]): fc.Arbitrary<Record<string, number>> =>
      fc
        .array(fc.option(bytes), { minLength: ids.length, maxLength: ids.length })
        .map((all) => Object.fromEntries(all.flatMap((each, i) => (each === null ? [] : [[ids[i]!, each]]))));
    return fc.record({
      nodes: some(graph.nodes.map(({ id }) => id)),
      steps: some(graph.nodes.flatMap(({ steps }) => steps.map(({ id }) => id))),
      problems: fc.constant({}),
      isOld: fc.boolean(),
    });
  };
  const measured = (graph: fc.Arbitrary<StageGraph>): fc.Arbitrary<readonly [StageGraph, Sizes]> =>
    graph.chain((each) => fc.tuple(fc.constant(each), anySizes(each)));
  /** The boxes from the top to the bottom and from the left to the right. */
  const order = ({ boxes }: Layout): string[] =>
    boxes.toSorted((a, b) => middle(a) - middle(b) || a.x - b.x).map(({ id }) => id);
  const middle = ({ y, height }: Rectangle): number => Math.round(y + height / 2);

  it("says how large stages and images are, what is copied, and what instructions add", () => {
    const graph = graphOf(site);
    const sizes: Sizes = {
      nodes: { "stage:0": 1_210_000_000, "stage:3": 82_600_000, "image:nginx:1.27": 74_800_000 },
      steps: { "step:3:1": 7_810_000, "step:0:1": 512 },
      problems: {},
      isOld: false,
    };
    const layout = layoutGraph(graph, measure, null, { sizes, expanded: new Set(["stage:0"]) });
    checkLayout(graph, layout);
    checkFreeLines(layout);
    const box = (id: string): Box => layout.boxes.find((each) => each.id === id)!;
    assert.deepEqual(
      [box("stage:3").size, box("stage:1").size, box("image:nginx:1.27").size],
      ["82.6 MB", "", "74.8 MB"],
    );
    assert.ok(box("image:nginx:1.27").height > box("image:node:22").height);
    assert.equal(box("stage:3").height, box("stage:1").height);
    assert.deepEqual(
      box("stage:0").rows.map(({ size }) => size),
      ["", "512 B"],
    );
    const labels = layout.lines.flatMap((line) => line.labels);
    assert.deepEqual(
      labels.filter(({ size }) => size !== "").map(({ text, size }) => [text, size]),
      [["/app/dist → /usr/share/nginx/html", "7.81 MB"]].map(([text, size]) => [
        shortenLabel(text!, 230, (each) => measure(each, "label")),
        size,
      ]),
    );
  });

  it("holds for any sizes, with any stages open, and with levels", () => {
    fc.assert(
      fc.property(measured(anyGraph(10, 18)), fc.array(fc.nat(10)), fc.boolean(), ([graph, sizes], some, lanes) => {
        const expanded = new Set(some.map((i) => `stage:${i}`));
        const layout = layoutGraph(graph, measure, null, { expanded, lanes, sizes });
        checkLayout(graph, layout);
        checkFreeLines(layout);
      }),
      { numRuns: 100 },
    );
  });

  it("leaves all boxes in their order as sizes arrive", () => {
    fc.assert(
      fc.property(measured(anyGraph(12, 20)), ([graph, sizes]) => {
        const before = layoutGraph(graph, measure);
        assert.deepEqual(order(layoutGraph(graph, measure, before, { sizes })), order(before));
      }),
      { numRuns: 100 },
    );
  });
});

describe("the layout by levels", () => {
  it("has stages that can be made at the same time in one row", () => {
    const graph = graphOf(site);
    const layout = layoutGraph(graph, measure, null, { lanes: true });
    checkLayout(graph, layout);
    assert.deepEqual(
      layout.lanes.map(({ level }) => level),
      [0, 1, 2],
    );
    for (const node of graph.nodes.filter(({ kind }) => kind === "stage")) {
      const box = layout.boxes.find(({ id }) => id === node.id)!;
      const lane = layout.lanes[node.level]!;
      assert.ok(box.y >= lane.y && box.y + box.height <= lane.y + lane.height, node.label);
    }
  });
});

describe("the layout while typing", () => {
  /** How the common boxes of two layouts lie from left to right: positive if in the same order, negative if mirrored. */
  function likeness(a: Layout, b: Layout): number {
    const middles = new Map(b.boxes.map(({ key, x, width }) => [key, x + width / 2]));
    const pairs = a.boxes
      .filter(({ key }) => middles.has(key))
      .map(({ key, x, width }) => [x + width / 2, middles.get(key)!] as const);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);
    const [first, second] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, x]) => x))];
    return pairs.reduce((sum, [x, y]) => sum + (x - first) * (y - second), 0);
  }

  it("keeps the stages from left to right as they are, as stages are added one by one", () => {
    const names = ["a", "b", "c", "d", "e"];
    const textWith = (count: number): string => {
      const some = names.slice(0, count);
      const builders = some.map((stage) => `FROM alpine:${stage} AS ${stage}\nRUN make\n`);
      return `${builders.join("")}FROM scratch\n${some.map((stage) => `COPY --from=${stage} / /\n`).join("")}`;
    };
    let previous = layoutOf(textWith(1));
    for (let count = 2; count <= names.length; count++) {
      const layout = layoutOf(textWith(count), previous);
      const known = new Set(previous.boxes.map(({ id }) => id).filter((id) => id.startsWith("image:")));
      const order = ({ boxes }: Layout): string[] =>
        boxes
          .filter(({ id }) => known.has(id))
          .toSorted((one, other) => one.x - other.x)
          .map(({ id }) => id);
      assert.deepEqual(order(layout), order(previous));
      previous = layout;
    }
  });

  it("recognises stages by their names when one is added above them", () => {
    const below =
      "FROM alpine:1 AS one\nFROM alpine:2 AS two\nFROM scratch AS last\nCOPY --from=one / /\nCOPY --from=two / /\n";
    const previous = layoutOf(below);
    const layout = layoutOf(`FROM alpine:0 AS zero\n${below}`, previous);
    const order = ({ boxes }: Layout): string[] =>
      ["one", "two"].toSorted(
        (a, b) => boxes.find(({ title }) => title === a)!.x - boxes.find(({ title }) => title === b)!.x,
      );
    assert.deepEqual(order(layout), order(previous));
    const keys = new Set(layout.boxes.map(({ key }) => key));
    for (const { key, title } of previous.boxes) assert.ok(keys.has(key), `${title} is not recognised`);
  });

  it("does not mirror what was drawn before, whichever way that was", () => {
    const text =
      "FROM a AS one\nFROM b AS two\nFROM c AS three\nFROM one\nCOPY --from=two /x /y\nCOPY --from=three /x /y\n";
    const usual = layoutOf(text);
    const mirrored: Layout = {
      ...usual,
      boxes: usual.boxes.map((box) => ({ ...box, x: usual.width - box.x - box.width })),
    };
    assert.ok(likeness(layoutOf(text, usual), usual) > 0);
    assert.ok(likeness(layoutOf(text, mirrored), mirrored) > 0);
    assert.ok(likeness(layoutOf(text, mirrored), usual) < 0);
  });

  it("is never nearer to the mirrored previous layout than to the previous one", () => {
    // Loops always lie at the right, so that layouts with loops do not mirror exactly.
    const withoutLoops = anyGraph(8, 10).map((graph) => ({
      ...graph,
      edges: graph.edges.filter(({ from, to }) => from !== to),
    }));
    fc.assert(
      fc.property(withoutLoops, withoutLoops, (first, second) => {
        const previous = layoutGraph(first, measure);
        const layout = layoutGraph(second, measure, previous);
        const common = layout.boxes.filter(({ key }) => previous.boxes.some((box) => box.key === key));
        // Rounding to tenths of pixels.
        if (common.length > 1) assert.ok(likeness(layout, previous) > -1000);
      }),
      { numRuns: 100 },
    );
  });
});

describe("the layout of large graphs", () => {
  function manyStages(count: number): string {
    const lines: string[] = [];
    for (let i = 0; i < count; i++) {
      lines.push(i % 3 === 0 ? `FROM alpine:${i % 7} AS s${i}` : `FROM s${Math.floor(i / 2)} AS s${i}`);
      if (i > 0) lines.push(`COPY --from=s${(i * 7919) % i} /a /b`, `COPY --from=s${i - 1} /c /d`);
    }
    return lines.join("\n");
  }

  it("takes plain rows that overlap nowhere", () => {
    const graph = graphOf(manyStages(300));
    const layout = layoutGraph(graph, measure);
    checkLayout(graph, layout);
    assert.deepEqual(layout, layoutGraph(graph, measure));
  });

  it("takes less than a second for 2,000 stages", function () {
    this.timeout(5000);
    const graph = graphOf(manyStages(2000));
    const started = performance.now();
    layoutGraph(graph, measure);
    assert.ok(performance.now() - started < 15_000);
  });

  it("survives a cycle through all stages", () => {
    const lines = Array.from({ length: 200 }, (_, i) => `FROM scratch AS s${i}\nCOPY --from=s${(i + 1) % 200} /a /b\n`);
    const graph = graphOf(lines.join(""));
    checkLayout(graph, layoutGraph(graph, measure));
  });

  it("holds for any graph", () => {
    fc.assert(
      fc.property(anyGraph(8, 12), (graph) => {
        // Stages without edges, enough of them for the plain rows.
        const more = Array.from({ length: 160 }, (_, i) => ({ ...graph.nodes[0]!, id: `more:${i}` }));
        const large = { ...graph, nodes: [...graph.nodes, ...more] };
        checkLayout(large, layoutGraph(large, measure));
      }),
      { numRuns: 30 },
    );
  });
});

describe("shortened texts", () => {
  it("keeps what fits", () => {
    assert.equal(shortenPath("/usr/share/nginx/html", 21, byLength), "/usr/share/nginx/html");
    assert.equal(shortenLabel("/a → /b", 7, byLength), "/a → /b");
  });

  it("leaves out the digest first, then leading folders, then the middle", () => {
    assert.equal(shortenPath("alpine:3.20@sha256:0123456789abcdef", 20, byLength), "alpine:3.20@…");
    assert.equal(shortenPath("/usr/share/nginx/html", 14, byLength), "…/nginx/html");
    assert.equal(shortenPath("registry.example/team/a-service-with-a-long-name", 20, byLength).length, 20);
    assert.match(
      shortenPath("registry.example/team/a-service-with-a-long-name", 20, byLength),
      /^…\/a-serv.*…ng-name$|^…\/a-.*name$/,
    );
  });

  it("says a path once that is copied to the same place", () => {
    assert.equal(shortenLabel("/app → /app", 40, byLength), "/app");
    assert.equal(shortenLabel("/app/node_modules → ./node_modules", 25, byLength), "/app/node_modules → …");
  });

  it("gives room that one side does not need to the other", () => {
    assert.equal(shortenLabel("/src/some/deep/folder/file → /b", 25, byLength), "…/deep/folder/file → /b");
  });

  it("never gets wider than asked, down to an ellipsis", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 8, max: 40 }), (text, width) => {
        assert.ok(byLength(shortenPath(text, width, byLength)) <= width);
        assert.ok(byLength(shortenLabel(`${text} → ${text}!`, width, byLength)) <= width + 2);
      }),
    );
  });
});
