import { splitStage } from "../refactor/split-stage.ts";
import type { Rule } from "./rule.ts";

export const buildToolsInFinalStage: Rule = {
  id: "BuildToolsInFinalStage",
  severity: "hint",
  summary: "An image that ships what only its build needs, and can be split.",
  docs: `
A file with a single stage that builds an app ships the compiler, the development dependencies and the sources with it: a larger
image, slower to start and with more that can be attacked. A builder stage keeps them out; only what runs is copied on.

The rule speaks only where the split is on offer, and the quick fix is that split. See
[Multi-stage builds](https://docs.docker.com/build/building/multi-stage/).`,
  examples: [
    {
      title: "The Go toolchain ships",
      text: `
FROM golang:1.25-alpine
     ^^^^^^^^^^^^^^^^^^ The image ships what only the build needs. It can be split into a builder and a runtime stage.
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /usr/local/bin/service ./cmd/service
ENTRYPOINT ["/usr/local/bin/service"]
`,
    },
    {
      title: "Split already",
      text: `
FROM golang:1.25-alpine AS builder
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /usr/local/bin/service ./cmd/service
FROM alpine:3
COPY --from=builder /usr/local/bin/service /usr/local/bin/service
ENTRYPOINT ["/usr/local/bin/service"]
`,
    },
    {
      title: "Nothing is built",
      text: `
FROM python:3.13-slim
COPY app.py .
CMD ["python", "app.py"]
`,
    },
  ],
  *check(analysis) {
    const [stage] = analysis.stages;
    if (!stage?.base || analysis.stages.length > 1) return;
    const plan = splitStage.plan(analysis, stage.from.span);
    if (!plan || "unavailable" in plan) return;
    yield {
      span: stage.base.span,
      message: "The image ships what only the build needs. It can be split into a builder and a runtime stage.",
      refactoring: splitStage.id,
    };
  },
};
