"""What a mail says of itself: who sent it, and the files that hang on it, whatever its program made of their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses

from zhibao.sources.model import readable

# What mail programs call by the name of the smaller set and fill from the larger.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


@dataclass(frozen=True, slots=True)
class Attachment:
    file_name: str
    content: bytes


def parse(raw: bytes) -> Message:
    return message_from_bytes(raw)


def sender_of(message: Message) -> str | None:
    """The one address of the one From line; None where there are none or several."""
    addresses = [address for _, address in getaddresses([str(item) for item in message.get_all("From", [])]) if address]
    return addresses[0] if len(addresses) == 1 and "@" in addresses[0] else None


def message_id_of(message: Message) -> str | None:
    """The mail's own name; None where it has none that an answer could repeat in its head."""
    name = str(message["Message-ID"] or "").strip()
    return name if MESSAGE_ID.fullmatch(name) else None


def passed_dmarc(message: Message, server: str) -> bool:
    """Whether our own mail server says so, in its topmost line (lines below may have been sent along)."""
    for line in message.get_all("Authentication-Results", []):
        name, _, results = str(line).partition(";")
        if name.split()[:1] == [server]:
            return re.search(r"(?:^|[;\s])dmarc\s*=\s*pass\b", results, re.IGNORECASE) is not None
    return False


def attachments(message: Message) -> list[Attachment]:
    """All files that hang on the mail, also those in mails that were forwarded along; pictures of its text are none."""
    found = []
    for part in message.walk():
        name = file_name_of(part)
        if name is None or part.is_multipart() or (part.get_content_maintype() == "image" and part["Content-ID"]):
            continue
        found.append(Attachment(name, part.get_payload(decode=True) or b""))
    return found


def file_name_of(part: Message) -> str | None:
    """The name given by the sender, without folders; None where it has none. RFC 2231, RFC 2047, or raw bytes."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = _parameter(part, header, parameter)
        if value is not None:
            text = _from_2231(value) if isinstance(value, tuple) else _from_words(value)
            return re.split(r"[/\\]", text)[-1].replace("\0", "").strip() or "attachment"
    return None


def _parameter(part: Message, header: str, name: str) -> str | tuple[str | None, str | None, str] | None:
    """As `get_param` gives it, but bytes that no encoding was named for are read before they are lost."""
    raw = next((value for key, value in part.raw_items() if key.lower() == header), None)
    if raw is None:
        return None
    holder = Message()
    holder[header] = readable(raw.encode("utf-8", "surrogateescape"))
    return holder.get_param(name, None, header)


def _from_2231(value: tuple[str | None, str | None, str]) -> str:
    charset, language, text = value
    wider = _WIDER.get((charset or "").lower(), charset)
    return collapse_rfc2231_value((wider, language, text), errors="replace")


def _from_words(value: str) -> str:
    """Encoded words, also where a program has put them between quotes."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(re.sub(r"\?=\s+=\?", "?==?", value.replace("\r", "").replace("\n", "")))
    except HeaderParseError:
        return value
    return "".join(text if isinstance(text, str) else _decode(text, charset) for text, charset in pieces)


def _decode(raw: bytes, charset: str | None) -> str:
    try:
        return raw.decode(_WIDER.get((charset or "").lower(), charset) or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return readable(raw)
