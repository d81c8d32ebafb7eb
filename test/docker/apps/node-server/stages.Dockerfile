FROM node:20-slim AS manifest
WORKDIR /manifest
COPY package*.json ./

FROM node:20
WORKDIR /app
COPY --from=manifest /manifest/ ./
RUN npm ci
COPY . .
RUN npm run build
EXPOSE 3000
CMD ["node", "dist/server.js"]
