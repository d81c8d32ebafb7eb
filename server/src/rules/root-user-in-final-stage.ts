import type { Instruction } from "../dockerfile/instruction.ts";
import { type Image, parseImage } from "../images/image.ts";
import { isWorkplace } from "../images/roles.ts";
import { type ImageUsers, makeUserCommand, usersOf } from "../images/users.ts";
import type { Analysis } from "../stages/analysis.ts";
import { baseChain } from "../stages/graph.ts";
import { packagesLeft } from "../stages/packages.ts";
import { isWorkStage, startKind } from "../stages/programs.ts";
import type { Stage } from "../stages/resolve.ts";
import { readStart, type StartedCall, startOf } from "../stages/start.ts";
import { lineEnding } from "../text/edit.ts";
import { lastPart } from "../text/paths.ts";
import type { Span } from "../text/range.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** What in a file says that privileges are given up in another way than with USER. */
const dropsPrivileges =
  /\b(?:gosu|su-exec|setpriv|runuser|chpst|setuidgid|s6-\w+|s6-overlay|supervisord?|sudo|capsh|setcap|start-stop-daemon|privileged|dockerd?|systemd|systemctl|openrc|runit|runsvdir)\b/;

/** Servers that start as root on purpose: they serve low ports and users, or give their privileges up by themselves. */
const startsAsRoot = new Set(
  (
    "nginx openresty angie httpd apache2 apache2ctl apachectl apache2-foreground lighttpd haproxy traefik envoy caddy php-fpm sshd dropbear cron crond anacron supercronic " +
    "init systemd dockerd containerd podman kubelet dnsmasq named unbound coredns squid tinyproxy privoxy 3proxy dante sockd vsftpd proftpd pure-ftpd smbd nmbd samba " +
    "postfix dovecot exim sendmail opendkim rsyslogd syslog-ng openvpn wg-quick tailscaled strongswan ipsec xl2tpd pptpd ocserv ss-server ssserver " +
    "mysqld mysqld_safe mariadbd postgres mongod mongos redis-server memcached rabbitmq-server slapd rpcbind nfsd ntpd chronyd avahi-daemon cupsd snmpd snort suricata " +
    "hostapd radiusd shadowvpn supernode qemu-system-x86_64 monit icecast murmur uwsgi keepalived ucarp bird frr tcpdump perf falco telegraf fluentd fluent-bit node_exporter cadvisor xinetd inetd in.tftpd tftpd vncserver Xvfb xrdp"
  ).split(" "),
);

const isRoot = (user: string): boolean => /^(?:root|0)(?::|$)/.test(user);

/** A USER of the chain, with what it means. */
interface Switch {
  readonly stage: Stage;
  readonly instruction: Instruction;
  readonly user: string;
}

function switchesOf(analysis: Analysis, chain: readonly Stage[]): Switch[] | null {
  const found: Switch[] = [];
  for (const stage of chain) {
    for (const instruction of stage.instructions) {
      if (instruction.keyword !== "USER") continue;
      const text = instruction.args[0]?.text ?? "";
      const user = analysis.values.expand(stage.index, text, instruction.span.start);
      if (user === null || user === "") return null;
      found.push({ stage, instruction, user });
    }
  }
  return found;
}

/** Programs that do nothing but serve, whether or not the file names a port. */
const server =
  /^(?:\S*\/)?(?:(?:bundle exec|poetry run|uv run|pipenv run|python3? -m) )?(?:gunicorn|uvicorn|hypercorn|daphne|waitress-serve|granian|puma|unicorn)(?= |$)/;

/** Whether a program serves on a port that any user may open. */
function isServer({ program, args }: StartedCall): boolean {
  const words = [program, ...args].join(" ");
  return server.test(words) && !/(?::|(?:^| )(?:-p|--port)[= ])\d{1,3}(?: |$)/.test(words);
}

/** Whether the image serves something, on ports that any user may open. */
function serves(analysis: Analysis, chain: readonly Stage[], calls: readonly StartedCall[]): boolean {
  let any = calls.some(isServer);
  for (const { index, instructions } of chain) {
    for (const { keyword, args, span } of instructions) {
      if (keyword === "HEALTHCHECK" && args[0]?.text.toUpperCase() === "CMD") any = true;
      if (keyword !== "EXPOSE") continue;
      for (const { text } of args) {
        const port = /^\d+/.exec(analysis.values.expand(index, text, span.start) ?? "")?.[0];
        if (port !== undefined && Number(port) < 1024) return false;
        any = true;
      }
    }
  }
  return any;
}

