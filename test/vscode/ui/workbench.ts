// VS Code's workbench as a user meets it: places on the screen, keys, menus. Nothing here calls the editor's API.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Frame, FrameLocator, Locator, Page } from "playwright-core";
import { vsix } from "../../../scripts/package.ts";
import { root } from "../../../scripts/root.ts";
import { type Editor, installVsix, launchBrowser, startEditor } from "../editor.ts";

const extensions = path.join(root, "out/vscode/extensions");
const patience = 20_000;
/** How long to wait before trying again what may have come too early. */
const soon = 800;

/** Asks again and again until there is an answer. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain for: ${what}`);
    await sleep(100);
  }
}

/** Whether a frame is the page of a webview, or the frame around it. */
function isInWebview(frame: Frame): boolean {
  return (
    /\/contrib\/webview\//.test(frame.url()) || (frame.parentFrame() !== null && isInWebview(frame.parentFrame()!))
  );
}

/** Saves everything and closes all that is open; only tests know this key. */
const clearKey = "Control+Alt+Shift+F9";
const clearing = {
  key: "ctrl+alt+shift+f9",
  command: "runCommands",
  args: {
    commands: [
      "workbench.action.files.saveAll",
      "workbench.action.closeAllEditors",
      "workbench.action.closePanel",
      "workbench.action.closeSidebar",
      "notifications.clearAll",
    ],
  },
};

export class Workbench {
  readonly #editor: Editor;
  readonly #home: string;
  readonly page: Page;
  /** The folder of the file that is open, inside the folder of the window. */
  #folder = "";
  #count = 0;
  /** The addresses outside this machine that the editor asked for. */
  readonly strangers: string[] = [];
  /** What the page of the webview asked for and what it complained of. */
  readonly webviewRequests: string[] = [];
  readonly webviewErrors: string[] = [];

  private constructor(editor: Editor, home: string, page: Page) {
    this.#editor = editor;
    this.#home = home;
    this.page = page;
  }

  /** Starts an editor in which the packaged extension is installed, and a window of it with an empty folder. */
  static async start(more?: Readonly<Record<string, unknown>>): Promise<Workbench> {
    await installVsix(vsix, extensions);
    const keybindings = [clearing];
    // Places are found by the text of lines, which hints would interrupt; they are there while Ctrl and Alt are held down.
    const settings = { "editor.minimap.enabled": false, "editor.inlayHints.enabled": "offUnlessPressed", ...more };
    const editor = await startEditor({ extensions, keybindings, settings });
    const browser = await launchBrowser();
    const home = path.join(editor.folder, "work");
    mkdirSync(home);
    const workbench = new Workbench(editor, home, await browser.newPage({ viewport: { width: 1280, height: 800 } }));
    await workbench.#openWindow();
    return workbench;
  }

