import type { Split } from "./plan.ts";

/** What a split did, in plain sentences: what is copied, what stays behind, what the image starts from. */
export function summarize({ facts, choice, builderName, runtimeName }: Split): string[] {
  const { stage } = facts;
  const copied = [...new Set(choice.crossings.map(({ value }) => value))];
  const sentences = [`The stage '${builderName}' builds on ${stage.base?.text ?? "its base"}, as before.`];
  sentences.push(`The stage '${runtimeName}' starts from ${choice.base}: ${choice.detail}.`);
  if (copied.length > 0) sentences.push(`It copies ${copied.join(", ")} from the builder.`);
  return sentences;
}
