import { debianRelease, type Image, isAlpineTag, isOfficial } from "./image.ts";

/**
 * Which packages with shared libraries a development package stands for, per release: what a program that was built with
 * `libssl-dev` needs to run.
 *
 * Debian's and Ubuntu's are computed from the `Packages` indexes (main; for Ubuntu main and universe) of bullseye,
 * bookworm, trixie, focal, jammy and noble as of November 2026: the libraries of its own source that a development
 * package depends on, or those of the development packages it stands for. Alpine's and Fedora's are written down by hand from
 * aports and spec files: only names that stay the same from release to release.
 *
 * To refresh: compute the lines again from the indexes of all releases; a new release gets a letter.
 */

export type LibraryManager = "apt" | "apk" | "dnf";

/** The letters of the releases in the table. */
const letters: Readonly<Record<string, string>> = {
  bullseye: "e",
  bookworm: "w",
  trixie: "x",
  focal: "f",
  jammy: "j",
  noble: "n",
};

const releaseOfVersion: Readonly<Record<string, string>> = {
  "11": "bullseye",
  "12": "bookworm",
  "13": "trixie",
  "20.04": "focal",
  "22.04": "jammy",
  "24.04": "noble",
};

/**
 * One line per development package, `-dev` left out, with its libraries. `@ew` names the releases that have a library; one
 * without is in all. `+` stands for the name, `~` for `t64` in trixie and noble and for nothing in the others. A name alone
 * has headers only.
 */
