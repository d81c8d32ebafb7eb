FROM ruby:3.1-slim
ENV LC_ALL=C.UTF-8
COPY . /srv
WORKDIR /srv
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && cd engine && gem build engine.gemspec && gem install --local --no-document engine-0.1.0.gem && apt-get purge -y gcc make && rm -rf /var/lib/apt/lists/* && useradd --system runner
USER runner
ENTRYPOINT ["ruby", "/srv/main.rb"]
