FROM debian:bookworm-slim AS system
COPY distroless-root.sh /
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    apt-get -qq update && sh /distroless-root.sh

FROM scratch AS static
COPY --from=system /static/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /

FROM static AS static-nonroot
USER 65532
WORKDIR /home/nonroot

FROM scratch AS base
COPY --from=system /base/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /

FROM base AS base-nonroot
USER 65532
WORKDIR /home/nonroot

FROM scratch AS cc
COPY --from=system /cc/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /

FROM cc AS cc-nonroot
USER 65532
WORKDIR /home/nonroot
