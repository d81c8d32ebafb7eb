import type { StageGraph } from "../../server/src/protocol.ts";
import { html } from "./elements.ts";
import type { Choices, Question } from "./messages.ts";
import { describeBuild } from "./words.ts";

/** The line of words above the drawing. */

export interface Toolbar {
  readonly element: HTMLElement;
  /** Shows what is chosen, and which stages there are to choose. */
  readonly update: (graph: StageGraph, choices: Choices) => void;
  readonly setPinned: (pinned: boolean) => void;
  /** Which question is answered beside the drawing. */
  readonly setQuestion: (question: Question) => void;
  readonly setFound: (text: string) => void;
  readonly search: () => void;
}

export interface ToolbarActions {
  readonly choose: (changes: Partial<Choices>) => void;
  readonly pin: (pinned: boolean) => void;
  readonly ask: (question: Question) => void;
  readonly exportPicture: () => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly search: (text: string) => void;
  /** Goes to the next thing that was found, or the one before. */
  readonly next: (back: boolean) => void;
}

const step = 1.25;

type Switch = "layers" | "contexts" | "imagesPerUse" | "order";

const switches: readonly (readonly [Switch, string])[] = [
  ["layers", "Instructions of all stages"],
  ["contexts", "Copies out of the build context"],
  ["imagesPerUse", "External images once per use"],
  ["order", "Build order: what can run at the same time"],
];

const asked: readonly (readonly [Question, string, string])[] = [
  ["rebuild", "What is rebuilt?", "What has to be built again when a file changes"],
  ["ship", "What ships?", "What the final image is made of, and what stays behind"],
  ["sizes", "Sizes", "How large each stage is, and what makes it so"],
];

export function makeToolbar(actions: ToolbarActions): Toolbar {
  const button = (text: string, title: string, run: () => void, name = text): HTMLButtonElement => {
    const made = html("button", { type: "button", title, ...(name === text ? {} : { "aria-label": name }) }, text);
    made.addEventListener("click", run);
    return made;
  };
  const target = html("select", { "aria-label": "Target", title: "The stage to build" });
  target.addEventListener("change", () => actions.choose({ target: target.value === "" ? null : target.value }));
  const builds = html("span", { class: "builds", role: "status" });

  const boxes = new Map(
    switches.map(([name]) => {
      const box = html("input", { type: "checkbox" });
      box.addEventListener("change", () =>
        actions.choose({ [name]: box.checked, ...(name === "layers" ? { expanded: [] } : {}) }),
      );
      return [name, box] as const;
    }),
  );
  const menu = html(
    "details",
    { class: "menu" },
    html("summary", {}, "View"),
    html("div", {}, ...switches.map(([name, text]) => html("label", {}, boxes.get(name)!, text))),
  );
  document.addEventListener("pointerdown", ({ target: at }) => {
    if (!(at instanceof Node) || !menu.contains(at)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });

  let question: Question = "none";
  const asks = asked.map(([each, text, title]) => {
    const made = button(text, title, () => actions.ask(question === each ? "none" : each));
    made.setAttribute("aria-pressed", "false");
    return [each, made] as const;
  });

  const find = html("input", {
    type: "search",
    placeholder: "Find",
    "aria-label": "Find in the graph",
    spellcheck: "false",
  });
  const found = html("span", { class: "found-count", role: "status" });
  find.addEventListener("input", () => actions.search(find.value));
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") actions.next(event.shiftKey);
    if (event.key === "Escape") {
      find.value = "";
      actions.search("");
    }
  });

  const pin = button("Pin", "Keep this file here, whichever is in the editor", () => {
    actions.pin(pin.getAttribute("aria-pressed") !== "true");
  });
  pin.setAttribute("aria-pressed", "false");

  const element = html(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Stage graph" },
    html("label", { class: "target-label" }, "Target ", target),
    builds,
    menu,
    ...asks.map(([, made]) => made),
    find,
    found,
    html("span", { class: "gap" }),
    button("Export…", "Save or copy the graph", actions.exportPicture),
    pin,
    button("−", "Zoom out (−)", () => actions.zoom(1 / step), "Zoom out"),
    button("+", "Zoom in (+)", () => actions.zoom(step), "Zoom in"),
    button("Fit", "Show the whole graph (0)", actions.fit, "Fit: show the whole graph"),
  );

  return {
    element,
    update: (graph, choices) => {
      const stages = graph.nodes.filter(({ kind }) => kind === "stage");
      const last = stages.at(-1);
      target.replaceChildren(
        html("option", { value: "" }, last ? `${last.label} (the last)` : "the last stage"),
        ...stages.slice(0, -1).map(({ name, index, label }) => html("option", { value: name ?? String(index) }, label)),
      );
      target.value = choices.target ?? "";
      if (target.selectedIndex < 0) target.value = "";
      const text = describeBuild(graph);
      builds.textContent = text;
      builds.title = text;
      for (const [name, box] of boxes) box.checked = choices[name];
    },
    setPinned: (pinned) => {
      pin.setAttribute("aria-pressed", String(pinned));
      pin.textContent = pinned ? "Pinned" : "Pin";
    },
    setQuestion: (next) => {
      question = next;
      for (const [each, made] of asks) made.setAttribute("aria-pressed", String(each === next));
    },
    setFound: (text) => {
      found.textContent = text;
    },
    search: () => {
      find.focus();
      find.select();
    },
  };
}
