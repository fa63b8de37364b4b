"""A live tenant whose days the test makes pass: bills in a playbook with a step a day, a mail server and a webhook receiver
that remember what reached them, and what must have happened on every day, worked out from the calendar alone."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from hashlib import sha256
from typing import Any

from aiosmtpd.controller import Controller

from service.runtime import Runtime
from tests.channels.posts import Post, parsed, said
from tests.chaos.invariants import ZONE, is_open
from tests.chaos.present import Present
from tests.chaos.processes import rows
from tests.journeys.company import Company
from tests.journeys.house import free_port
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver

DOMAIN = "seller.example"
ISSUED, DUE = date(2026, 2, 26), date(2026, 2, 27)
"""A Friday; the days after it know no holiday until April."""

BEFORE = datetime.combine(DUE, clock_time(8), ZONE)
"""When towns are settled: nothing is due yet."""

OPENS = clock_time(9)
LEASES_PASS, LEASES_PASS_AFTER, SLOWER = timedelta(seconds=70), 0.8, 1.1
"""How far the clock is moved on when so many seconds were waited, and by how much later each time: on a slow machine nobody
loses a lease for ever, and the day's window lasts."""

PATIENCE = 300.0
"""Seconds after which something hangs: no machine is so slow."""

_BILL = re.compile(r"\bC-\d+-\d+\b")
_WEEK = "".join(
    f"""
  - ladder: looks-{day}
    scope: tenant
    start: {{weekday: {day}}}
    steps:
      - step: look-{day}
        rule: A1
        do:
          - notice: {{audience: [supervisor], text: bills_missing}}"""
    for day in range(1, 8)
)
DAILY = f"""
grammar: 1
name: daily
title: {{en: Every day, zh: 每天}}
ladders:
  - ladder: collection
    start: due
    while: {{stage: [collection]}}
    steps:
      - step: daily
        rule: B3
        at: P1D
        every: P1D
        times: 360
        do:
          - message: {{template: overdue}}
          - task: {{kind: call, why: overdue}}{_WEEK}
"""


class _Timed(Post):
    """Notes when each letter came, by our own clock."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.times.append(time.monotonic())
        return await super().handle_DATA(server, session, envelope)


Mail = tuple[str, str, str, date, frozenset[str]]
"""Message-ID, recipient, text, local day, and the bills it names."""


class Mailbox:
    """A mail server and what reached it."""

    def __init__(self) -> None:
        self.port = free_port()
        self._post = _Timed()
        self._controller = Controller(self._post, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    @property
    def environment(self) -> dict[str, str]:
        return {"DUNLOG_SMTP_URL": f"smtp://127.0.0.1:{self.port}", "DUNLOG_SMTP_FROM": f"receivables@{DOMAIN}"}

    def close(self) -> None:
        self._controller.stop()

    def mails(self, tenant: str) -> list[Mail]:
        """Of that town's."""
        return [mail for mail, _ in self._read(tenant)]

    def timed(self, tenant: str) -> list[tuple[frozenset[str], float]]:
        """The bills that each mail names, and when it came."""
        return [(mail[4], at) for mail, at in self._read(tenant)]

    def _read(self, tenant: str) -> Iterator[tuple[Mail, float]]:
        for (_, to, raw), at in zip(list(self._post.letters), list(self._post.times), strict=False):
            if to[0].endswith(f"@{tenant}.example"):
                mail = parsed(raw)
                text = said(mail)
                day = mail["Date"].datetime.astimezone(ZONE).date()
                yield (str(mail["Message-ID"]), to[0], text, day, frozenset(_BILL.findall(text))), at


