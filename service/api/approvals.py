"""Consent: what waits for whom, and the answers. Who asked never answers, and what is done is what was asked for."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from msgspec.structs import replace
from starlette.responses import Response

from service.api.acts import Asking, Read, Reply, Replying, act, administer, asks
from service.api.answers import json, local, may_read_texts
from service.api.bodies import CommandRoute
from service.api.models.commands import GrantBody, RejectBody
from service.api.models.problems import responses
from service.api.models.work import ApprovalAnswer, ApprovalList, ApprovalsAsked
from service.api.pages import Listing, page
from service.api.queries import known_id
from service.api.roles import Right
from service.api.wishes import Counting
from service.domain.commands import GrantApproval, RejectApproval
from service.domain.events.approval import ApprovalRequested
from service.domain.refusals import NotFound
from service.domain.scene import Scene
from service.domain.tenant import Tenant
from service.engine import consents
from service.engine.administer import Change
from service.engine.asks import Done
from service.engine.desk import Session
from service.engine.reassigning import carry_on
from service.engine.tenant_deeds import DEEDS
from service.store import codec, log, worklist
from service.store.database import Tx

router = APIRouter(prefix="/v1/approvals", tags=["approvals"], route_class=CommandRoute)

ApprovalId = Annotated[str, Path(description="The approval's id.", examples=["hold~C-1.20"])]
Reading = Annotated[Asking, Depends(asks(Right.READ))]
Answering = Annotated[Asking, Depends(asks(Right.APPROVE))]
_PLAIN = "id kind state role customer cases bills rule asked_by expires_on content_hash answered_by answered_at".split()


@router.get("", response_model=ApprovalList, responses=responses(422), summary="What waits for consent, and what did")
def get_approvals(asking: Reading, asked: Annotated[ApprovalsAsked, Query()], counting: Counting) -> Response:
    """In the order in which they were asked."""
    listing = Listing(asking.house.cursors, asking.tenant, "approvals", asked)
    after = listing.after()
    behind = (datetime.fromisoformat(str(after[0])), str(after[1])) if after else None
    wanted = worklist.Filters(state=asked.state, kind=asked.kind, role=asked.role, customer=asked.customer)
    with asking.house.desk.open(asking.tenant) as session:
        rows = worklist.approvals(session.tx, wanted, behind, asked.limit)
        total = worklist.count_approvals(session.tx, wanted) if counting else None
        data = [row.model_dump(by_alias=True) for row in answers(asking, session, rows)]
    cursor = listing.next_cursor(rows, lambda row: (row["asked_at"].isoformat(), row["id"]))
    return json(page(listing, ApprovalAnswer, data, cursor, total))


@router.get("/{approval}", response_model=ApprovalAnswer, responses=responses(404), summary="One request for consent")
def get_approval(approval: ApprovalId, asking: Reading) -> Response:
    """With exactly what a grant would do, and why an earlier request of its kind was rejected."""
    with asking.house.desk.open(asking.tenant) as session:
        return Reply(answer(asking, session, approval)).response()


@router.post(
    "/{approval}/grant", response_model=ApprovalAnswer, responses=responses(404, 409, 422), summary="Agree to a request"
)
def grant(approval: ApprovalId, body: GrantBody, asking: Answering) -> Response:
    """What was asked for happens with the grant, unless the world has moved on. Name `content_hash` to agree only to what you
    saw. By cover or delegation another role may answer too; who asked never does, nor anybody by their word."""
    if _is_ours(asking, approval):

        def decide(tx: Tx, tenant: Tenant, scene: Scene, row: dict[str, Any]) -> Sequence[Change]:
            agreed, deed = consents.granted(tenant, scene, asking.asker, row, body.content_hash)
            return [agreed, *DEEDS[row["kind"]](tx, tenant, deed)]

        return _answer_ours(asking, approval, decide)

    def plan(session: Session) -> GrantApproval:
        row = _row(session, approval)
        return GrantApproval(customer=row["customer"], approval=approval, content_hash=body.content_hash)

    return act(asking, plan, lambda session, _: Reply(answer(asking, session, approval)))


@router.post(
    "/{approval}/reject", response_model=ApprovalAnswer, responses=responses(404, 409, 422), summary="Reject a request"
)
def reject(approval: ApprovalId, body: RejectBody, asking: Answering) -> Response:
    """The reason is shown when the same is asked again."""
    if _is_ours(asking, approval):
        return _answer_ours(
            asking, approval, lambda _, tenant, scene, row: [consents.rejected(tenant, scene, asking.asker, row, body.reason)]
        )

    def plan(session: Session) -> RejectApproval:
        return RejectApproval(customer=_row(session, approval)["customer"], approval=approval, reason=body.reason)

    return act(asking, plan, lambda session, _: Reply(answer(asking, session, approval)))


Answer = Callable[[Tx, Tenant, Scene, dict[str, Any]], Sequence[Change]]
"""What an answer to a request about the company itself leads to."""


def _is_ours(asking: Asking, approval: str) -> bool:
    """Whether it is about the company itself, not about a customer."""
    with asking.house.desk.open(asking.tenant) as session:
        return not _row(session, approval)["customer"]


def _answer_ours(asking: Asking, approval: str, answering: Answer) -> Response:
    with asking.house.desk.open(asking.tenant) as session:
        pass

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Read]:
        here = replace(session, tx=tx)
        changes = answering(tx, tenant, session.scene, _row(here, approval))
        return changes, lambda _: Reply(answer(asking, here, approval))

    response = administer(asking, decide)
    carry_on(asking.house.desk, asking.tenant)
    return response


Wish = Callable[[Tx, Tenant, Scene], Change]
"""What is asked for, when it needs somebody's consent."""


