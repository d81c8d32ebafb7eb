import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/root.ts";
import {
  BuildIndex,
  type HclReader,
  isDockerfilePath,
  mayMentionBuilds,
  mentionsIn,
} from "../../server/src/workspace/builds.ts";
import { hclPrograms, makeHclReader } from "../../server/src/workspace/hcl.ts";
import type { BuildMention, MentionWord } from "../../server/src/workspace/mentions.ts";
import { mentionedDockerfiles } from "../../server/src/workspace/mentions.ts";

/** What stands at a place must be what the mention says. */
function shown(text: string, word: MentionWord | null): string | null {
  if (!word) return null;
  const written = text.slice(word.span.start, word.span.end);
  assert.equal(written, word.text, `${JSON.stringify(word.text)} stands where ${JSON.stringify(written)} is written`);
  return word.text;
}

/** A mention on one line: what is left out is not there. */
function line(text: string, file: string, mention: BuildMention): string {
  const { name, context, dockerfile, target, args, contexts, inline } = mention;
  const pair = ({ name: key, value }: BuildMention["args"][number]) =>
    `${shown(text, key)}=${value ? shown(text, value) : "?"}`;
  if (inline) {
    inline.text.split("\n").forEach((each, i) => {
      const at = inline.lines[i];
      if (at !== undefined) assert.equal(text.slice(at, at + each.length), each);
    });
  }
  return [
    name,
    context && `context ${shown(text, context)}`,
    dockerfile && `file ${shown(text, dockerfile)}`,
    target && `target ${shown(text, target)}`,
    args.length > 0 && `args ${args.map(pair).join(",")}`,
    contexts.length > 0 && `contexts ${contexts.map(pair).join(",")}`,
    inline && `inline ${JSON.stringify(inline.text)}`,
    `→ ${mentionedDockerfiles(mention, file).join(" or ") || "nothing"}`,
  ]
    .filter((part) => typeof part === "string" && part !== "")
    .join(" | ");
}

const all = (start: string, ...more: string[]): string =>
  [start, ...more]
    .flatMap((each) => ["Dockerfile", "dockerfile", "Containerfile"].map((name) => each + name))
    .join(" or ");

