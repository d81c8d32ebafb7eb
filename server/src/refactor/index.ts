import type { Refactoring } from "./refactoring.ts";
import { splitStage } from "./split-stage.ts";

/** All refactorings, in the order of the menu. */
export const refactorings: readonly Refactoring[] = [splitStage];
