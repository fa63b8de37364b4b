"""The week's report on paper: every figure as its JSON has it, put into words, tables and charts; none is computed anew."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from service.domain import weeks
from service.domain.buckets import BUCKETS
from service.printing import charts
from service.reports.chased import LOOKED_BACK, WORST
from service.words.languages import Language
from service.words.sentences import say
from service.words.writing import day, month

TEMPLATE = "weekly"
MOST_DRAWN = 2
"""Currencies whose ageing is drawn; that of the others stands in a table."""

MOST_COLLECTORS = 12
FEWEST_LISTED = 3
"""Of the customers who owe most, in each of many currencies."""

Data = dict[str, Any]
Told = Mapping[str, Any]


class Masthead(Struct, frozen=True):
    """Whose report it is, for readers of which language, by what was known when; people by id."""

    company: str
    language: Language
    moment: datetime | None
    names: Mapping[str, str]


def paper(told: Told, head: Masthead) -> Data:
    """What `printing` needs to set the report that `told` is in JSON."""
    return _Page(told, head).data()


class _Page(Struct, frozen=True):
    told: Told
    head: Masthead

    def data(self) -> Data:
        last = date.fromisoformat(self.told["as_of"])
        is_week = weeks.last_day(weeks.week_of(last)) == last
        title = self.say("title", week=weeks.week_of(last)) if is_week else self.say("title_of_day", last=last)
        drawn, others = self.currencies()
        parts = [self.figures(), *(self.ageing(one) for one in drawn), *self.other_ageing(others), *self.targets()]
        parts += [*self.overdue([*drawn, *others]), *self.promises(), *self.disputes()]
        return {
            "language": self.head.language,
            "title": title,
            "company": self.head.company,
            "date": day(last, self.head.language),
            "page": self.say("page", page="{page}", pages="{pages}"),
            "span": self.say("span", first=last - timedelta(6), last=last, moment=self.head.moment),
            "parts": parts,
            "done": [*self.escalations(), self.holds(), *self.measures()],
            "notes": self.say("notes", days=LOOKED_BACK),
        }

    def say(self, code: str, **params: object) -> str:
        """A word or sentence of the report."""
        return say(f"week.{code}", self.head.language, **params)

    def currencies(self) -> tuple[list[str], list[str]]:
        """Those in which most customers are on the overdue list first; to be drawn, and the others."""
        listed = Counter(row["currency"] for row in self.told["overdue"])
        found = sorted({row["currency"] for row in self.told["ageing"]}, key=lambda one: (-listed[one], one))
        return found[:MOST_DRAWN], found[MOST_DRAWN:]

    def figures(self) -> Data:
        """One line a currency."""
        received, days, aged = (self.by_currency(name) for name in ("receipts", "days", "ageing"))
        columns = (
            *(_text("currency", "1fr"), _sum("received"), _sum("received_before"), _sum("open"), _sum("overdue")),
            *(_sum("dso"), _sum("best"), _sum("late")),
        )
        rows = []
        for currency in sorted(received.keys() | days.keys() | aged.keys()):
            came, owed, of = (known.get(currency, {}) for known in (received, aged, days))
            amounts = (came.get("collected"), came.get("collected_the_week_before"), owed.get("open"), owed.get("overdue"))
            durations = (of.get(name) for name in ("dso", "dso_best_possible", "average_days_delinquent"))
            rows.append([currency, *(money(one) for one in amounts), *(number(one) for one in durations)])
        return self.table("figures", columns, rows)

    def ageing(self, currency: str) -> Data:
        """A line a bucket, with how it has changed, and both weeks drawn."""
        now, change = (self.by_currency(name).get(currency, {}) for name in ("ageing", "ageing_change"))
        columns = (_text("bucket", "1fr"), _sum("open"), _sum("change"))
        rows = [[self.say(f"col_{name}"), money(now[name]), signed(change[name])] for name in BUCKETS]
        total = [self.say("col_total"), money(now["open"]), signed(change["open"])]
        these = [float(now[name]) for name in BUCKETS]
        before = [float(now[name]) - float(change[name]) for name in BUCKETS]
        drawn = charts.columns(
            [self.say(f"col_{name}") for name in BUCKETS],
            {self.say("now"): these, self.say("before"): before},
            lambda value: f"{value:,.0f}",
            (880, 470),
        )
        return self.table("ageing", columns, rows, total, currency=currency) | {"chart": drawn}

    def other_ageing(self, currencies: Sequence[str]) -> Iterator[Data]:
        """A line a currency, a column a bucket."""
        known = self.by_currency("ageing")
        columns = (_text("currency"), *(_sum(name) for name in BUCKETS), _sum("total"))
        rows = [[one, *(money(known[one][name]) for name in (*BUCKETS, "open"))] for one in currencies]
        if rows:
            yield self.table("ageing_others", columns, rows)

    def targets(self) -> Iterator[Data]:
        """Whoever collected most first; drawn when there is something to draw against."""
        found = sorted(self.told["targets"], key=lambda row: (row["currency"], -float(row["collected"]), row["group"]))
        if not found:
            return
        columns = (_text("collector", "1fr"), _text("currency"), _sum("collected"), _sum("target"), _sum("share"))
        rows = [
            [
                *(self.name(row["group"]), row["currency"], money(row["collected"]), money(row["target"])),
                percent(row["share_of_target"]),
            ]
            for row in found[:MOST_COLLECTORS]
        ]
        if len(found) > MOST_COLLECTORS:
            rows.append([self.say("targets_more", count=len(found) - MOST_COLLECTORS), "", "", "", ""])
        of = month(date.fromisoformat(found[0]["month"]), self.head.language)
        table = self.table("targets", columns, rows, month=of)
        aimed = [row for row in found[:MOST_COLLECTORS] if row["target"] is not None]
        if aimed and len({row["currency"] for row in aimed}) == 1:
            drawn = charts.rows(
                [self.name(row["group"]) for row in aimed],
                {
                    self.say("col_collected"): [float(row["collected"]) for row in aimed],
                    self.say("col_target"): [float(row["target"]) for row in aimed],
                },
                lambda value: f"{value:,.0f}",
                (880, 150 + 75 * len(aimed)),
            )
            table["chart"] = drawn
        yield table

    def overdue(self, currencies: Sequence[str]) -> Iterator[Data]:
        """Twenty customers in all, by currency."""
        most = max(FEWEST_LISTED, WORST // max(1, len(currencies)))
        figures = (_sum("overdue"), _sum("days"), _sum("bills"))
        columns = (_text("customer", "2fr"), *figures, _text("owner"), _text("measures", "3fr"))
        for currency in currencies:
            found = [row for row in self.told["overdue"] if row["currency"] == currency][:most]
            rows = [
                [
                    {"text": row["name"] or row["group"], "notes": [row["group"]] if row["name"] else []},
                    *(money(row["overdue"]), str(row["oldest_days"]), str(row["bills"])),
                    *(self.name(row["owner"]), self.taken(row)),
                ]
                for row in found
            ]
            if rows:
                yield self.table("overdue", columns, rows, currency=currency)

    def taken(self, row: Told) -> str:
        """What has been done about a customer."""
        said = []
        if row["level"] not in ("none", "hold" if row["hold_since"] else "none"):
            said.append(self.say("at_level", level=row["level"]))
        last = row["last_contact_on"]
        said.append(
            self.say("contacted", count=row["contacts"], last=date.fromisoformat(last)) if last else self.say("not_contacted")
        )
        if float(row["promised"]):
            said.append(self.say("promised", amount=money(row["promised"])))
        if float(row["disputed"]):
            said.append(self.say("contested", amount=money(row["disputed"])))
        if row["hold_since"]:
            said.append(self.say("held_since", since=date.fromisoformat(row["hold_since"])))
        return " · ".join(said)

    def promises(self) -> Iterator[Data]:
        """Of the week, beside what is expected; a line a currency."""
        kept, expected = self.by_currency("promises"), self.by_currency("expected")
        columns = (_text("currency", "1fr"), *(_sum(n) for n in ("kept", "broken", "waiting", "expected_week", "expected")))
        rows = []
        for currency in sorted(kept.keys() | expected.keys()):
            its = kept.get(currency, {})
            judged = [
                {"text": money(its.get(f"{name}_amount")), "notes": [str(its[name])] if its else []}
                for name in ("kept", "broken", "waiting")
            ]
            comes = (expected.get(currency, {}).get(name) for name in ("days_0_7", "expected"))
            rows.append([currency, *judged, *(money(one) for one in comes)])
        if rows:
            yield self.table("promises", columns, rows)

    def disputes(self) -> Iterator[Data]:
        """A line a currency."""
        columns = (
            *(_text("currency", "1fr"), _sum("standing"), _sum("amount"), _sum("of_open"), _sum("age")),
            *(_sum("opened"), _sum("solved")),
        )
        rows = [
            [
                *(row["currency"], str(row["disputes"]), money(row["open_amount"]), percent(row["share_of_receivables"])),
                *(number(row["average_age_days"]), str(row["opened"]), str(row["solved"])),
            ]
            for row in self.told["disputes"]
        ]
        if rows:
            yield self.table("disputes", columns, rows)

    def escalations(self) -> Iterator[Data]:
        """Bills and customers by the level they rose to."""
        rows = [
            [say(f"level.{row['level']}", self.head.language), str(row["bills"]), str(row["customers"])]
            for row in self.told["escalations"]
        ]
        if rows:
            yield self.table("escalations", (_text("level", "1fr"), _sum("bills"), _sum("customers")), rows)

    def holds(self) -> Data:
        """How many deliveries are stopped."""
        (row,) = self.told["holds"]
        rows = [[self.say(f"col_{name}"), str(row[name])] for name in ("held", "applied", "released")]
        return self.table("holds", (_text("what", "1fr"), _sum("count")), rows)

    def measures(self) -> Iterator[Data]:
        """How often each thing was done."""
        rows = [
            [self.say(f"measure_{row['measure'].replace('.', '_')}"), str(row["count"])] for row in self.told["measures"]
        ]
        if rows:
            yield self.table("measures", (_text("what", "1fr"), _sum("count")), rows)

    def table(
        self, title: str, columns: Sequence[Data], rows: Sequence[Any], total: Sequence[str] | None = None, **params: object
    ) -> Data:
        """Under its title, its columns named."""
        named = [column | {"label": self.say(f"col_{column['label']}")} for column in columns]
        table = {"columns": named, "groups": [{"rows": rows, "total": total}]}
        return {"title": self.say(title, **params), "table": table}

    def by_currency(self, section: str) -> dict[str, Told]:
        """The rows of a section that has one a currency."""
        return {row["currency"]: row for row in self.told[section]}

    def name(self, user: str) -> str:
        """A person, or a role."""
        return self.head.names.get(user) or user


def _text(label: str, width: str = "auto") -> Data:
    return {"label": label, "width": width}


def _sum(label: str) -> Data:
    return {"label": label, "align": "right"}


def money(text: str | None) -> str:
    """`1,200.50`; nothing where there is none."""
    if text is None:
        return ""
    whole, point, decimals = text.partition(".")
    return f"{'−' if whole.startswith('-') else ''}{abs(int(whole)):,}{point}{decimals}"


def signed(text: str) -> str:
    """`+1,200.50`, `−1,200.50`; nothing has no sign."""
    return money(text) if text.startswith("-") or not float(text) else f"+{money(text)}"


def number(value: float | None) -> str:
    """As it is; a dash where it is not defined."""
    return "–" if value is None else f"{value:,}"


def percent(ratio: float | None) -> str:
    """`27.03 %`; a dash where it is not defined."""
    return "–" if ratio is None else f"{ratio * 100:,.2f} %"
