"""A person's data leave every table under their customer's lock: details, words about them, what they were told, answers.

The log keeps ids alone, so its chain and what is folded from it stay as they are. What was sent, to people or programs,
is beyond reach: `contact.erased` tells whoever holds a copy.
"""

import re
from datetime import datetime

from service.domain.person import Person
from service.store import inbox, messages, private
from service.store.database import Tx
from service.store.private import EXTRA, OWN, Written

_GIVEN = re.compile(r"contacts/(\d+)/")


def erase(tx: Tx, customer: str, contact: str, now: datetime) -> None:
    """Nothing that is stored yields the person's data afterwards; the customer is locked."""
    kept = private.details(tx, customer, contact)
    gone = [(f"customer/{customer}", int(version), contact) for version in kept]
    gone += [(stream, version, OWN) for stream, version in private.records(tx, customer, contact)]
    private.forget(tx, gone)
    person = Person(kept.values())
    changed = [less for one in private.written(tx, customer) if (less := _without(one, contact, person)) is not None]
    private.rewrite(tx, [one for one in changed if one.body])
    private.forget(tx, [(one.stream, one.version, one.part) for one in changed if not one.body])
    messages.erase(tx, customer, contact, now)
    inbox.forget_answers(tx, customer)


def _without(one: Written, contact: str, person: Person) -> Written | None:
    """What is left of somebody's words; None when the person is not in them."""
    if one.part == EXTRA:
        body = person.left_out_of({name: value for name, value in one.body.items() if not _is_of(name, one, contact)})
    else:
        inner = {name: person.left_out_of(value) for name, value in one.body.items() if isinstance(value, dict)}
        body = person.left_out_of({**one.body, **inner})
        body = {name: value for name, value in body.items() if value != {}}
    return one._replace(body=body) if body != one.body else None


def _is_of(field: str, one: Written, contact: str) -> bool:
    """Whether the ERP gave the field, which we do not know, to this person."""
    found = _GIVEN.match(field)
    return found is not None and int(found.group(1)) < len(one.people) and one.people[int(found.group(1))] == contact
