"""The text of a policy as rows: read whole, written whole, copied, and edited row by row.

Nothing here asks whether a text may still be written; the verbs do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Table,
    Text,
    Update,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.base import Base, new_key
from db.tables.policy import LexiconReading, LexiconTerm, PolicyCase, PolicyRule, PolicyText, PolicyVersion
from rules.checksum import Checksums

Document = Mapping[str, Any]
BATCH = 500
"""Rows that are read or written at a time: some milliseconds, so that others are not held up."""
HEAD = ("title", "title_en", "fields", "triage_below")
"""The entries of a policy's document that are columns of its text."""
_VALIDITY = ("valid_from", "valid_to")
_RULE_COLUMNS = ("kind", "priority", "title", "title_en", "conditions", "outcome", "legal_basis", "regions")


class Part:
    """One kind of rows: a list of the policy's document, kept in a table, each named by a column."""

    def __init__(
        self, entry: str, table: type[Base], name: str, row: Callable[[Document], dict[str, Any]]
    ) -> None:
        found = table.__table__
        assert isinstance(found, Table)
        self.entry = entry
        self.table = found
        self.name: Column[str] = found.c[name]
        self.row = row


def _rule_row(rule: Document) -> dict[str, Any]:
    days = {name: date.fromisoformat(rule[name]) if rule[name] else None for name in _VALIDITY}
    return {"rule_id": rule["id"], **{name: rule[name] for name in _RULE_COLUMNS}, **days}


def _rule_document(row: Row[Any]) -> dict[str, Any]:
    days = {name: day.isoformat() if (day := getattr(row, name)) else None for name in _VALIDITY}
    return {**{name: getattr(row, name) for name in _RULE_COLUMNS}, "id": row.rule_id, **days}


RULES = Part("rules", PolicyRule, "rule_id", _rule_row)
TERMS = Part(
    "terms", LexiconTerm, "text", lambda term: {"text": term["text"], "kind": term["kind"], "document": term}
)
READINGS = Part(
    "readings",
    LexiconReading,
    "reading_id",
    lambda reading: {"reading_id": reading["id"], "document": reading},
)
CASES = Part("cases", PolicyCase, "name", lambda case: {"name": case["name"], "document": case})
PARTS = (RULES, TERMS, READINGS, CASES)


async def read_document(
    connection: AsyncConnection, text_id: UUID, key: str, number: int, parts: Sequence[Part] = PARTS
) -> dict[str, Any]:
    """The text as the document of the policy `key`, version `number`: its head, and the lists of these
    `parts`. Raises NoResultFound."""
    document = await _head(connection, text_id, key, number)
    for part in parts:
        entries = document[part.entry] = []
        async for batch in _entries(connection, part, text_id):
            entries += orjson.loads(batch)
    return document


async def read_json(connection: AsyncConnection, text_id: UUID, key: str, number: int) -> bytes:
    """The whole text as the JSON of its document, for those who hand it on: as objects a lexicon of a hundred
    thousand words takes ten times the memory, and seconds to be made. Raises NoResultFound."""
    said = [orjson.dumps(await _head(connection, text_id, key, number))[:-1]]
    for part in PARTS:
        said.append(b',"%b":[' % part.entry.encode())
        between = b""
        async for batch in _entries(connection, part, text_id):
            said += (between, batch[1:-1])
            between = b","
        said.append(b"]")
    return b"".join((*said, b"}"))


async def _head(connection: AsyncConnection, text_id: UUID, key: str, number: int) -> dict[str, Any]:
    columns = [getattr(PolicyText, name) for name in HEAD]
    head = (await connection.execute(select(*columns).where(PolicyText.id == text_id))).one()
    return {"key": key, "version": number, **head._mapping}


