"""A published version, read and compiled while the event loop goes on.

Only what differs from a version that is compiled already comes over, in batches, and is taken apart in a
thread: a word that changes in a lexicon of tens of thousands of terms is a row, and keeps nobody waiting. A
lexicon that another compiled version has as well is neither read nor compiled again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy import JSON, Dialect, Text, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from casework.policy import PublishedVersion
from db.database import Database
from db.dialect import json_of
from db.query import Query, compile_query
from db.reading import Row, Steps
from db.tables.base import Base
from db.tables.policy import LexiconReading, LexiconTerm, PolicyRule, PolicyText
from rules.document import policy_from_document, read_rule
from rules.facts import Extractor
from rules.flaws import Flaw, PackError
from rules.lexicon import Lexicon, Reading, Term
from rules.lexicon_document import read_reading, read_term
from rules.model import Policy, Rule
from rules.router import Router

BATCH = 500
"""Rows that come over at a time: a few milliseconds of the event loop."""
_HEAD = ("title", "title_en", "fields", "triage_below")
_RULE = (
    *("kind", "priority", "title", "title_en", "valid_from", "valid_to"),
    *("conditions", "outcome", "legal_basis", "regions"),
)
_IN_JSON = frozenset({"fields", "conditions", "outcome", "legal_basis", "regions"})
_SAYS = 3  # where in a row begins what it says
_NO_TEXT = UUID(int=0)
_NO_POLICY = Policy("", 0, "", "", (), (), Lexicon())

Lexicons = WeakValueDictionary[str, Extractor]
"""Compiled lexicons by their checksum, each for as long as some router has it."""
T = TypeVar("T", Rule, Term, Reading)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A version with its router."""

    version: PublishedVersion
    router: Router


async def compile_version(
    database: Database, version: PublishedVersion, lexicons: Lexicons, resident: Compiled | None = None
) -> Compiled:
    """Compile a version, out of what differs from the resident one where there is one. What it compiles of
    the lexicon is added to `lexicons`.

    Raises the database's Fault, and PackError for rows that no policy can be made of.
    """
    extractor = lexicons.get(version.lexicon_checksum)
    queries = _queries(database.dialect)
    before = resident.version.text_id if resident else _NO_TEXT
    stored = await database.fetch(
        lambda: _read(queries, version.text_id, before, with_lexicon=extractor is None), slow=True
    )
    router = await asyncio.to_thread(_router, version, stored, extractor, resident)
    lexicons[version.lexicon_checksum] = router.extractor
    return Compiled(version, router)


@dataclass(frozen=True, slots=True)
class _Changes:
    """One list of a text: how long it is, and the rows that the text before has not, or has elsewhere, as
    the driver gave them: position, name, whether the row says something new, and what it says."""

    size: int
    rows: Sequence[Row]


_NOTHING = _Changes(0, ())


@dataclass(frozen=True, slots=True)
class _Stored:
    """What was read of a text."""

    head: Row
    rules: _Changes
    terms: _Changes
    readings: _Changes


def _router(
    version: PublishedVersion, stored: _Stored, extractor: Extractor | None, resident: Compiled | None
) -> Router:
    policy = _policy(version, stored, resident.router.policy if resident else _NO_POLICY)
    if extractor is None:
        extractor = Extractor(policy.lexicon, resident.router.extractor if resident else None)
    return Router(replace(policy, lexicon=extractor.lexicon), extractor)


def _policy(version: PublishedVersion, stored: _Stored, before: Policy) -> Policy:
    """The policy without its cases, which decide nothing; without a lexicon where none was read."""
    flaws: list[Flaw] = []
    rules = _followed(
        before.rules,
        stored.rules,
        attrgetter("id"),
        lambda row: read_rule(_rule(row), f"rules.{row[0]}", flaws),
    )
    terms = _followed(
        before.lexicon.terms,
        stored.terms,
        attrgetter("text"),
        lambda row: read_term(json_of(row[_SAYS]), f"terms.{row[0]}", flaws),
    )
    readings = _followed(
        before.lexicon.readings,
        stored.readings,
        attrgetter("id"),
        lambda row: read_reading(json_of(row[_SAYS]), f"readings.{row[0]}", flaws),
    )
    if flaws:
        raise PackError(flaws)
    head = {"key": version.policy_key, "version": version.number, **_entries(_HEAD, stored.head), "rules": []}
    return replace(policy_from_document(head), rules=rules, lexicon=Lexicon(terms, readings))


