import type { Writable } from "node:stream";
import * as util from "node:util";
import { plain, type Role, type Style } from "../report/style.ts";

/** Standard output of a command. */
export interface Output {
  /** Resolves when the text has left the process or cannot any more. */
  write(text: string): Promise<void>;
  /** Whether the reader went away, as `head` does: nothing needs to be worked out any more. */
  readonly closed: boolean;
}

/** @param onError called when writing fails for another reason than a reader that went away */
export function openOutput(stream: Writable, onError: (error: Error) => void): Output {
  let closed = false;
  const fail = (error: NodeJS.ErrnoException): void => {
    if (!closed && error.code !== "EPIPE") onError(error);
    closed = true;
  };
  stream.on("error", fail);
  return {
    get closed() {
      return closed;
    },
    write: (text) =>
      new Promise((resolve) => {
        if (closed || text === "") {
          resolve();
          return;
        }
        stream.write(text, (error) => {
          if (error) fail(error);
          resolve();
        });
      }),
  };
}

type Colour = Parameters<typeof util.styleText>[0];

const colours: Record<Role, Colour> = {
  error: "red",
  warning: "yellow",
  information: "blue",
  hint: "cyan",
  strong: "bold",
  faint: "dim",
  added: "green",
  removed: "red",
  place: "cyan",
};

/** Colours on a terminal; none where NO_COLOR is set or the output goes elsewhere, unless FORCE_COLOR asks for them. */
export function chooseStyle(
  stream: { hasColors?: () => boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const forced = env["FORCE_COLOR"] !== undefined && !["", "0", "false"].includes(env["FORCE_COLOR"]);
  const refused = env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "";
  // The first versions of Node 20 have no styleText.
  if (refused || !(forced || stream.hasColors?.()) || !("styleText" in util)) return plain;
  return (role, text) => util.styleText(colours[role], text, { validateStream: false });
}
