import * as vscode from "vscode";
import { api, closeEditors, equal, until } from "../suite/support.ts";
import { answer, fileIn, hasUser, makeProject, mark, mustBuild, mustHave, removeImages } from "./support.ts";

describe("what a Docker engine is told of a build", () => {
  before(api);
  afterEach(closeEditors);
  after(removeImages);

  it("has the args and the platform that are remembered", async function () {
    if (!hasUser) this.skip();
    const document = await makeProject("stages-engine-remembered", {
      Dockerfile: `FROM scratch AS named\nLABEL ${mark}\nARG WHO=nobody EMPTY=full TARGETARCH\nENV WHO=$WHO EMPTY=$EMPTY ARCH=$TARGETARCH\nCOPY Dockerfile /\n`,
    });
    const menu = "Build Options of Dockerfile";
    answer(
      { title: menu, pick: "Build Arguments" },
      { title: "Build Arguments of Dockerfile", pick: "WHO" },
      { title: "Build Argument WHO of Dockerfile", text: "two 'words' $HOME" },
      { title: menu, pick: "Build Arguments" },
      { title: "Build Arguments of Dockerfile", pick: "EMPTY" },
      { title: "Build Argument EMPTY of Dockerfile", text: '""' },
      { title: menu, pick: "Platform" },
      { title: "Platform of Dockerfile", text: "linux/s390x" },
      { title: menu },
    );
    await vscode.commands.executeCommand("dockerfileStages.buildOptions", document.uri);
    const image = await mustHave(await mustBuild(document, "named"));
    equal(
      ["WHO=two 'words' $HOME", "EMPTY=", "ARCH=s390x"].map((each) => image.Config.Env?.includes(each)),
      [true, true, true],
    );
    equal(image.Architecture, "s390x");
  });

  it("has the build context that a file of the project names", async () => {
    const document = await makeProject("stages-engine-compose", {
      "stages-engine/Dockerfile": `FROM scratch\nLABEL ${mark}\nCOPY beside /\n`,
      beside: "of the project",
      "compose.yaml": "services:\n  web:\n    build:\n      context: .\n      dockerfile: stages-engine/Dockerfile\n",
    });
    await until("the file to be known", async () =>
      (await vscode.tasks.fetchTasks({ type: "dockerfile-stages" })).some(
        ({ definition: { dockerfile, context } }) =>
          context !== undefined && document.uri.path.endsWith(`/${String(dockerfile)}`),
      ),
    );
    equal(await fileIn(await mustBuild(document, ""), "/beside"), "of the project");
  });
});