def _followed(
    before: Sequence[T], changes: _Changes, name: Callable[[T], str], read: Callable[[Row], T]
) -> tuple[T, ...]:
    """A list as it is now: what is neither changed nor moved stands where it stood."""
    found: list[Any] = [*before[: changes.size], *[None] * (changes.size - len(before))]
    named = {name(each): each for each in before} if changes.rows else {}
    for row in changes.rows:
        found[row[0]] = read(row) if row[2] else named[row[1]]
    return tuple(found)


def _rule(row: Row) -> dict[str, Any]:
    return {"id": row[1], **_entries(_RULE, [*row][_SAYS:])}


def _entries(names: Sequence[str], row: Iterable[Any]) -> dict[str, Any]:
    return {
        name: json_of(value) if name in _IN_JSON else value for name, value in zip(names, row, strict=True)
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """The queries for one list of a text."""

    size: Query
    changes: Query


@dataclass(frozen=True, slots=True)
class _Queries:
    head: Query
    rules: _Part
    terms: _Part
    readings: _Part


@lru_cache(maxsize=16)
def _queries(dialect: Dialect) -> _Queries:
    head = select(*_columns(PolicyText, _HEAD)).where(PolicyText.id == bindparam("text"))
    return _Queries(
        head=compile_query(head, dialect),
        rules=_part(PolicyRule, "rule_id", _RULE, dialect),
        terms=_part(LexiconTerm, "text", ("document",), dialect),
        readings=_part(LexiconReading, "reading_id", ("document",), dialect),
    )


def _part(table: type[Base], name: str, names: Sequence[str], dialect: Dialect) -> _Part:
    """The queries for a table whose rows are known by one column and say something in others."""
    new: Any = table
    old: Any = aliased(table)
    same_row = and_(old.text_id == bindparam("before"), getattr(old, name) == getattr(new, name))
    says, said = [_columns(table, (name, *names)) for table in (new, old)]
    new_words = or_(*[_compared(a).is_distinct_from(_compared(b)) for a, b in zip(says, said, strict=True)])
    size = select(func.count()).where(new.text_id == bindparam("text"))
    changes = (
        select(new.position, says[0], new_words, *says[1:])
        .outerjoin(old, same_row)
        .where(new.text_id == bindparam("text"), new.position > bindparam("position"))
        .where(or_(new_words, old.position != new.position))
        .order_by(new.position)
        .limit(BATCH)
    )
    return _Part(compile_query(size, dialect), compile_query(changes, dialect))


def _columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


def _compared(column: InstrumentedAttribute[Any]) -> Any:
    return cast(column, Text) if isinstance(column.type, JSON) else column  # JSON has no equality


def _read(queries: _Queries, text: UUID, before: UUID, *, with_lexicon: bool) -> Steps[_Stored]:
    texts = {"text": text, "before": before}
    (head,) = yield queries.head, queries.head.bind(texts)
    rules = yield from _changes(queries.rules, texts)
    if not with_lexicon:
        return _Stored(head, rules, _NOTHING, _NOTHING)
    terms = yield from _changes(queries.terms, texts)
    readings = yield from _changes(queries.readings, texts)
    return _Stored(head, rules, terms, readings)


def _changes(part: _Part, texts: Mapping[str, UUID]) -> Steps[_Changes]:
    (counted,) = yield part.size, part.size.bind(texts)
    found: list[Row] = []
    position = -1
    while True:
        rows = yield part.changes, part.changes.bind({**texts, "position": position})
        found += rows
        if len(rows) < BATCH:
            return _Changes(counted[0], found)
        position = rows[-1][0]
