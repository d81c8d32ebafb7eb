import * as vscode from "vscode";
import { api, closeEditors, equal, ok, until } from "../suite/support.ts";
import { base } from "./base.ts";
import {
  build,
  containers,
  endOfTask,
  fileIn,
  imageOf,
  makeProject,
  mark,
  markedImages,
  mustBuild,
  mustHave,
  removeImages,
} from "./support.ts";

const threeStages = `FROM ${base} AS one
LABEL ${mark}
ENV STAGE=one
RUN --network=none echo one > /stage

FROM one AS two
ENV STAGE=two
RUN --network=none echo two > /stage

FROM two
ENV STAGE=three
RUN --network=none echo three > /stage
`;

const stageOf = (image: { readonly Config: { readonly Env: readonly string[] | null } }): string | undefined =>
  image.Config.Env?.find((each) => each.startsWith("STAGE="))?.slice(6);

describe("builds by a Docker engine", () => {
  before(api);
  afterEach(async () => {
    await closeEditors();
    await removeImages();
    equal([await markedImages(), await containers()], [[], []]);
  });

  it("make an image of a stage in the middle, and of none that follows", async () => {
    const document = await makeProject("stages-engine-middle", { Dockerfile: threeStages });
    const tag = await mustBuild(document, "two");
    equal(stageOf(await mustHave(tag)), "two");
    equal(await fileIn(tag, "/stage"), "two\n");
    equal(await markedImages(), [(await mustHave(tag)).Id]);
  });

  it("make an image of the last stage", async () => {
    const document = await makeProject("stages-engine-last", { Dockerfile: threeStages });
    const tag = await mustBuild(document, "");
    equal(stageOf(await mustHave(tag)), "three");
    equal(await fileIn(tag, "/stage"), "three\n");
  });

  it("read a Dockerfile with spaces in its path, and what is beside it", async () => {
    const document = await makeProject("stages engine/sub dir é", {
      Dockerfile: `FROM scratch AS files\nLABEL ${mark}\nCOPY ["a file", "/"]\n`,
      "a file": "of the folder",
    });
    equal(await fileIn(await mustBuild(document, "files"), "/a file"), "of the folder");
  });

  it("begin at the lenses above the stages", async () => {
    const { uri } = await makeProject("stages-engine-lens", { Dockerfile: threeStages });
    const lenses = await until("the lenses", async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
      const builds = found.flatMap(({ command }) => (command?.title === "Build" ? [command] : []));
      return builds.length > 0 && builds;
    });
    const built: (string | undefined)[] = [];
    for (const { command, arguments: given = [] } of lenses) {
      const { code, tag } = await endOfTask(() => vscode.commands.executeCommand(command, ...(given as unknown[])));
      equal(code, 0);
      built.push(stageOf(await mustHave(tag)));
    }
    equal(built, ["one", "two", "three"]);
  });

  it("save the file first", async () => {
    const document = await makeProject("stages-engine-saved", { Dockerfile: `FROM scratch\nLABEL ${mark}\n` });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(2, 0), "ENV STAGE=saved\n");
    await vscode.workspace.applyEdit(edit);
    ok(document.isDirty, "nothing was changed");
    equal(stageOf(await mustHave(await mustBuild(document, ""))), "saved");
  });

  it("end with the engine's exit code when a command fails", async () => {
    const document = await makeProject("stages-engine-failing", {
      Dockerfile: `FROM ${base}\nLABEL ${mark}\nRUN --network=none echo "before"\nRUN --network=none exit 3\n`,
    });
    const { code, tag } = await build(document, "");
    equal([code, await imageOf(tag)], [1, undefined]);
  });
});

describe("tasks that build with a Docker engine", () => {
  before(api);
  afterEach(closeEditors);
  after(removeImages);

  const named = (test: (definition: vscode.TaskDefinition) => boolean): Promise<vscode.Task> =>
    until("the task", async () =>
      (await vscode.tasks.fetchTasks({ type: "dockerfile-stages" })).find(({ definition }) => test(definition)),
    );

  it("are offered for each stage", async () => {
    await makeProject("stages-engine-offered", { Dockerfile: threeStages });
    const task = await named(({ target, action }) => action === "build" && target === "two");
    const { code, tag } = await endOfTask(() => vscode.tasks.executeTask(task));
    equal([code, stageOf(await mustHave(tag))], [0, "two"]);
  });

  it("build what tasks.json says, with another context, args and a platform", async () => {
    const definition = {
      type: "dockerfile-stages",
      action: "build",
      dockerfile: "stages-engine-task/docker/Dockerfile",
      context: "stages-engine-task",
      target: "named",
      tag: "stages-engine-task:of-json",
      args: { WHO: "two words", EMPTY: "" },
      platform: "linux/s390x",
    };
    await makeProject("stages-engine-task", {
      "docker/Dockerfile": `FROM scratch AS named
LABEL ${mark}
ARG WHO=nobody EMPTY=full TARGETARCH
ENV WHO=$WHO EMPTY=$EMPTY STAGE=$TARGETARCH
COPY beside /

FROM named AS later
ENV STAGE=later
`,
      beside: "the parent folder",
      "../.vscode/tasks.json": JSON.stringify({ version: "2.0.0", tasks: [{ ...definition, label: "from json" }] }),
    });
    const task = await named(({ tag }) => tag === definition.tag);
    equal(task.name, "from json");
    equal(await endOfTask(() => vscode.tasks.executeTask(task)), { code: 0, tag: definition.tag });
    const image = await mustHave(definition.tag);
    equal([image.Os, image.Architecture, stageOf(image)], ["linux", "s390x", "s390x"]);
    equal(
      ["WHO=two words", "EMPTY="].map((each) => image.Config.Env?.includes(each)),
      [true, true],
    );
    equal(await fileIn(definition.tag, "/beside"), "the parent folder");
  });
});
