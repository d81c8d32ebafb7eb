import assert from "node:assert/strict";
import { standIn } from "./docker.ts";
import { workbench } from "./support.ts";
import { until, type Workbench } from "./workbench.ts";

const text = "FROM alpine\nRUN make\n\nFROM alpine AS last\nCOPY --from=0 /out /out\n";

describe("the Docker actions", () => {
  // It builds the stage of that name, and has no checks.
  const docker = standIn({ tools: [], last: "unknown flag: --call" });
  let editor: Workbench;
  before(async () => {
    editor = await workbench();
  });
  beforeEach(() => editor.configure({ "dockerfileStages.docker": docker.program }));
  after(() => {
    editor.configure({ "dockerfileStages.docker": null });
    docker.remove();
  });

  it("ask for the name of a stage that has none, and write it into the file", async () => {
    await editor.openText(text);
    await editor.click("make");
    await editor.command("Dockerfile: Build Stage");
    const box = editor.page.locator(".quick-input-widget").filter({ hasText: "Name stage 0 to Build It" });
    await box.filter({ hasText: "Docker finds a stage by its name" }).waitFor();
    await box.locator("input[type=text]").fill("last");
    await box.filter({ hasText: "The file uses 'last' for something else." }).waitFor();
    await box.locator("input[type=text]").fill("tools");
    await editor.press("Enter");
    await until("the build", () => docker.builds().some((args) => args.includes("--target=tools")));
    assert.equal(editor.read(), text.replace("FROM alpine\n", "FROM alpine AS tools\n"));
  });

  it("say what checks need where Docker is too old for them", async () => {
    await editor.openText(text);
    await editor.click("make");
    await editor.command("Dockerfile: Run Build Checks");
    await editor.notification("Build checks need Docker Buildx 0.15 or newer");
  });

  it("lead to the setting where there is no Docker", async () => {
    await editor.openText(text);
    const lenses = editor.page.locator(".codelens-decoration").filter({ hasText: "Build" });
    await lenses.first().waitFor();
    editor.configure({ "dockerfileStages.docker": "no-such-docker" });
    await lenses.first().waitFor({ state: "hidden" });
    await editor.click("make");
    await editor.command("Dockerfile: Measure Stage Sizes");
    const problem = await editor.notification("There is no program called 'no-such-docker'");
    await problem.getByRole("button", { name: "Open Setting" }).click();
    const setting = editor.page.locator(".settings-editor .setting-item").filter({ hasText: "with buildx" });
    await setting.first().waitFor();
    await editor.press("Escape");
  });
});
