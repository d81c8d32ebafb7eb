import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/root.ts";
import { rules } from "../../server/src/rules/index.ts";
import type { Rule } from "../../server/src/rules/rule.ts";
import { parseMarked } from "./marks.ts";

/** The Dockerfiles of samples/, by path. */
export function sampleTexts(): Map<string, string> {
  const folder = path.join(root, "samples");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?:^|[/\\])Dockerfile/.test(name),
  );
  return new Map(files.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}

/** The texts of the rules' examples, without marks. */
export function exampleTexts(which: readonly Rule[] = rules): string[] {
  return which.flatMap(({ examples }) => examples.map(({ text }) => parseMarked(text).text));
}

/** A file with nearly everything a Dockerfile can hold, in forms that are easy to get wrong. */
export const richText = String.raw`# syntax=docker/dockerfile:1
# escape=\
# check=skip=JSONArgsRecommended;error=true

ARG VERSION=1.22 REGISTRY="docker.io/library"
# the compiler
FROM --platform=$BUILDPLATFORM ${"${REGISTRY}"}/golang:${"${VERSION}"}-alpine AS Build
ARG TARGETARCH
ENV A=1 B="two words" C='$A' \
    # a comment between
    D=three\ words

    E=$A-$B
LABEL maintainer "Jane Doe"
SHELL ["/bin/sh", "-eo", "pipefail", "-c"]
WORKDIR /src
COPY --link --chown=1:1 ["go.mod", "go sum", "./"]
RUN --mount=type=cache,target=/root/.cache --mount=type=bind,"source=a b",target=/x \
    go build -o "/out/app-$TARGETARCH" ./... && echo 'a <<EOF b' \
    && echo \\
RUN <<-'EOF' cat > /x
	echo $HOME
	EOF
COPY <<one <<-"two" /etc/
first $A
one
	second
	two
ONBUILD COPY --from=build /a /b
HEALTHCHECK --interval=5s CMD wget -q "localhost:$PORT" || exit 1
FROM build AS test
RUN go test ./...
from scratch as final
COPY --from=0 /out /out
copy --from=TEST --link /x /x
RUN --mount=type=bind,from=build,target=/b ["/b/run"]
EXPOSE 80/tcp 443
VOLUME ["/data"]
USER nobody:nobody
STOPSIGNAL SIGTERM
ENTRYPOINT ["/out/app"]
CMD serve --port ${"${PORT:-80}"}
`;
