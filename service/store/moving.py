"""Which open cases follow a playbook, for when they are to follow another."""

from typing import Any

from msgspec import Struct

from service.store.database import Tx


class Following(Struct, frozen=True, kw_only=True):
    """Open cases that follow `playbook` (one `version` of it, or all), narrowed to customers or cases where named, and that
    are not where they are to go already."""

    playbook: str
    version: int | None = None
    to: str
    to_version: int
    customers: list[str] | None = None
    cases: list[str] | None = None


_WHERE = """
 FROM cases WHERE tenant = %(tenant)s AND stage <> 'closed' AND state->>'playbook' = %(playbook)s
  AND (%(version)s::int IS NULL OR (state->>'playbook_version')::int = %(version)s)
  AND (state->>'playbook', (state->>'playbook_version')::int) <> (%(to)s, %(to_version)s)
  AND (%(customers)s::text[] IS NULL OR customer = ANY(%(customers)s::text[]))
  AND (%(cases)s::text[] IS NULL OR id = ANY(%(cases)s::text[]))
"""


def following(tx: Tx, wanted: Following, limit: int) -> list[tuple[str, str]]:
    """(customer, case) of so many of them, customer by customer."""
    rows = tx.rows(f"SELECT customer, id {_WHERE} ORDER BY customer, id LIMIT %(limit)s", _given(wanted, limit=limit))
    return [(customer, case) for customer, case in rows]


def count(tx: Tx, wanted: Following) -> list[dict[str, Any]]:
    """By version: how many cases of how many customers."""
    return list(
        tx.dicts(
            f"""SELECT (state->>'playbook_version')::int AS version, count(*)::int AS cases,
                       count(DISTINCT customer)::int AS customers {_WHERE} GROUP BY 1 ORDER BY 1""",
            _given(wanted),
        )
    )


def _given(wanted: Following, **more: Any) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__struct_fields__} | more
