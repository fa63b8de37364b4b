"""What letters and messages say, in a company's own words: texts with places, looked at as a page, published as versions."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.responses import Response

from service.api.acts import Asking, Reply, administer, asks
from service.api.approvals import ask_first
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.templates import (
    PreviewAsked,
    TemplateAnswer,
    TemplateBody,
    TemplateList,
    TemplateRow,
    TemplatesAsked,
    TemplateVersion,
)
from service.api.models.work import ApprovalAnswer
from service.api.problems import Fault, Problem, invalid
from service.api.roles import Right
from service.domain.refusals import NotFound
from service.domain.scene import Scene
from service.domain.tenant import Tenant
from service.engine import consents
from service.engine.administer import Change, template_published
from service.printing.press import Unprintable, pdf, png
from service.store import templates, tenants
from service.store.database import Tx
from service.words.compose import compose_mail
from service.words.languages import LANGUAGES, Language
from service.words.letters import Letter
from service.words.paper import mailed, page_of, paper
from service.words.specimen import specimen
from service.words.templates import Template, known_kinds, known_letters, misplaced, ours, places

router = APIRouter(prefix="/v1/templates", tags=["settings"], route_class=CommandRoute)

In = Annotated[Language, Path(description="The language it is in.", examples=["en"])]
Kind = Annotated[
    str,
    Path(
        description="The kind of letter, or `message-` and the template that a playbook's messages name: `message-overdue`.",
        examples=["reminder"],
    ),
]
Reading = Annotated[Asking, Depends(asks(Right.READ))]
Publishing = Annotated[Asking, Depends(asks(Right.SETTINGS))]

_CHANGES: dict[int | str, dict[str, Any]] = {
    202: {"model": ApprovalAnswer, "description": "It waits for consent."},
    **responses(404, 409, 422),
}


@router.get("", response_model=TemplateList, summary="The templates of letters and messages")
def get_templates(asking: Reading) -> Response:
    """By language and kind, each with the version in force."""
    with asking.house.desk.open(asking.tenant) as session:
        tenant = session.tenancy.tenant
    rows = [
        TemplateRow(language=language, kind=kind, version=_in_force(tenant, language, kind))
        for language in LANGUAGES
        for kind in known_kinds()
    ]
    return Reply(TemplateList(data=rows)).response()


@router.get("/{language}/{kind}", response_model=TemplateAnswer, responses=responses(404, 422), summary="One template")
def get_template(language: In, kind: Kind, asking: Reading, asked: Annotated[TemplatesAsked, Query()]) -> Response:
    """Its texts, what may stand in braces, and every version there was."""
    _known(kind)
    with asking.house.desk.open(asking.tenant) as session:
        return Reply(_answer(session.tx, session.tenancy.tenant, language, kind, asked.version)).response()


@router.put(
    "/{language}/{kind}",
    response_model=TemplateAnswer,
    responses={200: {"model": TemplateAnswer}, **_CHANGES},
    summary="Publish a template",
)
def put_template(language: In, kind: Kind, body: TemplateBody, asking: Publishing) -> Response:
    """A new version, unless the one in force says exactly this; letters already printed stay as they are. Where the settings'
    `consents` name a role for it, somebody of that role agrees first. What stands in braces is a place and nothing else; each
    that there is not is told with its line and column."""
    _known(kind)
    texts = body.model_dump(exclude_none=True)
    template = _checked(kind, texts)
    if kind in known_letters():
        _set(pdf, asking, _specimen(asking, language, kind, template))
    return _publish(asking, language, kind, texts)


@router.delete(
    "/{language}/{kind}",
    response_model=TemplateAnswer,
    responses={200: {"model": TemplateAnswer}, **_CHANGES},
    summary="Put the shipped template back",
)
def delete_template(language: In, kind: Kind, asking: Publishing) -> Response:
    """A version of its own: the earlier ones stay to be read."""
    _known(kind)
    return _publish(asking, language, kind, None)


@router.post(
    "/{language}/{kind}/preview",
    response_class=Response,
    responses={**responses(404, 422), 200: {"content": {"image/png": {}, "text/html": {}}}},
    summary="Look at a template",
)
def preview_template(
    language: In,
    kind: Kind,
    body: TemplateBody,
    asking: Publishing,
    asked: Annotated[PreviewAsked, Query()],
    accept: Annotated[str, Header(description="With `text/html` the mail itself, else a picture.")] = "",
) -> Response:
    """A page of an invented letter or message with these texts, as a picture, or what would be mailed; changes nothing."""
    _known(kind)
    letter = _specimen(asking, language, kind, _checked(kind, body.model_dump(exclude_none=True)), asked.leads)
    if "text/html" in accept:
        return Response(compose_mail(letter).html, media_type="text/html")
    try:
        picture = _set(partial(png, page=asked.page), asking, letter)
    except IndexError:
        raise NotFound("page_unknown", None, given=asked.page) from None
    return Response(picture, media_type="image/png")


def _specimen(asking: Asking, language: Language, kind: str, template: Template, leads: bool = True) -> Letter:
    with asking.house.desk.open(asking.tenant) as session:
        chosen, today = session.scene.settings, session.scene.today
    return specimen(language, kind, today, chosen.company, chosen.banks, template, leads)


def _set(press: Callable[..., bytes], asking: Asking, letter: Letter) -> bytes:
    """The letter on its page; raises Problem for text that no font can show."""
    data = paper(letter, f"{letter.kind}~C-1.1") if letter.kind else mailed(letter)
    try:
        return press(page_of(letter), data, on=letter.today)
    except Unprintable as lacking:
        raise invalid([Fault("", "unprintable", {"given": ", ".join(lacking.characters)})]) from None


def _known(kind: str) -> None:
    if kind not in known_kinds():
        raise NotFound("unknown_template", None, given=kind[:64], known=", ".join(known_kinds()))


def _checked(kind: str, texts: dict[str, str]) -> Template:
    """Raises Problem for places that there are not."""
    template = msgspec.convert(texts, Template)
    found = [
        Fault(
            f"/{one.field}",
            one.code,
            {"given": one.given[:64], "known": ", ".join(places(kind))},
            "template",
            {"line": one.line, "column": one.column},
        )
        for one in misplaced(kind, template)
    ]
    if found:
        raise Problem(422, "template_invalid", errors=found)
    return template


def _publish(asking: Asking, language: Language, kind: str, texts: dict[str, str] | None) -> Response:
    with asking.house.desk.open(asking.tenant) as session:
        role, tenant = session.scene.settings.consents.get("template"), session.tenancy.tenant
        says_so = _texts(session.tx, tenant, language, kind) == texts
    if role and not says_so:
        return ask_first(asking, lambda _, tenant, scene: _wished(asking, tenant, scene, role, language, kind, texts))

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Any]:
        says_so = _texts(tx, tenant, language, kind) == texts
        changes = [] if says_so else template_published(tenant, language, kind, texts)
        return changes, lambda tx: Reply(_answer(tx, _now(tx), language, kind, None))

    return administer(asking, decide)


def _wished(
    asking: Asking, tenant: Tenant, scene: Scene, role: str, language: str, kind: str, texts: dict[str, str] | None
) -> Change:
    known = tenant.templates.get(f"{language}/{kind}")
    version = (known.version if known else 0) + 1
    deed = {"language": language, "kind": kind, "version": version, "texts": texts}
    return consents.ask(tenant, asking.asker, scene.today, "template", f"{language}-{kind}", role, deed, None)


def _now(tx: Tx) -> Tenant:
    loaded = tenants.load(tx)
    assert loaded is not None
    return loaded[0]


def _in_force(tenant: Tenant, language: str, kind: str) -> int:
    found = tenant.templates.get(f"{language}/{kind}")
    return found.version if found and found.own else 0


def _texts(tx: Tx, tenant: Tenant, language: str, kind: str) -> dict[str, str] | None:
    """What the company says in its own words, if it does."""
    version = _in_force(tenant, language, kind)
    return next((row["texts"] for row in templates.versions(tx, language, kind) if row["version"] == version), None)


def _answer(tx: Tx, tenant: Tenant, language: Language, kind: str, wanted: int | None) -> TemplateAnswer:
    rows = templates.versions(tx, language, kind)
    version = _in_force(tenant, language, kind) if wanted is None else wanted
    row = next((row for row in rows if row["version"] == version), None)
    if row is None and version:
        raise NotFound("unknown_template", None, given=f"{language}/{kind} {version}", known=", ".join(known_kinds()))
    template = msgspec.convert(row["texts"], Template) if row and row["texts"] else ours(language, kind)
    return TemplateAnswer(
        language=language,
        kind=kind,
        version=version,
        places=list(places(kind)),
        versions=[
            TemplateVersion(version=one["version"], published_at=one["published_at"], is_shipped=one["texts"] is None)
            for one in rows
        ],
        **msgspec.structs.asdict(template),
    )
