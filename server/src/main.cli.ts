import { version } from "../../package.json";
import { runCommandLine } from "./cli/main.ts";

/** Resolves when files have been checked: help alone needs next to nothing of the program. */
export const warm = new Promise<void>((resolve) => {
  void runCommandLine(process.argv.slice(2), version).then((command) => {
    if (command === "check") resolve();
  });
});
