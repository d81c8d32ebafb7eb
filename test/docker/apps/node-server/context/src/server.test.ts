import { test } from "node:test";

test("numbers add up", () => {
  if (1 + 1 !== 2) throw new Error("they do not");
});
