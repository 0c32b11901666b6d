"""### Collect the returns that have come in

Takes every new file of every source (folders, SFTP, S3, a mailbox): lands it unchanged, reads and checks it, records
what was accepted and what is to be mended, and tells each office by mail. Returns are taken in batches, ordered by
receipt; one bad file never stops the others, and a file sent twice, by whichever ways, is one submission.

* **When:** on working days at the hours of `CollectionTimetable`, and at each monthly deadline.
* **Replay:** trigger it by hand. `received: file` takes each file's own time as its receipt (a folder that
  an office writes into directly, or the past); `received: clock` takes the moment of this run.
* **A source that is down** fails its own task and the run; what the others gave is taken all the same.
* **Across:** then the returns that stand are checked against each other: across forms, units and time.
* **Answers:** one receipt per submission, with the marked-up workbook where it comes back; of what was received
  within the calendar's `receipt_within_working_days`, so that the past writes to nobody, or since `receipts_since`.
  A mail server that is away stops only this.
* **Run twice:** nothing happens the second time; batches that an earlier run left behind are taken first, and receipts
  that could not be sent go out.
* **Tells:** `zhibao_returns` is updated, with the counts of the run.

中文：收取各单位报送的报表，逐份校验入库；有问题的退回并附全部问题清单，不影响其他报表；每份只回执一次。
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from airflow.sdk import DAG, Asset, Param, get_current_context, task
from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import RETRIES, engine, require_all_sent
from zhibao_airflow.timetables import CollectionTimetable

RETURNS = Asset("zhibao_returns", uri="zhibao://returns")

with DAG(
    dag_id="collect_returns",
    schedule=CollectionTimetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["zhibao", "intake"],
    default_args={"owner": "zhibao", "retries": RETRIES},
    params={
        "received": Param(
            "file", type="string", enum=["file", "clock"], title="收到时间 / time of receipt",
            description="file: 以文件时间为准 / the file's own time; clock: 以本次运行为准 / the time of this run",
        ),
        "receipts_since": Param(
            None, type=["null", "string"], format="date-time", title="回执起始时间 / receipts since",
            description="留空只回执近期收到的 / empty: for what was received lately",
        ),
    },
) as dag:

    @task
    def list_sources() -> list[str]:
        """The names of the configured sources."""
        with engine() as operations:
            return list(operations.sources)

    @task(map_index_template="{{ task.op_kwargs['source'] }}")
    def stage(source: str) -> dict[str, int]:
        """Land what is new at one source; counts of files."""
        received = get_current_context()["params"]["received"]
        with engine() as operations:
            return operations.stage(source, received, now=utcnow()).counts()

    @task
    def add_up_sources(counts: list[dict[str, int]]) -> dict[str, int]:
        """The sources' counts together. Not run when a source is down: so the run fails, and somebody is told."""
        return dict(sum((Counter(source) for source in counts), Counter()))

    @task(trigger_rule="all_done")
    def list_batches() -> list[str]:
        """The batches that wait to be taken, also those of a run that died."""
        with engine() as operations:
            return operations.waiting_batches()

    @task(map_index_template="{{ task.op_kwargs['batch'] }}", max_active_tis_per_dagrun=2)
    def take(batch: str) -> dict[str, int]:
        """Read, check and record one batch; counts by status."""
        with engine() as operations:
            return operations.take_batch(batch, now=utcnow())

    @task(trigger_rule="none_failed")
    def cross_check(counts: list[dict[str, int]]) -> int:
        """Check the returns that stand against each other: across forms, units and time."""
        if not list(counts):
            return 0
        with engine() as operations:
            return operations.cross_check(now=utcnow())

    @task(outlets=[RETURNS], trigger_rule="none_failed")
    def summarise(counts: list[dict[str, int]], *, outlet_events: Any) -> dict[str, int]:
        """Add the batches up, and tell whoever follows the returns."""
        total: dict[str, int] = {}
        for batch in counts:
            for status, count in batch.items():
                total[status] = total.get(status, 0) + count
        outlet_events[RETURNS].extra = total
        return total

    @task(trigger_rule="all_done")
    def send_receipts() -> dict[str, int]:
        """Answer each office once, also for what an earlier run took; what is in doubt is asked about again."""
        since = get_current_context()["params"]["receipts_since"]
        with engine() as operations:
            counts = operations.send_receipts(utcnow(), since and datetime.fromisoformat(since))
        require_all_sent(counts)
        return counts

    staged = stage.expand(source=list_sources())
    add_up_sources(staged)
    batches = list_batches()
    staged >> batches
    counts = take.expand(batch=batches)
    crossed = cross_check(counts)
    crossed >> summarise(counts)
    crossed >> send_receipts()
