import * as vscode from "vscode";
import { api, closeEditors, equal, openFile } from "./support.ts";

describe("builds with Docker in a browser", () => {
  before(api);
  afterEach(closeEditors);

  it("are not offered", async () => {
    const { uri } = await openFile("Dockerfile", "FROM alpine AS tools\nFROM alpine\n");
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
    equal(
      lenses.filter(({ command }) => command?.title === "Build"),
      [],
    );
    equal(await vscode.tasks.fetchTasks({ type: "dockerfile-stages" }), []);
    await vscode.commands.executeCommand("dockerfileStages.buildStage", uri.toString(), "tools");
    equal(vscode.tasks.taskExecutions.length, 0);
  });
});
