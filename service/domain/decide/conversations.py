"""What was said (C4), and what follows from it: a next step, a person crossed out and looked for, a warning (C7, C9)."""

from collections.abc import Iterator, Sequence

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import ContactRecord, LogContact, ReportMessage, ReturnMessage
from service.domain.customer import THIRD_PARTIES, Contact
from service.domain.decide import errands, tasks
from service.domain.decide.amounts import day
from service.domain.events.conversation import ContactLogged, MessageBounced
from service.domain.events.customer import ContactChanged, ContactFacts, CustomerFlagged, NoticeRaised
from service.domain.refusals import Refused
from service.domain.scene import Asker, Scene

SPOKEN = frozenset({"reached", "refused", "evasive", "promised", "disputed", "asks_documents"})
"""Outcomes of which one knows who took the call."""

MARKS = frozenset({"wrong_number", "left", "moved"})
MISSED = frozenset({"not_reached", "refused", "wrong_number"})
KNOWING = frozenset({"refused", "evasive", "promised", "disputed", "asks_documents"})
"""What only somebody can say who knows of the debt: no third party (C7)."""

BAD_FAITH = frozenset({"evasive", "refused"})
DIALLED = ("phone", "sms")
"""Channels behind which a number stands."""

LINE = frozenset({"collector", "supervisor", "manager", "general_manager", "boss"})


