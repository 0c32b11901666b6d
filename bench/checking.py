"""What checking costs, after its import: by Great Expectations, all suites, from ten thousand rows to a million; and
what the same suites cost by the evaluator of `zhibao check`, which does without Great Expectations.

Returns of all forms, sound ones, 200 rows each where a form has rows; the records are shared between returns, so that
the memory is the checking's. Each size in a process of its own. Run by `make bench`; prints a table.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from itertools import cycle, islice

from zhibao.checking import gx
from zhibao.checking.run import Engine, check_returns
from zhibao.reading.model import ReadReturn
from zhibao.settings import ROOT

sys.path.insert(0, str(ROOT))

from tests.checking.returns import EXPECTATIONS, PROGRAMME, SOUND, TODAY, make_return  # noqa: E402

ROWS = 200
SIZES = (10_000, 20_000, 100_000, 1_000_000)
OFFLINE = 20_000
# rows: (what is measured, most of it)
WANTED = {20_000: ("wall", 1.5), 1_000_000: ("cpu", 60.0)}
MOST_MIB, MOST_DRIFT = 2048, 1.10


def returns_of(rows: int) -> list[ReadReturn]:
    """About so many rows: returns of each form that has rows in turn, and one of each form that has a single one."""
    by_form = {
        form.code: make_return(form.code, [SOUND[form.code](number) for number in range(1, ROWS + 1)])
        for form in PROGRAMME.forms.values() if form.key
    }
    single = [make_return(form.code, [SOUND[form.code](1)]) for form in PROGRAMME.forms.values() if not form.key]
    return [replace(item) for item in islice(cycle(by_form.values()), rows // ROWS)] + single


def measure(rows: int, engine: Engine) -> dict[str, float]:
    returns = returns_of(rows)
    if engine == "gx":
        gx.prepare()
    else:
        check_returns(PROGRAMME, returns_of(ROWS), EXPECTATIONS, TODAY, engine=engine)
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = check_returns(PROGRAMME, returns, EXPECTATIONS, TODAY, engine=engine)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    assert not any(found), "sound records have findings"
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"rows": sum(len(item.rows) for item in returns), "wall": wall, "cpu": cpu, "mib": after.ru_maxrss / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--engine", default="gx")
    given = parser.parse_args()
    if given.rows:
        print(json.dumps(measure(given.rows, given.engine)))
        return
    per_row = {}
    for engine, size in (*(("gx", size) for size in SIZES), ("native", OFFLINE)):
        command = [sys.executable, __file__, "--rows", str(size), "--engine", engine]
        figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        cost = figures["cpu"] / figures["rows"] * 1e6
        if engine == "gx":
            per_row[size] = cost
        wanted = "  wanted at most {1:g} s {0}".format(*WANTED[size]) if size in WANTED else ""
        print(f"checking {engine:<6} {figures['rows']:9,.0f} rows {figures['wall']:7.2f} s {figures['cpu']:7.2f} CPU s"
              f" {figures['mib']:6.0f} MiB {cost:6.1f} µs a row{wanted}")
    drift = per_row[SIZES[-1]] / per_row[SIZES[0]]
    print(f"checking: a row of {SIZES[-1]:,} costs {drift:.2f} of one of {SIZES[0]:,} (wanted at most {MOST_DRIFT:g});"
          f" memory wanted at most {MOST_MIB} MiB\n")


if __name__ == "__main__":
    main()
