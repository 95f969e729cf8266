# Beistand: what requirements.lock names, hash by hash, and nothing that builds or tests.
# docker-compose.yml starts it, one container a process.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY scripts/locked.py scripts/
RUN python scripts/locked.py run > run.lock \
 && python scripts/locked.py build > build.lock \
 && python -m venv /opt/beistand \
 && /opt/beistand/bin/pip install --no-cache-dir --no-deps --require-hashes -r run.lock \
 && python -m venv tools \
 && tools/bin/pip install --no-cache-dir --no-deps --require-hashes -r build.lock
COPY events events
COPY matcher matcher
COPY projections projections
COPY services services
COPY bench bench
RUN tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheel . \
 && /opt/beistand/bin/pip install --no-cache-dir --no-deps wheel/*.whl

FROM python:3.13-slim
RUN groupadd --gid 10001 beistand \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/beistand beistand \
 && install -d -m 0700 -o beistand -g beistand /var/lib/beistand /var/lib/beistand-keys
COPY --from=build /opt/beistand /opt/beistand
ENV PATH=/opt/beistand/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BEISTAND_HOME=/var/lib/beistand
USER 10001:10001
EXPOSE 8722 9100
STOPSIGNAL SIGTERM
ENTRYPOINT ["beistand"]
CMD ["--help"]
