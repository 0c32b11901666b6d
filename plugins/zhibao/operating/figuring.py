"""Figures: computed, asked otherwise, traced, kept, and held against themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhibao.figures import Figure, differences, plain
from zhibao.operating.guarding import Guarding
from zhibao.period import Period
from zhibao.programme.varying import vary
from zhibao.programme.versions import rules_of
from zhibao.warehouse.coded import Coded, find_code
from zhibao.warehouse.compute import FigureSet, compute, is_fresh, load_set, store
from zhibao.warehouse.delta import refresh
from zhibao.warehouse.trace import Trace
from zhibao.warehouse.trace import trace as follow


class Figuring(Guarding):
    """What is done with figures."""

    def compute(self, kind: str, period: str, as_of: datetime) -> FigureSet:
        """The figures of one report, computed and not kept."""
        with self.connection() as connection:
            return refresh(connection, self.programme, kind, Period.parse(period), as_of)

    def what_if(
        self, kind: str, period: str, as_of: datetime, settings: Mapping[str, str]
    ) -> list[tuple[str, Figure | None, Figure | None]]:
        """(id, real figure, figure under these settings) of each that differs; nothing of it is kept.

        Both sides are computed from the same returns. Raises RefusedError for a setting that cannot be.
        """
        varied = vary(self.programme, settings)
        with self.connection() as connection:
            real = compute(connection, self.programme, kind, Period.parse(period), as_of)
            other = compute(connection, varied, kind, Period.parse(period), as_of, real.known_at)
            connection.rollback()
        return differences(real.figures, other.figures)

    def trace(self, figure_id: str, kind: str, period: Period, as_of: datetime) -> Trace:
        """The rows behind a figure, as of an instant."""
        with self.connection() as connection:
            return follow(connection, self.programme, figure_id, kind, period, as_of, mask=self._mask)

    def trace_code(self, code: str) -> tuple[Coded, Trace]:
        """The figure that a printed code stands over, and its rows as they were then, under the rules of then."""
        with self.connection() as connection:
            coded = find_code(connection, self.programme, code)
            kept = load_set(connection, coded.figure_set_id)
            rules = rules_of(connection, self.programme, kept.programme_digest)
            found = follow(connection, rules, coded.figure_id, kept.kind, kept.period, kept.as_of, kept.known_at,
                           mask=self._mask)
            connection.rollback()
        return coded, found

    def _mask(self, name: str) -> str:
        from zhibao.documents.masks import mask_name

        return mask_name(name, self.programme.masking.name)

    def compute_known(self, as_of: datetime | None, now: datetime, *, full: bool) -> list[dict[str, Any]]:
        """Bring every report that was ever made up to date; `full` computes also those whose returns did not change.

        `full` first holds what was kept against the same computed anew (`compare_kept`): what differs comes first.
        """
        self.cross_check(now)
        kept = self.kept_sets()
        compared = [self.compare_kept(row["figure_set_id"]) for row in kept] if full else []
        refreshed = [self._refresh(row["kind"], row["period"], as_of or now, full) for row in kept]
        return [row for row in compared if row["state"] == "differs"] + refreshed

    def kept_sets(self) -> list[dict[str, Any]]:
        """The last kept set of each report: figure_set_id, kind, period."""
        with self.connection() as connection:
            return connection.execute(
                "select max(figure_set_id) as figure_set_id, kind, period from figure_set where programme = %s"
                " group by kind, period order by kind, period",
                (self.programme.code,),
            ).fetchall()

    def compare_kept(self, figure_set_id: int) -> dict[str, Any]:
        """Compute a kept set anew, as of its own instants, and hold both against each other.

        `state` is `agrees`, `differs` (with `moved`: id, kept, computed) or, where the programme or the SQL is
        another by now, `other_rules`.
        """
        with self.connection() as connection:
            kept = load_set(connection, figure_set_id)
            again = compute(connection, self.programme, kept.kind, kept.period, kept.as_of, kept.known_at)
            connection.rollback()
        row = {"kind": kept.kind, "period": str(kept.period)}
        if (kept.programme_digest, kept.input_digest) != (again.programme_digest, again.input_digest):
            return row | {"state": "other_rules"}
        moved = [
            (id_, old and plain(old.value), new and plain(new.value))
            for id_, old, new in differences(kept.figures, again.figures)
        ]
        return row | ({"state": "differs", "moved": moved} if moved else {"state": "agrees"})

    def _refresh(self, kind: str, period: str, as_of: datetime, full: bool) -> dict[str, Any]:
        with self.connection() as connection:
            if not full and is_fresh(connection, self.programme, kind, Period.parse(period), as_of):
                return {"kind": kind, "period": period, "state": "unchanged"}
            make = compute if full else refresh
            figures = make(connection, self.programme, kind, Period.parse(period), as_of)
            store(connection, self.programme, figures)
        return {"kind": kind, "period": period, "state": "computed", "figures": len(figures.figures)}

    def data_docs(self, period: str, as_of: datetime) -> dict[str, bytes]:
        """Great Expectations' pages of the period's returns, by file name."""
        from zhibao import quality

        wanted = Period.parse(period)
        with self.connection() as connection:
            returns = quality.returns_of(connection, self.programme, wanted, as_of, self.settings.landing_dir)
        return quality.data_docs(self.programme, returns, as_of.astimezone(self.zone), wanted, self.settings)
