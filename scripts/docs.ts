// Writes what is generated from the sources: docs/rules.md, docs/refactorings.md, docs/settings.md, and the settings in
// package.json.
//
//   npm run docs              writes the files
//   npm run docs -- --check   writes nothing; exit code 1 and the names of the files where one is not up to date
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { refactorings } from "../server/src/refactor/index.ts";
import type { SplitExample } from "../server/src/refactor/split/ecosystems/ecosystem.ts";
import { ecosystems } from "../server/src/refactor/split/ecosystems/index.ts";
import { splitFile, type SplitResult } from "../server/src/refactor/split-stage.ts";
import { rules } from "../server/src/rules/index.ts";
import { documentationUrl, type Rule } from "../server/src/rules/rule.ts";
import { analyze } from "../server/src/stages/analysis.ts";
import { type Setting, settings } from "../server/src/settings.ts";
import { isMain, root } from "./root.ts";

const notice = "<!-- Generated from the sources by `npm run docs`. -->\n\n";

/** The generated files: path from the root → contents. */
export function generated(): Map<string, string> {
  return new Map([
    ["docs/rules.md", rulesPage()],
    ["docs/refactorings.md", refactoringsPage()],
    ["docs/settings.md", settingsPage()],
    ["package.json", manifest()],
  ]);
}

function rulesPage(): string {
  const fixable = (rule: Rule) => (rule.examples.some(({ fixed }) => fixed !== undefined) ? "yes" : "");
  const rows = rules.map(
    (rule) => `| [${rule.id}](#${rule.id.toLowerCase()}) | ${rule.severity} | ${fixable(rule)} | ${rule.summary} |`,
  );
  const sections = rules.map(
    (rule) =>
      `## ${rule.id}\n\n*${rule.severity}*${origin(rule)} · ${rule.summary}\n\n${rule.docs.trim()}\n\n${examples(rule)}`,
  );
  return `${notice}# Rules

Severities: *error*: the build fails; *warning*: surely wrong; *information* and *hint*: advice. They are changed, and rules
switched off, in the [settings](settings.md) and on the [command line](cli.md). A file switches a rule off with a parser directive
at its top, \`# check=skip=RuleName\`; one instruction does with such a comment right above it, as newer versions of BuildKit have it.

Rules that are checks of BuildKit have its names and its words. An experimental one is on where \`# check=experimental=RuleName\` or
a severity asks for it. One check is left out: \`InvalidBaseImagePlatform\` compares the platform of a base image with the one that
is built for, which takes a registry to answer.

A few words: a *stage* is what one \`FROM\` begins, its *base* the image or stage that \`FROM\` names. The *target* is the stage that a
build makes: the one that \`--target\` names, else the last. The *build context* is the folder that a build is given, without what
\`.dockerignore\` leaves out; a *build arg* is what \`ARG\` declares. Each instruction that changes files adds a *layer* to the image,
which later ones can hide but not take away. An instruction is in *exec form* as a JSON array (\`CMD ["node", "app.js"]\`), else in
*shell form*, which a shell runs.

In the examples a line of carets (\`^^^\`) marks what is found in the line above, and the message follows it. An example without
carets is accepted.

| Rule | Severity | Quick fix | |
| --- | --- | --- | --- |
${rows.join("\n")}

${sections.join("\n")}`;
}

/** Says of a check of BuildKit's own that it is one, and where Docker describes it. */
function origin(rule: Rule): string {
  const url = documentationUrl(rule);
  if (url === null) return "";
  return ` · a check of BuildKit${rule.buildkit === "experimental" ? ", experimental" : ""}: [Docker's page](${url})`;
}

/** The examples as they are tested: carets mark what is found. */
function examples({ examples: all }: Rule): string {
  return all
    .map(({ title, text, fixed, ignoreFile }) => {
      const block = (body: string) => `\`\`\`text\n${body.trim()}\n\`\`\`\n`;
      const beside = ignoreFile === undefined ? "" : `With this \`.dockerignore\`:\n\n${block(ignoreFile)}\n`;
      return `**${title}**\n\n${beside}${block(text)}${fixed === undefined ? "" : `\nAfter the fix:\n\n${block(fixed)}`}`;
    })
    .join("\n");
}

function refactoringsPage(): string {
  const rows = refactorings.map(({ kind, summary }) => `| \`${kind}\` | ${summary} |`);
  const sections = ecosystems.map(({ name, docs, examples: all }) => {
    return `## Split: ${name}\n\n${docs.trim()}\n\n${all.map(splitExample).join("\n")}`;
  });
  return `${notice}# Refactorings

| Kind | |
| --- | --- |
${rows.join("\n")}

The split takes a stage apart, instruction by instruction and shell command by shell command: what builds stays in a builder, the
image that ships starts afresh and takes what it needs. Comments stay with their instruction; ENV, WORKDIR, USER, EXPOSE, CMD and
the like go where they belong. Where it is not sure what belongs where, it is refused with the reason.

It reads the files beside the Dockerfile that say how the project is built and started (\`package.json\`, \`pom.xml\`, \`Cargo.toml\`
and the like, two folders down), taking the Dockerfile's folder for the build context. What neither these nor the Dockerfile tell is
said as a sentence to check. A split **without such sentences** builds and runs the same as before.

## Ways to split

Where several images make sense for the runtime stage, each is a way to split:

| Way | The image that ships starts from |
| --- | --- |
| the same image | the image that builds: compilers that it holds stay, but sources, caches and what the file installs to build are gone |
| a smaller image | one that runs the same programs: a slim variant, a Java runtime, ASP.NET, nginx |
| little but the program | an image without a shell (distroless), or the empty one (\`scratch\`), for programs that need nothing else |

The default is the leanest one with nothing to check, else the one that most people would take. In VS Code the command
_Dockerfile: Split into Builder and Runtime Stages…_ asks which one, shows the file before and after side by side, and says what to
check before it applies anything. The quick fix and the refactoring apply the default at once, and say afterwards what to check. On
the command line \`split --base IMAGE\` takes another one: see [cli.md](cli.md#what-split-does).

Only on request, the tests that the build runs move to a stage of their own, which is built with \`--target test\`, and the container
runs as the user without privileges that the base has: _Options…_ in VS Code, \`--test-stage\` and \`--non-root\` on the command line.

${sections.join("\n")}`;
}

