"""A published version, read and compiled while the event loop goes on.

Only what differs from a version that is compiled already comes over, in batches, and is taken apart in a
thread: a word that changes in a lexicon of tens of thousands of terms is a row, and keeps nobody waiting. A
lexicon that another compiled version has as well is neither read nor compiled again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
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
TOGETHER = 5_000
"""Rows that are taken apart at a time."""
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
    reading = _Reading(database, version, resident)
    head, rules = await reading.head(), await reading.rules()
    lexicon = await reading.lexicon() if extractor is None else Lexicon()
    if reading.flaws:
        raise PackError(reading.flaws)
    router = await asyncio.to_thread(_router, version, head, rules, lexicon, extractor, resident)
    lexicons[version.lexicon_checksum] = router.extractor
    return Compiled(version, router)


def _router(
    version: PublishedVersion,
    head: Row,
    rules: tuple[Rule, ...],
    lexicon: Lexicon,
    extractor: Extractor | None,
    resident: Compiled | None,
) -> Router:
    """The router of the version's policy, without its cases, which decide nothing."""
    if extractor is None:
        extractor = Extractor(lexicon, resident.router.extractor if resident else None)
    document = {"key": version.policy_key, "version": version.number, **_entries(_HEAD, head), "rules": []}
    policy = replace(policy_from_document(document), rules=rules, lexicon=extractor.lexicon)
    return Router(policy, extractor)


class _Reading:
    """Reads a text, which never changes, out of what differs from that of the resident version. `flaws` are
    what is wrong with its rows."""

    def __init__(self, database: Database, version: PublishedVersion, resident: Compiled | None) -> None:
        self.flaws: list[Flaw] = []
        self._database = database
        self._queries = _queries(database.dialect)
        before = resident.version.text_id if resident else _NO_TEXT
        self._texts = {"text": version.text_id, "before": before}
        self._before = resident.router.policy if resident else _NO_POLICY

    async def head(self) -> Row:
        query = self._queries.head
        (head,) = await self._fetch(lambda: _rows(query, self._texts))
        return head

    async def rules(self) -> tuple[Rule, ...]:
        def read(row: Row) -> Rule:
            return read_rule(_rule(row), f"rules.{row[0]}", self.flaws)

        return await self._list(self._queries.rules, self._before.rules, attrgetter("id"), read)

    async def lexicon(self) -> Lexicon:
        def term(row: Row) -> Term:
            return read_term(json_of(row[_SAYS]), f"terms.{row[0]}", self.flaws)

        def reading(row: Row) -> Reading:
            return read_reading(json_of(row[_SAYS]), f"readings.{row[0]}", self.flaws)

        was, of = self._before.lexicon, self._queries
        terms = await self._list(of.terms, was.terms, attrgetter("text"), term)
        return Lexicon(terms, await self._list(of.readings, was.readings, attrgetter("id"), reading))

    async def _list(
        self, part: _Part, before: Sequence[T], name: Callable[[T], str], read: Callable[[Row], T]
    ) -> tuple[T, ...]:
        """A list as it is now: what is neither changed nor moved stands where it stood. Its rows are taken
        apart some thousands at a time: all at once they would take as much memory as what is made of them."""
        (counted,) = await self._fetch(lambda: _rows(part.size, self._texts))
        size: int = counted[0]
        found: list[Any] = [*before[:size], *[None] * (size - len(before))]
        named: dict[str, T] = {}

        def place(rows: Sequence[Row]) -> None:
            if not named:
                named.update((name(each), each) for each in before)
            for row in rows:
                found[row[0]] = read(row) if row[2] else named[row[1]]

        position = -1
        while True:
            rows = await self._fetch(partial(_changes, part, self._texts, position))
            if rows:
                await asyncio.to_thread(place, rows)
            if len(rows) < TOGETHER:
                return tuple(found)
            position = rows[-1][0]

    async def _fetch(self, steps: Callable[[], Steps[Sequence[Row]]]) -> Sequence[Row]:
        return await self._database.fetch(steps, slow=True)


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


def _rows(query: Query, values: Mapping[str, Any]) -> Steps[Sequence[Row]]:
    rows: Sequence[Row] = yield query, query.bind(values)
    return rows


def _changes(part: _Part, texts: Mapping[str, UUID], position: int) -> Steps[Sequence[Row]]:
    """The rows behind a position, as the driver gave them, that the text before has not, or has elsewhere:
    position, name, whether the row says something new, and what it says."""
    found: list[Row] = []
    while len(found) < TOGETHER:
        rows = yield from _rows(part.changes, {**texts, "position": position})
        found += rows
        if len(rows) < BATCH:
            break
        position = rows[-1][0]
    return found
