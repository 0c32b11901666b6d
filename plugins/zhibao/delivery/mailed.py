"""How a mail's heads are written, so that old and new mail programs read the same Chinese file name."""

from __future__ import annotations

from email.header import Header
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import quote


class MailedPolicy(EmailPolicy):
    """Encoded words of at most 75 characters (RFC 2047, 2), ASCII alone on the wire; and a file's name in both ways:
    RFC 2231, in one piece, which some programs need, and RFC 2047, which it forbids and older programs read.
    """

    def fold(self, name: str, value: Any) -> str:
        words = _line(name, value)
        return super().fold(name, value) if words is None else words

    def fold_binary(self, name: str, value: Any) -> bytes:
        words = _line(name, value)
        return super().fold_binary(name, value) if words is None else words.encode("ascii")


def _line(name: str, value: Any) -> str | None:
    """The whole line of a head that holds a file's name, or names of mails, which must stay whole; else None."""
    if name.lower() in ("message-id", "in-reply-to", "references"):
        return f"{name}: {value}\r\n"
    params = getattr(value, "params", {})
    if name.lower() == "content-type" and "name" in params:
        words = Header(params["name"], "utf-8", maxlinelen=70).encode(linesep="\r\n")
        return f'{name}: {value.content_type};\r\n name="{words}"\r\n'
    if name.lower() == "content-disposition" and "filename" in params:
        return f"{name}: {value.content_disposition};\r\n filename*=utf-8''{quote(params['filename'], safe='')}\r\n"
    return None


MAILED = MailedPolicy(linesep="\r\n", cte_type="7bit")
