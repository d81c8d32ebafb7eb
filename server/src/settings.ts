/**
 * All settings, declared once. package.json, docs/settings.md and the server read this list; a test compares them.
 */
export interface Setting {
  /** Without the leading `dockerfileStages.`. */
  readonly name: string;
  readonly values: readonly { readonly value: string; readonly description: string }[];
  readonly default: string;
  /** Markdown. */
  readonly description: string;
}

export const settings: readonly Setting[] = [
  {
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
