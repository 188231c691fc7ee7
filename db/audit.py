"""The audit log: append a record to a city's chain, and verify chains.

Each record's `hash` covers the hash before it and the record itself, so an edit, a removal, an insertion or
a swap shows as a break from there on. A chain cannot tell that its newest records were cut off, nor that
somebody who can write to the database computed all of it anew: for that, hashes have to be kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Text, insert, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from db.dialect import instant_of, json_of, lock
from db.tables.audit import AuditRecord

ALGORITHM = "sha256"
"""What new records are hashed with. Older ones keep the algorithm that they name."""

ALGORITHMS = {"sha256": hashlib.sha256}

GENESIS = "0" * 64
"""What the first record of a chain names as the hash before it."""

BATCH = 500


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a record stands: its place in the city's chain, counted from 1, and its hash in hexadecimal."""

    city: str
    sequence: int
    hash: str


class Problem(StrEnum):
    """How a record breaks its chain."""

    SEQUENCE = "sequence"  # a record is missing or too many before this one
    LINK = "link"  # it does not name the hash of the record before it
    ALGORITHM = "algorithm"  # it names an algorithm that is not known
    UNREADABLE = "unreadable"  # its time or data are not what the program writes
    HASH = "hash"  # its content is not what was hashed


@dataclass(frozen=True, slots=True)
class BadRecord:
    """The first record that breaks a chain; what is wrong may also be that the one before it is gone."""

    city: str
    sequence: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying found. `records` counts those read, the bad one included."""

    valid: bool
    records: int
    first_bad: BadRecord | None = None


async def append(
    connection: AsyncConnection,
    *,
    city: str,
    actor: str,
    action: str,
    subject: str,
    data: Mapping[str, Any],
    occurred_at: datetime,
) -> Appended:
    """Append a record to the city's chain. `data` is plain JSON, without personal data.

    From here to the end of the transaction nobody else appends in this city, so append last. Raises
    TypeError or ValueError for data that JSON cannot hold (ValueError for a naive `occurred_at`).
    """
    if occurred_at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    await lock(connection, f"audit:{city}")
    newest = (
        await connection.execute(
            select(AuditRecord.sequence, AuditRecord.hash)
            .where(AuditRecord.city == city)
            .order_by(AuditRecord.sequence.desc())
            .limit(1)
        )
    ).one_or_none()
    record: dict[str, Any] = {
        "city": city,
        "sequence": newest.sequence + 1 if newest else 1,
        "occurred_at": occurred_at,
        "actor": actor,
        "action": action,
        "subject": subject,
        # As the database will give it back: tuples are lists there, and keys are text.
        "data": json_of(json.dumps(data, allow_nan=False)),
        "algorithm": ALGORITHM,
        "previous_hash": newest.hash if newest else GENESIS,
    }
    record["hash"] = _hash(record)
    await connection.execute(insert(AuditRecord).values(record))
    return Appended(city, record["sequence"], record["hash"])


async def verify(connection: AsyncConnection, city: str | None = None) -> Verification:
    """Verify the chain of a city, or of all cities, up to the first break.

    Reads the log as a stream: the memory it takes does not grow with the log.
    """
    records = 0
    chain, sequence, previous = "", 0, GENESIS
    async with connection.stream(_whole_log(city).execution_options(yield_per=BATCH)) as result:
        async for batch in result.mappings().partitions():
            for row in batch:
                records += 1
                if row["city"] != chain:
                    chain, sequence, previous = row["city"], 0, GENESIS
                if problem := _problem(row, sequence + 1, previous):
                    return Verification(False, records, BadRecord(row["city"], row["sequence"], problem))
                sequence, previous = row["sequence"], row["hash"]
    return Verification(True, records)


async def verify_newest(connection: AsyncConnection) -> Verification:
    """Verify of every city's chain the newest record, and that it follows the one before it: a moment's
    work, however long the chains are."""
    records = 0
    cities = await connection.scalars(select(AuditRecord.city).distinct().order_by(AuditRecord.city))
    for city in cities.all():
        newest = _whole_log(city).order_by(None).order_by(AuditRecord.sequence.desc()).limit(2)
        rows = [*(await connection.execute(newest)).mappings()][::-1]
        records += len(rows)
        first = rows[0]
        # Of two, the older is taken at its word about what came before.
        sequence, previous = (first["sequence"], first["previous_hash"]) if rows[1:] else (1, GENESIS)
        for row in rows:
            if problem := _problem(row, sequence, previous):
                return Verification(False, records, BadRecord(city, row["sequence"], problem))
            sequence, previous = row["sequence"] + 1, row["hash"]
    return Verification(True, records)


def _whole_log(city: str | None) -> Select[Any]:
    # Time and data come as the driver has them: a value that somebody spoiled is to be found, not raised.
    unread = ("occurred_at", "data")
    columns = [
        type_coerce(column, Text).label(column.name) if column.name in unread else column
        for column in AuditRecord.__table__.c
    ]
    statement = select(*columns).order_by(AuditRecord.city, AuditRecord.sequence)
    if city is not None:
        statement = statement.where(AuditRecord.city == city)
    return statement


def _problem(row: Mapping[str, Any], sequence: int, previous: str) -> Problem | None:
    if row["sequence"] != sequence:
        return Problem.SEQUENCE
    if row["previous_hash"] != previous:
        return Problem.LINK
    if row["algorithm"] not in ALGORITHMS:
        return Problem.ALGORITHM
    record = dict(row)
    stored = record.pop("hash")
    try:
        record["occurred_at"] = instant_of(record["occurred_at"])
        record["data"] = json_of(record["data"])
    except (TypeError, ValueError):
        return Problem.UNREADABLE
    return None if _hash(record) == stored else Problem.HASH


def _hash(record: Mapping[str, Any]) -> str:
    """Hash of the record: canonical JSON (ASCII, sorted keys, no spaces) after the hash before it."""
    moment = record["occurred_at"].astimezone(UTC).isoformat(timespec="microseconds")
    content = {**record, "occurred_at": moment}
    previous = content.pop("previous_hash")
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return ALGORITHMS[record["algorithm"]](f"{previous}\n{canonical}".encode()).hexdigest()
