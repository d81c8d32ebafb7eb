import { type CommandArgument, forEachChild, parse, type Redirection, type SyntaxNode } from "unbash";
import { encloses, type Span } from "../text/range.ts";
import { type Dockerfile, type Instruction, type LogicalLine, toDocumentSpan, type Word } from "./instruction.ts";

/** A word of a shell command. `text` is as written, `value` has quotes removed; expansions stay as they are written. */
export interface ShellWord extends Word {
  readonly value: string;
}

export interface ShellRedirect {
  /** `>`, `>>`, `<`, `<<`, `<<<` … */
  readonly operator: string;
  readonly target: ShellWord | null;
  readonly span: Span;
}

/** How a command is joined to the one before it; `""` for the first of a script or a block. */
export type ShellSeparator = "" | "&&" | "||" | ";" | "|" | "&";

/** A simple command: `NAME=value … name words … redirections`. */
export interface ShellCommand {
  /** The first word's value; `""` where there are only assignments or redirections. */
  readonly name: string;
  /** All words, the name first. */
  readonly words: readonly ShellWord[];
  /** Assignments in front of the name. */
  readonly assignments: readonly { readonly name: string; readonly value: string; readonly span: Span }[];
  readonly redirects: readonly ShellRedirect[];
  readonly span: Span;
  readonly separator: ShellSeparator;
  /** 0 for commands of the script itself; more inside `( )`, `{ }`, `if`, `for`, `$( )`, functions … */
  readonly depth: number;
}

/** A `$NAME` or `${NAME…}` that the shell expands. */
export interface ShellVariable {
  readonly name: string;
  readonly span: Span;
  readonly nameSpan: Span;
  /** `-`, `:-`, `+`, `:+`, `?`, `:?`, `=`, `:=` or another operator; `""` for a plain use. */
  readonly operator: string;
}

/** Redirections of a whole `{ }`, `( )`, `if` …: a command without words whose span is all of it. */
export interface ShellGroup {
  readonly command: ShellCommand;
  /** How many commands of the script stand in front of its end. */
  readonly after: number;
}

/** What a shell reads in an instruction. */
export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  readonly groups: readonly ShellGroup[];
  readonly variables: readonly ShellVariable[];
  /** Names the script sets itself: assignments, `export`, `read`, `for`, `local`, `getopts`, `${X:=…}` … */
  readonly assigned: ReadonlySet<string>;
  /** Whether the script runs text we cannot read (`eval`, `source`, `.`), so that any name may be set. */
  readonly opaque: boolean;
  readonly errors: readonly { readonly message: string; readonly span: Span }[];
}

const empty: ShellScript = { commands: [], groups: [], variables: [], assigned: new Set(), opaque: false, errors: [] };

const posixShells = new Set(["sh", "bash", "ash", "dash", "ksh", "zsh", "busybox", "mksh"]);

/** Whether a SHELL instruction's words name a POSIX-like shell; `cmd`, PowerShell and all others are not read. */
export function isPosixShell(words: readonly Word[]): boolean {
  const program =
    words[0]?.text
      .replace(/^.*[/\\]/, "")
      .toLowerCase()
      .replace(/\.exe$/, "") ?? "";
  return posixShells.has(program) || (program === "env" && words.slice(1).some((word) => posixShells.has(word.text)));
}

const heredocStart = /\s*\d*<<-?\s*(?=[^\s<])/y;
const heredocNamePart = /"[^"]*"|'[^']*'|[^\s"'<]+/y;

/** Whether a line consists of heredoc operators and their names. */
function hasOnlyHeredocs(text: string): boolean {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  while (at < text.length) {
    if (!take(heredocStart)) return false;
    while (take(heredocNamePart));
  }
  return true;
}

/**
 * Reads the shell commands of an instruction: RUN (shell form and heredoc bodies), CMD, ENTRYPOINT and HEALTHCHECK CMD in
 * shell form, ONBUILD of these. Exec form and all other instructions give an empty script. Never throws.
 */
