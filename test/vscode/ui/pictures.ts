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
