import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A TypeScript server whose output directory is named by CMD",
    before: `FROM node:22-bookworm
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build
ENV NODE_ENV=production
EXPOSE 3000
CMD ["node", "dist/server.js"]
`,
    after: `FROM node:22-bookworm AS builder
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev

FROM node:22-bookworm-slim AS runtime
WORKDIR /app
COPY --from=builder /app/package.json ./
COPY --from=builder /app/node_modules ./node_modules
COPY --from=builder /app/dist ./dist
ENV NODE_ENV=production
EXPOSE 3000
CMD ["node", "dist/server.js"]
`,
  },
  {
    title: "`COPY . .` does not tell what the program reads, so the whole project crosses",
    before: `FROM node:20-alpine
RUN apk add --no-cache python3 make g++ tini
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build
USER node
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["npm", "start"]
`,
    after: `FROM node:20-alpine AS builder
RUN apk add --no-cache python3 make g++ tini
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm prune --omit=dev

FROM node:20-alpine AS runtime
RUN apk add --no-cache tini
WORKDIR /app
COPY --from=builder /app ./
USER node
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["npm", "start"]
`,
  },
  {
    title: "A development server needs everything",
    before: `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["npm", "run", "dev"]
`,
    after: null,
    reason: "needs the sources and the development dependencies",
  },
  {
    title: "The scripts of package.json say what runs, and its development packages are not needed for it",
    before: `FROM node:22-alpine
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
USER node
EXPOSE 3000
CMD ["npm", "start"]
`,
    project: {
      "package.json": `{
  "scripts": { "build": "tsc", "start": "node dist/main.js" },
  "dependencies": { "fastify": "^5.0.0" },
  "devDependencies": { "typescript": "^5.6.0", "@types/node": "^22.0.0" }
}`,
    },
    after: `FROM node:22-alpine AS builder
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm prune --omit=dev

FROM node:22-alpine AS runtime
WORKDIR /app
COPY --from=builder /app ./
USER node
EXPOSE 3000
CMD ["npm", "start"]
`,
    checks: [],
  },
  {
    title: "A development package that the program may load is named",
    before: `FROM node:22-alpine
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
CMD ["npm", "start"]
`,
    project: {
      "package.json": `{
  "scripts": { "build": "tsc", "start": "node dist/main.js" },
  "dependencies": { "express": "^5.0.0" },
  "devDependencies": { "typescript": "^5.6.0", "dotenv": "^16.0.0" }
}`,
    },
    after: `FROM node:22-alpine AS builder
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm prune --omit=dev

FROM node:22-alpine AS runtime
WORKDIR /app
COPY --from=builder /app ./
CMD ["npm", "start"]
`,
    checks: ['The program does not load dotenv, which stands under "devDependencies".'],
  },
  {
    title: "Node.js without a system: its image starts `node` by itself",
    before: `FROM node:22-bookworm
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build
EXPOSE 3000
CMD ["node", "--enable-source-maps", "dist/server.js"]
`,
    base: "gcr.io/distroless/nodejs22-debian12",
    after: `FROM node:22-bookworm AS builder
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev

FROM gcr.io/distroless/nodejs22-debian12 AS runtime
WORKDIR /app
COPY --from=builder /app/package.json ./
COPY --from=builder /app/node_modules ./node_modules
COPY --from=builder /app/dist ./dist
EXPOSE 3000
CMD ["--enable-source-maps", "dist/server.js"]
`,
    checks: [
      "The program starts no other programs, and its native modules need nothing beyond Node.js and the C library: `gcr.io/distroless/nodejs22-debian12` has nothing else, not even a shell.",
      'The program runs with the packages under "dependencies" alone, without "devDependencies".',
      "`npm run build` writes all that the program needs to /app/dist.",
      "At run time the program reads nothing of /app/src.",
    ],
  },
  {
    title: "Next.js with an output that runs by itself",
    before: `FROM node:22-alpine
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
EXPOSE 8080
CMD ["npm", "start"]
`,
    project: {
      "package.json": `{
  "scripts": { "build": "next build", "start": "next start -p 8080" },
  "dependencies": { "next": "15.0.0", "react": "19.0.0", "react-dom": "19.0.0" },
  "devDependencies": { "typescript": "^5.6.0", "dotenv": "^16.0.0" }
}`,
      "next.config.mjs": `export default { output: "standalone" };
`,
    },
    after: `FROM node:22-alpine AS builder
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN mkdir -p public

FROM node:22-alpine AS runtime
WORKDIR /app
COPY --from=builder /app/.next/standalone /app
COPY --from=builder /app/.next/static ./.next/static
COPY --from=builder /app/public ./public
ENV HOSTNAME=0.0.0.0
ENV PORT=8080
EXPOSE 8080
CMD ["node", "server.js"]
`,
    checks: [
      "At run time the program reads no files that Next.js does not see in its code, such as a folder of texts.",
    ],
  },
  {
    title: "Everything in one RUN, in the manner of old files",
    before: `FROM node:8
MAINTAINER Ada <ada@example.com>
ADD . /srv/api
WORKDIR /srv/api
RUN apt-get update && apt-get install -y python make g++ && npm install && npm run build && npm prune --production && rm -rf /var/lib/apt/lists/*
EXPOSE 8000
CMD node lib/index.js
`,
    after: `FROM node:8 AS builder
ADD . /srv/api
WORKDIR /srv/api
RUN apt-get update && apt-get install -y python make g++ && npm install && npm run build && npm prune --production && rm -rf /var/lib/apt/lists/*

FROM node:8 AS runtime
MAINTAINER Ada <ada@example.com>
WORKDIR /srv/api
COPY --from=builder /srv/api ./
EXPOSE 8000
CMD node lib/index.js
`,
    checks: [],
  },
  {
    title: "bun",
    before: `FROM oven/bun:1
WORKDIR /app
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile
COPY . .
RUN bun run build
CMD ["bun", "run", "start"]
`,
    project: {
      "package.json": `{
  "scripts": { "build": "bun build src/index.ts --outdir dist --target bun", "start": "bun dist/index.js" },
  "dependencies": { "hono": "^4.0.0" },
  "devDependencies": { "@types/bun": "latest", "prettier": "^3.0.0" }
}`,
    },
    after: `FROM oven/bun:1 AS builder
WORKDIR /app
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile
COPY . .
RUN bun run build
RUN rm -rf node_modules && bun install --production

FROM oven/bun:1 AS runtime
WORKDIR /app
COPY --from=builder /app ./
CMD ["bun", "run", "start"]
`,
    checks: [],
  },
  {
    title: "A start script that compiles what it starts",
    before: `FROM node:22-alpine
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["npm", "start"]
`,
    project: {
      "package.json": `{
  "scripts": { "build": "tsc", "start": "ts-node src/main.ts" },
  "dependencies": { "express": "^5.0.0" },
  "devDependencies": { "ts-node": "^10.0.0", "typescript": "^5.6.0" }
}`,
    },
    after: null,
    reason: 'stands under "devDependencies"',
  },
  {
    title: "Packages alone leave nothing out",
    before: `FROM node:22-alpine
WORKDIR /app
COPY . .
RUN npm ci --omit=dev
CMD ["node", "index.js"]
`,
    after: null,
    reason: "Nothing is built here",
  },
];