export function readShell(dockerfile: Dockerfile, instruction: Instruction): ShellScript {
  const inner = instruction.trigger ?? instruction;
  if (inner.json) return empty;
  const { line } = inner;
  let start: number;
  switch (inner.keyword) {
    case "RUN":
    case "CMD":
    case "ENTRYPOINT":
      start = inner.argsStart;
      break;
    case "HEALTHCHECK": {
      const command = inner.args[1];
      if (!command || inner.args[0]!.text.toUpperCase() !== "CMD") return empty;
      start = line.text.indexOf(command.text, inner.argsStart + inner.args[0]!.text.length);
      break;
    }
    default:
      return empty;
  }
  const head = tail(line, start);
  const { heredocs } = instruction;
  if (heredocs.length === 0) return readScript(head);
  if (hasOnlyHeredocs(head.text.trim())) {
    const scripts = heredocs
      .map(({ body }) => ({ text: dockerfile.text.slice(body.start, body.end), pieces: [0, body.start] }))
      .filter(({ text }) => isShellScript(text));
    return scripts.length === 1 ? readScript(scripts[0]!) : merge(scripts.map(readScript));
  }
  // The heredoc feeds a command: hand the shell parser line and bodies, so that it attaches them itself.
  let text = `${head.text}\n`;
  const pieces = [...head.pieces];
  for (const { body, name } of heredocs) {
    pieces.push(text.length, body.start);
    text += dockerfile.text.slice(body.start, body.end);
    if (body.end > body.start && dockerfile.text[body.end - 1] !== "\n") text += "\n";
    pieces.push(text.length, body.end);
    text += `${name}\n`;
  }
  return readScript({ text, pieces }, instruction.span.end);
}

/**
 * Reads what an exec form hands to a shell: `["sh", "-c", "serve $PORT"]`. `null` where it hands over nothing, where the
 * shell reads profiles first, and where JSON's escapes stand in the way.
 */
export function readShellArgument({ text }: Dockerfile, { keyword, json, args }: Instruction): ShellScript | null {
  if (!json) return null;
  const [program, option, script] = keyword === "HEALTHCHECK" ? args.slice(1) : args;
  if (!program || !option || !script || !isPosixShell([program]) || !/^-[aefhux]*c$/.test(option.text)) return null;
  const start = script.span.start + 1;
  return text.slice(start, script.span.end - 1) === script.text
    ? readScript({ text: script.text, pieces: [0, start] })
    : null;
}

/** A heredoc body that names another interpreter in its first line is not shell. */
function isShellScript(body: string): boolean {
  if (!body.startsWith("#!")) return true;
  const words = body
    .slice(2, body.search(/\r?\n|$/))
    .trim()
    .split(/\s+/);
  return isPosixShell(words.map((text) => ({ text, span: { start: 0, end: 0 } })));
}

/** The part of a logical line behind `start`, with its own offsets. */
function tail(line: LogicalLine, start: number): LogicalLine {
  const pieces: number[] = [0, toDocumentSpan(line, start, start).start];
  for (let i = 0; i < line.pieces.length; i += 2) {
    if (line.pieces[i]! > start) pieces.push(line.pieces[i]! - start, line.pieces[i + 1]!);
  }
  return { text: line.text.slice(start), pieces };
}

function merge(scripts: readonly ShellScript[]): ShellScript {
  let count = 0;
  const groups = scripts.flatMap((script) => {
    const before = count;
    count += script.commands.length;
    return script.groups.map(({ command, after }) => ({ command, after: before + after }));
  });
  return {
    commands: scripts.flatMap(({ commands }) => commands),
    groups,
    variables: scripts.flatMap(({ variables }) => variables),
    assigned: new Set(scripts.flatMap(({ assigned }) => [...assigned])),
    opaque: scripts.some(({ opaque }) => opaque),
    errors: scripts.flatMap(({ errors }) => errors),
  };
}

