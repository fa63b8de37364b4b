"""What of some customers is not as the log says: their streams folded, every row of theirs compared. It only looks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from service.domain.case import Case
from service.domain.events.letter import LetterPrinted
from service.domain.events.tenant import PlaybookPublished
from service.domain.tenant import Tenant
from service.engine.desk import Session
from service.engine.folding import Counted, Difference, Folded, batches, fold
from service.engine.projecting import SKEW, Deviation, Values, case_row, compare, customer_row, payment_row
from service.engine.save import bills_named_by
from service.store import arrears, documents, movements, tenants, worth
from service.store.database import Row, Tx, columns
from service.store.workfold import Entry, by_table, folded

BATCH = 500
MENTIONS = 5000

_TABLES = {"case": "cases", "payment": "payments"}

_UNMENTIONED = """
SELECT w.case_id, w.stream, w.version, w.customer
  FROM unnest(%(case_id)s::text[], %(stream)s::text[], %(version)s::int[], %(customer)s::text[])
    AS w(case_id, stream, version, customer)
 WHERE NOT EXISTS (SELECT FROM mentions m WHERE m.tenant = %(tenant)s AND m.case_id = w.case_id
    AND m.stream = w.stream AND m.version = w.version)
"""


class Look:
    """One look at a set of customers in one transaction. While their sandbox's clock is `moving`, alarms may run ahead."""

    def __init__(self, session: Session, moving: bool, counted: Counted) -> None:
        self._session = session
        self._tx = session.tx
        self._moving = moving
        self._counted = counted
        self._known: dict[str, set[str]] = {"tasks": set(), "approvals": set()}
        self._work: dict[str, dict[str, tuple[str | None, Values]]] = {"tasks": {}, "approvals": {}}
        self._mentions: Counter[str] = Counter()
        self._named: list[tuple[str, str, int, str | None]] = []
        self._broken: set[str | None] = set()

    def at(self, ids: Sequence[str]) -> Iterator[list[Deviation]]:
        """Everything that differs with these customers, in sets. Who mends a set does it before asking for the next one."""
        people = {one.id: one for one in fold(self._tx, [f"customer/{id}" for id in ids], self._counted)}
        yield self._beside(people.values())
        yield list(self._misprinted(people.values()))
        for kind in ("payment", "case"):
            for batch in batches(self._owned(_TABLES[kind], ids), BATCH):
                yield from self.states(kind, batch)
        yield self._rows_of(ids, people)
        whole = [id for id in ids if id not in self._broken]  # a broken log does not say what is too much
        for table, known in self._known.items():
            for batch in batches(self._owned(table, whole), BATCH):
                yield list(compare(self._tx, table, {}, set(batch) - known))
        yield list(self._mentioned_too_often(whole))
        for customer, count in movements.strays(self._tx, whole):
            what = Difference("extra", f"movements of {customer}", "0", str(count))
            yield [Deviation([what], customer, "movements", customer)]
        yield list(self._misvalued(whole))
        yield list(self._miscounted(whole))

    def _misprinted(self, people: Iterable[Folded]) -> Iterator[Deviation]:
        """Letters whose bytes are not those that the log knows, or are gone; those of an erased person have none."""
        whole = [one for one in people if one.state is not None]
        right = {
            told.event.letter: (one.id, told.event.sha256)
            for one in whole
            for told in one.told
            if isinstance(told.event, LetterPrinted)
        }
        kept = {one.message: one for one in documents.hashes(self._tx, [one.id for one in whole])}
        for letter in sorted(right.keys() | kept.keys()):
            customer, expected = right.get(letter) or (kept[letter].customer, None)
            found = (kept[letter].found or kept[letter].sha256) if letter in kept else None
            if found != expected:
                yield Deviation([Difference("document", f"documents/{letter}", expected, found)], customer)

    def people(self, ids: Sequence[str]) -> Iterator[list[Deviation]]:
        """These customers' own streams and rows alone."""
        people = {one.id: one for one in fold(self._tx, [f"customer/{id}" for id in ids], self._counted)}
        yield self._beside(people.values())
        yield self._rows_of(ids, people)

    def _rows_of(self, ids: Sequence[str], people: dict[str, Folded]) -> list[Deviation]:
        earliest = self._earliest(ids)
        expected = {
            id: (id, customer_row(self._session, one, earliest.get(id), self._moving))
            for id, one in people.items()
            if one.state is not None
        }
        return list(compare(self._tx, "customers", expected, set(ids) - people.keys()))

    def states(self, kind: str, ids: Sequence[str]) -> Iterator[list[Deviation]]:
        """These bills or payments: their streams and rows, and what their events leave beside."""
        expected: dict[str, tuple[str | None, Values]] = {}
        absent = set(ids)
        streams = list(fold(self._tx, [f"{kind}/{id}" for id in ids], self._counted))
        for one in streams:
            absent.discard(one.id)
            if one.state is not None:
                expected[one.id] = (one.customer, self._row(one))
        yield self._beside(streams)
        yield list(compare(self._tx, _TABLES[kind], expected, absent))
        if kind == "case":
            yield list(self._moved(streams))

    def _moved(self, streams: Iterable[Folded]) -> Iterator[Deviation]:
        """Bills whose money does not stand as the log says."""
        right = {one.id: one for one in streams if one.state is not None and one.customer is not None}
        found = movements.of_cases(self._tx, [(one.customer or "", id) for id, one in right.items()])
        for id, one in right.items():
            if one.moved != found[id]:
                what = Difference("movements", f"movements/{id}", str(len(one.moved)), str(len(found[id])))
                yield Deviation([what], one.customer, "movements", id, {"movements": one.moved})

    def _row(self, one: Folded) -> Values:
        return case_row(self._session, one, self._moving) if isinstance(one.state, Case) else payment_row(one)

    def _owned(self, table: str, customers: Sequence[str]) -> Iterator[str]:
        sql = f"SELECT id FROM {table} WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) ORDER BY id"
        return (id for (id,) in self._tx.stream(sql, {"customers": list(customers)}))

    def _earliest(self, customers: Sequence[str]) -> dict[str, datetime]:
        rows = self._tx.rows(
            """SELECT customer, min(next_at) FROM cases
                WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) AND next_at IS NOT NULL GROUP BY 1""",
            {"customers": list(customers)},
        )
        return dict(rows)

    def _beside(self, streams: Iterable[Folded]) -> list[Deviation]:
        """What streams say beside their own rows: whether they are whole, tasks, requests, mentions."""
        found = [deviation for one in streams for deviation in self._note(one)]
        for table, rows in self._work.items():
            found += compare(self._tx, table, rows)
            rows.clear()
        return found + self._unmentioned()

    def _note(self, one: Folded) -> Iterator[Deviation]:
        """What is wrong with the stream itself; what it leaves beside its row is kept to be compared."""
        faults = list(one.faults)
        if one.state is not None and one.named_customers != {one.customer}:
            named = ", ".join(sorted(map(str, one.named_customers)))
            faults.append(Difference("owner", one.stream, one.customer, named))
        if faults:
            yield Deviation(faults, one.customer)
        if one.state is None:
            self._broken |= one.named_customers
            return
        entries = (Entry(one.customer, told.version, told.event, told.occurred_at) for told in one.told)
        for table, moving in by_table(entries).items():
            self._known[table] |= moving.keys()
            rows = {id: folded(None, those) for id, those in moving.items()}
            self._work[table] |= {id: (one.customer, row) for id, row in rows.items() if row}
        if one.kind != "case":
            mentioned = [
                (case, told.stream, told.version, one.customer)
                for told in one.told
                for case in sorted(bills_named_by(told.event))
            ]
            self._named += mentioned
            self._mentions[one.customer or ""] += len(mentioned)

    def _unmentioned(self) -> list[Deviation]:
        """The mentions that lack, by customer."""
        missing: dict[str | None, list[Row]] = {}
        for start in range(0, len(self._named), MENTIONS):
            named = self._named[start : start + MENTIONS]
            rows = self._tx.rows(_UNMENTIONED, columns(named, ("case_id", "stream", "version", "customer")))
            for case, stream, version, customer in rows:
                missing.setdefault(customer, []).append((case, stream, version))
        self._named.clear()
        return [
            Deviation(
                [Difference("missing", f"mentions/{case}", f"{stream}@{version}", None) for case, stream, version in rows],
                customer,
                "mentions",
                customer or "",
                {"mentions": rows},
            )
            for customer, rows in missing.items()
        ]

    def _mentioned_too_often(self, customers: Sequence[str]) -> Iterator[Deviation]:
        """By events of the customer itself and of its payments; a parent's events name bills of its children too, and each of
        those is looked at by itself."""
        rows = self._tx.rows(
            """SELECT k.customer, count(*) FILTER (WHERE NOT o.another),
                      count(*) FILTER (WHERE o.another AND NOT EXISTS (
                        SELECT FROM events e WHERE e.tenant = %(tenant)s AND e.stream = m.stream AND e.version = m.version
                           AND (COALESCE((e.data->'cases')::jsonb ? m.case_id, false)
                                OR COALESCE((e.data->'removed')::jsonb ? m.case_id, false))))
                 FROM cases k JOIN mentions m ON m.tenant = k.tenant AND m.case_id = k.id
                CROSS JOIN LATERAL (SELECT starts_with(m.stream, 'customer/') AND m.stream <> 'customer/' || k.customer)
                      AS o(another)
                WHERE k.tenant = %(tenant)s AND k.customer = ANY(%(customers)s::text[]) GROUP BY 1""",
            {"customers": list(customers)},
        )
        for customer, own, strange in rows:
            found = own + strange
            if found > self._mentions[customer]:
                what = Difference("extra", f"mentions of {customer}", str(self._mentions[customer]), str(found))
                yield Deviation([what], customer, "mentions", customer)

    def _miscounted(self, customers: Sequence[str]) -> Iterator[Deviation]:
        """Customers of whom more or less is kept as overdue than their bills' rows say."""
        today = self._session.scene.today
        latest = date.max if self._moving else self._session.scene.workdays.today(self._session.scene.now + SKEW)
        for customer, currency, counted, right in arrears.miscounted(self._tx, customers, latest):
            what = Difference("column", f"arrears/{customer}.{currency}", str(right or 0), str(counted))
            yield Deviation([what], customer, "arrears", customer, {"today": today})

    def _misvalued(self, customers: Sequence[str]) -> Iterator[Deviation]:
        """Tasks that stand at another place of the work list than their bills' rows say."""
        for id, customer, value, fair in worth.misvalued(self._tx, customers):
            yield Deviation([Difference("column", f"tasks/{id}.value", str(fair), str(value))], customer, "worth", id)


