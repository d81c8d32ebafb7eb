import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import Module, { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import vm from "node:vm";

/**
 * Starts a program that lies beside the file that is run, with what V8 made of its text the last time: reading a program of
 * a megabyte and compiling what each start needs takes longer than all that it then does. What V8 made is kept in a folder
 * of the user's own below the one for temporary files, by the program's text; V8 itself refuses what another version of it
 * has made. Where anything of that fails, the program starts as it would without.
 */

/** What a program exports. */
export interface Program {
  /** Resolves when it has done what most starts do; never where it did not come to that. */
  readonly warm: Promise<unknown>;
}

/** So many programs are kept: several versions, on several versions of Node. */
const most = 8;

/**
 * @param name the program's file
 * @param hash of the program's text; empty for programs that are being worked on
 */
export function launch(name: string, hash: string): void {
  const file = path.join(__dirname, name);
  const require = createRequire(file);
  // Node's own switch for what is kept of compiled programs.
  if (hash === "" || process.env["NODE_DISABLE_COMPILE_CACHE"] === "1") {
    require(file);
    return;
  }
  const kept = [path.parse(name).name, hash, process.versions.v8, process.arch, ...process.execArgv]
    .join("-")
    .replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 150);
  const cachedData = read(kept);
  const script = new vm.Script(Module.wrap(readFileSync(file, "utf8")), {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const program: { exports: Partial<Program> } = { exports: {} };
  const run = script.runInThisContext() as (...given: readonly unknown[]) => void;
  run(program.exports, require, program, file, __dirname);
  if (cachedData && script.cachedDataRejected !== true) return;
  void program.exports.warm?.then(() => keep(kept, script));
}

/** The folder, which nobody else may write to: what lies there is run. Throws where there cannot be one. */
function folder(): string {
  const user = process.getuid?.();
  const temporary = os.tmpdir();
  // On Windows files have no such owners: there only what lies in the user's home is the user's own.
  if (user === undefined && !realpathSync.native(temporary).startsWith(realpathSync.native(os.homedir()) + path.sep))
    throw new Error(`${temporary} is not the user's own`);
  const place = path.join(temporary, `dockerfile-stages-${user ?? "programs"}`);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const about = lstatSync(place);
  const isOwn = user === undefined || (about.uid === user && (about.mode & 0o077) === 0);
  if (!about.isDirectory() || !isOwn) throw new Error(`${place} is not the user's own`);
  return place;
}

/** V8 does not look whether what it gets is whole, and would crash: so all is there twice, and has to be the same. */
function read(name: string): Buffer | null {
  try {
    const both = readFileSync(path.join(folder(), name));
    const half = both.length / 2;
    return both.subarray(0, half).equals(both.subarray(half)) ? both.subarray(0, half) : null;
  } catch {
    return null;
  }
}

function keep(name: string, script: vm.Script): void {
  try {
    const place = folder();
    // Others read it only when it is whole.
    const unfinished = path.join(place, `${name}.${process.pid}`);
    const data = script.createCachedData();
    writeFileSync(unfinished, Buffer.concat([data, data]));
    renameSync(unfinished, path.join(place, name));
    const files = readdirSync(place).map((each) => path.join(place, each));
    const byAge = files.map((each) => ({ each, age: statSync(each).mtimeMs })).toSorted((a, b) => b.age - a.age);
    for (const { each } of byAge.slice(most)) rmSync(each);
  } catch {
    // The next start takes as long as this one.
  }
}