const apt = `
default-libmysqlclient libmariadb3@ewx libmysqlclient21@fjn
freetds libct4 libsybdb5
libacl1 +
libaio +1~
libapr1 +~
libaprutil1 +~
libarchive +13~
libargon2 +-1
libasound2 +~
libass +9
libattr1 +
libaudit +1
libavahi-client +3
libavcodec +58@efj +59@w +60@n +61@x
libavdevice +58@efj +59@w +60@n +61@x
libavfilter +10@x +7@efj +8@w +9@n
libavformat +58@efj +59@w +60@n +61@x
libavutil +56@efj +57@w +58@n +59@x
libblas +3
libbluetooth +3
libbrotli +1
libbsd +0
libbz2 +-1.0
libc
libc-ares +2@ewfj libcares2@xn
libc-client +2007e
libc6
libcairo2 libcairo-gobject2 +
libcap +2
libcjson +1
libcrypt +1
libcrypto++ +6@f +8~@ewxjn
libcups2 +~
libcurl4-gnutls libcurl3~-gnutls
libcurl4-openssl libcurl4~
libdb +5.3~
libdb++ libdb5.3++~ libdb5.3~
libdb5.3 +~
libdb5.3++ +~ libdb5.3~
libdbus-1 +-3
libdw +1~
libedit +2
libeigen3
libelf +1~
libenchant +1c2a
libenchant-2 +-2
libev +4~
libevent +-2.1-7~ +-core-2.1-7~ +-extra-2.1-7~ +-openssl-2.1-7~ +-pthreads-2.1-7~
libexif +12
libexpat1 +
libfcgi +0ldbl@ewfj +0~@xn
libffi +7@ef +8@wxjn
libfftw3 +-double3 +-long3 +-quad3 +-single3
libflac +12~@wn +14@x +8@efj
libfmt +10@x +7@e +8@j +9@wn
libfontconfig +1
libfontconfig1 +
libfreetype +6
libfreetype6 +
libfuse +2~
libfuse3 +-3@ewfjn +-4@x
libgcrypt20 +
libgd +3
libgdal +26@f +28@e +30@j +32@w +34~@n +36@x
libgdbm +6~
libgeoip +1~
libgeos +-c1v5@ewfj +-c1~@xn
libgeos++ libgeos-3.8.0@f libgeos-3.9.0@e libgeos3.10.2@j libgeos3.11.1@w libgeos3.12.1~@n libgeos3.13.1@x
libgflags +2.2
libgif +7
libgl1-mesa libgl1
libglib2.0 +-0~
libglu1-mesa +
libglut +3.12
libgmp +10 +xx4ldbl
libgnutls28 libgnutls30~
libgoogle-glog +0v5@efj +0v6~@wxn
libgoogle-perftools +4~ libtcmalloc-minimal4~
libgpg-error +0
libgrpc++ +1@efj +1.51~@wxn
libgsl +23@f +25@e +27@wjn +28@x +cblas0
libgtest
libgtk-3 +-0~
libharfbuzz +-icu0 +0b
libhdf5 +-103@f +-103-1~@ewjn +-310@x +-cpp-103@f +-cpp-103-1~@ewjn +-cpp-310@x +-hl-100~@ewjn +-hl-310@x
libhdf5-serial libhdf5-103@f libhdf5-103-1~@ewjn libhdf5-310@x libhdf5-cpp-103@f libhdf5-cpp-103-1~@ewjn libhdf5-cpp-310@x libhdf5-hl-100~@ewjn libhdf5-hl-310@x
libheif +1
libhiredis +0.14@ewfj +1.1.0@xn
libicu +66@f +67@e +70@j +72@w +74@n +76@x
libidn11 +@ef libidn12@wxjn
libidn2 +-0
libjansson +4
libjemalloc +2
libjpeg +62-turbo@ewx +8@fjn
libjpeg-turbo8 +
libjpeg62-turbo +
libjson-c +4@f +5@ewxjn
libjsoncpp +1@f +24@e +25@wjn +26@x
libkrb5 libgssapi-krb5-2 libk5crypto3 +-3
liblapack +3
liblcms2 +-2
libldap +-2.4-2@ef +-2.5-0@wj +2@xn
libldap2 libldap-2.4-2@ef libldap-2.5-0@wj +@xn
libleptonica liblept5@ewfjn +6@x
libleveldb +1d
liblmdb +0
liblog4cxx +10v5@f +11@e +12@j +15@wxn
libltdl +7
liblua5.1-0 +
liblua5.3 +-0
liblua5.4 +-0
libluajit-5.1 +-2
liblz4 +-1
liblzma +5
libmagic +1~
libmagickcore +-6.q16-6@ewfj +-6.q16-7~@n +-7.q16-10@x
libmagickwand +-6.q16-6@ewfj +-6.q16-7~@n +-7.q16-10@x
libmariadb +3
libmariadbclient libmariadb3
libmaxminddb +0
libmbedtls libmbedcrypto16@x libmbedcrypto3@ef libmbedcrypto7~@wjn +12@ef +14~@wjn +21@x libmbedx509-0@ef libmbedx509-1~@wjn libmbedx509-7@x
libmcrypt +4
libmemcached +11~ +util2~
libmicrohttpd +12~
libmnl +0
libmongoc +-1.0-0~
libmosquitto +1
libmp3lame +0
libmpfr +6
libmysqlclient +21
libncurses +6 +w6 libtinfo6
libncurses5 libncurses6 libncursesw6 libtinfo6
libncursesw5 libncurses6 libncursesw6 libtinfo6
libnet1 +
libnetcdf +15@f +18@e +19~@wjn +22@x
libnetfilter-conntrack +3
libnetfilter-queue +1
libnghttp2 +-14
libnl-3 +-200
libnl-genl-3 +-200
libnsl +2
libnuma +1
libogg +0
libonig +5
libopenal +1
libopenblas +0
libopenjp2-7 +
libopenmpi +3~@ewfjn +40@x
libopus +0
libp11-kit +0
libpam0g +
libpango1.0 libpango-1.0-0 libpangocairo-1.0-0 libpangoft2-1.0-0 libpangoxft-1.0-0
libpcap +0.8~
libpcap0.8 +~
libpcre2 +-8-0
libpcre3 +
libperl +5.30@f +5.32@e +5.34@j +5.36@w +5.38~@n +5.40@x
libpixman-1 +-0
libpng +16-16~
libpng++ libpng16-16~
libpoppler-cpp +0v5@ewfj +0~@n +2@x
libpoppler-glib +8~
libpq +5
libpqxx +-6.4@ewfj +-7.10@x +-7.8~@n
libproj +15@f +19@e +22@j +25@wxn
libprotobuf +-lite17@f +-lite23@ej +-lite32~@wxn +17@f +23@ej +32~@wxn
libprotobuf-c +1
libpulse +0
libqrencode +4
librabbitmq +4
librdkafka +++1 +1
libre2 +-10@n +-11@x +-5@f +-9@ewj
libreadline +8~
librocksdb +5.17@f +6.11@ej +7.8@w +8.9@n +9.10@x
librsvg2 +-2
libsasl2 +-2
libsdl1.2 +debian
libsdl2 +-2.0-0
libseccomp +2
libsecp256k1 +-0@efj +-1@wn +-2@x
libsnappy +1v5
libsndfile1 +
libsnmp +35@f +40~@ewxjn
libsodium +23
libspatialindex +-c6@ewfjn +-c8@x +6@ewfjn +8@x
libspdlog +1@efj +1.10@w +1.12@n +1.15@x
libspeex +1
libsqlite0 +
libsqlite3 +-0
libssh +-4
libssh2-1 +~
libssl +1.1@ef +3~@wxjn
libswresample +3@efj +4@wn +5@x
libswscale +5@efj +6@w +7@n +8@x
libsystemd +0
libtasn1-6 +
libtbb +12@wxjn +2@ef
libtesseract +4@efj +5@wxn
libtidy +58@x +5deb1@ewfjn
libtiff +5@efj +6@wxn
libtiff5 +@efj libtiff6@wxn
libtinfo libncurses6 libncursesw6 +6
libtinyxml2 +-10@n +-11@x +-6a@f +-8@e +-9@wj
libtirpc +3~
libudev +1
libunistring +2@ewfj +5@xn
libunwind +8
liburing +1@e +2@wxjn
libusb-1.0-0 +
libuv1 +~
libvips +42~
libvncserver libvncclient1 +1
libvorbis +0a +enc2 +file3
libvpx +6@ef +7@wj +9@xn
libwebp +6@ef +7@wxjn +decoder3@xn +demux2 +mux3
libwebsockets +15@f +16@ej +17@w +19~@xn
libx11 +-6
libx264 +-155@f +-160@e +-163@j +-164@wxn
libx265 +-179@f +-192@e +-199@wjn +-215@x
libxcb1 +
libxext +6
libxml2 +
libxmlsec1 +~ +~-openssl
libxpm +4
libxrender +1
libxslt +1.1
libxslt1 +.1
libyajl +2
libyaml +-0-2
libyaml-cpp +0.6@ef +0.7@wj +0.8@xn
libz zlib1g
libzip +4~@ewjn +5@xf
libzmq3 libzmq5
libzmq5 +
libzstd +1
linux-libc
nettle libhogweed5@f libhogweed6~@ewxjn libnettle7@f libnettle8~@ewxjn
nlohmann-json3
portaudio19 libportaudio2
python3 +
rapidjson
ruby +
unixodbc libodbc1@ef libodbc2@wxjn libodbccr2@wxjn libodbcinst2@wxjn odbcinst1debian2@ef
uuid libuuid1
zlib1g +
`;

