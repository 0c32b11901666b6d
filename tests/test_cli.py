"""The command line as a script sees it: words, JSON, exit status; never a traceback, never a personal value."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from intake.workbooks import candidate, id_number, workbook

from zhibao.programme.models import Programme
from zhibao.settings import ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def zhibao(tmp_path: Path) -> Run:
    """Runs the command in a process of its own, with nothing but its own `var`."""
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "zhibao.cli", *arguments], cwd=tmp_path, capture_output=True, text=True,
            env={**os.environ, "ZHIBAO_VAR": str(tmp_path / "var"), **environment}, check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout
        return done

    return run


def written(folder: Path, content: bytes, name: str = "报表.xlsx") -> str:
    (folder / name).write_bytes(content)
    return name


def test_a_sound_return_has_no_findings(zhibao: Run, tmp_path: Path, programme: Programme) -> None:
    done = zhibao("check", written(tmp_path, workbook(programme, [candidate(1)])), "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout) == {
        "file": "报表.xlsx", "form": "candidate", "unit": "chengguan", "period": "2022-03", "status": "accepted",
        "findings": [],
    }
    assert not (tmp_path / "var").exists(), "an offline check keeps nothing"


def test_a_check_loads_nothing_that_it_does_not_need(tmp_path: Path, programme: Programme) -> None:
    name = written(tmp_path, workbook(programme, [candidate(1, phone=None)]))
    code = (
        "import sys; from contextlib import suppress; from zhibao.cli import main\n"
        f"with suppress(SystemExit): main(['check', {name!r}])\n"
        "print({'great_expectations', 'pandas', 'psycopg', 'weasyprint'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "candidate.required" in done.stdout
    assert done.stderr == "set()\n"


def test_findings_follow_the_contract(zhibao: Run, tmp_path: Path, programme: Programme) -> None:
    wrong = id_number(1)[:-1] + ("0" if id_number(1)[-1] != "0" else "1")
    done = zhibao("check", written(tmp_path, workbook(programme, [candidate(1, id_number=wrong)])), "--json")
    assert done.returncode == 1
    value = json.loads(done.stdout)
    assert value["status"] == "returned"
    assert set(value["findings"][0]) == {
        "code", "severity", "sheet", "row", "column", "header", "message", "next_step",
    }
    finding = value["findings"][0]
    assert (finding["sheet"], finding["row"], finding["column"], finding["header"]) == ("表", 7, "F", "身份证号")
    assert wrong not in done.stdout + done.stderr


def test_the_reader_chooses_the_language(zhibao: Run, tmp_path: Path, programme: Programme) -> None:
    name = written(tmp_path, workbook(programme, [candidate(1, phone=None)]))
    chinese = json.loads(zhibao("check", name, "--json").stdout)["findings"][0]["message"]
    english = json.loads(zhibao("check", name, "--json", ZHIBAO_LANGUAGE="en").stdout)["findings"][0]["message"]
    assert chinese != english
    assert english.isascii() or "手机号" in english


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7", b"\0" * 100])
def test_any_file_gets_an_answer(zhibao: Run, tmp_path: Path, content: bytes) -> None:
    done = zhibao("check", written(tmp_path, content), "--json")
    assert done.returncode == 1
    value = json.loads(done.stdout)
    assert value["status"] == "refused"
    assert value["findings"][0]["next_step"]


@pytest.mark.parametrize("arguments", [["nonsense"], ["check"], ["figures", "annual", "22"], ["report", "-o", "x"],
                                       ["check", "missing.xlsx"], ["explain", "--text", "x", "--by", "y"]])
def test_wrong_usage_is_two(zhibao: Run, arguments: list[str]) -> None:
    assert zhibao(*arguments).returncode == 2


def test_a_broken_configuration_is_two_and_named_by_line(zhibao: Run, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in ("sql", "expectations", "report_templates"):
        (root / name).symlink_to(ROOT / name)
    subprocess.run(["cp", "-r", str(ROOT / "programmes"), str(root / "programmes")], check=True)
    quotas = root / "programmes" / "lanzhou-bqw" / "quotas.yaml"
    quotas.write_text(quotas.read_text("utf-8").replace("disabled: 6", "disabled: 60"), "utf-8")
    done = zhibao("programme", "check", ZHIBAO_ROOT=str(root))
    assert done.returncode == 2
    assert "quotas.yaml:5" in done.stderr
    assert zhibao("programme", "check").returncode == 0


def test_the_programme_shows_its_codes(zhibao: Run) -> None:
    shown = json.loads(zhibao("programme", "show", "--json").stdout)
    assert {"chengguan", "hrss_bureau"} <= {unit["code"] for unit in shown["units"]}
    assert [level["code"] for level in shown["levels"]][:3] == ["pacesetter", "rising_star", "emerging_maker"]


def test_a_database_that_is_away_is_told_in_words(zhibao: Run, tmp_path: Path) -> None:
    done = zhibao("figures", "annual", "2022",
                  ZHIBAO_DATABASE_URL=f"postgresql://postgres@/zhibao?host={tmp_path}&connect_timeout=2")
    assert done.returncode == 1
    assert "数据库" in done.stderr


def test_a_template_is_written_and_its_own_check_knows_it(zhibao: Run, tmp_path: Path) -> None:
    done = zhibao("template", "forum", "--unit", "chengguan", "--period", "2022-03", "-o", "out/论坛.xlsx", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "file": "out/论坛.xlsx", "form": "forum", "unit": "chengguan", "period": "2022-03",
        "template_version": "2021.1",
    }
    value = json.loads(zhibao("check", "out/论坛.xlsx", "--json").stdout)
    assert (value["form"], value["unit"], value["period"], value["status"]) == (
        "forum", "chengguan", "2022-03", "returned")
    assert {item["code"] for item in value["findings"]} == {"reading.no_rows", "reading.missing_head"}


@pytest.mark.parametrize(("form", "unit", "period", "status"), [
    ("nothing", "chengguan", "2022-03", 2), ("forum", "nowhere", "2022-03", 2), ("forum", "chengguan", "March", 2),
    ("forum", "chengguan", "2022Q1", 1), ("forum", "tax_bureau", "2022-03", 1), ("forum", "chengguan", "2020-03", 1),
])
def test_a_template_that_cannot_be_made(
    zhibao: Run, tmp_path: Path, form: str, unit: str, period: str, status: int
) -> None:
    done = zhibao("template", form, "--unit", unit, "--period", period, "-o", "out.xlsx")
    assert done.returncode == status
    assert done.stderr.strip()
    assert not (tmp_path / "out.xlsx").exists()


def test_a_return_of_the_future_is_not_accepted(zhibao: Run, tmp_path: Path, programme: Programme) -> None:
    later = workbook(programme, [candidate(1)], period="2099年3月")
    value = json.loads(zhibao("check", written(tmp_path, later), "--json").stdout)
    assert value["status"] == "returned"
    assert {"admission.period_not_begun", "admission.after_programme"} <= {item["code"] for item in value["findings"]}
