FROM perl:5.36-slim
COPY . /opt/depth
WORKDIR /opt/depth
RUN apt-get update && apt-get install -y gcc libc6-dev make && cd Tree && perl Makefile.PL && make && make install && cd .. && rm -rf Tree /var/lib/apt/lists/*
USER nobody
ENTRYPOINT ["perl", "/opt/depth/bin/depth.pl"]
