"""Words for readers: a text in the languages that people here read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["zh", "en"]


class Text(BaseModel):
    """The same words in Chinese and English. Chinese is what people see unless they ask otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> Text:
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))
