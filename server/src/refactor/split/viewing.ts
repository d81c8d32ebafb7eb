import type { Call } from "../../stages/calls.ts";
import type { Choice, Crossing } from "./ecosystems/ecosystem.ts";
import type { Facts } from "./facts.ts";
import type { RoleOf } from "./roles.ts";

/** What there is to know while the steps are looked at, and what is collected. */
export interface Viewing {
  readonly facts: Facts;
  /** The program's. */
  readonly ecosystem: string;
  readonly role: RoleOf;
  readonly choice: Choice;
  /** Whether the runtime stage installs packages of the system. */
  readonly installs: boolean;
  /** The first and the last step of the build. */
  readonly work: number;
  readonly lastWork: number;
  /** What commands put outside the workshop, by the command, and does not go again. */
  readonly made: ReadonlyMap<Call, readonly string[]>;
  readonly crossings: Map<string, Crossing>;
  /** What the steps so far put to places that only the builder has when the runtime stage is set up. */
  readonly left: Set<string>;
  /** What the steps so far make in the runtime stage, too. */
  readonly there: Set<string>;
  readonly doubts: Doubts;
}

/** Commands that nobody knows, as sentences name them. */
export interface Doubts {
  /** They run among the sources. */
  readonly working: string[];
  /** They run behind the build, or beside it, and are repeated. */
  readonly repeated: string[];
  /** They stand in front of the build, and are done on another image, too. */
  readonly moved: string[];
}

export interface Part {
  readonly builder: boolean;
  readonly runtime: string | null;
  readonly moves: boolean;
  readonly tokens: readonly string[];
}

export const neutral: Part = { builder: false, runtime: null, moves: true, tokens: [] };
