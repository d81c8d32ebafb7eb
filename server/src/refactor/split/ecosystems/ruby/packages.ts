/** Packages of the full image on Debian, which is made to compile gems: installing them again changes nothing. */
export const fullPackages = new Set(
  (
    "autoconf automake bzip2 default-libmysqlclient-dev dpkg-dev file g++ gcc imagemagick libbz2-dev libc6-dev libcurl4-openssl-dev libdb-dev libevent-dev " +
    "libffi-dev libgdbm-dev libglib2.0-dev libgmp-dev libjpeg-dev libkrb5-dev liblzma-dev libmagickcore-dev libmagickwand-dev libncurses5-dev libncursesw5-dev " +
    "libpng-dev libpq-dev libreadline-dev libsqlite3-dev libssl-dev libtool libwebp-dev libxml2-dev libxslt-dev libxslt1-dev libyaml-dev make patch unzip " +
    "xz-utils zlib1g-dev git mercurial openssh-client subversion procps ca-certificates curl gnupg netbase wget tzdata build-essential"
  ).split(" "),
);

/** What gems need of the system when they run, by package of Debian and of Alpine. */
const gemPackages: Readonly<Record<string, readonly [debian: string, alpine: string]>> = {
  pg: ["libpq5", "libpq"],
  mysql2: ["libmariadb3", "mariadb-connector-c"],
  sqlite3: ["libsqlite3-0", "sqlite-libs"],
  mini_magick: ["imagemagick", "imagemagick"],
  image_processing: ["imagemagick", "imagemagick"],
};

/** What the gems of a Gemfile need of a small image. */
export function packagesOfGems(gemfile: string, system: "alpine" | "debian"): string[] {
  const packages = gemsOf(gemfile).flatMap((gem) =>
    Object.hasOwn(gemPackages, gem) ? [gemPackages[gem]![system === "debian" ? 0 : 1]] : [],
  );
  if (usesGit(gemfile)) packages.push("git");
  return [...new Set(packages)];
}

function gemsOf(gemfile: string): string[] {
  return [...gemfile.matchAll(/^\s*gem[\s(]+["']([\w.-]+)["']/gm)].map(([, name]) => name!);
}

/** Whether a gem comes from a repository: such gems often ask git which files they have, whenever they are loaded. */
export function usesGit(gemfile: string): boolean {
  return /^[^#\n]*(?:\bgit(?:hub|_source)?:|:git(?:hub)?\s*=>|\bgit(?:hub)?\s+["'])/m.test(gemfile);
}
