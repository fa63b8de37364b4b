"""From what a case remembers of an event to the event itself: its position in the log."""

from collections.abc import Mapping

from service.domain.events import Event
from service.domain.limitation import SET_DUE, Lapse
from service.store import codec
from service.store.database import Row, Tx, columns

# Backwards from the end of a stream: what a period was last counted from is rarely far away. OFFSET keeps the types of each
# stream from being taken apart anew at each of its events.
_SETTERS = """
SELECT w.id, e.type, e.position
  FROM (SELECT id, stream, version, string_to_array(types, ' ') AS types, due, day
          FROM unnest(%(id)s::text[], %(stream)s::text[], %(version)s::int[], %(types)s::text[], %(due)s::text[],
                      %(day)s::date[]) AS w(id, stream, version, types, due, day) OFFSET 0) AS w
 CROSS JOIN LATERAL (
   SELECT type, position FROM events
    WHERE tenant = %(tenant)s AND stream = w.stream AND (version = w.version OR (w.version IS NULL
      AND type = ANY(w.types) AND (data ->> 'due_on' = w.due OR (w.due IS NULL AND day = w.day))))
    ORDER BY version DESC LIMIT 1) AS e
"""


def setters(tx: Tx, lapses: Mapping[str, Lapse]) -> dict[str, tuple[str, int]]:
    """By case, the event that its limitation period is counted from: type and position."""
    if not lapses:
        return {}
    wanted: list[Row] = []
    for id, one in lapses.items():
        stream, version = one.place or (f"case/{id}", None)
        due = one.on.isoformat() if one.types is SET_DUE else None
        wanted.append((id, stream, version, " ".join(one.types), due, one.on))
    rows = tx.rows(_SETTERS, columns(wanted, ("id", "stream", "version", "types", "due", "day")))
    return {id: (type, position) for id, type, position in rows}


def event(tx: Tx, stream: str, version: int) -> Event | None:
    """The event at a place."""
    rows = tx.rows(
        """SELECT type, schema, data::text FROM events
            WHERE tenant = %(tenant)s AND stream = %(stream)s AND version = %(version)s""",
        {"stream": stream, "version": version},
    )
    return codec.event(*rows[0]) if rows else None
