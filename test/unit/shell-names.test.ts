import assert from "node:assert/strict";
import { readScript } from "../../server/src/dockerfile/shell.ts";

const read = (text: string) => readScript({ text, pieces: [0, 0] });

describe("names that a script sets", () => {
  const cases: readonly (readonly [script: string, names: string])[] = [
    ["A=1 B+=2 C[0]=3 cmd", "A B C"],
    ["export A B=1; readonly C=2; local D; declare -r E=1; typeset -i F", "A B C D E F"],
    ["command export A=1; builtin read B; command -v c", "A B"],
    ["for a in 1 2; do select b in x; do :; done; done; for ((c=0; c<3; c++)); do :; done", "a b c"],
    ["while IFS= read -r line rest; do :; done", "IFS line rest"],
    ["((A++)); (( --B )); ((C = 1, D += 2, E <<= 1)); echo $((F--)) $((G + 1))", "A B C D E F"],
    ["((A == 1)); ((B <= 2)); ((C != 3)); echo $((-D))", ""],
    ["let A=1; printf -v B %s 1; getopts ab C; mapfile D; wait -p E", "A B C D E"],
    ["exec {A}>/tmp/log {B}<&0", "A B"],
    ["coproc CAT { cat; }; coproc sleep 1", "CAT CAT_PID COPROC COPROC_PID"],
    ["echo ${A:=1} ${B=2} ${C:-3}", "A B"],
    ["f() { local a=1; }; { b=2; }; (c=3); d=$(e=4)", "a b c d e"],
    ["env A=1 cmd; make B=2; echo 'C=3'", ""],
  ];
  for (const [script, names] of cases) {
    it(script, () => {
      assert.deepEqual([...read(script).assigned].toSorted(), names.split(" ").filter(Boolean).toSorted());
    });
  }

  for (const script of ["eval $A", "source a", ". ./a", "export $(cat .env)", "export `cat .env`", 'declare "$A"=1'])
    it(`${script} may set any`, () => {
      assert.equal(read(script).opaque, true);
    });

  for (const script of ["export A=$(cat a)", "echo $(cat .env)", "unset A", "command -v source"])
    it(`${script} does not`, () => {
      assert.equal(read(script).opaque, false);
    });
});
