"""The one road in memory: commands become events in one transaction, cut where a crash or another replica may come between."""

from collections.abc import Callable, Sequence

from service.domain import commands as c
from service.domain.account import Account
from service.domain.decide import run
from service.domain.refusals import Refused
from tests.simulation.disk import Raced, Tx
from tests.simulation.house import Ask, Done, House, Pause, Work, lock
from tests.simulation.loading import accounts, owners, rung_cases, taken_by_another
from tests.simulation.replaying import Witness
from tests.simulation.rows import DeliveryRow, Seen
from tests.simulation.saving import Fresh, keep, save

TRIES = 5
WITNESSED = 16
"""One decision in so many is made once more from the log (I35)."""

IN_PROGRESS = Done("rejected", ("409", "in_progress"), repeated=True)
RACED = Done("rejected", ("409", "raced"), repeated=True)

Acknowledge = Callable[[list[Done]], None]
"""The answer leaves the house."""


def handle(
    house: House,
    asks: Sequence[Ask],
    acknowledge: Acknowledge | None = None,
    skip_locked: bool = False,
    planned: dict[str, Account] | None = None,
) -> Work:
    """Carry the commands out; when somebody was faster, one at a time. `planned` is what a clock without the guard of
    asking again decided from its stale look."""
    early = acknowledge if not house.guards.acknowledged_after_commit else None
    try:
        done: list[Done] = yield from _together(house, asks, early, skip_locked, planned or {})
    except Raced:
        done = []
        for ask in asks:
            done += yield from _alone(house, ask, early)
    if acknowledge and early is None:
        acknowledge(done)
    return done


def _alone(house: House, ask: Ask, early: Acknowledge | None) -> Work:
    for _ in range(TRIES):
        try:
            return (yield from _together(house, [ask], early, False, {}))
        except Raced:
            continue
    return [RACED]


def _together(
    house: House, asks: Sequence[Ask], early: Acknowledge | None, skip_locked: bool, planned: dict[str, Account]
) -> Work:
    with house.disk.begin(house.now) as tx:
        yield Pause("begun")
        begun = [_begins(tx, ask) for ask in asks]
        names = [name if ours else None for name, ours in zip(owners(tx, asks), begun, strict=True)]
        concerned = [ask.command for ask, name in zip(asks, names, strict=True) if name]
        wanted = sorted({name for name in names if name})
        if not house.guards.loaded_under_lock:
            loaded = accounts(house, tx, concerned, wanted)
            yield Pause("loaded")
        locked = yield from _locked(house, tx, wanted, skip_locked)
        if house.guards.loaded_under_lock:
            loaded = accounts(house, tx, concerned, locked)
            _take_along(tx, loaded, planned)
        yield Pause("locked")
        loaded = {name: account for name, account in loaded.items() if name in locked}
        versions = _versions(loaded)
        witnesses: list[Witness] = []
        done, fresh = _decided(house, tx, asks, names, begun, loaded, planned, witnesses)
        if early:
            early(done)
        yield Pause("decided")
        length = len(house.disk.log)
        deliveries = save(house, tx, loaded, versions, _rung(house, tx, asks, loaded), fresh)
        _remember(tx, asks, done)
        yield Pause("appended")
        yield Pause("commit")
        tx.commit()
        for witness in witnesses:
            witness.decide_again(house.disk.log[:length])
    yield Pause("committed")
    if not house.guards.outbox_with_events:
        yield from _announce_late(house, deliveries)
    return done


def _begins(tx: Tx, ask: Ask) -> bool:
    """Whether no other request with the same key is under way."""
    return not ask.is_key or tx.take(("key", ask.identity))


def _locked(house: House, tx: Tx, wanted: Sequence[str], skip_locked: bool) -> Work:
    if not house.guards.customer_locked:
        return list(wanted)
    locked = []
    for name in wanted:
        if skip_locked and not tx.take(name):
            continue
        yield from lock(house, tx, name)
        locked.append(name)
    return locked


def _take_along(tx: Tx, loaded: dict[str, Account], planned: dict[str, Account]) -> None:
    """The bills that a careless clock has plans for, as they are by now."""
    for name in planned.keys() & loaded.keys():
        there = (tx.get("cases", one.id) for one in planned[name].happened if one.stream == "case")
        loaded[name].cases |= {row.state.id: row.state for row in there if row.state.id not in loaded[name].cases}


