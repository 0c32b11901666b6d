"""`make rules-off`: turns each rule off in turn and runs the tests that plant its error; each time some must fail.

A rule is an entry of a suite in `expectations/` or a check in `sql/checks/`. It is taken out of a copy, the project is
left alone. Exit status 1 names the rules whose absence no test notices.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("expectations", "sql")
SUITE_TESTS = ("tests/checking", "planted_error_is_found or own_words or leave_columns_out")
CHECK_TESTS = ("tests/warehouse/test_cross_checks.py", "test_case and {}")
FAILED = re.compile(r"(\d+) failed")


@dataclass(frozen=True)
class SuiteRule:
    """One entry of a suite; several may share a code."""

    path: Path
    place: int
    code: str

    tests = SUITE_TESTS

    def take_out(self, root: Path) -> None:
        path = root / self.path.relative_to(ROOT)
        suite = json.loads(path.read_text("utf-8"))
        del suite["expectations"][self.place]
        path.write_text(json.dumps(suite, ensure_ascii=False), "utf-8")


@dataclass(frozen=True)
class Check:
    """One check across returns: a select and what it says."""

    code: str

    @property
    def tests(self) -> tuple[str, str]:
        return CHECK_TESTS[0], CHECK_TESTS[1].format(self.code)

    def take_out(self, root: Path) -> None:
        (root / "sql" / "checks" / f"{self.code}.sql").unlink()
        path = root / "sql" / "checks.yaml"
        said = yaml.safe_load(path.read_text("utf-8"))
        del said[self.code]
        path.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")


def rules() -> Iterator[SuiteRule | Check]:
    for path in sorted((ROOT / "expectations").glob("*.json")):
        for place, entry in enumerate(json.loads(path.read_text("utf-8"))["expectations"]):
            yield SuiteRule(path, place, entry["meta"]["rule"])
    for path in sorted((ROOT / "sql" / "checks").glob("*.sql")):
        yield Check(path.stem)


def noticed(rule: SuiteRule | Check) -> str | None:
    """What gave it away, in words: tests that failed, or a suite that is refused; None if nothing did."""
    with tempfile.TemporaryDirectory(prefix="zhibao-rules-") as name:
        root = Path(name)
        for path in ROOT.iterdir():
            if path.name in COPIED:
                shutil.copytree(path, root / path.name)
            else:
                (root / path.name).symlink_to(path)
        rule.take_out(root)
        path, selection = rule.tests
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path, "-k", selection], cwd=ROOT,
            env={**os.environ, "ZHIBAO_ROOT": str(root)}, capture_output=True, text=True, check=False,
        )
    if run.returncode == 1 and (failed := FAILED.search(run.stdout)):
        return f"{failed[1]} tests fail"
    if "ConfigurationError" in run.stdout:
        return "the suite is refused"
    if run.returncode != 0:
        raise SystemExit(f"{rule.code}: the tests did not run\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return None


def main() -> int:
    every = list(rules())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(noticed, every))
    for rule, answer in zip(every, answers, strict=True):
        print(f"{rule.code:55} {answer or 'NOTHING NOTICES'}")
    missed = sum(answer is None for answer in answers)
    print(f"{len(every)} rules turned off, {missed} of them unnoticed")
    return 1 if missed or not every else 0


if __name__ == "__main__":
    raise SystemExit(main())
