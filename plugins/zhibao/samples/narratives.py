"""The words of the annual summary: invented texts of the length that the form asks for, without anybody in them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from zhibao.period import Period
from zhibao.programme.models import Programme, Unit
from zhibao.samples.activities import Rows

OPENINGS = {
    "work_done": "{year}年，{unit}按照工程要求组织赛事、培训和对接活动（虚构样例）。",
    "practices_and_results": "{unit}的主要做法如下（虚构样例）。",
    "typical_case": "{unit}辖区内的示例创业团队由小到大逐步成长（虚构样例）。",
    "problems": "{unit}在工作推进中还存在一些困难（虚构样例）。",
    "next_steps": "{next_year}年，{unit}将继续做好以下工作（虚构样例）。",
}
SENTENCES = (
    "坚持每月调度一次，逐项核对名额进度，对进展较慢的类别单独研究措施。",
    "依托示例创业园开展路演{n}场，组织导师上门辅导{m}次，帮助项目完善计划。",
    "与示例银行建立联系，召开政银企座谈{n}次，推介创业担保贷款政策。",
    "开办创业培训班{n}期，参加培训{m}人次，学员满意度较高。",
    "通过示例发布平台宣传典型{n}次，营造了支持创业创新的氛围。",
    "完善台账制度，做到一事一记、一人一档，数据逐级审核后报送。",
    "部分项目规模偏小，抗风险能力不强，后续跟踪服务需要加强。",
    "下一阶段拟把力量向基层倾斜，推动服务窗口进园区、进社区、进乡村。",
    "会同有关部门落实场租补贴和一次性创业补贴，惠及创业主体{n}家。",
)
MIN_LENGTH, MORE = 200, 180


def narratives(programme: Programme, rng: Random, unit: Unit, periods: Sequence[Period]) -> Rows:
    """年度总结文字: one row a year; some units tell of no case."""
    return {
        period: [{
            code: None if code == "typical_case" and rng.random() < 0.15 else _text(rng, unit, period, opening)
            for code, opening in OPENINGS.items()
        }]
        for period in periods
    }


def _text(rng: Random, unit: Unit, period: Period, opening: str) -> str:
    text = opening.format(unit=unit.name.zh, year=period.year, next_year=period.year + 1)
    length = MIN_LENGTH + rng.randint(0, MORE)
    while len(text) < length:
        text += rng.choice(SENTENCES).format(n=rng.randint(2, 12), m=rng.randint(20, 300))
    return text
