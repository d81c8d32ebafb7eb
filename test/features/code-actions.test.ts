import assert from "node:assert/strict";
import fc from "fast-check";
import type { CodeAction, TextDocumentEdit, TextEdit } from "vscode-languageserver-types";
import { editsBetween } from "../../server/src/features/changes.ts";
import { ecosystems } from "../../server/src/refactor/split/ecosystems/index.ts";
import * as service from "../../server/src/service.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { LineIndex } from "../../server/src/text/range.ts";

const uri = "file:///Dockerfile";
const fail = (_rule: unknown, error: unknown): never => {
  throw error;
};

/** The actions for the whole of a text. */
function actionsFor(
  text: string,
  only?: readonly string[],
  options?: service.RunOptions,
  client: Partial<service.CodeActionRequest> = {},
): CodeAction[] {
  const analysis = service.analyze(text);
  const range = analysis.lines.range({ start: 0, end: text.length });
  const request: service.CodeActionRequest = {
    uri,
    version: 1,
    range,
    only,
    invoked: true,
    showsDisabled: true,
    resolves: false,
    runsCommands: false,
    neighbours: service.alone,
    ...client,
  };
  return service.codeActions(analysis, request, fail, options);
}

function after(text: string, { edit }: CodeAction): string {
  const lines = new LineIndex(text);
  const changes = (edit?.documentChanges ?? []) as TextDocumentEdit[];
  const edits = changes.flatMap((change) => change.edits as TextEdit[]);
  return applyEdits(
    text,
    edits.map(({ range, newText }) => ({ span: lines.span(range), newText })),
  );
}

describe("ignoring a rule in a file", () => {
  const body = "FROM alpine AS a\nRUN true\nFROM alpine AS a\nRUN true\n";
  const rule = "DuplicateStageName";
  const ignored = (text: string): string | undefined => {
    const action = actionsFor(text, ["quickfix"]).find(({ title }) => title === `Ignore ${rule} in this file`);
    if (!action) return undefined;
    const result = after(text, action);
    assert.ok(!service.diagnose(service.analyze(result), fail).some(({ rule: { id } }) => id === rule));
    return result;
  };

  const texts: readonly (readonly [what: string, before: string, after: string | undefined])[] = [
    ["starts a directive at the top", body, `# check=skip=${rule}\n${body}`],
    ["stays above other comments", `# Our app\n\n${body}`, `# check=skip=${rule}\n# Our app\n\n${body}`],
    ["stays above blank lines", `\n\n${body}`, `# check=skip=${rule}\n\n\n${body}`],
    [
      "goes behind other directives",
      `# syntax=x\n# escape=\`\n${body}`,
      `# syntax=x\n# escape=\`\n# check=skip=${rule}\n${body}`,
    ],
    ["keeps a byte order mark first", `\ufeff${body}`, `\ufeff# check=skip=${rule}\n${body}`],
    [
      "names one more rule",
      `# check=skip=JSONArgsRecommended\n${body}`,
      `# check=skip=JSONArgsRecommended,${rule}\n${body}`,
    ],
    ["fills an empty list", `# check=skip=\n${body}`, `# check=skip=${rule}\n${body}`],
    ["keeps other options behind", `# check=skip=A;error=true\n${body}`, `# check=skip=A,${rule};error=true\n${body}`],
    ["keeps other options in front", `# check=error=true\n${body}`, `# check=error=true;skip=${rule}\n${body}`],
    ["extends the list that counts", `# check=skip=A;skip=B\n${body}`, `# check=skip=A;skip=B,${rule}\n${body}`],
    ["stays in what BuildKit reads of the value", `# check=skip=A, B\n${body}`, `# check=skip=A,,${rule} B\n${body}`],
    ["goes behind #!", `#!/bin/x\n# syntax=x\n${body}`, `#!/bin/x\n# syntax=x\n# check=skip=${rule}\n${body}`],
    ["names one more rule behind #!", `#!/bin/x\n# check=skip=A\n${body}`, `#!/bin/x\n# check=skip=A,${rule}\n${body}`],
    ["does not double a directive without effect", ` # check=skip=A\n${body}`, undefined],
    ["does not touch options that are not understood", `# check=skip=A;\n${body}`, undefined],
    ["does not add a fourth option", `# check=error=1;error=1;error=0\n${body}`, undefined],
  ];
  for (const [what, text, expected] of texts) {
    it(what, () => assert.equal(ignored(text), expected));
    it(`${what}, with Windows line endings`, () =>
      assert.equal(ignored(text.replaceAll("\n", "\r\n")), expected?.replaceAll("\n", "\r\n")));
  }

  it("is offered last, once for each rule, and never preferred", () => {
    const actions = actionsFor(`${body}FROM alpine AS a\nCOPY --from=abc /x /x\n`, ["quickfix"]);
    const titles = actions.map(({ title }) => title);
    assert.equal(titles.filter((title) => title === `Ignore ${rule} in this file`).length, 1);
    const first = titles.findIndex((title) => title.startsWith("Ignore "));
    assert.ok(titles.slice(first).every((title) => title.startsWith("Ignore ")));
    assert.ok(actions.slice(first).every(({ isPreferred, diagnostics }) => !isPreferred && diagnostics!.length > 0));
  });

  it("is not offered for what stops the build, nor where the file skips all", () => {
    const ignoring = (text: string): number =>
      actionsFor(text, ["quickfix"]).filter(({ title }) => title.startsWith("Ignore ")).length;
    assert.equal(ignoring("FROM alpine\nCOPY --from=7 /a /b\n"), 0);
    assert.equal(ignoring(`# check=skip=all\n${body}FROM alpine\nCOPY --from=7 /a /b\n`), 0);
  });

  it("is offered for a rule that only the user calls an error", () => {
    const options = { ...service.defaultOptions, severities: { [rule]: "error" } as const };
    assert.ok(actionsFor(body, ["quickfix"], options).some(({ title }) => title === `Ignore ${rule} in this file`));
  });
});

