"""Logging: one line a record, JSON for machines or text for people; no bodies, keys or personal data. What libraries log
takes the same road."""

import logging
import sys
from collections.abc import Iterator
from traceback import walk_tb
from typing import Any

import psycopg
import structlog
from structlog.typing import EventDict, Processor

from service.settings import Settings

MOST_PLACES = 30


def configure(settings: Settings) -> None:
    """Set structlog and the standard library's logging up once for the process."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words,
    ]
    form: Processor = structlog.processors.JSONRenderer()
    if settings.log_format == "text":
        chain.append(_in_one_line)
        form = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    structlog.configure(
        processors=[*chain, form],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, form]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(True)
    # it warns of every beat that finds the one before still at work, which is how the loops are meant to be


def without_words(_: object, __: str, event: EventDict) -> EventDict:
    """An exception as its kinds and its places: what it says may quote rows, and with them personal data and keys."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["raised"] = [_told(one) for one in _and_causes(error)]
    return event


def _and_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> dict[str, Any]:
    places = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in walk_tb(error.__traceback__)]
    told: dict[str, Any] = {"kind": f"{type(error).__module__}.{type(error).__qualname__}", "at": places[-MOST_PLACES:]}
    if isinstance(error, psycopg.Error):
        told |= {"sqlstate": error.sqlstate, "constraint": error.diag.constraint_name, "table": error.diag.table_name}
    return {name: value for name, value in told.items() if value is not None}


def _in_one_line(_: object, __: str, event: EventDict) -> EventDict:
    """Nobody writes a line or colours of their own into the text: JSON escapes by itself."""
    return {name: _visible(value) if isinstance(value, str) else value for name, value in event.items()}


def _visible(text: str) -> str:
    return text if text.isprintable() else "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
