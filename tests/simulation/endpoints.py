"""Webhook endpoints as people turn them off and on again, and what is sent anew to one that missed something (I30)."""

from collections import defaultdict
from datetime import UTC, datetime

from msgspec.structs import replace

from tests.simulation.disk import FORGOTTEN_AFTER
from tests.simulation.house import House
from tests.simulation.rows import EndpointRow
from tests.simulation.saving import delivery, wants

ENDPOINTS = (
    EndpointRow("E-cases", ("case.escalated", "case.closed", "case.reopened")),
    EndpointRow("E-holds", ("approval.*", "hold.*", "promise.*")),
)
_LATEST = datetime.max.replace(tzinfo=UTC)


class Endpoints:
    """Remembers from when to when each was disabled."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._missed: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        house.disk.rows["endpoints"] = {endpoint.id: endpoint for endpoint in ENDPOINTS}

    def turn(self, id: str) -> None:
        """An enabled one is disabled, and what waits for it cancelled; a disabled one is enabled."""
        disk = self.house.disk
        endpoint: EndpointRow = disk.rows["endpoints"][id]
        waiting = [row for row in disk.rows["deliveries"].values() if row.endpoint == id and row.state == "pending"]
        if any(("delivery", row.id) in disk.locks for row in waiting):
            return
        with disk.begin(self.house.now) as tx:
            tx.put("endpoints", id, replace(endpoint, enabled=not endpoint.enabled))
            for row in waiting:
                tx.put("deliveries", row.id, replace(row, state="cancelled"))
            tx.commit()
        if endpoint.enabled:
            # What began before may be recorded after.
            self._missed[id].append((self.house.now - FORGOTTEN_AFTER, _LATEST))
        else:
            self._replay(id)

    def open_all(self) -> None:
        """Every one is enabled and has what it missed sent."""
        for id, endpoint in self.house.disk.rows["endpoints"].items():
            if not endpoint.enabled:
                self.turn(id)
            self._replay(id)

    def _replay(self, id: str) -> None:
        rows, missed = self.house.disk.rows, self._missed[id]
        if missed and missed[-1][1] == _LATEST:
            missed[-1] = missed[-1][0], self.house.now
        own = [row for row in rows["deliveries"].values() if row.endpoint == id]
        there = {row.letter for row in own if row.state != "cancelled"}
        cancelled = {row.letter for row in own if row.state == "cancelled"}
        with self.house.disk.begin(self.house.now) as tx:
            for letter, (type, at, _) in rows["outbox"].items():
                was_missed = letter in cancelled or any(since <= at <= until for since, until in missed)
                if was_missed and letter not in there and wants(rows["endpoints"][id], type):
                    row = delivery(id, letter, self.house.now, again=f"+{tx.number}")
                    tx.put("deliveries", row.id, row)
            tx.commit()
