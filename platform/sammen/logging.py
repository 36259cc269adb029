"""Structured logs, one JSON object a line, with the request's id and without personal data.

Personal data is kept out by construction: log calls take ids, counts, route templates and durations; paths,
query strings, form values and names are never passed, and exceptions are logged by type and place only.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog


def _without_message(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """An exception's message may quote a row ("Key (name)=(…)"), so only its type and where it rose are kept."""
    error = event.pop("exc", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = _places(error)
    return event


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}" for frame in frames]


class Bare(logging.Formatter):
    """A library's log line without its words and without an exception's, or those of what it rose from: the server writes
    out whole what nobody caught.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        """Type and place."""
        error = ei[1]
        return f"{type(error).__name__} at {' '.join(_places(error))}" if error is not None else ""

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - as above
        """Nothing: lines of our code say nothing that the place does not."""
        return ""


def configure(level: str = "INFO") -> None:
    """Set structlog up once per process; the standard library's loggers are held to warnings."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_message,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Bare("%(name)s %(levelname)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


log: structlog.stdlib.BoundLogger = structlog.get_logger("sammen")
