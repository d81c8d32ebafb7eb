import { type Facts, textOf } from "../../facts.ts";

export const html = "/usr/share/nginx/html";

/** Whether a COPY can hold the text of a file: Dockerfile syntax 1.4 and lines that end as the shell's do. */
function knowsHeredocs(facts: Facts): boolean {
  const { dockerfile } = facts.analysis;
  if (textOf(facts).includes("\r\n") || dockerfile.escape !== "\\") return false;
  const syntax = dockerfile.directives.find(({ name }) => name === "syntax")?.value;
  if (syntax === undefined) return true;
  const version = /:(\d+)(?:\.(\d+))?/.exec(syntax);
  return version !== null && (Number(version[1]) > 1 || version[2] === undefined || Number(version[2]) >= 4);
}

export function configuration(facts: Facts, port: string, loopback: boolean, tries: string): string[] {
  const target = "/etc/nginx/conf.d/default.conf";
  const lines = [
    "server {",
    `    listen ${port};`,
    ...(loopback ? [`    listen [::]:${port};`] : []),
    `    root ${html};`,
    "    charset utf-8;",
    "    location / {",
    `        try_files ${tries};`,
    "    }",
    "}",
  ];
  if (knowsHeredocs(facts)) return [["COPY <<'EOF' " + target, ...lines, "EOF"].join("\n")];
  return [`RUN printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > ${target}`];
}
