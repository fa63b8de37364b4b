"""A company that uses the service over HTTP only: its ERP posts, its people act, its clock walks."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

ZONE = "+08:00"


def at(day: str, time: str = "08:00") -> str:
    """An instant in the company's zone."""
    return f"{day}T{time}:00{ZONE}"


@dataclass
class Company:
    """One sandbox tenant with a key per role."""

    url: str
    keys: dict[str, str]
    tenant: str = ""
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=300)

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def event(self, type: str, **data: Any) -> dict[str, Any]:
        """A CloudEvent with an id of its own."""
        return {"specversion": "1.0", "id": f"e{next(self._ids)}", "source": "erp/test", "type": type, "data": data}

    def post(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """A batch; every event must be accepted."""
        answer = self.try_post(*events)
        wrong = [result for result in answer["results"] if result["error"]]
        assert not wrong, wrong
        results: list[dict[str, Any]] = answer["results"]
        return results

    def try_post(self, *events: dict[str, Any]) -> dict[str, Any]:
        """A batch; what came of it."""
        headers = self.headers("erp") | {"Content-Type": "application/cloudevents-batch+json"}
        response = self.http.post("/v1/events", json=list(events), headers=headers)
        assert response.status_code == 207, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def say(self, type: str, **data: Any) -> dict[str, Any]:
        """One event, accepted."""
        return self.post(self.event(type, **data))[0]

    def customer(self, id: str = "C-1", **facts: Any) -> None:
        """A customer with somebody in accounts payable and somebody who decides."""
        contacts = [
            {
                "id": "ap",
                "name": "Li Na",
                "email": f"ap@{id.lower()}.example",
                "phone": "1",
                "role": "accounts_payable",
            },
            {"id": "cfo", "name": "Wu Lei", "email": f"cfo@{id.lower()}.example", "role": "decision_maker"},
        ]
        self.say("customer.updated", **{"customer": id, "name": f"{id} Ltd", "contacts": contacts, **facts})

    def bill(self, id: str, issued: str, due: str, customer: str = "C-1", amount: str = "1000.00", **more: Any) -> None:
        """A bill goes out."""
        facts = {"invoice": id, "customer": customer, "amount": amount, "currency": "CNY"}
        self.say("invoice.issued", **{**facts, "issued_on": issued, "due_on": due, **more})

    def pay(self, id: str, amount: str, on: str, customer: str = "C-1", **more: Any) -> None:
        """Money comes in."""
        facts = {"payment": id, "customer": customer, "amount": amount, "currency": "CNY", "received_on": on}
        self.say("payment.received", **{**facts, **more})

    def walk(self, day: str, time: str = "18:00") -> None:
        """The clock moves to that day's time."""
        self.do("admin", "/v1/test-clock", {"now": at(day, time)})

    def live(self, diary: Iterable[tuple[str, Callable[[], Any]]], until: str) -> None:
        """Acts at their moments (`2026-02-10`, or `2026-02-10 18:00`), in order of time; the clock walks between them."""
        for moment, act in sorted(diary, key=lambda entry: entry[0]):
            day, _, time = moment.partition(" ")
            self.walk(day, time or "08:00")
            act()
        self.walk(until)

    def get(self, path: str, role: str = "supervisor", **params: Any) -> Any:
        """A resource, which must be there."""
        response = self.http.get(path, params=params, headers={**self.headers(role), "Accept": "application/json"})
        assert response.status_code == 200, response.text
        return response.json()

    def all(self, path: str, role: str = "supervisor", **params: Any) -> list[dict[str, Any]]:
        """A whole list, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.get(path, role, limit=200, **params, **({"cursor": cursor} if cursor else {}))
            rows += page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows

    def ask(self, role: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """A request; what was answered."""
        return self.http.request(method, path, json=body, headers=self.headers(role))

    def do(self, role: str, path: str, body: dict[str, Any] | None = None, status: int = 0) -> Any:
        """A command, which must succeed (or answer `status`)."""
        response = self.ask(role, "POST", path, body or {})
        assert response.status_code == status or (not status and response.is_success), response.text
        return response.json() if response.content else None

    def choose(self, **settings: Any) -> None:
        """The tenant's settings."""
        response = self.ask("admin", "PATCH", "/v1/settings", settings)
        assert response.status_code == 200, response.text

    def log(self, case: str, type: str | None = None) -> list[dict[str, Any]]:
        """A case's log, of one type when named."""
        return [e for e in self.all(f"/v1/cases/{case}/events") if type in (None, e["type"])]

    def feed(self, type: str, **params: Any) -> list[dict[str, Any]]:
        """Every event of a type, or of a kind (`hold.*`)."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while (answer := self.get("/v1/events", type=type, limit=200, **params, **cursor))["next_cursor"] not in (
            cursor.values()
        ):
            found += answer["data"]
            cursor = {"cursor": answer["next_cursor"]}
        return found

    def reminded(self, case: str, *rules: str, channel: str = "email") -> str:
        """The days on which the case was reminded by that channel (and rules), as `01-31 02-02`."""
        return days(
            e
            for e in self.log(case, "case.reminded")
            if e["data"]["channel"] == channel and (not rules or e["data"]["rule"] in rules)
        )

    def escalated(self, case: str) -> list[str]:
        """Every escalation, as `01-31 supervisor`."""
        return [f"{day_of(e)} {e['data']['level']}" for e in self.log(case, "case.escalated")]

    def skipped(self, case: str, step: str = "") -> list[str]:
        """Every step left out, as `01-31 overdue-manager level_reached`."""
        events = [e for e in self.log(case, "step.skipped") if step in ("", e["data"]["step"])]
        return [f"{day_of(e)} {e['data']['step']} {e['data']['why']}" for e in events]

    def notices(self, text: str, customer: str | None = None, case: str | None = None) -> list[str]:
        """Every notice of that text, as `01-31 finance,supervisor`."""
        return [
            f"{day_of(e)} {','.join(e['data']['audience'])}"
            for e in self.feed("notice.raised")
            if e["data"]["text"] == text
            and (customer is None or customer in e["data"]["customers"])
            and (case is None or case in e["data"]["cases"])
        ]

    def tasks(self, **params: Any) -> list[dict[str, Any]]:
        """The work list."""
        return self.all("/v1/tasks", **params)

    def close(self, kind: str, customer: str, role: str = "supervisor", **record: Any) -> dict[str, Any]:
        """The customer's open task of a kind is done, with a contact record."""
        (task,) = self.tasks(kind=kind, customer=customer, state="open")
        given = {"channel": "visit" if kind == "visit" else "phone", "outcome": "reached", **record}
        if kind == "visit":
            now = self.get("/v1/me")["now"]
            self.do(role, f"/v1/tasks/{task['id']}/appointment", {"contact": "cfo", "at": now})
            given = {"met": ["Wu Lei"], "agreed": "to look into it", **given}
        done: dict[str, Any] = self.do(role, f"/v1/tasks/{task['id']}/complete", given)
        return done

    def asked(self, kind: str, customer: str, state: str = "open") -> dict[str, Any]:
        """The customer's one request of a kind."""
        (request,) = self.all("/v1/approvals", kind=kind, customer=customer, state=state)
        return request

    def grant(self, kind: str, customer: str, role: str = "boss") -> Any:
        """Somebody agrees to the open request."""
        return self.do(role, f"/v1/approvals/{self.asked(kind, customer)['id']}/grant")

    def reject(self, kind: str, customer: str, reason: str, role: str = "boss") -> Any:
        """Somebody does not, and says why."""
        return self.do(role, f"/v1/approvals/{self.asked(kind, customer)['id']}/reject", {"reason": reason})

    def messages(self, **params: Any) -> list[dict[str, Any]]:
        """What was said, the earliest first."""
        return self.all("/v1/messages", **params)[::-1]


def local(instant: str) -> datetime:
    """The company's time of an instant."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo("Asia/Shanghai"))


def day_of(event: dict[str, Any]) -> str:
    """The company's day of an event, as `01-31`."""
    return f"{local(event['occurred_at']):%m-%d}"


def moment_of(event: dict[str, Any]) -> str:
    """The company's time of an event, as `01-31 09:00`."""
    return f"{local(event['occurred_at']):%m-%d %H:%M}"


def days(events: Iterable[dict[str, Any]]) -> str:
    """The days of events, each once, as `01-31 02-02`."""
    return " ".join(dict.fromkeys(day_of(event) for event in events))
