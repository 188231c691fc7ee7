"""Logs: one line an event, for people or for machines, Chinese readable in both."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from server.settings import LogFormat, Settings


def set_up_logs(settings: Settings) -> None:
    """Send everything, that of the libraries too, to standard error in the chosen format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering = _rendering(settings)
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    # Our own lines do not go through the standard library: there, a line costs as much as a small query.
    structlog.configure(
        processors=[*shared, *rendering],
        logger_factory=_writer(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Each error is logged once, with the request's number, where it is masked.
    logging.getLogger("strawberry").setLevel(logging.CRITICAL)
    for name in ("uvicorn.error", "alembic", "aiosqlite"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class Line:
    """Writes a logger's lines to a stream. One that is closed or full loses lines, never requests."""

    def __init__(self, stream: TextIO | None, name: str) -> None:
        self.stream = stream
        self.name = name

    def write(self, line: str) -> None:
        """Write one line, whole, since threads log as well."""
        if self.stream is not None:
            with suppress(OSError, ValueError):
                self.stream.write(line + "\n")
                self.stream.flush()

    debug = info = warning = error = critical = write


def _writer(stream: TextIO | None) -> Callable[..., Line]:
    return lambda name="": Line(stream, name)


def _rendering(settings: Settings) -> list[Processor]:
    if settings.log_format is LogFormat.JSON:
        return [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(serializer=_json),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


def _json(event: dict[str, Any], default: Callable[[Any], Any]) -> str:
    try:
        return orjson.dumps(event, default=default, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        # Broken characters and numbers beyond 64 bits.
        return json.dumps(event, default=default, ensure_ascii=True, sort_keys=True)
