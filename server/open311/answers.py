"""Answers of GeoReport v2, as JSON and as XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import orjson
from starlette.responses import Response

Item = Mapping[str, Any]
MEDIA = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a list of answers is called in XML, and each of its items."""

    many: str
    one: str


SERVICES = Kind("services", "service")
DEFINITIONS = Kind("service_definitions", "service_definition")
REQUESTS = Kind("service_requests", "request")
ERRORS = Kind("errors", "error")


class Refused(Exception):
    """A request that is not carried out: the status and headers, and what is said to the person who asked."""

    def __init__(self, status: int, description: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.headers = headers or {}


def answer(
    kind: Kind, items: Sequence[Item], form: str, status: int = 200, more: Mapping[str, str] | None = None
) -> Response:
    """A list of items in a format of MEDIA. `more` are headers beside the usual ones."""
    body = orjson.dumps(items) if form == "json" else _xml(kind, items).encode()
    headers = {"content-type": MEDIA[form], "cache-control": "no-store", **(more or {})}
    return Response(body, status, headers)


def refusal(refused: Refused, form: str) -> Response:
    """A refusal in a format of MEDIA."""
    said = {"code": refused.status, "description": refused.description}
    return answer(ERRORS, [said], form, refused.status, refused.headers)


def _xml(kind: Kind, items: Sequence[Item]) -> str:
    inside = "".join(f"<{kind.one}>{_members(item)}</{kind.one}>" for item in items)
    return f'<?xml version="1.0" encoding="utf-8"?><{kind.many}>{inside}</{kind.many}>'


def _members(item: Item) -> str:
    return "".join(f"<{name}>{_value(name, value)}</{name}>" for name, value in item.items())


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        # Of lists there is only that of attributes, each of which is an object.
        return "".join(f"<{name[:-1]}>{_members(each)}</{name[:-1]}>" for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else escape("".join(filter(_is_written, str(value))))


def _is_written(character: str) -> bool:
    # XML 1.0 has no way to write the rest, not even escaped.
    return (character >= " " and character not in "\ufffe\uffff") or character in "\t\n\r"