def tenant_deviations(tx: Tx, counted: Counted) -> tuple[Tenant | None, bytes, list[Deviation]]:
    """The tenant's own stream against its row and its published playbooks; also the state and head that it leaves."""
    whole = next(fold(tx, ["tenant"], counted), None)
    if whole is None or not isinstance(whole.state, Tenant):
        faults = whole.faults if whole else [Difference("missing", "tenant", "the tenant's stream", None)]
        return None, b"", [Deviation(faults)]
    tenant, head = whole.state, whole.head
    found = [Deviation(whole.faults)] if whole.faults else []
    row = tx.dicts("SELECT kind, version, state::text, hash, delete_after FROM tenants WHERE id = %(tenant)s")[0]
    right = {"kind": tenant.kind, "version": tenant.version, "state": tenants.encode(tenant), "hash": head}
    right["delete_after"] = tenant.delete_after
    differing = [
        Difference("state" if name == "state" else "head", f"tenants.{name}", _plain(right[name]), _plain(row[name]))
        for name in right
        if right[name] != row[name]
    ]
    if differing:
        found.append(Deviation(differing, table="tenants", id=tenant.id))
    return tenant, head, found + _playbooks(tx, whole) + _requests(tx, whole)


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _requests(tx: Tx, whole: Folded) -> list[Deviation]:
    """The requests about the company itself."""
    entries = (Entry("", told.version, told.event, told.occurred_at) for told in whole.told)
    rows = {id: folded(None, those) for id, those in by_table(entries).get("approvals", {}).items()}
    expected: dict[str, tuple[str | None, Values]] = {id: ("", row) for id, row in rows.items() if row}
    stored = {id for (id,) in tx.rows("SELECT id FROM approvals WHERE tenant = %(tenant)s AND customer = ''")}
    return list(compare(tx, "approvals", expected, stored - expected.keys()))


def _playbooks(tx: Tx, folded: Folded) -> list[Deviation]:
    """The texts as published, each version for ever."""
    right = {
        (told.event.playbook, told.event.version): (told.event.text, told.recorded_at)
        for told in folded.told
        if isinstance(told.event, PlaybookPublished)
    }
    rows = tx.rows("SELECT name, version, text, published_at FROM playbooks WHERE tenant = %(tenant)s")
    stored = {(name, version): (text, at) for name, version, text, at in rows}
    found = []
    for key in sorted(right.keys() | stored.keys()):
        if right.get(key) != stored.get(key):
            text, at = right.get(key) or (None, None)
            what = "missing" if key not in stored else "extra" if key not in right else "column"
            where = f"playbooks/{key[0]} {key[1]}"
            difference = Difference(what, where, text, stored[key][0] if key in stored else None)
            values = {"name": key[0], "version": key[1], "text": text, "published_at": at} if key in right else None
            found.append(Deviation([difference], table="playbooks", id=f"{key[0]} {key[1]}", values=values))
    return found
