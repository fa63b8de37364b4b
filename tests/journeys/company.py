"""A company that uses the service over HTTP only: its ERP posts, its people act, its clock walks."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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

    def get(self, path: str, role: str = "supervisor", **params: Any) -> Any:
        """A resource, which must be there."""
        response = self.http.get(path, params=params, headers=self.headers(role))
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

    def do(self, role: str, path: str, body: dict[str, Any] | None = None, status: int = 0) -> Any:
        """A command, which must succeed (or answer `status`)."""
        response = self.http.post(path, json=body or {}, headers=self.headers(role))
        assert response.status_code == status or (not status and response.is_success), response.text
        return response.json() if response.content else None

    def log(self, case: str, type: str | None = None) -> list[dict[str, Any]]:
        """A case's log, of one type when named."""
        return [e for e in self.all(f"/v1/cases/{case}/events") if type in (None, e["type"])]

    def reminded(self, case: str, rule: str | None = None, channel: str = "email") -> list[str]:
        """The days on which the case was reminded by that channel (and rule)."""
        return [
            local_day(e["occurred_at"])
            for e in self.log(case, "case.reminded")
            if e["data"]["channel"] == channel and rule in (None, e["data"]["rule"])
        ]

    def escalated(self, case: str) -> list[tuple[str, str]]:
        """(day, level) of every escalation."""
        return [(local_day(e["occurred_at"]), e["data"]["level"]) for e in self.log(case, "case.escalated")]

    def messages(self, **params: Any) -> list[dict[str, Any]]:
        """What was said, newest first."""
        return self.all("/v1/messages", **params)


def local_day(instant: str) -> str:
    """The company's day of an instant."""
    from zoneinfo import ZoneInfo

    return str(datetime.fromisoformat(instant).astimezone(ZoneInfo("Asia/Shanghai")).date())
