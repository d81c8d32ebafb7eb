import type { Severity } from "../rules/rule.ts";

/** How a part of a text report is set off; a terminal shows colours. */
export type Role = Severity | "strong" | "faint" | "added" | "removed" | "place";

/** Sets off a part of a text report. */
export type Style = (role: Role, text: string) => string;

/** Leaves the text as it is. */
export const plain: Style = (_, text) => text;