async def _entries(connection: AsyncConnection, part: Part, text_id: UUID) -> AsyncIterator[bytes]:
    """One list of a text, as JSON arrays of as many entries as are read at a time, none of them empty."""
    of_rules = part is RULES
    names = ("rule_id", *_RULE_COLUMNS, *_VALIDITY)
    columns = [part.table.c[name] for name in names] if of_rules else [_as_stored(part)]
    rows = await connection.stream(
        select(*columns).where(part.table.c.text_id == text_id).order_by(part.table.c.position)
    )
    async for batch in rows.partitions(BATCH):
        if of_rules:
            yield orjson.dumps([_rule_document(row) for row in batch])
        else:
            yield f"[{','.join(row[0] for row in batch)}]".encode()


def _as_stored(part: Part) -> ColumnElement[str]:
    return cast(part.table.c.document, Text)  # JSON that nobody looks at need not be parsed


async def write_text(
    connection: AsyncConnection, document: Document, now: datetime, sums: Checksums | None = None
) -> UUID:
    """A new text that says what the document says. With the `sums` of the document, a lexicon that some
    version has as well is copied inside the database."""
    text_id = new_key()
    head = {name: document[name] for name in HEAD}
    await connection.execute(insert(PolicyText).values(id=text_id, created_at=now, **head))
    alike = await _text_with_lexicon(connection, sums.lexicon) if sums else None
    if alike is None:
        await _insert(connection, text_id, document)
    else:
        await _insert(connection, text_id, document, (RULES, CASES))
        await _copy(connection, alike, text_id, (TERMS, READINGS))
    if sums:
        await keep_checksums(connection, text_id, sums)
    return text_id


async def _text_with_lexicon(connection: AsyncConnection, checksum: str) -> UUID | None:
    """A version's text, which never changes."""
    published = select(PolicyVersion.text_id).join(PolicyText, PolicyText.id == PolicyVersion.text_id)
    return await connection.scalar(published.where(PolicyText.lexicon_checksum == checksum).limit(1))


async def overwrite_text(connection: AsyncConnection, text_id: UUID, document: Document) -> None:
    """Let a text say what the document says, and nothing of what it said before."""
    for part in PARTS:
        await connection.execute(delete(part.table).where(part.table.c.text_id == text_id))
    await write_head(connection, text_id, **{name: document[name] for name in HEAD})
    await _insert(connection, text_id, document)


async def _insert(
    connection: AsyncConnection, text_id: UUID, document: Document, parts: Sequence[Part] = PARTS
) -> None:
    for part in parts:
        entries = document.get(part.entry, ())
        for start in range(0, len(entries), BATCH):
            rows = [
                {"text_id": text_id, "position": at, **part.row(entry)}
                for at, entry in enumerate(entries[start : start + BATCH], start)
            ]
            await connection.execute(insert(part.table), rows)


async def copy_text(connection: AsyncConnection, text_id: UUID, now: datetime) -> UUID:
    """A new text that says the same, copied inside the database."""
    copy = new_key()
    heads = [PolicyText.__table__.c[name] for name in HEAD]
    await connection.execute(
        insert(PolicyText).from_select(
            ["id", "created_at", *HEAD],
            select(
                literal(copy, PolicyText.__table__.c.id.type),
                literal(now, PolicyText.__table__.c.created_at.type),
                *heads,
            ).where(PolicyText.id == text_id),
        )
    )
    await _copy(connection, text_id, copy, PARTS)
    return copy


async def _copy(connection: AsyncConnection, text_id: UUID, copy: UUID, parts: Sequence[Part]) -> None:
    for part in parts:
        own = [column for column in part.table.c if column.name != "text_id"]
        rows = select(literal(copy, part.table.c.text_id.type), *own).where(part.table.c.text_id == text_id)
        await connection.execute(
            insert(part.table).from_select(["text_id", *(column.name for column in own)], rows)
        )


async def write_head(connection: AsyncConnection, text_id: UUID, **values: Any) -> None:
    """Write columns of the text itself. Its checksums are those of what it said before, and go."""
    await connection.execute(
        update(PolicyText)
        .where(PolicyText.id == text_id)
        .values(checksum=None, lexicon_checksum=None, **values)
    )


