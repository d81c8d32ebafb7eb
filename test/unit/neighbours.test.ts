import assert from "node:assert/strict";
import {
  type Files,
  foldersToSearch,
  isInProject,
  isNeighbour,
  largestNeighbour,
  neighbourReader,
  type Neighbours,
  sameNeighbours,
} from "../../server/src/workspace/neighbours.ts";
import { targetsIn } from "../../server/src/workspace/targets.ts";

describe("targets that files name", () => {
  const found = (file: string, text: string): string[] => [...targetsIn(file, text)].toSorted();

  const texts: readonly (readonly [what: string, file: string, text: string, targets: readonly string[]])[] = [
    ["a script", "build.sh", "docker build --target Test -t app .\n", ["test"]],
    ["an equals sign and quotes", "build.sh", `docker buildx build --target="e2e-tests" .`, ["e2e-tests"]],
    ["the next line", "build.sh", "podman build \\\n  --target \\\n    lint .\n", ["lint"]],
    ["several in one line", "Makefile", "x:\n\tdocker build --target=a . && docker build --target=b .\n", ["a", "b"]],
    ["package.json", "package.json", `{"scripts": {"up": "docker build --target \\"dev\\" ."}}`, ["dev"]],
    ["an array of arguments", "ci.yml", `command: ["docker", "build", "--target", "unit"]\n`, ["unit"]],
    ["a list of arguments", ".gitlab-ci.yml", "args:\n  - --target\n  - debug\n  - .\n", ["debug"]],
    ["Compose", "compose.yaml", "services:\n  web:\n    build:\n      context: .\n      target: dev # now\n", ["dev"]],
    ["Compose in braces", "compose.yaml", `services: { web: { build: { target: 'dev', context: . } } }\n`, ["dev"]],
    ["Compose with Windows line endings", "compose.yml", "build:\r\n  target: dev\r\n  context: .\r\n", ["dev"]],
    ["Bake", "docker-bake.hcl", `target "app" {\n  target = "prod"\n}\n`, ["prod"]],
    ["Bake as JSON", "docker-bake.json", `{"target": {"app": {"target": "prod"}}}`, ["prod"]],
    ["a dev container", "devcontainer.json", `{ "build": { "dockerfile": "Dockerfile", "target": "dev" } }`, ["dev"]],
    ["the end of a file", "build.sh", "docker build --target last", ["last"]],
    ["a sentence", "README.md", "Build the tests with `docker build --target test`.", ["test"]],
    ["the target of a mount", "compose.yaml", "volumes:\n  - type: bind\n    target: /app\n", []],
    ["the target of a port", "compose.yaml", "ports:\n  - target: 8080\n", []],
    ["a default", "compose.yaml", "target: ${STAGE:-dev}\n", ["dev", "stage", "target"]],
    [
      "a matrix",
      "ci.yml",
      "matrix: [a, b]\nwith:\n  target: ${{ matrix.t }}\n",
      ["a", "b", "matrix", "matrix.t", "target", "with"],
    ],
    ["a list of targets", "ci.yml", "target: [a, b]\n", ["a", "b", "target"]],
    ["a variable of Bake", "docker-bake.hcl", `matrix = ["a"]\ntarget = item\n`, ["a", "item", "matrix", "target"]],
    [
      "a variable in a name",
      "build.sh",
      "for t in x; do docker build --target app-$t; done",
      [
        ...[
          "app-app-",
          "app-build",
          "app-do",
          "app-docker",
          "app-done",
          "app-for",
          "app-in",
          "app-t",
          "app-target",
          "app-x",
        ],
      ],
    ],
    [
      "words that only look like it",
      "build.sh",
      "docker build --targets x; cargo build --target-dir out; retarget=3",
      [],
    ],
    ["nothing", "build.sh", "--target", []],
  ];
  for (const [what, file, text, targets] of texts) {
    it(`are found in ${what}`, () => assert.deepEqual(found(file, text), targets));
  }

  it("are found in linear time", () => {
    for (const part of [
      "target ",
      "--target ",
      "--target\n",
      "target:\n ",
      "--target - ",
      `"target" : `,
      "target=$ ",
    ]) {
      const text = part.repeat(largestNeighbour / part.length);
      const started = performance.now();
      targetsIn("a.hcl", text);
      targetsIn("a.hcl", `target${" ".repeat(largestNeighbour)}--target${"\n".repeat(largestNeighbour)}x`);
      assert.ok(performance.now() - started < 5000, `${part}: ${performance.now() - started} ms`);
    }
  });
});