def ask_first(asking: Asking, wish: Wish) -> Response:
    """Somebody else must agree before the company itself is changed: the request that now waits, as 202."""
    with asking.house.desk.open(asking.tenant) as session:
        pass

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Read]:
        change = wish(tx, tenant, session.scene)
        return [change], lambda _: waits(asking, replace(session, tx=tx), change)

    return administer(asking, decide)


def waits(asking: Asking, session: Session, change: Change) -> Reply:
    """The request of that change."""
    assert isinstance(change.event, ApprovalRequested)
    id = change.event.approval
    return Reply(answer(asking, session, id), 202, f"/v1/approvals/{id}")


def asked_for(asking: Asking) -> Replying:
    """What a command that needs consent answers: the request that now waits."""

    def reply(session: Session, done: Done) -> Reply:
        asked = next(fact.event for fact in done.happened if isinstance(fact.event, ApprovalRequested))
        return Reply(answer(asking, session, asked.approval), 202, f"/v1/approvals/{asked.approval}")

    return reply


def _row(session: Session, id: str) -> dict[str, Any]:
    known_id(id, "unknown_approval", made=True, approval=id)
    row = worklist.get(session.tx, "approvals", id)
    if row is None:
        raise NotFound("unknown_approval", None, approval=id)
    return row


def answer(asking: Asking, session: Session, id: str) -> ApprovalAnswer:
    """One request as it stands; raises NotFound."""
    return answers(asking, session, [_row(session, id)])[0]


def answers(asking: Asking, session: Session, rows: list[dict[str, Any]]) -> list[ApprovalAnswer]:
    """Requests with their reasons, for those who may read what people wrote."""
    earlier = worklist.approvals_by_id(session.tx, [row["previous"] for row in rows if row["previous"]])
    every = [*rows, *earlier.values()]
    reasons = _reasons(session.tx, every) if may_read_texts(asking.principal) else {}
    return [
        ApprovalAnswer.model_validate(
            {name: row[name] for name in _PLAIN}
            | {"customer": row["customer"] or None}
            | {name: local(session, row[name]) for name in ("asked_at", "answered_at") if row[name]}
            | {"reason": reasons.get(row["id"]), "content": codec.load(row["content"])}
            | {"previous": _previous(session, earlier.get(row["previous"]), reasons)}
        )
        for row in rows
    ]


def _previous(session: Session, row: dict[str, Any] | None, reasons: dict[str, str | None]) -> dict[str, Any] | None:
    if row is None:
        return None
    at = local(session, row["answered_at"]) if row["answered_at"] else None
    return {"id": row["id"], "answered_by": row["answered_by"], "answered_at": at, "reason": reasons.get(row["id"])}


def _reasons(tx: Tx, rows: Iterable[dict[str, Any]]) -> dict[str, str | None]:
    """Why it was rejected, else why a person asked: private text beside the events that answered and asked."""
    keys = {
        row["id"]: (
            f"customer/{row['customer']}" if row["customer"] else "tenant",
            row["answered_version"] if row["state"] == "rejected" else row["asked_version"],
        )
        for row in rows
    }
    said = log.private_of(tx, list(set(keys.values())))
    return {id: said.get(key, {}).get("", {}).get("reason") for id, key in keys.items()}
