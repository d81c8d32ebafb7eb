FROM ruby:3.1
WORKDIR /app
COPY Gemfile ./
COPY engine ./engine
RUN bundle config set --local path vendor/bundle && bundle install --local
COPY . .
CMD ["bundle", "exec", "ruby", "main.rb", "4"]
