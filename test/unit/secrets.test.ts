import assert from "node:assert/strict";
import { secretFile, secretsIn } from "../../server/src/rules/common/secrets.ts";

describe("files that are secrets by their names", () => {
  const secret = [
    "id_rsa",
    ".ssh/id_ed25519",
    "certs/server.key",
    "privkey.pem",
    "keys/jwt-private.pem",
    "tls-key.pem",
    "site.pfx",
    ".netrc",
    ".aws/credentials",
    "kubeconfig",
    "config/master.key",
    "my-service-account.json",
    "serviceAccountKey.json",
    "service-account-file.json",
    "id_rsa_deploy",
    "credentials.json",
  ];
  const none = [
    "id_rsa.pub",
    "known_hosts",
    "ca.pem",
    "fullchain.pem",
    "server.crt",
    "public-key.pem",
    "test/server.key",
    "localhost.key",
    "example.key",
    "nginx_signing.key",
    "strings.key",
    "truststore.p12",
    "*.key",
    ".npmrc",
    ".env",
    "package.json",
    "keyboard.pem",
    "credentials.yml.enc",
    "ssh_host_rsa_key",
  ];
  for (const path of secret) it(path, () => assert.notEqual(secretFile(path, "/app/x"), null));
  for (const path of none) it(`not ${path}`, () => assert.equal(secretFile(path, "/app/x"), null));
});

describe("a place tells, too", () => {
  it("by its folder", () => {
    assert.notEqual(secretFile("deploy", "/root/.ssh/id_rsa"), null);
    assert.equal(secretFile("deploy.pub", "/root/.ssh/id_rsa"), null);
    assert.notEqual(secretFile("*.key", "/etc/nginx/ssl/"), null);
    assert.notEqual(secretFile("app.key", "/etc/ssl/private/app.key"), null);
    assert.equal(secretFile("app.key", "/app/strings/app.key"), null);
  });
});

describe("secrets in a text", () => {
  const random = "Zq8Lw3Rt7Yx2Nv5Bc9Km4Hj6Pf1Ds0GaTuEi";
  const cases: readonly (readonly [string, string | null])[] = [
    [`x ghp_${random} y`, "a GitHub token"],
    [`ghp_${"x".repeat(36)}`, null],
    [["AKIA", "Q3EGRTYUX7ZPLK2M"].join(""), "an AWS access key"],
    ["AKIAIOSFODNN7EXAMPLE", null],
    [`//npm.my.example.com/:_authToken=npm_${random}`, "an npm token"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"],
    ["-----BEGIN PUBLIC KEY-----", null],
    ["https://deploy:Rb7-kWq2nZ@files.intranet.net/x", "a password"],
    ["https://user:password@files.intranet.net/x", null],
    ["https://user:$PASS@files.intranet.net/x", null],
    ["https://user:Rb7-kWq2nZ@localhost/x", null],
    ["postgres://app:app@db/app", null],
    ["postgres://postgres:Rb7-kWq2nZ@127.0.0.1:5432/app", null],
    ["git@example.org:team/app.git", null],
  ];
  for (const [text, expected] of cases) {
    it(text.slice(0, 50), () => assert.equal(secretsIn(text)[0]?.what ?? null, expected));
  }
});
