FROM node:20-alpine
MAINTAINER someone@example.com
ENV NODE_ENV development
RUN mkdir -p /usr/src/app
WORKDIR /usr/src/app
ADD package.json /usr/src/app/
RUN npm install
ADD . /usr/src/app
RUN npm run build
EXPOSE 3000
CMD npm start
