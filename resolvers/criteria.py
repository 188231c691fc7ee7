"""Which disputes are asked for: the filter of a list as conditions of a statement.

What is given has a name; the names make the statement, the values are its parameters. So lists that are
asked for alike share one statement, whatever their values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)

from casework.text import LONGEST_TITLE, clean
from db.query import among_values
from db.tables.dispute import Assignment, Decision, Dispute
from db.tables.region import Region
from db.tables.unit import UnitFunction

MOST_FLAGS = 20
"""Flags that one list can be asked for: each is a subquery of its own."""
FLAG = "flag_"
"""How the names of flags begin."""
ESCAPE = "/"
"""Stands before signs of a pattern that are meant as they are."""
NOTHING = "nothing"
"""The name of a condition that no dispute meets."""

# Their tables: a statement of mapped columns is compiled by way of the mapping, which takes longer.
_assignment, _decision, _dispute = Assignment.__table__, Decision.__table__, Dispute.__table__
_region, _unit_function = Region.__table__, UnitFunction.__table__


@dataclass(frozen=True, slots=True)
class DisputeCriteria:
    """All that are given have to hold. `text` is looked for in titles, and at the start of numbers."""

    status: tuple[str, ...] | None = None
    channel: tuple[str, ...] | None = None
    region: str | None = None
    lead_department: str | None = None
    co_department: str | None = None
    function: str | None = None
    flags: tuple[str, ...] | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    triage_reason: str | None = None
    text: str | None = None


def given(criteria: DisputeCriteria) -> dict[str, Any]:
    """What is given, by name: the parameters of `conditions`."""
    text = clean(criteria.text or "")
    flags = [clean(flag) for flag in criteria.flags or ()]
    if any(len(word) > LONGEST_TITLE for word in (text, *flags)):
        return {NOTHING: True}  # nothing stored is longer, and SQLite refuses long patterns
    status = criteria.status
    values = {
        # Only with one status do the rows lie in the index in the order of the list.
        **({"one_status": status[0]} if status is not None and len(status) == 1 else {"status": status}),
        "channel": criteria.channel,
        "region": _cleaned(criteria.region),
        "lead_department": _cleaned(criteria.lead_department),
        "co_department": _cleaned(criteria.co_department),
        "function": _cleaned(criteria.function),
        "received_from": criteria.received_from,
        "received_to": criteria.received_to,
        "triage_reason": criteria.triage_reason,
        "text": _pattern(text) if text else None,
        # The column holds a JSON list of words; quoted, a word is found whole.
        **{f"{FLAG}{at}": _pattern(f'"{flag}"') for at, flag in enumerate(flags)},
    }
    return {name: value for name, value in values.items() if value is not None}


def conditions(names: Iterable[str]) -> list[ColumnElement[bool]]:
    """The conditions of these names in SQL; none lets every dispute pass."""
    return [_CONDITIONS[name]() if name in _CONDITIONS else _flagged(name) for name in names]


def is_slow(names: Iterable[str]) -> bool:
    """Whether a condition of these names has to look at rows one by one."""
    return any(name in ("text", "triage_reason") or name.startswith(FLAG) for name in names)


def _parameter(name: str, column: Any) -> Any:
    return bindparam(name, type_=column.type)


def _with_text(pattern: Any) -> ColumnElement[bool]:
    in_title = func.lower(_dispute.c.title).like(func.lower(pattern), escape=ESCAPE)
    return or_(in_title, _dispute.c.number.like(func.substr(pattern, 2), escape=ESCAPE))


def _pattern(text: str) -> str:
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return f"%{text}%"


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _flagged(name: str) -> ColumnElement[bool]:
    return _decided(cast(_decision.c.flags, Text).like(bindparam(name, type_=Text()), escape=ESCAPE))


def _within(code: Any) -> Select[str]:
    """The codes of a region and of all regions below it."""
    top = _region.alias()
    below = _region.c.path.like(top.c.path + "/%")
    return (
        select(_region.c.code).join(top, top.c.code == code).where(or_(_region.c.code == top.c.code, below))
    )


def _reason_in_force() -> ScalarSelect[str | None]:
    # Looked up dispute by dispute, in the order of the list: PostgreSQL would join what `_decided` asks for,
    # and sort all that it finds. Many wait in triage, so a page is soon full.
    return (
        select(_decision.c.triage_reason)
        .where(_decision.c.dispute_id == _dispute.c.id)
        .order_by(_decision.c.sequence.desc())
        .limit(1)
        .correlate(_dispute)
        .scalar_subquery()
    )


def _decided(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the decision in force meets a condition."""
    newest = _decision.alias()
    latest = (
        select(func.max(newest.c.sequence))
        .where(newest.c.dispute_id == _dispute.c.id)
        .correlate(_dispute)
        .scalar_subquery()
    )
    return exists().where(_decision.c.dispute_id == _dispute.c.id, _decision.c.sequence == latest, condition)


_CONDITIONS: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    NOTHING: false,
    "status": lambda: among_values(_dispute.c.status, "status"),
    "one_status": lambda: _dispute.c.status == _parameter("one_status", _dispute.c.status),
    "channel": lambda: among_values(_dispute.c.channel, "channel"),
    "lead_department": lambda: (
        _dispute.c.lead_unit_code == _parameter("lead_department", _dispute.c.lead_unit_code)
    ),
    "received_from": lambda: _dispute.c.received_at >= _parameter("received_from", _dispute.c.received_at),
    "received_to": lambda: _dispute.c.received_at < _parameter("received_to", _dispute.c.received_at),
    "text": lambda: _with_text(bindparam("text", type_=Text())),
    "region": lambda: _dispute.c.region_code.in_(_within(_parameter("region", _region.c.code))),
    "function": lambda: _dispute.c.lead_unit_code.in_(
        select(_unit_function.c.unit_code).where(
            _unit_function.c.function_code == _parameter("function", _unit_function.c.function_code)
        )
    ),
    "co_department": lambda: exists().where(
        _assignment.c.dispute_id == _dispute.c.id,
        _assignment.c.unit_code == _parameter("co_department", _assignment.c.unit_code),
        _assignment.c.role == "co",
        _assignment.c.ended_at.is_(None),
    ),
    "triage_reason": lambda: _reason_in_force() == _parameter("triage_reason", _decision.c.triage_reason),
}
