"""The number under which a document is issued: what turns a draft's page into one with a red head (GB/T 9704-2012).

An office writes its numbers into a file of the installation (`ZHIBAO_ISSUED`), once it has given them; a document that
stands there carries its number from then on, and its bytes are approved with it. Nothing else makes a red head.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from zhibao.errors import ConfigurationError, Problem

# 〔〕 around four digits; no 第, and no zero before the serial number.
NUMBER = r"^[^\d第〔〕]+〔\d{4}〕[1-9]\d*号$"


class Issue(BaseModel):
    """One number: of which document, or of which addressee's letter; `issued_on` is the date that it bears.

    `copies` is how many are printed, where the office tells.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    period: str
    number: str = Field(pattern=NUMBER)
    issued_on: date
    addressee: str | None = None
    copies: int | None = Field(default=None, ge=1)

    @field_validator("period", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """A year is a number in YAML."""
        return str(value) if isinstance(value, int) else value


def issues_of(path: Path | None, kind: str, period: str) -> tuple[Issue, ...]:
    """What the file says of one report; nothing without a file. Raises ConfigurationError with the file and entry."""
    if path is None:
        return ()
    try:
        found = [Issue.model_validate(item) for item in yaml.safe_load(path.read_text("utf-8")) or []]
    except (OSError, yaml.YAMLError, ValidationError, TypeError) as error:
        raise ConfigurationError([Problem(str(path), 1, str(error).splitlines()[0])]) from None
    numbers = [item.number for item in found]
    if twice := {number for number in numbers if numbers.count(number) > 1}:
        raise ConfigurationError([Problem(str(path), 1, f"the number {sorted(twice)[0]} is given twice")])
    return tuple(item for item in found if (item.kind, item.period) == (kind, period))