describe("all safe fixes of a file", () => {
  const text = "ARG V=1\nFROM alpine AS one\nRUN echo $V\n# stays\nFROM alpine\nCOPY --from=one /a /b\nRUN echo $V\n";

  it("are one action for those who ask for it, with small edits", () => {
    const actions = actionsFor(text, ["source.fixAll"]);
    assert.deepEqual(
      actions.map(({ kind }) => kind),
      ["source.fixAll.dockerfileStages"],
    );
    const [action] = actions as [CodeAction];
    const result = after(text, action);
    assert.equal(result, service.fixed(service.analyze(text), fail).text);
    assert.equal(result.match(/ARG V$/gm)?.length, 2);
    assert.ok(!JSON.stringify(action.edit).includes("alpine"), JSON.stringify(action.edit));
  });

  it("are not offered to others, nor where there is nothing to do", () => {
    assert.ok(!actionsFor(text).some(({ kind }) => kind?.startsWith("source")));
    assert.deepEqual(actionsFor(text, ["source.organizeImports"]), []);
    assert.deepEqual(actionsFor("FROM alpine\nRUN true\n", ["source.fixAll.dockerfileStages"]), []);
  });

  it("leave out rules that are off", () => {
    const options = { ...service.defaultOptions, severities: { ArgNotInScope: "off" } as const };
    assert.deepEqual(actionsFor(text, ["source.fixAll"], options), []);
  });
});

describe("the split", () => {
  const kind = "refactor.rewrite.splitStage";
  const [unsure, several] = [1, 2].map((least) => {
    const texts = ecosystems.flatMap(({ examples }) => examples.map(({ before }) => before.trimStart()));
    const found = texts.find((text) => {
      const result = service.split(service.analyze(text), service.alone);
      return result.offered && result.ways[0].assumptions.length > 0 && result.ways.length >= least;
    });
    assert.ok(found !== undefined, `an example with ${least} ways`);
    return found;
  }) as [string, string];

  it("shows what to check where the editor can, with its edits at once or later", () => {
    const result = service.split(service.analyze(unsure), service.alone);
    const command = {
      title: "Show what to check",
      command: "dockerfileStages.showChecks",
      arguments: [result.offered ? result.ways[0].assumptions : []],
    };
    for (const only of [kind, "quickfix"]) {
      const [other] = actionsFor(unsure, [only]);
      assert.ok(other?.edit && !other.command);
      const [atOnce] = actionsFor(unsure, [only], undefined, { runsCommands: true });
      assert.deepEqual(atOnce?.command, command);
      assert.deepEqual(atOnce.edit, other.edit);
      const [later] = actionsFor(unsure, [only], undefined, { runsCommands: true, resolves: true });
      assert.ok(later && !later.edit && !later.command);
      const analysis = service.analyze(unsure);
      const resolved = service.resolveCodeAction(analysis, 1, later, true, service.alone);
      assert.deepEqual([resolved?.edit, resolved?.command], [atOnce.edit, command]);
      assert.equal(service.resolveCodeAction(analysis, 1, later, false, service.alone)?.command, undefined);
      assert.equal(service.resolveCodeAction(analysis, 2, later, true, service.alone), null);
    }
  });

  it("lets one choose where there are several ways and the editor can ask", () => {
    assert.equal(actionsFor(several, [kind]).length, 1);
    const [split, choice, ...more] = actionsFor(several, [kind], undefined, { runsCommands: true });
    assert.deepEqual(more, []);
    assert.equal(choice?.title, `${split!.title}…`);
    assert.deepEqual([choice?.edit, choice?.command?.command], [undefined, "dockerfileStages.splitStage"]);
    assert.deepEqual(choice?.command?.arguments, [uri, { line: 0, character: 0 }]);
  });
});

describe("the edits between two texts", () => {
  const line = fc.constantFrom("RUN a", "RUN ab", "", "# 😀", "# 😁", "FROM x");
  const ending = fc.constantFrom("\n", "\r\n");
  const text = fc.array(fc.tuple(line, ending), { maxLength: 12 }).map((lines) => lines.flat().join(""));

  it("turn one into the other, in order, through no character or line ending", () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (before, added, more) => {
        const now = more ? before + added : added;
        const edits = editsBetween(before, now);
        assert.equal(applyEdits(before, edits), now);
        for (const { span, newText } of edits) {
          assert.ok(span.end > span.start || newText !== "");
          for (const at of [span.start, span.end])
            assert.doesNotMatch(before.slice(at - 1, at + 1), /^(?:\r\n|[\ud800-\udbff][\udc00-\udfff])$/);
        }
      }),
    );
  });

  it("are found quickly, whatever the texts", () => {
    const lines = (name: string): string => Array.from({ length: 20_000 }, (_, i) => `RUN ${name} ${i}\n`).join("");
    const started = performance.now();
    assert.equal(applyEdits(lines("a"), editsBetween(lines("a"), lines("b"))), lines("b"));
    assert.ok(performance.now() - started < 20_000, `${performance.now() - started} ms`);
  });
});
