import assert from "node:assert/strict";
import { packagesLeft } from "../../server/src/stages/packages.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

function left(run: string): string {
  const analysis = analyze(`FROM base\nRUN ${run}\n`);
  return packagesLeft(analysis.script(analysis.stages[0]!.instructions[0]!))
    .map(({ manager, name }) => `${manager}:${name}`)
    .join(" ");
}

describe("packages that a RUN leaves", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["apt-get update && apt-get install -y --no-install-recommends gcc=4:14 make", "apt:gcc apt:make"],
    ["sudo apt install -t stable gcc", "apt:gcc"],
    ["apt-get install -y gcc && make && apt-get purge -y gcc", ""],
    ["apt-get install -y gcc make && apt-get remove -y gcc", "apt:make"],
    ["apt-get install -y gcc && apt-get purge -y $TOOLS", ""],
    ["apt-get install -y gcc && apt-mark auto '.*' && apt-get purge -y --auto-remove", ""],
    ["apt-get install -y gcc && apt-get autoremove -y", "apt:gcc"],
    ["apt-get install -y $TOOLS g++", "apt:g++"],
    ["apk add --no-cache -t .build gcc musl-dev && apk add git && apk del .build", "apk:git"],
    ["apk add --virtual=.build gcc && apk del --purge .build", ""],
    ["apk --no-cache add gcc", "apk:gcc"],
    ["apk add --root /mnt gcc", ""],
    ["dnf install -y gcc-c++ && dnf clean all", "dnf:gcc-c++"],
    ["microdnf install gcc && microdnf remove gcc", ""],
    ["yum groupinstall -y 'Development Tools'", "dnf:Development Tools"],
    ["yum install -y gcc && rpm -e gcc", ""],
    ["dnf group install -y development-tools", "dnf:development-tools"],
    ["zypper --non-interactive install gcc", "zypper:gcc"],
    ["pacman -Syu --noconfirm gcc && pacman -Rns gcc", ""],
    ["pacman -S --noconfirm gcc", "pacman:gcc"],
    ['if [ -n "$DEBUG" ]; then apt-get install -y gdb; fi', ""],
    ["which gcc || apt-get install -y gcc", ""],
    ["apt-get install -y gcc && . /setup.sh", ""],
    ["apt-get download gcc", ""],
  ];
  for (const [run, expected] of cases) it(run, () => assert.equal(left(run), expected));
});
