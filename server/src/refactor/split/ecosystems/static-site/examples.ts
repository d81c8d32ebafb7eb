import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "Vite's preview server",
    before: `FROM node:22-alpine
WORKDIR /site
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
EXPOSE 4173
CMD ["npx", "vite", "preview", "--host"]
`,
    after: `FROM node:22-alpine AS builder
WORKDIR /site
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM nginx:alpine AS runtime
COPY --from=builder /site/dist /usr/share/nginx/html
COPY <<'EOF' /etc/nginx/conf.d/default.conf
server {
    listen 4173;
    root /usr/share/nginx/html;
    charset utf-8;
    location / {
        try_files $uri $uri/ /index.html;
    }
}
EOF
EXPOSE 4173
CMD ["nginx", "-g", "daemon off;"]
`,
  },
  {
    title: "The sources themselves are served",
    before: `FROM node:22-alpine
WORKDIR /site
COPY . .
RUN npm ci && npm run build
CMD ["npx", "serve"]
`,
    after: null,
    reason: "serves all of /site",
  },
  {
    title: "serve stays, with the built files alone",
    before: `FROM node:20
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm install -g serve
EXPOSE 3000
CMD ["serve", "-s", "build", "-l", "3000"]
`,
    after: `FROM node:20 AS builder
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:20-slim AS runtime
WORKDIR /app
COPY --from=builder /app/build ./build
RUN npm install -g serve
EXPOSE 3000
CMD ["serve", "-s", "build", "-l", "3000"]
`,
    checks: [],
  },
  {
    title: "nginx in place of serve: its port and its answer to unknown addresses stay",
    before: `FROM node:20-alpine
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm install -g serve
EXPOSE 3000
CMD ["serve", "-s", "build", "-l", "3000"]
`,
    base: "nginx:alpine",
    after: `FROM node:20-alpine AS builder
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM nginx:alpine AS runtime
COPY --from=builder /app/build /usr/share/nginx/html
COPY <<'EOF' /etc/nginx/conf.d/default.conf
server {
    listen 3000;
    root /usr/share/nginx/html;
    charset utf-8;
    location / {
        try_files $uri /index.html;
    }
}
EOF
EXPOSE 3000
CMD ["nginx", "-g", "daemon off;"]
`,
    checks: [
      "nginx serves the same files as `serve -s build -l 3000` did, on port 3000, and sends unknown addresses to index.html; its response headers, compression, redirects, error pages and listings of directories differ.",
      "The build writes no serve.json to /app/build: nginx does not read it.",
    ],
  },
  {
    title: "A health check that asks localhost",
    before: `FROM node:20-alpine
WORKDIR /app
COPY . .
RUN yarn global add serve && yarn install && yarn build
HEALTHCHECK CMD wget -qO- http://localhost:5000/ || exit 1
CMD ["serve", "-s", "dist", "-l", "tcp://0.0.0.0:5000"]
`,
    base: "nginx:alpine",
    after: `FROM node:20-alpine AS builder
WORKDIR /app
COPY . .
RUN yarn global add serve && yarn install && yarn build

FROM nginx:alpine AS runtime
COPY --from=builder /app/dist /usr/share/nginx/html
COPY <<'EOF' /etc/nginx/conf.d/default.conf
server {
    listen 5000;
    listen [::]:5000;
    root /usr/share/nginx/html;
    charset utf-8;
    location / {
        try_files $uri /index.html;
    }
}
EOF
HEALTHCHECK CMD wget -qO- http://localhost:5000/ || exit 1
CMD ["nginx", "-g", "daemon off;"]
`,
    checks: [
      "nginx serves the same files as `serve -s dist -l tcp://0.0.0.0:5000` did, on port 5000, and sends unknown addresses to index.html; its response headers, compression, redirects, error pages and listings of directories differ.",
      "The build writes no serve.json to /app/dist: nginx does not read it.",
      "The host has IPv6, at which nginx answers as well, because the health check asks `localhost`.",
    ],
  },
  {
    title: "The script of package.json says which server it is",
    before: `FROM node:22-alpine
WORKDIR /site
COPY . .
RUN npm ci && npm run build
EXPOSE 8080
CMD ["npm", "start"]
`,
    project: {
      "package.json": `{ "scripts": { "build": "vite build", "start": "vite preview --host --port 8080" }, "devDependencies": { "vite": "^6.0.0" } }`,
    },
    after: `FROM node:22-alpine AS builder
WORKDIR /site
COPY . .
RUN npm ci && npm run build

FROM nginx:alpine AS runtime
COPY --from=builder /site/dist /usr/share/nginx/html
COPY <<'EOF' /etc/nginx/conf.d/default.conf
server {
    listen 8080;
    root /usr/share/nginx/html;
    charset utf-8;
    location / {
        try_files $uri $uri/ /index.html;
    }
}
EOF
EXPOSE 8080
CMD ["nginx", "-g", "daemon off;"]
`,
    checks: [
      "nginx serves the same files as `vite preview --host --port 8080` did, on port 8080, and sends unknown addresses to index.html; its response headers, compression, redirects, error pages and listings of directories differ.",
    ],
  },
  {
    title: "A web server of the system keeps its settings, Node.js stays behind",
    before: `FROM alpine:3.20
RUN apk add --no-cache nginx nodejs npm
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && cp -r dist/. /var/www/site/
COPY nginx.conf /etc/nginx/http.d/default.conf
EXPOSE 80
CMD ["nginx", "-g", "daemon off;"]
`,
    after: `FROM alpine:3.20 AS builder
RUN apk add --no-cache nginx nodejs npm
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && cp -r dist/. /var/www/site/

FROM alpine:3.20 AS runtime
RUN apk add --no-cache nginx
WORKDIR /src
COPY --from=builder /var/www/site /var/www/site
COPY nginx.conf /etc/nginx/http.d/default.conf
EXPOSE 80
CMD ["nginx", "-g", "daemon off;"]
`,
    checks: ["The settings of the web server name no folder below /src."],
  },
  {
    title: "The image of a web server that builds by itself",
    before: `FROM nginx:1.27
RUN apt-get update && apt-get install -y nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ADD . .
RUN npm install && npm run build && rm -rf /usr/share/nginx/html/* && cp -r build/* /usr/share/nginx/html/
EXPOSE 80
`,
    after: `FROM nginx:1.27 AS builder
RUN apt-get update && apt-get install -y nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ADD . .
RUN npm install && npm run build && rm -rf /usr/share/nginx/html/* && cp -r build/* /usr/share/nginx/html/

FROM nginx:1.27 AS runtime
WORKDIR /src
COPY --from=builder /usr/share/nginx/html /usr/share/nginx/html
EXPOSE 80
`,
    checks: ["What nginx:1.27 brings to /usr/share/nginx/html may stay beside the built files."],
  },
];