/** One line per development package of Alpine, `-dev` left out. */
const apk = `
alsa-lib +
apr +
apr-util +
argon2 +-libs
aspell +-libs
brotli +-libs
bzip2 libbz2
c-ares +
cairo +
curl libcurl
cyrus-sasl libsasl
db +
e2fsprogs +-libs libcom_err
elfutils libelf
expat +
fontconfig +
freetds +
freetype +
fribidi +
gd libgd
gdbm +
geoip +
gettext libintl
giflib +
glib +
gmp + libgmpxx
gnutls +
harfbuzz +
hiredis +
icu +-libs
imagemagick + +-libs
imap c-client
jansson +
jemalloc +
jpeg libjpeg-turbo
json-c +
krb5 +-libs
lcms2 +
libao +
libarchive +
libc
libc6
libcap +
libedit +
libev +
libevent +
libexif +
libffi +
libgcrypt +
libgpg-error +
libidn +
libjpeg-turbo +
libmaxminddb +
libmcrypt +
libmemcached +-libs
libmicrohttpd +
libmnl +
libnetfilter_conntrack +
libnetfilter_queue +
libnfnetlink +
libnftnl +
libnl3 +
libogg +
libpcap +
libpng +
libpq +
librdkafka +
librsvg +
libseccomp +
libsodium +
libsrtp +
libssh +
libssh2 +
libtasn1 +
libtirpc +
libusb +
libuv +
libvorbis +
libvpx +
libwebp +
libx11 +
libxcb +
libxext +
libxml2 +
libxpm +
libxslt +
libyaml yaml
libzip +
linux-headers
linux-pam +
lmdb +
lua5.1 +-libs
lua5.3 +-libs
lua5.4 +-libs
luajit +
lz4 +-libs
lzo +
mariadb +-connector-c
mariadb-connector-c +
mbedtls +
mosquitto +-libs
mpdecimal +
musl
ncurses +-libs
net-snmp +-libs
nettle +
nghttp2 +-libs
oniguruma +
openjpeg +
openldap libldap
opus +
pango +
pcre +
pcre2 +
perl +
popt +
postgresql libpq
protobuf-c +
python3 +
rabbitmq-c +
readline +
ruby +
snappy +
speex +
sqlite +-libs
tidyhtml +-libs
tiff +
unixodbc +
util-linux libblkid libmount libuuid
xz +-libs
yajl +
yaml +
zlib +
zstd +-libs
`;

