import assert from "node:assert/strict";
import type { Instruction } from "../../server/src/dockerfile/instruction.ts";
import { scan } from "../../server/src/dockerfile/scan.ts";

/** An instruction in short: keyword, flags, arguments or pairs, heredocs. */
function short({ keyword, flags, args, pairs, json, heredocs, trigger }: Instruction): string {
  const parts = [
    keyword,
    ...flags.map(({ name, value }) => `--${name}${value === null ? "" : `=${value}`}`),
    ...(json ? ["json"] : []),
    ...args.map(({ text }) => `[${text}]`),
    ...pairs.map(({ key, value }) => `(${key}${value === null ? "" : `=${value}`})`),
    ...heredocs.map(
      ({ name, chomp, expand, terminator }) =>
        `<<${chomp ? "-" : ""}${expand ? "" : "'"}${name}${terminator ? "" : "?"}`,
    ),
    ...(trigger ? [`{${short(trigger)}}`] : []),
  ];
  return parts.join(" ");
}

function instructions(text: string): string[] {
  return scan(text).instructions.map(short);
}

function problems(text: string): string[] {
  return scan(text).problems.map(({ message }) => message);
}

describe("scan", () => {
  it("joins continuation lines, skipping comments and blank lines between", () => {
    assert.deepEqual(instructions("RUN a \\\n  # note\n\n  b\nRUN c"), ["RUN [a   b]", "RUN [c]"]);
    assert.deepEqual(instructions("FROM a AS bu\\\nild"), ["FROM [a] [AS] [build]"]);
    assert.deepEqual(instructions("RU\\\nN x"), ["RUN [x]"]);
  });

  it("an escaped backslash at the end of a line does not continue it", () => {
    assert.deepEqual(instructions("RUN a \\\\\nRUN b"), ["RUN [a \\\\]", "RUN [b]"]);
  });

  it("blanks may follow the continuation character", () => {
    assert.deepEqual(instructions("RUN a \\ \t\n b"), ["RUN [a  b]"]);
  });

  it("comments behind a dangling continuation at the end belong to nobody", () => {
    const { instructions: found, comments } = scan("RUN a \\\n# last\n");
    assert.deepEqual(found.map(short), ["RUN [a]"]);
    assert.equal(found[0]!.endLine, 0);
    assert.equal(comments.length, 1);
  });

  it("a continuation swallows the next instruction, as in BuildKit", () => {
    assert.deepEqual(instructions("RUN a \\\n# note\nRUN b"), ["RUN [a RUN b]"]);
  });

  it("reads CRLF, a byte order mark, indented instructions and form feeds", () => {
    assert.deepEqual(instructions("\uFEFFFROM a\r\n\f RUN x \\\r\n y\r\n"), ["FROM [a]", "RUN [x  y]"]);
  });

  it("a lone carriage return is no line ending", () => {
    assert.deepEqual(instructions("RUN a\rRUN b"), ["RUN [a\rRUN b]"]);
  });

  it("honours escape directives, until something else comes first", () => {
    assert.deepEqual(instructions("# escape=`\nRUN a `\n b \\\nRUN c"), ["RUN [a  b \\]", "RUN [c]"]);
    assert.deepEqual(instructions("# unknown=x\n# escape=`\nRUN a `\nRUN b"), ["RUN [a `]", "RUN [b]"]);
    assert.deepEqual(instructions("\n# escape=`\nRUN a `\nRUN b"), ["RUN [a `]", "RUN [b]"]);
  });

  it("reports directives given twice or with a wrong value", () => {
    assert.deepEqual(problems("# escape=x\n# syntax=a\n# Syntax = b\nFROM a"), [
      "invalid escape token 'x' does not match ` or \\",
      "only one syntax parser directive can be used",
    ]);
  });

  it("reads flags only in front of the first argument", () => {
    assert.deepEqual(instructions("COPY --link --from=b a c"), ["COPY --link --from=b [a] [c]"]);
    assert.deepEqual(instructions("COPY foo--bar --from=x /x"), ["COPY [foo--bar] [--from=x] [/x]"]);
    assert.deepEqual(instructions("COPY -- --a /b"), ["COPY [--a] [/b]"]);
    assert.deepEqual(instructions('COPY --from="b c" x y'), ["COPY --from=b c [x] [y]"]);
    assert.deepEqual(instructions("COPY --from=a\\ b x y"), ["COPY --from=a b [x] [y]"]);
    assert.deepEqual(instructions("ADD --unpack=true x y"), ["ADD --unpack=true [x] [y]"]);
  });

  it("takes mounts apart", () => {
    const [run] = scan('RUN --mount=type=secret,id="a b",target=/x --mount=type=bind,"from=b",ro cmd').instructions;
    const mounts = run!.mounts.map(({ type, from, fields }) => [
      type,
      from?.text,
      fields.map(({ key, value }) => `${key}=${value}`),
    ]);
    assert.deepEqual(mounts, [
      ["secret", undefined, ["type=secret", "id=a b", "target=/x"]],
      ["bind", "b", ["type=bind", "from=b", "ro=null"]],
    ]);
    const text = 'RUN --mount=type=bind,"from=b",ro cmd';
    const { span } = scan(text).instructions[0]!.mounts[0]!.from!;
    assert.equal(text.slice(span.start, span.end), "b");
  });

  it("splits arguments at blanks; quotes group nothing in COPY", () => {
    assert.deepEqual(instructions('COPY "a b" /c'), ['COPY ["a] [b"] [/c]']);
  });

  it("reads JSON arrays, and takes what is none for words", () => {
    assert.deepEqual(instructions('COPY ["a b", "c"]'), ["COPY json [a b] [c]"]);
    assert.deepEqual(instructions('CMD ["a\\u0041", "\\"q\\""]'), ['CMD json [aA] ["q"]']);
    assert.deepEqual(instructions("CMD ['a']"), ["CMD [['a']]"]);
    assert.deepEqual(instructions('ENTRYPOINT ["node" "app.js"]'), ['ENTRYPOINT [["node" "app.js"]]']);
    assert.deepEqual(problems("CMD [1]"), ["when using JSON array syntax, arrays must be comprised of strings only"]);
  });

  it("reads the pairs of ARG, ENV and LABEL", () => {
    assert.deepEqual(instructions("ARG A B=1 C="), ["ARG (A) (B=1) (C=)"]);
    assert.deepEqual(instructions("ENV A=\"x y\" B='p q' C=r\\ s"), ["ENV (A=\"x y\") (B='p q') (C=r\\ s)"]);
    assert.deepEqual(instructions("ENV KEY the rest of it"), ["ENV (KEY=the rest of it)"]);
    assert.deepEqual(problems("ENV KEY"), ["ENV must have two arguments"]);
    assert.deepEqual(problems("LABEL a=b c"), [`Syntax error - can't find = in "c". Must be of the form: name=value`]);
  });

  it("reads HEALTHCHECK and ONBUILD", () => {
    assert.deepEqual(instructions('HEALTHCHECK --interval=5s CMD ["a","b"]\nHEALTHCHECK NONE'), [
      "HEALTHCHECK --interval=5s json [CMD] [a] [b]",
      "HEALTHCHECK [NONE]",
    ]);
    assert.deepEqual(instructions("ONBUILD COPY --from=b a c\nONBUILD"), [
      "ONBUILD {COPY --from=b [a] [c]}",
      "ONBUILD",
    ]);
  });

  describe("heredocs", () => {
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
      ["plain", "RUN <<EOF\na\nEOF\nRUN b", ["RUN [<<EOF] <<EOF", "RUN [b]"]],
      ["a blank before the name", "RUN cat << EOF\nRUN x\nEOF\nRUN b", ["RUN [cat << EOF] <<EOF", "RUN [b]"]],
      ["a file descriptor", "RUN cat 3<<EOF\na\nEOF", ["RUN [cat 3<<EOF] <<EOF"]],
      [
        "quoted names do not expand",
        "RUN <<'EOF'\na\nEOF\nRUN <<\"X\"\nX",
        ["RUN [<<'EOF'] <<'EOF", 'RUN [<<"X"] <<\'X'],
      ],
      ["quotes inside the name", 'RUN <<E"O"F\na\nEOF\nRUN b', ['RUN [<<E"O"F] <<\'EOF', "RUN [b]"]],
      [
        "tabs are stripped for <<- alone",
        "COPY <<-A <<B /x/\n\ta\n\tA\n\tB\nb\nB\nRUN c",
        ["COPY [<<-A] [<<B] [/x/] <<-A <<B", "RUN [c]"],
      ],
      ["quoted text is none", "RUN echo 'a <<EOF b'\nRUN y", ["RUN [echo 'a <<EOF b']", "RUN [y]"]],
      ["a body ending in a backslash", "RUN <<EOF\na \\\nEOF\nRUN b", ["RUN [<<EOF] <<EOF", "RUN [b]"]],
      ["shifts count, too", "RUN echo $((1 << 2))\nRUN b", ["RUN [echo $((1 << 2))] <<2))?"]],
      [
        "a bracket belongs to the name",
        "RUN (cat <<EOF)\na\nEOF\nEOF)\nRUN b",
        ["RUN [(cat <<EOF)] <<EOF)", "RUN [b]"],
      ],
      ["here-strings are none", "RUN cat <<<word\nRUN b", ["RUN [cat <<<word]", "RUN [b]"]],
      ["exec form has none", 'RUN ["cat", "<<EOF"]\nRUN b', ["RUN json [cat] [<<EOF]", "RUN [b]"]],
      ["CMD has none", "CMD cat <<EOF\nRUN b", ["CMD [cat <<EOF]", "RUN [b]"]],
      ["behind ONBUILD", "ONBUILD RUN <<EOF\na\nEOF\nRUN b", ["ONBUILD <<EOF {RUN [<<EOF]}", "RUN [b]"]],
      ["CRLF", "RUN <<EOF\r\na\r\nEOF\r\nRUN b", ["RUN [<<EOF] <<EOF", "RUN [b]"]],
    ];
    for (const [title, text, expected] of cases) {
      it(title, () => {
        assert.deepEqual(instructions(text), expected);
      });
    }

    it("reports one without an end", () => {
      assert.deepEqual(problems("RUN <<EOF\na"), ["unterminated heredoc"]);
    });

    it("knows the body", () => {
      const text = "RUN <<EOF\na\n b\nEOF\n";
      const { body } = scan(text).instructions[0]!.heredocs[0]!;
      assert.equal(text.slice(body.start, body.end), "a\n b\n");
    });
  });

  it("knows the place of every word, also behind continuations", () => {
    const text = "COPY --from=bu\\\nild \\\n  # note\n  a \\\n  b\n";
    const [copy] = scan(text).instructions;
    const at = ({ span }: { span: { start: number; end: number } }) => text.slice(span.start, span.end);
    assert.deepEqual(copy!.args.map(at), ["a", "b"]);
    assert.equal(copy!.flags[0]!.value, "build");
    assert.equal(text.slice(copy!.flags[0]!.valueSpan!.start, copy!.flags[0]!.valueSpan!.end), "bu\\\nild");
  });

  it("keeps the comment right above an instruction", () => {
    const text = "# syntax=x\n# one\n# two\nFROM a\n# three\n\nRUN b";
    const { instructions: found } = scan(text);
    assert.equal(text.slice(found[0]!.comment!.start, found[0]!.comment!.end), "# one\n# two");
    assert.equal(found[1]!.comment, null);
  });
});
