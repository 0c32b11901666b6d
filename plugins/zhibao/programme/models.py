"""A programme as data: what `programmes/<code>/*.yaml` may say. Unknown keys are refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from zhibao.text import Text

NUMBER = re.compile(r"-?\d+(\.\d+)?")
ADDRESS = r"^[!-;=?A-~]+@[!-;=?A-~]+$"


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Model):
    """In force from `effective_from` to `effective_to` (both included); open where absent."""

    effective_from: date | None = None
    effective_to: date | None = None

    def in_force(self, day: date) -> bool:
        return (self.effective_from or date.min) <= day <= (self.effective_to or date.max)


UnitKind = Literal["district", "sub_unit", "lead_department", "supporting_department", "task_department", "executor"]
UNIT_KINDS: frozenset[str] = frozenset(get_args(UnitKind))


class Unit(Dated):
    code: str
    kind: UnitKind
    name: Text
    parent: str | None = None
    division: str | None = Field(default=None, pattern=r"^\d{6}$")
    aliases: list[str] = []


class NotUnit(Model):
    name: str
    reason: Text


class Category(Dated):
    code: str
    name: Text
    aliases: list[str] = []
    sensitive: bool = False


class Competition(Dated):
    code: str
    series: int = Field(ge=1)
    clause: str
    category: str
    leads: list[str] = Field(min_length=1)
    supports: list[str] = []
    name: Text
    aliases: list[str] = []


class ContestCadence(Model):
    """A kind of contest. `every` says that each competition owes one in each such period; none is owed without it."""

    code: str
    name: Text
    every: Literal["monthly", "quarterly", "annual"] | None = None
    aliases: list[str] = []


class Condition(Model):
    """Something holds where a column has (or does not have) one of these codes."""

    column: str
    in_: list[str] = Field(default=[], alias="in")
    not_in: list[str] = []


class Criterion(Dated):
    """One measure held against one threshold. `measure: none` means that no column of a form gives evidence.

    `year_of` names the column with the year that the measure is of, `counts_staff` says that it counts people of the
    venture (switches `revenue`, `jobs`). Where `applies_when` does not hold there is nothing to judge: it passes.
    """

    code: str
    name: Text
    clause: str
    mode: Literal["machine", "attachment", "human"]
    measure: str
    op: Literal[">=", "<=", "is", "within_years", "at_least_years"]
    threshold: Decimal | str
    unit: Text | None = None
    dated_by: str | None = None
    year_of: str | None = None
    counts_staff: bool = False
    applies_when: Condition | None = None

    @model_validator(mode="after")
    def _threshold_as_number(self) -> Criterion:
        """A number stays one on its way through JSON."""
        if self.op != "is" and isinstance(self.threshold, str) and NUMBER.fullmatch(self.threshold):
            object.__setattr__(self, "threshold", Decimal(self.threshold))
        return self


class Level(Dated):
    """A title, and what it takes. Its candidates are the rows of the form `roster`: persons by their number, or bases
    by the form's key; `named_by` is the column with a base's name. `promoted_from` is the level below (switch
    `promotion`)."""

    code: str
    name: Text
    granted_by: Text
    clause: str
    nominated_by: list[str]
    criteria: list[Criterion]
    aliases: list[str] = []
    subject: Literal["person", "incubator"] = "person"
    roster: str = "candidate"
    named_by: str | None = None
    promoted_from: str | None = None


class QuotaTable(Dated):
    """The targets of a level, in titles, or of an indicator, in what it counts; one of both is named.

    `by_name` is what the reports call those that have a target, where units are not to be called units.
    """

    level: str | None = None
    indicator: str | None = None
    by: Literal["category", "unit"]
    by_name: Text | None = None
    total: int = Field(gt=0)
    clause: str
    targets: dict[str, int]


ColumnType = Literal[
    "text", "integer", "decimal", "money", "date", "choice", "id_number", "phone", "uscc", "unit", "period"
]


class Column(Model):
    """A column of a form, or a label of the head block.

    `choices` is a mapping code → printed word (or the words that mean it, the printed one first), or the name of
    a list of the programme (levels, categories, competitions, cadences). `privacy` and `protect` say how a value
    is stored and shown. `running_total_of` names the column whose sum over the periods so far stands here.
    `example` is an invented value for the template's instructions; {year} and {last_year} are the period's. What
    stands in a column that `explains` is offered as the written answer to the queries on its row. A text column keeps
    its line breaks where it has `paragraphs`. `counts_months` is for how long those must have stayed whom it counts.
    """

    code: str
    header: str
    type: ColumnType
    required: bool = False
    required_when: Condition | None = None
    choices: dict[str, str | list[str]] | Literal["levels", "categories", "competitions", "cadences"] | None = None
    min_length: int | None = None
    max_length: int | None = None
    running_total_of: str | None = None
    example: str | None = None
    explains: bool = False
    paragraphs: bool = False
    counts_months: int | None = None
    synonyms: list[str] = []
    privacy: Literal["none", "business", "personal", "identifier", "sensitive"] = "none"
    protect: Literal["encrypt"] | None = None
    match: bool = False


class Derived(Model):
    """A measure computed from columns of one row: the least of them, a ratio in percent, or the years between two dates
    (both included). Null where one of the columns is."""

    code: str
    least_of: list[str] = []
    ratio_of: tuple[str, str] | None = None
    years_between: tuple[str, str] | None = None

    @property
    def columns(self) -> list[str]:
        return [*self.least_of, *(self.ratio_of or ()), *(self.years_between or ())]


class Form(Dated):
    """One kind of return. An empty `key` says that a return of it has one row.

    `submitted_by` (who may send it) and `owed_by` (who must) list kinds of units and codes of single units. Of one that
    is not `may_be_nil`, no unit can say that there is nothing to report.
    """

    code: str
    name: Text
    cadence: Literal["monthly", "quarterly", "annual"]
    submitted_by: list[str]
    owed_by: list[str]
    key: list[str]
    columns: list[Column]
    may_be_nil: bool = True
    derived: list[Derived] = []

    def may_come_from(self, unit: Unit) -> bool:
        return not {unit.kind, unit.code}.isdisjoint(self.submitted_by)

    def is_owed_by(self, unit: Unit) -> bool:
        return not {unit.kind, unit.code}.isdisjoint(self.owed_by)

    def column(self, code: str) -> Column:
        return next(column for column in self.columns if column.code == code)


class DueRule(Model):
    """A due date: `day` of the month `months_after` the period's end, or of `month`; shifted over days off.

    What comes within `grace_minutes` after it is still on time.
    """

    day: int = Field(ge=1, le=31)
    time: str = Field(pattern=r"^\d{2}:\d{2}$")
    shift: Literal["forward", "backward", "none"]
    months_after: int | None = None
    month: int | None = None
    grace_minutes: int = Field(default=0, ge=0)
    clause: str | None = None


class OwnDueRule(DueRule):
    """The due date of some forms, of some units if any are named, instead of the one of their cadence."""

    forms: list[str] = Field(min_length=1)
    units: list[str] = []

    def is_about(self, form: Form) -> bool:
        return form.code in self.forms


class MonthDay(Model):
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class Reminders(Model):
    """When whoever still owes is reminded, and when the lead is told: working days from the due day, before it if
    negative."""

    days: list[int]
    escalates_after: int = Field(ge=1)


class Calendar(Model):
    """When returns and reports are due, and what becomes of those that are not in by then."""

    due: dict[Literal["monthly", "quarterly", "annual"], DueRule]
    own_due: list[OwnDueRule] = []
    review_day: int
    bulletin_day: int
    annual_draft: MonthDay
    annual_put_up_working_days_before: int = Field(ge=0)
    annual_approved_working_days_before: int = Field(ge=0)
    return_within_working_days: int = Field(ge=1)
    missing_after_working_days: int
    closes_after_working_days: int | None = Field(default=None, ge=0)
    receipt_within_working_days: int = Field(ge=1)
    reminders: Reminders | None = None
    overrides: dict[date, bool] = {}


class Recipient(Dated):
    code: str
    name: Text
    address: str = Field(pattern=ADDRESS)
    receives: list[str]
    clause: str | None = None


Address = Annotated[str, Field(pattern=ADDRESS)]


class Retry(Model):
    """When a letter that a mail server refused for now is tried again: after `first_minutes`, then twice as long each
    time, never longer than `longest_minutes`; after so many `tries` it is given up."""

    first_minutes: int = Field(default=1, ge=0)
    longest_minutes: int = Field(default=60, ge=0)
    tries: int = Field(default=24, ge=1)


class Delivery(Model):
    """To whom documents may go: `a@example.org` is itself, `example.org` the addresses of this domain, `.example.org`
    those of the domains below it. An empty list allows nobody."""

    allowed: list[str] = []
    retry: Retry = Retry()

    def allows(self, address: str) -> bool:
        """Compared without regard to case."""
        folded = address.casefold()
        domain = folded.rpartition("@")[2]
        return any(
            folded == entry if "@" in entry else domain.endswith(entry) if entry.startswith(".") else domain == entry
            for entry in map(str.casefold, self.allowed)
        )


class Contact(Model):
    """The addresses from which a unit may send its returns, and to which its receipts go."""

    unit: str
    addresses: list[Address] = Field(min_length=1)


class CriteriaSwitch(Model):
    enforcement: Literal["advisory", "hard"]


class AgeSwitch(Model):
    ref_date: Literal["batch_deadline", "application", "award", "year_end"]
    partial_date: Literal["first", "last", "review"]


class JobsSwitch(Model):
    exclude_owner: bool


class StabilitySwitch(Model):
    months: int


class RevenueSwitch(Model):
    window: Literal["last_fiscal_year", "declared"]


class QuotaSwitch(Model):
    semantics: Literal["target", "cap", "floor"]
    annual_plan: dict[int, dict[str, dict[str, int]]] = {}


class DedupeSwitch(Model):
    person: Literal["first_award", "manual"]
    entity: Literal["one_per_venture", "none"]


class PromotionSwitch(Model):
    required: bool


class LeadSwitch(Model):
    primary: Literal["first_named", "joint"]


class ApprovalSwitch(Model):
    """How many persons approve a document, and whether one that units are missing from may be approved."""

    persons: Literal[1, 2] = 1
    missing_units: Literal["block", "comment", "warn"] = "comment"


class IntakeSwitch(Model):
    acceptance: Literal["whole", "rows"]
    receipts: bool


class Switches(Model):
    """The ambiguities of the source document, decided by default and open to change (docs/switches.md)."""

    criteria: CriteriaSwitch
    age: AgeSwitch
    jobs: JobsSwitch
    stability: StabilitySwitch
    revenue: RevenueSwitch
    quota: QuotaSwitch
    dedupe: DedupeSwitch
    promotion: PromotionSwitch
    attribution: Literal["submitting_unit", "address"]
    lead: LeadSwitch
    count_at: Literal["decision_date", "notice_end"]
    intake: IntakeSwitch
    approval: ApprovalSwitch = ApprovalSwitch()


class Span(Model):
    starts_on: date
    ends_on: date
    clause: str
    first_return_period: str = Field(pattern=r"^\d{4}-\d{2}$")


class MonthDayRange(Model):
    from_: str = Field(alias="from", pattern=r"^\d{2}-\d{2}$")
    to: str = Field(pattern=r"^\d{2}-\d{2}$")


class Annual(Model):
    window: MonthDayRange
    final_year_supplement_to: str = Field(pattern=r"^\d{2}-\d{2}$")


class NameMask(Model):
    keep_first: int
    keep_last_from_length: int


class EndsMask(Model):
    keep_first: int
    keep_last: int


class Masking(Model):
    small_cell_below: int
    name: NameMask
    id_number: EndsMask
    phone: EndsMask


class Retention(Model):
    """How long personal values are kept after the programme's end, in years; none: until somebody decides."""

    years_after_end: int | None = Field(default=None, ge=0)


