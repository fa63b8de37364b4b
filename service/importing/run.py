"""What `dunlog import` does: a file's rows in order, a thousand events to a commit, each as if the ERP had posted it."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from service.api.cloudevents import Inbound, of_value, parse_lines
from service.api.fingerprints import Fingerprints, Print
from service.api.intake import take_in
from service.api.problems import Problem, fault, rendered
from service.domain.scene import Asker
from service.engine.desk import Desk
from service.engine.handle import handle
from service.importing.mapping import CellMistake, MapMistake, TableMap
from service.importing.place import Place
from service.importing.rejects import Rejects
from service.importing.tables import Row, Source
from service.store import tenants

ROWS_AT_ONCE = 500
EVENTS_AT_ONCE = 1000


class Read(NamedTuple):
    """A row and the events it is, or why it is none."""

    row: Row
    events: list[Inbound]


class Sum:
    """What came of the rows so far."""

    def __init__(self) -> None:
        self.rows = 0
        self.counts: Counter[str] = Counter(accepted=0, duplicate=0, rejected=0)
        self.types: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {"rows": self.rows, **self.counts, "events": dict(self.types), "rejected_as": dict(self.codes)}


Report = Callable[[int], None]
"""How far the file has been read, in the source's own unit."""


def run(
    desk: Desk,
    tenant: str,
    prints: Fingerprints,
    user: str,
    source: Source,
    table: TableMap | None,
    place: Place,
    rejects: Rejects,
    report: Report,
    language: str,
) -> Sum:
    """Take the file in, from where an earlier run stopped; every thousand events are durable before the next. Raises
    MapMistake for a file that turns out to be unreadable."""
    with desk.open(tenant) as session:
        fingerprint = prints.of(tenants.secret(session.tx))
    asker = Asker(actor=user, role="erp", source="import")
    total = Sum()
    road = partial(handle, desk, tenant)
    for chunk in _chunks(source, table, place.rows):
        _take(chunk, asker, fingerprint, road, rejects, total, language)
        rejects.keep()
        place.keep(place.rows + len(chunk))
        report(source.done())
    place.forget()
    return total


def rehearse(source: Source, table: TableMap | None, rejects: Rejects, report: Report, language: str) -> Sum:
    """Read the whole file and write nothing: what cannot be read is found, what the ledger would refuse is not."""
    total = Sum()
    for chunk in _chunks(source, table, 0):
        for one in chunk:
            total.rows += 1
            for event in one.events:
                if event.error is not None:
                    _reject(one.row, event, event.error, rejects, total, language)
                else:
                    total.types[str(event.type)] += 1
        rejects.keep()
        report(source.done())
    return total


def _take(
    chunk: list[Read],
    asker: Asker,
    fingerprint: Print,
    road: Callable[..., Any],
    rejects: Rejects,
    total: Sum,
    language: str,
) -> None:
    total.rows += len(chunk)
    rows = {id(event): one.row for one in chunk for event in one.events}
    events = [event for one in chunk for event in one.events]
    for first in range(0, len(events), EVENTS_AT_ONCE):
        for event, done in take_in(asker, fingerprint, road, events[first : first + EVENTS_AT_ONCE]):
            if isinstance(done, Problem):
                _reject(rows[id(event)], event, done, rejects, total, language)
            else:
                total.counts[done.status] += 1
                total.types[str(event.type)] += 1


def _reject(row: Row, event: Inbound, problem: Problem, rejects: Rejects, total: Sum, language: str) -> None:
    total.counts["rejected"] += 1
    total.codes[problem.code] += 1
    rejects.add(row, event.type, rendered(problem, language))


def _chunks(source: Source, table: TableMap | None, behind: int) -> Iterator[list[Read]]:
    """The rows behind the first so many, each chunk read while the one before is taken in."""
    rows = islice(source.rows, behind, None)

    def read() -> list[Read]:
        try:
            return [_read(row, table) for row in islice(rows, ROWS_AT_ONCE if table else EVENTS_AT_ONCE)]
        except UnicodeDecodeError as error:
            raise MapMistake(f"The file is not written in {error.encoding}: {error}. Set encoding in the map.") from None

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(read)
        while chunk := coming.result():
            coming = pool.submit(read)
            yield chunk


def _read(row: Row, table: TableMap | None) -> Read:
    if row.text is not None:
        return Read(row, parse_lines([row.text]))
    assert table is not None and row.cells is not None
    try:
        return Read(row, [of_value(row.line, value) for value in table.of_row(row.cells)])
    except CellMistake as mistake:
        error = fault(f"/{mistake.column}", mistake.code, given=mistake.given, wanted=mistake.wanted)
        return Read(row, [Inbound(index=row.line, error=error)])
