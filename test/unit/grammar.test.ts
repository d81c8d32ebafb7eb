import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const injection = new URL("../../syntaxes/dockerfile-stages.tmLanguage.json", import.meta.url);

/** Stands in for the editor's own grammar of Dockerfiles, as far as the injection meets it. */
const base = {
  scopeName: "source.dockerfile",
  patterns: [
    { match: "^\\s*((#).*$\\n?)", captures: { 1: { name: "comment.line.number-sign.dockerfile" } } },
    { match: "^\\s*(?i:(ARG|COPY|FROM|RUN))\\s", captures: { 1: { name: "keyword.other.special-method.dockerfile" } } },
    { begin: '"', end: '"', name: "string.quoted.double.dockerfile" },
    { begin: "'", end: "'", name: "string.quoted.single.dockerfile" },
  ],
};

const shell = {
  scopeName: "source.shell",
  patterns: [
    { match: "\\becho\\b", name: "support.function.builtin.shell" },
    { begin: "'", end: "'", name: "string.quoted.single.shell" },
  ],
};

async function load(): Promise<textmate.IGrammar> {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(readFileSync(wasm).buffer);
  const grammars: Readonly<Record<string, string>> = {
    "source.dockerfile": JSON.stringify(base),
    "source.shell": JSON.stringify(shell),
    "dockerfile-stages.injection": readFileSync(injection, "utf8"),
  };
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope) => {
      const json = grammars[scope];
      return Promise.resolve(json === undefined ? null : textmate.parseRawGrammar(json, `${scope}.json`));
    },
    getInjections: (scope) => (scope === "source.dockerfile" ? ["dockerfile-stages.injection"] : []),
  });
  const grammar = await registry.loadGrammar("source.dockerfile");
  assert.ok(grammar);
  return grammar;
}

describe("the injection grammar", () => {
  let grammar: textmate.IGrammar;
  before(async () => {
    grammar = await load();
  });

  /** The parts of a text that have a scope: `scoped(text, "entity.name.type.stage")` → `["build", …]`. */
  function scoped(text: string, scope: string): string[] {
    const found: string[] = [];
    let state = textmate.INITIAL;
    for (const line of text.split("\n")) {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      for (const token of tokens) {
        const part = line.slice(token.startIndex, token.endIndex);
        if (part.trim() !== "" && token.scopes.some((each) => each.startsWith(scope))) found.push(part);
      }
      state = ruleStack;
    }
    return found;
  }

  const stages = (text: string): string[] => scoped(text, "entity.name.type.stage");

  it("knows the name that a stage gets", () => {
    assert.deepEqual(stages("FROM node:22 AS build"), ["build"]);
    assert.deepEqual(stages("  from --platform=$BUILDPLATFORM node as Build-1 "), ["Build-1"]);
    assert.deepEqual(stages("FROM node:22"), []);
    assert.deepEqual(stages("# FROM node:22 AS build\nLABEL a=b"), []);
    assert.deepEqual(scoped("FROM a AS b", "keyword.other.special-method"), ["FROM", "AS"]);
  });

  it("knows the stage that a COPY takes from", () => {
    assert.deepEqual(stages("COPY --from=build /a /b"), ["build"]);
    assert.deepEqual(stages("ONBUILD COPY --chown=a:b --link --from=0 /a /b"), ["0"]);
    assert.deepEqual(stages("COPY --link \\\n  --from=build \\\n  /a /b"), ["build"]);
    assert.deepEqual(stages("RUN tool --from=build"), []);
    assert.deepEqual(scoped("COPY --from=build /a /b", "keyword.other.special-method"), ["COPY"]);
  });

  it("knows the stage that a mount takes from", () => {
    assert.deepEqual(stages("RUN --mount=type=bind,from=build,target=/x make"), ["build"]);
    assert.deepEqual(stages("RUN --mount=from=a --mount=type=bind,from=b,target=/x make"), ["a", "b"]);
    assert.deepEqual(stages("RUN --mount=type=cache,target=/from=x make"), []);
  });

  it("knows the parser directives, at the top only", () => {
    const keys = (text: string): string[] => scoped(text, "keyword.control.directive");
    assert.deepEqual(keys("# syntax=docker/dockerfile:1\n# check=skip=all\nFROM a\n# escape=`"), ["syntax", "check"]);
    assert.deepEqual(keys("# a comment\n# syntax=docker/dockerfile:1"), []);
    assert.deepEqual(stages("# escape=`\nFROM a AS b"), ["b"]);
  });

  it("knows a shell script in a heredoc", () => {
    const text = "RUN --mount=from=build,target=/x <<-EOF\n  echo a\n\tEOF\nRUN echo b\nFROM a AS last";
    assert.deepEqual(scoped(text, "support.function.builtin.shell"), ["echo"]);
    assert.deepEqual(scoped(text, "entity.name.tag.heredoc"), ["EOF"]);
    assert.deepEqual(stages(text), ["build", "last"]);
  });

  it("ends a script at its mark, whatever the script leaves open", () => {
    assert.deepEqual(stages("RUN <<'EOF'\necho it's\nEOF\nFROM a AS last"), ["last"]);
    assert.deepEqual(stages('RUN <<"A"\nFROM x AS y\nB\nA\nFROM a AS last'), ["last"]);
  });

  it("knows a heredoc of something else", () => {
    const text = "COPY <<EOF /etc/motd\nFROM x AS y\nit's\nEOF\nRUN python3 <<EOF\nprint('x')\nEOF\nFROM a AS last";
    assert.deepEqual(scoped(text, "string.unquoted.heredoc"), ["FROM x AS y", "it's", "print('x')"]);
    assert.deepEqual(stages(text), ["last"]);
    assert.deepEqual(stages("RUN cat <<<word\nFROM a AS last"), ["last"]);
    assert.deepEqual(stages("RUN echo $((1<<2))\nFROM a AS last"), ["last"]);
  });
});
