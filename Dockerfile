# The gateway as an image. README.md, "Running it for real", says how it is used; compose.yaml puts PostgreSQL beside it.
# Give a digest to build on the very same base again: --build-arg BASE=python:3.11-slim-bookworm@sha256:…
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
# First what changes seldom, so that a change of the code alone does not fetch everything again. Nothing is compiled.
COPY requirements-run.lock ./
RUN python -m venv --without-pip /opt/gateway \
    && python -m pip --python /opt/gateway/bin/python install --require-hashes --only-binary :all: -r requirements-run.lock
COPY requirements.lock ./
RUN python -m pip install --only-binary :all: --constraint requirements.lock hatchling
COPY pyproject.toml README.md ./
COPY gateway gateway
COPY resolvers resolvers
COPY schema schema
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && python -m pip --python /opt/gateway/bin/python install --no-deps /wheels/*.whl

FROM ${BASE}
ENV PATH=/opt/gateway/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    GATEWAY_HOST=0.0.0.0
RUN groupadd --gid 10001 gateway \
    && useradd --uid 10001 --gid gateway --no-create-home --home-dir /data --shell /usr/sbin/nologin gateway \
    && install --directory --owner gateway --group gateway --mode 0700 /data
COPY --from=build /opt/gateway /opt/gateway
USER 10001:10001
# The usual database, sqlite:///gateway.db, lies in the working directory.
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, sys, http.client; gateway = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('GATEWAY_PORT', 8000)), timeout=4); gateway.request('GET', '/health/live'); sys.exit(gateway.getresponse().status != 200)"]
ENTRYPOINT ["gateway"]
CMD ["serve"]
