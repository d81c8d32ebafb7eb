import { argNotInScope } from "./arg-not-in-scope.ts";
import { buildToolsInFinalStage } from "./build-tools-in-final-stage.ts";
import { circularStageDependency } from "./circular-stage-dependency.ts";
import { commandInBuildStage } from "./command-in-build-stage.ts";
import { consistentInstructionCasing } from "./consistent-instruction-casing.ts";
import { copyFromEmptyStage } from "./copy-from-empty-stage.ts";
import { copyFromMissingPath } from "./copy-from-missing-path.ts";
import { copyIgnoredFile } from "./copy-ignored-file.ts";
import { copyWholeFilesystem } from "./copy-whole-filesystem.ts";
import { devDependenciesInFinalStage } from "./dev-dependencies-in-final-stage.ts";
import { duplicateStageName } from "./duplicate-stage-name.ts";
import { envNotInherited } from "./env-not-inherited.ts";
import { exposeInvalidFormat } from "./expose-invalid-format.ts";
import { exposeProtoCasing } from "./expose-proto-casing.ts";
import { fromAsCasing } from "./from-as-casing.ts";
import { fromPlatformFlagConstDisallowed } from "./from-platform-flag-const-disallowed.ts";
import { fromStageCasing } from "./from-stage-casing.ts";
import { invalidArgument } from "./invalid-argument.ts";
import { invalidCheckDirective } from "./invalid-check-directive.ts";
import { invalidDefaultArgInFrom } from "./invalid-default-arg-in-from.ts";
import { invalidDefinitionDescription } from "./invalid-definition-description.ts";
import { invalidExecForm } from "./invalid-exec-form.ts";
import { invalidFlag } from "./invalid-flag.ts";
import { invalidFlagValue } from "./invalid-flag-value.ts";
import { invalidFrom } from "./invalid-from.ts";
import { invalidMount } from "./invalid-mount.ts";
import { invalidPlatform } from "./invalid-platform.ts";
import { invalidPort } from "./invalid-port.ts";
import { invalidSource } from "./invalid-source.ts";
import { invalidSyntax } from "./invalid-syntax.ts";
import { invalidWord } from "./invalid-word.ts";
import { jsonArgsRecommended } from "./json-args-recommended.ts";
import { laterStageReference } from "./later-stage-reference.ts";
import { legacyKeyValueFormat } from "./legacy-key-value-format.ts";
import { libcMismatch } from "./libc-mismatch.ts";
import { maintainerDeprecated } from "./maintainer-deprecated.ts";
import { missingArgument } from "./missing-argument.ts";
import { mountFromIndex } from "./mount-from-index.ts";
import { multipleInstructionsDisallowed } from "./multiple-instructions-disallowed.ts";
import { noBuildStage } from "./no-build-stage.ts";
import { noEmptyContinuation } from "./no-empty-continuation.ts";
import { numericStageReference } from "./numeric-stage-reference.ts";
import { redundantTargetPlatform } from "./redundant-target-platform.ts";
import { reservedStageName } from "./reserved-stage-name.ts";
import { rootUserInFinalStage } from "./root-user-in-final-stage.ts";
import type { Rule } from "./rule.ts";
import { scratchNeedsCertificates } from "./scratch-needs-certificates.ts";
import { scratchNeedsStaticBinary } from "./scratch-needs-static-binary.ts";
import { secretInImage } from "./secret-in-image.ts";
import { secretsUsedInArgOrEnv } from "./secrets-used-in-arg-or-env.ts";
import { shellInScratch } from "./shell-in-scratch.ts";
import { sourceBeforeDependencies } from "./source-before-dependencies.ts";
import { stageIndexOutOfRange } from "./stage-index-out-of-range.ts";
import { stageNameCasing } from "./stage-name-casing.ts";
import { targetOnlyStage } from "./target-only-stage.ts";
import { undefinedArgInFrom } from "./undefined-arg-in-from.ts";
import { undefinedVar } from "./undefined-var.ts";
import { unknownInstruction } from "./unknown-instruction.ts";
import { unknownStage } from "./unknown-stage.ts";
import { unusedStage } from "./unused-stage.ts";
import { variableInStageReference } from "./variable-in-stage-reference.ts";
import { workdirRelativePath } from "./workdir-relative-path.ts";

/** What stops every build. */
const errors: readonly Rule[] = [
  invalidSyntax,
  invalidCheckDirective,
  unknownInstruction,
  missingArgument,
  invalidArgument,
  invalidPort,
  invalidSource,
  invalidFlag,
  invalidFlagValue,
  invalidMount,
  invalidWord,
  noBuildStage,
  invalidFrom,
  invalidPlatform,
  laterStageReference,
  circularStageDependency,
  stageIndexOutOfRange,
  variableInStageReference,
];

/** BuildKit's own checks, as `docker build --check` runs them. */
const checks: readonly Rule[] = [
  stageNameCasing,
  fromAsCasing,
  noEmptyContinuation,
  consistentInstructionCasing,
  duplicateStageName,
  reservedStageName,
  jsonArgsRecommended,
  maintainerDeprecated,
  workdirRelativePath,
  multipleInstructionsDisallowed,
  legacyKeyValueFormat,
  secretsUsedInArgOrEnv,
  invalidDefinitionDescription,
  exposeProtoCasing,
  exposeInvalidFormat,
  copyIgnoredFile,
  fromPlatformFlagConstDisallowed,
  invalidDefaultArgInFrom,
  redundantTargetPlatform,
  undefinedArgInFrom,
  undefinedVar,
];

/** Names and references: who means whom, who sees what. */
const scope: readonly Rule[] = [
  unknownStage,
  fromStageCasing,
  mountFromIndex,
  numericStageReference,
  unusedStage,
  targetOnlyStage,
  argNotInScope,
  envNotInherited,
];

/** What crosses from one stage to another. */
const boundaries: readonly Rule[] = [copyFromMissingPath, copyFromEmptyStage, copyWholeFilesystem, commandInBuildStage];

/** What the image ships, and whether it can run. */
const shipping: readonly Rule[] = [
  buildToolsInFinalStage,
  devDependenciesInFinalStage,
  secretInImage,
  rootUserInFinalStage,
  libcMismatch,
  scratchNeedsStaticBinary,
  scratchNeedsCertificates,
  shellInScratch,
];

/** What is built again without need, and what is not what it looks like. */
const building: readonly Rule[] = [invalidExecForm, sourceBeforeDependencies];

/** All rules, in the order of the generated table. */
export const rules: readonly Rule[] = [...errors, ...checks, ...scope, ...boundaries, ...shipping, ...building];
