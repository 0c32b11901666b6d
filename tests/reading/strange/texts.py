"""Text files and web pages without end, without order or without a closing mark."""

from __future__ import annotations

from pathlib import Path

from ..books import write_csv
from .base import LAUGHS, add, rows, strange


def text_file(name: str, code: str | None, data: bytes, times: int = 1) -> None:
    add(name, code, lambda path: path.write_bytes(data * times))


text_file("one_line_of_49mb.csv", None, "城关区，".encode(), 4_100_000)
text_file("commas.csv", "text_too_large", b",", 49_000_000)
text_file("line_ends.csv", "text_too_large", b"\n", 20_000_000)
text_file("short_lines.csv", None, b"a,b\n", 3_000_000)
text_file("quotes.csv", None, b'"', 9_999_999)
text_file("too_large.csv", "file_too_large", b"a,b\n", 14_000_000)
text_file("utf16_cut.csv", None, b"\xff\xfe\x00")
text_file("bytes.csv", None, bytes(range(1, 256)) * 40)


@strange("unclosed.csv", "unclosed_quote")
def _(path: Path) -> None:
    write_csv(path, rows(), "utf-8")
    path.write_text(path.read_text("utf-8") + '"CG-003,新锐创客\n' + "CG-004,新锐创客\n" * 1000, "utf-8")


@strange("nul.csv")
def _(path: Path) -> None:
    write_csv(path, rows(), "utf-8")
    path.write_bytes(path.read_bytes() + b"x," * 5000 + b"\0\0,\0\n")


@strange("ragged.csv")
def _(path: Path) -> None:
    path.write_text("\n".join("x," * n for n in range(6000)), "utf-8")


@strange("spans.xls")
def _(path: Path) -> None:
    path.write_text("<table>" + "<tr>" + '<td rowspan="99999" colspan="9999">x</td>' * 3 + "</tr>"
                    + "<tr><td>y</td></tr>" * 3000 + "</table>", "utf-8")


@strange("nested_tables.xls")
def _(path: Path) -> None:
    path.write_text("<html>" + "<table><tr><td>" * 20_000 + "x", "utf-8")


@strange("page_laughs.xls")
def _(path: Path) -> None:
    page = LAUGHS.replace('<?xml version="1.0"?><!DOCTYPE l', "<!DOCTYPE html")
    path.write_text(page + "<table><tr><td>&a9;</td></tr>", "utf-8")
