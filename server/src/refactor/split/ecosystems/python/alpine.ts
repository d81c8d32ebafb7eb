import { packageName } from "../../../../stages/packages.ts";
import { lastPart } from "../../../../text/paths.ts";
import { type Facts, type Step, textOf } from "../../facts.ts";
import { installedPackages, type RoleOf } from "../../roles.ts";
import type { Choice, Crossing, Refusal } from "../ecosystem.ts";
import { isPython } from "./commands.ts";
import type { Install } from "./installs.ts";

/** Where packages for a distribution's own interpreter go in the builder. */
export const environmentPath = "/opt/venv";

const refused: Refusal = {
  refused:
    "pip puts packages for Alpine's own Python among the files of the system: with a virtual environment, or on the official Python image, it can be split.",
};

/** Packages that bring Alpine's own Python of today, and those that bring the old one. */
const brings = /^(?:python3|py3-pip|python3-dev|py3-virtualenv)$/;
const bringsOld = /^(?:python2?|py2?-pip|python2?-dev|python2-tkinter)$/;

/** Packages with Python inside, which knows no environment: its packages have to lie in the system. */
const embedding = /(?:[a-z]-python3?$|plpython|mod[-_]wsgi|^uwsgi|^supervisor$|^nginx-unit)/;

/** Managers of other languages: whose program it is that starts is not certain. */
const otherManagers = /^(?:npm|npx|yarn|pnpm|gem|bundle|cargo|go|luarocks|composer)$/;

/** Packages for Python that are only there for installing. */
const forInstalling = /^py3-(?:pip|virtualenv|wheel|build|setuptools|cython|hatchling|flit-core|poetry-core)$/;

/** The packages in an environment that the builder makes for them. */
export interface OwnEnvironment extends Pick<Choice, "prepare" | "closing" | "assumptions"> {
  readonly crossings: readonly Crossing[];
  readonly insertions: NonNullable<Choice["insertions"]>;
  /** Packages that the environment sees through to. */
  readonly keeps: ReadonlySet<string>;
}

/** Whether pip is all that a second stage would leave out: it is not worth one. */
export function isOnlyPip(names: readonly string[]): boolean {
  return names.every((name) => /^py3-(?:pip|virtualenv)$/.test(packageName(name)));
}

/**
 * Has the builder install into a virtual environment of Alpine's own Python, which crosses as it is: what pip puts beside the
 * packages of the system cannot be told from them.
 */
export function alpineEnvironment(facts: Facts, role: RoleOf, installs: readonly Install[]): OwnEnvironment | Refusal {
  const inSystem = installs.filter(({ destination }) => destination.kind === "system");
  const names = [...installedPackages(facts, role)];
  const plain = names.map(packageName);
  const [first] = inSystem;
  const bringer = facts.steps.find(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return (
        found.kind === "packages" &&
        found.action === "install" &&
        found.packages.some(({ value }) => brings.test(packageName(value)))
      );
    }),
  );
  if (!first || !bringer || bringer.index > first.step.index || !plain.some((name) => brings.test(name)))
    return refused;
  if (plain.some((name) => bringsOld.test(name) || embedding.test(name))) return refused;
  if (facts.steps.some(({ calls }) => calls.some(({ name }) => otherManagers.test(name)))) return refused;
  if (isElsewhere(facts) || inSystem.some((install) => !isPlain(install))) return refused;
  const others = plain.filter((name) => name.startsWith("py3-") && !forInstalling.test(name));
  const make = `python3 -m venv ${others.length > 0 ? "--system-site-packages " : ""}${environmentPath}`;
  const isEarlier = bringer.index < first.step.index;
  if (!isEarlier && !canStandBefore(first, bringer, role)) return refused;
  const setting = `ENV PATH=${environmentPath}/bin:$PATH`;
  const before = first.step.index;
  return {
    crossings: [{ from: environmentPath, value: environmentPath, to: null, directory: true, comment: null }],
    prepare: [...(isEarlier ? [{ before, text: `RUN ${make}` }] : []), { before, text: setting }],
    insertions: isEarlier ? [] : [{ at: first.call.command.span.start, text: `${make} && ` }],
    closing: [setting],
    keeps: new Set(others.length > 0 ? names.filter((name) => packageName(name) === "py3-pip") : []),
    assumptions: [
      ...(others.length > 0
        ? []
        : [
            "pip installs all packages that the program imports: those of the system, such as setuptools, it does not see.",
          ]),
      ...(startsPython(facts, installs)
        ? []
        : [
            `No script that is started begins with \`#!/usr/bin/python3\`, which does not see the packages in ${environmentPath}.`,
          ]),
    ],
  };
}

/** Whether the container starts the interpreter, or a program that pip is asked for, by its name: PATH decides which one. */
function startsPython({ start, healthcheck }: Facts, installs: readonly Install[]): boolean {
  const wanted = new Set(installs.flatMap((install) => install.wanted.names));
  const calls = [...(start?.calls ?? []), ...(healthcheck?.calls ?? [])];
  return (
    start !== null && start.calls.length > 0 && calls.every(({ program }) => isPython(program) || wanted.has(program))
  );
}

/** Whether the file names the interpreter or its packages by their place, or says where programs are looked for. */
function isElsewhere(facts: Facts): boolean {
  const text = textOf(facts);
  const words = [facts.start, facts.healthcheck].flatMap((started) => [
    ...(started?.wrappers ?? []),
    ...(started?.calls.flatMap(({ program, args }) => [program, ...args]) ?? []),
  ]);
  return (
    text.includes(environmentPath) ||
    /(?:site|dist)-packages|PYTHONPATH|PYTHONHOME|\bcrond?\b|\bcrontab\b/.test(text) ||
    /\/usr\/(?:local\/)?bin\/(?:python|pip)/.test(text.replaceAll(/\bln -sf? (?:\/usr\/bin\/)?p\S+ \S+/g, "")) ||
    words.some(
      (word) =>
        /^\/usr\/(?:local\/)?bin\/(?!env$|tini$|dumb-init$|[\w-]+\.sh$)/.test(word) ||
        /^(?:su|su-exec|sudo|gosu|crond?|supervisord)$/.test(lastPart(word)),
    ) ||
    facts.steps.some(
      ({ instruction }) =>
        instruction.keyword === "ENV" &&
        instruction.pairs.some(({ key, value }) => key === "PATH" && !/\$\{?PATH\b/.test(value ?? "")),
    )
  );
}

function isPlain({ python, step, call }: Install): boolean {
  const isRoot = step.user === null || /^(?:root|0)(?::|$)/.test(step.user);
  return python.manager === "pip" && !python.isUv && isRoot && !call.program.includes("/");
}

/** Whether a command may stand in front of an install, behind the one that brings the interpreter in the same RUN. */
function canStandBefore({ step, call }: Install, bringer: Step, role: RoleOf): boolean {
  const at = step.calls.indexOf(call);
  const isBehind = bringer.calls.slice(0, at).some((one) => {
    const found = role(one);
    return (
      found.kind === "packages" &&
      found.action === "install" &&
      found.packages.some(({ value }) => brings.test(packageName(value)))
    );
  });
  return isBehind && !step.instruction.json && !["|", "||", "&"].includes(call.command.separator);
}
