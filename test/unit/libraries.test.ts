import assert from "node:assert/strict";
import { parseImage } from "../../server/src/images/image.ts";
import {
  distributionOf,
  isDevelopmentPackage,
  type LibraryManager,
  runtimeLibrary,
} from "../../server/src/images/libraries.ts";

describe("runtime libraries of development packages", () => {
  const known: readonly (readonly [string, LibraryManager, string | null, string | null])[] = [
    ["libssl-dev", "apt", "bullseye", "libssl1.1"],
    ["libssl-dev", "apt", "bookworm", "libssl3"],
    ["libssl-dev", "apt", "trixie", "libssl3t64"],
    ["libssl-dev", "apt", "focal", "libssl1.1"],
    ["libssl-dev", "apt", "jammy", "libssl3"],
    ["libssl-dev", "apt", "noble", "libssl3t64"],
    ["libssl-dev", "apt", null, null],
    ["libssl-dev", "apt", "jessie", null],
    ["libpq-dev", "apt", null, "libpq5"],
    ["zlib1g-dev", "apt", "bookworm", "zlib1g"],
    ["libcurl4-openssl-dev", "apt", "bookworm", "libcurl4"],
    ["libcurl4-openssl-dev", "apt", "noble", "libcurl4t64"],
    ["libcurl4-gnutls-dev", "apt", "trixie", "libcurl3t64-gnutls"],
    ["libxml2-dev", "apt", null, "libxml2"],
    ["libffi-dev", "apt", "bullseye", "libffi7"],
    ["libffi-dev", "apt", "trixie", "libffi8"],
    ["libicu-dev", "apt", "jammy", "libicu70"],
    ["libwebp-dev", "apt", "trixie", "libwebp7 libwebpdecoder3 libwebpdemux2 libwebpmux3"],
    ["default-libmysqlclient-dev", "apt", "bookworm", "libmariadb3"],
    ["default-libmysqlclient-dev", "apt", "jammy", "libmysqlclient21"],
    ["libeigen3-dev", "apt", "bookworm", ""],
    ["libc6-dev", "apt", null, ""],
    ["libboost-dev", "apt", null, ""],
    ["libboost-thread-dev", "apt", "bookworm", "libboost-thread1.74.0"],
    ["libboost-chrono-dev", "apt", "trixie", "libboost-chrono1.83.0t64"],
    ["libboost-program-options1.74-dev", "apt", "jammy", "libboost-program-options1.74.0"],
    ["libboost-program-options1.74-dev", "apt", "focal", null],
    ["libboost-all-dev", "apt", "bookworm", null],
    ["libunheard-of-dev", "apt", "bookworm", null],
    ["libpq5", "apt", "bookworm", null],
    ["openssl-dev", "apk", "3.20", "libcrypto3 libssl3"],
    ["openssl-dev", "apk", "3.12", "libcrypto1.1 libssl1.1"],
    ["openssl-dev", "apk", null, "openssl"],
    ["postgresql-dev", "apk", null, "libpq"],
    ["zlib-dev", "apk", "3.18", "zlib"],
    ["musl-dev", "apk", null, ""],
    ["unheard-of-dev", "apk", null, null],
    ["openssl-devel", "dnf", null, "openssl-libs"],
    ["zlib-dev", "dnf", null, null],
  ];
  for (const [name, manager, release, expected] of known) {
    it(`${manager} ${release ?? "any"}: ${name}`, () => {
      assert.equal(runtimeLibrary(name, manager, release)?.join(" ") ?? null, expected);
    });
  }

  it("tells development packages by their names", () => {
    assert.ok(isDevelopmentPackage("libpq-dev", "apt"));
    assert.ok(isDevelopmentPackage("zlib-devel", "dnf"));
    assert.ok(!isDevelopmentPackage("dpkg-dev", "apt"));
    assert.ok(!isDevelopmentPackage("libpq5", "apt"));
    assert.ok(!isDevelopmentPackage("zlib-dev", "dnf"));
  });

  const distributions: Readonly<Record<string, string | null>> = {
    "debian:bookworm-slim": "apt bookworm",
    "debian:11.9": "apt bullseye",
    "debian:12-slim": "apt bookworm",
    "debian:wheezy": "apt wheezy",
    debian: "apt null",
    "ubuntu:22.04": "apt jammy",
    "ubuntu:noble-20250101": "apt noble",
    "ubuntu:18.04": "apt 18.04",
    "debian:9": "apt 9",
    "debian:sid-slim": "apt sid-slim",
    ubuntu: "apt ",
    "eclipse-temurin:21-jdk-jammy": "apt jammy",
    "python:3.12-slim-bookworm": "apt bookworm",
    "python:3.12": "apt null",
    "nvidia/cuda:12.4.0-devel-ubuntu22.04": "apt jammy",
    "alpine:3.20": "apk 3.20",
    "alpine:3.20.1": "apk 3.20",
    "alpine:edge": "apk null",
    "python:3.12-alpine3.19": "apk 3.19",
    "fedora:40": "dnf null",
    scratch: null,
    "example/debian:12": null,
  };
  for (const [name, expected] of Object.entries(distributions)) {
    it(`knows the distribution of ${name}`, () => {
      const found = distributionOf(parseImage(name));
      assert.equal(found && `${found.manager} ${String(found.release)}`, expected);
    });
  }
});
