import type { BuildsAnswer, DeclaredArg } from "../protocol.ts";
import type { Analysis } from "../stages/analysis.ts";
import { buildSettings } from "../workspace/build-settings.ts";
import type { FoundBuild } from "../workspace/mentions.ts";

/**
 * What other files say about builds of a Dockerfile, and the ARGs that it declares.
 *
 * @param path the Dockerfile's path in its project; `null` where it lies in none
 */
export function projectBuilds(analysis: Analysis, path: string | null, builds: readonly FoundBuild[]): BuildsAnswer {
  return {
    builds: builds.map((build) => {
      const { file, mention } = build;
      return {
        uri: file.uri,
        file: file.path,
        range: file.lines.range(mention.span),
        name: mention.name,
        ...buildSettings(build, path ?? "", builds),
      };
    }),
    args: declaredArgs(analysis),
  };
}

function declaredArgs({ scope }: Analysis): DeclaredArg[] {
  const found = new Map<string, string | null>();
  for (const { kind, name, pair } of scope.definitions) {
    if (kind === "arg" && name !== "") found.set(name, found.get(name) ?? pair.value);
  }
  return [...found].map(([name, value]) => ({ name, value }));
}
