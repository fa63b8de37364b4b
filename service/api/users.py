"""Our own people: the directory with roles, superiors and absences; and who the asker is."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api.acts import Asking, Reply, administer, asks
from service.api.answers import local, may_read_texts
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.users import MeAnswer, UserAnswer, UserList, UserPut
from service.api.problems import Fault, invalid
from service.api.queries import known_id
from service.api.roles import Right, admitted
from service.domain.events.tenant import UserChanged
from service.domain.refusals import NotFound
from service.domain.tenant import Tenant
from service.engine.administer import Change
from service.store import people
from service.store.database import Tx

router = APIRouter(prefix="/v1", tags=["users"], route_class=CommandRoute)

UserName = Annotated[str, Path(description="The user's id, as keys name it.", examples=["li.na"])]
Reading = Annotated[Asking, Depends(asks(Right.READ))]
_NAMES, _ADDRESSES = ("name", "title"), ("phone", "email")
_PRIVATE = (*_NAMES, *_ADDRESSES, "language")


@router.get("/me", response_model=MeAnswer, summary="Who the key stands for")
def get_me(asking: Reading) -> Response:
    """The key's tenant, user and role, what the role may, and the tenant's present."""
    who = asking.principal
    with asking.house.desk.open(asking.tenant) as session:
        kind, now = session.clock.kind, local(session, session.scene.now)
    rights = sorted(right.value for right in Right if who.role in admitted(right))
    told = {"tenant": who.tenant, "kind": kind, "user": who.user, "role": who.role, "key": who.key}
    return Reply(MeAnswer.model_validate({**told, "rights": rights, "now": now})).response()


@router.get("/users", response_model=UserList, summary="Our people")
def get_users(asking: Reading) -> Response:
    """The whole directory by id. Phone numbers and addresses are not told to viewers and the ERP."""
    with asking.house.desk.open(asking.tenant) as session:
        rows = people.directory(session.tx)
    shown = _shown_to(asking)
    return Reply(UserList(data=[_answer(row, shown) for row in rows])).response()


@router.get("/users/{user}", response_model=UserAnswer, responses=responses(404), summary="One of our people")
def get_user(user: UserName, asking: Reading) -> Response:
    """Role, superior, absence; phone number and address for those who work with them."""
    with asking.house.desk.open(asking.tenant) as session:
        return Reply(_answer(_found(session.tx, user), _shown_to(asking))).response()


@router.put(
    "/users/{user}",
    response_model=UserAnswer,
    responses={201: {"model": UserAnswer, "description": "The user is new."}, **responses(404, 422)},
    summary="Create or change one of our people",
)
def put_user(user: UserName, body: UserPut, asking: Annotated[Asking, Depends(asks(Right.USERS))]) -> Response:
    """Whole: what is left out is empty. The role here says whom work goes to; what somebody may do hangs on their key."""
    known_id(user, "unknown_user", user=user)

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Reply]:
        rows = {row["id"]: row for row in people.directory(tx)}
        if found := list(_faults(user, body, rows)):
            raise invalid(found)
        wanted = _wanted(user, body)
        answer = _answer(wanted)
        if user in rows and _answer(rows[user]) == answer:
            return [], Reply(answer)
        away = {"from": wanted["away_from"], "until": wanted["away_until"], "cover": wanted["cover"]}
        people.put_user(tx, user, body.role, body.reports_to, away, tenant.version + 1)
        facts = {name: wanted[name] for name in ("role", "reports_to", "away_from", "away_until", "cover")}
        private = {name: wanted[name] for name in _PRIVATE if wanted[name]}
        changes = [Change(UserChanged(user=user, **facts), {user: private})]
        return changes, Reply(answer) if user in rows else Reply(answer, 201, f"/v1/users/{user}")

    return administer(asking, decide)


def _found(tx: Tx, user: str) -> dict[str, Any]:
    known_id(user, "unknown_user", user=user)
    row = next((row for row in people.directory(tx) if row["id"] == user), None)
    if row is None:
        raise NotFound("unknown_user", None, user=user)
    return row


def _wanted(user: str, body: UserPut) -> dict[str, Any]:
    away = body.away
    return {
        "id": user,
        "role": body.role,
        **{name: getattr(body, name) or None for name in (*_PRIVATE, "reports_to")},
        "away_from": away.from_ if away else None,
        "away_until": away.until if away else None,
        "cover": away.cover if away else None,
    }


def _shown_to(asking: Asking) -> tuple[str, ...]:
    return _PRIVATE if may_read_texts(asking.principal) else _NAMES


def _answer(row: dict[str, Any], shown: tuple[str, ...] = _PRIVATE) -> UserAnswer:
    away = {"from": row["away_from"], "until": row["away_until"], "cover": row["cover"]}
    plain = {name: row.get(name) for name in ("id", "role", "reports_to", *shown)}
    return UserAnswer.model_validate({**plain, "away": away if row["away_from"] else None})


def _faults(user: str, body: UserPut, rows: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    """Superiors and covers are people of the directory, nobody is their own, and an absence ends after it begins."""
    if body.reports_to is not None:
        if body.reports_to not in rows and body.reports_to != user:
            yield Fault("/reports_to", "unknown_user", {"user": body.reports_to})
        elif user in _superiors(body.reports_to, rows):
            yield Fault("/reports_to", "reports_in_circle", {"user": user})
    if body.away is None:
        return
    if body.away.until < body.away.from_:
        yield Fault("/away/until", "away_order", {"from": body.away.from_})
    if body.away.cover is not None and (body.away.cover not in rows or body.away.cover == user):
        yield Fault("/away/cover", "unknown_user", {"user": body.away.cover})


def _superiors(user: str | None, rows: dict[str, dict[str, Any]]) -> set[str]:
    """The user and everybody above them."""
    found: set[str] = set()
    while user is not None and user not in found:
        found.add(user)
        user = rows[user]["reports_to"] if user in rows else None
    return found
