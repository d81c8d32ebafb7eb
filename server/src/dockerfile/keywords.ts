import { closestName } from "../text/suggest.ts";

/** The instructions of Dockerfiles, in BuildKit's order. */
const keywords =
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR";

export const instructionKeywords: ReadonlySet<string> = new Set(keywords.split(" "));

const lowerCased = [...instructionKeywords].map((keyword) => keyword.toLowerCase());

/** The instruction that BuildKit takes an unknown one for, in the letter case of what is written. */
export function closestKeyword(written: string): string | null {
  const meant = closestName(written.toLowerCase(), lowerCased);
  return meant !== null && written !== written.toLowerCase() && written === written.toUpperCase()
    ? meant.toUpperCase()
    : meant;
}
