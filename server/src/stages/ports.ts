import type { Analysis } from "./analysis.ts";
import type { Question } from "./memory.ts";
import type { Step } from "./steps.ts";
import { isLiteral } from "./values.ts";
import type { Span } from "../text/range.ts";

/** A port of EXPOSE, in BuildKit's parts: `[ip:][host-port:]port[/protocol]`. */
export interface Port {
  /** Variables expanded, quotes removed. */
  readonly text: string;
  /** The word of the file. */
  readonly span: Span;
  readonly step: Step;
  /** Whether nothing in it is expanded, so that an edit can change it. */
  readonly literal: boolean;
  /** What stands in front of the last colon; `null` where there is none. */
  readonly host: string | null;
  /** The port or the range, with its protocol. */
  readonly container: string;
  /** As written; `""` where none is. */
  readonly protocol: string;
}

/** Whether an EXPOSE may have a port with more than a number and a protocol in lower case. */
export const hasUnusualPort: Question<boolean> = ({ keyword, args }) =>
  keyword === "EXPOSE" && args.some(({ text }) => !isLiteral(text) || /[:A-Z]/.test(text));

/** The ports that stages expose, where the file says what they are. Those that BuildKit stops at are left out. */
export function* exposedPorts({ steps, values }: Analysis): Generator<Port> {
  for (const [stage, all] of steps.entries()) {
    for (const step of all) {
      if (step.instruction.keyword !== "EXPOSE") continue;
      for (const { text: written, span } of step.instruction.args) {
        const text = values.expand(stage, written, step.place.span.start);
        if (text === null) continue;
        for (const word of text.split(/\s+/)) {
          const colon = word.lastIndexOf(":");
          const container = word.slice(colon + 1);
          const slash = container.indexOf("/");
          const protocol = slash < 0 ? "" : container.slice(slash + 1);
          if (slash === 0 || container === "" || !/^(?:tcp|udp|sctp)?$/i.test(protocol)) continue;
          const host = colon < 0 ? null : word.slice(0, colon);
          yield { text: word, span, step, literal: word === written, host, container, protocol };
        }
      }
    }
  }
}
