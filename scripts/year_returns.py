"""What the units send in the year: the sample returns, with the story's own silences, delays and corrections."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from year_expected import Sent, cadence_of
from year_story import OWED, STORY, ZONE

TAKEN = ("accepted", "accepted_with_queries")
WITHHELD = ("silent", "exempt", "nil_by_mail")
CORRECTABLE_FROM = "2022-06"
QUIET = timedelta(seconds=31)  # a younger file may still be written, and waits


class Returns:
    """The files on their way, by the moment at which each lies in the inbox. `sent` is the record of all of them."""

    def __init__(self, samples: Path, inbox: Path) -> None:
        self.samples, self.inbox = samples, inbox
        entries = json.loads((samples / "planted.json").read_text("utf-8"))["files"]
        moved = self._corrected_after_issue(entries)
        self._waiting: list[tuple[datetime, str]] = []
        self.sent: list[Sent] = []
        for entry in entries:
            at = self._moment(entry, moved)
            if at is None:
                continue
            self._waiting.append((at, entry["file"]))
            if entry.get("unit") is not None:
                form = "unread" if entry["expect_status"] == "refused" else entry["form"]
                period = "" if entry["expect_status"] == "refused" else entry["period"]
                self.sent.append(Sent(entry["unit"], form, period, at, entry["expect_status"] in TAKEN))
        self._waiting.sort(reverse=True)
        self.sent += [
            Sent(act.unit, form, act.period, act.at, is_accepted=True, is_by_mail=True)
            for act in STORY if act.deed == "nil_by_mail" and act.at is not None
            for form, owing in OWED[cadence_of(act.period)].items() if act.unit in owing
        ]

    def arrive(self, now: datetime) -> bool:
        """Lay into the inbox what has come by `now`. Says whether there was anything."""
        count = 0
        while self._waiting and self._waiting[-1][0] + QUIET <= now:
            at, name = self._waiting.pop()
            path = self.inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.samples / name, path)
            os.utime(path, (at.timestamp(), at.timestamp()))
            count += 1
        return count > 0

    def _moment(self, entry: dict[str, Any], moved: dict[str, datetime]) -> datetime | None:
        at = moved.get(entry["file"], datetime.fromisoformat(entry["received_at"]).astimezone(ZONE))
        for act in STORY:
            if (act.unit, act.period) == (entry.get("unit"), entry["period"]):
                if act.deed in WITHHELD:
                    return None
                if act.deed == "late" and act.at is not None:
                    at = max(at, act.at)
        return at

    def _corrected_after_issue(self, entries: list[dict[str, Any]]) -> dict[str, datetime]:
        """The last second version of a decision ledger that was taken comes only after the annual report is out."""
        act = next(act for act in STORY if act.deed == "correct_after_issue")
        taken = {entry["file"] for entry in entries if entry["expect_status"] in TAKEN}
        second = [
            entry for entry in entries
            if entry["form"] == "selection_result" and entry["file"] in taken and entry.get("supersedes") in taken
            and entry["period"] >= CORRECTABLE_FROM
        ]
        last = max(second, key=lambda entry: entry["period"], default=None)
        return {} if last is None or act.at is None else {last["file"]: act.at}
