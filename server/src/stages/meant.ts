import { isOneTypoApart } from "../text/similar.ts";
import { referencedStage } from "./graph.ts";
import type { Reference, Stage } from "./resolve.ts";

/** The images that are named without a user: Docker's official ones. A name next to one of these is no typing mistake. */
export const wellKnownImages: ReadonlySet<string> = new Set(
  (
    "adminer aerospike almalinux alpine alt amazoncorretto amazonlinux arangodb archlinux backdrop bash bonita " +
    "buildpack-deps busybox caddy cassandra centos chronograf cirros clickhouse clojure composer consul convertigo " +
    "couchbase couchdb crate crux dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop " +
    "elasticsearch elixir emqx erlang fedora flink fluentd friendica gazebo gcc geonetwork ghost golang gradle " +
    "groovy haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi java " +
    "jenkins jetty joomla jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash mageia " +
    "mariadb matomo maven mediawiki memcached mongo mongo-express monica mono mysql nats neo4j neurodebian " +
    "nextcloud nginx node notary odoo open-liberty openjdk opensuse oraclelinux orientdb percona perl photon php " +
    "phpmyadmin plone postfixadmin postgres pypy python r-base rabbitmq rakudo-star redis redmine registry " +
    "rethinkdb rockylinux ros ruby rust sapmachine scratch sentry silverpeas solr sonarqube spark spiped storm " +
    "swarm swift swipl teamspeak telegraf thrift tomcat tomee traefik ubuntu unit varnish vault wordpress xwiki " +
    "yourls znc zookeeper"
  ).split(" "),
);

/** Each name is compared with all stages above it; a file with more than this was not typed by a person. */
const mostComparisons = 1_000_000;

/** The references that were probably meant to name a stage but, by a single typing mistake, name an image. */
export function* misspelt(
  references: readonly Reference[],
  stages: readonly Stage[],
): Generator<{ readonly reference: Reference; readonly meant: Stage }> {
  let comparisons = 0;
  let used: ReadonlySet<number | null> | null = null;
  const isUsed = (stage: number): boolean => (used ??= new Set(references.map(referencedStage))).has(stage);
  for (const reference of references) {
    // ONBUILD mostly names the stages of another file.
    if (reference.target.kind !== "image" || reference.onbuild) continue;
    comparisons += reference.stage;
    if (comparisons > mostComparisons) return;
    if (isBeingTyped(reference, stages)) continue;
    const meant = meantStage(reference, stages, isUsed);
    if (meant) yield { reference, meant };
  }
}

/** Whether the line says nothing yet behind the name, so that the name may not be finished. */
function isBeingTyped({ kind, stage, instruction, text }: Reference, stages: readonly Stage[]): boolean {
  if (kind !== "from") return (instruction.trigger ?? instruction).args.length === 0;
  const { instructions, nameWord } = stages[stage]!;
  return instructions.length === 0 && !nameWord && stages.some(({ name }) => name?.startsWith(text) === true);
}

/**
 * The only stage above that the name was most likely meant for: one typing mistake away, or, where nothing else uses it,
 * the same with another ending. `null` for names that look like images.
 */
function meantStage(reference: Reference, stages: readonly Stage[], isUsed: (stage: number) => boolean): Stage | null {
  const text = reference.text.toLowerCase();
  // A name with a tag, a digest, a registry or a variable is an image; very short names are too alike.
  if (text.length < 3 || /[/:@$.]/.test(text) || wellKnownImages.has(text)) return null;
  let close: Stage | null = null;
  for (let index = 0; index < reference.stage; index++) {
    const { name } = stages[index]!;
    if (name === null || name.length < 3) continue;
    if (!isOneTypoApart(text, name) && (!differInEnding(text, name) || isUsed(index))) continue;
    // Of three letters, two may be left: `app` and `api` are both names.
    if (text.length === 3 && name.length === 3) continue;
    // Names that differ in their numbers alone (build1, build2) are told apart on purpose.
    if (withoutDigits(text) === withoutDigits(name)) continue;
    if (close) return null;
    close = stages[index]!;
  }
  // COPY and mounts take the last stage of a name, which may stand below.
  return close && reference.kind !== "from" && isHidden(close, stages) ? null : close;
}

/** Whether another stage further down has the same name. */
function isHidden({ index, name }: Stage, stages: readonly Stage[]): boolean {
  return stages.findLastIndex((other) => other.name === name) !== index;
}

/** `build` and `builder`: two letters more, or two less, at the end of a name. */
function differInEnding(a: string, b: string): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return shorter.length >= 4 && longer.startsWith(shorter) && /^[a-z]{2}$/.test(longer.slice(shorter.length));
}

function withoutDigits(text: string): string {
  return text.replace(/\d+/g, "");
}
