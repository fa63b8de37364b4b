"""Reports as they are asked for and answered: JSON page by page, CSV and spreadsheets whole."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.guards import House, Principal, needs
from service.api.models.problems import responses
from service.api.models.reports import (
    ContactsAsked,
    PeriodAsked,
    ReportAsked,
    answer_model,
    asked_model,
)
from service.api.names import called
from service.api.pages import Listing
from service.api.problems import Problem, fault
from service.api.queries import listing
from service.api.roles import COLLECTOR, Right
from service.api.sheets import CSV, XLSX, csv_of, xlsx_of
from service.api.wishes import prefers
from service.domain.decide.amounts import EARLIEST, LATEST
from service.domain.money import format
from service.engine.desk import Session
from service.reports import REPORTS, Report
from service.reports.asked import Asked
from service.reports.table import MONEY, Rows

ROWS_AT_MOST = {CSV: 500_000, XLSX: 50_000}

router = APIRouter(prefix="/v1/reports", tags=["reports"])

Reader = Annotated[Principal, Depends(needs(Right.REPORTS))]

_encode = msgspec.json.Encoder().encode
_FILES: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in (CSV, XLSX)}


def _route(name: str, report: Report) -> Callable[..., Response]:
    def read(asked: Any, request: Request, house: House, reader: Reader) -> Response:
        kind = prefers(request, "application/json", CSV, XLSX)
        pages = listing(house, reader, f"reports/{name}/{reader.user if reader.role == COLLECTOR else ''}", asked)
        with house.desk.open(reader.tenant) as session:
            of = _asked(session, report, asked, pages, reader, ROWS_AT_MOST.get(kind))
            rows = report.read(session.tx, of)
        if kind != "application/json":
            return _file(name, report, kind, of.as_of, rows)
        head = {"report": name, "definition": definition(name), "as_of": of.as_of, "known_at": of.known_at}
        return _json(head | {"group_by": of.group_by}, report, pages, rows)

    read.__annotations__["asked"] = Annotated[asked_model(name, report), Query()]
    return read


def _asked(
    session: Session, report: Report, asked: ReportAsked, pages: Listing, reader: Principal, at_most: int | None
) -> Asked:
    """What the reader may see of it; files are whole, and one row beyond what they may hold is enough to know."""
    as_of = day_of(session, asked.as_of)
    position = pages.after() if at_most is None else None
    return Asked(
        as_of=as_of,
        known_at=asked.known_at,
        group_by=asked.group_by,
        days=(asked.days if isinstance(asked, PeriodAsked) else None) or report.days or 1,
        own=reader.user if reader.role == COLLECTOR else None,
        rates=session.scene.settings.provision_rates,
        within=asked.within_days if isinstance(asked, ContactsAsked) else 7,
        limit=asked.limit if at_most is None else at_most + 1,
        after=(str(position[0]), str(position[1])) if position else None,
    )


def day_of(session: Session, asked: date | None, parameter: str = "/query/as_of") -> date:
    """The day that a report is asked for: today, unless told otherwise. Raises Problem."""
    today = session.scene.today
    if asked is not None and asked > today:
        raise fault(parameter, "date_in_future", given=asked, today=today)
    if asked is not None and asked < EARLIEST:
        raise fault(parameter, "date_out_of_range", given=asked, earliest=EARLIEST, latest=LATEST)
    return asked or today


def definition(name: str) -> str:
    """Where a report's figures are defined."""
    return f"/docs#{called('get', f'/v1/reports/{name}')}"


def _json(head: dict[str, Any], report: Report, pages: Listing, rows: Rows) -> Response:
    at = list(report.columns).index("currency")
    next_cursor = pages.next_cursor(rows, lambda row: (row[0], row[at]))
    body = head | {"data": told_rows(report.columns, rows), "next_cursor": next_cursor}
    return Response(_encode(body), media_type="application/json")


def told_rows(columns: dict[str, str], rows: Rows) -> list[dict[str, Any]]:
    """Rows as JSON has them: money as text in its currency."""
    at = list(columns).index("currency") if "currency" in columns else 0
    return [
        {
            name: format(value, row[at]) if kind == MONEY and value is not None else value
            for (name, kind), value in zip(columns.items(), row, strict=True)
        }
        for row in rows
    ]


def _file(name: str, report: Report, kind: str, as_of: date, rows: Rows) -> Response:
    most = ROWS_AT_MOST[kind]
    if len(rows) > most:
        raise Problem(422, "too_many_rows", {"limit": most})
    content = csv_of(report.columns, rows) if kind == CSV else xlsx_of(name, report.columns, rows)
    ending = "csv" if kind == CSV else "xlsx"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{as_of}.{ending}"',
        "Link": f'<{definition(name)}>; rel="describedby"',
        "Vary": "Accept",
    }
    return Response(content, 200, headers, media_type=kind)


for _name, _report in REPORTS.items():
    router.add_api_route(
        f"/{_name}",
        _route(_name, _report),
        response_model=answer_model(_name, _report),
        responses={200: {"content": _FILES}, **responses(406, 422)},
        summary=_report.summary,
        description=_report.text,
    )
