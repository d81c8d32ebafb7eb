import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { connectionStrategy, serve } from "./lsp/server.ts";
import { version } from "../../package.json";

declare const self: DedicatedWorkerGlobalScope;
serve(createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self), connectionStrategy), {
  version,
  schedule: (run) => {
    setTimeout(run, 0);
  },
  program: null,
  files: null,
  onDiagnosed: () => {},
});
