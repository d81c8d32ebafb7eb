FROM node:20
LABEL maintainer="someone@example.com"
COPY . /site
RUN cd /site && npm install && VITE_NAME=messy npm run build && npm install -g serve@14.2.4 && rm -rf /root/.npm
WORKDIR /site
EXPOSE 3000
CMD ["serve", "dist", "-p", "3000"]
