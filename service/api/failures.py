"""Every exception that reaches the edge becomes a problem; what it said inside stays inside."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
import psycopg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from psycopg import errors as pg
from sqlalchemy import exc as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from service.api.problems import MEDIA_TYPE, Problem, invalid, of_refusal, rendered
from service.api.request_ids import HEADER, request_id
from service.api.validation import faults_of
from service.domain.refusals import Refused
from service.engine.desk import Closing, UnknownTenant
from service.words.languages import negotiate

DEFAULT_LANGUAGE = "en"
BUSY_SECONDS, AWAY_SECONDS = 1, 5
"""What `Retry-After` says."""

_log = structlog.get_logger()
_BUSY = (pg.LockNotAvailable, pg.QueryCanceled, pg.DeadlockDetected, pg.SerializationFailure)
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, pg.ReadOnlySqlTransaction)
_CODES = {
    400: "invalid",
    401: "unauthorized",
    403: "role_may_not",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    503: "overloaded",
}


def register(app: FastAPI) -> None:
    """Give the application its exception handlers."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(UnknownTenant, _on_no_tenant)
    app.add_exception_handler(Closing, _on_closing)
    for kind in (sa.DBAPIError, sa.TimeoutError, psycopg.Error):
        app.add_exception_handler(kind, _on_database)
    app.add_exception_handler(Exception, _on_bug)


def language_of(request: Request) -> str:
    """The language the asker reads."""
    return negotiate(request.headers.get("accept-language"), DEFAULT_LANGUAGE)


def problem_data(problem: Problem, request: Request) -> dict[str, object]:
    """The problem as JSON data for this request; for the results of a batch as well."""
    return rendered(problem, language_of(request), quote(request.scope["path"]), request_id(request))


def answer(problem: Problem, request: Request) -> Response:
    """The problem as the response."""
    headers = {
        "Content-Language": language_of(request),
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
        HEADER: request_id(request),
        **problem.headers,
    }
    if problem.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    body = msgspec.json.encode(problem_data(problem, request))
    return Response(body, problem.status, headers, media_type=MEDIA_TYPE)


# All of them are coroutines: a plain function would wait for a thread, and threads are what an overload lacks.


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(error, request)


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(of_refusal(error), request)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(invalid(faults_of(error.errors())), request)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = _allowed(request) if error.status_code == 405 else error.headers
    return answer(of_status(error.status_code, headers), request)


def _allowed(request: Request) -> dict[str, str]:
    """The methods that the address takes: the framework tells of one route there, and there may be several."""
    path: str = request.scope["path"]
    found = {
        method
        for route in iter_route_contexts(request.app.routes)
        if compile_path(route.path or "")[0].match(path)
        for method in route.methods or ()
    }
    return {"Allow": ", ".join(sorted(found))}


async def _on_no_tenant(request: Request, error: Exception) -> Response:
    """The tenant went away while its key was still remembered."""
    return answer(Problem(401, "unauthorized"), request)


async def _on_closing(request: Request, error: Exception) -> Response:
    return answer(Problem(503, "closing", retry_after=AWAY_SECONDS), request)


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """What the framework answers by itself: no such route, no such method."""
    return Problem(status, _CODES.get(status, f"status_{status}"), headers=headers)


async def _on_database(request: Request, error: Exception) -> Response:
    problem = of_database(error)
    if problem is None:
        raise error
    cause = type(getattr(error, "orig", None) or error).__name__
    _log.warning("database_refused", code=problem.code, cause=cause)
    return answer(problem, request)


def of_database(error: Exception) -> Problem | None:
    """The problem when trying again may help; None for a mistake of ours."""
    lost = isinstance(error, sa.DBAPIError) and error.connection_invalidated
    cause = error.orig if isinstance(error, sa.DBAPIError) else error
    if isinstance(cause, _BUSY):
        return Problem(503, "busy", retry_after=BUSY_SECONDS)
    if lost or isinstance(cause, (*_AWAY, sa.TimeoutError)):
        return Problem(503, "database_away", retry_after=AWAY_SECONDS)
    return None


async def _on_bug(request: Request, error: Exception) -> Response:
    # the message may quote rows, and with them personal data: only the kind of the error and its place are logged
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else None
    _log.error("internal_error", kind=type(error).__qualname__, place=place, request=request_id(request))
    return answer(Problem(500, "internal_error"), request)
