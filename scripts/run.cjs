// Runs a script of this repository: `node scripts/run.cjs scripts/build.ts --watch`.
// The scripts are TypeScript that Node runs as it is, which needs Node 24. `npm ci` installs that Node as a development
// dependency, and `npm run` puts it first in the PATH; this file says so in one line when it isn't there.
"use strict";
const { existsSync } = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const [script, ...args] = process.argv.slice(2);
if (Number(process.versions.node.split(".")[0]) < 24) {
  const installed = existsSync(path.join(__dirname, "../node_modules/node/bin"));
  console.error(
    `The scripts of this repository need Node 24 or later, and this is ${process.version}. ` +
      (installed ? "Start them through npm: npm run …" : "Install it with: npm ci (without --ignore-scripts)"),
  );
  process.exit(1);
}
if (script === undefined || !existsSync(script)) {
  console.error(`No such script: ${script ?? "(none named)"}`);
  process.exit(1);
}
// Node asks for a "type" in package.json; the bundles are CommonJS and the sources are modules, so there is none.
const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...rest) => {
  if (rest[0]?.code !== "MODULE_TYPELESS_PACKAGE_JSON") emitWarning.call(process, warning, ...rest);
};
const file = path.resolve(script);
process.argv = [process.execPath, file, ...args];
void import(pathToFileURL(file).href);
