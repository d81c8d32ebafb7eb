import type { InlayHint } from "vscode-languageserver-types";
import type { Instruction } from "../dockerfile/instruction.ts";
import { type DockerfileVariable, dockerfileVariables } from "../dockerfile/variables.ts";
import { expand } from "../dockerfile/words.ts";
import { isSecretName, saysSecret, secretsIn } from "../rules/common/secrets.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { type Definition, isAutomaticArg } from "../stages/scope.ts";
import { encloses, overlaps, type Range, type Span } from "../text/range.ts";
import { cut } from "./markdown.ts";
import { nameSpan, writtenName } from "./subject.ts";

/**
 * What a reader would have to look up, written into the lines of a range: the stage that an index means, the image that a
 * stage is built on in the end, and the values of variables. Hints on FROM lines keep off their ends, where other tools write.
 */
export function inlayHints(analysis: Analysis, uri: string, range: Range): InlayHint[] {
  const wanted = analysis.lines.span(range);
  const hints = new Hints(analysis, uri);
  for (const instruction of analysis.model.globals)
    if (overlaps(instruction.span, wanted)) hints.addValues(instruction, null);
  for (const stage of analysis.stages) {
    if (!overlaps(stage.span, wanted)) continue;
    for (const instruction of [stage.from, ...stage.instructions])
      if (overlaps(instruction.span, wanted)) hints.addValues(instruction, stage);
  }
  for (const reference of analysis.references) if (overlaps(reference.span, wanted)) hints.addMeaning(reference);
  return hints.found;
}

/** Longer values are not worth the room that they take in a line. */
const longestValue = 30;
const longestImage = 40;
/** A screen has room for fewer; an editor that asks for a whole file of more than this gets those at its top. */
const mostHints = 2000;
/** Values that contain each other this often are nobody's. */
const deepest = 50;

class Hints {
  readonly found: InlayHint[] = [];
  readonly #analysis: Analysis;
  readonly #uri: string;
  readonly #mayShow = new Map<Definition, boolean>();
  readonly #plain = new Map<Definition, string | null>();
  /** ARGs in front of the first FROM by name; `null` for a name that has several, whose value depends on the place. */
  readonly #globals = new Map<string, Definition | null>();
  #roots: readonly Stage[] | undefined;

  constructor(analysis: Analysis, uri: string) {
    this.#analysis = analysis;
    this.#uri = uri;
    for (const definition of analysis.scope.definitions) {
      if (definition.stage !== null) break;
      this.#globals.set(definition.name, this.#globals.has(definition.name) ? null : definition);
    }
  }

