import assert from "node:assert/strict";
import {
  type BuildDefinition,
  buildArguments,
  defineBuild,
  folderOf,
  isDefinition,
  tagOf,
} from "../../client/src/docker/definition.ts";
import { isNothing, nothingRemembered, readRemembered } from "../../client/src/docker/remembered.ts";

const build = (more: Partial<BuildDefinition> = {}): BuildDefinition => ({
  type: "dockerfile-stages",
  action: "build",
  dockerfile: "docker/Dockerfile",
  ...more,
});

describe("builds as Docker's arguments", () => {
  it("have what is wanted, each in one word, and the context at the end", () => {
    const wanted = build({
      context: ".",
      target: "-x",
      tag: "web:x",
      platform: "linux/arm64",
      args: { A: "two words", B: "1=2", C: "", D: "a\nb", E: "--x" },
      contexts: { assets: "../assets", base: "docker-image://alpine", here: "." },
      secrets: ["id=npm,src=.npmrc", "id=token,env=TOKEN", "type=file,id=k,source=/etc/key"],
      options: ["--network=host", "--builder", "mine"],
    });
    assert.deepEqual(buildArguments(wanted, "/home/ann/a b"), [
      "buildx",
      "build",
      "--load",
      "--file=/home/ann/a b/docker/Dockerfile",
      "--target=-x",
      "--tag=web:x",
      "--platform=linux/arm64",
      "--build-arg=A=two words",
      "--build-arg=B=1=2",
      "--build-arg=C=",
      "--build-arg=D=a\nb",
      "--build-arg=E=--x",
      "--build-context=assets=/home/ann/a b/../assets",
      "--build-context=base=docker-image://alpine",
      "--build-context=here=/home/ann/a b",
      "--secret=id=npm,src=/home/ann/a b/.npmrc",
      "--secret=id=token,env=TOKEN",
      "--secret=type=file,id=k,source=/etc/key",
      "--network=host",
      "--builder",
      "mine",
      "/home/ann/a b",
    ]);
  });

  it("begin in the folder of the workspace, and with the Dockerfile's folder as context", () => {
    const ends = (definition: BuildDefinition, folder: string): (string | undefined)[] => {
      const args = buildArguments(definition, folder);
      return [args.find((each) => each.startsWith("--file="))?.slice(7), args.at(-1)];
    };
    assert.deepEqual(ends(build(), "/home/ann"), ["/home/ann/docker/Dockerfile", "/home/ann/docker"]);
    assert.deepEqual(ends(build({ dockerfile: "Dockerfile" }), "/home/ann"), ["/home/ann/Dockerfile", "/home/ann"]);
    assert.deepEqual(ends(build({ dockerfile: "/Dockerfile" }), ""), ["/Dockerfile", "/"]);
    assert.deepEqual(ends(build({ dockerfile: "./Dockerfile", context: "./x" }), "/home/ann"), [
      "/home/ann/Dockerfile",
      "/home/ann/x",
    ]);
    assert.deepEqual(
      ends(build({ context: "https://example.com/a.git#main:sub" }), "/home/ann")[1],
      "https://example.com/a.git#main:sub",
    );
    assert.deepEqual(ends(build({ context: "-x" }), "/home/ann")[1], "/home/ann/-x");
    assert.deepEqual(ends(build(), "C:\\work"), ["C:\\work/docker/Dockerfile", "C:\\work/docker"]);
    assert.deepEqual(ends(build({ context: "D:\\other" }), "C:\\work")[1], "D:\\other");
    assert.deepEqual(ends(build({ dockerfile: "\\\\server\\share\\Dockerfile" }), "C:\\work"), [
      "\\\\server\\share\\Dockerfile",
      "\\\\server\\share",
    ]);
    assert.equal(folderOf("C:\\Dockerfile"), "C:/");
  });

  it("load the image unless it goes elsewhere, and check without one", () => {
    const has = (word: string, definition: BuildDefinition): boolean => buildArguments(definition, "/").includes(word);
    assert.ok(has("--load", build()));
    for (const option of ["--push", "--output=type=local,dest=out", "--output", "-o", "-otype=tar", "--load=false"])
      assert.ok(!has("--load", build({ options: [option] })));
    const check = build({ action: "check", tag: "a:b", target: "x" });
    assert.ok(has("--call=check", check) && has("--target=x", check));
    assert.ok(!has("--load", check) && !has("--tag=a:b", check));
  });

  it("come from tasks.json if they are whole", () => {
    const whole = {
      ...build(),
      context: ".",
      args: { A: "1" },
      contexts: {},
      secrets: ["id=a"],
      options: [],
      target: "a",
      tag: "b",
      platform: "c",
    };
    assert.ok(isDefinition(whole));
    for (const broken of [
      { type: "shell" },
      { action: "run" },
      { dockerfile: 1 },
      { context: 1 },
      { args: { A: 1 } },
      { args: ["A=1"] },
      { contexts: "a" },
      { secrets: "id=a" },
      { options: [1] },
      { options: null },
    ])
      assert.ok(!isDefinition({ ...whole, ...broken }), JSON.stringify(broken));
  });

  it("say no more than what is wanted", () => {
    assert.deepEqual(defineBuild("Dockerfile", "check", null, null, nothingRemembered), {
      type: "dockerfile-stages",
      action: "check",
      dockerfile: "Dockerfile",
    });
    const kept = { ...nothingRemembered, context: ".", options: ["--pull"], secrets: ["id=a"], contexts: { b: "c" } };
    const { context, options, secrets, contexts } = defineBuild("Dockerfile", "build", "a", "b:a", kept);
    assert.deepEqual({ ...nothingRemembered, context, options, secrets, contexts }, kept);
  });

  it("are remembered, whoever wrote them down", () => {
    assert.deepEqual(readRemembered(undefined), nothingRemembered);
    const old = { args: { A: "1" }, platform: "linux/arm64" };
    assert.deepEqual(readRemembered(old), { ...nothingRemembered, ...old });
    assert.deepEqual(
      readRemembered({ args: { A: 1 }, platform: 2, secrets: "x", options: [1, "-x"], contexts: null }),
      {
        ...nothingRemembered,
        options: ["-x"],
      },
    );
    assert.ok(isNothing(nothingRemembered) && !isNothing(readRemembered(old)));
  });
});

