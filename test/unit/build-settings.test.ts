import assert from "node:assert/strict";
import { BuildIndex } from "../../server/src/workspace/builds.ts";
import { type BuildSettings, buildSettings } from "../../server/src/workspace/build-settings.ts";

/** What the files of a project say about builds of one of its Dockerfiles, without what they do not say. */
function settings(dockerfile: string, files: Readonly<Record<string, string>>): Partial<BuildSettings>[] {
  const index = new BuildIndex();
  index.setDockerfile(dockerfile, true);
  for (const [path, text] of Object.entries(files)) index.set(path, `file:///project/${path}`, text, null);
  const builds = index.of(dockerfile);
  return builds.map((build) => {
    const all = buildSettings(build, dockerfile, builds);
    const said = Object.entries(all).filter(([, value]) => value !== null && JSON.stringify(value).length > 2);
    return Object.fromEntries(said);
  });
}

describe("what other files say about a build", () => {
  it("is all that Compose has", () => {
    const compose = `services:
  web:
    build:
      context: ..
      dockerfile: docker/web/Dockerfile
      target: dev
      args: { VERSION: 3, HOME: "$HOME", FROM_ENV: }
      additional_contexts:
        assets: ../assets
        base: docker-image://alpine
        other: service:api
      platforms: [linux/amd64, "linux/\${ARCH}"]
      secrets: [npm, { source: token, target: key }, unknown]
      ssh: [default]
secrets:
  npm: { file: ./.npmrc }
  token: { environment: TOKEN }
`;
    assert.deepEqual(settings("docker/web/Dockerfile", { "deploy/compose.yaml": compose }), [
      {
        context: ".",
        target: "dev",
        args: { VERSION: "3" },
        contexts: { assets: "assets", base: "docker-image://alpine" },
        platforms: ["linux/amd64"],
        secrets: ["id=npm,src=deploy/.npmrc", "id=key,env=TOKEN"],
        ssh: ["default"],
      },
    ]);
  });

  it("is joined where files are merged", () => {
    const files = {
      "app/compose.yaml":
        "services:\n  web:\n    build:\n      context: ..\n      dockerfile: app/Dockerfile\n      target: prod\n      args: [A=1, B=2]\n",
      "app/compose.override.yaml": "services:\n  web:\n    build:\n      target: dev\n      args: [B=3]\n",
    };
    assert.deepEqual(settings("app/Dockerfile", files), [
      { context: ".", target: "prod", args: { A: "1", B: "2" } },
      { context: ".", target: "dev", args: { A: "1", B: "3" } },
    ]);
  });

  it("leaves out what depends on variables", () => {
    const files = {
      "build.sh":
        'docker build -f app/Dockerfile --target "$TARGET" --build-arg A=$A --build-arg B=`date` --build-arg C=c "$ROOT"\n',
    };
    assert.deepEqual(settings("app/Dockerfile", files), [{ args: { C: "c" } }]);
  });

  it("begins where commands and actions begin", () => {
    const files = {
      "app/Makefile":
        "image:\n\tcd .. && docker buildx build -f app/Dockerfile --platform=linux/amd64,linux/arm64 --secret id=npm,src=app/.npmrc --ssh default --build-context assets=../assets .\n",
      ".github/workflows/ci.yml": `jobs:
  build:
    steps:
      - uses: docker/build-push-action@v6
        with:
          file: app/Dockerfile
          platforms: linux/amd64,linux/arm64
          build-contexts: |
            assets=./files
`,
      ".devcontainer/devcontainer.json":
        '{ "build": { "dockerfile": "../app/Dockerfile", "context": "..", "args": { "A": "1" } } }',
    };
    assert.deepEqual(settings("app/Dockerfile", files), [
      {
        context: ".",
        contexts: { assets: "../assets" },
        platforms: ["linux/amd64", "linux/arm64"],
        secrets: ["id=npm,src=app/.npmrc"],
        ssh: ["default"],
      },
      { context: ".", contexts: { assets: "files" }, platforms: ["linux/amd64", "linux/arm64"] },
      { context: ".", args: { A: "1" } },
    ]);
  });
});
