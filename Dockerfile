# The one image of production: every Airflow part and the worker run from it (docker-compose.yaml says which is which).

FROM debian:bookworm-slim AS fonts
COPY scripts/install-fonts.sh /opt/zhibao/scripts/install-fonts.sh
RUN apt-get update -qq && ZHIBAO_VAR=/opt/zhibao bash /opt/zhibao/scripts/install-fonts.sh

FROM python:3.11-slim-bookworm AS packages
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
RUN pip install --no-cache-dir uv
WORKDIR /opt/zhibao
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY plugins/zhibao plugins/zhibao
# Without .pyc files every process would compile everything again: 12 s instead of 5 for each `airflow` command.
RUN uv sync --frozen --no-dev --extra production --compile-bytecode

FROM python:3.11-slim-bookworm
# What WeasyPrint draws with; tini passes signals on, so that a worker can finish its task.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 50000 --create-home zhibao
WORKDIR /opt/zhibao
COPY --from=packages /opt/zhibao/.venv .venv
COPY --from=fonts /opt/zhibao/fonts fonts
COPY pyproject.toml README.md LICENSE ./
COPY dags dags
COPY plugins plugins
COPY programmes programmes
COPY sql sql
COPY expectations expectations
COPY report_templates report_templates
# The state lies in volumes that take over the owner of these folders.
RUN mkdir -p var airflow/logs && chown -R zhibao:zhibao var airflow
ENV PATH=/opt/zhibao/.venv/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE= \
    AIRFLOW_HOME=/opt/zhibao/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/zhibao/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/zhibao/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False
USER zhibao
ENTRYPOINT ["tini", "--"]
CMD ["airflow", "version"]
