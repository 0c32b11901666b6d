"""What every operation stands on: settings, one programme, one database, a mail server, and who is told of failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

from zhibao.delivery.failures import send_failures
from zhibao.delivery.notice import send_notice
from zhibao.delivery.smtp import with_server
from zhibao.errors import TransientError, ZhibaoError
from zhibao.intake import Intake
from zhibao.programme.models import Programme
from zhibao.programme.versions import rules_at
from zhibao.settings import Settings
from zhibao.sources.endpoint import FindEndpoint, find_in
from zhibao.store import database
from zhibao.store.form_tables import ensure_form_tables
from zhibao.store.keys import load_keys
from zhibao.text import Text


@dataclass(frozen=True)
class Core:
    """One programme on one database. Each method is one transaction, and may be run again."""

    settings: Settings
    programme: Programme
    find_endpoint: FindEndpoint | None = None

    @cached_property
    def url(self) -> str:
        """The database's URL; its schema is brought up to date the first time it is asked for."""
        url = database.database_url(self.settings)
        database.migrate(url, self.settings)
        with database.connect(url, self.programme) as connection:
            ensure_form_tables(connection, self.programme)
        return url

    @cached_property
    def intake(self) -> Intake:
        keys = load_keys(self.settings.field_key, self.settings.match_key, self.settings.var)
        return Intake(self.programme, keys, self.settings.landing_dir, self.settings.expectations_dir)

    @cached_property
    def mail_settings(self) -> Settings:
        """The settings with the mail server of `smtp_connection`, where one is named."""
        name = self.settings.smtp_connection
        if name is None:
            return self.settings
        find = self.find_endpoint or find_in(self.settings.connections)
        return with_server(self.settings, find(name))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.programme.timezone)

    @contextmanager
    def connection(self, *, autocommit: bool = False) -> Iterator[database.Connection]:
        with database.connect(self.url, self.programme, autocommit=autocommit) as connection:
            yield connection

    def at(self, as_of: datetime | None) -> Self:
        """The same engine under the rules that this database knew at an instant; those of today where it knew none."""
        if as_of is None:
            return self
        with self.connection() as connection:
            known = rules_at(connection, self.programme, as_of)
        return self if known is None else replace(self, programme=known)

    def tell_operator(self, subject: str, title: str, words: Text, now: datetime) -> str:
        """Write to the operator, once a subject; `nobody` where no address is set. Gives the letter's outcome."""
        with self.connection(autocommit=True) as connection:
            return send_notice(connection, self.programme, self.mail_settings, subject, title, words, now)

    def tell_failures(self, now: datetime) -> dict[str, int]:
        """Tell the operator of what failed since the last time. Counts as `deliver`."""
        with self.connection(autocommit=True) as connection:
            return dict(+send_failures(connection, self.programme, self.mail_settings, now))

    @contextmanager
    def _telling(self, now: datetime) -> Iterator[None]:
        """Whatever comes of it, tell the operator afterwards; what cannot be told now is told the next time."""
        try:
            yield
        finally:
            with suppress(ZhibaoError):
                self.tell_failures(now)


def final_counts(outcomes: Counter[str]) -> dict[str, int]:
    """The counts, unless some letters are worth another try."""
    if count := outcomes["try_again"] + outcomes["waiting"]:
        raise TransientError(f"{count} 封邮件暂未送达，稍后自动重试", f"{count} mails are to be tried again")
    return dict(+outcomes)