class NarrativeSections(Model):
    """Which form holds the units' own words, and which of its columns make each section of a report."""

    form: str
    sections: dict[str, list[str]]


# Which printed figures carry their trace code: those in the tables of annexes, or all.
TraceCodes = Literal["none", "annex", "text"]


class ReportKind(Model):
    """A kind of report: the returns it answers for, who signs (the issuer, unless said), what it lists and quotes.

    `tasks_title` heads the results of the tasks. `trend_periods` is how many periods, its own included, a report tells
    of side by side. One that `is_of_units` is a page for each unit; one that `forwards` another is a letter to each of
    that one's addressees. `names` says how persons are listed. A draft of one that `is_editable` comes as .docx too.
    One that is not approved is for the office's own use and goes out to nobody.
    """

    returns: Literal["for_period", "due_in_window"]
    title: Text
    signed_by: Text | None = None
    tasks_title: Text = Text(zh="重点工作情况", en="Tasks")
    lists_levels: list[str] = []
    names: Literal["masked", "full"] = "masked"
    lists_waivers: bool = False
    lists_corrections: bool = False
    lists_bases: bool = False
    lists_months: bool = False
    is_of_units: bool = False
    forwards: str | None = None
    is_editable: bool = False
    trace_codes: TraceCodes = "none"
    narrative: NarrativeSections | None = None
    trend_periods: int = Field(default=0, ge=0)
    is_approved: bool = True
    addressees: list[str] = []
    copies_to: list[str] = []
    printed_by: Text | None = None
    clause: str | None = None


