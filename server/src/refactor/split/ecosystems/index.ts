import { bun } from "./bun.ts";
import { c } from "./c.ts";
import { crystal } from "./crystal.ts";
import { dart } from "./dart.ts";
import { deno } from "./deno.ts";
import { dlang } from "./dlang.ts";
import { download } from "./download.ts";
import { dotnet } from "./dotnet.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { elixir } from "./elixir.ts";
import { go } from "./go.ts";
import { haskell } from "./haskell.ts";
import { java } from "./java.ts";
import { nim } from "./nim.ts";
import { node } from "./node.ts";
import { perl } from "./perl.ts";
import { php } from "./php.ts";
import { python } from "./python.ts";
import { ruby } from "./ruby.ts";
import { rust } from "./rust.ts";
import { staticSite } from "./static-site.ts";
import { swift } from "./swift.ts";
import { zig } from "./zig.ts";

/** In the order in which they are asked; the first that recognises a build decides. */
export const ecosystems: readonly Ecosystem[] = [
  go,
  dotnet,
  php,
  ruby,
  perl,
  rust,
  swift,
  elixir,
  crystal,
  dart,
  deno,
  bun,
  nim,
  dlang,
  zig,
  haskell,
  java,
  staticSite,
  python,
  node,
  c,
  download,
];
