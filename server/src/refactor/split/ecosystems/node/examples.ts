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
];
