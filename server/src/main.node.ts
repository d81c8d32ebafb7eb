import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { disk } from "./disk.ts";
import { connectionStrategy, serve } from "./lsp/server.ts";
import { version } from "../../package.json";

// Started with --stdio by other editors, with --node-ipc by VS Code.
if (!process.argv.some((argument) => /^--(?:stdio|node-ipc|socket|pipe)/.test(argument))) process.argv.push("--stdio");

/** What an editor asks at once about the first document it opens belongs to a start, too. */
const firstQuestions = 1000;

/** Resolves a moment after the first document has its diagnostics. */
export const warm = new Promise<void>((resolve) => {
  let isDiagnosed = false;
  serve(createConnection(ProposedFeatures.all, connectionStrategy), {
    version,
    schedule: (run) => {
      setImmediate(run);
    },
    program: (name) => readFile(path.join(__dirname, name)),
    files: disk(fileURLToPath),
    onDiagnosed: () => {
      if (isDiagnosed) return;
      isDiagnosed = true;
      setTimeout(resolve, firstQuestions).unref();
    },
  });
});
