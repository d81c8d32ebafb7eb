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

/** All rules, in the order of the generated table. */
export const rules: readonly Rule[] = [
  invalidSyntax,
  invalidFlag,
  noBuildStage,
  invalidFrom,
  unknownStage,
  fromStageCasing,
  laterStageReference,
  circularStageDependency,
  stageIndexOutOfRange,
  variableInStageReference,
  mountFromIndex,
  duplicateStageName,
  unusedStage,
  argNotInScope,
  buildToolsInFinalStage,
];
