/**
 * What Docker's reference library (github.com/distribution/reference) takes for an image's name. Each pattern can match a
 * text in one way only, so that a name that is being typed never takes long.
 */

const domain = /^(?:\[[a-fA-F0-9:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]+)?$/;
/** A label of a domain begins and ends with a letter or digit. */
const brokenLabel = /[.-]\.|\.[.-]/;
const path = /^[a-z0-9]+(?:(?:[./]|__?|-+)[a-z0-9]+)*$/;
const tag = /^\w[\w.-]{0,127}$/;
const digest = /^([a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*):([a-fA-F0-9]{32,})$/;
const identifier = /^[a-f0-9]{64}$/;
const digestLengths: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);
const longestPath = 255;
const invalid = "invalid reference format";

/** Why a text cannot be an image's name, in the words of Docker's reference library; `null` where it can. */
export function imageNameError(name: string): string | null {
  if (identifier.test(name)) return `invalid repository name (${name}), cannot specify 64-byte hexadecimal strings`;
  const [host, rest] = splitHost(name);
  const [repository] = rest.split(":", 1);
  if (repository!.toLowerCase() !== repository) return `${invalid}: repository name (${repository}) must be lowercase`;

  const at = rest.indexOf("@");
  const tagged = at < 0 ? rest : rest.slice(0, at);
  const colon = tagged.indexOf(":");
  const own = colon < 0 ? tagged : tagged.slice(0, colon);
  const isDomain = domain.test(host) && !brokenLabel.test(host);
  const isNamed = path.test(own) && (isDomain || path.test(host));
  const isTagged = colon < 0 || tag.test(tagged.slice(colon + 1));
  const sum = at < 0 ? null : digest.exec(rest.slice(at + 1));
  if (!isNamed || !isTagged || (at >= 0 && !sum)) {
    const isNamedInLowerCase = path.test(own) && path.test(host.toLowerCase());
    return isNamedInLowerCase && isTagged && (at < 0 || sum) ? "repository name must be lowercase" : invalid;
  }
  if ((isDomain ? own.length : host.length + 1 + own.length) > longestPath)
    return `repository name must not be more than ${longestPath} characters`;
  if (!sum) return null;
  const length = digestLengths.get(sum[1]!);
  if (length === undefined) return "unsupported digest algorithm";
  if (sum[2]!.length !== length) return "invalid checksum digest length";
  return /[A-F]/.test(sum[2]!) ? "invalid checksum digest format" : null;
}

/** Parts the registry from the rest; a name without one is Docker Hub's, and there `library` is left out. */
function splitHost(name: string): [host: string, rest: string] {
  const hub = "docker.io";
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  let [host, rest] = [hub, name];
  if (slash >= 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first))
    [host, rest] = [first === `index.${hub}` ? hub : first, name.slice(slash + 1)];
  return [host, host === hub && !rest.includes("/") ? `library/${rest}` : rest];
}
