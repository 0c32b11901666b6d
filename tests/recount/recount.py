"""The figures of an annual report, counted again in plain pandas from the workbooks and the programme's YAML.

Nothing of the package is imported: two readings of the same rules must agree. It reads workbooks in the template's own
shape (`zhibao sample --tidy`), in folders by unit; a file's time of modification is its receipt.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pandas as pd
import yaml

ZONE = ZoneInfo("Asia/Shanghai")
PARTS = {"monthly": [f"-{part:02d}" for part in range(1, 13)], "quarterly": [f"Q{part}" for part in range(1, 5)],
         "annual": [""]}
DAYS_OFF = {"forward": 1, "backward": -1}


class Recount:
    """All figures of `annual <year>`, by id, from the workbooks under `folder`. A ratio without a base is None."""

    def __init__(self, folder: Path, programme: Path, year: int) -> None:
        self.year, self.folder = year, folder
        self.conf: dict[str, Any] = {}
        for path in sorted(programme.glob("*.yaml")):
            loaded = yaml.safe_load(path.read_text("utf-8"))
            self.conf |= {path.stem: loaded} if path.stem == "calendar" else loaded
        self.forms = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in programme.glob("forms/*.yaml")}
        self.first, self.last = date(year, 1, 1), date(year, 11, 30)
        self.starts, self.ends = (self.conf["span"][key] for key in ("starts_on", "ends_on"))
        self.units = {unit["code"]: place for place, unit in enumerate(self.conf["units"])}
        self.counts_for = {unit["code"]: unit.get("parent", unit["code"]) for unit in self.conf["units"]}
        self.versions = self._read()
        self.found: dict[str, Decimal | None] = {}

    def figures(self) -> dict[str, Decimal | None]:
        self._awards()
        self._steps()
        self._criteria()
        self._events()
        self._indicators()
        self._returns()
        return self.found

    # Reading

    def _read(self) -> pd.DataFrame:
        """One row a file: unit, form, period, received, rows (a frame with the columns' codes)."""
        names = {form["name"]["zh"]: code for code, form in self.forms.items()} | {"评审公示表彰表": "selection_result"}
        rows = []
        for path in sorted(self.folder.glob("*/*.xlsx")):
            grid = pd.read_excel(path, header=None, dtype=object, engine="openpyxl")
            title = str(grid.iloc[0, 0])
            form = names[next(name for name in names if title.endswith(name))]
            head = {}
            for line in grid.itertuples(index=False):
                cells = [cell for cell in line if not pd.isna(cell)]
                head |= dict(zip(cells[::2], cells[1::2], strict=False)) if len(cells) <= 4 else {}
            codes = {column["header"]: column["code"] for column in self.forms[form]["columns"]}
            at = next(place for place, line in enumerate(grid.itertuples(index=False)) if set(codes) & set(line[:3]))
            table = grid.iloc[at + 1 :].dropna(how="all")
            table.columns = [codes[header] for header in grid.iloc[at]]
            received = datetime.fromtimestamp(path.stat().st_mtime, ZONE)
            rows.append({"unit": path.parent.name, "form": form, "period": period_code(head["报告期"]),
                         "received": received, "rows": self._coded(form, table)})
        return pd.DataFrame(rows)

    def _coded(self, form: str, table: pd.DataFrame) -> pd.DataFrame:
        """Words of choices as codes, numbers as decimals, dates as dates, identifiers as text."""
        table = table.copy()
        for column in self.forms[form]["columns"]:
            code, kind = column["code"], column["type"]
            if code not in table:
                continue
            if kind == "choice":
                words = self._words(column["choices"])
                table[code] = [None if pd.isna(cell) else words[str(cell)] for cell in table[code]]
            elif kind in ("integer", "decimal", "money"):
                table[code] = [None if pd.isna(cell) else Decimal(str(cell)) for cell in table[code]]
            elif kind == "date":
                table[code] = [None if pd.isna(cell) else day_of(cell) for cell in table[code]]
            else:
                table[code] = [None if pd.isna(cell) else str(cell) for cell in table[code]]
        return table

    def _words(self, choices: Any) -> dict[str, str]:
        if isinstance(choices, dict):
            listed = {code: [words] if isinstance(words, str) else words for code, words in choices.items()}
            return {word: code for code, words in listed.items() for word in words}
        return {
            word: item["code"] for item in self.conf[choices]
            for word in (item["name"]["zh"], str(item.get("series", item["name"]["zh"])), *item.get("aliases", []))
        }

    def _standing(self, form: str) -> pd.DataFrame:
        """The rows of the last version of each return, with unit, period and the period's first and last day."""
        of_form = self.versions[self.versions["form"] == form].sort_values("received")
        frames = [
            item.rows.assign(
                unit=item.unit, period=item.period, starts=bounds(item.period)[0], ends=bounds(item.period)[1])
            for item in of_form.drop_duplicates(["unit", "period"], keep="last").itertuples()
        ]
        columns = [column["code"] for column in self.forms[form]["columns"]] + ["unit", "period", "starts", "ends"]
        whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
        return whole.reindex(columns=columns).astype(object).where(lambda cell: cell.notna(), None)

    # Awards

    def _awards(self) -> None:
        people = self._standing("candidate").sort_values("starts", kind="stable")
        keys = ["unit", "level", "candidate_no"]
        dates = people.groupby(keys)[["starts", "ends"]].min().rename(
            columns={"starts": "nominated", "ends": "deadline"})
        self.people = people.drop_duplicates(keys, keep="last").merge(dates.reset_index(), on=keys)
        titles = self._titles().merge(self.people[[*keys, "category", "id_number", "uscc", "venture_name"]], on=keys,
                                      how="left", indicator=True)
        titles["reason"] = self._first_reasons(titles)
        titles["person"] = [row["id_number"] or f"row {at}" for at, row in titles.iterrows()]
        titles["venture"] = [
            row["uscc"] or (f"{row['unit']}/{row['venture_name']}" if row["venture_name"] else f"row {at}")
            for at, row in titles.iterrows()
        ]
        titles["place"] = [
            (row["awarded"], self.units[row["unit"]], row["candidate_no"]) for _, row in titles.iterrows()
        ]
        for key, word in (("person", "same_person"), ("venture", "same_venture")):
            left = titles[titles["reason"].isna()].sort_values("place")
            titles.loc[left[left.duplicated(["level", key])].index, "reason"] = word
        counted = titles[titles["reason"].isna()].assign(unit=lambda frame: frame["unit"].map(self.counts_for))
        for reason in ("same_person", "same_venture", "person_conflict", "revoked", "no_candidate", "ruled_out",
                       "criteria_failed", "not_promoted", "over_quota", "outside_span"):
            self._put("award_excluded_count", int((titles["reason"] == reason).sum()), reason=reason)
        self._promoted(titles, counted)
        elapsed, whole = (self.last - self.starts).days + 1, (self.ends - self.starts).days + 1
        self._put("elapsed_day_count", elapsed)
        self._put("programme_day_count", whole)
        self._put("time_elapsed_pct", pct(elapsed, whole))
        for level in self._levels():
            self._level(level, counted[counted["level"] == level], Decimal(elapsed) * 100 / whole)

    def _steps(self) -> None:
        rows = self._standing("selection_result")
        rows = rows[[self.first <= day <= self.last for day in rows["starts"]]]
        rows = rows.drop_duplicates(["unit", "level", "candidate_no", "result"])
        column = next(item for item in self.forms["selection_result"]["columns"] if item["code"] == "result")
        for level in self._levels():
            for step in column["choices"]:
                count = len(where(rows, {"level": level, "result": step}))
                self._put("title_step_count", count, level=level, step=step)

    def _first_reasons(self, titles: pd.DataFrame) -> list[str | None]:
        return [
            "revoked" if not row["held"] else "no_candidate" if row["_merge"] == "left_only"
            else None if self.starts <= row["awarded"] <= self.ends else "outside_span"
            for _, row in titles.iterrows()
        ]

    def _titles(self) -> pd.DataFrame:
        """Of each candidate and level the grant that holds at the window's end, or the last that was taken back."""
        decided = self._standing("selection_result")
        decided = decided[decided["result"].isin(["granted", "revoked"])]
        decided = decided[[day <= self.last for day in decided["decided_on"]]]
        decided = decided.sort_values(["decided_on", "starts"], kind="stable")
        rows = []
        for (unit, level, number), of_one in decided.groupby(["unit", "level", "candidate_no"]):
            results = list(of_one["result"])
            after = len(results) - results[::-1].index("revoked") if "revoked" in results else 0
            holding = [day for day, result in list(zip(of_one["decided_on"], results, strict=True))[after:]
                       if result == "granted"]
            before = [day for day, result in zip(of_one["decided_on"], results, strict=True) if result == "granted"]
            if before and level in self._levels():
                rows.append({"unit": unit, "level": level, "candidate_no": number, "held": bool(holding),
                             "awarded": holding[0] if holding else before[-1]})
        return pd.DataFrame(rows, columns=["unit", "level", "candidate_no", "held", "awarded"])

    def _levels(self) -> list[str]:
        return [level["code"] for level in self.conf["levels"] if level.get("subject", "person") == "person"]

    def _promoted(self, titles: pd.DataFrame, counted: pd.DataFrame) -> None:
        able = titles[~titles["reason"].isin(["revoked", "no_candidate", "outside_span"])]
        first = able.groupby(["level", "person"])["awarded"].min()
        for level in self.conf["levels"]:
            if below := level.get("promoted_from"):
                mine = counted[counted["level"] == level["code"]]
                held = [first.get((below, row["person"]), date.max) <= row["awarded"] for _, row in mine.iterrows()]
                self._put("promoted_count", sum(held), level=level["code"])

    def _level(self, level: str, awards: pd.DataFrame, elapsed: Decimal) -> None:
        tables = [table for table in self.conf["quotas"] if table["level"] == level]
        scopes: list[tuple[dict[str, str], int | None]] = [({}, tables[0]["total"] if tables else None)]
        for table in tables:
            scopes += [({table["by"]: code}, target) for code, target in table["targets"].items()]
        people = self.people[self.people["level"] == level]
        people = people[[day <= self.last for day in people["nominated"]]]
        people = people.assign(unit=people["unit"].map(self.counts_for))
        nominators = {self.counts_for[unit] for unit in self._level_conf(level)["nominated_by"]}
        every_unit = nominators | set(people["unit"]) | set(awards["unit"])
        for labels in [{}, *({"category": item["code"]} for item in self.conf["categories"]),
                       *({"unit": code} for code in every_unit | {code for table in tables if table["by"] == "unit"
                                                                  for code in table["targets"]})]:
            self._put("candidate_count", len(where(people, labels)), level=level, **labels)
        completed: dict[str, list[tuple[dict[str, str], Decimal]]] = {}
        dimensions = {table["by"] for table in tables}
        known = [labels for labels, _ in scopes]
        extra = [{"unit": unit} for unit in sorted(every_unit) if "unit" in dimensions and {"unit": unit} not in known]
        for labels, target in [*scopes, *((labels, None) for labels in extra)]:
            mine = where(awards, labels)
            count = len(mine)
            inside = sum(self.first <= day <= self.last for day in mine["awarded"])
            full = {"level": level, **labels}
            self._put("awarded_count", count, **full)
            self._put("awarded_in_period_count", inside, **full)
            self._growth("awarded_year_before_count", "awarded_yoy_pct", inside,
                         sum(map(self._is_before, mine["awarded"])), **full)
            if labels:
                self._put("awarded_share_pct", pct(count, len(awards)), **full)
            if target is not None:
                self._put("quota", target, **full)
                self._put("completion_pct", pct(count, target), **full)
                self._put("over_quota_count", max(count - target, 0), **full)
                self._put("completion_ahead_pp", rounded(Decimal(count) * 100 / target - elapsed), **full)
                for by in labels:
                    completed.setdefault(by, []).append((full, pct(count, target)))
        for rates in completed.values():
            for full, rate in rates:
                self._put("completion_rank", 1 + sum(other > rate for _, other in rates), **full)
        for month in range(1, 12):
            in_month = [(day.year, day.month) == (self.year, month) for day in awards["awarded"]]
            self._put("awarded_by_month_count", sum(in_month), level=level, month=f"{self.year}-{month:02d}")
            by_then = [(day.year, day.month) <= (self.year, month) for day in awards["awarded"]]
            self._put("awarded_to_month_count", sum(by_then), level=level, month=f"{self.year}-{month:02d}")

    def _level_conf(self, level: str) -> dict[str, Any]:
        return next(item for item in self.conf["levels"] if item["code"] == level)

    # Criteria

    def _criteria(self) -> None:
        for level in self.conf["levels"]:
            if level.get("subject", "person") == "person":
                rows = self.people[self.people["level"] == level["code"]]
                rows = rows[[day <= self.last for day in rows["nominated"]]]
                rows = rows.assign(measured=rows["deadline"])
            else:
                rows = self._last_return(level["roster"])
                rows = rows.assign(measured=rows["ends"])
                self._put("candidate_count", len(rows), level=level["code"])
            for criterion in level["criteria"]:
                verdicts = [self._verdict(criterion, row) for row in rows.to_dict("records")]
                for verdict in ("pass", "fail", "needs_review", "not_provided", "waived"):
                    self._put("criterion_verdict_count", verdicts.count(verdict), criterion=criterion["code"],
                              level=level["code"], verdict=verdict)

    def _verdict(self, criterion: dict[str, Any], row: dict[str, Any]) -> str:
        op, measure, threshold = criterion["op"], criterion["measure"], criterion["threshold"]
        if (only := criterion.get("applies_when")) and row[only["column"]] not in only["in"]:
            return "pass"
        if measure == "none":
            return "needs_review"
        value = derived(measure, row)
        if op == "is":
            if value is None or value in ("unchecked", "pending"):
                return "needs_review" if criterion["mode"] == "human" else "not_provided"
            if criterion.get("dated_by") and row[criterion["dated_by"]] is None:
                return "not_provided"
            return "pass" if value == str(threshold) else "fail"
        if value is None:
            return "not_provided"
        if op in ("within_years", "at_least_years"):
            anniversary = years_later(value, int(threshold))
            if row["measured"] < value:
                return "needs_review"
            young, old = row["measured"] <= anniversary, row["measured"] >= anniversary
            return "pass" if (young if op == "within_years" else old) else "fail"
        if (year := criterion.get("year_of")) and row[year] != row["measured"].year - 1:
            return "needs_review"
        return "pass" if value >= Decimal(str(threshold)) else "fail"

    def _last_return(self, form: str) -> pd.DataFrame:
        """The rows of each unit's last return that is not later than the window."""
        rows = self._standing(form)
        sent = self.versions[(self.versions["form"] == form)]
        last = {unit: max(starts) for unit, starts in (
            (unit, [bounds(period)[0] for period in periods if bounds(period)[0] <= self.last])
            for unit, periods in sent.groupby("unit")["period"]) if starts}
        return rows[[last.get(unit) == starts for unit, starts in zip(rows["unit"], rows["starts"], strict=True)]]

    # Events and contests

    def _events(self) -> None:
        events = self._standing("event").sort_values("starts", kind="stable")
        events = events.drop_duplicates(["unit", "event_no"], keep="last")
        inside = events[[self.first <= day <= self.last for day in events["held_on"]]]
        before = events[[self._is_before(day) for day in events["held_on"]]]
        contests = [item["code"] for item in self.conf["competitions"]]
        cadences = {item["code"]: item.get("every") for item in self.conf["cadences"]}
        for competition in (None, *contests):
            for cadence in (None, *cadences):
                labels = {key: value for key, value in (("competition", competition), ("cadence", cadence)) if value}
                count = len(where(inside, labels))
                self._put("event_count", count, **labels)
                if cadence is None:
                    self._growth("event_year_before_count", "event_yoy_pct", count, len(where(before, labels)),
                                 **labels)
        for month in range(1, 12):
            in_month = inside[[day.month == month for day in inside["held_on"]]]
            for competition in (None, *contests):
                labels = {"competition": competition} if competition else {}
                self._put("event_by_month_count", len(where(in_month, labels)), month=f"{self.year}-{month:02d}",
                          **labels)
        leads = {item["code"]: item["leads"][0] for item in self.conf["competitions"]}
        duties = []
        for cadence, every in cadences.items():
            for part in PARTS.get(every or "", []):
                first, last = (self.first, self.last) if every == "annual" else bounds(f"{self.year}{part}")
                if self.first <= first and last <= self.last and bounds(f"{self.year}{part}")[1] >= date(2021, 7, 1):
                    for competition in contests:
                        held = where(inside, {"competition": competition, "cadence": cadence})["held_on"]
                        duties.append({"cadence": cadence, "competition": competition, "unit": leads[competition],
                                       "met": any(first <= day <= last for day in held)})
        owed = pd.DataFrame(duties)
        for keys in ([], ["cadence"], ["competition"], ["cadence", "competition"], ["unit"]):
            groups = owed.groupby(keys) if keys else [((), owed)]
            for values, group in groups:
                labels = dict(zip(keys, values, strict=True))
                self._put("contest_due_count", len(group), **labels)
                self._put("contest_met_count", int(group["met"].sum()), **labels)

    # Tasks

    def _indicators(self) -> None:
        for item in self.conf["indicators"]:
            form = self.forms[item["form"]]
            if item["over"] == "latest":
                rows = self._last_return(item["form"])
                dated = rows.assign(day=self.first)
            else:
                rows = self._standing(item["form"]).sort_values("starts", kind="stable")
                if form["key"]:
                    rows = rows.drop_duplicates(["unit", *form["key"]], keep="last")
                dated = rows.assign(day=rows[item.get("dated_by", "starts")])
            for column, words in item.get("where", {}).items():
                dated = dated[dated[column].isin(words)]
            for column, words in item.get("containing", {}).items():
                dated = keep(dated, [any(word in (text or "") for word in words) for text in dated[column]])
            inside = keep(dated, [self.first <= day <= self.last for day in dated["day"]])
            self._put(item["code"], total(inside, item))
            for key in item.get("by", []):
                codes = self._owing(form) if key == "unit" else self._words(
                    next(column["choices"] for column in form["columns"] if column["code"] == key)).values()
                for code in codes:
                    self._put(item["code"], total(inside[inside[key] == code], item), **{key: code})
            if item.get("to_date"):
                so_far = keep(dated, [self.starts <= day <= self.last for day in dated["day"]])
                self._put(f"{item['code']}_to_date", total(so_far, item))
                for unit in self._owing(form):
                    self._put(f"{item['code']}_to_date", total(so_far[so_far["unit"] == unit], item), unit=unit)
            if item["over"] == "window":
                stem, _, unit = item["code"].rpartition("_")
                before = keep(dated, [self._is_before(day) for day in dated["day"]])
                self._growth(f"{stem}_year_before_{unit}", f"{item['code']}_yoy_pct", total(inside, item),
                             total(before, item))

    def _owing(self, form: dict[str, Any]) -> list[str]:
        return [unit["code"] for unit in self.conf["units"] if {unit["kind"], unit["code"]} & set(form["owed_by"])]

    # Returns

    def _returns(self) -> None:
        states = []
        for form in self.forms.values():
            for unit in self._owing(form):
                for period, due in self._due(form["cadence"]):
                    sent = self.versions[(self.versions["form"] == form["code"]) & (self.versions["unit"] == unit)
                                         & (self.versions["period"] == period)].sort_values("received")
                    states.append({
                        "unit": unit, "expected": True, "received": len(sent) > 0, "accepted": len(sent) > 0,
                        "returned": False, "missing": len(sent) == 0,
                        "nil": len(sent) > 0 and sent.iloc[-1]["rows"].empty,
                        "late": len(sent) > 0 and sent.iloc[0]["received"] > due,
                        "overdue": False, "exempt": False, "form": form["code"],
                    })
        owed = pd.DataFrame(states)
        self._discipline(owed)
        for state in owed.columns.drop(["unit", "form"]):
            self._put("return_count", int(owed[state].sum()), state=state)
            for unit, group in owed.groupby("unit"):
                self._put("return_count", int(group[state].sum()), state=state, unit=unit)

    def _discipline(self, owed: pd.DataFrame) -> None:
        """All deadlines of the window are over by the day of the recount."""
        slices = [({}, owed), ({"period": str(self.year)}, owed)]
        for key in ("unit", "form"):
            slices += [({key: code}, group) for code, group in owed.groupby(key)]
        for labels, group in slices:
            accepted, on_time = int(group["accepted"].sum()), int((group["accepted"] & ~group["late"]).sum())
            self._put("return_due_count", len(group), **labels)
            self._put("return_accepted_count", accepted, **labels)
            self._put("complete_pct", pct(accepted, len(group)), **labels)
            self._put("return_on_time_count", on_time, **labels)
            self._put("on_time_pct", pct(on_time, len(group)), **labels)

    def _due(self, cadence: str) -> Iterator[tuple[str, datetime]]:
        """The periods whose returns are due in the window, and when."""
        rule = self.conf["calendar"]["due"][cadence]
        for year in (self.year - 1, self.year):
            for part in PARTS[cadence]:
                period = f"{year}{part}"
                last = bounds(period)[1]
                if last < date(2021, 7, 1):
                    continue
                after = last + timedelta(days=1)
                day = date(year, rule["month"], rule["day"]) if "month" in rule else after.replace(day=rule["day"])
                while not chinese_calendar.is_workday(day):
                    day += timedelta(days=DAYS_OFF[rule["shift"]])
                if self.first <= day <= self.last:
                    yield period, datetime.combine(day, time.fromisoformat(rule["time"]), ZONE)

    # Writing down

    def _is_before(self, day: date) -> bool:
        return day.year == self.year - 1 and day <= self.last.replace(year=self.year - 1)

    def _growth(self, before_name: str, growth_name: str, now: Any, before: Any, **labels: str) -> None:
        if self.first.replace(year=self.year - 1) >= self.starts:
            self._put(before_name, before, **labels)
            self._put(growth_name, rounded(Decimal(now - before) * 100 / before) if before else None, **labels)

    def _put(self, name: str, value: Any, **labels: str) -> None:
        inner = ",".join(f'{key}="{labels[key]}"' for key in sorted(labels))
        self.found[f"{name}{{{inner}}}" if inner else name] = None if value is None else Decimal(value)


def where(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    for key, value in labels.items():
        frame = frame[frame[key] == value]
    return frame


def keep(frame: pd.DataFrame, flags: list[bool]) -> pd.DataFrame:
    """Also of a frame without rows, of which an empty list would take no columns."""
    return frame[pd.Series(flags, index=frame.index, dtype=bool)]


def total(rows: pd.DataFrame, item: dict[str, Any]) -> Decimal:
    if "column" not in item:
        return Decimal(len(rows))
    return sum((value for value in rows[item["column"]] if value is not None), Decimal(0))


def derived(measure: str, row: dict[str, Any]) -> Any:
    """What 附件1 四 judges and nobody types, or the column itself."""
    def ratio(one: str, other: str) -> Decimal | None:
        return None if row[one] is None or not row[other] else row[one] * 100 / row[other]

    if measure == "utilisation_lowest_pct":
        years = [row[f"utilisation_{which}_year_pct"] for which in ("last", "second_last", "third_last")]
        return None if None in years else min(years)
    if measure == "tenant_area_pct":
        return ratio("tenant_area_sqm", "disposable_area_sqm")
    if measure == "success_pct":
        return ratio("success_count", "admitted_count")
    if measure == "on_time_exit_pct":
        return ratio("on_time_exit_count", "exit_due_count")
    if measure == "lease_years":
        first, last = row["lease_from_on"], row["lease_to_on"]
        if first is None or last is None:
            return None
        after = last + timedelta(days=1)
        months = (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)
        return Decimal(months) / 12
    return row[measure]


def pct(part: int, whole: int) -> Decimal | None:
    return rounded(Decimal(part) * 100 / whole) if whole else None


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, monthrange(day.year + years, day.month)[1]))


def day_of(cell: Any) -> date:
    return cell.date() if isinstance(cell, datetime) else date.fromisoformat(str(cell))


def period_code(words: Any) -> str:
    """2022年3月, 2022年第三季度, 2022年."""
    year, _, rest = str(words).partition("年")
    if "季" in rest:
        return f"{year}Q{'一二三四'.index(rest.strip('第季度')) + 1}"
    return f"{year}-{int(rest.strip('月')):02d}" if rest.strip("度") else year


def bounds(period: str) -> tuple[date, date]:
    year, rest = int(period[:4]), period[4:]
    first, last = {"-": (int(rest[1:] or 0),) * 2, "Q": (int(rest[1:] or 0) * 3 - 2, int(rest[1:] or 0) * 3)}.get(
        rest[:1], (1, 12))
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
