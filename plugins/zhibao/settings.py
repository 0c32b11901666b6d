"""The one module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

ROOT = Path(__file__).resolve().parents[2]
CONNECTION = "AIRFLOW_CONN_"
Tls = Literal["none", "starttls", "implicit"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie and how to reach them. Every field has an environment variable (docs/settings.md)."""

    root: Path
    var: Path
    inbox_dir: Path
    fonts_dir: Path
    programme: str
    database_url: str | None
    field_key: str | None
    match_key: str | None
    smtp_host: str
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    smtp_tls: Tls
    smtp_ca: Path | None
    smtp_connection: str | None
    mail_from: str
    mail_journal: Path | None
    mail_settle_seconds: int
    mail_max_bytes: int
    mail_allowed: tuple[str, ...] | None
    operator_mail: str | None
    recipients_file: Path | None
    contacts_file: Path | None
    issued_file: Path | None
    sources_file: Path | None
    connections: Mapping[str, str] = field(repr=False)
    language: str

    @property
    def programme_dir(self) -> Path:
        return self.root / "programmes" / self.programme

    @property
    def sql_dir(self) -> Path:
        return self.root / "sql"

    @property
    def expectations_dir(self) -> Path:
        """The programme's own suites, where it has other forms; else those of the house."""
        own = self.programme_dir / "expectations"
        return own if own.is_dir() else self.root / "expectations"

    @property
    def templates_dir(self) -> Path:
        return self.root / "report_templates"

    @property
    def landing_dir(self) -> Path:
        return self.var / "landing"

    @property
    def quality_dir(self) -> Path:
        return self.var / "quality"

    @property
    def scorecards_dir(self) -> Path:
        return self.var / "scorecards"

    @property
    def documents_dir(self) -> Path:
        return self.var / "documents"


def load_settings() -> Settings:
    """Read the environment once; everything else takes what it needs as an argument."""
    get = os.environ.get
    root = Path(get("ZHIBAO_ROOT", str(ROOT)))
    var = Path(get("ZHIBAO_VAR", str(root / "var"))).resolve()
    journal, recipients, contacts = get("ZHIBAO_MAIL_JOURNAL"), get("ZHIBAO_RECIPIENTS"), get("ZHIBAO_CONTACTS")
    sources, ca_file, allowed = get("ZHIBAO_SOURCES"), get("ZHIBAO_SMTP_CA"), get("ZHIBAO_MAIL_ALLOWED")
    return Settings(
        root=root,
        var=var,
        inbox_dir=Path(get("ZHIBAO_INBOX", str(var / "inbox"))),
        fonts_dir=Path(get("ZHIBAO_FONTS", str(root / "var" / "fonts"))),
        programme=get("ZHIBAO_PROGRAMME", "lanzhou-bqw"),
        database_url=get("ZHIBAO_DATABASE_URL"),
        field_key=get("ZHIBAO_FIELD_KEY"),
        match_key=get("ZHIBAO_MATCH_KEY"),
        smtp_host=get("ZHIBAO_SMTP_HOST", "127.0.0.1"),
        smtp_port=int(get("ZHIBAO_SMTP_PORT", "1025")),
        smtp_user=get("ZHIBAO_SMTP_USER"),
        smtp_password=get("ZHIBAO_SMTP_PASSWORD"),
        smtp_tls=cast(Tls, get("ZHIBAO_SMTP_TLS") or "none"),
        smtp_ca=Path(ca_file) if ca_file else None,
        smtp_connection=get("ZHIBAO_SMTP_CONNECTION") or None,
        mail_from=get("ZHIBAO_MAIL_FROM", "zhibao@example.org"),
        mail_journal=Path(journal) if journal else None,
        mail_settle_seconds=int(get("ZHIBAO_MAIL_SETTLE_SECONDS", "300")),
        mail_max_bytes=int(get("ZHIBAO_MAIL_MAX_MB", "20")) * 1024**2,
        mail_allowed=tuple(allowed.replace(",", " ").split()) if allowed else None,
        operator_mail=get("ZHIBAO_OPERATOR_MAIL") or None,
        recipients_file=Path(recipients) if recipients else None,
        contacts_file=Path(contacts) if contacts else None,
        issued_file=Path(issued) if (issued := get("ZHIBAO_ISSUED")) else None,
        sources_file=Path(sources) if sources else None,
        connections={
            name.removeprefix(CONNECTION).lower(): text
            for name, text in os.environ.items() if name.startswith(CONNECTION)
        },
        language=get("ZHIBAO_LANGUAGE", "zh"),
    )
