FROM node:20
ARG APP_DIR=/opt/visitors
ENV DATA=/var/lib/visitors
WORKDIR $APP_DIR
COPY . .
RUN apt-get update && apt-get install -y --no-install-recommends build-essential python3 tini && npm install --no-fund && npm run build && npm test && npm cache clean --force && apt-get clean && rm -rf /var/lib/apt/lists/* && mkdir -p /var/lib/visitors && chown -R node:node /var/lib/visitors $APP_DIR
USER node
VOLUME /var/lib/visitors
EXPOSE 3000/tcp
HEALTHCHECK --interval=10s --timeout=3s CMD node -e "fetch('http://127.0.0.1:3000/').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
ENTRYPOINT ["tini", "--"]
CMD ["npm", "start"]
