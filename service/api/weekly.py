"""The week's report: as JSON, or as the pages that managers get on Friday."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api import weekly_paper
from service.api.answers import local
from service.api.failures import language_of
from service.api.guards import House, Principal, needs
from service.api.models.problems import responses
from service.api.models.reports import WeeklyAsked, WeeklyReport
from service.api.problems import fault
from service.api.reports import day_of, definition, told_rows
from service.api.roles import Right
from service.api.wishes import prefers
from service.domain import weeks
from service.engine.desk import Desk, Session
from service.printing.press import legible
from service.reports import weekly
from service.reports.asked import Asked
from service.store.people import users_details
from service.words.languages import Language
from service.words.languages import language_of as reading

PDF = "application/pdf"
JSON = "application/json"

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_encode = msgspec.json.Encoder().encode
_FILES: dict[str, Any] = {PDF: {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/weekly",
    response_model=WeeklyReport,
    responses={200: {"content": _FILES}, **responses(406, 422)},
    summary="The week's report",
)
def get_weekly(
    asked: Annotated[WeeklyAsked, Query()],
    request: Request,
    house: House,
    reader: Annotated[Principal, Depends(needs(Right.WEEKLY))],
) -> Response:
    """What came in during the seven days that end with the day, beside the week before; targets of the month; ageing, its
    change since a week ago, and days; the 20 customers of each currency who owe most past its day, with what was done about
    them; promises of the week, what is expected, disputes; bills raised by level, deliveries stopped; and what was done, by
    the type of its event. A `week` ends with its Thursday: managers get it on Friday. As PDF on A4 in the reader's language.
    """
    kind = prefers(request, JSON, PDF)
    with house.desk.open(reader.tenant) as session:
        told = told_of(session, _day(session, asked), asked.known_at)
        if kind == JSON:
            return Response(_encode({"report": told["report"], "definition": definition("weekly"), **told}), media_type=JSON)
        language = reading(language_of(request))
        head = masthead(session, told, language)
    on = told["as_of"]
    headers = {
        "Content-Disposition": f'inline; filename="{filename(on)}"',
        "Content-Language": language,
        "Link": f'<{definition("weekly")}>; rel="describedby"',
        "Vary": "Accept, Accept-Language",
    }
    return Response(printed(told, head), 200, headers, media_type=PDF)


def _day(session: Session, asked: WeeklyAsked) -> date:
    if asked.week is None:
        return day_of(session, asked.as_of)
    if asked.as_of is not None:
        raise fault("/query/week", "week_or_as_of")
    last = weeks.last_day(asked.week)
    if last is None:
        raise fault("/query/week", "week_unknown", given=asked.week)
    return day_of(session, last, "/query/week")


Told = dict[str, Any]


def told_of(session: Session, as_of: date, known_at: datetime | None) -> Told:
    """The report in JSON's own terms."""
    found = weekly.read(session.tx, Asked(as_of=as_of, known_at=known_at))
    head = {"report": "weekly", "week": weeks.week_of(as_of), "as_of": as_of, "known_at": known_at}
    return head | {name: told_rows(columns, found[name]) for name, columns in weekly.SECTIONS.items()}


def attached(desk: Desk, tenant: str, week: str, known_at: datetime, language: Language) -> tuple[str, str, bytes]:
    """What goes with the mail to managers: name, media type and pages, by what was known when they were told."""
    with desk.open(tenant) as session:
        last = weeks.last_day(week)
        assert last is not None
        told = told_of(session, last, known_at)
        head = masthead(session, told, language)
    return filename(last), PDF, printed(told, head)


def masthead(session: Session, told: Told, language: Language) -> weekly_paper.Masthead:
    """Whose report it is; people by the names that the directory has."""
    users = {row["owner"] for row in told["overdue"]} | {row["group"] for row in told["targets"]}
    known = users_details(session.tx, sorted(users))
    moment = told["known_at"]
    return weekly_paper.Masthead(
        company=session.scene.settings.company or session.tenancy.tenant.name,
        language=language,
        moment=local(session, moment) if moment else None,
        names={user: details["name"] for user, details in known.items() if details.get("name")},
    )


def printed(told: Told, head: weekly_paper.Masthead) -> bytes:
    """The pages. A sign that no font has, such as in a customer's name, does not keep managers from the rest."""
    plain: Told = msgspec.json.decode(_encode(told))
    return legible(weekly_paper.TEMPLATE, weekly_paper.paper(plain, head), on=told["as_of"])


def filename(as_of: date) -> str:
    """`weekly-2026-W47.pdf`; of seven days that are no such week their last day."""
    week = weeks.week_of(as_of)
    return f"weekly-{week if weeks.last_day(week) == as_of else as_of}.pdf"