/** An example as it is tested: what is to be checked, and the whole reason of a refusal, are what the engine says. */
function splitExample({ title, before, project, base }: SplitExample): string {
  const block = (language: string, body: string) => `\`\`\`${language}\n${body.trim()}\n\`\`\`\n`;
  const files = Object.entries(project ?? {});
  const beside = files.map(([name, text]) =>
    text.trim() === "" ? `Beside it: \`${name}\`.\n\n` : `Beside it, \`${name}\`:\n\n${block("text", text)}\n`,
  );
  const result = splitFile(analyze(before), { project: new Map(files) });
  return `**${title}**\n\n${block("dockerfile", before)}\n${beside.join("")}${splitOutcome(result, base ?? null, block)}`;
}

function splitOutcome(
  result: SplitResult,
  wanted: string | null,
  block: (language: string, body: string) => string,
): string {
  if (!result.offered) return `Refused: ${result.reason}\n`;
  const way = result.ways.find(({ base }) => base === wanted) ?? result.ways[0];
  const others = result.ways.filter((each) => each !== way).map(({ base }) => `\`${base}\``);
  const checks = way.assumptions.map((sentence) => `- ${sentence}\n`).join("");
  return [
    `${wanted === null ? "becomes" : `on \`${wanted}\` becomes`}\n\n${block("dockerfile", way.after())}`,
    ...(checks === "" ? [] : [`To check:\n\n${checks}`]),
    ...(others.length === 0 ? [] : [`Other ways: ${others.join(", ")}.\n`]),
  ].join("\n");
}

/** A setting of the editor's own that is worth knowing. */
const onSave = `## Safe fixes on save

The safe fixes of a file are those after which the image surely stays what it is meant to be. VS Code applies them all with the
command _Fix All_, and on each save with its own setting

\`\`\`json
{
  "[dockerfile]": { "editor.codeActionsOnSave": { "source.fixAll.dockerfileStages": "explicit" } }
}
\`\`\`
`;

function settingsPage(): string {
  const sections = settings.map((setting) => {
    if (setting.kind === "text")
      return `## dockerfileStages.${setting.name}\n\n${setting.description} Default: \`${setting.default}\`.\n`;
    const values = setting.values.map(({ value, description }) => `| \`${value}\` | ${description} |`).join("\n");
    const preset = setting.kind === "choice" ? setting.default : "{}";
    return `## dockerfileStages.${setting.name}\n\n${setting.description} Default: \`${preset}\`.\n\n| Value | |\n| --- | --- |\n${values}\n`;
  });
  return `${notice}# Settings\n\n${sections.join("\n")}\n${onSave}`;
}

function manifest(): string {
  const text = readFileSync(path.join(root, "package.json"), "utf8");
  const json = JSON.parse(text) as { contributes: { configuration: { properties: unknown } } };
  json.contributes.configuration.properties = Object.fromEntries(
    settings.map((setting) => [`dockerfileStages.${setting.name}`, property(setting)]),
  );
  return `${JSON.stringify(json, null, 2)}\n`;
}

function property(setting: Setting): unknown {
  if (setting.kind === "text")
    return { type: "string", scope: "machine", default: setting.default, markdownDescription: setting.description };
  const choice = {
    type: "string",
    enum: setting.values.map(({ value }) => value),
    enumDescriptions: setting.values.map(({ description }) => description),
  };
  const common = { scope: "window", markdownDescription: setting.description };
  if (setting.kind === "choice") return { ...choice, default: setting.default, ...common };
  return {
    type: "object",
    // Completed and explained in the settings editor.
    properties: Object.fromEntries(
      rules.map(({ id, summary, severity }) => [id, { ...choice, default: severity, markdownDescription: summary }]),
    ),
    additionalProperties: false,
    default: {},
    ...common,
    scope: "resource",
  };
}

/** The generated files that are not up to date. */
export function stale(): string[] {
  return [...generated()]
    .filter(([name, contents]) => {
      const file = path.join(root, name);
      return !existsSync(file) || readFileSync(file, "utf8") !== contents;
    })
    .map(([name]) => name);
}

function main(check: boolean): number {
  const names = stale();
  if (check) {
    for (const name of names) console.error(`${name} is not up to date: run \`npm run docs\``);
    return names.length === 0 ? 0 : 1;
  }
  const files = generated();
  for (const name of names) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, files.get(name)!);
    console.log(`wrote ${name}`);
  }
  return 0;
}

if (isMain(import.meta)) process.exitCode = main(process.argv.includes("--check"));
