# Cardwise in a container: not root, nothing of the build left, the models trained already.
FROM python:3.11-slim AS build
RUN pip install --no-cache-dir --disable-pip-version-check uv
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_PREFERENCE=only-system UV_NO_CACHE=1
COPY pyproject.toml README.md LICENSE config.yml ./
COPY bot bot
COPY content content
COPY db db
COPY nlu nlu
RUN uv sync --no-default-groups --extra postgresql --extra pictures
# Both models, so that a first start takes seconds. Key and database of this step are thrown away.
RUN printf '/help\n' | env CARDWISE_DATA_DIR=/data CARDWISE_KEY_FILE=/tmp/key \
    CARDWISE_DATABASE_URL=sqlite+aiosqlite:////tmp/build.db .venv/bin/cardwise chat > /dev/null

FROM python:3.11-slim
# pg_dump and pg_restore, for `cardwise db backup` and `restore`.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin cardwise
COPY --from=build --chown=root:root /app /app
# A named volume that is empty is filled with what stands here: the models.
COPY --from=build --chown=cardwise:cardwise /data /data
WORKDIR /app
USER cardwise
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    CARDWISE_DATA_DIR=/data \
    CARDWISE_HTTP=0.0.0.0:8080 \
    CARDWISE_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=5m --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["cardwise", "run"]
