"""A published version, read and compiled while the event loop goes on.

The rows come over in batches and are taken apart in a thread, so that nobody waits for a lexicon of thirty
thousand terms. A lexicon that another compiled version has as well is neither read nor compiled again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy import Dialect, Select, bindparam, select

from casework.policy import PublishedVersion
from db.database import Database
from db.dialect import json_of
from db.query import Query, compile_query
from db.reading import Row, Steps
from db.tables.policy import LexiconReading, LexiconTerm, PolicyRule, PolicyText
from rules.document import policy_from_document
from rules.facts import Extractor
from rules.router import Router

BATCH = 1_000
"""Rows that come over at a time: a few milliseconds of the event loop."""
_HEAD = ("title", "title_en", "fields", "triage_below")
_RULE = (
    *("rule_id", "kind", "priority", "title", "title_en", "valid_from", "valid_to"),
    *("conditions", "outcome", "legal_basis", "regions"),
)
_IN_JSON = frozenset({"fields", "conditions", "outcome", "legal_basis", "regions"})

Lexicons = WeakValueDictionary[str, Extractor]
"""Compiled lexicons by their checksum, each for as long as some router has it."""


async def compile_version(database: Database, version: PublishedVersion, lexicons: Lexicons) -> Router:
    """The router of a version. What it compiles of the lexicon is added to `lexicons`.

    Raises the database's Fault, and PackError for rows that no policy can be made of.
    """
    extractor = lexicons.get(version.lexicon_checksum)
    queries = _queries(database.dialect)
    stored = await database.fetch(
        lambda: _read(queries, version.text_id, with_lexicon=extractor is None), slow=True
    )
    router = await asyncio.to_thread(_compiled, version, stored, extractor)
    lexicons[version.lexicon_checksum] = router.extractor
    return router


@dataclass(frozen=True, slots=True)
class _Stored:
    """The rows of a text as the driver gave them, those of its lists behind their position."""

    head: Row
    rules: Sequence[Row]
    terms: Sequence[Row]
    readings: Sequence[Row]


def _compiled(version: PublishedVersion, stored: _Stored, extractor: Extractor | None) -> Router:
    policy = policy_from_document(
        {
            "key": version.policy_key,
            "version": version.number,
            **_entries(_HEAD, stored.head),
            "rules": [_rule(row) for row in stored.rules],
            "terms": [json_of(document) for _, document in stored.terms],
            "readings": [json_of(document) for _, document in stored.readings],
        }
    )
    if extractor is not None:
        policy = replace(policy, lexicon=extractor.lexicon)
    return Router(policy, extractor)


def _rule(row: Row) -> dict[str, Any]:
    entries = _entries(("position", *_RULE), row)
    del entries["position"]
    entries["id"] = entries.pop("rule_id")
    return entries


def _entries(names: Sequence[str], row: Row) -> dict[str, Any]:
    return {
        name: json_of(value) if name in _IN_JSON else value for name, value in zip(names, row, strict=True)
    }


@dataclass(frozen=True, slots=True)
class _Queries:
    head: Query
    rules: Query
    terms: Query
    readings: Query


@lru_cache(maxsize=16)
def _queries(dialect: Dialect) -> _Queries:
    head = select(*_columns(PolicyText, _HEAD)).where(PolicyText.id == bindparam("text"))
    return _Queries(
        head=compile_query(head, dialect),
        rules=compile_query(_next_rows(PolicyRule, *_RULE), dialect),
        terms=compile_query(_next_rows(LexiconTerm, "document"), dialect),
        readings=compile_query(_next_rows(LexiconReading, "document"), dialect),
    )


def _columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


def _next_rows(table: Any, *names: str) -> Select[*tuple[Any, ...]]:
    """The next rows of a text behind a position."""
    return (
        select(table.position, *_columns(table, names))
        .where(table.text_id == bindparam("text"), table.position > bindparam("position"))
        .order_by(table.position)
        .limit(BATCH)
    )


def _read(queries: _Queries, text: UUID, *, with_lexicon: bool) -> Steps[_Stored]:
    (head,) = yield queries.head, queries.head.bind({"text": text})
    rules = yield from _all(queries.rules, text)
    if not with_lexicon:
        return _Stored(head, rules, (), ())
    terms = yield from _all(queries.terms, text)
    readings = yield from _all(queries.readings, text)
    return _Stored(head, rules, terms, readings)


def _all(query: Query, text: UUID) -> Steps[list[Row]]:
    found: list[Row] = []
    position = -1
    while True:
        rows = yield query, query.bind({"text": text, "position": position})
        found += rows
        if len(rows) < BATCH:
            return found
        position = rows[-1][0]
