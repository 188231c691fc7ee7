"""Complaints as JSON lines: read one by one, of any number; a bad one is told and stops no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

import orjson

from casework.civil import CHINA, civil_day
from casework.text import LONGEST_TEXT
from cli.speech import tell

LONGEST_LINE = 1 << 20
"""Bytes. A text of the longest allowed length fits, even with every character escaped."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
REGION = re.compile(r"\d{6}(\d{3}){0,2}", re.ASCII)
COLUMN = re.compile(r"column (\d+)")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line. `id` is given back as it came; `day` is the civil day of `received_at`."""

    id: str | int | None
    text: str
    channel: str | None
    region: str | None
    day: date | None


class BadLine(ValueError):
    """A line that cannot be routed; its text says why, in the command's language."""


def lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes | None]]:
    """Lines that are not blank, with their number from 1 and the bytes read so far. None stands for a line
    that is too long to be kept."""
    number = position = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        position += len(line)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                position += len(rest)
            position += len(rest)
            yield number, position, None
            continue
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        line = line.strip()
        if line:
            yield number, position, line


def complaint(line: bytes | None) -> Complaint:
    """The complaint of a line. Raises BadLine."""
    return complaint_of(members(line))


def members(line: bytes | None) -> dict[str, Any]:
    """The members of a line's object. Raises BadLine."""
    if line is None:
        raise BadLine(tell("line.too_long", most=LONGEST_LINE))
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _unreadable(line, str(error)) from None
    if type(found) is not dict:
        raise BadLine(tell("line.not_object"))
    return found


def complaint_of(found: dict[str, Any]) -> Complaint:
    """The complaint of an object. Raises BadLine."""
    return Complaint(
        typed(found, "id", (str, int), "line.identifier"),
        _text(found),
        typed(found, "channel", (str,), "line.text"),
        region_code(typed(found, "region", (str,), "line.text")),
        _day(typed(found, "received_at", (str,), "line.text")),
    )


def region_code(region: str | None) -> str | None:
    """A region's code. Raises BadLine for one that is none (GB/T 2260, with GB/T 10114 below it)."""
    if region is not None and not REGION.fullmatch(region):
        raise BadLine(tell("line.bad_region", region=region[:40]))
    return region


def lineage_of(region: str) -> frozenset[str]:
    """The code and those of the regions above it, as the code itself shows them."""
    return frozenset(
        (region, region[:9], region[:6], f"{region[:4]}00", f"{region[:2]}0000")
        if len(region) > 6
        else (region, f"{region[:4]}00", f"{region[:2]}0000")
    )


def typed(found: dict[str, Any], name: str, types: tuple[type, ...], wanted: str) -> Any:
    """A member of one of these types, or None. Raises BadLine, saying what is `wanted` by a message's key."""
    value = found.get(name)
    if value is not None and type(value) not in types:
        raise BadLine(tell("line.wrong_type", name=name, wanted=tell(wanted)))
    return value


def _text(found: dict[str, Any]) -> str:
    text = found.get("text")
    if type(text) is not str:
        key, wanted = ("line.no_text", "") if text is None else ("line.wrong_type", tell("line.text"))
        raise BadLine(tell(key, name="text", wanted=wanted))
    if not text or text.isspace():
        raise BadLine(tell("line.empty_text"))
    if len(text) > LONGEST_TEXT:
        raise BadLine(tell("line.text_too_long", most=LONGEST_TEXT))
    return text


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        # A time without a zone is China's.
        return civil_day(moment if moment.tzinfo else moment.replace(tzinfo=CHINA))
    except (ValueError, OverflowError):
        raise BadLine(tell("line.bad_date")) from None


def _unreadable(line: bytes, reason: str) -> BadLine:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return BadLine(tell("line.not_utf8"))
    column = COLUMN.search(reason)
    return BadLine(tell("line.not_json", column=column.group(1) if column else 1))
