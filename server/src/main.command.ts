import { launch } from "./launch.ts";

/** The hash of the program that `main.cli.ts` is bundled to; filled in by the build. */
declare const PROGRAM_HASH: string;

launch("command-line.js", PROGRAM_HASH);
