"""The words that stand for codes on a printed page; those of the city come from the programme."""

from __future__ import annotations

from decimal import Decimal

from zhibao.documents.model import Content
from zhibao.documents.numbers import ABSENT, count, money, pct, points
from zhibao.figures import Figure
from zhibao.programme.models import Criterion, Programme
from zhibao.warehouse.catalogue import load_catalogue

VERDICTS = ("pass", "fail", "needs_review", "not_provided", "waived")
# What stands for a verdict in a narrow cell.
VERDICT_MARKS = {"pass": "√", "fail": "×", "needs_review": "△", "not_provided": "□", "waived": "○"}
# In the order in which a clerk reads them.
RETURN_STATES = ("expected", "received", "accepted", "returned", "nil", "late", "missing")
RETURN_ASIDES = ("overdue", "exempt")  # said in words where there are any
BY = {"category": "类别", "unit": "单位"}  # unless the programme names it
EXACTLY = {"pass": "符合", "none": "无", "yes": "是"}


def verdict_words() -> dict[str, str]:
    return _label_words("verdict", VERDICTS)


def return_state_words() -> dict[str, str]:
    return _label_words("state", RETURN_STATES)


def _label_words(key: str, codes: tuple[str, ...]) -> dict[str, str]:
    """The words of a label's codes, as `zhibao figures` prints them too."""
    known = load_catalogue().labels[key]
    return {code: known[code].zh for code in codes}


def unit_label(programme: Programme, code: str) -> str:
    """A unit as the quota tables name it: 安宁区（含兰州经济技术开发区）."""
    inside = [unit.name.zh for unit in programme.units if unit.kind == "sub_unit" and unit.parent == code]
    name = programme.unit(code).name.zh
    return f"{name}（含{'、'.join(inside)}）" if inside else name


def requirement(criterion: Criterion) -> str:
    """What a criterion asks: 20人以上, 200万元以上, 不超过3年, 无 (以上 and 不超过 include the number)."""
    if criterion.op == "is":
        return EXACTLY.get(str(criterion.threshold), str(criterion.threshold))
    amount = _amount(Decimal(criterion.threshold), criterion.unit.zh if criterion.unit else "")
    return f"{amount}以上" if criterion.op in (">=", "at_least_years") else f"不超过{amount}"


def _amount(value: Decimal, unit: str) -> str:
    return money(value) if unit == "元" else f"{count(value)}{unit}"


def pace(completion: Figure, elapsed: Figure, ahead: Figure | None = None) -> str:
    """How a completion rate stands to the time elapsed, and by how much; both are printed beside it."""
    if completion.value is None or elapsed.value is None:
        return "无法与序时进度比较"
    if completion.value == elapsed.value:
        return "与序时进度持平"
    word = "快于序时进度" if completion.value > elapsed.value else "慢于序时进度"
    return word if ahead is None or ahead.value is None else word + points(abs(ahead.value))


def year_on_year(growth: Figure | None) -> str:
    """同比增长12.00%, 同比下降…, 同比持平; nothing where there is no year before, a dash where there is no base."""
    if growth is None:
        return ""
    if growth.value is None:
        return f"同比{ABSENT}"
    if growth.value == 0:
        return "同比持平"
    return f"同比{'增长' if growth.value > 0 else '下降'}{pct(abs(growth.value))}"


def exclusion_reason(code: str) -> str:
    """Why an award does not count, in words."""
    words = load_catalogue().reason(code)
    return code if words is None else words.zh


# The widest a mark stands on the type area of 156 mm, and how large it gets at most, in points.
MARK_WIDTH, MARK_MOST = Decimal(442), Decimal(46)


def mark_size(mark: str) -> str:
    """The size at which the mark of the issuing office fills its line, in points."""
    return format(min(MARK_WIDTH / max(len(mark), 1), MARK_MOST).quantize(Decimal("0.1")), "f")


def signer(content: Content) -> str:
    """Who signs: the issuer, unless the report names another."""
    report = content.programme.reports.get(content.kind)
    return (report and report.signed_by or content.programme.issuer).zh