const cases: readonly (readonly [what: string, file: string, text: string, expected: readonly string[]])[] = [
  [
    "Compose",
    "deploy/compose.yaml",
    `services:
  web:
    build:
      context: ../web # the site
      dockerfile: "docker/Web.Dockerfile"
      target: 'prod'
      args:
        VERSION: 1.20
        EMPTY:
      additional_contexts:
        - assets=../assets
        - base=service:base
  api:
    build: ./api
  db:
    image: postgres
  inline:
    build:
      dockerfile_inline: |
        FROM alpine AS a
          # indented
        RUN true
      target: a
`,
    [
      `web | context ../web | file docker/Web.Dockerfile | target prod | args VERSION=1.20,EMPTY=? | contexts assets=../assets,base=service:base | → web/docker/Web.Dockerfile`,
      `api | context ./api | → ${all("deploy/api/")}`,
      `inline | target a | inline "FROM alpine AS a\\n  # indented\\nRUN true\\n" | → nothing`,
    ],
  ],
  [
    "Compose with anchors, merges and Windows line endings",
    "docker-compose.dev.yml",
    "x-build: &build\r\n  context: .\r\n  target: dev\r\nservices:\r\n  a:\r\n    build: *build\r\n  b:\r\n    build:\r\n      <<: *build\r\n      args: [A=1, B]\r\n",
    [`a | context . | target dev | → ${all("")}`, `b | context . | target dev | args A=1,B=? | → ${all("")}`],
  ],
  [
    "Compose in braces",
    "compose.yml",
    `services: { a: { build: { context: "a b", target: "t" } } }`,
    [`a | context a b | target t | → ${all("a b/")}`],
  ],
  [
    "Compose with a half-typed key",
    "compose.yml",
    "services:\n  a:\n    build:\n      target: t\n      cont",
    [`a | target t | → ${all("")}`],
  ],
  [
    "Compose that merges behind its own keys",
    "compose.yml",
    "x: &x { context: a, target: one }\nservices: { w: { build: { target: two, <<: *x } } }\n",
    [`w | context a | target two | → ${all("a/")}`],
  ],
  [
    "Compose from afar",
    "compose.yml",
    "services:\n  a:\n    build: https://example.com/a.git#main\n",
    ["a | context https://example.com/a.git#main | → nothing"],
  ],
  [
    "Bake",
    "docker-bake.hcl",
    `variable "TAG" { default = "latest" }
group "default" { targets = ["app"] }
target "base" {
  context = "./app"
  contexts = { one = "target:x" }
  target = "build"
}
target "app" {
  inherits = ["base"]
  target = "prod"
  args = { VERSION = "1", OTHER = TAG, NONE = null }
  contexts = { "two" = "docker-image://alpine", lib = "../lib" }
  tags = ["app:\${TAG}"]
}
target "inline" {
  dockerfile-inline = <<EOT
FROM alpine
RUN é
EOT
}
target "worked-out" {
  context = "\${TAG}"
  target = TAG
}
`,
    [
      `base | context ./app | target build | contexts one=target:x | → ${all("app/")}`,
      `app | context ./app | target prod | args VERSION=1,OTHER=?,NONE=? | contexts one=target:x,two=docker-image://alpine,lib=../lib | → ${all("app/")}`,
      `inline | inline "FROM alpine\\nRUN é\\n" | → nothing`,
      "worked-out | context ${TAG} | → nothing",
    ],
  ],
  [
    "Bake in a folder, and in a circle",
    "ci/site.bake.hcl",
    `target "a" { inherits = ["b"] }\ntarget "b" {\n  inherits = ["c", "a"]\n  target = "x"\n}\ntarget "c" { dockerfile = "C" }\n`,
    [`a | file C | target x | → C or ci/C`, `b | file C | target x | → C or ci/C`, `c | file C | → C or ci/C`],
  ],
  [
    "Bake as JSON",
    "docker-bake.json",
    `{"target": {"app": {"context": "a", "target": "pr\\u006fd", "args": {"N": 1}}, "b": {"target": "t" }}}`,
    [],
  ],
  [
    "a workflow",
    ".github/workflows/build.yml",
    `on: push
defaults:
  run:
    working-directory: app
jobs:
  image:
    steps:
      - name: Image
        uses: docker/build-push-action@v6
        with:
          context: .
          file: ./app/Dockerfile
          target: prod
          build-args: |
            VERSION=1.2
            # none
            COMMIT=\${{ github.sha }}
          build-contexts: assets=./assets
      - run: docker build --target test .
      - name: Folded
        working-directory: other
        run: >-
          docker buildx build
          --target "lint"
          -f x.Dockerfile .
      - run: |
          cd sub
          docker build \\
            --target=unit .
`,
    [
      "Image | context . | file ./app/Dockerfile | target prod | args VERSION=1.2,COMMIT=${{ github.sha }} | contexts assets=./assets | → app/Dockerfile",
      `context . | target test | → ${all("app/")}`,
      "Folded | context . | file x.Dockerfile | target lint | → other/x.Dockerfile",
      `context . | target unit | → ${all("app/sub/")}`,
    ],
  ],
  [
    "a pipeline",
    ".gitlab-ci.yml",
    `test:
  script:
    - docker build --target test -t x .
    - "docker build --target \\"quoted\\" web"
  after_script: docker build --build-arg A=b --build-context c=d . && echo
`,
    [
      `test | context . | target test | → ${all("")}`,
      `test | context web | target quoted | → ${all("web/")}`,
      `test | context . | args A=b | contexts c=d | → ${all("")}`,
    ],
  ],
  [
    "a dev container",
    ".devcontainer/devcontainer.json",
    `{\n  // Comment\n  "name": "Dev",\n  "build": { "dockerfile": "../Dockerfile", "context": "..", "target": "dev", "args": { "A": "b" }, },\n}\n`,
    ["Dev | context .. | file ../Dockerfile | target dev | args A=b | → Dockerfile"],
  ],
  ["an old dev container", ".devcontainer.json", `{ "dockerFile": "Dockerfile" }`, ["file Dockerfile | → Dockerfile"]],
  [
    "a Makefile",
    "api/Makefile",
    `TARGET ?= x
image: deps
\t@docker build --target prod \\
\t  -t image .
\tcd web && docker build --target=web .
\tdocker build .
lint: ; echo docker build
test:
\t$(DOCKER) build --target $(TARGET) -f ../Test.Dockerfile ..
`,
    [
      `image | context . | target prod | → ${all("api/", "")}`,
      `image | context . | target web | → ${all("api/web/", "web/")}`,
      `image | context . | → ${all("api/", "")}`,
      "test | context .. | file ../Test.Dockerfile | target $(TARGET) | → Test.Dockerfile",
    ],
  ],
  [
    "a script",
    "scripts/build.sh",
    `#!/bin/bash
set -e
cd "$(dirname "$0")/.."
docker build -t a --target 'one' app
(cd sub && podman build --target two .)
sudo docker buildx build --platform linux/amd64 --target="three" --push -f app/D .
cd "$SOMEWHERE"
docker build --target four .
echo docker build --target five
`,
    [
      `context app | target one | → ${all("app/")}`,
      `context . | target two | → ${all("sub/")}`,
      "context . | file app/D | target three | → app/D",
      "context . | target four | → nothing",
    ],
  ],
  [
    "package.json",
    "web/package.json",
    `{"name": "docker", "scripts": {"image": "docker build --target=\\"prod\\" -t \\"x\\" .", "up": "npm run image && docker build --target dev .."}}`,
    [`image | context . | target prod | → ${all("web/")}`, `up | context .. | target dev | → ${all("")}`],
  ],
];

