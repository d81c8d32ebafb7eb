import path from "node:path";
import files from "@fastify/static";
import Fastify from "fastify";

const app = Fastify({ logger: true });
await app.register(files, { root: path.resolve("public") });
await app.listen({ host: "0.0.0.0", port: 3000 });
