"""The tables made equal to the log again: looked at beside writers, and where something differs mended under the lock.

A set of customers in which nothing differs is never locked. What differs is folded once more under its customers' locks,
so that no writer's work is lost. Streams whose log is broken are left as they are, and so are private details, the
inbox, messages, the outbox and the queue of digests, which are no projections.
"""

from collections.abc import Iterable, Iterator

from service.domain.events import TYPES
from service.engine.comparing import Look, tenant_deviations
from service.engine.desk import Desk, Session
from service.engine.filling import fill, is_empty
from service.engine.folding import batches
from service.engine.projecting import Deviation, Values, upsert
from service.engine.save import bills_named_by
from service.engine.verify import SET, Checked, Place, is_readable, verify
from service.engine.walk import may_run_ahead
from service.store import arrears, codec, customers, log, movements, tenants, worth
from service.store.database import Tx, transaction

PATIENCE = "30s"


class Unsettled(Exception):
    """The tenant's settings kept changing meanwhile; go on from where the rebuild stood."""


def rebuild(desk: Desk, place: Place) -> Iterator[Checked]:
    """Pass a tenant from there to its end and mend as it goes; `mended` tells how many rows were written."""
    if place.stage == "fill":
        yield from fill(desk, place)
        return
    for checked in verify(desk, place):
        if checked.count > checked.broken and checked.place == Place(place.tenant, "streams"):
            checked.mended += _mend_tenant(desk, place.tenant)
        for streams in batches(sorted(checked.streams), SET):
            checked.mended += _mend(desk, place.tenant, (), streams)
        for ids in batches(sorted(checked.customers), SET):
            checked.mended += _mend(desk, place.tenant, ids, ())
        yield checked
        if checked.place == Place(place.tenant, "streams") and _is_bare(desk, place.tenant):
            yield from fill(desk, Place(place.tenant, "fill"))
            return


def _is_bare(desk: Desk, tenant: str) -> bool:
    """Whether all of its tables lack: then there is nothing to compare."""
    with transaction(desk.engine, tenant) as tx:
        return is_empty(tx) and is_readable(desk, tenant)


def _mend_tenant(desk: Desk, tenant: str) -> int:
    with transaction(desk.engine, tenant) as tx:
        tx.run("SELECT FROM tenants WHERE id = %(tenant)s FOR UPDATE")
        state, head, found = tenant_deviations(tx, _uncounted)
        for one in found:
            if one.table == "tenants" and state is not None:
                tenants.save(tx, state, head)
                tx.run("UPDATE tenants SET kind = %(kind)s WHERE id = %(tenant)s", {"kind": state.kind})
            elif one.table == "playbooks":
                _mend_playbook(tx, one)
            elif one.table == "approvals":
                _mend_all(tx, [[one]])
    desk.forget(tenant)
    return sum(bool(one.table) for one in found)


def _mend_playbook(tx: Tx, one: Deviation) -> None:
    name, _, version = one.id.rpartition(" ")
    key = {"name": name, "version": int(version)}
    tx.run("DELETE FROM playbooks WHERE tenant = %(tenant)s AND name = %(name)s AND version = %(version)s", key)
    if one.values:
        tx.run(
            """INSERT INTO playbooks (tenant, name, version, text, published_at)
               VALUES (%(tenant)s, %(name)s, %(version)s, %(text)s, %(published_at)s)""",
            one.values,
        )


def _mend(desk: Desk, tenant: str, ids: Iterable[str], streams: Iterable[str], tries: int = 5) -> int:
    for _ in range(tries):
        with desk.open(tenant) as session:
            if _settle(session):
                return _mend_locked(session, ids, list(streams))
    raise Unsettled(tenant)


def _settle(session: Session) -> bool:
    """Nobody changes the tenant's settings while its alarms are worked out anew; whether they are still those read."""
    session.tx.run(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    rows = session.tx.rows("SELECT version FROM tenants WHERE id = %(tenant)s FOR SHARE")
    return rows == [(session.tenancy.tenant.version,)]


def _mend_locked(session: Session, ids: Iterable[str], streams: list[str]) -> int:
    tx = session.tx
    owners = {customer for (customer,) in tx.rows(_OWNERS, {"streams": streams}) if customer is not None}
    people = sorted({*ids, *owners})
    customers.ensure(tx, people)
    # Not by customers.lock: a state that was altered may not even be readable.
    tx.rows(
        """SELECT FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) ORDER BY id FOR UPDATE""",
        {"ids": people},
    )
    moving = may_run_ahead(session)
    mended = 0
    for kind in ("case", "payment"):
        wanted = [stream.partition("/")[2] for stream in streams if stream.startswith(f"{kind}/")]
        mended += _mend_all(tx, Look(session, moving, _uncounted).states(kind, wanted))
    look = Look(session, moving, _uncounted)
    # Of a customer whose bills have no rows yet nobody can say what is too much.
    return mended + _mend_all(tx, look.people(people) if streams else look.at(people))


_OWNERS = """
SELECT DISTINCT customer FROM events WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[]) AND version = 1
"""


def _mend_all(tx: Tx, found: Iterable[list[Deviation]]) -> int:
    mended = 0
    for deviations in found:
        rows: dict[str, list[Values]] = {}
        for one in deviations:
            if one.table == "mentions":
                mended += _mend_mentions(tx, one)
            elif one.table == "movements":
                mended += _mend_movements(tx, one)
            elif one.table == "worth":
                worth.set_values(tx, [one.id])
                mended += 1
            elif one.table == "arrears" and one.values is not None:
                arrears.count(tx, [one.id], one.values["today"])
                mended += 1
            elif one.table and one.values is not None:
                rows.setdefault(one.table, []).append(one.values)
            elif one.table:
                mended += tx.run(f"DELETE FROM {one.table} WHERE tenant = %(tenant)s AND id = %(id)s", {"id": one.id})
        for table, those in rows.items():
            upsert(tx, table, those)
            mended += len(those)
    return mended


def _mend_mentions(tx: Tx, one: Deviation) -> int:
    if one.values is not None:
        log.mention(tx, one.values["mentions"])
        return len(one.values["mentions"])
    rows = tx.rows(
        """SELECT m.case_id, m.stream, m.version, e.type, e.schema, e.data::text
             FROM cases k JOIN mentions m ON m.tenant = k.tenant AND m.case_id = k.id
             LEFT JOIN events e ON e.tenant = m.tenant AND e.stream = m.stream AND e.version = m.version
            WHERE k.tenant = %(tenant)s AND k.customer = %(customer)s""",
        {"customer": one.customer},
    )
    mended = 0
    for case, stream, version, type, schema, data in rows:
        event = codec.event(type, schema, data) if type in TYPES and not stream.startswith("case/") else None
        if event is None or case not in bills_named_by(event):
            mended += tx.run(
                """DELETE FROM mentions WHERE tenant = %(tenant)s AND case_id = %(case)s AND stream = %(stream)s
                      AND version = %(version)s""",
                {"case": case, "stream": stream, "version": version},
            )
    return mended


def _mend_movements(tx: Tx, one: Deviation) -> int:
    assert one.customer is not None
    if one.values is None:
        return movements.remove_strays(tx, one.customer)
    return movements.put_right(tx, one.customer, one.id, one.values["movements"])


def _uncounted(_: int) -> None:
    """What is mended was counted when it was found."""
