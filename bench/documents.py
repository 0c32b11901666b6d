"""What documents cost: the annual report cold and warm, a hundred cards, lists of 1,800 and 10,000 names.

Beside it Typst on the same headings, paragraphs, tables and charts, taken from the same page and tagged as PDF/A-3a:
what a compiler made for speed needs for the words alone, without the layout of GB/T 9704. Our side does all that
`render` does: figures and workbook inside, tags, both standards. Each case and side in a process of its own; memory is
the process's largest. Run by `make bench`; prints a table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree, html

from zhibao.settings import ROOT, load_settings

sys.path.insert(0, str(ROOT))

from tests.documents import made_up  # noqa: E402

from zhibao.documents import Content, render  # noqa: E402
from zhibao.documents.lists import Lists  # noqa: E402
from zhibao.documents.model import Copy  # noqa: E402
from zhibao.documents.processes import in_processes  # noqa: E402
from zhibao.documents.templating import page_html  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}svg"
CARDS = 100
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
WORDS = "兰州城关七里河西固安宁红古永登榆中皋兰高新生态农业文化旅游餐饮养老中医药数据物流服务有限公司合作社"
# Case → wanted seconds, and MiB where there is a bound.
WANTED = {"annual, cold": (5.0, None), "annual, warm": (1.5, None), "100 cards": (20.0, None),
          "1,800 names": (8.0, 1024), "10,000 names": (60.0, 1024)}
HEAD = """#set document(title: "{title}")
#set page(paper: "a4", margin: (top: 37mm, bottom: 34.8mm, left: 28mm, right: 26mm), numbering: "— 1 —")
#set text(font: ("Liberation Serif", "FandolFang R", "LXGW WenKai"), size: 15.75pt, lang: "zh")
#show table: set text(size: 10.5pt)
"""


def names(count: int) -> Content:
    """A public list. Names of 4 to 20 characters, as long as those of the samples."""
    rows = [
        {"level": "emerging_maker", "category": "", "unit": "城关区", "name": f"{WORDS[n % 40]}*{WORDS[n % 37]}",
         "venture": _words(n * 7, 4 + n * 11 % 17), "project": _words(n * 5, 4 + n * 13 % 13), "granted_on":
         "2022-05-01", "document_number": f"兰就办发〔2022〕{n % 90 + 1}号"}
        for n in range(count)
    ]
    return replace(made_up.annual(lists=Lists(awardees=rows)), kind="public-list")


def _words(start: int, length: int) -> str:
    return (WORDS * 2)[start % len(WORDS) :][:length]


def cards() -> list[Content]:
    content = made_up.annual()
    units = content.figures.values("return_count", "unit", state="expected")
    return [replace(content, kind="scorecard", copy=Copy(unit=units[n % len(units)])) for n in range(CARDS)]


def contents_of(case: str) -> list[Content]:
    if case == "100 cards":
        return cards()
    return [made_up.annual() if "annual" in case else names(int(case.split()[0].replace(",", "")))]


def ours(contents: list[Content]) -> int:
    """All pages, in bytes. Several documents are made as the installation makes them, on all cores."""
    fonts = made_up.font_set()

    def size(content: Content) -> int:
        return len(render(content, made_up.TEMPLATES, fonts))

    return sum(in_processes(size, contents)) if len(contents) > 1 else size(contents[0])


def typst(contents: list[Content]) -> int:
    import typst

    folder = str(load_settings().fonts_dir)
    pages = [as_typst(page_html(content, made_up.TEMPLATES)) for content in contents]
    return sum(
        len(typst.compile(page.encode(), font_paths=[folder], ignore_system_fonts=True, pdf_standards=["a-3a"]))
        for page in pages
    )


def as_typst(page: str) -> str:
    root = html.fromstring(page)
    return HEAD.format(title=root.findtext(".//title").strip()) + "\n\n".join(_blocks(root))


def _blocks(root: html.HtmlElement) -> Iterator[str]:
    for element in root.iter("h1", "h2", "h3", "h4", "p", "table", "svg"):
        if element.tag == "table":
            yield _table(element)
        elif element.tag == "svg":
            yield f'#image(bytes({_text(_svg(element))}), format: "svg", alt: {_text(element.findtext("title"))})'
        elif element.tag == "p":
            yield f"#par[#{_text(element.text_content())}]"
        else:
            yield f"#heading(level: {element.tag[1]})[#{_text(element.text_content())}]"


def _table(table: html.HtmlElement) -> str:
    widths = [col.get("style", "width:1fr").removeprefix("width:") for col in table.iter("col")]
    rows = [[_cell(cell) for cell in row] for row in table.iter("tr")]
    heads = len(table.findall("thead/tr"))
    columns = max(sum(int(cell.get("colspan", 1)) for cell in row) for row in table.iter("tr"))
    widths += ["1fr"] * (columns - len(widths))
    cells = ",\n".join(", ".join(row) for row in rows[heads:])
    return (f"#table(columns: ({', '.join(widths)}),\n"
            f"table.header({', '.join(cell for row in rows[:heads] for cell in row)}),\n{cells})")


def _cell(cell: html.HtmlElement) -> str:
    spans = f"colspan: {cell.get('colspan', 1)}, rowspan: {cell.get('rowspan', 1)}"
    return f"table.cell({spans}, {_text(cell.text_content())})"


def _svg(element: html.HtmlElement) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False).replace("viewbox", "viewBox")


def _text(words: str | None) -> str:
    return json.dumps(" ".join((words or "").split()), ensure_ascii=False)


SIDES = {"ours": ours, "typst": typst}


def one_run(side: str, case: str) -> dict[str, float]:
    """Seconds of wall and CPU, and the largest MiB; called in a fresh process. Cold counts imports and fonts."""
    work, contents = SIDES[side], contents_of(case)
    if case.endswith("warm"):
        work(contents)
    begun, before = time.perf_counter(), _cpu()
    size = work(contents)
    return {
        "wall": time.perf_counter() - begun, "cpu": _cpu() - before, "kib": size / 1024,
        "mib": max(resource.getrusage(who).ru_maxrss for who in WHO) / 1024,
    }


def _cpu() -> float:
    """CPU seconds of this process and of those that it has ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHO))


def _in_a_process(side: str, case: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, "--case", case]
    begun = time.perf_counter()
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return told | ({"wall": time.perf_counter() - begun} if case.endswith("cold") else {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--case", choices=WANTED)
    given = parser.parse_args()
    if given.side and given.case:
        print(json.dumps(one_run(given.side, given.case)))
        return
    print(f"documents ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})")
    for case, (seconds, mib) in WANTED.items() if not given.case else [(given.case, WANTED[given.case])]:
        mine, theirs = (_in_a_process(side, case) for side in SIDES)
        for side, told in (("ours", mine), ("typst", theirs)):
            print(f"{case:14} {side:6} {told['wall']:7.2f} s {told['cpu']:7.2f} CPU s {told['mib']:6.0f} MiB"
                  f" {told['kib']:7.0f} KiB")
        bound = f", {mib} MiB" if mib else ""
        ratio = mine["wall"] / theirs["wall"]
        print(f"{case:14} ratio ours/typst {ratio:.1f} wall (wanted at most {seconds:g} s{bound})")


if __name__ == "__main__":
    main()
