FROM perl:5.36
WORKDIR /app
COPY Tree ./Tree
RUN cpanm --notest ./Tree
COPY bin ./bin
ENTRYPOINT ["perl", "bin/depth.pl"]
