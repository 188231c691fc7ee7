"""A published version, read and compiled while the event loop goes on.

The rows come over in batches and are taken apart in a thread, so that nobody waits for a lexicon of thirty
thousand terms. A lexicon that another compiled version has as well is neither parsed nor compiled again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import Dialect, bindparam, select

from casework.policy import RULE_COLUMNS, VALIDITY, PublishedVersion
from db.database import Database
from db.dialect import json_of
from db.query import Query, compile_query
from db.reading import Row, Steps
from db.tables.policy import LexiconReading, LexiconTerm, PolicyRule, PolicyVersion, RoutingPolicy
from rules.document import policy_from_document
from rules.facts import Extractor
from rules.router import Router

BATCH = 1_000
"""Rows that come over at a time: a few milliseconds of the event loop."""
_HEAD = ("title", "title_en", "fields", "triage_below")
_RULE = ("position", "rule_id", *VALIDITY, *RULE_COLUMNS)

Lexicons = WeakValueDictionary[str, Extractor]
"""Compiled lexicons by the checksum of their rows, each for as long as some router has it."""


async def compile_version(database: Database, version: PublishedVersion, lexicons: Lexicons) -> Router:
    """The router of a version. What it compiles of the lexicon is added to `lexicons`.

    Raises the database's Fault, and PackError for rows that no policy can be made of.
    """
    queries = _queries(database.dialect)
    stored = await database.fetch(lambda: _read(queries, version), slow=True)
    return await asyncio.to_thread(_compiled, version, stored, lexicons)


@dataclass(frozen=True, slots=True)
class _Stored:
    """The rows of a version as the driver gave them."""

    head: Row
    rules: list[Row]
    terms: list[Row]
    readings: list[Row]


def _compiled(version: PublishedVersion, stored: _Stored, lexicons: Lexicons) -> Router:
    checksum = _checksum(stored)
    extractor = lexicons.get(checksum)
    known = extractor is not None
    policy = policy_from_document(
        {
            "key": version.policy_key,
            "version": version.number,
            **_entries(_HEAD, stored.head),
            "rules": [_rule(row) for row in stored.rules],
            "terms": [] if known else [json_of(document) for _, document in stored.terms],
            "readings": [] if known else [json_of(document) for _, document in stored.readings],
        }
    )
    if extractor is None:
        extractor = lexicons[checksum] = Extractor(policy.lexicon)
    return Router(replace(policy, lexicon=extractor.lexicon), extractor)


def _checksum(stored: _Stored) -> str:
    digest = hashlib.sha256()
    for rows in (stored.terms, stored.readings):
        for _, document in rows:
            digest.update(str(document).encode())
            digest.update(b"\n")
        digest.update(b"\n")
    return digest.hexdigest()


def _rule(row: Row) -> dict[str, Any]:
    entries = _entries(_RULE, row)
    entries["id"] = entries.pop("rule_id")
    del entries["position"]
    return entries


def _entries(names: Sequence[str], row: Row) -> dict[str, Any]:
    return {
        name: json_of(value) if name in _AS_JSON else value for name, value in zip(names, row, strict=True)
    }


_AS_JSON = frozenset({"fields", "conditions", "outcome", "legal_basis", "regions"})


@dataclass(frozen=True, slots=True)
class _Queries:
    head: Query
    rules: Query
    terms: Query
    readings: Query


@lru_cache(maxsize=16)
def _queries(dialect: Dialect) -> _Queries:
    head = (
        select(RoutingPolicy.title, RoutingPolicy.title_en, PolicyVersion.fields, PolicyVersion.triage_below)
        .join(RoutingPolicy, RoutingPolicy.key == PolicyVersion.policy_key)
        .where(PolicyVersion.id == bindparam("version"))
    )
    return _Queries(
        head=compile_query(head, dialect),
        rules=_batch(PolicyRule, [getattr(PolicyRule, name) for name in _RULE[1:]], dialect),
        terms=_batch(LexiconTerm, [LexiconTerm.document], dialect),
        readings=_batch(LexiconReading, [LexiconReading.document], dialect),
    )


def _batch(table: Any, columns: Sequence[Any], dialect: Dialect) -> Query:
    """The next rows of a version behind a position, which comes first in each."""
    statement = (
        select(table.position, *columns)
        .where(table.version_id == bindparam("version"), table.position > bindparam("position"))
        .order_by(table.position)
        .limit(BATCH)
    )
    return compile_query(statement, dialect)


def _read(queries: _Queries, version: PublishedVersion) -> Steps[_Stored]:
    (head,) = yield queries.head, queries.head.bind({"version": version.id})
    rules = yield from _all(queries.rules, version)
    terms = yield from _all(queries.terms, version)
    readings = yield from _all(queries.readings, version)
    return _Stored(head, rules, terms, readings)


def _all(query: Query, version: PublishedVersion) -> Steps[list[Row]]:
    found: list[Row] = []
    position = -1
    while True:
        rows = yield query, query.bind({"version": version.id, "position": position})
        found += rows
        if len(rows) < BATCH:
            return found
        position = rows[-1][0]