def log(command: LogContact, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """A conversation outside any task."""
    yield from recorded(account, scene, asker, command.record, command.cases)


def recorded(
    account: Account, scene: Scene, asker: Asker, record: ContactRecord, cases: Sequence[str], task: str | None = None
) -> Iterator[Happened]:
    """The record, what was verified and said being private, and all that follows from it."""
    _check(account, scene, record)
    event = ContactLogged(
        cases=list(cases),
        channel=record.channel,
        on=scene.today,
        outcome=record.outcome,
        contact=record.contact,
        willingness=record.willingness,
        ability=record.ability,
        cause=record.cause,
        next_on=record.next_on,
        task=task,
        point=record.point,
        point_is=_point_is(record),
        missed=account.customer.missed.get(record.contact or "", 0) + 1 if record.outcome in MISSED else 0,
    )
    said: dict[str, object] = {"notes": record.notes, "verified": list(record.verified), "next_step": record.next_step}
    said |= {"met": list(record.met), "agreed": record.agreed}
    private = {"": {name: value for name, value in said.items() if value}}
    yield on_customer(account.customer.id, event, private if private[""] else None)
    yield from _mark(account, scene, record, cases)
    yield from _warn(account, scene, record, cases)
    yield from _lost(account, scene, record.contact, cases)
    yield from _documents(account, scene, record, cases)
    if record.next_on:
        yield from _next(account, scene, asker, record, cases)


def bounced(
    command: ReportMessage | ReturnMessage, account: Account, scene: Scene, returned: bool = False
) -> Iterator[Happened]:
    """A message that reached nobody counts like a call that nobody took; one that is `returned` had been taken before."""
    event = MessageBounced(
        message=command.message,
        cases=list(command.cases),
        channel=command.channel,
        contact=command.contact,
        code=command.code,
        missed=account.customer.missed.get(command.contact, 0) + 1,
        returned=returned,
    )
    yield on_customer(account.customer.id, event)
    yield from _lost(account, scene, command.contact, command.cases)


def _check(account: Account, scene: Scene, record: ContactRecord) -> None:
    contact = account.customer.contacts.get(record.contact or "")
    if record.contact and contact is None:
        raise Refused("unknown_contact", "/contact", contact=record.contact)
    if contact and contact.role in THIRD_PARTIES and record.outcome in KNOWING:
        raise Refused("third_party", "/outcome", contact=record.contact)
    if day(record.next_on, scene, "/next_on") < scene.today:
        raise Refused("date_in_past", "/next_on", next_on=record.next_on)


def _point_is(record: ContactRecord) -> str | None:
    if record.point is None:
        return None
    if record.outcome == "wrong_number":
        return "invalid"
    return "verified" if record.outcome in SPOKEN else None


def _mark(account: Account, scene: Scene, record: ContactRecord, cases: Sequence[str]) -> Iterator[Happened]:
    """Nobody writes to or calls them from now on, and somebody looks for another person (C7). Of several numbers a wrong
    one is crossed out alone."""
    contact = account.customer.contacts.get(record.contact or "")
    if contact is None or record.outcome not in MARKS or contact.mark == record.outcome:
        return
    if record.outcome == "wrong_number" and record.point and _has_another_number(contact):
        return
    yield on_customer(account.customer.id, ContactChanged(contact=ContactFacts(id=contact.id, mark=record.outcome)))
    yield from look_for_another(account, scene, cases)


def _has_another_number(contact: Contact) -> bool:
    numbers = sum(channel in DIALLED for channel in contact.reachable_by)
    return numbers > sum(state == "invalid" for state in contact.points.values())


def look_for_another(
    account: Account, scene: Scene, cases: Sequence[str] = (), rule: str = "C7", why: str = "contact_crossed_out"
) -> Iterator[Happened]:
    """One search for a person, however many were crossed out or wanted (C11)."""
    kind = "find_contact"
    if kind not in account.customer.tasks:
        owed = [id for id in cases if id in account.cases]
        yield from tasks.join(account, scene, tasks.Joining(tasks.task_id(account, kind), kind, rule, why, owed))


def _warn(account: Account, scene: Scene, record: ContactRecord, cases: Sequence[str]) -> Iterator[Happened]:
    """Bad faith or refusal: the supervisor hears of it at once, once a day (C9)."""
    text = "wilful" if record.cause == "wilful" else record.outcome if record.outcome in BAD_FAITH else None
    if text is None or account.customer.flags.get("refusal") == scene.today:
        return
    yield from flag(account, scene, "refusal")
    role, user = errands.superior(account, scene, cases)
    notice = NoticeRaised(
        rule="C9",
        audience=[role],
        users=[user] if user != role else [],
        text=f"contact_{text}",
        customers=[account.customer.id],
        cases=list(cases),
        on=scene.today,
    )
    yield on_customer(account.customer.id, notice)


def _lost(account: Account, scene: Scene, contact: str | None, cases: Sequence[str]) -> Iterator[Happened]:
    """Refused, bounced or unreachable so many times in a row: the supervisor takes it up (C9)."""
    customer = account.customer
    if customer.missed.get(contact or "", 0) < scene.settings.lost_after or "lost_contact" in customer.tasks:
        return
    yield from flag(account, scene, "lost_contact")
    superior, reason = errands.superior(account, scene, cases), ("C9", "lost_contact")
    yield from errands.send(account, scene, "lost_contact", superior, reason, cases, scene.today, contact)


def _documents(account: Account, scene: Scene, record: ContactRecord, cases: Sequence[str]) -> Iterator[Happened]:
    """They are to have what they ask for, by the next open day (C4): theirs who work the bills, whoever took the call."""
    if record.outcome != "asks_documents":
        return
    owed = [id for id in cases if id in account.cases and account.cases[id].stage != "closed"]
    whose, due_on = errands.works(account, owed), scene.workdays.add_open(scene.today, 1)
    reason = ("C4", "asks_documents")
    yield from errands.send(account, scene, "documents", whose, reason, owed, due_on, record.contact)


def _next(
    account: Account, scene: Scene, asker: Asker, record: ContactRecord, cases: Sequence[str]
) -> Iterator[Happened]:
    """What was agreed to come next is theirs who agreed it, on its day (C4)."""
    assert record.next_on
    owed = [id for id in cases if id in account.cases and account.cases[id].stage != "closed"]
    on = scene.workdays.next_open(record.next_on)
    yield from errands.send(account, scene, "follow_up", whose(account, asker), ("C4", "next_step"), owed, on, record.contact)


def whose(account: Account, asker: Asker) -> tuple[str, str]:
    """The role and user of whoever spoke to the customer; what somebody outside the line recorded is the owner's."""
    return (asker.role, asker.actor) if asker.role in LINE else ("collector", account.customer.owner)


def flag(account: Account, scene: Scene, name: str) -> Iterator[Happened]:
    """A danger signal, once a day (E2)."""
    if account.customer.flags.get(name) != scene.today:
        yield on_customer(account.customer.id, CustomerFlagged(flag=name, on=scene.today, review_on=scene.today))
