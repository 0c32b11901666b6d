"""A local mail server that keeps all it receives in a Maildir: the journal of deliveries, and the demo's mailbox.

With `--boxes` each address has a Maildir of its own besides, by its name, below that folder.
"""

from __future__ import annotations

import argparse
import asyncio
import mailbox
import signal
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

MAX_BYTES = 64 * 1024 * 1024


class Keeper:
    """Answers 250 only when the message lies in the Maildir: the file is on the disk before the sender hears of it."""

    def __init__(self, folder: Path, boxes: Path | None = None) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self.box, self.boxes = mailbox.Maildir(folder, create=True), boxes

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        head = f"X-MailFrom: {envelope.mail_from}\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\n"
        content = head.encode() + envelope.content.replace(b"\r\n", b"\n")
        for address in envelope.rcpt_tos if self.boxes is not None else ():
            self.boxes.mkdir(exist_ok=True)
            mailbox.Maildir(self.boxes / address.replace("/", "_"), create=True).add(content)
        self.box.add(content)
        return "250 OK"


async def serve(folder: Path, host: str, port: int, boxes: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    keeper = Keeper(folder, boxes)
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, loop=loop), host, port
    )
    async with server:
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maildir", type=Path, required=True)
    parser.add_argument("--boxes", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1025)
    given = parser.parse_args()
    asyncio.run(serve(given.maildir, given.host, given.port, given.boxes))


if __name__ == "__main__":
    main()