async def keep_checksums(connection: AsyncConnection, text_id: UUID, sums: Checksums) -> None:
    """Note what the text, as it stands, adds up to."""
    await connection.execute(
        update(PolicyText)
        .where(PolicyText.id == text_id)
        .values(checksum=sums.whole, lexicon_checksum=sums.lexicon)
    )


async def positions(
    connection: AsyncConnection, part: Part, text_id: UUID, names: Collection[str]
) -> dict[str, int]:
    """Where the rows of these names stand, for those that there are."""
    rows = await connection.execute(
        select(part.name, part.table.c.position).where(part.table.c.text_id == text_id, part.name.in_(names))
    )
    return {row[0]: row[1] for row in rows}


async def row_count(connection: AsyncConnection, part: Part, text_id: UUID) -> int:
    """How many rows of a kind a text has."""
    counted = select(func.count()).select_from(part.table).where(part.table.c.text_id == text_id)
    return await connection.scalar(counted) or 0


async def remove_rows(connection: AsyncConnection, part: Part, text_id: UUID, names: Collection[str]) -> None:
    """Take rows away and close the gaps."""
    if names:
        await connection.execute(
            delete(part.table).where(part.table.c.text_id == text_id, part.name.in_(names))
        )
        await _close_gaps(connection, part, text_id)


async def put_rows(
    connection: AsyncConnection, part: Part, text_id: UUID, rows: Sequence[tuple[Document, str | None]]
) -> None:
    """Put entries in, each before the row that is named beside it.

    Without a name a row that is there already stays where it is, and a new one comes last. Raises
    LookupError with the name of a row that is not there.
    """
    named = {str(part.row(entry)[part.name.name]) for entry, _ in rows}
    places = await positions(connection, part, text_id, named | {before for _, before in rows if before})
    end = await row_count(connection, part, text_id)
    for before, group in groupby(rows, key=itemgetter(1)):
        entries = [entry for entry, _ in group]
        if before is None:
            end = await _put_last(connection, part, text_id, entries, places, end)
        else:
            await _put_before(connection, part, text_id, entries, places, before)
            end += len(entries)
    if any(before for _, before in rows):
        await _close_gaps(connection, part, text_id)


async def _put_last(
    connection: AsyncConnection,
    part: Part,
    text_id: UUID,
    entries: Sequence[Document],
    places: dict[str, int],
    end: int,
) -> int:
    for entry in entries:
        row = part.row(entry)
        name = row[part.name.name]
        if name in places:
            await connection.execute(_row(part, text_id, name).values(row))
        else:
            await connection.execute(insert(part.table).values(text_id=text_id, position=end, **row))
            places[name] = end
            end += 1
    return end


async def _put_before(
    connection: AsyncConnection,
    part: Part,
    text_id: UUID,
    entries: Sequence[Document],
    places: dict[str, int],
    before: str,
) -> None:
    if before not in places:
        raise LookupError(before)
    start, position = places[before], part.table.c.position
    await connection.execute(
        update(part.table)
        .where(part.table.c.text_id == text_id, position >= start)
        .values(position=position + len(entries))
    )
    for name, place in places.items():
        places[name] = place + len(entries) if place >= start else place
    for at, entry in enumerate(entries, start):
        row = {**part.row(entry), "position": at}
        name = row[part.name.name]
        if name in places:
            await connection.execute(_row(part, text_id, name).values(row))
        else:
            await connection.execute(insert(part.table).values(text_id=text_id, **row))
        places[name] = at


def _row(part: Part, text_id: UUID, name: str) -> Update:
    return update(part.table).where(part.table.c.text_id == text_id, part.name == name)


async def _close_gaps(connection: AsyncConnection, part: Part, text_id: UUID) -> None:
    table, position = part.table, part.table.c.position
    ranked = (
        select(part.name, (func.row_number().over(order_by=position) - 1).label("place"))
        .where(table.c.text_id == text_id)
        .subquery()
    )
    await connection.execute(
        update(table)
        .where(table.c.text_id == text_id, part.name == ranked.c[part.name.name], position != ranked.c.place)
        .values(position=ranked.c.place)
    )
