# The API with its embedded PostgreSQL, or with DATABASE_URL on one of your own:
#   docker build -t ansinh .
#   docker run --init --stop-timeout 75 -p 8000:8000 -v ansinh:/data --shm-size 256m ansinh
# --init: something that buries what processes were left; --stop-timeout: requests and jobs under way end first.
# With the demonstration (`serve --demo`) and the commands of who develops, which production has no use for:
#   docker build -t ansinh-demo --build-arg DEMO=yes .
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/ansinh
COPY requirements.lock ./
RUN /opt/ansinh/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY app app
COPY migrations migrations
ARG DEMO=no
RUN test "$DEMO" = yes || rm -r app/demo/bootstrap.py app/demo/cases app/demo/context.py app/demo/groups.py app/demo/load.py \
    app/demo/people.py app/demo/tenancy.py app/developer_commands.py app/core/postgres/revise.py app/core/postgres/schema_dump.py
RUN /opt/ansinh/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ansinh \
    && install -d -o ansinh -g ansinh /data
COPY --from=build /opt/ansinh /opt/ansinh
ENV PATH=/opt/ansinh/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ANSINH_HOST=0.0.0.0 \
    ANSINH_PORT=8000 \
    ANSINH_DATA_DIR=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['ANSINH_PORT'] + '/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["ansinh"]
CMD ["serve"]
