FROM node:20
MAINTAINER someone@example.com
RUN npm install -g http-server@14.1.1
ADD . /srv/front
WORKDIR /srv/front
ENV VITE_NAME legacy
RUN npm install && npm run build
EXPOSE 3000
CMD http-server dist -p 3000
