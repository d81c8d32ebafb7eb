import { multiStage, standIn } from "./docker.ts";
import type { Workbench } from "./workbench.ts";

/** A picture of the README: what it shows, arranged in the workbench, and the size of the window it is taken of. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly arrange: (editor: Workbench) => Promise<void>;
}

export const pictures: Readonly<Record<string, Picture>> = {
  mistakes: {
    width: 840,
    height: 530,
    arrange: async (editor) => {
      await editor.open("mistakes");
      await editor.squiggles("warning").first().waitFor();
      await editor.hover("bul<|>der", "no stage");
    },
  },
  graph: {
    width: 1280,
    height: 720,
    arrange: async (editor) => {
      await editor.open("multi-stage");
      await editor.click("RUN --mount=type=cache");
      await editor.command("Show Stage Graph");
      await editor.webview().locator(".node.current").first().waitFor();
      await editor.page.mouse.move(300, 690);
    },
  },
  "graph-sizes": {
    width: 1280,
    height: 640,
    arrange: async (editor) => {
      const docker = standIn({ ...multiStage, test: multiStage["build"]! });
      editor.configure({ "dockerfileStages.docker": docker.program });
      await editor.open("multi-stage");
      await editor.command("Show Stage Graph");
      const page = editor.webview();
      await page.locator(".node").first().waitFor();
      await page.getByText("Sizes", { exact: true }).first().click();
      await page.getByText("Measure sizes").click();
      await page.getByText("Measure again").waitFor();
      await page.locator("[data-node='stage:4'] .size").waitFor();
      // Without the editor beside it, there is room for both.
      await editor.command("View: Maximize Editor Group");
      const panel = editor.page.locator(".part.panel").filter({ visible: true });
      if ((await panel.count()) > 0) await editor.command("View: Hide Panel");
      await editor.page.locator(".notification-toast").first().waitFor();
      await editor.command("Notifications: Clear All Notifications");
      await page.getByText("Fit", { exact: true }).click();
      await editor.page.mouse.move(300, 610);
      editor.configure({ "dockerfileStages.docker": null });
      docker.remove();
    },
  },
  hover: {
    width: 840,
    height: 500,
    arrange: async (editor) => {
      await editor.open("multi-stage");
      await editor.hover("FROM deps AS bu<|>ild", "Copied out");
    },
  },
  split: {
    width: 1280,
    height: 760,
    arrange: async (editor) => {
      await editor.open("node-api");
      await editor.click("WORKDIR");
      await editor.command("Dockerfile: Split into Builder and Runtime Stages…");
      const question = editor.page.locator(".notification-toast").filter({ hasText: "Split into" }).first();
      await question.or(editor.page.locator(".quick-input-list .monaco-list-row").first()).first().waitFor();
      if (!(await question.isVisible())) await editor.press("Enter");
      await question.waitFor();
    },
  },
  // The last, for it leaves the editor dark.
  "graph-rebuilt": {
    width: 1440,
    height: 780,
    arrange: async (editor) => {
      await editor.open("multi-stage");
      await editor.command("Preferences: Toggle between Light/Dark Themes");
      await editor.click("COPY package.json");
      await editor.command("Show Stage Graph");
      const page = editor.webview();
      await page.locator(".node.current").first().waitFor();
      await page.locator('[data-fold="stage:1"]').click();
      await page.getByText("What is rebuilt?").click();
      await editor.page.locator(".quick-input-widget input[type=text]").waitFor();
      await editor.type("package.json");
      const file = editor.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "package.json" });
      await file.first().click();
      await page.locator(".side h2").waitFor();
      await page.getByText("Fit", { exact: true }).click();
      await editor.page.mouse.move(300, 760);
    },
  },
};
