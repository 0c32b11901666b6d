"""The formula of each rule on identifiers: true where a row passes. Empty cells pass.

at_…, …_w and …_abc are ranges of the list sheet: places in a number, weights, an alphabet. Their names are short, for
all formulas of a cell share 255 characters. What has not 18 places is the format's fault, and passes the other rules.
"""

from __future__ import annotations

from zhibao.checking.suites import Rule
from zhibao.workbooks.cells import Cells, quoted, unless_empty


def _digits(cell: str, places: str) -> str:
    return f"ISNUMBER(SUMPRODUCT(-MID({cell},{places},1)))"


def id_number(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    cell = cells[code]
    if rule.kwargs["aspect"] == "format":
        digits, last = _digits(cell, "at_17"), f"ISNUMBER(FIND(RIGHT({cell}),id_abc))"
        return unless_empty(cells, [code], f"AND(LEN({cell})=18,{digits},{last})")
    # The place of the last character in the alphabet is its value and one.
    total = f"SUMPRODUCT(MID({cell},at_17,1)*id_w)+SEARCH(RIGHT({cell}),id_abc)"
    return f"OR(LEN({cell})<>18,IFERROR(MOD({total},11),0)=2)"


def _born(cell: str) -> str:
    return f"DATE(MID({cell},7,4),MID({cell},11,2),MID({cell},13,2))"


def birth_date(rule: Rule, cells: Cells) -> str:
    cell, born = cells[rule.kwargs["column_A"]], _born(cells[rule.kwargs["column_A"]])
    year = f"--MID({cell},7,4)>={rule.kwargs['earliest_year']}"
    is_day = f"MONTH({born})=--MID({cell},11,2)"
    return (f"OR(LEN({cell})<>18,IFERROR(AND({year},{is_day},{born}<={cells[rule.kwargs['column_B']]}),FALSE))")


def age(rule: Rule, cells: Cells) -> str:
    cell, day = cells[rule.kwargs["column_A"]], cells[rule.kwargs["column_B"]]
    age = f'DATEDIF({_born(cell)},{day},"Y")'
    within = f"AND({age}>={rule.kwargs['min_age']},{age}<={rule.kwargs['max_age']})"
    return f"OR(LEN({cell})<>18,IFERROR({within},TRUE))"


def gender(rule: Rule, cells: Cells) -> str:
    gender, cell = cells[rule.kwargs["column_A"]], cells[rule.kwargs["column_B"]]
    male, female = quoted(rule.kwargs["male"]), quoted(rule.kwargs["female"])
    agrees = f"IFERROR(IF(MOD(MID({cell},17,1),2)=1,{gender}<>{female},{gender}<>{male}),TRUE)"
    return f"OR(LEN({cell})<>18,{agrees})"


def mobile(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    cell = cells[code]
    digits = _digits(cell, "at_11")
    shape = f'AND(LEN({cell})=11,LEFT({cell})="1",MID({cell},2,1)>="3",{digits})'
    return unless_empty(cells, [code], shape)


def uscc(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    cell = cells[code]
    values = f"FIND(MID(UPPER({cell}),at_18,1),uscc_abc)"
    if rule.kwargs["aspect"] == "format":
        division = _digits(cell, "at_3_8")
        shape = f"AND(LEN({cell})=18,ISNUMBER(SUMPRODUCT({values})),{division})"
        return unless_empty(cells, [code], shape)
    return f"OR(LEN({cell})<>18,IFERROR(MOD(SUMPRODUCT(({values}-1)*uscc_w),31),1)=0)"
