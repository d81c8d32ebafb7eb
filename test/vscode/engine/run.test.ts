import * as vscode from "vscode";
import { api, closeEditors, equal } from "../suite/support.ts";
import { base } from "./base.ts";
import { containers, endOfTask, makeProject, mark, mustHave, removeImages } from "./support.ts";

describe("runs by a Docker engine", () => {
  before(api);
  afterEach(closeEditors);
  after(removeImages);

  it("run what was built, in a terminal, and leave no container", async () => {
    const document = await makeProject("stages-engine-run", {
      Dockerfile: `FROM ${base} AS tool
LABEL ${mark}
RUN --network=none echo 'test -t 0 && test -t 1 && exit 42' > /program
CMD ["sh", "/program"]

FROM tool
CMD ["sh", "-c", "exit 1"]
`,
    });
    const { code, tag } = await endOfTask(
      () => vscode.commands.executeCommand("dockerfileStages.runStage", document.uri.toString(), "tool"),
      ({ definition }) => definition["action"] === "run",
    );
    equal(code, 42);
    await mustHave(tag);
    equal(await containers(), []);
  });

  it("do not begin when the build failed", async () => {
    const document = await makeProject("stages-engine-not-run", {
      Dockerfile: `FROM ${base}\nLABEL ${mark}\nRUN --network=none false\n`,
    });
    const actions: unknown[] = [];
    const listening = vscode.tasks.onDidStartTask(({ execution }) => actions.push(execution.task.definition["action"]));
    const { code } = await endOfTask(() =>
      vscode.commands.executeCommand("dockerfileStages.runStage", document.uri.toString(), ""),
    );
    // What would follow, follows at once.
    await new Promise((resolve) => setTimeout(resolve, 500));
    listening.dispose();
    equal([code, actions], [1, ["build"]]);
  });
});
