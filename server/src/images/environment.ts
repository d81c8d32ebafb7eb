import { parseImage } from "./image.ts";

/**
 * The variables that popular images set, over all their Linux tags: a name counts as set as soon as one tag sets it. An
 * image is listed only where its whole environment is known; of all others nothing is known.
 *
 * Read in November 2026 from the Dockerfiles and templates in these repositories, old tags from their histories:
 * docker-library/{buildpack-deps,gcc,golang,haproxy,httpd,memcached,mysql,openjdk,php,postgres,python,ruby,tomcat,docker},
 * nodejs/docker-node, nginx/docker-nginx, rust-lang/docker-rust, adoptium/containers, corretto/corretto-docker,
 * carlossg/docker-maven, keeganwitt/docker-gradle, erlang/docker-erlang-otp, erlef/docker-elixir, Perl/docker-perl,
 * swiftlang/swift-docker, composer/docker, caddyserver/caddy-docker, MariaDB/mariadb-docker, rocker-org/rocker,
 * denoland/deno_docker, oven-sh/bun, dotnet/dotnet-docker, aws/aws-lambda-base-images, GoogleContainerTools/distroless,
 * and those of the distributions.
 *
 * To refresh: look through the ENV instructions of what a repository builds now, those of its FROM images included, and
 * add new names; never take one away, because old tags stay. Leave an image out where a tag sets what cannot be known.
 */

/** What the JDK images set: `openjdk` with its predecessors, `eclipse-temurin` and `amazoncorretto`. */
const java =
  "LANG LANGUAGE LC_ALL JAVA_HOME JAVA_VERSION JAVA_DEBIAN_VERSION CA_CERTIFICATES_JAVA_VERSION JAVA_ALPINE_VERSION " +
  "JAVA_BASE_URL JAVA_URL_VERSION JAVA_URL JAVA_SHA256 container";
const golang =
  "GOLANG_VERSION GOLANG_DOWNLOAD_URL GOLANG_DOWNLOAD_SHA1 GOLANG_DOWNLOAD_SHA256 GOLANG_SRC_URL GOLANG_SRC_SHA1 " +
  "GOLANG_SRC_SHA256 GOLANG_BOOTSTRAP_VERSION GOLANG_BOOTSTRAP_URL GOLANG_BOOTSTRAP_SHA1 GOTOOLCHAIN GOPATH";
const php =
  "PHPIZE_DEPS PHP_INI_DIR APACHE_CONFDIR APACHE_ENVVARS PHP_EXTRA_BUILD_DEPS PHP_EXTRA_CONFIGURE_ARGS PHP_CFLAGS " +
  "PHP_CPPFLAGS PHP_LDFLAGS GPG_KEYS PHP_VERSION PHP_FILENAME PHP_URL PHP_ASC_URL PHP_SHA256 PHP_MD5";
const erlang = "OTP_VERSION REBAR_VERSION REBAR3_VERSION LANG";
const dotnet =
  "APP_UID ASPNETCORE_HTTP_PORTS ASPNETCORE_URLS DOTNET_RUNNING_IN_CONTAINER DOTNET_RUNNING_IN_CONTAINERS " +
  "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT DOTNET_VERSION ASPNET_VERSION ASPNETCORE_VERSION LC_ALL LANG " +
  "DOTNET_GENERATE_ASPNET_CERTIFICATE DOTNET_NOLOGO DOTNET_SDK_VERSION DOTNET_USE_POLLING_FILE_WATCHER " +
  "NUGET_XMLDOC_MODE POWERSHELL_DISTRIBUTION_CHANNEL SSL_CERT_FILE SSL_CERT_DIR";
const lambda = "LANG TZ LD_LIBRARY_PATH LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR";