describe("the files beside a Dockerfile", () => {
  it("are known by their names", () => {
    for (const name of [
      ".dockerignore",
      "api.Dockerfile.dockerignore",
      "compose.yaml",
      "docker-compose.dev.yml",
      "x.mk",
      "tsconfig.build.json",
      "pom.xml",
      "Shop.Api.csproj",
      "yarn.lock",
      "requirements-dev.txt",
    ])
      assert.ok(isNeighbour(name), name);
    for (const name of ["Dockerfile", "main.go", ".env", "web.config", "dockerignore", "yml", "xpackage.json"])
      assert.ok(!isNeighbour(name), name);
  });

  it("are searched up to the project's folder, and in the folders for them", () => {
    assert.deepEqual(foldersToSearch([]), []);
    const searched = foldersToSearch(["/p/a/b", "/p/a", "/p"]);
    assert.deepEqual(searched.slice(0, 3), ["/p/a/b", "/p/a", "/p"]);
    assert.ok(searched.includes("/p/.github/workflows"));
    assert.ok(searched.includes("/p/a/b/.devcontainer"));
    assert.ok(!searched.includes("/p/a/scripts"));
    const deep = Array.from({ length: 30 }, (_, i) => `/p${"/x".repeat(29 - i)}`);
    const bounded = foldersToSearch(deep);
    assert.ok(bounded.length <= 16 && bounded.includes("/p"), bounded.join(" "));
  });

  /** A file system in memory, which notes what it is asked for. */
  function memory(all: Readonly<Record<string, string>>): { files: Files; asked: string[] } {
    const asked: string[] = [];
    const files: Files = {
      list: (folder) => {
        asked.push(folder);
        const inside = Object.keys(all).filter((file) => file.startsWith(`${folder}/`));
        const paths = inside.map((file) => file.slice(folder.length + 1).split("/"));
        if (paths.length === 0) return Promise.resolve(null);
        return Promise.resolve({
          files: paths.filter(({ length }) => length === 1).map(([name]) => name!),
          folders: [...new Set(paths.filter(({ length }) => length > 1).map(([name]) => name!))],
        });
      },
      read: (folder, name) => {
        asked.push(`${folder}/${name}`);
        return Promise.resolve(all[`${folder}/${name}`] ?? null);
      },
    };
    return { files, asked };
  }

  it("are read where they are, each folder once", async () => {
    const { files, asked } = memory({
      "/p/api/.dockerignore": "dist\n",
      "/p/api/dev.dockerignore": "*\n",
      "/p/api/main.go": "target: wrong",
      "/p/compose.yaml": "target: dev\n",
      "/p/.github/workflows/ci.yml": "target: test\n",
    });
    const reader = neighbourReader(files);
    const first = await reader.read("Dockerfile", ["/p/api", "/p"]);
    assert.deepEqual(first, {
      isKnown: true,
      ignoreFile: { name: ".dockerignore", text: "dist\n" },
      targets: new Set(["dev", "test"]),
      project: new Map(),
      builds: [],
    });
    assert.ok(!asked.includes("/p/api/main.go"));
    const second = await reader.read("dev", ["/p/api", "/p"]);
    assert.deepEqual(second.ignoreFile, { name: "dev.dockerignore", text: "*\n" });
    assert.equal(asked.filter((name) => name === "/p").length, 1);
    reader.forget((folder) => folder === "/p");
    await reader.read("dev", ["/p/api", "/p"]);
    assert.equal(asked.filter((name) => name === "/p").length, 2);
    assert.equal(asked.filter((name) => name === "/p/api").length, 1);
  });

  it("of the project are those of the Dockerfile's folder and two folders down", async () => {
    const { files, asked } = memory({
      "/p/package.json": "{}",
      "/p/yarn.lock": "long",
      "/p/web/package.json": "{ }",
      "/p/web/index.js": "run()",
      "/p/services/shop/Shop.csproj": "<Project/>",
      "/p/services/shop/src/package.json": "too deep",
      "/p/node_modules/a/package.json": "foreign",
      "/p/.next/package.json": "foreign",
      "/p/my shop/package.json": "another name in an address",
    });
    const reader = neighbourReader(files);
    const project = [
      ["package.json", "{}"],
      ["yarn.lock", ""],
      ["web/package.json", "{ }"],
      ["services/shop/Shop.csproj", "<Project/>"],
    ] as const;
    assert.deepEqual([...(await reader.project("/p"))], project);
    assert.deepEqual((await reader.read("Dockerfile", ["/p"])).project, new Map());
    for (const name of ["yarn.lock", "web/index.js", "node_modules", "node_modules/a", ".next", "my shop"])
      assert.ok(!asked.includes(`/p/${name}`), name);
    assert.deepEqual(
      ["/p", "/p/web", "/p/services/shop", "/p/services/shop/src", "/p/node_modules", "/p/web/.next", "/px"].filter(
        (folder) => isInProject(folder, "/p"),
      ),
      ["/p", "/p/web", "/p/services/shop"],
    );
    asked.splice(0);
    await reader.project("/p");
    assert.deepEqual(asked, []);
    reader.forget((folder) => folder === "/p/web");
    await reader.project("/p");
    assert.deepEqual(asked, ["/p/web", "/p/web/package.json"]);
  });

  it("of the project are not too many", async () => {
    const names = Array.from({ length: 300 }, (_, i) => `/p/s${i}/${i % 2 === 0 ? "a" : "b"}/package.json`);
    const { files, asked } = memory({
      ...Object.fromEntries(names.map((name) => [name, "{}"])),
      ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`/p/s0/requirements${i}.txt`, ""])),
    });
    assert.equal((await neighbourReader(files).project("/p")).size, 60);
    assert.ok(asked.length < 200, String(asked.length));
  });

  it("say the same where their texts do", () => {
    const some: Neighbours = {
      isKnown: true,
      ignoreFile: null,
      targets: new Set(["test"]),
      project: new Map([["package.json", "{}"]]),
      builds: [],
    };
    assert.ok(sameNeighbours(some, { ...some, project: new Map(some.project) }));
    for (const project of [[], [["package.json", "{ }"]], [["web/package.json", "{}"]]] as const)
      assert.ok(!sameNeighbours(some, { ...some, project: new Map(project) }));
  });

  it("are none where nothing can be read", async () => {
    const { files } = memory({});
    const none = { ignoreFile: null, targets: new Set(), project: new Map(), builds: [] };
    assert.deepEqual(await neighbourReader(files).read("Dockerfile", ["/p"]), { isKnown: false, ...none });
    assert.deepEqual(await neighbourReader(files).read("Dockerfile", []), { isKnown: false, ...none });
    assert.deepEqual(await neighbourReader(files).project("/p"), new Map());
  });
});
