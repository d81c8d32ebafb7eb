import assert from "node:assert/strict";
import { parseImage } from "../../server/src/images/image.ts";
import {
  hasCertificates,
  lacksShell,
  type Libc,
  libcOf,
  runtimeAt,
  siblingWith,
} from "../../server/src/images/libc.ts";

describe("what programs find in images", () => {
  const libcs: Readonly<Record<string, Libc | null>> = {
    alpine: "musl",
    "docker.io/library/node:22-alpine3.20": "musl",
    "public.ecr.aws/docker/library/golang:1.25": "glibc",
    "golang:1.25-alpine": "musl",
    "nginx:stable-alpine-slim": "musl",
    "docker:27-dind": "musl",
    "python:3.13-slim": "glibc",
    "debian@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef": "glibc",
    "hexpm/elixir:1.17.0-erlang-27.0-alpine-3.20.0": "musl",
    "mcr.microsoft.com/dotnet/aspnet:9.0": "glibc",
    "mcr.microsoft.com/dotnet/aspnet:9.0-alpine": "musl",
    "gcr.io/distroless/static-debian12:nonroot": "none",
    "gcr.io/distroless/base": "glibc",
    "cgr.dev/chainguard/static": "none",
    "cgr.dev/chainguard/busybox": null,
    "busybox:1.37": null,
    "busybox:1.37-musl": "musl",
    "golang:1.25-nanoserver": null,
    "registry.example.com/golang:1.25": null,
    "clux/muslrust:stable": null,
  };
  for (const [name, libc] of Object.entries(libcs)) {
    it(`${name}: ${libc ?? "not known"}`, () => {
      assert.equal(libcOf(parseImage(name)), libc);
    });
  }

  it("does not guess the end of a tag", () => {
    assert.equal(libcOf(parseImage("golang:"), false), null);
    assert.equal(libcOf(parseImage("golang:1.25-"), false), null);
    assert.equal(libcOf(parseImage("golang:1-alpine"), false), "musl");
    assert.equal(libcOf(parseImage("golang:1-bookworm"), false), "glibc");
    assert.equal(libcOf(parseImage("debian:"), false), "glibc");
  });

  it("knows who has no shell", () => {
    for (const name of ["gcr.io/distroless/cc", "mcr.microsoft.com/dotnet/runtime-deps:9.0-noble-chiseled"])
      assert.ok(lacksShell(parseImage(name)), name);
    for (const name of ["gcr.io/distroless/cc:debug-nonroot", "gcr.io/distroless/python3", "debian", "example/scratch"])
      assert.ok(!lacksShell(parseImage(name)), name);
  });

  it("knows who has certificates", () => {
    for (const name of ["golang:1.25-alpine", "python:3.13-slim", "node:22", "alpine:3.20", "alpine"])
      assert.ok(hasCertificates(parseImage(name)), name);
    for (const name of ["debian:12", "node:22-slim", "alpine:3.8", "ubuntu"])
      assert.ok(!hasCertificates(parseImage(name)), name);
  });

  it("knows where interpreters are", () => {
    assert.equal(runtimeAt(parseImage("node:22"), "/usr/local/bin/node"), "Node.js");
    assert.equal(runtimeAt(parseImage("node:22"), "/usr/local/lib/node_modules"), null);
    assert.equal(runtimeAt(parseImage("eclipse-temurin:21"), "/opt/java/openjdk"), "Java");
    assert.equal(runtimeAt(parseImage("example/node:22"), "/usr/local/bin/node"), null);
  });

  const siblings: readonly (readonly [libc: "glibc" | "musl", name: string, sibling: string | null])[] = [
    ["musl", "rust:1.80-slim-bookworm", "rust:1.80-alpine"],
    ["musl", "rust", "rust:alpine"],
    ["musl", "eclipse-temurin:21", "eclipse-temurin:21-jdk-alpine"],
    ["glibc", "node:22-alpine3.20", "node:22-slim"],
    ["glibc", "golang:1.25-alpine", "golang:1.25"],
    ["musl", "rust:nightly-bookworm", null],
    ["musl", "gcc:14", null],
  ];
  for (const [libc, name, sibling] of siblings) {
    it(`${name} with ${libc}: ${sibling ?? "not known"}`, () => {
      assert.equal(siblingWith(libc, parseImage(name), name), sibling);
    });
  }
});
