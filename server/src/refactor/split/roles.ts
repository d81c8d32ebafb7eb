import { isBuildPackage } from "../../stages/packages.ts";
import type { Call } from "../../stages/calls.ts";
import { classifyCommand, type Role } from "./commands.ts";
import type { Ecosystem } from "./ecosystems/ecosystem.ts";
import type { Facts } from "./facts.ts";

export type RoleOf = (call: Call) => Role;

/** Says of each command what it does: an ecosystem's word first, then what holds for any. */
export function classifyAll(facts: Facts, ecosystems: readonly Ecosystem[]): RoleOf {
  const roles = new Map<Call, Role>();
  for (const { calls } of facts.steps) {
    for (const call of calls) {
      let role: Role | null = null;
      for (const ecosystem of ecosystems) {
        role ??= ecosystem.classify(call);
        if (role?.kind === "step") role = { ecosystem: ecosystem.id, ...role };
        if (role) break;
      }
      roles.set(call, role ?? classifyCommand(call));
    }
  }
  return (call) => roles.get(call) ?? { kind: "unknown" };
}

/** Roles as an ecosystem sees them in a file of its own. */
export function ownRoles(facts: Facts, role: RoleOf, ecosystem: Ecosystem): RoleOf {
  if (!ecosystem.classifyOwn) return role;
  const roles = new Map<Call, Role>();
  return (call) => {
    const known = roles.get(call);
    if (known) return known;
    const found = ecosystem.classifyOwn?.(call, facts) ?? role(call);
    roles.set(call, found);
    return found;
  };
}

/** The packages that the file installs and does not remove again. */
export function installedPackages(facts: Facts, role: RoleOf): Set<string> {
  const installed = new Map<string, string | null>();
  for (const { calls } of facts.steps) {
    for (const call of calls) {
      const found = role(call);
      if (found.kind !== "packages") continue;
      for (const { value } of found.packages) {
        // What is there for its own sake stays when a group that names it as well goes.
        if (found.action === "install") installed.set(value, installed.get(value) === null ? null : found.virtual);
        else {
          installed.delete(value);
          for (const [name, virtual] of installed) if (virtual === value) installed.delete(name);
        }
      }
    }
  }
  return new Set(installed.keys());
}

/** Those of them that may be the program's: build tools are left out. */
export function lastingPackages(facts: Facts, role: RoleOf): Set<string> {
  return new Set([...installedPackages(facts, role)].filter((name) => !isBuildPackage(name)));
}
