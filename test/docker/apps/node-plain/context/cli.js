#!/usr/bin/env node
const { next } = require("./lib/next.js");

const answer = next(process.argv[2]);
if (answer === null) {
  console.error("not a version");
  process.exit(5);
}
console.log(answer);
