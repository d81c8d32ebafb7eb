import assert from "node:assert/strict";
import { standIn } from "./docker.ts";
import { workbench } from "./support.ts";
import type { Workbench } from "./workbench.ts";

const title = "Split into builder and runtime stages";

describe("the comparison of image sizes", () => {
  const docker = standIn({
    "stage-0": [
      ['ENTRYPOINT ["/usr/local/bin/service"]', 0],
      ["EXPOSE [8080/tcp]", 0],
      ["RUN |1 VERSION=dev /bin/sh -c go build # buildkit", 120_000_000],
      ["COPY . . # buildkit", 2_000_000],
      ["RUN |1 VERSION=dev /bin/sh -c go mod download # buildkit", 40_000_000],
      ["COPY go.mod go.sum ./ # buildkit", 1_200],
      ["WORKDIR /src", 0],
      ["ARG VERSION=dev", 0],
      ["/bin/sh -c #(nop) ADD golang", 300_000_000],
    ],
    last: [
      ['ENTRYPOINT ["/usr/local/bin/service"]', 0],
      ["EXPOSE [8080/tcp]", 0],
      ["COPY /usr/local/bin/service /usr/local/bin/service # buildkit", 9_500_000],
      ["/bin/sh -c #(nop) ADD alpine", 7_800_000],
    ],
  });
  let editor: Workbench;
  before(async () => {
    editor = await workbench();
    editor.configure({ "dockerfileStages.docker": docker.program });
  });
  after(() => {
    editor.configure({ "dockerfileStages.docker": null });
    docker.remove();
  });

  it("is offered with the split, and asks again behind it", async () => {
    await editor.open("multi-stage");
    await editor.page.locator(".codelens-decoration").filter({ hasText: "Build" }).first().waitFor();
    await editor.open("go-service");
    const before = editor.read();
    await editor.click("WORKDIR");
    await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
    await editor.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "alpine:3" }).first().click();
    const question = await editor.notification(title);
    await question.getByRole("button", { name: "Compare Sizes" }).click();
    const page = editor.webview();
    await page.getByRole("heading", { name: "Image sizes of Dockerfile" }).waitFor();
    const row = page.locator("tr").filter({ hasText: "Compared with" });
    await row.filter({ hasText: "smaller)" }).waitFor();
    await editor.notification("96 % smaller");
    assert.equal(docker.builds().length, 2);
    assert.equal(editor.read(), before);
    const again = await editor.notification(title);
    await again.getByRole("button", { name: "Apply" }).click();
    await editor.save((text) => text !== before);
    assert.match(editor.read(), /^FROM alpine:3/m);
  });
});
