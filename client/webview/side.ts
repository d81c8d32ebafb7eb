import { html } from "./elements.ts";
import type { Marks } from "./messages.ts";

/** An answer as a list beside the drawing. */
export function showAnswer(
  side: HTMLElement,
  { kind, title, summary, entries }: Marks,
  actions: { readonly go: (id: string) => void; readonly close: () => void; readonly measure: () => void },
): void {
  const close = html("button", { type: "button", class: "close", title: "Close", "aria-label": "Close" }, "×");
  close.addEventListener("click", actions.close);
  const list: Element[] = [];
  let rows: HTMLUListElement | undefined;
  for (const { heading, text, detail, size, id } of entries) {
    if (heading !== "" || !rows) {
      if (heading !== "") list.push(html("h3", {}, heading));
      list.push((rows = html("ul")));
    }
    const words = [
      ...(size === "" ? [] : [html("span", { class: "amount" }, size)]),
      html("span", { class: "what" }, text),
      ...(detail === "" ? [] : [html("span", { class: "why" }, detail)]),
    ];
    if (id === null) {
      rows.append(html("li", {}, ...words));
      continue;
    }
    const row = html("button", { type: "button", "data-entry": id }, ...words);
    row.addEventListener("click", () => actions.go(id));
    rows.append(html("li", {}, row));
  }
  const sentences = summary.map((sentence) => html("p", {}, sentence));
  const above = kind === "sizes" ? [measureButton(entries.length > 0, actions.measure)] : [];
  side.replaceChildren(html("header", {}, html("h2", {}, title), close), ...sentences, ...above, ...list);
}

function measureButton(isAgain: boolean, measure: () => void): HTMLButtonElement {
  const button = html("button", { type: "button", class: "measure" }, isAgain ? "Measure again" : "Measure sizes");
  button.addEventListener("click", measure);
  return button;
}