@dataclass
class Town:
    """The tenant, and who listens to it."""

    url: str
    tenant: str
    present: Present
    customers: int
    bills: int
    keys: dict[str, str] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)

    def founded(self, runtime: Runtime) -> "Town":
        self.keys = found(runtime, self.tenant, None)
        return self

    def settle(self, house_url: str, receiver: Receiver, *types: str) -> None:
        """Playbook, endpoint, customers and bills, over the API."""
        company = Company(house_url, self.keys, self.tenant)
        company.do("admin", "/v1/playbooks", {"text": DAILY})
        company.choose(playbook="daily")
        made = company.do("admin", "/v1/webhook-endpoints", {"url": receiver.url, "types": list(types)}, 201)
        receiver.secrets, receiver.timeless = [made["secret"]], True
        events = [event for c in range(self.customers) for event in self._customer(company, c)]
        for start in range(0, len(events), 1000):
            company.post(*events[start : start + 1000])
        company.http.close()

    def _customer(self, company: Company, c: int) -> list[dict[str, Any]]:
        customer = f"C-{c}"
        person = {"id": "ap", "name": "Li Na", "email": f"ap{c}@{self.tenant}.example", "role": "accounts_payable"}
        told = [company.event("customer.updated", customer=customer, name=f"Buyer {c}", contacts=[person])]
        for b in range(self.bills):
            bill = {"invoice": f"{customer}-{b}", "customer": customer, "amount": "100.00", "currency": "CNY"}
            dates = {"issued_on": str(ISSUED), "due_on": str(DUE), "confirmation_required": False}
            told.append(company.event("invoice.issued", **bill, **dates))
        return told

    # Time

    def dawn(self, after: timedelta = timedelta(1), waits: bool = False) -> date:
        """The next working day (or the first one so much later) begins, at the opening of its first window; with `waits` it is
        only the next one in line."""
        day = (self.days[-1] if self.days else DUE) + after
        while not is_open(day):
            day += timedelta(1)
        self.days.append(day)
        if not waits:
            self.present.set(self.opened())
        return day

    def opened(self) -> datetime:
        """When the day's first window opened."""
        return datetime.combine(self.days[-1], OPENS, ZONE)

    def fired(self) -> bool:
        """Whether everything due by now has been decided and has its words."""
        return not any(count for (count,) in rows(self.url, _UNDECIDED, *[self.tenant, self.present.now()] * 2))

    def left(self) -> bool:
        """Whether it has left, too."""
        return self.fired() and rows(self.url, _LEAVING, *[self.tenant] * 2) == [(0,), (0,)]

    def sent(self) -> bool:
        """Whether nothing waits for a later day either."""
        return self.left() and rows(self.url, _LATER, self.tenant) == [(0,)]

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds; leases of the dead run out meanwhile, for the clock is moved on now and then."""
        until, moved, after = time.monotonic() + PATIENCE, time.monotonic(), LEASES_PASS_AFTER
        while not holds():
            assert time.monotonic() < until, f"it does not come; it is {self.present.now()}; {self._waiting()}"
            time.sleep(0.05)
            if time.monotonic() - moved > after:
                self.present.move(LEASES_PASS)
                moved, after = time.monotonic(), after * SLOWER

    def _waiting(self) -> list[tuple[Any, ...]]:
        """Some of what is not done, for whoever has to find out why."""
        return [
            *rows(self.url, "SELECT id, wake_at FROM customers WHERE tenant = %s ORDER BY wake_at LIMIT 3", self.tenant),
            *rows(
                self.url,
                """SELECT id, state, attempts, slot_at, next_at, cases FROM messages WHERE tenant = %s
                      AND state IN ('queued', 'ready') LIMIT 5""",
                self.tenant,
            ),
            *rows(
                self.url,
                "SELECT id, state, attempts, next_at FROM deliveries WHERE tenant = %s AND state = 'pending' LIMIT 5",
                self.tenant,
            ),
        ]

    def steps(self) -> int:
        """Occurrences of steps that fired so far."""
        sql = """SELECT count(*) FROM (SELECT DISTINCT stream, data->>'step', data->>'on' FROM events
                  WHERE tenant = %s AND type = 'case.reminded') AS s"""
        ((count,),) = rows(self.url, sql, self.tenant)
        return int(count)

    # What must have happened

    def unfired(self) -> list[str]:
        """I11: every bill was mailed about and put on the call list on every one of the days, no day else."""
        wanted = {
            (f"case/C-{c}-{b}", day, channel)
            for c in range(self.customers)
            for b in range(self.bills)
            for day in self.days
            for channel in ("email", "phone")
        }
        sql = """SELECT stream, (occurred_at AT TIME ZONE 'Asia/Shanghai')::date, data->>'channel' FROM events
                  WHERE tenant = %s AND type = 'case.reminded'"""
        seen = Counter((stream, day, channel) for stream, day, channel in rows(self.url, sql, self.tenant))
        missing = [f"missing {one}" for one in sorted(wanted - seen.keys())]
        return missing + [f"{count} x {one}" for one, count in sorted(seen.items()) if count > 1 or one not in wanted]

    def misheard(self, receiver: Receiver) -> list[str]:
        """I26: every event reached the receiver, under one id of its own, as often as it was tried at most."""
        sql = """SELECT d.webhook, d.stream || '/' || d.version, d.state, d.attempts FROM deliveries d WHERE tenant = %s"""
        found = []
        for webhook, event, state, attempts in rows(self.url, sql, self.tenant):
            bodies = receiver.taken.get(webhook, [])
            if state != "delivered" or not 1 <= len(bodies) <= attempts:
                found.append(f"{event}: {state}, arrived {len(bodies)} times in {attempts} attempts")
            if any(body != bodies[0] or body["id"] != event for body in bodies):
                found.append(f"{event}: another text under the same id")
        return found

    def miswritten(self, mailbox: Mailbox) -> list[str]:
        """I14 at the far side: one mail a contact and day, its copies only under the same Message-ID, as often as tried at
        most; all bills named in each; everything handed over arrived."""
        sql = "SELECT id, contact, state, attempts FROM messages WHERE tenant = %s"
        tried = {self._message_id(id): (state, attempts) for id, _, state, attempts in rows(self.url, sql, self.tenant)}
        mails = mailbox.mails(self.tenant)
        copies = Counter(id for id, *_ in mails)
        per_day: dict[tuple[str, date], set[str]] = {}
        found = []
        for id, to, _, day, bills in mails:
            per_day.setdefault((to, day), set()).add(id)
            if len(bills) != self.bills:
                found.append(f"{to} {day}: {len(bills)} bills")
        found += [f"{to} {day}: {len(ids)} mails" for (to, day), ids in per_day.items() if len(ids) > 1]
        found += [f"{id}: {n} copies" for id, n in copies.items() if id not in tried or n > tried[id][1]]
        return found + [f"{id}: lost" for id, (state, _) in tried.items() if state == "handed_over" and not copies[id]]

    def _message_id(self, message: str) -> str:
        return f"<{sha256(f'{self.tenant}/{message}'.encode()).hexdigest()[:40]}@{DOMAIN}>"


_UNDECIDED = """
SELECT count(*) FROM customers WHERE tenant = %s AND wake_at <= %s::timestamptz
UNION ALL SELECT count(*) FROM messages WHERE tenant = %s AND state = 'queued' AND slot_at <= %s::timestamptz
"""
_LEAVING = """
SELECT count(*) FROM messages WHERE tenant = %s AND state = 'ready'
UNION ALL SELECT count(*) FROM deliveries WHERE tenant = %s AND state = 'pending'
"""
_LATER = "SELECT count(*) FROM messages WHERE tenant = %s AND state = 'queued'"
