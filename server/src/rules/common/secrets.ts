/** Files and texts that are secrets, by their names and their looks. */

export interface SecretFile {
  /** In a message behind the file's name: `looks like a private key`. */
  readonly what: string;
}

const privateKey: SecretFile = { what: "looks like a private key" };
const credentials: SecretFile = { what: "is a file for passwords and tokens" };
const settings: SecretFile = { what: "may hold a token" };

/** What says that a key is for everyone, or made up for a test. */
const harmless =
  /pub|test|fixture|example|sample|demo|dummy|fake|mock|template|snake-?oil|local|self-?signed|insecure|vagrant|debug|\bdev\b|[-_.]dev[-_.]|ssh_host|\.enc$|\.gpg$/i;

/** The names that ssh-keygen gives to keys, with what people put behind them. */
const keyName = /^id_(?:rsa|dsa|ecdsa|ed25519)(?:[-_.]\w+)?$/;

/** Keys that say who signed packages: they are for everyone. */
const signing = /gpg|pgp|sign|apt|rpm|repo|archive|release|keyring|trusted|license|nodesource/i;

const certificateFolder =
  /(?:^|\/)(?:ssl|tls|certs?|certificates?|pki|private|keys?|https?|nginx|apache2?|httpd|haproxy)(?:\/|$)/i;
const serverKey =
  /^(?:server|tls|ssl|private|privkey|client|ca|rootca|root-ca|host|cert|domain|nginx|apache|https?|key|site|wildcard|star)(?:[-_.][\w.-]*)?\.key$/i;

/**
 * What a file is that a COPY brings; `null` for one that is no secret as far as its name tells.
 *
 * @param path as written, with its folders
 * @param target where it lands
 */
export function secretFile(path: string, target: string): SecretFile | null {
  if (harmless.test(path)) return null;
  if (/[*?[]/.test(path)) return /(?:^|\/)\*\.key$/.test(path) && certificateFolder.test(target) ? privateKey : null;
  const plain = path.replace(/\/$/, "");
  const name = plain.slice(plain.lastIndexOf("/") + 1);
  if (keyName.test(name) || /\.ppk$/i.test(name) || /\/\.ssh\/id_(?:rsa|dsa|ecdsa|ed25519)$/.test(target))
    return privateKey;
  if (
    /\.pem$/i.test(name) &&
    /(?:^|[-_.])(?:priv(?:ate)?[-_.]?(?:key)?|(?:[a-z]*key))(?=[-_.])/i.test(name) &&
    !/cert|chain|bundle|ca-/i.test(name)
  )
    return signing.test(path) ? null : privateKey;
  if (/\.key$/i.test(name) && name !== "master.key") {
    if (signing.test(path) || signing.test(target)) return null;
    return serverKey.test(name) || certificateFolder.test(path) || certificateFolder.test(target) ? privateKey : null;
  }
  if (/\.(?:p12|pfx)$/i.test(name)) return /trust|cacert|(?:^|[-_.])ca(?=[-_.])/i.test(name) ? null : privateKey;
  if (
    /^[._]netrc$|^\.(?:pypirc|git-credentials|dockercfg|pgpass|vault-token|boto|s3cfg)$|^kubeconfig(?:\.ya?ml)?$|^master\.key$/.test(
      name,
    )
  )
    return credentials;
  if (
    /(?:^|\/)\.(?:aws\/credentials|docker\/config\.json|kube\/config|cargo\/credentials(?:\.toml)?|gem\/credentials)$/.test(
      plain,
    )
  )
    return credentials;
  if (/(?:^|\/)\.(?:aws\/credentials|kube\/config)$/.test(target)) return credentials;
  if (
    /^(?:[\w.-]*[-_.])?(?:service[-_]?account[\w-]*|firebase-adminsdk[\w-]*|gcloud-service-key|gcp-key|credentials)\.json$/i.test(
      name,
    )
  )
    return credentials;
  return null;
}

/** Files of settings that mostly hold no secret: who removes one again put it there for its token. */
export function settingsFile(path: string): SecretFile | null {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /^(?:\.npmrc|\.yarnrc(?:\.yml)?|pip\.conf|nuget\.config|auth\.json|\.env)$/i.test(name) ? settings : null;
}

/** Whether a folder's name says that private keys are kept in it. */
export function isKeyFolder(path: string): boolean {
  return /(?:^|\/)\.ssh(?:\/\*?)?$/.test(path);
}

/** Whether a variable holds a secret by its name. */
export function isSecretName(name: string): boolean {
  return /token|passw|passwd|pwd|secret|credential|(?:private|ssh|deploy|api|access)_?key|(?:^|_)auth(?:_|$)|(?:^|_)pat$/i.test(
    name,
  );
}

const secretWord = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
/** Words that say the value is no secret. */
const harmlessWord = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/** Whether BuildKit takes a variable for a secret. */
export function saysSecret(name: string): boolean {
  return secretWord.test(name) && !harmlessWord.test(name);
}

/** Tokens that look like nothing else, with what they are called. */
const tokens: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, "an AWS access key"],
  [/\bgh[pousr]_[A-Za-z0-9]{36}\b/g, "a GitHub token"],
  [/\bgithub_pat_\w{60,90}\b/g, "a GitHub token"],
  [/\bglpat-[\w-]{20,}/g, "a GitLab token"],
  [/\bnpm_[A-Za-z0-9]{36}\b/g, "an npm token"],
  [/\bpypi-AgEI[\w-]{50,}/g, "a PyPI token"],
  [/\bxox[abprs]-[\w-]{20,}/g, "a Slack token"],
  [/\b[rs]k_live_[A-Za-z0-9]{20,}\b/g, "a Stripe key"],
  [/\bSG\.[\w-]{22}\.[\w-]{43}\b/g, "a SendGrid key"],
  [/\bdckr_pat_[\w-]{27}/g, "a Docker token"],
  [/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g, "a private key"],
];

