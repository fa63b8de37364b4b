"""What the service is held against: the same server, framework, pool and driver, and a route that does one statement."""

import os
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool
from starlette.responses import Response

from service.settings import load

TENANT = "bench"


class Event(BaseModel):
    """An event as it comes."""

    specversion: str
    id: str
    source: str
    type: str
    data: dict[str, Any]


def app(url: str, pool_size: int) -> FastAPI:
    """Its routes."""
    engine = create_engine(url, poolclass=QueuePool, pool_size=pool_size, max_overflow=0)
    served = FastAPI()

    def one(statement: str, *values: object) -> Any:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            return driver.execute(statement, values, prepare=True).fetchone()

    @served.get("/ready")
    def ready() -> str:
        return "yes"

    @served.post("/insert")
    def insert(event: Event) -> dict[str, str]:
        with engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("INSERT INTO bench.inserted VALUES (%s, %s)", (event.id, event.model_dump_json()))
        return {"id": event.id}

    @served.get("/cases/{id}")
    def case(id: str) -> Response:
        (state,) = one("SELECT state::text FROM cases WHERE tenant = %s AND id = %s", TENANT, id)
        return Response(state, media_type="application/json")

    @served.get("/customers/{id}")
    def customer(id: str) -> Response:
        (state,) = one("SELECT state::text FROM customers WHERE tenant = %s AND id = %s", TENANT, id)
        return Response(state, media_type="application/json")

    @served.get("/owed")
    def owed() -> dict[str, int]:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            statement = "SELECT currency, sum(amount)::bigint FROM movements WHERE tenant = %s GROUP BY currency"
            return dict(driver.execute(statement, (TENANT,), prepare=True).fetchall())

    return served


if __name__ == "__main__":
    settings = load()
    assert settings.database_url
    uvicorn.run(
        app(settings.database_url.replace("postgresql://", "postgresql+psycopg://"), settings.pool_size),
        port=int(os.environ["DUNLOG_PORT"]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
    )
