"""A running API and its tenants as the tests of the API use them."""

import threading
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

import httpx
from pydantic import BaseModel

from service.api.roles import ROLES
from service.provision import create_key, create_tenant
from service.runtime import Runtime

NOW = "2026-03-02T10:00:00+08:00"
"""Where a fresh tenant's clock stands: a Monday, inside a window, in Asia/Shanghai."""

Json = dict[str, Any]


class Service:
    """A running API; `runtime` is the house behind it, for what no route can do."""

    def __init__(self, runtime: Runtime, url: str) -> None:
        self.runtime = runtime
        self.url = url

    def new_tenant(self, now: str = NOW, **settings: Any) -> "Tenant":
        """A fresh sandbox tenant with a key for every role; a key's user is its role's name."""
        name = f"t-{uuid.uuid4().hex[:12]}"
        create_tenant(self.runtime, name, sandbox=True, now=datetime.fromisoformat(now), **settings)
        keys = {role: create_key(self.runtime, name, role) for role in sorted(ROLES)}
        return Tenant(self, name, keys)


class Tenant:
    """One tenant as its people see it: `as_(role)` for anything, `post` for facts of the ERP, `walk` for the clock."""

    def __init__(self, service: Service, name: str, keys: dict[str, str]) -> None:
        self.service = service
        self.name = name
        self.keys = keys
        self._ids = count(1)
        self._clients: dict[str, httpx.Client] = {}
        self._lock = threading.Lock()

    def as_(self, role: str, user: str | None = None) -> httpx.Client:
        """A client with the role's key; with a `user` the key is that user's own."""
        who = f"{role}/{user}" if user else role
        with self._lock:
            if who not in self._clients:
                key = create_key(self.service.runtime, self.name, role, user) if user else self.keys[role]
                headers = {"Authorization": f"Bearer {key}"}
                self._clients[who] = httpx.Client(base_url=self.service.url, headers=headers, timeout=60)
            return self._clients[who]

    def event(self, type: str, **data: Any) -> Json:
        """A CloudEvent with a fresh id."""
        id = f"{next(self._ids)}"
        return {"specversion": "1.0", "id": id, "source": "erp/test", "type": type, "data": data}

    def post(self, type: str, **data: Any) -> Json:
        """One fact of the ERP, which must be taken; what was answered."""
        response = self.as_("erp").post("/v1/events", json=self.event(type, **data))
        assert response.status_code in (200, 201), response.text
        answer: Json = response.json()
        return answer

    def post_all(self, events: list[Json]) -> Json:
        """A batch of `event`s, all of which must be taken."""
        response = self.as_("erp").post("/v1/events", json=events)
        assert response.status_code == 207, response.text
        answer: Json = response.json()
        assert not answer["rejected"], answer
        return answer

    def bill(self, invoice: str, customer: str = "C-1", amount: str = "1200.00", **data: Any) -> Json:
        """Issues a bill in CNY, due in April unless told otherwise; it needs no confirmation unless told otherwise."""
        given = {"currency": "CNY", "issued_on": "2026-03-01", "due_on": "2026-04-01", "confirmation_required": False}
        return self.post("invoice.issued", invoice=invoice, customer=customer, amount=amount, **{**given, **data})

    def customer(self, customer: str = "C-1", **data: Any) -> Json:
        """A customer with somebody to write to."""
        contact = {"id": "zhang", "name": "Zhang Wei", "email": "zhang@example.com", "phone": "+86 21 5555 0100"}
        given = {"name": "Hong Star Trading", "contacts": [{**contact, "role": "accounts_payable"}]}
        return self.post("customer.updated", customer=customer, **{**given, **data})

    def walk(self, now: str) -> None:
        """The clock moves on to a day's 10:00, or to an instant."""
        instant = now if "T" in now else f"{now}T10:00:00+08:00"
        response = self.as_("admin").post("/v1/test-clock", json={"now": instant})
        assert response.status_code == 200, response.text

    def get(self, path: str, role: str = "supervisor", **params: Any) -> Json:
        """What a path answers, which must be 200."""
        response = self.as_(role).get(path, params=params, headers={"Accept": "application/json"})
        assert response.status_code == 200, response.text
        answer: Json = response.json()
        return answer

    def pages(self, path: str, role: str = "supervisor", **params: Any) -> Iterator[list[Json]]:
        """The pages of a list, to its end."""
        cursor: str | None = None
        while True:
            page = self.get(path, role, **params, **({"cursor": cursor} if cursor else {}))
            yield page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def ids(self, path: str, **params: Any) -> list[str]:
        """The ids of a whole list, in its order."""
        return [row["id"] for page in self.pages(path, **params) for row in page]

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            client.close()


def fits(model: type[BaseModel], answer: Json) -> Json:
    """The answer, when it has the published shape and nothing beside it."""
    model.model_validate(answer)
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert answer.keys() <= names, answer.keys() - names
    return answer


def problem(response: httpx.Response) -> tuple[int, str]:
    """(status, code) of a problem, which it must be."""
    assert response.headers["content-type"].startswith("application/problem+json"), response.text
    return response.status_code, response.json()["code"]
