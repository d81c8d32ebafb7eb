import type { Call } from "../../../stages/calls.ts";
import { isOfficial } from "../../../images/image.ts";
import { certificatesFile } from "../../../images/libc.ts";
import { resolvePath } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { chooseNative } from "./native/choose.ts";
import { type Language, needsTools, type Output, plainLanguage, type RuntimeImage } from "./native/language.ts";
import { examples } from "./native/dart-examples.ts";

const tools = new Set(["dart", "pub", "dart_frog"]);

function classifyDart({ name, args }: Call): Role | null {
  if (name === "pub" || (name === "dart" && args[0] === "pub")) return { kind: "step", step: "dependencies" };
  if (name === "dart2native" || name === "dart_frog") return { kind: "step", step: "build" };
  if (name !== "dart") return null;
  if (args[0] === "test" || args[0] === "analyze" || args[0] === "format") return { kind: "step", step: "test" };
  return { kind: "step", step: "build" };
}

function outputs(call: Call): Output[] {
  const { name, args } = call;
  if (name !== "dart2native" && !(name === "dart" && args[0] === "compile" && args[1] === "exe")) return [];
  const at = args.findIndex((arg) => arg === "-o" || arg === "--output");
  const equals = args.find((arg) => arg.startsWith("--output="));
  const source = args.find((arg) => arg.endsWith(".dart"));
  const written = at >= 0 ? args[at + 1] : (equals?.slice(9) ?? source?.replace(/\.dart$/, ".exe"));
  const path = written === undefined ? null : call.path(written);
  return path === null ? [] : [{ path, directory: resolvePath(path, ".."), folders: false, tool: false }];
}

/** A compiled program holds its libraries, and what it needs of the system the image keeps in `/runtime` for empty images. */
function runtimeImages({ image }: Facts): RuntimeImage[] {
  if (!isOfficial(image, "dart")) return [];
  const debian: RuntimeImage = {
    base: "debian:stable-slim",
    detail: "what the program needs, without Dart",
    crossings: [
      {
        from: certificatesFile,
        value: certificatesFile,
        to: null,
        directory: false,
        comment: "Without these no TLS connection is trusted.",
      },
    ],
    isEmpty: false,
    assumptions: ["The program starts no other programs, and loads no libraries, than those of `debian:stable-slim`."],
  };
  const scratch: RuntimeImage = {
    base: "scratch",
    detail: "the program and the C library, without a shell",
    crossings: [
      {
        from: "/runtime/",
        value: "/runtime",
        to: "/",
        directory: true,
        comment: "The C library, certificates and users.",
      },
    ],
    isEmpty: true,
    assumptions: ["The program starts no other programs, needs no shell and no folder such as /tmp."],
  };
  return [debian, scratch];
}

const language: Language = {
  ...plainLanguage,
  name: "Dart",
  tools,
  isOwn: (call) => classifyDart(call) !== null,
  outputs,
  isProjectCommand: ({ name }) => name === "dart" || name === "pub" || name === "dart2native",
  sources:
    /^(?:[\w.*-]+\.dart|pubspec\.(?:yaml|lock|\*)|pubspec\*|bin|lib|test|tool|packages|analysis_options\.yaml|build\.yaml|\.dart_tool)$/,
  variables: /^(?:PUB|DART)/,
  homes: () => ["/root/.pub-cache", "/usr/lib/dart"],
  isToolImage: ({ image }) => isOfficial(image, "dart") || image.folder + image.name === "google/dart",
  runtimeImages,
  replaceStart: (facts) =>
    needsTools(
      facts,
      tools,
      "Dart",
      'compile it with `RUN dart compile exe bin/NAME.dart -o bin/NAME` and start it with `CMD ["./bin/NAME"]`',
    ),
};

/** Programs written in Dart. */
export const dart: Ecosystem = {
  id: "dart",
  name: "Dart",
  docs: `\`dart compile exe\` makes a program that starts without Dart. It needs a C library and certificates, which small Debian
images have. Programs that the container starts with \`dart\` need all of Dart: compile them first.`,
  examples,
  images: [{ name: "dart", workdir: "/root", environment: {} }],
  words: ["dart", "dart2native"],
  classify: classifyDart,
  choose: (facts, role) => chooseNative(language, facts, role),
};
