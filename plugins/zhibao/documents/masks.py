"""What a printed page may show of a person or of a small group (PIPL: necessity; DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zhibao.programme.models import EndsMask, Masking, NameMask, Programme

STAR = "*"
Table = dict[str, dict[str, int]]
Cells = set[tuple[str, str]]


def mask_name(name: str, mask: NameMask) -> str:
    """张*三 for three characters and more, 张* for two; a lone character is hidden."""
    if len(name) <= mask.keep_first:
        return STAR * len(name)
    last = 1 if len(name) >= mask.keep_last_from_length else 0
    hidden = len(name) - mask.keep_first - last
    return name[: mask.keep_first] + STAR * hidden + name[len(name) - last :]


def mask_ends(value: str, mask: EndsMask) -> str:
    """6201**********11, 138****1234. What is too short to hide anything is hidden whole."""
    hidden = len(value) - mask.keep_first - mask.keep_last
    if hidden <= 0:
        return STAR * len(value)
    return value[: mask.keep_first] + STAR * hidden + value[len(value) - mask.keep_last :]


def mask_id_number(value: str, masking: Masking) -> str:
    return mask_ends(value, masking.id_number)


def mask_phone(value: str, masking: Masking) -> str:
    return mask_ends(value, masking.phone)


def listable(rows: Iterable[Mapping[str, str]], programme: Programme) -> list[Mapping[str, str]]:
    """Rows that may be listed by person: those of a sensitive category (disability, service) never are."""
    sensitive = {category.code for category in programme.categories if category.sensitive}
    return [row for row in rows if row.get("category") not in sensitive]


def suppressed_cells(table: Table, sensitive: set[str], below: int) -> Cells:
    """The (row, column) cells of a district × category table to print as a blank.

    `table` is row → column → count, with totals printed beside it. Primary: counts from 1 to `below` - 1 in the
    `sensitive` columns. Complementary: a row or column with exactly one blank would give it away by subtraction
    from its total, so its smallest other positive cell is blanked too, until no line has a single blank. A line
    with no other positive cell takes its smallest cell of any size.
    """
    blanks = {
        (row, column)
        for row, cells in table.items()
        for column, value in cells.items()
        if column in sensitive and 0 < value < below
    }
    while (line := _single_blank_line(table, blanks)) is not None:
        others = [cell for cell in line if cell not in blanks]
        if not others:
            break
        blanks.add(min(others, key=lambda cell: (table[cell[0]][cell[1]] == 0, table[cell[0]][cell[1]], cell)))
    return blanks


def _single_blank_line(table: Table, blanks: Cells) -> Sequence[tuple[str, str]] | None:
    """The first row or column with one blank and something else left to blank."""
    columns = list(dict.fromkeys(column for cells in table.values() for column in cells))
    lines: list[list[tuple[str, str]]] = [[(row, column) for column in cells] for row, cells in table.items()]
    lines += [[(row, column) for row in table if column in table[row]] for column in columns]
    for line in lines:
        if len(line) > 1 and sum(cell in blanks for cell in line) == 1:
            return line
    return None
