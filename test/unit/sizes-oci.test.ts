import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { packTar, type TarEntry } from "modern-tar";
import { programs } from "../../client/src/programs.node.ts";
import { readImage } from "../../client/src/sizes/oci.ts";

/**
 * What BuildKit wrote with `--output=type=oci,dest=-,compression=gzip,force-compression=true` for `FROM scratch`, `WORKDIR /app`,
 * `ENV A=b`, a COPY of a file of six bytes and one of a heredoc of four.
 */
const recorded = [
  "H4sIAE3uAWsC/+1ZX4wdUxi/SBo2rVSkEQ/a2xHx0Nt7z/8zZ1n/m6CiTRXR2tY5c87ZHb33zube2U1Xs4hYqgQRfyKqGokHD0qiqFRphCCECFHa",
  "RsMDLxUSCYmo+ma2u7a7rOp2l8r9HubOnDvfnzPn+33n982YamKalcKUCgKRnOe/IGN/x59jRJEoFHlhGqS3meoGuD8Wkxw9ueNETL7+zW5NuKj8",
  "Z9YfU9xa/+lff2pCj7CNBMYES4cj7CLMiFdOMWIl1xJHyiMaem+NIloKiayPQuOZMIjSCR4NY+wv1x8zcfj6E/AuC0XUWv8pl3n3njx0cnD/Rx1t",
  "g2j2oq9WvnHta+dsfPA929F2x0sXDm4/o/TJhtP069882vSf/ljYu3/F5s6dD1951/5Vi+csX7zlwrN2b31+zwvr97yy+9sLzKb79+2ZNf/O2b+c",
  "dxKYPLj7mu45hZMLLTk+8M+YxdJijjzWwjDnKcc6dKF22hmEKHcch155jAwn1GHrnRDUMYkijQx2R4l/gvlY/FNEW/ifZvx/jE89cf7swa+e7Xh7",
  "00UHT5m58e433zKnyw33vCOr7uUX8E0ffLhr5pyZ3z/i1BVdhS+qT+7s29L1UmH+M9Ublq5/1+44Y83cn1fUT9z35YsH9j7VfeCxaOCz+5Ot5y+7",
  "b94vS5IDT2zeMOPxu+7c9uNvlW/7X597647B5oevfrzqhKxMrNq67cpCWwuM/zb+dQg7PTJaRZ4oEgmEI0EloNwLALDAjCuOkRPcUQWQVy7jA7Dz",
  "WxVibkV4dPjHUEvG4B9Lylr4nw5Z11YsBs2o29X0da7RjJN60F4kpWy05mysl/f3OBgJdE9PNY50CjdU+uq2nERxOa7pLleu6XrsXTMt9+EFNzdB",
  "P1eOkrqPu0Azc3DkxobUDjMFyjbuAgeZ5lCitnslpYkYYlGIZJhnq5JYMu6Q1jS0IlIsxIwqh7hwRmCkhPShYN4xZYwYNtyMb8kCUozC9UAeeFX3",
  "w3OAwZX5LUPhH/kEcnWIvwxZtaDrlrjnkKs/mwUEZyF2QZTVkeChcYghQwSiwlLPieGh8pGDEZgLkUY4ik0onNJSOoTVH6aH50HzgYHSlIc+WaYw",
  "LnTM8HTFPtkuZ3zsiAzFDsfOtoHjt/5PNiGPtv+j4/gfYq3+b9r7v+2zdhZnztAPPDSrsf7XtXPFRf375w0+JC55+oddGxe8v+W578SZty/esfPz",
  "C8517z6zbe/lPTc94ef91L9l+6YZt/1830eDs9/8+svM0sFZHft2FWa0yNXxhv/JbqtHyf8El2P5nyC8hf9p4X+BbkTdceqitLcBm1mga1awoDRC",
  "4NYFi+p9QfvKYOnFyy/vqPQ2G5VqEulqpWnievuo65HLP/7IT4Yu4QBGL+4wQWcpuD5prInrXZfFDXBYgV09GACHDadTZ2GEICIWYryQ4OVYtWPe",
  "zlWZCSElbDpiBZjpjptp0uiHqNb9jRpBghOmKM3UDt262oBmcP2SZYsvu2JZMXefTbdWc3WgCYHpjat2TZyWbRKtcQ0fV125D0GEf+eLKk4kC8e7",
  "WnT1dcVs5kfgpRS4Wk/avzrnM0F72uh1k3B86ZKlNxR1OV2bFsuV4tnFYafHZr6HLcl4vzf2Ag+Mho6LihXzT/1DniTAw4NqXO9dCxqNJEl9M0vI",
  "NKeDw0y9BAzP+9WxbWZZeojjEYUJPBOsHI0sDqXTgkRKh6HlmjljeISYhSYWsoNSQiwKJYFzRSFhpDIYrB6yJEjIgBMSASfGWhVBI6wdtZ4DtfWS",
  "gZ7x2BDOZGaPMB1SElHpkVJeu1GWMHbMyAhKLOFOWGZY6IiOOOKYhFRZToEZA+NEEnloqzmwa2msQEKDBqUy6Bw49twyrlu3tpw1W1P7/U9MwP84",
  "p2O//xBMWvV/eur/mOaflEb3XBO0XEOZM9KpB8PvAZp5WT4yG+PfHYy0a8Oomew7qQx/eZsWclwKdL2epHkkeSVJGl3lpMfVYbNLdVyHZzD8HmKi",
  "yrci2656qjr1SaOWmfmLLXRU+RoY6Pxv9oWwFguhkCa96dTif6L+D9rLFv7/NfznCX9VngIjRSDAZVSGPbjVH7WkJS1pyf9VfgfxUBtTACgAAA==",
];
const archive = (): Uint8Array<ArrayBuffer> => new Uint8Array(gunzipSync(Buffer.from(recorded.join(""), "base64")));

