import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/root.ts";

/** Room → what it may import, from the table in ARCHITECTURE.md. */
function readTable(): Map<string, string[]> {
  const table = new Map<string, string[]>();
  for (const line of readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8").split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const room = /^`((?:server|client)\/[^`]+)`$/.exec(cells[1] ?? "")?.[1];
    if (room !== undefined)
      table.set(
        room,
        [...(cells[3] ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1]!),
      );
  }
  return table;
}

/** Every TypeScript file below the sources, relative to the root, with `/`. */
function sources(): string[] {
  return ["server/src", "client/src", "client/webview"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`),
  );
}

/** The room of a file: its folder, or the file itself for those that stand alone in server/src. */
function roomOf(file: string, rooms: readonly string[]): string | undefined {
  const bare = file.replace(/\.ts$/, "").replace(/^((?:server|client)\/src\/main)\.\w+$/, "$1");
  return rooms.find((room) => bare === room) ?? rooms.find((room) => file.startsWith(`${room}/`));
}

/** What a file imports: files relative to the root without extension, packages by name. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|\bimport\("([^"]+)"\)|^\s*import\s+"([^"]+)"/gm),
  ];
  return found.map((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3])!;
    if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file), specifier);
    if (specifier.startsWith("node:")) return "node:*";
    return specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
  });
}

describe("rooms", () => {
  const table = readTable();
  const rooms = [...table.keys()];

  it("are listed in ARCHITECTURE.md, and only those that exist", () => {
    const used = new Set(sources().map((file) => roomOf(file, rooms) ?? file));
    assert.deepEqual(
      [...used].filter((room) => !table.has(room)),
      [],
    );
    assert.deepEqual(
      rooms.filter((room) => !used.has(room)),
      [],
    );
  });

  for (const [room, allowed] of table) {
    it(`${room} imports only what the table allows`, () => {
      const wrong: string[] = [];
      for (const file of sources().filter((name) => roomOf(name, rooms) === room)) {
        for (const imported of importsOf(file)) {
          const target = roomOf(imported, rooms) ?? imported;
          if (target !== room && !allowed.includes(target)) wrong.push(`${file} imports ${imported}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  const owners: Readonly<Record<string, string>> = {
    unbash: "server/src/dockerfile/shell.ts",
    "dockerfile-language-service": "server/src/features/dockerfile-service.ts",
    "@dagrejs/dagre": "client/webview/layout.ts",
    "@balena/dockerignore": "server/src/workspace/ignore.ts",
    "@rgrove/parse-xml": "server/src/workspace/xml.ts",
    "smol-toml": "server/src/workspace/toml.ts",
    yaml: "server/src/workspace/yaml.ts",
    "jsonc-parser": "server/src/workspace/json.ts",
    ignore: "server/src/workspace/gitignore.ts",
    "web-tree-sitter": "server/src/workspace/hcl.ts",
    "modern-tar": "client/src/sizes/oci.ts",
  };
  for (const [library, owner] of Object.entries(owners)) {
    it(`${library} has one importer`, () => {
      assert.deepEqual(
        sources().filter((file) => importsOf(file).includes(library)),
        [owner],
      );
    });
  }

  it("a rule imports no other rule, and only rules and the engine stand beside them", () => {
    const rules = new Set(importsOf("server/src/rules/index.ts"));
    const engine = ["fix-all", "index", "repeated", "rule", "run"].map((name) => `server/src/rules/${name}.ts`);
    const beside = sources().filter((file) => /^server\/src\/rules\/[^/]+$/.test(file) && !engine.includes(file));
    assert.deepEqual(
      beside.filter((file) => !rules.has(file)),
      [],
    );
    rules.delete("server/src/rules/rule.ts");
    const wrong = [...beside, ...sources().filter((file) => file.startsWith("server/src/rules/common/"))].flatMap(
      (file) => importsOf(file).filter((imported) => rules.has(imported)),
    );
    assert.deepEqual(wrong, []);
  });
});