class Source(Model):
    number: str
    issued_on: date
    disclosure: str


class Indicator(Model):
    """A result of a task: the sum of a form's `column`, or the number of its rows (programmes/<code>/indicators.yaml).

    `measure` is the measure word in Chinese; money has its own. `by` names columns with choices, or `unit`.
    `where` keeps rows with one of these choices, `containing` those whose text holds one of these words. `to_date` adds
    the sum since the programme began (what has targets has it anyway).
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    task: str
    clause: str
    name: Text
    unit: str
    measure: str
    form: str
    column: str | None = None
    where: dict[str, list[str]] = {}
    containing: dict[str, list[str]] = {}
    to_date: bool = False
    over: Literal["window", "latest"]
    dated_by: str | None = None
    by: list[str] = []

    @property
    def target_code(self) -> str:
        return f"{self.code}_target"

    @property
    def to_date_code(self) -> str:
        """The figure from the programme's start to the window's end, of what has a target."""
        return f"{self.code}_to_date"

    @property
    def reached_code(self) -> str:
        return f"{self.code}_target_pct"

    @property
    def before_code(self) -> str:
        """The figure of the same window of the year before."""
        stem, _, unit = self.code.rpartition("_")
        return f"{stem}_year_before_{unit}"

    @property
    def growth_code(self) -> str:
        return f"{self.code}_yoy_pct"


class Programme(Model):
    """Everything that one programme fixes; `digest` identifies this very text of it."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: Text
    short_name: Text
    city: Text
    source: Source
    issuer: Text
    overall_lead: str
    executor: str
    timezone: str
    span: Span
    template_version: str
    switches: Switches
    annual: Annual
    masking: Masking
    retention: Retention = Retention()
    reports: dict[str, ReportKind]
    units: list[Unit]
    not_units: list[NotUnit] = []
    categories: list[Category]
    competitions: list[Competition]
    cadences: list[ContestCadence]
    levels: list[Level]
    quotas: list[QuotaTable]
    calendar: Calendar
    recipients: list[Recipient]
    delivery: Delivery = Delivery()
    contacts: list[Contact] = []
    head: list[Column]
    forms: dict[str, Form]
    indicators: list[Indicator] = []
    digest: str = ""

    def __hash__(self) -> int:
        return hash(self.digest)

    def unit(self, code: str) -> Unit:
        return next(unit for unit in self.units if unit.code == code)

    def sends_for(self, sender: str, unit: str) -> bool:
        """Whether `sender` may hand in returns of `unit`: its own, and those of its sub-units."""
        return sender in (unit, self.unit(unit).parent)

    def addresses_of(self, unit: str) -> list[str]:
        """Where a unit sends from and is answered; none where nobody has said."""
        return next((contact.addresses for contact in self.contacts if contact.unit == unit), [])

    def targets_of(self, indicator: str) -> list[QuotaTable]:
        return [table for table in self.quotas if table.indicator == indicator]

    def level(self, code: str) -> Level:
        return next(level for level in self.levels if level.code == code)

    def choices_of(self, column: Column) -> dict[str, list[str]]:
        """Code → the words that mean it, the printed one first. A competition is also known by its number."""
        if isinstance(column.choices, dict):
            return {code: [word] if isinstance(word, str) else word for code, word in column.choices.items()}
        if column.choices is None:
            return {}
        listed: list[Any] = getattr(self, column.choices)
        return {
            item.code: [*([str(item.series)] if isinstance(item, Competition) else []), item.name.zh, *item.aliases]
            for item in listed
        }