describe("builds that files mention", () => {
  let hcl: HclReader;
  before(async () => {
    const folders = ["web-tree-sitter", "@tree-sitter-grammars/tree-sitter-hcl"];
    const [core, grammar] = hclPrograms.map((name, i) =>
      readFileSync(path.join(root, "node_modules", folders[i]!, name)),
    );
    hcl = await makeHclReader(core!, grammar!);
  });

  for (const [what, file, text, expected] of cases) {
    it(`are read from ${what}, with places`, () => {
      assert.ok(mayMentionBuilds(file), file);
      if (expected.length > 0)
        assert.deepEqual(
          mentionsIn(file, text, hcl).map((each) => line(text, file, each)),
          expected,
        );
      else assert.ok(mentionsIn(file, text, hcl).length > 0);
    });

    it(`are read from any beginning of ${what}, and from it with something left out`, () => {
      for (let end = 0; end <= text.length; end++) mentionsIn(file, text.slice(0, end), hcl);
      for (let at = 0; at < text.length; at += 3) mentionsIn(file, text.slice(0, at) + text.slice(at + 7), hcl);
      for (const odd of ["\uFEFF" + text, text.replaceAll("\n", "\r\n"), text.replaceAll(" ", "\t"), "\0" + text])
        mentionsIn(file, odd, hcl);
    });
  }

  it("are read in linear time", () => {
    const targets = Array.from(
      { length: 3000 },
      (_, i) => `"t${i}": {"inherits": ["t${i - 1}", "t${i - 2}", "t${i + 1}"], "contexts": {"c${i}": "x"}}`,
    );
    const many: readonly (readonly [string, string])[] = [
      ["docker-bake.json", `{"target": {${targets.join(",")}}}`],
      [
        "compose.yaml",
        `a: &a [x]\n${Array.from({ length: 500 }, (_, i) => `b${i}: &b${i} {<<: *a, build: *a}\n`).join("")}`,
      ],
      [
        ".gitlab-ci.yml",
        `a0: &a0 [docker]\n${Array.from({ length: 50 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("")}`,
      ],
      ["compose.yaml", `build: &a {x: *a, y: *a, <<: *a, z: [*a, *a]}\nservices: *a\n`],
      ["build.sh", "cd a; docker build --target x .\n".repeat(5000)],
      ["Makefile", "\tdocker build \\\n".repeat(5000)],
      ["package.json", `{"scripts": {"a": "docker ${'\\"'.repeat(50_000)}"}}`],
    ];
    for (const [file, text] of many) {
      const begun = performance.now();
      mentionsIn(file, text, hcl);
      assert.ok(performance.now() - begun < 20_000, file);
    }
  });

  it("are not looked for in other files", () => {
    for (const file of ["values.yaml", "compose.txt", "src/composed.ts", "a.hcl", "workflows/a.yml", "tsconfig.json"])
      assert.ok(!mayMentionBuilds(file), file);
    for (const file of ["Dockerfile", "a/dockerfile", "Dockerfile.dev", "api.Dockerfile", "Containerfile"])
      assert.ok(isDockerfilePath(file), file);
    for (const file of ["Dockerfile.dockerignore", "mydockerfile", "Dockerfile-dev", ".dockerfile/x"])
      assert.ok(!isDockerfilePath(file), file);
  });

  describe("in an index", () => {
    const compose = (target: string, context = "api") =>
      `services:\n  web:\n    build:\n      context: ${context}\n      target: ${target}\n`;
    const builds = (index: BuildIndex, dockerfile: string) =>
      index.of(dockerfile).map(({ file, mention }) => `${file.path} ${mention.target?.text ?? "-"}`);

    it("are found by their Dockerfile, and stay the same until they change", () => {
      const index = new BuildIndex();
      index.set("compose.yaml", "u", compose("a"), null);
      index.set("other/compose.yaml", "u2", compose("b", "../api"), null);
      index.set("web/compose.yaml", "u3", compose("c"), null);
      const first = index.of("api/Dockerfile");
      assert.deepEqual(builds(index, "api/Dockerfile"), ["compose.yaml a", "other/compose.yaml b"]);
      assert.equal(index.set("compose.yaml", "u", compose("a"), null), false);
      index.set("web/compose.yaml", "u3", compose("d"), null);
      assert.equal(index.of("api/Dockerfile"), first);
      assert.deepEqual(builds(index, "web/api/Dockerfile"), ["web/compose.yaml d"]);
      index.set("compose.yaml", "u", "services: {}\n", null);
      assert.deepEqual(builds(index, "api/Dockerfile"), ["other/compose.yaml b"]);
      index.delete("other/compose.yaml");
      assert.deepEqual(builds(index, "api/Dockerfile"), []);
    });

    it("are about the Dockerfile that is there", () => {
      const index = new BuildIndex();
      index.set("scripts/build.sh", "u", "docker build --target a .\n", null);
      assert.deepEqual(builds(index, "Dockerfile"), ["scripts/build.sh a"]);
      assert.equal(index.inFile("scripts/build.sh")[0]!.isSure, false);
      index.setDockerfile("scripts/Dockerfile", true);
      assert.deepEqual(builds(index, "Dockerfile"), []);
      assert.deepEqual(builds(index, "scripts/Dockerfile"), ["scripts/build.sh a"]);
      assert.equal(index.inFile("scripts/build.sh")[0]!.isSure, true);
      index.setDockerfile("Dockerfile", true);
      assert.equal(index.inFile("scripts/build.sh")[0]!.isSure, false);
    });

    it("are placed by the file that theirs is merged with", () => {
      const index = new BuildIndex();
      index.set("compose.override.yaml", "u1", "services:\n  web:\n    build:\n      target: dev\n", null);
      index.set("compose.yaml", "u2", "services:\n  web:\n    build: api\n", null);
      assert.deepEqual(builds(index, "api/Dockerfile"), ["compose.override.yaml dev", "compose.yaml -"]);
      assert.deepEqual(builds(index, "Dockerfile"), []);
    });

    it("are kept while a mistake hides them, with their places", () => {
      const index = new BuildIndex();
      const text = `target "a" {\n  target = "one"\n}\ntarget "b" {\n  target = "two"\n}\n`;
      index.set("docker-bake.hcl", "u", text, hcl);
      const broken = text.replace(`"one"`, `"one and more`);
      index.set("docker-bake.hcl", "u", broken, hcl);
      const { mention } = index.of("Dockerfile").find(({ mention: each }) => each.name === "b")!;
      assert.equal(shown(broken, mention.target), "two");
      index.set("docker-bake.hcl", "u", `target "a" {\n  target = "one"\n}\n`, hcl);
      assert.deepEqual(builds(index, "Dockerfile"), ["docker-bake.hcl one"]);
    });
  });
});
