"""Playbooks: read, checked, and published as versions that never change."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from service.api.acts import Asking, Reply, administer, asks
from service.api.approvals import ask_first
from service.api.bodies import CommandRoute
from service.api.mistakes import checked, faults, told
from service.api.models.playbooks import (
    PlaybookAnswer,
    PlaybookAsked,
    PlaybookBody,
    PlaybookCheck,
    PlaybookFault,
    PlaybookList,
    PlaybookRow,
    PlaybookWanted,
)
from service.api.models.problems import responses
from service.api.models.work import ApprovalAnswer
from service.api.problems import Problem
from service.api.roles import Right
from service.domain.playbook import Playbook
from service.domain.refusals import NotFound
from service.domain.scene import Scene
from service.domain.tenant import Tenant
from service.engine import consents
from service.engine.administer import Change, playbook_published
from service.engine.desk import Session
from service.store import shipped, tenants
from service.store.database import Tx

router = APIRouter(prefix="/v1/playbooks", tags=["playbooks"], route_class=CommandRoute)

Name = Annotated[str, Path(description="The playbook's name.", examples=["standard"])]
Reading = Annotated[Asking, Depends(asks(Right.READ))]
Publishing = Annotated[Asking, Depends(asks(Right.PLAYBOOKS))]


@router.get("", response_model=PlaybookList, summary="The playbooks there are")
def get_playbooks(asking: Reading) -> Response:
    """Each with its newest version; also those that come with the service and were never published here. A newer text of one
    that was is told, and never followed by itself."""
    with asking.house.desk.open(asking.tenant) as session:
        found = {name: list(those) for name, those in groupby(tenants.playbooks(session.tx), key=itemgetter("name"))}
        news = shipped.news(session.tx)
        names = sorted({*found, *shipped.shipped_playbooks()})
        data = [PlaybookRow(**_row(name, found.get(name, []), news)) for name in names]
    return Reply(PlaybookList(data=data)).response()


@router.get("/{name}", response_model=PlaybookAnswer, responses=responses(404, 422), summary="One playbook")
def get_playbook(name: Name, asking: Reading, asked: Annotated[PlaybookAsked, Query()]) -> Response:
    """Its text and its steps as data; the newest version unless told otherwise. Of one that comes with the service and was
    never published here, what would be."""
    with asking.house.desk.open(asking.tenant) as session:
        versions = [row for row in tenants.playbooks(session.tx) if row["name"] == name]
        text = shipped.shipped_playbooks().get(name)
        if not versions and asked.version is None and text is not None:
            return Reply(_whole(name, [], 0, text, _read(text), frozenset({name}))).response()
        number = asked.version or max((row["version"] for row in versions), default=0)
        if not any(row["version"] == number for row in versions):
            raise NotFound("unknown_playbook", None, playbook=name)
        return Reply(_answer(session, versions, number)).response()


@router.post(
    "",
    status_code=201,
    response_model=PlaybookAnswer,
    responses={
        200: {"model": PlaybookAnswer, "description": "The newest version says exactly this."},
        202: {"model": ApprovalAnswer, "description": "It waits for consent."},
        **responses(404, 409, 422),
    },
    summary="Publish a playbook",
)
def publish(body: PlaybookWanted, asking: Publishing) -> Response:
    """A new version of the playbook that the text names, or of one that comes with the service (`shipped`), as it is; cases
    keep the version they were opened with. Where the settings' `consents` name a role for it, somebody of that role agrees
    first.

    Every mistake is told with line, column, path and remedy.
    """
    text = body.text or shipped.shipped_playbooks().get(body.shipped or "")
    if text is None:
        raise NotFound("unknown_playbook", "/shipped", playbook=body.shipped)
    found = _read(text)
    name = found.name
    with asking.house.desk.open(asking.tenant) as session:
        role, newest = session.scene.settings.consents.get("playbook"), session.tenancy.tenant.playbooks.get(name, 0)
        known = newest and tenants.playbook_text(session.tx, name, newest) == text
    if role and not known:
        return ask_first(asking, lambda _, tenant, scene: _wished(asking, tenant, scene, role, name, text))

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Reply]:
        newest = tenant.playbooks.get(name, 0)
        known = newest and tenants.playbook_text(tx, name, newest) == text
        changes = [] if known else playbook_published(tx, tenant, name, text)
        rows = [row for row in tenants.playbooks(tx) if row["name"] == name]
        answer = _whole(name, rows, rows[-1]["version"], text, found, shipped.news(tx))
        return changes, Reply(answer) if known else Reply(answer, 201, f"/v1/playbooks/{name}")

    return administer(asking, decide)


@router.post("/{name}/check", response_model=PlaybookCheck, responses=responses(422), summary="Check a playbook")
def check_playbook(name: Name, body: PlaybookBody, asking: Publishing) -> Response:
    """Whether the text could be published under that name, or all its mistakes; changes nothing."""
    found = checked(body.text, f"{name}.yaml", name)
    if isinstance(found, Playbook):
        return Reply(PlaybookCheck(valid=True)).response()
    errors = [PlaybookFault.model_validate(one) for one in told(found, asking.language)]
    return Reply(PlaybookCheck(valid=False, errors=errors), language=asking.language).response()


def _wished(asking: Asking, tenant: Tenant, scene: Scene, role: str, name: str, text: str) -> Change:
    deed = {"playbook": name, "version": tenant.playbooks.get(name, 0) + 1, "text": text}
    return consents.ask(tenant, asking.asker, scene.today, "playbook", name, role, deed, None)


def _read(text: str) -> Playbook:
    found = checked(text, "playbook.yaml")
    if not isinstance(found, Playbook):
        raise Problem(422, "playbook_invalid", errors=faults(found))
    return found


def _row(name: str, versions: list[dict[str, Any]], news: frozenset[str], number: int = 0) -> dict[str, Any]:
    row = next((row for row in versions if row["version"] == number), versions[-1] if versions else None)
    return {
        "name": name,
        "version": row["version"] if row else 0,
        "versions": [one["version"] for one in versions],
        "published": row is not None,
        "published_at": row["published_at"] if row else None,
        "shipped": name in shipped.shipped_playbooks(),
        "shipped_is_news": name in news,
    }


def _answer(session: Session, versions: list[dict[str, Any]], number: int) -> PlaybookAnswer:
    name = versions[0]["name"]
    text = tenants.playbook_text(session.tx, name, number)
    assert text is not None
    return _whole(name, versions, number, text, session.scene.playbook(name, number), shipped.news(session.tx))


def _whole(
    name: str, versions: list[dict[str, Any]], number: int, text: str, playbook: Playbook, news: frozenset[str]
) -> PlaybookAnswer:
    steps = [_said(msgspec.to_builtins(step)) for step in playbook.steps]
    row = _row(name, versions, news, number)
    return PlaybookAnswer.model_validate({**row, "title": playbook.title, "steps": steps, "text": text})


def _said(value: Any) -> Any:
    """Without what was left out."""
    match value:
        case dict():
            return {name.rstrip("_"): _said(one) for name, one in value.items() if one not in (None, [], {})}
        case list():
            return [_said(one) for one in value]
        case _:
            return value