/** Whether the image keeps files in the home directory of root, which nobody else may read. */
function livesInRootsHome({ text }: Analysis, chain: readonly Stage[]): boolean {
  return chain.some(({ instructions }) =>
    instructions.some(
      ({ keyword, span }) =>
        keyword !== "RUN" && /(?:^|[\s"'=:])(?:\/root\b|~\/)/.test(text.slice(span.start, span.end)),
    ),
  );
}

/** Programs that come with the system's packages, but run the file's own program. */
const interpreters =
  /^(?:node|nodejs|npm|yarn|pnpm|python[\d.]*|java|ruby|bundle|php|perl|dotnet|gunicorn|uvicorn|uv|poetry|R|Rscript|lua|deno|bun)$/;

/** Options that say who the program runs as. */
const userOption = /^(?:-u|-g|--?(?:user|uid|username|group|gid|setuid|run-as|runas)(?:=.*)?|user=.*)$/;

/** Whether a program takes care of its user: told by an option, or as a daemon of the distribution that has a user of its own. */
function mindsItsUser(analysis: Analysis, chain: readonly Stage[], { program, args }: StartedCall): boolean {
  const name = lastPart(program);
  if (args.some((arg) => userOption.test(arg))) return true;
  if (startsAsRoot.has(name.replace(/(?<![\d.])[\d.]+$/, ""))) return true;
  if (interpreters.test(name) || name.length < 3) return false;
  const stem = name.replace(/d$/, "");
  return chain.some(({ instructions }) =>
    instructions.some(
      (instruction) =>
        instruction.keyword === "RUN" &&
        instruction.line.text.includes(stem) &&
        packagesLeft(analysis.script(instruction)).some((one) => one.name.startsWith(stem)),
    ),
  );
}

/** Where a USER goes: before the first CMD or ENTRYPOINT; `null` where files or commands follow that. */
function placeForUser({ instructions }: Stage): Instruction | null {
  const at = instructions.findIndex(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
  if (at < 0) return null;
  const rest = instructions.slice(at + 1);
  const changes = rest.some(({ keyword }) => /^(?:RUN|COPY|ADD|WORKDIR|USER|VOLUME)$/.test(keyword));
  return changes ? null : instructions[at]!;
}

/** @param before what the new lines stand in front of; `null` for the end of the stage */
function insertUser(
  { lines, text }: Analysis,
  { from, instructions }: Stage,
  before: Instruction | null,
  commands: readonly string[],
  user: string,
): Fix {
  const model = before ?? instructions.at(-1) ?? from;
  const keyword = text.slice(model.keywordSpan.start, model.keywordSpan.end);
  const isLower = keyword === keyword.toLowerCase();
  const written = [
    ...commands.map((command) => `${isLower ? "run" : "RUN"} ${command}`),
    `${isLower ? "user" : "USER"} ${user}`,
  ];
  const end = lineEnding(text);
  const at = before ? lines.startOf(lines.lineAt((before.comment ?? before.span).start)) : model.span.end;
  return {
    title: `Run as ${user.startsWith("$") ? "the image's own user" : `'${user}'`}`,
    safety: "unsafe",
    edits: [{ span: { start: at, end: at }, newText: written.map((one) => (before ? one + end : end + one)).join("") }],
  };
}

/** The user that the file makes; `null` where it makes none, or several. */
function madeUser(analysis: Analysis, chain: readonly Stage[]): string | null {
  const names = new Set<string>();
  for (const { instructions } of chain) {
    for (const instruction of instructions) {
      if (instruction.keyword !== "RUN" || !/\b(?:useradd|adduser)\b/.test(instruction.line.text)) continue;
      for (const { name, words } of analysis.script(instruction).commands) {
        if (name !== "useradd" && name !== "adduser") continue;
        names.add(
          userNamed(
            name,
            words.slice(1).map(({ value }) => value),
          ),
        );
      }
    }
  }
  const [name = ""] = names;
  return names.size === 1 && /^[a-z_][\w.-]*$/.test(name) ? name : null;
}

/** Options of useradd and adduser that take no value. */
const switchOption =
  /^(?:-[mMrNlUoSDH]+|--(?:create-home|no-create-home|system|no-user-group|user-group|disabled-password|disabled-login|no-log-init|non-unique|allow-bad-names|quiet)|--[\w-]+=.*)$/;

/** The user's name among the words: behind options, or in front of them. */
function userNamed(program: string, words: readonly string[]): string {
  const operands: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith("-")) operands.push(word);
    else if (!switchOption.test(word)) i++;
  }
  // `adduser app group` puts a user into a group.
  return (program === "adduser" ? operands[0] : operands.at(-1)) ?? "";
}

function fixFor(
  analysis: Analysis,
  last: Stage,
  chain: readonly Stage[],
  image: Image | null,
  own: string | null,
): Fix[] {
  const before = placeForUser(last);
  if (!before) return [];
  const made = madeUser(analysis, chain);
  if (made !== null) return [insertUser(analysis, last, before, [], made)];
  if (own !== null) return [insertUser(analysis, last, before, [], own)];
  if (!image) return [insertUser(analysis, last, before, [], "65532:65532")];
  if (/\b(?:useradd|adduser)\b/.test(analysis.text)) return [];
  const command = makeUserCommand(image, "app");
  return command === null ? [] : [insertUser(analysis, last, before, [command], "app")];
}

/** The last USER is root, where a user without privileges was set before: most likely nobody switched back. */
function leftAsRoot(
  analysis: Analysis,
  last: Stage,
  switches: readonly Switch[],
  users: ImageUsers | null,
): Finding | null {
  const current = switches.at(-1)!;
  const before = switches.findLast(({ user }) => !isRoot(user))?.user ?? users?.set ?? null;
  if (before === null || current.stage !== last) return null;
  const behind = last.instructions.slice(last.instructions.indexOf(current.instruction) + 1);
  // As the last word on the matter it is meant.
  if (!behind.some(({ keyword }) => keyword === "RUN" || keyword === "COPY" || keyword === "ADD")) return null;
  const [word] = current.instruction.args;
  const place = placeForUser(last);
  const isPlaced =
    place !== null || !last.instructions.some(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
  return {
    span: word?.span ?? current.instruction.keywordSpan,
    message: `The container runs as root: no USER below switches back to '${before}'.`,
    ...(isPlaced && { fixes: [insertUser(analysis, last, place, [], before)] }),
  };
}

function startSpan({ entrypoint, cmd }: ReturnType<typeof startOf>, last: Stage): Span {
  const own = [cmd, entrypoint].find((one) => one !== null && last.instructions.includes(one));
  return (own ?? last.from).keywordSpan;
}

export const rootUserInFinalStage: Rule = {
  id: "RootUserInFinalStage",
  severity: "hint",
  summary: "A server that runs as root, because no USER says otherwise.",
  docs: `
Without a USER, and where the base image sets none, a container's program runs as root: who breaks into it has the whole container,
and is a step closer to the machine. Best practice is a user without privileges as the last USER. See
[USER](https://docs.docker.com/build/building/best-practices/#user).

The rule looks at what a build without \`--target\` ships. It speaks where that image serves something (EXPOSE, HEALTHCHECK, or a server such as gunicorn or Puma), and
where \`USER root\` is still in force at the end although the image had another user before. It is silent where

- the base image is not known: it may set a user;
- a port below 1024 is exposed, for which more than a USER may be needed;
- the program gives its privileges up by itself (nginx, databases, \`gosu\`, \`su-exec\`, \`supervisord\` …), is a daemon of the
  distribution, which most likely does, or is started by a script;
- files are kept in \`/root\`;
- the image is one to work in, or starts nothing.

Files that the program writes must belong to the new user: \`COPY --chown=…\`, or \`chown\` in a RUN. Who runs the container may
choose another user than the image's, with \`docker run --user\` or in Compose and Kubernetes.`,
  examples: [
    {
      title: "The image has a user for it",
      text: `
FROM node:22-slim
WORKDIR /app
COPY . .
EXPOSE 3000
CMD ["node", "server.js"]
^^^ The container runs as root: no USER is set.
`,
      fixed: `
FROM node:22-slim
WORKDIR /app
COPY . .
EXPOSE 3000
USER node
CMD ["node", "server.js"]
`,
    },
    {
      title: "A user is to be made",
      text: `
FROM python:3.13-alpine
WORKDIR /app
COPY . .
EXPOSE 8000
# Two workers are enough.
CMD ["gunicorn", "--workers=2", "app:app"]
^^^ The container runs as root: no USER is set.
`,
      fixed: `
FROM python:3.13-alpine
WORKDIR /app
COPY . .
EXPOSE 8000
RUN adduser -D app
USER app
# Two workers are enough.
CMD ["gunicorn", "--workers=2", "app:app"]
`,
    },
    {
      title: "A program that does nothing but serve",
      text: `
FROM ruby:3.4-slim
WORKDIR /app
COPY . .
RUN bundle install
CMD ["bundle", "exec", "puma", "--port", "3000"]
^^^ The container runs as root: no USER is set.
`,
      fixed: `
FROM ruby:3.4-slim
WORKDIR /app
COPY . .
RUN bundle install
RUN useradd --create-home app
USER app
CMD ["bundle", "exec", "puma", "--port", "3000"]
`,
    },
    {
      title: "A user is made, but not used",
      text: `
FROM debian:13-slim
RUN useradd --system --uid 999 --create-home service
COPY service /usr/local/bin/
HEALTHCHECK CMD ["service", "check"]
ENTRYPOINT ["service"]
^^^^^^^^^^ The container runs as root: no USER is set.
`,
      fixed: `
FROM debian:13-slim
RUN useradd --system --uid 999 --create-home service
COPY service /usr/local/bin/
HEALTHCHECK CMD ["service", "check"]
USER service
ENTRYPOINT ["service"]
`,
    },
    {
      title: "Nobody switches back",
      text: `
FROM jenkins/jenkins:lts
USER root
     ^^^^ The container runs as root: no USER below switches back to 'jenkins'.
RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*
`,
      fixed: `
FROM jenkins/jenkins:lts
USER root
RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*
USER jenkins
`,
    },
    {
      title: "Inherited from the stage it is built on",
      text: `
FROM node:22-slim AS base
USER node
FROM base
COPY . .
EXPOSE 3000
CMD ["node", "server.js"]
`,
    },
    {
      title: "Privileges are given up later",
      text: `
FROM nginx:1.29
COPY site /usr/share/nginx/html
EXPOSE 8080
`,
    },
    {
      title: "A daemon of the distribution",
      text: `
FROM alpine:3.22
RUN apk add --no-cache mosquitto
EXPOSE 1883
CMD ["mosquitto", "-c", "/etc/mosquitto/mosquitto.conf"]
`,
    },
    {
      title: "A tool for the command line",
      text: `
FROM python:3.13-slim
RUN pip install report-tool
ENTRYPOINT ["report-tool"]
`,
    },
    {
      title: "An unknown base image, and a script that may switch users",
      text: `
FROM example.com/team/base:1 AS first
EXPOSE 8080
CMD ["service"]
FROM python:3.13-slim
EXPOSE 8000
ENTRYPOINT ["/entrypoint.sh"]
`,
    },
    {
      title: "For development",
      text: `
FROM node:22
EXPOSE 3000
CMD ["npm", "run", "dev"]
`,
    },
  ],
  *check(analysis) {
    const { stages, model, text } = analysis;
    const last = stages.at(-1);
    const root = last && analysis.roots[last.index];
    if (!last || !root || model.problems.length > 0 || isWorkStage(last)) return;
    const image = root.kind === "image" ? parseImage(root.image) : null;
    if (image && isWorkplace(image)) return;
    const users = image && usersOf(image);
    const chain = baseChain(stages, last.index)
      .toReversed()
      .map((index) => stages[index]!);
    const switches = switchesOf(analysis, chain);
    if (!switches) return;
    const current = switches.at(-1);
    if (current) {
      if (!isRoot(current.user) || dropsPrivileges.test(text)) return;
      const left = leftAsRoot(analysis, last, switches, users);
      if (left) yield left;
      return;
    }
    if (image && (!users || users.set !== null || users.drops)) return;
    const found = startOf(analysis, last.index);
    const start = readStart(analysis, found.entrypoint, found.cmd);
    if (!start || dropsPrivileges.test(text) || !serves(analysis, chain, start.calls)) return;
    if (startKind(start.calls) !== "program") return;
    if (start.calls.some((call) => mindsItsUser(analysis, chain, call))) return;
    if (livesInRootsHome(analysis, chain)) return;
    yield {
      span: startSpan(found, last),
      message: "The container runs as root: no USER is set.",
      fixes: fixFor(analysis, last, chain, image, users?.own ?? null),
    };
  },
};