  /** `COPY --from=0‹= builder›`, `FROM deps‹← node:22› AS build` */
  addMeaning({ kind, stage, target, span, instruction }: Reference): void {
    if (target.kind !== "stage" || this.#isFull()) return;
    const { stages } = this.#analysis;
    const meant = stages[target.stage]!;
    if (kind === "from") {
      const root = this.#rootOf(stage);
      const image = this.#imageOf(root);
      if (image === null) return;
      if (this.#isLast(span, instruction))
        this.#add(span.start, `${image} →`, root.base?.span ?? nameSpan(root), "right");
      else this.#add(span.end, `← ${image}`, root.base?.span ?? nameSpan(root), "left");
    } else if (target.by === "index")
      this.#add(span.end, `= ${cut(writtenName(meant), longestImage)}`, nameSpan(meant));
  }

  /** `golang:${VERSION}‹= 1.22›-alpine`, and the value that an `ARG VERSION` of a stage takes over. */
  addValues(instruction: Instruction, stage: Stage | null): void {
    // What ONBUILD brings along gets its values in another build.
    if (instruction.trigger || this.#isFull()) return;
    if (stage && instruction.keyword === "ARG") this.#addTakenOver(instruction);
    if (!instruction.line.text.includes("$")) return;
    const uses = dockerfileVariables(this.#analysis.dockerfile, instruction)
      .filter(({ span }) => encloses(instruction.headSpan, span))
      .toSorted((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
    for (let i = 0; i < uses.length && !this.#isFull();) {
      const use = uses[i]!;
      const inside = [use];
      // `${A:-$B}`: one hint says what it all comes to.
      for (i++; i < uses.length && uses[i]!.span.start < use.span.end; i++) inside.push(uses[i]!);
      this.#addValue(inside, instruction, stage);
    }
  }

  /** @param uses a use, and those in its modifier */
  #addValue(uses: readonly DockerfileVariable[], instruction: Instruction, stage: Stage | null): void {
    const use = uses[0]!;
    const own = this.#source(use.name, instruction, stage);
    if (own === null && use.modifier === "") return;
    for (const { name } of uses) {
      if (isHidden(name)) return;
      const source = this.#source(name, instruction, stage);
      if (source && !this.#canShow(source)) return;
      // Only what the file says is known: a base image may set it, too.
      if (!source && stage && instruction.keyword !== "FROM" && this.#analysis.roots[stage.index]?.kind !== "scratch")
        return;
    }
    const value = this.#valueOf(use, own, instruction, stage);
    if (value === null || !isShort(value)) return;
    const place = own?.pair.keySpan ?? use.nameSpan;
    if (instruction.keyword === "FROM" && this.#isLast(use.span, instruction))
      this.#add(use.span.start, `${value} =`, place);
    else this.#add(use.span.end, `= ${value}`, place);
  }

  #addTakenOver({ pairs }: Instruction): void {
    const { globalValues } = this.#analysis.model;
    for (const { key, value, keySpan } of pairs) {
      const outer = value === null ? this.#analysis.scope.global(key) : null;
      const taken = outer && this.#canShow(outer) ? globalValues.get(key) : undefined;
      if (outer && taken !== undefined && isShort(taken)) this.#add(keySpan.end, `= ${taken}`, outer.pair.keySpan);
    }
  }

  /** Where a use has its value from. */
  #source(name: string, { keyword, span }: Instruction, stage: Stage | null): Definition | null {
    const { scope } = this.#analysis;
    if (stage && keyword !== "FROM") return scope.lookUp(stage.index, name, span.start);
    if (stage) return scope.global(name);
    const only = this.#globals.get(name);
    return only && only.instruction.span.start < span.start ? only : null;
  }

  #valueOf(
    { span, modifier }: DockerfileVariable,
    source: Definition | null,
    { keyword, span: { start } }: Instruction,
    stage: Stage | null,
  ): string | null {
    const { text, dockerfile, model, values } = this.#analysis;
    const known = modifier === "" && source ? this.#plain.get(source) : undefined;
    if (known !== undefined) return known;
    const written = text.slice(span.start, span.end);
    let value: string | null;
    if (written.includes("\n")) value = null;
    else if (stage && keyword !== "FROM") value = values.expand(stage.index, written, start);
    else {
      const expansion = expand(written, (name) => model.globalValues.get(name), { escape: dockerfile.escape });
      value = expansion.error === null ? expansion.value : null;
    }
    if (modifier === "" && source) this.#plain.set(source, value);
    return value;
  }

  /** Whether a value may be seen by who looks over one's shoulder, and is the same on each machine that builds. */
  #canShow(definition: Definition, depth = 0): boolean {
    const known = this.#mayShow.get(definition);
    if (known !== undefined) return known;
    // What contains itself, or far too much, is not shown.
    this.#mayShow.set(definition, false);
    if (depth > deepest || isHidden(definition.name)) return false;
    const { pair, stage, instruction } = definition;
    const { scope, dockerfile } = this.#analysis;
    if (pair.value === null) {
      const outer = stage === null ? null : scope.global(definition.name);
      const can = outer === null || this.#canShow(outer, depth + 1);
      this.#mayShow.set(definition, can);
      return can;
    }
    if (secretsIn(pair.value).length > 0) return false;
    const { uses } = expand(pair.value, undefined, { escape: dockerfile.escape });
    const can = uses.every(({ name }) => {
      if (isHidden(name)) return false;
      const source = stage === null ? scope.global(name) : scope.lookUp(stage, name, instruction.span.start);
      return source === null || this.#canShow(source, depth + 1);
    });
    this.#mayShow.set(definition, can);
    return can;
  }

  /** The stage that a chain of stages begins with. */
  #rootOf(stage: number): Stage {
    if (!this.#roots) {
      const roots: Stage[] = [];
      // FROM names stages above only, so what they begin with is known.
      for (const each of this.#analysis.stages)
        roots.push(each.base?.target.kind === "stage" ? roots[each.base.target.stage]! : each);
      this.#roots = roots;
    }
    return this.#roots[stage]!;
  }

  /** What a stage is built on, as it is written where a variable in it is not shown. */
  #imageOf({ base, baseName }: Stage): string | null {
    if (base?.target.kind === "scratch") return "scratch";
    if (base?.target.kind !== "image") return null;
    const uses = base.text.includes("$") ? expand(base.text).uses : [];
    const canShow = uses.every(({ name }) => {
      const source = this.#analysis.scope.global(name);
      return !isHidden(name) && (source === null || this.#canShow(source));
    });
    return cut((canShow ? baseName : base.text).replace(/[\p{C}\s]+/gu, " "), longestImage);
  }

  /** Whether nothing but blanks stands behind it on its line. */
  #isLast({ end }: Span, { headSpan }: Instruction): boolean {
    const { lines, text } = this.#analysis;
    const lineEnd = Math.min(lines.endOf(lines.lineAt(end)), headSpan.end);
    return text.slice(end, lineEnd).trim() === "";
  }

  #isFull(): boolean {
    return this.found.length >= mostHints;
  }

  /** @param leadsTo what a click on the hint goes to */
  #add(at: number, label: string, leadsTo: Span, padding: "left" | "right" | null = null): void {
    const { lines } = this.#analysis;
    this.found.push({
      position: lines.position(at),
      label: [{ value: label, location: { uri: this.#uri, range: lines.range(leadsTo) } }],
      ...(padding === "left" && { paddingLeft: true }),
      ...(padding === "right" && { paddingRight: true }),
    });
  }
}

/** Names whose values are secrets, or depend on the machine that builds. */
function isHidden(name: string): boolean {
  return isAutomaticArg(name) || saysSecret(name) || isSecretName(name);
}

function isShort(value: string): boolean {
  return value !== "" && value.length <= longestValue && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value);
}
