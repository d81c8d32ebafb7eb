FROM ruby:3.1
WORKDIR /app
COPY engine ./engine
RUN gem build -C engine engine.gemspec && gem install --local engine/engine-0.1.0.gem
COPY main.rb note.txt ./
ENTRYPOINT ["ruby", "main.rb"]
