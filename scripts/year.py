"""`make year`: the whole of 2022 at an accelerated clock, through the real DAGs; each mailbox must hold what it should.

The clock of this process is set forward from one scheduled moment to the next, as the DAGs' own timetables name them;
each run is Airflow's own `dag.test` on a real PostgreSQL, approvals go through a real API server, mail through a real
SMTP server into one Maildir per address. State lies in `var/year`, made anew each time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from heapq import merge
from pathlib import Path

import time_machine

from airflow_settings import ROOT
from demo import interrupt_by_signal, only_one, zhibao
from processes import ServiceError, overseen
from services import Services
from year_approver import REASON, Approver
from year_boxes import ADDRESSES, read_boxes
from year_expected import documents, mailboxes
from year_mail import Server, answer_reminder, environment_of, office_mailbox
from year_returns import Returns
from year_story import APPROVED_BY, CAST, CORRECTED_ON, DUE, STORY, UNITS, ZONE, Act, moment

STATE = ROOT / "var" / "year"
SEED = "2022"
REPORTS = ("monthly_report", "quarterly_report", "annual_report")
NAMED = (*REPORTS, "annual_deadline")
NO_PERIOD = {"period": None, "as_of": None}
BY_FILE = {"received": "file", "receipts_since": None}
CLERK = "年度演示员"
LAST_OF_DAY = time_of_day(15)


@dataclass(frozen=True, order=True)
class Firing:
    """One scheduled run of one DAG."""

    at: datetime
    dag_id: str
    logical_date: datetime | None = None
    period: str | None = None


class Year:
    """The runs from `first` to `last`, one after the other; what the units and the office do happens in between."""

    def __init__(self, state: Path, office: Server, first: date, last: date, units: tuple[str, ...]) -> None:
        self.state, self.office, self.first, self.last, self.units = state, office, first, last, units
        self.services = Services(state, alone=True)
        self.began = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.returns: Returns | None = None
        self.done: set[Act] = set()
        self.lies_there = False

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:4.0f} s] {text}", flush=True)

    def run(self) -> list[str]:
        """All of it. Gives the lines in which a mailbox differs from what it should hold."""
        self.say("启动 PostgreSQL、邮件服务和 Airflow 接口 / starting PostgreSQL, the mail server and Airflow's API")
        self.services.start_database()
        self.services.start_mail(boxes=True)
        self.services.start_api()
        self._write_samples()
        self._become_airflow()
        with self._approver() as self.approver:
            for firing in self._firings():
                self._fire(firing)
        self._leave_airflow()
        return self._compare()

    # The world

    def _write_samples(self) -> None:
        folder = self.state / "samples"
        months = sorted(period for period in DUE if "-" in period)
        within = [item for item in months if self.first <= date.fromisoformat(DUE[item][0]) <= self.last]
        options = ["--seed", SEED, "--from", within[0], "--to", within[-1], "-o", str(folder)]
        if self.units != UNITS:
            options += ["--units", ",".join(self.units)]
        zhibao(["sample", *options], self.services.environment)
        self.returns = Returns(folder, self.state / "inbox")
        self.say(f"样例报表 {len(self.returns.sent)} 份 / sample returns, all fictional")

    def _become_airflow(self) -> None:
        """From here on this process is Airflow's: its settings are read at the first import."""
        os.environ.update(self.services.environment | {
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "airflow.sdk.api.client=CRITICAL",  # tells of each mapped list's end
            "ZHIBAO_INBOX": str(self.state / "inbox"),
        } | environment_of(self.office, self.state))
        from airflow.models import DagBag

        from zhibao.operations import open_operations

        self.bag = DagBag(str(ROOT / "dags"))
        self.bag.dags["annual_deadline"].deadline = None  # `dag.test` of Airflow 3.3 can't end a run that has one
        self.operations = open_operations()
        for unit in (unit for unit in UNITS if unit not in self.units):
            self._exempt(unit, "2021Q4", moment(f"{self.first} 00:00"))
            self._exempt(unit, "2022", moment(f"{self.first} 00:00"))

    def _leave_airflow(self) -> None:
        from airflow import settings

        settings.dispose_orm()  # while its database still runs: at exit it would complain

    def _exempt(self, unit: str, period: str, at: datetime) -> None:
        from zhibao.period import Period

        self.operations.exempt(unit, Period.parse(period), None, CLERK, "年度演示：本期免报", None, at)

    def _happen_until(self, at: datetime) -> bool:
        """What the units sent and the office decided until then. Says whether something lies in the inbox."""
        came = False
        for act in STORY:
            if act.deed == "exempt" and self._is_new(act, at) and act.at is not None:
                self.done.add(act)
                self._exempt(act.unit, act.period, act.at)
            elif act.deed == "nil_by_mail" and self._is_new(act, at) and act.at is not None:
                self.done.add(act)
                address = ADDRESSES[act.unit]
                answer_reminder(self.office, self.services.boxes / address, address, act.at)
                came = True
        assert self.returns is not None
        return self.returns.arrive(at) or came

    def _is_new(self, act: Act, at: datetime) -> bool:
        if act.deed == "nil_by_mail" and act.at is not None and act.at.date() < self.first:
            return False  # there was no reminder to answer
        return act.unit in self.units and act not in self.done and act.at is not None and act.at <= at

    # The runs

    def _firings(self) -> Iterator[Firing]:
        from zhibao_airflow.timetables import WATCHED_FOR

        """Every run that the timetables name within the year, in order, and the correction that a person starts. The
        run that waits until the annual report is approved looks once, in its last hour."""
        dag_ids = (*REPORTS, "remind_units", "collect_returns")
        planned = merge(*(self._planned(dag_id) for dag_id in dag_ids))
        corrected = datetime.combine(CORRECTED_ON, datetime.min.time(), ZONE) + timedelta(hours=10)
        by_hand = [
            Firing(corrected, "annual_report", period=str(CORRECTED_ON.year)),
            Firing(APPROVED_BY - timedelta(minutes=30), "annual_deadline", APPROVED_BY - WATCHED_FOR),
        ]
        for act in STORY:
            if act.deed == "reject_first" and act.at is not None:
                by_hand.append(Firing(act.at, "monthly_report", period=act.period))
        return merge(planned, sorted(item for item in by_hand if self.first <= item.at.date() <= self.last))

    def _planned(self, dag_id: str) -> Iterator[Firing]:
        from airflow.timetables.base import TimeRestriction

        timetable, last = self.bag.dags[dag_id].timetable, None
        bounds = TimeRestriction(earliest=None, latest=None, catchup=True)
        while info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=bounds):
            last = info.data_interval
            if self.first <= info.run_after.astimezone(ZONE).date() <= self.last:
                yield Firing(info.run_after, dag_id, info.logical_date)

    def _fire(self, firing: Firing) -> None:
        self.lies_there |= self._happen_until(firing.at)
        if firing.dag_id == "collect_returns" and not self._is_collecting(firing.at):
            self.counts["collections left out"] += 1
            return
        with time_machine.travel(firing.at + timedelta(seconds=1), tick=True):
            if firing.dag_id == "remind_units" and not self._is_reminding(firing.at):
                assert self.operations.reminders(firing.at) == []
                self.counts["mornings on which nobody is to be reminded, left out"] += 1
                return
            if firing.dag_id in REPORTS:
                self._explain()
            if firing.dag_id == "annual_deadline" and self.operations.approved("annual", str(firing.at.year)) is None:
                raise ServiceError("年报到期前未批准 / the annual report is not approved when it should be")
            self._run_dag(firing)

    def _is_collecting(self, at: datetime) -> bool:
        """Of the runs of a day the last, and the one at a deadline, if anything lies there: the year is to end soon."""
        return self.lies_there and at.astimezone(ZONE).time() >= LAST_OF_DAY

    def _is_reminding(self, at: datetime) -> bool:
        return any(str(at.astimezone(ZONE).date()) in dates[1:] for dates in DUE.values())

    def _run_dag(self, firing: Firing) -> None:
        conf = NO_PERIOD if firing.dag_id in REPORTS else BY_FILE if firing.dag_id == "collect_returns" else {}
        if firing.period is not None:
            conf = {"period": firing.period, "as_of": None}
        if firing.dag_id in REPORTS:
            self.approver.is_asked.set()
        done = self.bag.dags[firing.dag_id].test(
            run_after=firing.at, logical_date=firing.logical_date if firing.dag_id in NAMED else None, run_conf=conf
        )
        self.approver.is_asked.clear()
        self.counts[firing.dag_id] += 1
        if firing.dag_id == "collect_returns":  # which answers also what was taken in before the reminders
            self.lies_there = False
        if done.state != "success":
            failed = [ti.task_id for ti in done.get_task_instances() if ti.state == "failed"]
            raise ServiceError(f"{firing.dag_id} {firing.at:%Y-%m-%d %H:%M}：{done.state} {failed}")
        if firing.dag_id in REPORTS:
            self.say(f"{firing.at.astimezone(ZONE):%Y-%m-%d} {firing.dag_id}")

    def _explain(self) -> None:
        from zhibao.explanations import explain, open_queries

        with self.operations.connection() as connection:
            for item in open_queries(connection, self.operations.programme):
                explain(connection, self.operations.programme, item.submission_id, item.code, REASON, CLERK)

    # The person who approves

    def _approver(self) -> Approver:
        first_rejected = {act.period for act in STORY if act.deed == "reject_first"}
        return Approver(self.services, first_rejected)

    # What came of it

    def _compare(self) -> list[str]:
        assert self.returns is not None
        wanted = mailboxes(self.returns.sent, self.first, self.last, self.units)
        wanted |= documents(self.first, self.last)
        found = read_boxes(self.services.boxes)
        (self.state / "mailboxes.json").write_text(json.dumps(
            {box: {"wanted": dict(wanted.get(box, {})), "found": dict(found.get(box, {}))}
             for box in sorted(wanted.keys() | found.keys())}, ensure_ascii=False, indent=1,
        ))
        annual = [item["decision"] for item in self.operations.documents() if item["kind"] == "annual"]
        self.say(f"年报 {len(annual)} 稿，批准后失效 {annual.count('void')} 稿 / versions of the annual, void")
        for name, count in sorted(self.counts.items()):
            self.say(f"{name}: {count}")
        self.say(f"邮件 {sum(box.total() for box in found.values())} 封，信箱 {len(found)} 个 / mails and mailboxes")
        return [
            f"{box}: {sign}{count} × {line}"
            for box in sorted(wanted.keys() | found.keys())
            for sign, side in (("-", wanted.get(box, Counter()) - found.get(box, Counter())),
                               ("+", found.get(box, Counter()) - wanted.get(box, Counter())))
            for line, count in sorted(side.items())
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2022, 1, 1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=date(2022, 12, 31))
    parser.add_argument("--units", default=",".join(CAST), help="the others are exempt; all: nobody is")
    given = parser.parse_args()
    units = UNITS if given.units == "all" else tuple(given.units.split(","))
    services = Services(given.state, alone=True)
    interrupt_by_signal()
    # The mailbox does not lie in the state, because the mail server's own users enter it.
    with (
        only_one(given.state), tempfile.TemporaryDirectory(prefix="zhibao-year-") as home,
        office_mailbox(Path(home)) as office,
    ):
        services.stop()
        for path in given.state.iterdir():
            if path.name != "lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        year = Year(given.state, office, given.first, given.last, units)
        return overseen(lambda: told(year), given.state, services.stop)


def told(year: Year) -> int:
    """Run it, and say how it went."""
    try:
        differences = year.run()
    except (ServiceError, subprocess.SubprocessError) as error:
        print(f"年度演示未完成 / the year did not end：{error}", file=sys.stderr)
        return 1
    print("\n".join(differences) or "每个信箱都恰好是应有的邮件 / every mailbox holds exactly what it should")
    return 1 if differences else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before or after the work; all is stopped by then
        sys.exit(130)