def _versions(loaded: dict[str, Account]) -> dict[str, int]:
    versions = {f"customer/{name}": account.customer.version for name, account in loaded.items()}
    for account in loaded.values():
        versions |= {f"case/{id}": case.version for id, case in account.cases.items()}
        versions |= {f"payment/{id}": payment.version for id, payment in account.payments.items()}
    return versions


def _rung(house: House, tx: Tx, asks: Sequence[Ask], loaded: dict[str, Account]) -> set[str]:
    rung: set[str] = set()
    for name in {ask.command.customer for ask in asks if isinstance(ask.command, c.Wake)} & loaded.keys():
        own = (row for row in tx.all("cases") if row.state.customer == name)
        rung |= {case.id for case in rung_cases(own, house.now) if case.id in loaded[name].cases}
    return rung


def _decided(
    house: House,
    tx: Tx,
    asks: Sequence[Ask],
    names: Sequence[str | None],
    begun: Sequence[bool],
    loaded: dict[str, Account],
    planned: dict[str, Account],
    witnesses: list[Witness],
) -> tuple[list[Done], list[Fresh]]:
    done: list[Done] = []
    fresh: list[Fresh] = []
    in_batch: dict[tuple[str, str], Done] = {}
    for ask, name, ours in zip(asks, names, begun, strict=True):
        one = _repeat(house, tx, ask, in_batch) if ours else IN_PROGRESS
        if one is None:
            account = loaded.get(name or "")
            is_first = account is not None and not account.happened and len(house.decisions) % WITNESSED == 0
            witness = Witness(ask, account, house.scene()) if account and is_first else None
            one = _one(house, tx, ask, account, fresh, planned.get(name or ""))
            if witness and account and one.token:
                witness.happened = list(account.happened)
                witnesses.append(witness)
            if ask.identity and (one.status != "rejected" or ask.is_key):
                in_batch[ask.identity] = one
        done.append(one)
    return done, fresh


def _repeat(house: House, tx: Tx, ask: Ask, in_batch: dict[tuple[str, str], Done]) -> Done | None:
    """The same identity again: the same answer, unless it says something else."""
    if ask.identity is None or not house.guards.inbox_unique:
        return None
    seen: Seen | None = tx.get("inbox", ask.identity)
    if seen is None:
        earlier = in_batch.get(ask.identity)
        return Done("duplicate", earlier.answer, repeated=True) if earlier else None
    if seen.content != ask.content and house.guards.content_compared:
        code = ("422", "idempotency_key_reused") if ask.is_key else ("409", "event_id_reused")
        return Done("rejected", code, repeated=True)
    return Done("duplicate", seen.answer, repeated=True)


def _one(
    house: House, tx: Tx, ask: Ask, account: Account | None, fresh: list[Fresh], planned: Account | None
) -> Done:
    if account is None or (not account.customer.version and isinstance(ask.command, c.ReceivePayment)):
        return Done("rejected", ("404", "unknown"))
    if code := taken_by_another(tx, ask.command):
        return Done("rejected", ("409", code))
    before = len(account.happened)
    try:
        if planned is None:
            run(ask.command, account, house.scene(), ask.asker)
        else:
            for one in planned.happened:
                account.apply(one)
    except Refused as refused:
        return Done("rejected", ("refused", refused.code))
    events = list(zip(account.happened[before:], account.after[before:], strict=True))
    if not events:
        return Done("duplicate", ("nothing",))
    token = house.decided(ask, len(events))
    fresh += [Fresh(token, account, happened, state) for happened, state in events]
    happened, state = events[0]
    return Done("accepted", (f"{happened.stream}/{happened.id}", state.version), token)


def _remember(tx: Tx, asks: Sequence[Ask], done: Sequence[Done]) -> None:
    """A fact for ever when it was accepted; a person's request with its answer, refusals too."""
    for ask, one in zip(asks, done, strict=True):
        if ask.identity and not one.repeated and (one.status != "rejected" or ask.is_key):
            tx.put("inbox", ask.identity, Seen(ask.content, one.token, one.answer), expected=0)


def _announce_late(house: House, deliveries: list[DeliveryRow]) -> Work:
    with house.disk.begin(house.now) as tx:
        yield Pause("announcing")
        keep(tx, deliveries)
        tx.commit()
