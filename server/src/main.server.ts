import { launch } from "./launch.ts";

/** The hash of the program that `main.node.ts` is bundled to; filled in by the build. */
declare const PROGRAM_HASH: string;

launch("language-server.js", PROGRAM_HASH);
