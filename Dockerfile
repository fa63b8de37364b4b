# The service as `make` installs it, run by an account of its own.
FROM python:3.11-bookworm AS build
WORKDIR /app
COPY Makefile pyproject.toml requirements.lock README.md ./
COPY service ./service
COPY migrations ./migrations
RUN make .venv/.run && .venv/bin/python -m compileall -q service

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home dunlog
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DUNLOG_HOST=0.0.0.0 \
    DUNLOG_DATA_DIR=/data
# Holds the embedded database; unused, but for the local key, when DATABASE_URL names a server.
VOLUME /data
USER dunlog
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"DUNLOG_PORT\", \"8000\")}/healthz', timeout=2)"]
# On DATABASE_URL the schema is migrated only when told: `docker run … dunlog migrate`, or `… dunlog serve --migrate`.
CMD ["dunlog", "serve"]
