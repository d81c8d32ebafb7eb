ARG NODE=20
FROM node:${NODE}
ENV NPM_CONFIG_LOGLEVEL=warn PORT=3000
WORKDIR /home/node/app
COPY docker-entrypoint.sh /usr/local/bin/visitors-entrypoint
COPY package*.json ./
RUN npm ci && npm cache clean --force
COPY tsconfig.json ./
COPY src ./src
COPY templates ./templates
RUN npm run build \
 && npm prune --omit=dev \
 && rm -rf src tsconfig.json
RUN mkdir /data && chown node:node /data
VOLUME ["/data"]
USER node
EXPOSE $PORT
ENTRYPOINT ["visitors-entrypoint"]
CMD ["node", "dist/server.js"]
