"""Invents persons and ventures that nobody can mistake for real ones, yet whose numbers have valid check characters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from stdnum.cn import ric, uscc

Gender = Literal["男", "女"]

SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎")
COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "尉迟")
GIVEN = tuple("一二三四五六七八九十甲乙丙丁戊己庚辛某")
RARE_GIVEN = tuple("喆堃犇燚昇")  # beyond GB2312: fonts and old tables trip over them
WORDS = tuple("金禾青云晨光星河远山长风麦田春水石榴百合丰泽瑞祥清泉黄河皋兰五泉白塔雁滩")
TRADES = {
    "youth": "科技",
    "women": "家政",
    "farmers": "农业",
    "culture_tourism": "文化旅游",
    "veterans": "物业",
    "disabled": "手工艺",
    "catering": "餐饮",
    "elder_care": "养老服务",
    "chinese_medicine": "中药",
    "new_business": "传媒",
}
# Place 1 and 2 of the unified social credit code (GB 32100): registering authority and kind of body.
AUTHORITY = {"enterprise": "91", "self_employed": "92", "cooperative": "93", "private_nonprofit": "52"}
ENDINGS = {
    "enterprise": "有限公司",
    "self_employed": "经营部",
    "cooperative": "农民专业合作社",
    "private_nonprofit": "服务中心",
    "team": "创业团队",
}
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
UNKNOWN_REGION = "629901"


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional founder. The sequence digits of the identity number are always 00x."""

    name: str
    gender: Gender
    id_number: str
    phone: str

    @property
    def has_unknown_region(self) -> bool:
        return self.id_number.startswith(UNKNOWN_REGION)


@dataclass(frozen=True, slots=True)
class Venture:
    """A fictional body; a team has no credit code."""

    name: str
    kind: str
    uscc: str | None
    established_on: date
    address: str


def id_number(region: str, born: date, sequence: int) -> str:
    """An 18-place identity number (GB 11643) with its check character."""
    body = f"{region}{born:%Y%m%d}{sequence:03d}"
    return body + ric.calc_check_digit(f"{body}0")  # it reads all places but the last


def credit_code(kind: str, region: str, serial: int) -> str:
    """An 18-place unified social credit code (GB 32100) around an organisation code (GB 11714) of style MA00….."""
    digits = ""
    for _ in range(4):
        serial, rest = divmod(serial, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    organisation = f"MA00{digits}"
    values = (int(character, 36) for character in organisation)
    check = -sum(value * weight for value, weight in zip(values, ORGANISATION_WEIGHTS, strict=True)) % 11
    body = f"{AUTHORITY[kind]}{region}{organisation}{'X' if check == 10 else check}"
    return body + uscc.calc_check_digit(body)


class People:
    """A source of persons and ventures; no number is given twice."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.ids: set[str] = set()
        self.phones: set[str] = set()
        self.names: set[str] = set()
        self.serial = 0

    def person(self, region: str, category: str, nominated_on: date) -> Person:
        gender: Gender = "女" if category == "women" or self.rng.random() < 0.4 else "男"
        oldest = 33 if category == "youth" else 55
        while True:
            born = nominated_on - timedelta(days=self.rng.randint(21 * 366, oldest * 365))
            sequence = self.rng.randrange(5) * 2 + (gender == "男")
            number = id_number(region, born, sequence)
            if number not in self.ids:
                self.ids.add(number)
                return Person(self._name(), gender, number, self._phone())

    def venture(self, region: str, category: str, kind: str, established_on: date) -> Venture:
        self.serial += 1
        code = None if kind == "team" else credit_code(kind, region, self.serial)
        address = f"示例路{self.rng.randint(1, 300)}号"
        return Venture(self._venture_name(category, kind), kind, code, established_on, address)

    def _name(self) -> str:
        if self.rng.random() < 0.02:
            return self.rng.choice(COMPOUND_SURNAMES) + "某某"
        given = RARE_GIVEN if self.rng.random() < 0.04 else GIVEN
        return f"{self.rng.choice(SURNAMES)}某{self.rng.choice(given)}"

    def _phone(self) -> str:
        while True:
            phone = f"{self.rng.choice(('1380000', '1390000'))}{self.rng.randrange(10_000):04d}"
            if phone not in self.phones:
                self.phones.add(phone)
                return phone

    def _venture_name(self, category: str, kind: str) -> str:
        while True:
            words = "".join(self.rng.choice(WORDS) for _ in range(3))
            name = f"示例{words}{TRADES.get(category, '商贸')}{ENDINGS[kind]}"
            if name not in self.names:
                self.names.add(name)
                return name