/** One line per development package of Fedora and its kin, `-devel` left out. */
const dnf = `
bzip2 +-libs
elfutils-libelf +
expat +
freetype +
gd +
gdbm +-libs
giflib +
glib2 +
glibc
gmp + +-c++
gnutls +
hiredis +
jansson +
json-c +
kernel-headers
krb5 +-libs
lcms2 +
libcap +
libcurl +
libedit +
libev +
libevent +
libffi +
libicu +
libjpeg-turbo +
libmaxminddb +
libpcap +
libpng +
libpq +
libseccomp +
libsodium +
libssh2 +
libtiff +
libuuid +
libuv +
libwebp +
libxml2 +
libxslt +
libyaml +
libzip +
libzstd +
lz4 +-libs
mariadb-connector-c +
ncurses +-libs
openldap +
openssl +-libs
pam +
pcre + +-cpp
pcre2 +
postgresql libpq
python3 +
readline +
ruby +
snappy +
sqlite +-libs
systemd +-libs
unixODBC +
xz +-libs
zlib +
`;

/** The version of Boost in a release. */
const boost: Readonly<Record<string, string>> = {
  e: "1.74.0",
  w: "1.74.0",
  x: "1.83.0",
  f: "1.71.0",
  j: "1.74.0",
  n: "1.83.0",
};

const boostParts = new Set(
  "atomic chrono container context coroutine date-time fiber filesystem graph iostreams locale log math program-options python random regex serialization system test thread timer type-erasure wave".split(
    " ",
  ),
);

function readTable(table: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    table
      .trim()
      .split("\n")
      .map((line) => {
        const [name = "", ...libraries] = line.split(" ");
        return [name, libraries.map((library) => library.replace(/^\+/, name))];
      }),
  );
}

let tables: Readonly<Record<LibraryManager, ReadonlyMap<string, readonly string[]>>> | null = null;

const suffixes: Readonly<Record<LibraryManager, RegExp>> = { apt: /-dev$/, apk: /-dev$/, dnf: /-devel$/ };

/** Whether a package is for compiling against a library, by its name without a version. `dpkg-dev` is a tool. */
export function isDevelopmentPackage(name: string, manager: LibraryManager): boolean {
  return suffixes[manager].test(name) && name !== "dpkg-dev";
}

/**
 * The packages with the shared libraries that a development package is for: `libpq-dev` gives `libpq5`, a package of headers
 * an empty list. `null` where they are not known for this release.
 *
 * @param name without a version
 * @param release the code name of a Debian or Ubuntu release, Alpine's version such as `3.20`; `null` where it is not known:
 * then only what all releases agree on
 */
export function runtimeLibrary(
  name: string,
  manager: LibraryManager,
  release: string | null,
): readonly string[] | null {
  if (!isDevelopmentPackage(name, manager)) return null;
  tables ??= { apt: readTable(apt), apk: readTable(apk), dnf: readTable(dnf) };
  const stem = name.replace(suffixes[manager], "");
  if (manager === "apk" && stem === "openssl") return alpineOpenssl(release);
  if (manager !== "apt") return tables[manager].get(stem) ?? null;
  if (release !== null && !Object.hasOwn(letters, release)) return null;
  const found = (letter: string): readonly string[] | null =>
    stem.startsWith("libboost") ? boostLibrary(stem, letter) : aptLibraries(tables!.apt.get(stem), letter);
  if (release !== null) return found(letters[release]!);
  const all = Object.values(letters).map(found);
  const [first = null] = all;
  return all.every((one) => one?.join(" ") === first?.join(" ")) ? first : null;
}

