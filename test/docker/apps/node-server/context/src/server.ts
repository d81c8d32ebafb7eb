import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import express from "express";

const app = express();
app.disable("x-powered-by");
const folder = process.env["DATA"] ?? "data";
const file = `${folder}/visits`;

app.get("/", (_request, response) => {
  response.type("html").send(readFileSync("templates/page.html", "utf8"));
});

app.get("/visits", (_request, response) => {
  const visits = existsSync(file) ? Number(readFileSync(file, "utf8")) + 1 : 1;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, String(visits));
  response.json({ visits });
});

app.get("/environment", (_request, response) => {
  response.json({
    mode: process.env["NODE_ENV"] ?? null,
    directory: process.cwd(),
    user: process.getuid?.(),
    home: process.env["HOME"],
  });
});

app.listen(3000);
