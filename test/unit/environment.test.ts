import assert from "node:assert/strict";
import { emptyEnvironment, environmentOf, isCommonlySet } from "../../server/src/images/environment.ts";

describe("environments of images", () => {
  const sets: readonly (readonly [image: string, name: string])[] = [
    ["alpine", "PATH"],
    ["golang:1.22-alpine", "GOPATH"],
    ["docker.io/library/golang", "GOLANG_VERSION"],
    ["index.docker.io/library/golang:1", "GOPATH"],
    ["public.ecr.aws/docker/library/node:22", "NODE_VERSION"],
    ["mirror.gcr.io/library/python:3.12-slim@sha256:0123", "PYTHON_VERSION"],
    ["arm64v8/openjdk:8-jre", "JAVA_HOME"],
    ["maven:3.9-eclipse-temurin-21", "JAVA_HOME"],
    ["tomcat:10", "CATALINA_HOME"],
    ["public.ecr.aws/lambda/python:3.13", "LAMBDA_TASK_ROOT"],
    ["amazon/aws-lambda-nodejs:20", "LAMBDA_TASK_ROOT"],
    ["mcr.microsoft.com/dotnet/sdk:8.0-alpine", "DOTNET_SDK_VERSION"],
    ["gcr.io/distroless/static-debian12:nonroot", "SSL_CERT_FILE"],
    // A tag that the build completes says nothing about the environment.
    ["node:", "YARN_VERSION"],
  ];
  for (const [image, name] of sets) {
    it(`${image} sets ${name}`, () => {
      assert.equal(environmentOf(image)?.has(name), true);
    });
  }

  const lacks: readonly (readonly [image: string, name: string])[] = [
    ["alpine:3.20", "HOME"],
    ["ubuntu", "LANG"],
    ["golang:1.22", "NODE_VERSION"],
    ["node:22", "GOPATH"],
    ["python:3.12", "PYTHONPATH"],
    ["busybox", "constructor"],
  ];
  for (const [image, name] of lacks) {
    it(`${image} does not set ${name}`, () => {
      assert.equal(environmentOf(image)?.has(name), false);
    });
  }

  for (const image of [
    "example/golang:1.22",
    "registry.example.com/team/node:22",
    "registry.example.com/golang",
    "mcr.microsoft.com/windows/servercore:ltsc2022",
    "golang:1.22-windowsservercore-ltsc2022",
    "python:3.12-windowsservercore",
    "node:8-onbuild",
    "maven:3-ibmjava-8",
    "nvidia/cuda:12.0-base",
    "constructor",
    "__proto__/x",
    "",
  ]) {
    it(`nothing is known of ${JSON.stringify(image)}`, () => {
      assert.equal(environmentOf(image), null);
    });
  }

  it("puts PATH first", () => {
    assert.deepEqual([...emptyEnvironment], ["PATH"]);
    assert.equal([...environmentOf("node")!][0], "PATH");
  });

  it("knows what popular images set", () => {
    for (const name of ["NODE_VERSION", "LAMBDA_TASK_ROOT", "DEBIAN_FRONTEND", "CUDA_VERSION", "PATH"])
      assert.ok(isCommonlySet(name), name);
    for (const name of ["VERSION", "APP_DIR", "", "constructor"]) assert.ok(!isCommonlySet(name), name);
  });
});
