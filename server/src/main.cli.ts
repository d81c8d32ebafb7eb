import { version } from "../../package.json";
import { runCommandLine } from "./cli/main.ts";

void runCommandLine(process.argv.slice(2), version);
