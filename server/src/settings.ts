/**
 * All settings, declared once. package.json, docs/settings.md and the server read this list; a test compares them.
 */
export type Setting = ChoiceSetting | SeveritiesSetting | TextSetting;

interface Described {
  /** Without the leading `dockerfileStages.`. */
  readonly name: string;
  /** Markdown. */
  readonly description: string;
}

/** One of a few values. */
export interface ChoiceSetting extends Described {
  readonly kind: "choice";
  readonly values: readonly SettingValue[];
  readonly default: string;
}

/** A text that only the user's own settings may hold, never those of a workspace: it names a program. */
export interface TextSetting extends Described {
  readonly kind: "text";
  readonly default: string;
}

/** An object from a rule's name to one of a few values; `{}` by default. */
export interface SeveritiesSetting extends Described {
  readonly kind: "severities";
  readonly values: readonly SettingValue[];
}

export interface SettingValue {
  readonly value: string;
  readonly description: string;
}

export const settings: readonly Setting[] = [
  {
    kind: "severities",
    name: "rules",
    values: [
      { value: "error", description: "Underline what the rule finds as an error." },
      { value: "warning", description: "Underline it as a warning." },
      { value: "information", description: "Underline it as information." },
      { value: "hint", description: "Mark it with dots only." },
      { value: "off", description: "Say nothing." },
    ],
    description:
      'How much findings matter, by rule: `{ "UnusedStage": "off", "StageNameCasing": "error" }`. Rules that are not named keep their own severity.',
  },
  {
    kind: "choice",
    name: "repeatedFindings",
    values: [
      {
        value: "auto",
        description: "Leave out the rules whose findings Container Tools or Docker DX, where installed, shows already.",
      },
      { value: "show", description: "Show all findings." },
      { value: "hide", description: "Leave out the rules that Container Tools or Docker DX can show." },
    ],
    default: "auto",
    description:
      "Findings that another extension shows, too. A rule named in `dockerfileStages.rules` is always shown.",
  },
  {
    kind: "choice",
    name: "languageFeatures",
    values: [
      {
        value: "auto",
        description: "Offer them unless Container Tools or Docker DX is installed, which offer them too.",
      },
      { value: "on", description: "Always offer them." },
      { value: "off", description: "Never offer them." },
    ],
    default: "auto",
    description:
      "The general Dockerfile features: formatting, completion of keywords, hovers of instructions, and links.",
  },
  {
    kind: "choice",
    name: "codeLens",
    values: [
      { value: "on", description: "Show them." },
      { value: "off", description: "Show none." },
    ],
    default: "on",
    description:
      "Lines above the stages of a file: who uses a stage, whether the default build needs it, and which other files build it.",
  },
  {
    kind: "choice",
    name: "inlayHints",
    values: [
      { value: "on", description: "Show them." },
      { value: "off", description: "Show none." },
    ],
    default: "on",
    description:
      "Hints in the text: the stage that `--from=0` means, the image that a stage is built on in the end, and the values of variables.",
  },
  {
    kind: "choice",
    name: "semanticTokens",
    values: [
      {
        value: "auto",
        description:
          "Colour them unless Container Tools or Docker DX is installed, which colour Dockerfiles, too. With `dockerfileStages.languageFeatures` set to `on`, colour them beside those.",
      },
      { value: "on", description: "Always colour them." },
      { value: "off", description: "Leave the colours to the grammar." },
    ],
    default: "auto",
    description: "Colours for the names of stages and variables, where they are given and where they are used.",
  },
  {
    kind: "text",
    name: "docker",
    default: "docker",
    description:
      "The program that builds stages, with `buildx`: `docker`, or a path. Only the commands, lenses and tasks that build run it.",
  },
  {
    kind: "choice",
    name: "trace.server",
    values: [
      { value: "off", description: "Log nothing." },
      { value: "messages", description: "Log the names of messages." },
      { value: "verbose", description: "Log messages with their contents." },
    ],
    default: "off",
    description: "Logs the messages between the editor and the stage language server.",
  },
];
