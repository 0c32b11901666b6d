"""How a rule that cannot run is told to the operator, whoever evaluates it; the cause's own text may quote a cell."""

from __future__ import annotations

from zhibao.errors import OperatorError


def broken(rule: str, kind: str) -> OperatorError:
    """`kind` is the name of an exception's class."""
    return OperatorError(
        f"校验规则 {rule} 无法执行（{kind}）。数据未被判定，请运维人员检查 expectations/ 中的该规则。",
        f"The rule {rule} could not run ({kind}). No data was judged; mend the rule in expectations/.",
    )


def unfit(place: str, kind: str) -> OperatorError:
    """The values of the column `place` are of no type that its form promises."""
    return OperatorError(
        f"列 {place} 读入的值与其类型不符（{kind}），无法校验。这是程序错误，请联系运维人员。",
        f"The values read for column {place} do not fit its type ({kind}). This is a fault of the reader.",
    )
