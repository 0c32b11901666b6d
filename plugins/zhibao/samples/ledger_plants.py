"""Plants one wrong thing in a return of the forms beside the contests, where a rule of the form must find it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from zhibao.samples.mess import SHARES, Spot, any_record, spot, write_date
from zhibao.samples.page import Page
from zhibao.samples.people import id_number
from zhibao.samples.records import Row

GROUPS = ("student_count", "migrant_worker_count", "veteran_count", "disabled_count", "women_count")
FLOWS = ("jobs_created", "bank_tax_link", "matching_event")
TEXTS = ("work_done", "practices_and_results", "problems", "next_steps")
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
Plant = Callable[[Page, Random], Spot]


def lies_in_one_month(row: Row) -> bool:
    started, ended = row["started_on"], row["ended_on"]
    return started.month == ended.month and started.day > 2


def is_signed(row: Row) -> bool:
    return row["status"] == "signed"


def is_paid_in(row: Row) -> bool:
    return row["status"] == "paid_in"


def is_leased(row: Row) -> bool:
    return row["premises"] == "leased"


def has_flow(row: Row) -> bool:
    return any(row[f"{flow}_month_count"] for flow in FLOWS)


def over(code: str, limit: str, where: Callable[[Row], bool] | None = None, more: int = 2) -> Plant:
    """A count, or an area, that is `more` than the one it is a part of."""

    def plant(page: Page, rng: Random) -> Spot:
        index = any_record(page, rng, where)
        return spot(page, index, code, int(page.records[index][limit]) + more)

    return plant


def money_over(code: str, limit: str, where: Callable[[Row], bool] | None = None) -> Plant:
    """An amount that is 20,000 yuan more than the one it is a part of, in the unit of the page."""

    def plant(page: Page, rng: Random) -> Spot:
        index = any_record(page, rng, where)
        yuan = int(page.records[index][limit]) + 20_000
        return spot(page, index, code, yuan // 10_000 if page.style.wan else yuan, means=str(Decimal(yuan)))

    return plant


def group_over_trained(page: Page, rng: Random) -> Spot:
    return over(rng.choice(GROUPS), "trained_count")(page, rng)


def ended_before_started(page: Page, rng: Random) -> Spot:
    index = any_record(page, rng, lies_in_one_month)
    return _day(page, index, "ended_on", page.records[index]["started_on"] - timedelta(days=1))


def in_another_month(code: str, days: int) -> Plant:
    def plant(page: Page, rng: Random) -> Spot:
        index = any_record(page, rng)
        return _day(page, index, code, page.records[index][code] + timedelta(days=days))

    return plant


def duplicate_class(page: Page, rng: Random) -> Spot:
    return spot(page, 1, "class_no", page.records[0]["class_no"], note=f"与第{page.record_rows[0]}行重复")


def total_below_month(page: Page, rng: Random) -> Spot:
    flow = rng.choice([flow for flow in FLOWS if page.records[0][f"{flow}_month_count"]])
    return spot(page, 0, f"{flow}_total_count", page.records[0][f"{flow}_month_count"] - 1, note="累计小于本月")


def negative_count(page: Page, rng: Random) -> Spot:
    return spot(page, 0, f"{rng.choice(FLOWS)}_month_count", -rng.randint(1, 9))


def signed_without_date(page: Page, rng: Random) -> Spot:
    return spot(page, any_record(page, rng, is_signed), "signed_on", None, note="已签约而无日期")


def share_over_hundred(page: Page, rng: Random) -> Spot:
    return spot(page, any_record(page, rng), rng.choice(SHARES), 105)


def share_as_fraction(page: Page, rng: Random) -> Spot:
    index, code = any_record(page, rng), rng.choice(SHARES)
    return spot(page, index, code, float(page.records[index][code] / 100), note="按小数填写")


def lease_ends_early(page: Page, rng: Random) -> Spot:
    index = any_record(page, rng, is_leased)
    return _day(page, index, "lease_to_on", page.records[index]["lease_from_on"] - timedelta(days=30))


def credit_code_check(page: Page, rng: Random) -> Spot:
    index = any_record(page, rng)
    code = page.records[index]["uscc"]
    wrong = rng.choice([character for character in CODE_ALPHABET if character != code[-1]])
    return spot(page, index, "uscc", code[:-1] + wrong, note="校验位不符")


def text_too_short(page: Page, rng: Random) -> Spot:
    code = rng.choice(TEXTS)
    return spot(page, 0, code, page.records[0][code][:120], note="不足200字")


def text_with_id(page: Page, rng: Random) -> Spot:
    code = rng.choice(TEXTS)
    number = id_number("620102", date(1990, 1, rng.randint(1, 28)), rng.randrange(9))
    return spot(page, 0, code, f"{page.records[0][code]}王某某（身份证号{number}）。", note="含身份证号")


def text_with_phone(page: Page, rng: Random) -> Spot:
    code = rng.choice(TEXTS)
    phone = f"1380000{rng.randrange(10_000):04d}"
    return spot(page, 0, code, f"{page.records[0][code]}联系李某某{phone}。", note="含手机号码")


def _day(page: Page, index: int, code: str, day: date) -> Spot:
    return spot(page, index, code, write_date(page, day), means=day.isoformat())