  async #openWindow(): Promise<void> {
    const { page } = this;
    page.setDefaultTimeout(patience);
    const server = `http://127.0.0.1:${this.#editor.port}/`;
    page.on("request", (request) => {
      const url = request.url();
      if (/^(data|blob):/.test(url)) return;
      // The editor's service worker answers these; they never leave the browser.
      const isResource = /^https:\/\/[^/]*\.vscode-resource\.vscode-cdn\.net\//.test(url);
      if (!url.startsWith(server) && !isResource) this.strangers.push(url);
      if (isInWebview(request.frame())) this.webviewRequests.push(url);
    });
    page.on("console", (message) => {
      const { url } = message.location();
      const isOurs = url.includes(".vscode-resource.") || url.includes("/dist/webview.");
      const isInFrame = isOurs || url.includes("/contrib/webview/");
      const type = message.type();
      if (
        type === "error" ? isInFrame || /Content Security Policy/i.test(message.text()) : isOurs && type === "warning"
      )
        this.webviewErrors.push(message.text());
    });
    page.on("pageerror", (error) => {
      if (/webview/.test(error.stack ?? "")) this.webviewErrors.push(String(error));
    });
    await page.goto(`${server}?folder=${encodeURIComponent(this.#home)}`, { waitUntil: "commit" });
    await page.locator(".explorer-folders-view").waitFor({ timeout: 60_000 });
  }

  async stop(): Promise<void> {
    await this.page.context().browser()?.close();
    await this.#editor.stop();
  }

  /** Changes settings of the user, and of the machine; `null` takes one away. They take effect in a moment. */
  configure(changes: Readonly<Record<string, unknown>>): void {
    for (const part of ["User", "Machine"]) {
      const file = path.join(this.#editor.folder, "data", part, "settings.json");
      const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : {};
      const next = Object.entries({ ...known, ...changes }).filter(([, value]) => value !== null);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(Object.fromEntries(next)));
    }
  }

  /** Closes all that is open, and opens a file of a fresh copy of a folder of samples/. */
  async open(sample: string, file = "Dockerfile"): Promise<void> {
    await this.#clear();
    this.#folder = path.join(this.#home, String(++this.#count), sample);
    cpSync(path.join(root, "samples", sample), this.#folder, { recursive: true });
    await this.openFile(file);
  }

  /** Closes all that is open, and opens a new file with a text. */
  async openText(text: string, file = "Dockerfile"): Promise<void> {
    await this.#clear();
    this.#folder = path.join(this.#home, String(++this.#count), "text");
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(path.join(this.#folder, file), text);
    await this.openFile(file);
  }

  /** Opens a file of the present folder by its path, as people do with Ctrl+P. */
  async openFile(file: string): Promise<void> {
    const { page } = this;
    await page.keyboard.press("Control+p");
    await page.locator(".quick-input-widget input[type=text]").waitFor();
    await page.keyboard.insertText(path.join(this.#folder, file));
    // Until the list has followed what is typed it holds the files that were open last.
    const folder = path.relative(this.#home, this.#folder);
    const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: file });
    await row.filter({ hasText: folder }).first().click();
    await page
      .locator(".tab[data-resource-name]:not([data-resource-name^=webview])")
      .filter({ hasText: file })
      .first()
      .waitFor();
    await page.locator(".editor-instance .view-line").first().waitFor();
    // Lenses come a moment later and move the lines below them.
    if ([...this.read(file).matchAll(/^FROM /gm)].length > 1)
      await page
        .locator(".codelens-decoration")
        .first()
        .waitFor({ timeout: 3 * soon })
        .catch(() => {});
  }

  async #clear(): Promise<void> {
    const { page } = this;
    await page.keyboard.press("Escape");
    const open = page.locator(".part.editor .tab, .part.sidebar, .part.panel").filter({ visible: true });
    await until("all to be closed", async () => {
      await page.keyboard.press(clearKey);
      await open
        .first()
        .waitFor({ state: "hidden", timeout: 3000 })
        .catch(() => {});
      return (await open.count()) === 0;
    });
    this.webviewRequests.length = 0;
    this.webviewErrors.length = 0;
  }

  /** Makes a file in the opened folder. */
  write(file: string, text: string): void {
    writeFileSync(path.join(this.#folder, file), text);
  }

  /** The text of a file of the opened folder, as it is on the disk. */
  read(file = "Dockerfile"): string {
    return readFileSync(path.join(this.#folder, file), "utf8");
  }

  /** The lines that the editor shows. */
  async lines(): Promise<string[]> {
    const lines = await this.page.locator(".editor-instance .view-line").evaluateAll((elements) =>
      elements.map((element) => ({
        top: element.getBoundingClientRect().top,
        text: (element.textContent ?? "").replaceAll("\u00A0", " "),
      })),
    );
    return lines.toSorted((a, b) => a.top - b.top).map(({ text }) => text);
  }

  /** The text of the line with the cursor. */
  async cursorLine(): Promise<string> {
    return this.page.locator(".editor-instance").evaluateAll((editors) => {
      const editor = editors.find((each) => each.querySelector(".monaco-editor.focused")) ?? editors[0];
      const number = editor?.querySelector(".line-numbers.active-line-number")?.getBoundingClientRect();
      for (const line of editor?.querySelectorAll(".view-line") ?? []) {
        const { top } = line.getBoundingClientRect();
        if (number && Math.abs(top - number.top) < 2) return (line.textContent ?? "").replaceAll("\u00A0", " ");
      }
      return "";
    });
  }

  /** Waits for the cursor to be in a line that holds a text. */
  async cursorIn(text: string): Promise<void> {
    await until(`the cursor in ${JSON.stringify(text)}`, async () => (await this.cursorLine()).includes(text));
  }

  /** Puts the cursor behind the text of the last line, and types, key by key. */
  async typeAtEnd(text: string): Promise<void> {
    await this.page.locator(".editor-instance .monaco-editor").first().click();
    await this.page.keyboard.press("Control+End");
    await this.type(text);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Waits for a list of completions that begins with these, and says what it holds. */
  async suggestions(...first: string[]): Promise<string[]> {
    const rows = this.page.locator(".suggest-widget.visible .monaco-list-row .label-name");
    return until(`the completions ${first.join()}`, async () => {
      const labels = await rows.allInnerTexts();
      return first.every((label, i) => labels[i] === label) && labels;
    });
  }

  /** Waits for a notification that holds a text. */
  async notification(text: string): Promise<Locator> {
    const found = this.page.locator(".notification-toast").filter({ hasText: text }).first();
    await found.waitFor();
    return found;
  }

  /**
   * The point on the screen where a text occurs first, which must lie within one line: at `<|>` in it, as in
   * `AS bu<|>ild`, or else in its middle.
   */
  async pointOf(marked: string): Promise<{ x: number; y: number }> {
    const text = marked.replace("<|>", "");
    const offset = marked.includes("<|>") ? marked.indexOf("<|>") : Math.floor(text.length / 2);
    return until(`${JSON.stringify(text)} in the editor`, () =>
      this.page.locator(".editor-instance .view-line").evaluateAll(
        (elements, [wanted, within]) => {
          const sorted = elements.toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
          for (const line of sorted) {
            const index = (line.textContent ?? "").replaceAll("\u00A0", " ").indexOf(wanted);
            if (index < 0) continue;
            const middle = index + within;
            const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
            let passed = 0;
            for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
              const length = node.textContent?.length ?? 0;
              if (middle < passed + length) {
                const range = document.createRange();
                range.setStart(node, middle - passed);
                range.setEnd(node, middle - passed + 1);
                const { left, top, height } = range.getBoundingClientRect();
                return { x: left + 1, y: top + height / 2 };
              }
              passed += length;
            }
          }
          return undefined;
        },
        [text, offset] as const,
      ),
    );
  }

  /** Puts the cursor into a text. */
  async click(text: string): Promise<void> {
    const { x, y } = await this.pointOf(text);
    await this.page.mouse.click(x, y);
  }

  /** Rests the mouse on a text until a hover says what is expected; returns all that it says. */
  async hover(text: string, expected = ""): Promise<string> {
    const hovers = this.page.locator(".monaco-editor .monaco-hover:not(.hidden)");
    const hover = hovers.filter({ hasText: expected }).first();
    return until(`a hover on ${JSON.stringify(text)} with ${JSON.stringify(expected)}`, async () => {
      // A hover stays as it is while the mouse is near, even when there is more to say in the meantime.
      await this.page.mouse.move(2, 2);
      await until("the last hover to be gone", async () => (await hovers.count()) === 0);
      const { x, y } = await this.pointOf(text);
      await this.page.mouse.move(x, y, { steps: 3 });
      await hover.waitFor({ timeout: 2 * soon }).catch(() => {});
      if (!(await hover.isVisible())) return undefined;
      return (await hover.innerText()).replaceAll("\u00A0", " ");
    });
  }

  /** The squiggles of a kind that the editor shows. */
  squiggles(kind: "error" | "warning" | "info" | "hint"): Locator {
    return this.page.locator(`.editor-instance .squiggly-${kind}`);
  }

  /** Opens the menu of quick fixes or of refactorings at a text, and returns it. */
  async menu(text: string, kind: "fix" | "refactor" = "fix"): Promise<Locator> {
    await this.click(text);
    const menu = this.page.locator(".action-widget").first();
    await until("the menu of code actions", async () => {
      await this.page.keyboard.press(kind === "fix" ? "Control+." : "Control+Shift+r");
      await menu.waitFor({ timeout: soon }).catch(() => {});
      return menu.isVisible();
    });
    return menu;
  }

  /** Chooses a code action at a text. */
  async act(text: string, title: string, kind: "fix" | "refactor" = "fix"): Promise<void> {
    const menu = await this.menu(text, kind);
    await menu.getByText(title, { exact: false }).first().click();
  }

  /** Renames the symbol at a text. */
  async rename(text: string, name: string): Promise<void> {
    await this.click(text);
    const input = this.page.locator(".rename-box input");
    // The server may not have said yet that it renames.
    await until("the box for the new name", async () => {
      await this.page.keyboard.press("F2");
      await input.waitFor({ timeout: soon }).catch(() => {});
      return input.isVisible();
    });
    await input.fill(name);
    await this.page.keyboard.press("Enter");
  }

  /** The titles that the command palette offers for what is typed. */
  async palette(typed: string): Promise<Locator> {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input[type=text]").waitFor();
    await this.page.keyboard.insertText(typed);
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  /** Runs a command by its title in the palette. */
  async command(title: string): Promise<void> {
    const rows = await this.palette(title);
    await rows.filter({ hasText: title }).first().click();
  }

  /** Saves, and waits for a file on the disk to be as `accept` wants it. */
  async save(accept: (text: string) => boolean, file = "Dockerfile"): Promise<void> {
    await this.page.keyboard.press("Control+s");
    await until(`${file} to be saved`, () => accept(this.read(file)));
  }

  /** The page inside the webview. */
  webview(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  async picture(file: string): Promise<void> {
    await this.page.screenshot({ path: file, animations: "disabled" });
  }
}
