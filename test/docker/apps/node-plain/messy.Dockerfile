FROM node:20
WORKDIR /usr/src/app
COPY . .
RUN apt-get update && apt-get install -y python3 make g++ && npm install && npm test && npx prettier --check cli.js && rm -rf /var/lib/apt/lists/*
USER node
ENTRYPOINT ["node", "/usr/src/app/cli.js"]
