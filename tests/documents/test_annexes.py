"""The annexes of the annual report: each tells all there is of its subject; wide ones lie on their side."""

from __future__ import annotations

from functools import cache

import pytest
from warehouse.loading import instant, opened_case

from zhibao.documents import annexes, grids, render
from zhibao.documents.lists import read_lists
from zhibao.documents.numbers import number
from zhibao.documents.templating import page_html
from zhibao.documents.words import VERDICT_MARKS
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.warehouse.compute import compute

from . import made_up
from .pages import Pages

ONE_EM = 14 / 72 * 25.4


@cache
def full() -> bytes:
    content = made_up.annual(lists=made_up.lists(made_up.programme()))
    return render(content, made_up.TEMPLATES, made_up.font_set())


def pages_of(title: str, pages: Pages) -> int:
    return next(page for page in range(len(pages)) if pages.squeezed(page).find(title) in range(0, 12))


def test_every_annex_starts_a_page_with_its_number_and_its_title_on_the_third_line() -> None:
    content = made_up.annual(lists=made_up.lists(made_up.programme()))
    pages, found = Pages(full()), 0
    for annex in annexes.annexes(content):
        page = pages_of(f"附件{annex.number}{annex.title}", pages)
        rows = pages.rows(page)
        head = next(row for row in rows if row[0].text == "附")
        title = next(row for row in rows if "".join(char.text for char in row) == annex.title)
        middles = [(row[0].top + row[0].bottom) / 2 for row in (head, title)]
        assert middles[1] - middles[0] == pytest.approx(2 * 225 / 22, abs=1)
        found += 1
    assert found == 12


def test_wide_tables_lie_on_their_side_with_the_number_where_the_other_pages_have_it() -> None:
    pages = Pages(full())
    wide = sorted(set(range(len(pages))) - set(pages.upright()))
    assert len(wide) >= 3 and {page % 2 for page in wide} == {0, 1}
    for page in wide:
        assert pages.size(page) == pytest.approx((297, 210), abs=0.1)
        chars = pages.chars(page)
        margin = [char for char in chars if char.ink_right < 34]
        assert "".join(char.text for char in margin) == f"—{page + 1}—"
        # Upright, x is what is y here, and the foot is on the left: 7 mm below the type area.
        middle = (margin[0].ink_left + margin[0].ink_right) / 2
        assert middle == pytest.approx(35 - 7, abs=0.6)
        if page % 2 == 0:
            assert max(char.bottom for char in margin) == pytest.approx(184 - ONE_EM, abs=1)
        else:
            assert min(char.top for char in margin) == pytest.approx(28 + ONE_EM, abs=1)
        body = [char for char in chars if char.ink_right >= 34]
        assert min(char.ink_left for char in body) >= 34.7
        assert max(char.ink_right for char in body) <= 297 - 36.9
        assert min(char.top for char in body) >= 28 and max(char.bottom for char in body) <= 184.1


def test_a_wide_table_over_two_pages_repeats_its_head_and_cuts_no_row() -> None:
    long = made_up.with_long_names()
    pages = Pages(render(made_up.annual(1000, made_of=long, lists=made_up.lists(long)), made_up.TEMPLATES,
                         made_up.font_set()))
    heads = [page for page in range(len(pages)) if "序号比赛牵头单位月赛季赛年终赛专场合计" in pages.squeezed(page)]
    assert len(heads) >= 2
    wide = sorted(set(range(len(pages))) - set(pages.upright()))
    assert len(wide) >= 5
    assert max(char.ink_right for page in wide for char in pages.chars(page)) <= 297 - 36.9
    for line in annexes.contest_view(made_up.annual(1000, made_of=long)).lines:
        said = line.label + line.note + "".join(map(number, line.cells))
        assert sum(said in pages.squeezed(page) for page in heads) == 1


def test_units_bases_and_discipline_hold_every_cell() -> None:
    content = made_up.annual(lists=made_up.lists(made_up.programme()))
    text = Pages(full()).squeezed()
    units, kept, (bases,) = annexes.units_view(content), annexes.discipline(content), annexes.base_views(content)
    for view in (units, kept):
        for line in [*view.lines, view.total]:
            assert line.label + "".join(number(cell) for cell in line.cells) in text
    for name, unit, verdicts in bases.rows:
        assert name + unit + "".join(VERDICT_MARKS[verdict] for verdict in verdicts) in text
    assert (len(units.lines), len(kept.lines), len(bases.rows)) == (9, 19, 7)


def test_charts_keep_their_words_as_text_and_say_in_words_what_they_show() -> None:
    content = made_up.annual(lists=made_up.lists(made_up.programme()))
    page, text = page_html(content, made_up.TEMPLATES), Pages(full()).squeezed()
    charts = page.split("<svg ")[1:]
    assert len(charts) == 2 + 2 + 2
    assert all("aria-label=\"" in chart and "<title>" in chart for chart in charts)
    contests, returns = grids.contest_grid(content), grids.return_grid(content)
    for row in [*contests.rows, *returns.rows]:
        assert row.label + "".join(square.text for square in row.squares) in text
    assert contests.description in page and returns.description in page
    assert "城关区2月迟报" in returns.description


def test_squares_tell_by_lightness_and_word() -> None:
    content = made_up.annual(lists=made_up.lists(made_up.programme()))
    squares = [square for row in grids.return_grid(content).rows for square in row.squares]
    shades = {square.text: square.fill for square in squares}
    assert len(shades) == len(set(shades.values())) == 5
    lightness = sorted(int(shade[1:3], 16) for shade in shades.values())
    assert all(later - one >= 20 for one, later in zip(lightness, lightness[1:], strict=False))
    assert all((square.fill in ("#000000", "#4a6785")) == (square.ink == "#ffffff") for square in squares)


def test_the_database_tells_of_bases_and_months(programme: Programme, empty_database: str) -> None:
    with opened_case(empty_database, programme, "bases") as connection:
        found = compute(connection, programme, "annual", Period.parse("2022"), instant("2022-12-01T00:00:00"))
        lists = read_lists(connection, programme, found)
    assert lists.bases and all(row["level"] == "provincial_demo_incubator" for row in lists.bases)
    assert {len(row["verdicts"]) for row in lists.bases} == {15}
    states = {row["state"] for row in lists.months}
    assert states <= {"on_time", "late", "returned", "missing", "not_due"} and "missing" in states
    assert {row["month"] for row in lists.months} == {f"2022-{month:02d}" for month in range(1, 12)}
