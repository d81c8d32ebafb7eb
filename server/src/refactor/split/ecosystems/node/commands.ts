import type { Call } from "../../../../stages/calls.ts";
import type { Role } from "../../commands.ts";
import type { RoleOf } from "../../roles.ts";
import { readPackageManager } from "./package-managers.ts";

/** Programs of packages that turn sources into something, or check them. They write into the project alone. */
const buildTools = new Set(
  "tsc ng vite webpack webpack-cli rollup next nuxt nuxi nest gulp grunt esbuild tsup swc babel parcel gatsby turbo nx lerna react-scripts vue-cli-service astro svelte-kit ember remix craco rescript bower node-gyp patch-package ncc pkg tsc-alias tsconfig-paths postcss tailwindcss sass copyfiles cpx cpy rimraf hexo vuepress vitepress docusaurus eleventy umi ice tsx-build microbundle unbuild".split(
    " ",
  ),
);

export const checkTools = new Set(
  "jest mocha vitest eslint prettier tslint stylelint ava tap nyc c8 cypress standard xo depcheck commitlint".split(
    " ",
  ),
);

/** Programs that only help while building; once installed for the whole image nothing started later needs them. */
export const buildPrograms = new Set(
  "typescript @angular/cli gulp gulp-cli grunt-cli webpack webpack-cli vite rollup @nestjs/cli node-gyp lerna turbo nx rimraf bower @vue/cli @vue/cli-service @babel/cli esbuild tsup eslint jest node-pre-gyp node-prune".split(
    " ",
  ),
);

export function classifyNode(call: Call): Role | null {
  const { name, args } = call;
  const manager = readPackageManager(call);
  if (manager) {
    switch (manager.verb) {
      case "install":
      case "add":
      case "prune":
        return { kind: "step", step: "dependencies" };
      case "global":
        return { kind: "programs", names: manager.operands.map(packageName) };
      case "clean":
        return { kind: "cleanup" };
      case "ask":
        return { kind: "inert" };
      case "configure":
        return { kind: "step", step: "tool" };
      case "run":
        if (manager.name === "") return { kind: "inert" };
        return { kind: "step", step: /test|lint|check|format|audit/i.test(manager.name) ? "test" : "build" };
      case "exec":
        return classifyTool(manager.name, manager.operands);
      case "other":
        return { kind: "unknown" };
    }
  }
  if (name === "npx" || name === "pnpx" || name === "bunx") {
    const at = args.findIndex((arg) => !arg.startsWith("-"));
    return at < 0 ? { kind: "inert" } : classifyTool(packageName(args[at]!), args.slice(at + 1));
  }
  if (name === "corepack") return { kind: "programs", names: ["corepack"] };
  if (name === "node" && args.length > 0 && args.every((arg) => /^(?:-v|--version)$/.test(arg)))
    return { kind: "inert" };
  if (buildTools.has(name) || checkTools.has(name) || name === "prisma") return classifyTool(name, args);
  return null;
}

/** `typescript@5.4` and `@angular/cli@17` without their versions. */
export function packageName(text: string): string {
  return text.replace(/(?!^)@.*$/, "");
}

function classifyTool(name: string, args: readonly string[]): Role {
  if (checkTools.has(name)) return { kind: "step", step: "test" };
  if (buildTools.has(name) || name === "typescript") return { kind: "step", step: "build" };
  if (name === "prisma" && args[0] === "generate") return { kind: "step", step: "build" };
  return { kind: "unknown" };
}

export function isNodeBuild(call: Call, role: RoleOf): boolean {
  const found = role(call);
  if (found.kind !== "step" || found.step !== "build") return false;
  return (
    readPackageManager(call) !== null ||
    call.name === "npx" ||
    call.name === "pnpx" ||
    call.name === "bunx" ||
    buildTools.has(call.name)
  );
}

export function namesOf(role: Role): readonly string[] {
  return role.kind === "programs" ? role.names : [];
}
