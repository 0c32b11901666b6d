"""What a document is made of, so that whatever is printed can be led back to a row: figures, and their frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from zhibao.documents.issue import Issue
from zhibao.documents.lists import Lists
from zhibao.errors import OperatorError
from zhibao.figures import Figure, figure_id
from zhibao.period import Period
from zhibao.programme.calendar import programme_periods
from zhibao.programme.models import Programme, TraceCodes
from zhibao.warehouse.compute import FigureSet


def label_of(figure: Figure, key: str) -> str:
    """The value of one label. Raises KeyError when the figure has none of that name."""
    return dict(figure.labels)[key]


class Figures:
    """The figures of one report, found by name and labels. Keeps the order in which they came."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._by_key = {(figure.name, figure.labels): figure for figure in figures}

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def find(self, name: str, **labels: str) -> Figure | None:
        return self._by_key.get((name, tuple(sorted(labels.items()))))

    def has(self, name: str, **labels: str) -> bool:
        return self.find(name, **labels) is not None

    def get(self, name: str, **labels: str) -> Figure:
        """The figure with exactly these labels. Raises OperatorError naming the id when it was not computed."""
        figure = self.find(name, **labels)
        if figure is None:
            wanted = figure_id(name, tuple(sorted(labels.items())))
            raise OperatorError(
                f"报告需要的指标未计算：{wanted}。请先运行 zhibao compute，再生成报告。",
                f"the report needs a figure that was not computed: {wanted}. Run zhibao compute, then render again.",
            )
        return figure

    def rows(self, name: str, *by: str, **labels: str) -> list[Figure]:
        """Figures whose labels are exactly the keys `by` (any value) and `labels` (these values)."""
        keys = tuple(sorted((*by, *labels)))
        return [
            figure
            for figure in self
            if figure.name == name
            and tuple(key for key, _ in figure.labels) == keys
            and labels.items() <= dict(figure.labels).items()
        ]

    def values(self, name: str, key: str, **labels: str) -> list[str]:
        """The values that the label `key` takes."""
        return [label_of(figure, key) for figure in self.rows(name, key, **labels)]


@dataclass(frozen=True, slots=True)
class Copy:
    """Whom one file of a report is about (`unit`), or for (`addressee`); most reports have one file for all.

    `codes` says which figures carry their trace code: those in the tables of annexes, or all.
    """

    unit: str | None = None
    addressee: str | None = None
    codes: Literal["annex", "text"] | None = None


ALONE = Copy()


def copies_of(programme: Programme, figure_set: FigureSet, codes: TraceCodes | None = None) -> list[Copy]:
    """One for each unit that owes returns, each addressee of the report that is forwarded, or one in all."""
    report = programme.reports[figure_set.kind]
    alone = copy_alone(programme, figure_set.kind, codes)
    if report.is_of_units:
        owing = Figures(figure_set.figures).values("return_count", "unit", state="expected")
        return [replace(alone, unit=unit) for unit in owing]
    if report.forwards:
        return [replace(alone, addressee=name) for name in programme.reports[report.forwards].addressees]
    return [alone]


def copy_alone(programme: Programme, kind: str, codes: TraceCodes | None = None) -> Copy:
    """The file of a report that has one for all, with `codes`, or those that the programme says."""
    wanted = codes or programme.reports[kind].trace_codes
    return Copy(codes=None if wanted == "none" else wanted)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a template may print. `window` is the span that the report looks at, both days included.

    `copy` is whom a card is about, or a letter for. `lists` are names, waivers and words, masked already.
    `enclosed_pages` are those of the document that a letter forwards, where it was kept. `identity` comes from
    `identity_of`.
    """

    programme: Programme
    kind: str
    period: Period
    figures: Figures
    as_of: datetime
    window: tuple[date, date]
    identity: Mapping[str, str]
    draft: bool = True
    lists: Lists = field(default_factory=Lists)
    copy: Copy = ALONE
    enclosed_pages: int | None = None
    notes: Sequence[str] = field(default=())

    @property
    def document(self) -> str:
        """The name by which messages call this document: `annual 2022`."""
        return f"{self.kind} {self.period}"

    @property
    def named_identity(self) -> dict[str, str]:
        """All that says which document this is, whose, and what it was made from."""
        copy = {key: value for key, value in asdict(self.copy).items() if value}
        return {
            "programme": self.programme.code, "kind": self.kind, "period": str(self.period), **copy,
            "draft": "yes" if self.draft else "no", **self.identity, **self._issued,
        }

    @property
    def _issued(self) -> dict[str, str]:
        if self.issue is None:
            return {}
        copies = {"copies": str(self.issue.copies)} if self.issue.copies else {}
        return {"number": self.issue.number, "issuedon": self.issue.issued_on.isoformat(), **copies}

    @property
    def tasks_title(self) -> str:
        """What heads the results of the tasks; a report that the programme does not list has no tasks."""
        report = self.programme.reports.get(self.kind)
        return report.tasks_title.zh if report else ""

    @property
    def as_of_local(self) -> datetime:
        return self.as_of.astimezone(ZoneInfo(self.programme.timezone))

    @property
    def issue(self) -> Issue | None:
        """The number under which this copy is issued; a draft has none."""
        if self.draft:
            return None
        return next((item for item in self.lists.issues if item.addressee == self.copy.addressee), None)

    @property
    def issued_on(self) -> date:
        return self.issue.issued_on if self.issue else self.as_of_local.date()

    @property
    def issue_in_year(self) -> int:
        """The bulletin's number within its year: 第×期."""
        return sum(period.year == self.period.year for period in self._issues)

    @property
    def issue_in_all(self) -> int:
        """The bulletin's number since the programme's first: 总第×期."""
        return len(self._issues)

    @property
    def _issues(self) -> list[Period]:
        """The periods of this cadence up to this one."""
        return [period for period in programme_periods(self.programme, self.period.cadence) if period <= self.period]
