"""A long history: loading by COPY, the full recompute of quotas and criteria, and one late return, as rows grow.

Rows are candidates, one in ten with a decision, spread over the districts and months of the programme. The figures are
those of an annual report. CPU is that of the server's processes; the growth exponent is between neighbouring sizes.
DuckDB counts the same from the same rows beside it, in this process, and must agree.
Usage: history.py [ROWS ...] (default 10000 100000; a million takes minutes and some GB of disk).
"""

from __future__ import annotations

import math
import os
import re
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from zhibao.figures import differences
from zhibao.intake import record_programme
from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme
from zhibao.settings import ROOT, load_settings
from zhibao.store import database, embedded
from zhibao.store.database import Connection
from zhibao.store.form_tables import ensure_form_tables
from zhibao.warehouse.compute import compute
from zhibao.warehouse.delta import from_kept

SIZES, LOADED, LATE = (10_000, 100_000), 200_000, 200
LATE_RETURN = ("candidate", "chengguan", "2022-12")
AS_OF = datetime(2023, 12, 31, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
TICKS = os.sysconf("SC_CLK_TCK")
LOAD_ROWS_A_SECOND, EXPONENT, CLIENT_MIB, LATE_SECONDS = 150_000, 1.1, 300, 1

RETURNS = """
insert into landed_file (sha256, byte_count)
select encode(sha256(convert_to(concat_ws(' ', form, unit, period), 'UTF8')), 'hex'), 1 from slot;
insert into submission (programme, sha256, file_name, source, received_at, form, unit, period, sheet, header_row,
    layout, reader, reader_version, programme_digest)
select %(programme)s, encode(sha256(convert_to(concat_ws(' ', form, unit, period), 'UTF8')), 'hex'),
    concat_ws('-', unit, form, period) || '.xlsx', 'bench', (period || '-03')::timestamptz + interval '1 month', form,
    unit, period, 'Sheet1', 4, '{}', 'bench', '1', %(digest)s
from slot;
insert into assessment (submission_id, suite_version, status, row_count, assessed_at)
select submission_id, '1', 'accepted', 1, received_at from submission;
insert into acceptance (programme, unit, form, period, submission_id, kind, actor, effective_at)
select programme, unit, form, period, submission_id, 'accept', 'bench', received_at from submission;
insert into candidate (submission_id, unit, sheet, row_number, candidate_no, level, category, person_name,
    id_number_hmac, venture_name, uscc, venture_type, established_on, established_on_precision, project_name,
    jobs_created_count, jobs_stable_count, annual_revenue_yuan, revenue_year, credit_check, labour_check,
    business_record_check, checked_on, checked_on_precision, expert_opinion)
select submission.submission_id, submission.unit, 'Sheet1', person.n, 'N' || person.n, 'emerging_maker',
    (array['youth', 'women', 'farmers', 'catering'])[1 + person.n %% 4], '示例' || person.n,
    sha256(convert_to((person.n %% (%(rows)s * 99 / 100))::text, 'UTF8')), '示例主体' || person.n, 'U' || person.n,
    'enterprise', date '2019-06-01' + (person.n %% 1200)::int, 'day', '示例项目', person.n %% 12, person.n %% 11,
    200000 + person.n %% 900000, 2021, (array['none', 'none', 'found', 'unchecked'])[1 + person.n %% 4], 'none', 'none',
    date '2022-01-10', 'day', (array['pass', 'fail', 'pending'])[1 + person.n %% 3]
from generate_series(1, %(rows)s) as person (n)
join (
    select submission_id, unit, row_number() over (order by submission_id) - 1 as place, count(*) over () as total
    from submission where form = 'candidate'
) as submission on submission.place = person.n %% submission.total;
"""

# What DuckDB is given: each candidate as its last return tells it, and each title; and what it counts from them.
GIVEN = {
    "candidate": "select candidate.row_id, candidate.unit, candidate.candidate_no,"
    " encode(candidate.id_number_hmac, 'hex') as person, candidate.uscc, established_on, jobs_created_count,"
    " jobs_stable_count, annual_revenue_yuan, revenue_year, credit_check, checked_on, expert_opinion,"
    " (submission.period || '-01')::date as starts_on from candidate join submission using (submission_id)",
    "decision": "select selection_result.row_id, selection_result.unit, candidate_no, decided_on from selection_result",
}
COUNTED = """
with latest as (
    select *, last_day(min(starts_on) over (partition by unit, candidate_no)) as measured_on from candidate
    qualify row_number() over (partition by unit, candidate_no order by starts_on desc, row_id desc) = 1
),
titles as (
    select
        row_number() over (partition by person order by decided_on, decision.unit, candidate_no) as place,
        row_number() over (partition by uscc order by decided_on, decision.unit, candidate_no) as venture_place
    from decision join latest using (unit, candidate_no)
    qualify row_number() over (partition by decision.unit, candidate_no order by decided_on, decision.row_id) = 1
)
select 'jobs_created', count(*) filter (jobs_created_count >= 5) from latest
union all select 'jobs_stable', count(*) filter (jobs_stable_count >= 5) from latest
union all select 'annual_revenue', count(*) filter (annual_revenue_yuan >= 500000
    and revenue_year = year(measured_on) - 1) from latest
union all select 'venture_age', count(*) filter (established_on <= measured_on
    and established_on + interval 2 years >= measured_on) from latest
union all select 'no_dishonesty_record', count(*) filter (credit_check = 'none' and checked_on is not null) from latest
union all select 'project_standing', count(*) filter (expert_opinion = 'pass') from latest
union all select 'awarded', count(*) filter (place = 1 and venture_place = 1) from titles
"""


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu_seconds: float


@contextmanager
def cost_of(connection: Connection, found: list[Cost]):
    """Seconds, and CPU seconds of this session's server process with the parallel workers that it had."""
    backend = connection.execute("select pg_backend_pid() as pid").fetchone()["pid"]
    postmaster = int(Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()[1])

    def cpu() -> float:
        own = Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()
        parent = Path(f"/proc/{postmaster}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(own[11]) + int(own[12]) + int(parent[13]) + int(parent[14])) / TICKS

    before, begun = cpu(), time.perf_counter()
    yield
    found.append(Cost(time.perf_counter() - begun, cpu() - before))


def write_history(connection: Connection, programme: Programme, rows: int) -> None:
    """As many candidates as `rows` and a decision for one in ten, in some hundred returns."""
    record_programme(connection, programme)
    districts = [unit.code for unit in programme.units if unit.kind == "district"]
    connection.execute("create temporary table slot (form text, unit text, period text) on commit drop")
    for form in ("candidate", "selection_result"):
        for unit in districts:
            for month in range(1, 13):
                if (form, unit, f"2022-{month:02d}") != LATE_RETURN:
                    connection.execute("insert into slot values (%s, %s, %s)", (form, unit, f"2022-{month:02d}"))
    for statement in RETURNS.split(";\n"):
        if statement.strip():
            connection.execute(statement, {"programme": programme.code, "digest": programme.digest, "rows": rows})
    connection.execute(
        "insert into selection_result (submission_id, unit, sheet, row_number, candidate_no, level, result, decided_on)"
        " select result.submission_id, candidate.unit, 'Sheet1', candidate.row_number, candidate.candidate_no,"
        " candidate.level, 'granted', (result.period || '-20')::date from candidate"
        " join submission using (submission_id)"
        " join submission as result on result.form = 'selection_result' and result.unit = candidate.unit"
        " and result.period = submission.period where candidate.row_number % 10 = 0"
    )


def load_by_copy(connection: Connection, rows: int) -> float:
    """Rows a second into an accepted form's own table, as the intake writes them."""
    number = connection.execute("select min(submission_id) as id from submission").fetchone()["id"]
    begun = time.perf_counter()
    columns = ("submission_id, unit, sheet, row_number, event_no, event_name, competition, cadence,"
               " entered_project_count")
    with connection.cursor() as cursor, cursor.copy(f"copy event ({columns}) from stdin") as copy:
        for place in range(rows):
            copy.write_row((number, "chengguan", "Sheet1", place, f"E{place}", "示例赛", "youth", "special", 10))
    connection.commit()
    return rows / (time.perf_counter() - begun)


def late_return(connection: Connection, programme: Programme, rows: int) -> None:
    """The one return that had not come, with `rows` candidates: half of them told before, half new."""
    row = connection.execute(
        "insert into landed_file (sha256, byte_count) values (md5(random()::text), 1) returning sha256"
    ).fetchone()
    number = connection.execute(
        "insert into submission (programme, sha256, file_name, source, received_at, form, unit, period, reader,"
        " reader_version, programme_digest) values (%s, %s, 'late.xlsx', 'bench', '2023-06-01', %s, %s, %s, 'bench',"
        " '1', %s) returning submission_id",
        (programme.code, row["sha256"], *LATE_RETURN, programme.digest),
    ).fetchone()["submission_id"]
    connection.execute("insert into assessment (submission_id, suite_version, status, row_count, assessed_at)"
                       " values (%s, '1', 'accepted', %s, '2023-06-01')", (number, rows))
    connection.execute("insert into acceptance (programme, unit, form, period, submission_id, kind, actor,"
                       " effective_at) select programme, unit, form, period, submission_id, 'accept', 'bench',"
                       " received_at from submission where submission_id = %s", (number,))
    connection.execute(
        "insert into candidate (submission_id, unit, sheet, row_number, candidate_no, level, category, person_name,"
        " id_number_hmac, venture_name, uscc, jobs_created_count) select %s, unit, sheet, row_number,"
        " case when row_number %% 2 = 0 then 'L' else '' end || candidate_no, level, category, person_name,"
        " id_number_hmac, venture_name, uscc, 9 from (select * from candidate where unit = %s limit %s) as told",
        (number, LATE_RETURN[1], rows))


def peak_mib() -> float:
    """The most memory of this process since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def count_beside(connection: Connection, folder: Path) -> tuple[dict[str, int], Cost]:
    """The counts by DuckDB, and their cost without the way there."""
    duck = duckdb.connect()
    for name, query in GIVEN.items():
        path = folder / f"{name}.csv"
        with path.open("wb") as file, connection.cursor().copy(f"copy ({query}) to stdout with csv header") as copy:
            for part in copy:
                file.write(part)
        duck.execute(f"create table {name} as from read_csv('{path}', header = true)")
        path.unlink()
    begun, cpu = time.perf_counter(), time.process_time()
    counts = dict(duck.execute(COUNTED).fetchall())
    return counts, Cost(time.perf_counter() - begun, time.process_time() - cpu)


def main(sizes: tuple[int, ...]) -> None:
    programme = load_programme(load_settings().programme_dir)
    before: tuple[int, float] | None = None
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="bench-") as folder:
        admin = embedded.start(Path(folder))
        try:
            for rows in sizes:
                before = _measure(admin, programme, rows, before, Path(folder))
        finally:
            embedded.stop(Path(folder))


def _measure(
    admin: str, programme: Programme, rows: int, before: tuple[int, float] | None, folder: Path
) -> tuple[int, float]:
    url = database.ensure_database(admin, f"history_{rows}")
    database.migrate(url, load_settings())
    with database.connect(url, programme) as connection:
        ensure_form_tables(connection, programme)
        write_history(connection, programme, rows)
    with database.connect(url, programme, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    costs: list[Cost] = []
    forget_peak()
    with database.connect(url, programme) as connection, cost_of(connection, costs):
        kept = compute(connection, programme, "annual", Period.parse("2023"), AS_OF)
    with database.connect(url, programme) as connection:
        late_return(connection, programme, LATE)
    with database.connect(url, programme) as connection, cost_of(connection, costs):
        late = from_kept(connection, programme, kept, AS_OF)
    assert late is not None and differences(kept.figures, late.figures), "computed by the change, and something changed"
    client, figures = peak_mib(), {item.id: item.value for item in late.figures}
    full, again = costs
    growth = ""
    if before is not None:
        exponent = math.log(full.cpu_seconds / before[1]) / math.log(rows / before[0])
        growth = f", growth exponent {exponent:.2f} (wanted at most {EXPONENT})"
    print(f"{rows} candidates: full recompute {full.seconds:.1f} s, {full.cpu_seconds:.1f} CPU s{growth};"
          f" after one late return of {LATE} rows {again.seconds:.2f} s, {again.cpu_seconds:.2f} CPU s (wanted at most"
          f" {LATE_SECONDS} s); memory of the client {client:.0f} MiB (wanted at most {CLIENT_MIB})", flush=True)
    with database.connect(url, programme) as connection:
        counts, duck = count_beside(connection, folder)
    told = {
        code: figures['awarded_count{level="emerging_maker"}'] if code == "awarded"
        else figures[f'criterion_verdict_count{{criterion="{code}",level="emerging_maker",verdict="pass"}}']
        for code in counts
    }
    assert told == counts, (told, counts)
    print(f"  DuckDB counts {len(counts)} of these figures, and no other, in {duck.seconds:.2f} s,"
          f" {duck.cpu_seconds:.2f} CPU s", flush=True)
    if before is None:
        with database.connect(url, programme) as connection:
            speed = load_by_copy(connection, LOADED)
        print(f"loading by COPY {speed:,.0f} rows/s (wanted at least {LOAD_ROWS_A_SECOND:,})", flush=True)
    return rows, full.cpu_seconds


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
