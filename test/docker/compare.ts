import type { AllowedDifference } from "./samples.ts";
import type { Image, ImageConfig, Observed } from "./observe.ts";

export interface Difference {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** The sentence of the split that says so, or the reason why it does not matter; `null` where it is a failure. */
  readonly excuse: string | null;
}

/** An image with its containers and the image it starts from. */
export interface Side {
  readonly image: Image;
  /** The settings of the final stage's base; of `scratch` there are none. */
  readonly base: ImageConfig;
  readonly seen: Observed;
}

/** What of the way is compared with the differences that a sample allows. */
export interface Said {
  readonly style: string;
  readonly base: string;
  readonly sentences: readonly string[];
}

/** Everything that differs, except what the two bases bring. */
export function compare(before: Side, after: Side, said: Said, allowed: readonly AllowedDifference[]): Difference[] {
  const [left, right] = [settingsOf(before), settingsOf(after)];
  for (const [name, value] of before.seen) left.set(name, value);
  for (const [name, value] of after.seen) right.set(name, value);
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((what) => {
    const [was, is] = [left.get(what) ?? "none", right.get(what) ?? "none"];
    return was === is ? [] : [{ what, before: was, after: is, excuse: excuseOf(what, said, allowed) }];
  });
}

function excuseOf(what: string, said: Said, allowed: readonly AllowedDifference[]): string | null {
  for (const each of allowed) {
    if (!matches(each.what, what) || !matches(each.style ?? "*", said.style) || !matches(each.base ?? "*", said.base))
      continue;
    if (each.said === undefined) return each.why ?? null;
    const { said: wanted } = each;
    const sentence = said.sentences.find((one) => one.includes(wanted));
    if (sentence !== undefined) return sentence;
  }
  return null;
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}

/** The image's settings as far as the Dockerfile makes them. */
function settingsOf({ image, base }: Side): Map<string, string> {
  const { config } = image;
  const settings = new Map<string, string>();
  settings.set("WORKDIR", config.WorkingDir || "/");
  settings.set("STOPSIGNAL", config.StopSignal === base.StopSignal ? "the base's" : (config.StopSignal ?? "none"));
  settings.set("ENTRYPOINT", words(config.Entrypoint));
  settings.set("CMD", words(config.Cmd));
  settings.set("HEALTHCHECK", config.Healthcheck ? JSON.stringify(config.Healthcheck) : "none");
  for (const port of Object.keys(config.ExposedPorts ?? {}))
    if (!base.ExposedPorts?.[port]) settings.set(`EXPOSE ${port}`, "yes");
  for (const volume of Object.keys(config.Volumes ?? {})) settings.set(`VOLUME ${volume}`, "yes");
  for (const [name, value] of Object.entries(config.Labels ?? {}))
    if (base.Labels?.[name] !== value) settings.set(`LABEL ${name}`, value);
  for (const pair of config.Env ?? []) {
    const [name = "", ...value] = pair.split("=");
    if (base.Env?.includes(pair) !== true) settings.set(`ENV ${name}`, value.join("="));
  }
  return settings;
}

function words(list: readonly string[] | null | undefined): string {
  return list && list.length > 0 ? JSON.stringify(list) : "none";
}
