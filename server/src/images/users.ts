import { debianRelease, type Image, isAlpineTag, isOfficial } from "./image.ts";

/** Who a container of an image runs as when the file says nothing, and whom it could run as instead. */

export interface ImageUsers {
  /** The user of the image; `null` for root. */
  readonly set: string | null;
  /** A user without privileges that the image has for running programs; `null` where it has none. */
  readonly own: string | null;
  /** Whether the image's own start needs root: it gives privileges up by itself, or it serves ports and users as root. */
  readonly drops: boolean;
}

const root: ImageUsers = { set: null, own: null, drops: false };
const drops: ImageUsers = { set: null, own: null, drops: true };
const having = (own: string): ImageUsers => ({ set: null, own, drops: false });
const runsAs = (user: string): ImageUsers => ({ set: user, own: user, drops: false });

const official: Readonly<Record<string, ImageUsers>> = {
  ...Object.fromEntries(
    (
      "almalinux alpine amazoncorretto amazonlinux archlinux buildpack-deps busybox caddy centos clojure dart debian eclipse-temurin elixir erlang fedora gcc golang " +
      "haskell hylang ibmjava ibm-semeru-runtimes java julia maven mono openjdk oraclelinux perl php pypy python r-base rockylinux ruby rust sapmachine swift tomcat tomee ubuntu"
    )
      .split(" ")
      .map((name) => [name, root]),
  ),
  ...Object.fromEntries(
    (
      "adminer cassandra chronograf consul couchbase couchdb crate docker drupal ghost httpd influxdb joomla mariadb mediawiki mongo mysql neo4j nextcloud nginx odoo percona " +
      "postgres rabbitmq redis redmine registry telegraf vault wordpress zookeeper"
    )
      .split(" ")
      .map((name) => [name, drops]),
  ),
  node: having("node"),
  elasticsearch: runsAs("elasticsearch"),
  flink: drops,
  gradle: root,
  groovy: runsAs("groovy"),
  haproxy: runsAs("haproxy"),
  jetty: runsAs("jetty"),
  kibana: runsAs("kibana"),
  logstash: runsAs("logstash"),
  memcached: runsAs("memcache"),
  solr: runsAs("solr"),
  sonarqube: runsAs("sonarqube"),
  varnish: runsAs("varnish"),
};

const others: readonly (readonly [RegExp, ImageUsers])[] = [
  [/^(?:docker\.io\/)?oven\/bun$/, having("bun")],
  [/^(?:docker\.io\/)?denoland\/deno$/, having("deno")],
  [/^mcr\.microsoft\.com\/openjdk\/jdk$/, root],
  [/^(?:docker\.io\/)?(?:azul\/zulu-openjdk|bellsoft\/liberica-open)[\w-]*$/, root],
  [/^(?:docker\.io\/)?(?:tiangolo\/[\w-]+|amd64\/debian|arm64v8\/(?:alpine|debian|node|python|ubuntu))$/, root],
  [
    /^(?:registry\.access\.redhat\.com|registry\.redhat\.io)\/ubi\d+\/(?:nodejs|python|ruby|php|perl|openjdk|go-toolset)-/,
    runsAs("1001"),
  ],
  [
    /^(?:registry\.access\.redhat\.com|registry\.redhat\.io)\/(?:ubi\d+\/ubi(?:-minimal|-micro|-init)?|ubi\d+(?:-minimal|-micro)?)$/,
    root,
  ],
  [/^(?:docker\.io\/)?jenkins\/jenkins$/, runsAs("jenkins")],
  [/^(?:docker\.io\/)?grafana\/grafana(?:-oss|-enterprise)?$/, runsAs("grafana")],
  [/^(?:docker\.io\/)?apache\/airflow$/, runsAs("airflow")],
  [/^(?:docker\.io\/)?nginxinc\/nginx-unprivileged$/, runsAs("nginx")],
  [/^(?:docker\.io\/)?n8nio\/n8n$/, runsAs("node")],
  [/^(?:docker\.io\/)?prom\/[\w-]+$/, runsAs("nobody")],
  [/^docker\.elastic\.co\/elasticsearch\/elasticsearch$/, runsAs("elasticsearch")],
  [/^docker\.elastic\.co\/kibana\/kibana$/, runsAs("kibana")],
  [/^docker\.elastic\.co\/logstash\/logstash$/, runsAs("logstash")],
  [/^quay\.io\/keycloak\/keycloak$/, runsAs("1000")],
  [/^(?:docker\.io\/)?confluentinc\/cp-[\w-]+$/, runsAs("appuser")],
  [/^(?:docker\.io\/)?bitnami\/[\w-]+$/, runsAs("1001")],
];

/** Who an image runs as; `null` where that is not known. */
export function usersOf(image: Image): ImageUsers | null {
  const { folder, name, tag } = image;
  const full = folder + name;
  if (/\$/.test(full + tag) || /windows|nanoserver|servercore/.test(full + tag)) return null;
  if (Object.hasOwn(official, name) && isOfficial(image, name)) return ofOfficial(name, tag);
  if (/^mcr\.microsoft\.com\/dotnet\/(?:nightly\/)?(?:aspnet|runtime|runtime-deps|sdk|monitor)$/.test(full))
    return ofDotnet(tag);
  if (/^mcr\.microsoft\.com\/dotnet\/core\/(?:aspnet|runtime|runtime-deps|sdk)$/.test(full)) return root;
  if (full.startsWith("gcr.io/distroless/")) return /nonroot/.test(tag) ? runsAs("nonroot") : having("nonroot");
  return others.find(([pattern]) => pattern.test(full))?.[1] ?? null;
}

function ofOfficial(name: string, tag: string): ImageUsers {
  // Apache and PHP-FPM start their workers as www-data.
  if (name === "php" && /apache|fpm/.test(tag)) return drops;
  if (name === "haproxy" && /^(?:1\.|2\.[0-3](?:\D|$))/.test(tag)) return root;
  return official[name]!;
}

function ofDotnet(tag: string): ImageUsers {
  if (/chiseled|distroless/.test(tag)) return runsAs("app");
  // The user comes with .NET 8, with its number in a variable.
  const major = /^(\d+)\./.exec(tag)?.[1];
  return major !== undefined && Number(major) >= 8 ? having("$APP_UID") : root;
}

const debianFamily = new Set([
  "debian",
  "ubuntu",
  "python",
  "ruby",
  "perl",
  "node",
  "golang",
  "rust",
  "php",
  "pypy",
  "elixir",
  "erlang",
  "gcc",
  "buildpack-deps",
  "julia",
  "swift",
]);
const redHatFamily = new Set(["fedora", "almalinux", "rockylinux", "centos"]);

/** The command that makes a user without privileges in an image; `null` where it is not known that it has one. */
export function makeUserCommand(image: Image, user: string): string | null {
  const { name, tag } = image;
  if (!isOfficial(image, name)) return null;
  if (name === "alpine" || name === "busybox" || isAlpineTag(tag)) return `adduser -D ${user}`;
  const debian =
    debianFamily.has(name) ||
    (name === "eclipse-temurin" && !/ubi|centos|windows/.test(tag)) ||
    debianRelease(tag) !== null ||
    /(?:^|-)slim$/.test(tag);
  return debian || (redHatFamily.has(name) && !/minimal/.test(tag)) ? `useradd --create-home ${user}` : null;
}