const streamOf = (bytes: Uint8Array<ArrayBuffer>, portion: number): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += portion) controller.enqueue(bytes.slice(at, at + portion));
      controller.close();
    },
  });

const file = (name: string, body: string | Uint8Array<ArrayBuffer>): TarEntry => ({
  header: { name, size: Buffer.byteLength(body), type: "file" },
  body,
});

/** An image of layers with a file each, in the layout of the Open Container Initiative. */
async function imageOf(sizes: readonly number[], extra: readonly TarEntry[] = []): Promise<Uint8Array<ArrayBuffer>> {
  const layers = await Promise.all(
    sizes.map(async (size, i) => new Uint8Array(gzipSync(await packTar([file(`{file ${i}`, "x".repeat(size))])))),
  );
  const digest = (i: number): string => `sha256:${i}`;
  const config = { history: sizes.map((_, i) => ({ created_by: `RUN ${i}` })) };
  const manifest = { config: { digest: "sha256:config" }, layers: layers.map((_, i) => ({ digest: digest(i) })) };
  return packTar([
    ...layers.map((layer, i) => file(`blobs/sha256/${i}`, layer)),
    file("blobs/sha256/config", JSON.stringify(config)),
    file("blobs/sha256/manifest", JSON.stringify(manifest)),
    file("blobs/sha256/index", JSON.stringify({ manifests: [{ digest: "sha256:manifest" }] })),
    file("index.json", JSON.stringify({ manifests: [{ digest: "sha256:index" }, { digest: "sha256:other" }] })),
    ...extra,
  ]);
}

describe("images that a builder sends", () => {
  for (const portion of [1, 511, 100_000]) {
    it(`have a history with sizes, read in portions of ${portion}`, async () => {
      assert.deepEqual(await readImage(streamOf(archive(), portion)), [
        { createdBy: "COPY <<E /b # buildkit", size: 4 },
        { createdBy: "COPY a.txt ./ # buildkit", size: 6 },
        { createdBy: "ENV A=b", size: 0 },
        { createdBy: "WORKDIR /app", size: 0 },
      ]);
    });
  }

  it("may be in an index of an index, and bring what is no part of them", async () => {
    const image = await imageOf([10, 0, 70_000], [file("blobs/sha256/binary", "???"), file("empty", "")]);
    assert.deepEqual(
      (await readImage(streamOf(image, 4096))).map(({ size }) => size),
      [70_000, 0, 10],
    );
  });

  it("are never half an image", async () => {
    const image = await imageOf([10, 2000]);
    for (let length = 0; length < image.length - 2048; length += 700) {
      await assert.rejects(readImage(streamOf(image.slice(0, length), 300)), `${length} of ${image.length} bytes`);
    }
    const loop = await packTar([file("index.json", JSON.stringify({ manifests: [{ digest: "index.json" }] }))]);
    await assert.rejects(readImage(streamOf(loop, 512)), /no whole image/);
  });
});

describe("programs that write images", () => {
  /** Writes the image above but for the last bytes, and ends with a code. */
  const write = (without: number, code: number): readonly string[] => [
    "-e",
    `const bytes = require("node:zlib").gunzipSync(Buffer.from(process.argv[1], "base64"));
     process.stdout.write(bytes.subarray(0, bytes.length - ${without}), () => process.exit(${code}));`,
    recorded.join(""),
  ];
  const run = async (args: readonly string[]): Promise<{ readonly code: number; readonly entries: number }> => {
    let entries = 0;
    const code = await programs.run(process.execPath, args, {
      output: async (bytes) => {
        entries = (await programs.readImage(bytes)).length;
      },
    });
    return { code, entries };
  };

  it("are read while they write", async () => {
    assert.deepEqual(await run(write(0, 0)), { code: 0, entries: 4 });
  });

  it("may fail before the end", async () => {
    assert.deepEqual(await run(write(5000, 3)), { code: 3, entries: 0 });
  });

  it("may write something else", async () => {
    await assert.rejects(run(write(9000, 0)), /no whole image/);
    await assert.rejects(run(["-e", "console.log('{'.repeat(9000))"]));
  });
});
