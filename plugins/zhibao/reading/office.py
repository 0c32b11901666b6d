"""Has LibreOffice turn a file into .xlsx, held like every parser of strangers' files.

It has limits, a folder and a process group of its own, runs no macros, follows no links, sees none of our environment.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import zipfile
from contextlib import suppress
from pathlib import Path

from zhibao.reading.limits import Limits

_FILTER = "xlsx:Calc MS Excel 2007 XML"
_LIMITED = 'ulimit -c 0 && ulimit -v "$1" && ulimit -t "$2" && ulimit -f "$3" && shift 3 && exec "$@"'
# 512-byte blocks; no return becomes larger than this by being converted.
_OUTPUT_BLOCKS = 400 << 11
# What LibreOffice maps of itself before it has opened anything.
_OWN_BYTES = 384 << 20
_VERSION = re.compile(rb"LibreOffice/([\d.]+)")
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""


def find_office() -> str | None:
    """The program, if it is installed here."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(office: str, path: Path, suffix: str, folder: Path, limits: Limits, seconds: float) -> Path | None:
    """`path`, a file of the kind `suffix`, as an .xlsx inside the empty `folder`; None if it cannot be had in time."""
    source, profile = folder / f"return{suffix}", folder / "profile"
    shutil.copyfile(path, source)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    command = [
        "/bin/sh", "-c", _LIMITED, "sh",
        str((limits.memory_bytes + _OWN_BYTES) >> 10), str(max(1, int(seconds))), str(_OUTPUT_BLOCKS),
        office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
        "--convert-to", _FILTER, "--outdir", str(folder / "out"), str(source),
    ]
    _run(command, folder, seconds)
    made = folder / "out" / "return.xlsx"
    return made if made.exists() else None


def office_version(made: Path) -> str:
    """Which LibreOffice wrote this .xlsx, by its own word."""
    with zipfile.ZipFile(made) as archive:
        found = _VERSION.search(archive.read("docProps/app.xml"))
    return found[1].decode() if found else "unknown"


def _run(command: list[str], folder: Path, seconds: float) -> None:
    """Run to its end or to the last second; the whole process group is gone afterwards."""
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