/** Docker Hub's official images: what they set besides PATH. */
const official: Readonly<Record<string, string>> = {
  alpine: "",
  almalinux: "LANG container",
  amazoncorretto: java,
  amazonlinux: "",
  archlinux: "LANG",
  "buildpack-deps": "",
  busybox: "",
  caddy: `CADDY_VERSION XDG_CONFIG_HOME XDG_DATA_HOME XCADDY_VERSION XCADDY_SETCAP ${golang}`,
  centos: "",
  composer: `COMPOSER_ALLOW_SUPERUSER COMPOSER_HOME COMPOSER_VERSION COMPOSER_MEMORY_LIMIT ${php}`,
  debian: "",
  docker:
    "DOCKER_VERSION DOCKER_BUILDX_VERSION DOCKER_COMPOSE_VERSION DOCKER_TLS_CERTDIR DOCKER_CHANNEL DOCKER_BUCKET " +
    "DOCKER_SHA256 DOCKER_EXTRA_OPTS DIND_COMMIT HOME",
  "eclipse-temurin": java,
  elixir: `ELIXIR_VERSION ${erlang}`,
  erlang,
  fedora: "DISTTAG FGC FBR container",
  gcc: "GPG_KEYS GCC_MIRRORS GCC_VERSION",
  golang,
  gradle: `GRADLE_HOME GRADLE_VERSION GRADLE_USER_HOME ${java}`,
  haproxy: "HAPROXY_MAJOR HAPROXY_VERSION HAPROXY_URL HAPROXY_MD5 HAPROXY_SHA256 HAPROXY_UID HAPROXY_GID",
  httpd:
    "HTTPD_PREFIX NGHTTP2_VERSION OPENSSL_VERSION HTTPD_VERSION HTTPD_SHA1 HTTPD_SHA256 HTTPD_PATCHES HTTPD_BZ2_URL " +
    "HTTPD_ASC_URL APACHE_DIST_URLS",
  java,
  mariadb: "GOSU_VERSION GPG_KEYS LANG MARIADB_MAJOR MARIADB_VERSION",
  maven: `MAVEN_HOME MAVEN_VERSION MAVEN_CONFIG USER_HOME_DIR ${java}`,
  memcached: "MEMCACHED_VERSION MEMCACHED_URL MEMCACHED_SHA1",
  mysql: "GOSU_VERSION MYSQL_MAJOR MYSQL_VERSION MYSQL_SHELL_VERSION",
  nginx: "NGINX_VERSION NGINX_GPGKEY NJS_VERSION NJS_RELEASE ACME_VERSION OTEL_VERSION PKG_RELEASE DYNPKG_RELEASE",
  node: "NODE_VERSION YARN_VERSION NPM_VERSION NPM_CONFIG_LOGLEVEL",
  openjdk: java,
  oraclelinux: "",
  perl: "PERL_CPANM_OPT",
  photon: "",
  php,
  postgres: "GOSU_VERSION LANG PG_MAJOR PG_VERSION PG_SHA256 PGDATA DOCKER_PG_LLVM_DEPS",
  python:
    "LANG PYTHONIOENCODING GPG_KEY PYTHON_VERSION PYTHON_SHA256 PYTHON_PIP_VERSION PYTHON_SETUPTOOLS_VERSION " +
    "PYTHON_GET_PIP_URL PYTHON_GET_PIP_SHA256",
  "r-base": "LC_ALL LANG R_BASE_VERSION",
  rockylinux: "LANG container",
  ruby:
    "LANG RUBY_MAJOR RUBY_VERSION RUBY_DOWNLOAD_URL RUBY_DOWNLOAD_SHA256 RUBYGEMS_VERSION BUNDLER_VERSION GEM_HOME " +
    "BUNDLE_PATH BUNDLE_BIN BUNDLE_SILENCE_ROOT_WARNING BUNDLE_APP_CONFIG",
  rust: "RUSTUP_HOME CARGO_HOME RUST_VERSION",
  swift: "SWIFT_SIGNING_KEY SWIFT_PLATFORM SWIFT_BRANCH SWIFT_VERSION SWIFT_WEBROOT SWIFT_PREFIX",
  tomcat:
    "CATALINA_HOME TOMCAT_NATIVE_LIBDIR LD_LIBRARY_PATH OPENSSL_VERSION GPG_KEYS TOMCAT_MAJOR TOMCAT_VERSION TOMCAT_SHA1 " +
    "TOMCAT_SHA512 TOMCAT_TGZ_URL TOMCAT_ASC_URL TOMCAT_TGZ_URLS TOMCAT_ASC_URLS TOMCAT_TGZ_FALLBACK_URL " +
    `TOMCAT_ASC_FALLBACK_URL ${java}`,
  ubuntu: "",
};

