"""Every statement that is really sent while something happens, with what was given to it and by which function of the store."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.pool import Pool

from service.store import database

STORE = str(Path(database.__file__).parent)
PLANNED = re.compile(r"[\s(]*(SELECT|WITH|INSERT|UPDATE|DELETE)\b")
SETS_ROLE = re.compile(r"SET (?:LOCAL )?ROLE (\w+)")
GIVEN_AT_MOST = 3


@dataclass
class Recording:
    """Statements by (role, text), each with what was given to it the first times; `by` names by role the functions of the
    store that sent one, `tenants.names`."""

    given: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    by: dict[str, set[str]] = field(default_factory=dict)

    def add(self, role: str, sql: str, params: Any, frame: FrameType | None) -> None:
        """One statement, when it is one that is planned."""
        if not PLANNED.match(sql):
            return
        kept = self.given.setdefault((role, sql), [])
        if len(kept) < GIVEN_AT_MOST:
            kept.append(params)
        while frame is not None:
            if frame.f_code.co_filename.startswith(STORE):
                name = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
                self.by.setdefault(role, set()).add(name)
            frame = frame.f_back


@contextmanager
def recording() -> Iterator[Recording]:
    """Whatever goes out by connections that are made meanwhile, by whichever pool."""
    found = Recording()
    roles: dict[int, str] = {}
    session: dict[int, str] = {}

    class Statement(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **given: Any) -> Any:
            if isinstance(query, str):
                one = id(self.connection)
                if changed := SETS_ROLE.search(query):
                    session[one] = roles[one] = changed.group(1)
                found.add(roles.get(one, "owner"), query, params, sys._getframe(1))
            return super().execute(query, params, **given)

    class Stream(psycopg.ServerCursor[Any]):
        def execute(self, query: Any, params: Any = None, **given: Any) -> Any:
            found.add(roles.get(id(self.connection), "owner"), query, params, sys._getframe(1))
            return super().execute(query, params, **given)

    class Opening(psycopg.ClientCursor[Any]):
        def execute(self, query: Any, params: Any = None, **given: Any) -> Any:
            one = id(self.connection)
            changed = SETS_ROLE.search(query)
            roles[one] = changed.group(1) if changed else session.get(one, "owner")
            for part in query.split("; "):
                found.add(roles[one], part, params, sys._getframe(1))
            return super().execute(query, params, **given)

    def watch(driver: psycopg.Connection[Any], _: object) -> None:
        driver.cursor_factory, driver.server_cursor_factory = Statement, Stream

    module: Any = database
    opens = module.ClientCursor
    module.ClientCursor = Opening
    event.listen(Pool, "connect", watch)
    try:
        yield found
    finally:
        event.remove(Pool, "connect", watch)
        module.ClientCursor = opens
