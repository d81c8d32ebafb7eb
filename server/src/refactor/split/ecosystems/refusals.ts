import type { Refusal } from "./ecosystem.ts";

/** Reasons against a split that hold for programs of several kinds. */
export const refusals = {
  noProgram: {
    refused: "The file has neither CMD nor ENTRYPOINT, so it does not say which program the runtime stage needs.",
  },
  noStart: {
    refused: "The file has neither CMD nor ENTRYPOINT, so it does not say what the runtime stage must start.",
  },
  windows: { refused: "Windows images are not split." },
  atRoot: {
    refused: "The program is built in /, beside the files of the image: set a WORKDIR first, then it can be split.",
  },
  unknownDirectory: {
    refused: "The directory in which the program is built cannot be told: it depends on what the file does not say.",
  },
  unknownWorkdir: { refused: "The working directory of the container cannot be told from the file." },
} satisfies Readonly<Record<string, Refusal>>;

export function unknownProgram(program: string): Refusal {
  return { refused: `The container starts \`${program}\`, whose value the file does not tell.` };
}
