"""Intake against what a user would write: pandas with openpyxl, one checkpoint per file, `to_sql`. Ratios in one run.

Both sides read the same workbooks, check the same rules of `expectations/candidate.json` that plain Great Expectations
has, and store the rows in the same PostgreSQL. Ours does the rest as well: cleaning, raw values, findings by cell,
encryption. Run by `make bench`; prints a table and nothing that a test depends on.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import load_workbook

from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.settings import ROOT, load_settings
from zhibao.store import database, embedded

HEADER_ROWS = 6


def write_returns(folder: Path, count: int, rows: int) -> list[Path]:
    """`count` clean candidate returns of `rows` rows each, in the layout of the programme's form."""
    from openpyxl import Workbook

    settings = load_settings()
    programme = load_programme(settings.programme_dir)
    form, people = programme.forms["candidate"], _fictional(rows)
    units = [unit for unit in programme.units if unit.kind == "district"]
    paths = []
    for number in range(count):
        book = Workbook(write_only=True)
        sheet = book.create_sheet("候选人名册")
        period = Period(2022, "monthly", number // 9 % 12 + 1)
        head = {"填报单位": units[number % 9].name.zh, "报告期": period.zh(), "填表日期": "2022-12-01",
                "模板版本": programme.template_version, "金额单位": "元"}
        for label, value in head.items():
            sheet.append([label, value])
        sheet.append([column.header for column in form.columns])
        for index in range(rows):
            sheet.append([people[index].get(column.code) for column in form.columns])
        paths.append(folder / f"return-{number}.xlsx")
        book.save(paths[-1])
    return paths


def _fictional(rows: int) -> list[dict[str, object]]:
    from stdnum.cn import ric, uscc

    made = []
    for index in range(rows):
        body = f"6201021990{index % 12 + 1:02d}{index % 28 + 1:02d}{index % 999:03d}"
        code = f"91620102MA{index % 10 ** 7:07d}"
        made.append({
            "candidate_no": f"B-{index:06d}", "level": "新锐创客", "category": "餐饮", "person_name": f"测试{index}",
            "id_number": body + ric.calc_check_digit(body + "0"), "phone": f"138{index:08d}", "gender": None,
            "venture_name": f"示例{index}有限公司", "uscc": code + uscc.calc_check_digit(code), "venture_type": "企业",
            "established_on": "2021-05-06", "project_name": f"示例项目{index}", "project_summary": "示例简介",
            "jobs_created_count": 5 + index % 40, "jobs_stable_count": 5, "annual_revenue_yuan": 500000 + index % 1000,
            "revenue_year": 2021, "credit_check": "无", "checked_on": "2021-06-01", "nominated_by": "示例单位",
        })
    return made


def ours(paths: list[Path], url: str) -> None:
    from zhibao.operations import Operations

    settings = replace(load_settings(), database_url=url, var=paths[0].parent / "var")
    operations = Operations(settings, load_programme(settings.programme_dir))
    now = datetime.now(UTC)
    taken = operations.submit(paths, now, now)
    statuses = {result.status for result in taken}
    assert len(taken) == len(paths), (len(taken), statuses)
    assert statuses <= {"accepted", "accepted_with_queries"}, statuses


def peer(paths: list[Path], url: str) -> None:
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pandas as pd
    from sqlalchemy import create_engine

    form = load_programme(load_settings().programme_dir).forms["candidate"]
    codes = {column.header: column.code for column in form.columns}
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = context.suites.add(gx.ExpectationSuite(name="candidate"))
    for column in form.columns:
        if column.required:
            suite.add_expectation(gxe.ExpectColumnValuesToNotBeNull(column=column.code))
    for column in ("jobs_created_count", "jobs_stable_count", "annual_revenue_yuan"):
        suite.add_expectation(gxe.ExpectColumnValuesToBeBetween(column=column, min_value=0))
    suite.add_expectation(gxe.ExpectColumnValuesToMatchRegex(column="id_number", regex=r"^\d{17}[\dX]$"))
    suite.add_expectation(gxe.ExpectColumnValuesToMatchRegex(column="phone", regex=r"^1[3-9]\d{9}$"))
    suite.add_expectation(gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="jobs_created_count", column_B="jobs_stable_count", or_equal=True))
    suite.add_expectation(gxe.ExpectCompoundColumnsToBeUnique(column_list=["candidate_no", "level"]))
    asset = context.data_sources.add_pandas("returns").add_dataframe_asset("rows")
    batches = asset.add_batch_definition_whole_dataframe("all")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=batches, suite=suite))
    checkpoint = context.checkpoints.add(gx.Checkpoint(
        name="c", validation_definitions=[definition],
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["candidate_no"]}))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    for path in paths:
        frame = pd.read_excel(path, engine="openpyxl", header=HEADER_ROWS - 1, dtype={"身份证号": str, "手机号": str})
        frame = frame.rename(columns=codes)
        checkpoint.run(batch_parameters={"dataframe": frame})
        frame.to_sql("peer_candidate", engine, if_exists="append", index=False)


def measure(side: str, paths: list[Path], url: str) -> dict[str, float]:
    """One side in a process of its own: seconds of wall and CPU, and the largest memory of it or its children."""
    listed = paths[0].parent / "paths.json"
    listed.write_text(json.dumps([str(path) for path in paths]))
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [sys.executable, __file__, "--side", side, "--paths", str(listed), "--url", url],
        check=True, stdout=subprocess.PIPE, text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.perf_counter() - begun, "cpu": cpu, "mib": float(run.stdout.split()[-1])}


def compare(name: str, count: int, rows: int, admin: str, wanted: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = write_returns(Path(folder), count, rows)
        assert load_workbook(paths[0], read_only=True).active is not None
        results = {
            side: measure(side, paths, database.ensure_database(admin, f"bench_{side}_{count}_{rows}"))
            for side in ("ours", "peer")
        }
    ratio = results["peer"]["wall"] / results["ours"]["wall"]
    for side, figures in results.items():
        print(f"{name:34} {side:5} {figures['wall']:7.1f} s  {figures['cpu']:7.1f} CPU s  {figures['mib']:6.0f} MiB")
    print(f"{name:34} ratio peer/ours {ratio:.1f} (wanted at least {wanted:g})\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=["ours", "peer"])
    parser.add_argument("--paths", type=Path)
    parser.add_argument("--url")
    given = parser.parse_args()
    if given.side:
        paths = [Path(path) for path in json.loads(given.paths.read_text())]
        {"ours": ours, "peer": peer}[given.side](paths, given.url)
        print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024)
        return
    with tempfile.TemporaryDirectory(dir=ROOT / "var") as var:
        admin = embedded.start(Path(var))
        try:
            compare("100 returns of 200 rows", 100, 200, admin, 5)
            compare("1 return of 100,000 rows", 1, 100_000, admin, 3.5)
        finally:
            embedded.stop(Path(var))


if __name__ == "__main__":
    main()