describe("names of images", () => {
  const names: readonly (readonly [path: string, stage: string | null, name: string])[] = [
    ["/home/ann/web/Dockerfile", null, "dockerfile-stages/web:latest"],
    ["/home/ann/web/Dockerfile", "builder", "dockerfile-stages/web:builder"],
    ["/home/ann/My Web_App/Dockerfile", "a_b.c-d", "dockerfile-stages/my-web-app:a_b.c-d"],
    ["/home/ann/web/Dockerfile.dev", null, "dockerfile-stages/web-dev:latest"],
    ["/home/ann/web/api.Dockerfile", "x", "dockerfile-stages/web-api:x"],
    ["/home/ann/web/Containerfile", null, "dockerfile-stages/web:latest"],
    ["/home/ann/.devcontainer/Dockerfile", null, "dockerfile-stages/devcontainer:latest"],
    ["/Dockerfile", null, "dockerfile-stages/image:latest"],
    ["/работа/Dockerfile", "-x-", "dockerfile-stages/image:x"],
    ["/c:/Dockerfile", "--", "dockerfile-stages/c:stage"],
  ];
  for (const [path, stage, name] of names)
    it(`${name} of ${path}`, () => {
      assert.equal(tagOf(path, stage), name);
    });

  it("are never longer than names may be", () => {
    const [name, tag] = tagOf(`/${"a-".repeat(200)}/${"b.".repeat(200)}Dockerfile`, "c-".repeat(200)).split(":");
    assert.match(name!, /^dockerfile-stages\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
    assert.ok(name!.length <= 255 && tag!.length <= 128);
  });
});
