"""Logging: one line an event, JSON for machines or text for people; no bodies, keys or personal data."""

import logging

import structlog

from service.settings import Settings


def configure(settings: Settings) -> None:
    """Set structlog up once for the process."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    form = structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if settings.log_format == "json" else _unchanged,
            form,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING)
    # it warns of every beat that finds the one before still at work, which is how the loops are meant to be
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


def _unchanged(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return event