function aptLibraries(entries: readonly string[] | undefined, letter: string): readonly string[] | null {
  if (!entries) return null;
  const libraries = entries.flatMap((entry) => {
    const [library = "", releases] = entry.split("@");
    if (releases !== undefined && !releases.includes(letter)) return [];
    return [library.replace("~", letter === "x" || letter === "n" ? "t64" : "")];
  });
  return entries.length > 0 && libraries.length === 0 ? null : libraries;
}

/** Boost names its libraries by its version: `libboost-thread-dev` and `libboost-thread1.74-dev`. */
function boostLibrary(stem: string, letter: string): readonly string[] | null {
  const [, part, version] = /^libboost(?:-([a-z-]*[a-z]))?(\d+\.\d+)?$/.exec(stem) ?? [];
  const own = boost[letter]!;
  if (stem === "libboost" || (part === undefined && version !== undefined)) return [];
  if (part === undefined || !boostParts.has(part) || (version !== undefined && !own.startsWith(version))) return null;
  return [`libboost-${part}${own}${part === "chrono" && own === "1.83.0" ? "t64" : ""}`];
}

/** The library's version is a part of its packages' names; the program `openssl` needs the one there is. */
function alpineOpenssl(release: string | null): readonly string[] {
  const minor = /^3\.(\d+)/.exec(release ?? "")?.[1];
  if (minor === undefined) return ["openssl"];
  if (Number(minor) >= 17) return ["libcrypto3", "libssl3"];
  return Number(minor) >= 9 ? ["libcrypto1.1", "libssl1.1"] : ["libcrypto1.0", "libssl1.0"];
}

/** Where an image gets its packages from. */
export interface Distribution {
  readonly manager: LibraryManager;
  /** As {@link runtimeLibrary} takes it. */
  readonly release: string | null;
}

/** Official images on Debian or Ubuntu unless a tag says otherwise. */
const aptImages = new Set(
  (
    "buildpack-deps debian eclipse-temurin elixir erlang gcc golang gradle haskell httpd julia maven node nginx openjdk perl php postgres pypy python " +
    "ruby rust swift tomcat ubuntu"
  ).split(" "),
);

const dnfImages = new Set("almalinux amazonlinux amazoncorretto centos fedora oraclelinux rockylinux".split(" "));

/** The distribution of an image; `null` where it is not known. */
export function distributionOf(image: Image): Distribution | null {
  const { folder, name, tag } = image;
  if (/windows|nanoserver/.test(tag)) return null;
  if (isOfficial(image, "alpine") || isAlpineTag(tag)) {
    const version = (name === "alpine" ? /^(3\.\d+)/ : /alpine-?(3\.\d+)/).exec(tag)?.[1];
    return { manager: "apk", release: version ?? null };
  }
  if (isOfficial(image, name) && dnfImages.has(name)) return { manager: "dnf", release: null };
  const parts = tag.split("-").map((part) => part.replace(/^ubuntu(?=\d)/, ""));
  const named = parts.find((part) => Object.hasOwn(letters, part)) ?? debianRelease(tag);
  if (named !== null) return { manager: "apt", release: named };
  const isDebian = isOfficial(image, "debian");
  if (isDebian || isOfficial(image, "ubuntu") || folder === "nvidia/") {
    const version = parts.find((part) => /^\d+(?:\.\d+)*$/.test(part) && (isDebian || /^\d\d\.\d\d/.test(part)));
    const plain = isDebian ? version?.replace(/\..*$/, "") : version;
    const known = plain === undefined ? undefined : releaseOfVersion[plain];
    // Of releases that are not in the table nothing is known: old ones, and those to come.
    return { manager: "apt", release: known ?? (isDebian && /^(?:|latest|stable.*)$/.test(tag) ? null : tag) };
  }
  return isOfficial(image, name) && aptImages.has(name) ? { manager: "apt", release: null } : null;
}
