import { parseXml, XmlCdata, XmlElement as ParsedElement, XmlText } from "@rgrove/parse-xml";
import { largestNeighbour } from "./neighbours.ts";

/** An element of an XML file, as far as project files need it. */
export interface XmlElement {
  /** With its prefix, as written. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** What is written between its tags, without that of its children and without space around it. */
  readonly text: string;
}

/** The root of an XML file; `null` where it is none or larger than project files are. Never throws. */
export function readXml(text: string): XmlElement | null {
  if (text.length > largestNeighbour) return null;
  try {
    const { root } = parseXml(text, { ignoreUndefinedEntities: true });
    return root && plain(root);
  } catch {
    return null;
  }
}

function plain({ name, attributes, children }: ParsedElement): XmlElement {
  const text = children
    .map((child) => (child instanceof XmlText || child instanceof XmlCdata ? child.text : ""))
    .join("");
  const elements = children.filter((child) => child instanceof ParsedElement);
  return { name, attributes, children: elements.map(plain), text: text.trim() };
}

/**
 * The text of the first element that stands at a path below another: `childText(project, "build", "finalName")`. Where
 * several elements on the way have the same name, all are looked into. `null` where there is none or it is empty.
 */
export function childText(element: XmlElement, ...path: readonly string[]): string | null {
  const [name, ...rest] = path;
  if (name === undefined) return element.text === "" ? null : element.text;
  for (const child of element.children) {
    const found = child.name === name ? childText(child, ...rest) : null;
    if (found !== null) return found;
  }
  return null;
}
