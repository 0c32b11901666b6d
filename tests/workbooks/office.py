"""A real LibreOffice as a clerk would use it: opens a workbook, types into cells, saves it as this or that."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

# The interpreter for which the distribution packages LibreOffice's bridge (python3-uno).
PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("office_script.py")


@dataclass(frozen=True)
class Job:
    """Open `source`, type `typed` (cell → keys) into its first sheet, save as `target`, whose ending says how."""

    source: Path
    target: Path
    typed: Mapping[str, str] = field(default_factory=dict)


class Office:
    """One headless LibreOffice with a profile of its own, from `start` to `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._pipe = folder, f"zhibao{uuid4().hex}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("soffice")
        assert program, "LibreOffice is missing: scripts/bootstrap.sh --tests"
        profile = (self._folder / "profile").as_uri()
        self._process = subprocess.Popen(
            [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nologo",
             f"--accept=pipe,name={self._pipe};urp;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )

    def do(self, jobs: Sequence[Job]) -> list[list[str]]:
        """Run the jobs in order; for each, the cells that were locked and so kept what they held."""
        asked = [{"source": str(job.source), "target": str(job.target), "typed": dict(job.typed)} for job in jobs]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        done = subprocess.run(
            [PYTHON, str(SCRIPT), self._pipe], input=json.dumps(asked), capture_output=True, text=True, timeout=240,
            env=clean, check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def stop(self) -> None:
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGTERM)
        end = time.monotonic() + 20
        while self._process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
