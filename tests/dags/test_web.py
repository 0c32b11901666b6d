"""A document's PDF in Airflow: for who is logged in and may see its report, on Airflow's own application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from intake.workbooks import workbook

from zhibao.programme.models import Programme


@pytest.fixture(scope="module")
def drafted(bag: Any, metadata: None, server: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A draft of a monthly report without any return, and Airflow's application over the same database."""
    from datetime import UTC, datetime

    from airflow.api_fastapi.app import create_app
    from fastapi.testclient import TestClient

    from zhibao.operations import open_operations
    from zhibao.store import database

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHIBAO_VAR", str(tmp_path_factory.mktemp("web")))
        patch.setenv("ZHIBAO_DATABASE_URL", database.ensure_database(server, "web"))
        patch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "s" * 64)
        number = open_operations().draft_document("monthly", "2022-03", None, datetime(2022, 4, 8, tzinfo=UTC))
        with TestClient(create_app(apps="core")) as client:
            yield number, client


def bearer(role: str | None) -> dict[str, str]:
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="somebody", role=role))
    return {"Authorization": f"Bearer {token}"}


def test_a_stranger_sees_nothing(drafted: Any) -> None:
    number, client = drafted
    assert client.get(f"/zhibao/documents/{number}.pdf").status_code == 401
    assert client.get("/zhibao/documents/99.pdf").status_code == 401
    wrong = client.get(f"/zhibao/documents/{number}.pdf", headers={"Authorization": "Bearer forged"})
    assert wrong.status_code in (401, 403)


def test_who_may_see_the_dag_reads_the_pdf(drafted: Any) -> None:
    from zhibao_airflow.approval import pdf_url

    number, client = drafted
    answer = client.get(pdf_url(number), headers=bearer("viewer"))
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf" and "no-store" in answer.headers["cache-control"]
    assert client.get("/zhibao/documents/99.pdf", headers=bearer("viewer")).status_code == 404
    assert client.get(f"/zhibao/documents/{number}.pdf", headers=bearer(None)).status_code == 403


def test_who_reads_what_quotes_the_units_is_kept(drafted: Any, programme: Programme, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from zhibao.exporting import exports
    from zhibao.operations import open_operations
    from zhibao_airflow.approval import pdf_url

    monthly, client = drafted
    operations, at, path = open_operations(), datetime(2022, 11, 25, tzinfo=UTC), tmp_path / "总结.xlsx"
    words = {column.code: "虚构样例文字。" * 30 for column in programme.forms["narrative"].columns}
    path.write_bytes(workbook(programme, [words], form="narrative", period="2022年"))
    assert operations.submit([path], at, at)[0].status == "accepted"
    annual = operations.draft_document("annual", "2022", None, at)
    for number, role in ((monthly, "viewer"), (annual, None), (annual, "viewer")):
        client.get(pdf_url(number), headers=bearer(role))
    with operations.connection() as connection:
        log = [(row["what"], row["actor"], row["reason"], row["row_count"]) for row in exports(connection, programme)]
    assert log == [(f"document {annual}", "somebody", "在 Airflow 中查阅", 3)]


def test_the_web_framework_waits_until_it_is_asked(airflow_home: Path) -> None:
    import subprocess
    import sys

    code = ("import sys; sys.path.insert(0, 'plugins'); import zhibao_airflow.web;"
            " print('fastapi' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