/** A cheap look whether one of them may be there. */
const tokenStart =
  /A[KS]IA|gh[pousr]_|github_pat_|glpat-|npm_|pypi-|xox[abprs]-|k_live_|SG\.|dckr_pat_|PRIVATE KEY|:\/\/[^\s/:@"'$]+:[^\s/@"'$]+@/;

const address =
  /\b(?:https?|git|ssh|ftps?|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|amqps?|rediss?):\/\/([^\s/:@"'$<>{}]{1,100}):([^\s/@"'$<>{}]{4,200})@([\w-]+(?:\.[\w-]+)+)/g;
const madeUp =
  /example|x{4}|your|change|placeholder|dummy|0000|1234|abcd|password|passw0rd|^(?:pass|secret|test|guest|user|admin|token)$/i;

/** A secret that stands in a text. */
export interface FoundSecret {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** Whether a text may hold secrets, which costs less than to look for them. */
export function mayHaveSecrets(text: string): boolean {
  return tokenStart.test(text);
}

/** The secrets that a text holds as they are; made-up ones are left out. */
export function secretsIn(text: string): FoundSecret[] {
  if (!mayHaveSecrets(text)) return [];
  const found: FoundSecret[] = [];
  for (const [pattern, what] of tokens) {
    for (const { 0: match, index } of text.matchAll(pattern)) {
      if (!madeUp.test(match) && hasVariety(match)) found.push({ start: index, end: index + match.length, what });
    }
  }
  const starts = new Set(found.map(({ start }) => start));
  for (const match of text.matchAll(address)) {
    const [whole, user, password, host] = match;
    if (madeUp.test(password!) || password === user || /^(?:anonymous|\d+\.)/.test(user!) || isLocal(host!)) continue;
    const end = match.index + whole.length - host!.length - 1;
    const start = end - password!.length;
    if (!starts.has(start)) found.push({ start, end, what: "a password" });
  }
  return found;
}

/** Random characters differ from each other. */
function hasVariety(text: string): boolean {
  return new Set(text).size >= 10;
}

function isLocal(host: string): boolean {
  return /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|example\.|.*\.(?:local|localhost|test|invalid|internal)$)/.test(
    host,
  );
}
