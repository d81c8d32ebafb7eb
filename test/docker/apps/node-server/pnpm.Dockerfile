FROM node:20-slim
RUN npm install --global pnpm@9
WORKDIR /app
COPY package.json ./
RUN --mount=type=cache,target=/root/.local/share/pnpm/store pnpm install
COPY . .
RUN pnpm run build && pnpm prune --prod
USER node
ENV DATA=/tmp/visitors
EXPOSE 3000
CMD ["pnpm", "start"]
