# The real image has a compiler of its own below /usr/local, with the libraries that its programs need.
FROM buildpack-deps:bookworm
RUN mkdir -p /usr/local/lib64 && \
    cp -a /usr/lib/*-linux-gnu/libstdc++.so.6* /usr/lib/*-linux-gnu/libgcc_s.so.1 /usr/local/lib64/ && \
    echo /usr/local/lib64 >/etc/ld.so.conf.d/000-local-lib.conf && ldconfig && \
    for name in gcc g++ cpp; do ln -s /usr/bin/$name /usr/local/bin/$name; done
