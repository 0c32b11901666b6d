"""What the readers' tests share: the programme that they read by, and workbooks that LibreOffice has written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme

from .books import record, sheet_rows, write_openpyxl


@pytest.fixture(scope="session")
def programme() -> Programme:
    return load_programme(Path(__file__).parents[2] / "programmes" / "lanzhou-bqw")


@pytest.fixture(scope="session")
def by_office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """One return with every kind of cell, as LibreOffice writes it with the ending that is asked for."""
    folder = tmp_path_factory.mktemp("office")

    def spoil(sheet: object) -> None:
        sheet["L4"], sheet["M5"], sheet["L6"] = "=3+4", "=1/0", "=NA()"
        sheet["J5"] = 44348
        sheet.merge_cells("G4:G6")
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["Q"].hidden = True
        sheet.parent.create_sheet("_zhibao").sheet_state = "hidden"

    rows = [*sheet_rows([record(number, 上年度营收="50万元") for number in (1, 2, 3)]), ["合计", *[None] * 10, 13]]
    source = write_openpyxl(folder / "source.xlsx", rows, then=spoil)

    def convert(ending: str) -> Path:
        target = folder / f"source.{ending}"
        if ending != "xlsx" and not target.exists():
            _run_office(source, ending, folder)
        elif ending == "xlsx" and not (folder / "again" / "source.xlsx").exists():
            _run_office(source, ending, folder / "again")
        return target if ending != "xlsx" else folder / "again" / "source.xlsx"

    return convert


def _run_office(source: Path, ending: str, folder: Path) -> None:
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: scripts/bootstrap.sh --tests"
    profile = (source.parent / "profile").as_uri()
    command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=120)
