import { argNotInScope } from "./arg-not-in-scope.ts";
import { buildToolsInFinalStage } from "./build-tools-in-final-stage.ts";
import { circularStageDependency } from "./circular-stage-dependency.ts";
import { duplicateStageName } from "./duplicate-stage-name.ts";
import { fromStageCasing } from "./from-stage-casing.ts";
import { invalidFlag } from "./invalid-flag.ts";
import { invalidFrom } from "./invalid-from.ts";
import { invalidSyntax } from "./invalid-syntax.ts";
import { laterStageReference } from "./later-stage-reference.ts";
import { mountFromIndex } from "./mount-from-index.ts";
import { noBuildStage } from "./no-build-stage.ts";
import type { Rule } from "./rule.ts";
import { stageIndexOutOfRange } from "./stage-index-out-of-range.ts";
import { unknownStage } from "./unknown-stage.ts";
import { unusedStage } from "./unused-stage.ts";
import { variableInStageReference } from "./variable-in-stage-reference.ts";

/** What stops every build. */
const errors: readonly Rule[] = [
  invalidSyntax,
  invalidFlag,
  noBuildStage,
  invalidFrom,
  laterStageReference,
  circularStageDependency,
  stageIndexOutOfRange,
  variableInStageReference,
];

/** BuildKit's own checks, as `docker build --check` runs them. */
const checks: readonly Rule[] = [duplicateStageName];

/** Names and references: who means whom, who sees what. */
const scope: readonly Rule[] = [unknownStage, fromStageCasing, mountFromIndex, unusedStage, argNotInScope];

/** What crosses from one stage to another. */
const boundaries: readonly Rule[] = [];

/** What the image ships, and whether it can run. */
const shipping: readonly Rule[] = [buildToolsInFinalStage];

/** What is built again without need, and what is not what it looks like. */
const building: readonly Rule[] = [];

/** All rules, in the order of the generated table. */
export const rules: readonly Rule[] = [...errors, ...checks, ...scope, ...boundaries, ...shipping, ...building];
