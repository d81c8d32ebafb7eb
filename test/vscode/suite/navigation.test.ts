import * as vscode from "vscode";
import { api, closeEditors, equal, makeFile, openFile, placeOf, save, shown } from "./support.ts";

// Every form in which a stage is named: by name in any letter case, by index, in a mount, behind ONBUILD.
const text = `FROM golang:1.25 AS build
RUN go build -o /app .
FROM build AS checked
RUN --mount=type=bind,from=build,source=/app,target=/x /x --check
ONBUILD COPY --from=build /app /later
FROM alpine:3
COPY --from=build /app /a
COPY --from=BUILD /app /b
COPY --from=0 /app /c
COPY --from="build" /app /d
COPY --from=checked /app /build
`;

const uses = [
  "FROM [[build]] AS checked",
  "RUN --mount=type=bind,from=[[build]],source=/app,target=/x /x --check",
  "ONBUILD COPY --from=[[build]] /app /later",
  "COPY --from=[[build]] /app /a",
  "COPY --from=[[BUILD]] /app /b",
  "COPY --from=[[0]] /app /c",
  'COPY --from="[[build]]" /app /d',
];

const definition = "FROM golang:1.25 AS [[build]]";

/** A text with a range in `[[…]]` → the same with a place in the middle of that range. */
const within = (use: string): string =>
  use.replace(/\[\[(.*)\]\]/, (_all, name: string) => {
    const half = Math.floor(name.length / 2);
    return `${name.slice(0, half)}<|>${name.slice(half)}`;
  });

type Found = vscode.Location | vscode.LocationLink;

describe("navigation", () => {
  let document: vscode.TextDocument;
  before(async () => {
    await api();
    document = await makeFile("Dockerfile", text);
  });
  after(closeEditors);

  const ask = <T>(command: string, marked: string, ...rest: unknown[]): Thenable<T> =>
    vscode.commands.executeCommand<T>(command, document.uri, placeOf(document, marked), ...rest);

  for (const use of uses) {
    it(`leads from ${use.replace(/\[\[|\]\]/g, "")} to the stage`, async () => {
      const found = await ask<Found[]>("vscode.executeDefinitionProvider", within(use));
      const ranges = found.map((each) => ("targetUri" in each ? each.targetSelectionRange! : each.range));
      equal(
        ranges.map((range) => shown(document, range)),
        [definition],
      );
      const marked = found.flatMap((each) => ("targetUri" in each ? [each.originSelectionRange!] : []));
      equal(
        marked.map((range) => shown(document, range)),
        marked.map(() => use.replace(/"\[\[(.*)\]\]"/, '"[[$1]]"')),
      );
    });
  }

  it("leads nowhere from an image", async () => {
    equal(await ask<Found[]>("vscode.executeDefinitionProvider", "FROM al<|>pine:3"), []);
  });

  for (const place of [definition, uses[1]!, uses[5]!]) {
    it(`finds all references from ${place.replace(/\[\[|\]\]/g, "")}`, async () => {
      const found = await ask<vscode.Location[]>("vscode.executeReferenceProvider", within(place));
      equal(
        found.map(({ range }) => shown(document, range)),
        [definition, ...uses],
      );
    });
  }

  it("highlights the same places, the definition as a write", async () => {
    const found = await ask<vscode.DocumentHighlight[]>("vscode.executeDocumentHighlights", "AS bu<|>ild");
    equal(
      found.map(({ range, kind }) => [shown(document, range), kind]),
      [
        [definition, vscode.DocumentHighlightKind.Write],
        ...uses.map((use) => [use, vscode.DocumentHighlightKind.Read]),
      ],
    );
  });
});

describe("renaming", () => {
  before(api);
  afterEach(closeEditors);

  const rename = (document: vscode.TextDocument, marked: string, name: string): Thenable<vscode.WorkspaceEdit> =>
    vscode.commands.executeCommand(
      "vscode.executeDocumentRenameProvider",
      document.uri,
      placeOf(document, marked),
      name,
    );

  /** What the editor is told instead of an edit. */
  const refusal = async (marked: string, name: string): Promise<string> => {
    const document = await makeFile("Dockerfile", text);
    try {
      await rename(document, marked, name);
    } catch (error) {
      equal(document.getText(), text);
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error(`the name ${name} was taken`);
  };

  const renamed = text
    .replace("AS build", "AS Compile")
    .replace("FROM build", "FROM compile")
    .replaceAll("from=build", "from=Compile")
    .replace("from=BUILD", "from=Compile")
    .replace('from="build"', 'from="Compile"');

  for (const marked of ["AS bu<|>ild", "FROM bu<|>ild AS", ",from=bu<|>ild,", "--from=BU<|>ILD"]) {
    it(`changes all names and no index from ${marked.replace("<|>", "")}`, async () => {
      const document = await openFile("Dockerfile", text);
      const range = await vscode.commands.executeCommand<{ range: vscode.Range; placeholder: string }>(
        "vscode.prepareRename",
        document.uri,
        placeOf(document, marked),
      );
      equal(range.placeholder.toLowerCase(), "build");
      equal(await vscode.workspace.applyEdit(await rename(document, marked, "Compile")), true);
      equal(await save(document), renamed);
      await vscode.commands.executeCommand("undo");
      equal(document.getText(), text);
    });
  }

  it("refuses what is no name, with the reason", async () => {
    const reason = await refusal("AS bu<|>ild", "my stage");
    equal(
      reason,
      "'my stage' is not a name for a stage. It starts with a letter; letters, digits, '-', '_' and '.' may follow.",
    );
  });

  it("refuses the name of another stage", async () => {
    equal(await refusal("AS bu<|>ild", "checked"), "Line 3 already has a stage named 'checked'.");
  });

  it("refuses a reserved name and a number", async () => {
    equal(
      await refusal("AS bu<|>ild", "scratch"),
      "'scratch' is reserved: it means something else wherever a stage is named.",
    );
    equal(await refusal("AS bu<|>ild", "2"), "'2' would mean the stage with that index. A name starts with a letter.");
  });

  it("refuses an image and an index", async () => {
    equal(await refusal("FROM al<|>pine:3", "debian"), "'alpine:3' is an image, not a stage of this file.");
    equal(
      await refusal("--from=<|>0", "other"),
      "'0' is the index of stage 'build'. Rename the stage where it is named.",
    );
  });
});