/** Commands whose arguments are names they set. */
const setters = new Set([
  "export",
  "readonly",
  "local",
  "declare",
  "typeset",
  "read",
  "mapfile",
  "readarray",
  "unset",
  "let",
]);

/** Those of them that take names from what they are given: `export $(cat .env)` sets what stands in the file. */
const exporters = new Set(["export", "readonly", "local", "declare", "typeset"]);

/** `=`, `+=`, `<<=` …, but no comparison. */
const assignment = /^(?:[-+*/%&|^]|<<|>>)?=$/;

/** How deep a script is read: each `$( )` inside another is read once more from its start. No script nests that deep. */
const deepest = 100;

/** How many `${` may be left open. */
const mostUnclosed = 1000;

/** How many heredocs may begin in one script: the shell parser looks at all that wait for their text for each new one. */
const mostHeredocs = 5000;

/**
 * Reads a script; `source` says where its characters stand in the document.
 *
 * @param limit where the instruction ends in the document: an end line that a heredoc lacks is no part of it
 */
export function readScript(source: LogicalLine, limit = Infinity): ShellScript {
  const { text } = source;
  const whole: Span = { start: 0, end: text.length };
  // The shell parser may give ranges outside its text for odd input.
  const place = (start: number, end: number): Span => {
    const from = Math.max(0, Math.min(start, text.length));
    const found = toDocumentSpan(source, from, Math.max(from, Math.min(end, text.length)));
    return found.end <= limit ? found : { start: Math.min(found.start, limit), end: limit };
  };
  const commands: ShellCommand[] = [];
  const groups: ShellGroup[] = [];
  const variables: ShellVariable[] = [];
  const assigned = new Set<string>();
  let opaque = false;

  const word = (node: { text: string; value: string; pos: number; end: number }): ShellWord => ({
    text: node.text,
    value: node.value,
    span: place(node.pos, node.end),
  });
  const redirect = (node: Redirection): ShellRedirect => ({
    operator: node.operator,
    target: "target" in node && node.target ? word(node.target) : null,
    span: place(node.pos, node.end),
  });

  const visit = (node: SyntaxNode, separator: ShellSeparator, depth: number): void => {
    if (depth > deepest) {
      opaque = true;
      return;
    }
    switch (node.type) {
      case "Command": {
        const words: ShellWord[] = node.name ? [word(node.name)] : [];
        for (const argument of node.args) words.push(argumentWord(argument));
        const assignments: { name: string; value: string; span: Span }[] = [];
        for (const item of node.prefix) {
          if (item.type !== "Assignment") continue;
          const value = "value" in item.value ? item.value.value : "";
          assignments.push({ name: item.name, value, span: place(item.pos, item.end) });
          assigned.add(item.name);
        }
        const name = words[0]?.value ?? "";
        noteSetter(words, node.args);
        const redirects = node.redirects.map(redirect);
        // `exec {FD}>file` sets FD.
        for (const { descriptor } of node.redirects)
          if (descriptor?.type === "FileDescriptorVariable") assigned.add(descriptor.name);
        commands.push({ name, words, assignments, redirects, span: place(node.pos, node.end), separator, depth });
        forEachChild(node, (child) => {
          visit(child, "", depth + 1);
        });
        return;
      }
      case "Redirected": {
        forEachChild(node, (child) => {
          visit(child, "", depth + 1);
        });
        const span = place(node.pos, node.end);
        const redirects = node.redirects.map(redirect);
        const command = { name: "", words: [], assignments: [], redirects, span, separator, depth };
        groups.push({ command, after: commands.length });
        return;
      }
      case "AndOr":
        node.commands.forEach((child, i) => {
          visit(child, i === 0 ? separator : node.operators[i - 1]!, depth);
        });
        return;
      case "Pipeline":
        node.commands.forEach((child, i) => {
          visit(child, i === 0 ? separator : "|", depth);
        });
        return;
      case "Script":
      case "CompoundList":
        node.commands.forEach((child, i) => {
          visit(child, i === 0 ? "" : node.commands[i - 1]!.background ? "&" : ";", depth);
        });
        return;
      case "Statement":
        forEachChild(node, (child) => {
          visit(child, separator, depth);
        });
        return;
      case "For":
      case "Select":
        assigned.add(node.name.value);
        break;
      case "SimpleExpansion": {
        const name = node.text.replace(/^\$/, "");
        addVariable(name, node.pos, node.end, node.pos + 1, "");
        return;
      }
      case "ParameterExpansion": {
        const operator = node.operation && "operator" in node.operation ? node.operation.operator : "";
        addVariable(node.parameter, node.pos, node.end, node.parameterPos, operator);
        if (operator === "=" || operator === ":=") assigned.add(node.parameter);
        break;
      }
      case "ArithmeticBinary":
        if (assignment.test(node.operator) && node.left.type === "ArithmeticWord") assigned.add(node.left.value);
        break;
      case "ArithmeticUnary":
        if (/^(?:\+\+|--)$/.test(node.operator) && node.operand.type === "ArithmeticWord")
          assigned.add(node.operand.value);
        break;
      case "Coproc": {
        const name = node.name?.value ?? "COPROC";
        assigned.add(name).add(`${name}_PID`);
        break;
      }
      default:
    }
    forEachChild(node, (child) => {
      visit(child, "", depth + 1);
    });
  };

  const argumentWord = (node: CommandArgument): ShellWord =>
    node.type === "Word" ? word(node) : word({ text: node.text, value: node.text, pos: node.pos, end: node.end });

  const addVariable = (name: string, start: number, end: number, nameStart: number, operator: string): void => {
    if (!/^[A-Za-z_]\w*$/.test(name)) return;
    if (!encloses(whole, { start, end })) return;
    const nameSpan = place(nameStart, nameStart + name.length);
    variables.push({ name, span: place(start, end), nameSpan, operator });
  };

  const noteSetter = (all: readonly ShellWord[], allArgs: readonly CommandArgument[]): void => {
    // `command export X=1` and `builtin read X` run the command behind them.
    let skipped = 0;
    while (/^(?:command|builtin)$/.test(all[skipped]?.value ?? "")) skipped++;
    const words = all.slice(skipped);
    const args = allArgs.slice(skipped);
    const name = words[0]?.value ?? "";
    if (name === "eval" || name === "source" || name === ".") opaque = true;
    if (name === "printf" && words[1]?.value === "-v" && words[2]) assigned.add(words[2].value);
    if (name === "wait" && words[1]?.value === "-p" && words[2]) assigned.add(words[2].value);
    if (name === "getopts" && words[2]) assigned.add(words[2].value);
    if (!setters.has(name)) return;
    for (const argument of args) {
      const target = argument.type === "Assignment" ? argument.name : /^[A-Za-z_]\w*/.exec(argument.value)?.[0];
      if (target !== undefined) assigned.add(target);
      else if (exporters.has(name) && /^["']?[$`]/.test(argument.text)) opaque = true;
    }
  };

  try {
    // The shell parser reads the rest of the text once for each `${` that is not closed.
    if (text.split("${").length - text.split("}").length > mostUnclosed) throw new Error("too many open braces");
    if (text.split("<<").length > mostHeredocs) throw new Error("too many heredocs");
    const script = parse(text);
    visit(script, "", 0);
    const errors = (script.errors ?? []).map(({ message, pos }) => ({ message, span: place(pos, pos) }));
    return { commands, groups, variables, assigned, opaque, errors };
  } catch (error) {
    // A defect of the shell parser must not take the document down: what was read so far is kept and marked unsure.
    const message = error instanceof Error ? error.message : String(error);
    return { commands, groups, variables, assigned, opaque: true, errors: [{ message, span: place(0, 0) }] };
  }
}
