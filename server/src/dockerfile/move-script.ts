import type { Span } from "../text/range.ts";
import type { ShellCommand, ShellRedirect, ShellScript, ShellWord } from "./shell.ts";

/** The same script, further down or up in the document by a number of UTF-16 units. */
export function moveScript(script: ShellScript, by: number): ShellScript {
  if (by === 0) return script;
  const move = ({ start, end }: Span): Span => ({ start: start + by, end: end + by });
  const moveWord = ({ text, value, span }: ShellWord): ShellWord => ({ text, value, span: move(span) });
  const moveRedirect = ({ operator, target, span }: ShellRedirect): ShellRedirect => ({
    operator,
    target: target && moveWord(target),
    span: move(span),
  });
  const moveCommand = (command: ShellCommand): ShellCommand => ({
    ...command,
    words: command.words.map(moveWord),
    assignments: command.assignments.map((assignment) => ({ ...assignment, span: move(assignment.span) })),
    redirects: command.redirects.map(moveRedirect),
    span: move(command.span),
  });
  return {
    ...script,
    commands: script.commands.map(moveCommand),
    groups: script.groups.map(({ command, after }) => ({ command: moveCommand(command), after })),
    variables: script.variables.map((variable) => ({
      ...variable,
      span: move(variable.span),
      nameSpan: move(variable.nameSpan),
    })),
    errors: script.errors.map((error) => ({ ...error, span: move(error.span) })),
  };
}
