"""Events a second of the `eventsourcing` library on PostgreSQL: an aggregate with one save for so many events."""

import json
import sys
import time
import uuid

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

NEEDS = "eventsourcing.postgres"
SECONDS = 1.5


class Bill(Aggregate):
    """A bill: issued once, then paid in parts."""

    def __init__(self, body: dict) -> None:
        self.open = body["amount"]

    @event("Paid")
    def paid(self, body: dict) -> None:
        self.open -= body["amount"]


def _body(n: int) -> dict:
    return {
        "invoice": f"INV-{n:08}",
        "customer": f"C{n % 997:08}",
        "amount": 1000 + n % 5000,
        "currency": "CNY",
        "received_on": "2026-03-05",
        "actor": "erp",
        "source": "erp/bench",
        "request": str(uuid.uuid4()),
    }


def _rate(app: Application, saves: int) -> float:
    """A save for `saves` events; with one event a save a bill still gets ten of them, one after the other."""
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        bill = Bill(_body(done))
        if saves == 1:
            app.save(bill)
            for n in range(9):
                bill.paid(_body(n))
                app.save(bill)
            done += 10
        else:
            for n in range(saves - 1):
                bill.paid(_body(n))
            app.save(bill)
            done += saves
    return done / (time.perf_counter() - began)


def main() -> None:
    asked = json.loads(sys.argv[1])
    app = Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": asked["dbname"],
            "POSTGRES_HOST": asked["host"],
            "POSTGRES_PORT": asked["port"],
            "POSTGRES_USER": asked["user"],
            "POSTGRES_PASSWORD": "none",
        }
    )
    _rate(app, asked["saves"])
    print(json.dumps([_rate(app, asked["saves"]) for _ in range(asked["repeats"])]))
    app.close()


if __name__ == "__main__":
    main()
