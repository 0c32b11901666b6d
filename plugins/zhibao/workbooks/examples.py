"""An invented value for each column, of the right shape, such as a clerk would type it."""

from __future__ import annotations

from stdnum.cn import ric

from zhibao.checking.identifiers import USCC_ALPHABET, USCC_WEIGHTS
from zhibao.programme.models import Column
from zhibao.workbooks.cells import Cells

# Sound by their check characters, and nobody's: the first sequence numbers of a division.
_ID_BODY = "62010219900101001"
_USCC_BODY = "91620102MA0000000"
_BY_TYPE = {"integer": "1", "decimal": "1", "money": "10000", "phone": "13800000000"}


def example_of(column: Column, cells: Cells, words: tuple[str, ...] = ()) -> str:
    """`example` of the form where it has one, with {year}, {last_year} of the period in it; else one by the type.

    `words` are those of the column's drop-down. An empty example says that the cell is mostly left empty.
    """
    if column.example is not None:
        return column.example.format(year=cells.period.year, last_year=cells.period.year - 1)
    if words:
        return words[0]
    match column.type:
        case "date":
            return str(cells.period.starts_on)
        case "id_number":
            return _ID_BODY + ric.calc_check_digit(_ID_BODY + "0")
        case "uscc":
            return _USCC_BODY + _uscc_check(_USCC_BODY)
        case _:
            return _BY_TYPE.get(column.type) or _text(column)


def _text(column: Column) -> str:
    """某某单位名称, or as much of a sentence as the column asks for."""
    sentence = f"本单位围绕“{column.header}”开展的情况如下（示例文字，请按实际填写）。"
    return sentence * -(-column.min_length // len(sentence)) if column.min_length else f"某某{column.header}"


def _uscc_check(body: str) -> str:
    total = sum(USCC_ALPHABET.index(character) * int(weight)
                for character, weight in zip(body, USCC_WEIGHTS[:-1], strict=True))
    return USCC_ALPHABET[-total % len(USCC_ALPHABET)]
