"""A mail server that kills itself at a stage of the second letter: `python mortal_server.py MAILDIR STAGE`.

It prints its port. Stages: EHLO, MAIL, RCPT, DATA (all data came, nothing kept), STORED (kept, not answered), never.
"""

from __future__ import annotations

import asyncio
import mailbox
import os
import signal
import sys
from typing import Any

from aiosmtpd.smtp import SMTP


class Mortal:
    def __init__(self, folder: str, stage: str) -> None:
        self.box, self.stage, self.letters = mailbox.Maildir(folder), stage, 0

    def _reach(self, stage: str) -> None:
        if stage == self.stage and self.letters == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, answers: list[str]) -> list[str]:
        self.letters += 1
        self._reach("EHLO")
        session.host_name = name
        return answers

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self._reach("MAIL")
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self._reach("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self._reach("DATA")
        self.box.add(envelope.content)
        self._reach("STORED")
        return "250 taken"


async def serve(folder: str, stage: str) -> None:
    handler = Mortal(folder, stage)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