/** The same by folder and name for images elsewhere. */
const others: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "amazon/": {
    "aws-lambda-go": lambda,
    "aws-lambda-nodejs": lambda,
    "aws-lambda-provided": lambda,
    "aws-lambda-python": lambda,
    "aws-lambda-ruby": lambda,
  },
  "denoland/": { deno: "DENO_DIR DENO_INSTALL_ROOT DENO_VERSION DENO_USE_CGROUPS LD_LIBRARY_PATH LANG" },
  "gcr.io/distroless/": {
    base: "SSL_CERT_FILE",
    "base-debian11": "SSL_CERT_FILE",
    "base-debian12": "SSL_CERT_FILE",
    cc: "SSL_CERT_FILE",
    "cc-debian11": "SSL_CERT_FILE",
    "cc-debian12": "SSL_CERT_FILE",
    static: "SSL_CERT_FILE",
    "static-debian11": "SSL_CERT_FILE",
    "static-debian12": "SSL_CERT_FILE",
  },
  "mcr.microsoft.com/dotnet/": { aspnet: dotnet, runtime: dotnet, "runtime-deps": dotnet, sdk: dotnet },
  "mcr.microsoft.com/dotnet/core/": { aspnet: dotnet, runtime: dotnet, "runtime-deps": dotnet, sdk: dotnet },
  "oven/": { bun: "BUN_RUNTIME_TRANSPILER_CACHE_PATH BUN_INSTALL_BIN" },
  "public.ecr.aws/amazonlinux/": { amazonlinux: "" },
  "public.ecr.aws/lambda/": {
    go: lambda,
    java: `${lambda} ${java}`,
    nodejs: lambda,
    provided: lambda,
    python: lambda,
    ruby: lambda,
  },
};

/** Names that images set which are not in the tables: their whole environment is not known, or differs too much. */
const furtherNames =
  "USER LOGNAME TZ DEBIAN_FRONTEND GOROOT GO_VERSION GEM_PATH BUNDLE_WITHOUT DENO_VERSION MONGO_VERSION REDIS_VERSION " +
  "CUDA_VERSION CUDNN_VERSION NVARCH NV_CUDA_LIB_VERSION SPARK_HOME HADOOP_HOME JENKINS_HOME JENKINS_VERSION " +
  "WORDPRESS_VERSION DRUPAL_VERSION NEXTCLOUD_VERSION GHC JULIA_VERSION JULIA_PATH SCALA_VERSION SBT_VERSION " +
  "KOTLIN_VERSION GROOVY_HOME JETTY_HOME JETTY_BASE JBOSS_HOME WILDFLY_VERSION ES_VERSION KIBANA_VERSION " +
  "CONDA_DIR AIRFLOW_HOME APP_ROOT ERLANG_VERSION BUN_INSTALL BUN_VERSION ANDROID_HOME ANDROID_SDK_ROOT FLUTTER_HOME DART_SDK";

/**
 * Tags of which less is known: of Windows images, of JDKs by other vendors, and of images that bring ONBUILD along, which
 * declares build args of its own.
 */
const unknownTag =
  /windows|nanoserver|servercore|onbuild|graal|ibm|semeru|openj9|sapmachine|liberica|zulu|microsoft|dragonwell|kona/i;

/** Where Docker Hub keeps official images of one architecture. */
const architecture = /^(?:amd64|arm32v[567]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)\/$/;

const hub = /^(?:index\.)?docker\.io\//;

/** The names in an environment, PATH first as in the images themselves. */
const sets = new Map<string, ReadonlySet<string>>();

function toSet(names: string): ReadonlySet<string> {
  let set = sets.get(names);
  if (!set) sets.set(names, (set = new Set(["PATH", ...names.split(" ").filter((name) => name !== "")])));
  return set;
}

/** What `FROM scratch` starts with: BuildKit gives every image a PATH. */
export const emptyEnvironment: ReadonlySet<string> = toSet("");

/** The names of the variables that an image sets in any of its tags; `null` where that is not known. */
export function environmentOf(image: string): ReadonlySet<string> | null {
  const { folder: written, name, tag } = parseImage(image);
  if (unknownTag.test(tag)) return null;
  const folder = written.replace(hub, "");
  const isOfficialFolder = folder === "" || folder === "library/" || folder.endsWith("/library/");
  const table = isOfficialFolder || architecture.test(folder) ? official : others[folder];
  return table && Object.hasOwn(table, name) ? toSet(table[name]!) : null;
}

let common: ReadonlySet<string> | undefined;

/** Whether some popular image sets the variable, so that a use is no mistake where the base image is not known. */
export function isCommonlySet(name: string): boolean {
  common ??= toSet(
    [...Object.values(official), ...Object.values(others).flatMap((table) => Object.values(table)), furtherNames].join(
      " ",
    ),
  );
  return common.has(name);
}
