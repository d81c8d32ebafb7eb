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
];
