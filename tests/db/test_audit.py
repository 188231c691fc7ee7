"""The audit log: one chain a city, and nothing done to it goes unseen but cutting its end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit
from db.audit import GENESIS, BadRecord, Problem, Verification
from db.database import Database
from db.tables.audit import AuditRecord

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CITY = "990100"


async def append(connection: AsyncConnection, number: int, city: str = CITY) -> audit.Appended:
    return await audit.append(
        connection,
        city=city,
        actor=f"clerk-{number % 3}",
        action="assign",
        subject=f"{city}-2026-{number:06d}",
        data={
            "lead": "ecology",
            "co": ["water", "port"],
            "分值": number / 7,
            "nested": {"b": None, "a": True},
        },
        occurred_at=NOON + timedelta(seconds=number),
    )


async def chain_of(database: Database, length: int, city: str = CITY) -> list[audit.Appended]:
    async with database.write() as connection:
        return [await append(connection, number, city) for number in range(1, length + 1)]


async def verified(database: Database, city: str | None = None) -> Verification:
    async with database.read() as connection:
        return await audit.verify(connection, city)


async def test_an_empty_log_is_valid(database: Database) -> None:
    assert await verified(database) == Verification(True, 0)


async def test_records_follow_each_other(database: Database) -> None:
    appended = await chain_of(database, 3)
    assert [record.sequence for record in appended] == [1, 2, 3]
    async with database.read() as connection:
        rows = (await connection.execute(select(AuditRecord.__table__).order_by(AuditRecord.sequence))).all()
    assert [row.previous_hash for row in rows] == [GENESIS, appended[0].hash, appended[1].hash]
    assert {row.algorithm for row in rows} == {"sha256"}
    assert await verified(database) == Verification(True, 3)


async def test_the_hash_can_be_computed_by_anybody(database: Database) -> None:
    async with database.write() as connection:
        appended = await audit.append(
            connection,
            city=CITY,
            actor="李",
            action="assign",
            subject="1",
            data={"b": (1, 2.5), "a": None},
            occurred_at=datetime(2026, 3, 2, 20, 0, tzinfo=timezone(timedelta(hours=8))),
        )
    # Written out by hand, so that a change of the canonical form is noticed: it would break every old chain.
    canonical = (
        '{"action":"assign","actor":"\\u674e","algorithm":"sha256","city":"990100",'
        '"data":{"a":null,"b":[1,2.5]},"occurred_at":"2026-03-02T12:00:00.000000+00:00",'
        '"sequence":1,"subject":"1"}'
    )
    expected = audit.ALGORITHMS["sha256"](f"{GENESIS}\n{canonical}".encode()).hexdigest()
    assert appended.hash == expected
    assert await verified(database) == Verification(True, 1)


async def test_each_city_has_its_own_chain(database: Database) -> None:
    await chain_of(database, 4)
    await chain_of(database, 3, city="990200")
    async with database.write() as connection:
        await connection.execute(
            update(AuditRecord)
            .where(AuditRecord.city == "990200", AuditRecord.sequence == 2)
            .values(actor="somebody")
        )
    assert await verified(database, CITY) == Verification(True, 4)
    bad = BadRecord("990200", 2, Problem.HASH)
    assert await verified(database, "990200") == Verification(False, 2, bad)
    assert await verified(database) == Verification(False, 6, bad)


@pytest.mark.parametrize("data", [{"x": float("nan")}, {"x": object()}, {"x": {1, 2}}])
async def test_data_that_json_cannot_hold_leaves_nothing(database: Database, data: dict[str, Any]) -> None:
    async def attempt() -> None:
        async with database.write() as connection:
            await append(connection, 1)
            await audit.append(
                connection, city=CITY, actor="a", action="b", subject="c", data=data, occurred_at=NOON
            )

    with pytest.raises((TypeError, ValueError)):
        await attempt()
    assert await verified(database) == Verification(True, 0)


async def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        async with database.write() as connection:
            await audit.append(
                connection,
                city=CITY,
                actor="a",
                action="b",
                subject="c",
                data={},
                occurred_at=NOON.replace(tzinfo=None),
            )


async def test_tasks_that_append_at_once_make_one_chain(database: Database) -> None:
    async def task(number: int) -> None:
        for step in range(5):
            async with database.write() as connection:
                await append(connection, number * 5 + step)

    await asyncio.gather(*(task(number) for number in range(8)))
    assert await verified(database) == Verification(True, 40)


async def test_a_chain_longer_than_a_batch(database: Database) -> None:
    await chain_of(database, audit.BATCH + 3)
    assert await verified(database) == Verification(True, audit.BATCH + 3)


async def test_a_cut_end_is_not_seen_by_the_chain_alone(database: Database) -> None:
    """What the module's words promise, and no more: hashes kept elsewhere are needed for this."""
    await chain_of(database, 5)
    async with database.write() as connection:
        await connection.execute(delete(AuditRecord).where(AuditRecord.sequence > 3))
    assert await verified(database) == Verification(True, 3)


LENGTH = 12
EDITS: dict[str, Callable[[random.Random], Any]] = {
    "actor": lambda _: "nobody",
    "action": lambda _: "",
    "subject": lambda _: "990100-2026-999999",
    "occurred_at": lambda chance: NOON - timedelta(microseconds=chance.randrange(1, 10**9)),
    "data": lambda chance: {"lead": chance.choice(["port", "water"])},
    "algorithm": lambda chance: chance.choice(["md5", "sha512", "SHA256", ""]),
    "previous_hash": lambda chance: f"{chance.getrandbits(256):064x}",
    "hash": lambda chance: f"{chance.getrandbits(256):064x}",
    "sequence": lambda chance: chance.choice([0, -1, LENGTH + 1, LENGTH + 50, 10**12]),
    "city": lambda _: "990200",
}


async def edit(connection: AsyncConnection, chance: random.Random) -> None:
    column = chance.choice(sorted(EDITS))
    victim = AuditRecord.sequence == chance.randrange(1, LENGTH)
    await connection.execute(update(AuditRecord).where(victim).values({column: EDITS[column](chance)}))


async def rewrite(connection: AsyncConnection, chance: random.Random) -> None:
    """An edit by somebody who computes the record's own hash anew, but not those after it."""
    victim = AuditRecord.sequence == chance.randrange(1, LENGTH)
    row = (await connection.execute(select(AuditRecord.__table__).where(victim))).one()
    forged = {**row._mapping, "actor": "forger"}
    forged.pop("hash")
    await connection.execute(
        update(AuditRecord).where(victim).values(actor="forger", hash=audit._hash(forged))
    )


async def remove(connection: AsyncConnection, chance: random.Random) -> None:
    await connection.execute(delete(AuditRecord).where(AuditRecord.sequence == chance.randrange(1, LENGTH)))


async def swap(connection: AsyncConnection, chance: random.Random) -> None:
    first, second = chance.sample(range(1, LENGTH + 1), 2)
    for old, new in ((first, -1), (second, first), (-1, second)):
        await connection.execute(update(AuditRecord).where(AuditRecord.sequence == old).values(sequence=new))


async def insert_between(connection: AsyncConnection, chance: random.Random) -> None:
    """A record that hashes well in itself, put between two others that are moved apart."""
    place = chance.randrange(1, LENGTH)
    rows = (
        await connection.execute(
            select(AuditRecord.__table__)
            .where(AuditRecord.sequence >= place)
            .order_by(AuditRecord.sequence.desc())
        )
    ).all()
    for row in rows[:-1]:
        await connection.execute(
            update(AuditRecord).where(AuditRecord.sequence == row.sequence).values(sequence=row.sequence + 1)
        )
    forged = {**rows[-1]._mapping, "sequence": place + 1, "actor": "forger", "previous_hash": rows[-1].hash}
    forged.pop("hash")
    forged["hash"] = audit._hash(forged)
    # The constraint against forks would refuse it: the record after it names the same hash before it.
    if connection.dialect.name == "postgresql":
        constraint = "uq_audit_record_previous_hash_city"
        await connection.execute(text(f"ALTER TABLE audit_record DROP CONSTRAINT {constraint}"))
    else:
        await connection.execute(
            update(AuditRecord).where(AuditRecord.sequence == place + 2).values(previous_hash="moved")
        )
    await connection.execute(insert(AuditRecord).values(forged))


PROBLEMS: list[tuple[dict[str, Any], Problem]] = [
    ({"sequence": 7}, Problem.SEQUENCE),
    ({"previous_hash": "1" * 64}, Problem.LINK),
    ({"algorithm": "md5"}, Problem.ALGORITHM),
    ({"data": {"lead": "port"}}, Problem.HASH),
]


@pytest.mark.parametrize(("change", "problem"), PROBLEMS)
async def test_what_is_wrong_is_named(database: Database, change: dict[str, Any], problem: Problem) -> None:
    await chain_of(database, 3)
    async with database.write() as connection:
        await connection.execute(update(AuditRecord).where(AuditRecord.sequence == 3).values(change))
    found = await verified(database)
    assert found == Verification(False, 3, BadRecord(CITY, change.get("sequence", 3), problem))


@pytest.mark.parametrize("tamper", [edit, rewrite, remove, swap, insert_between])
@pytest.mark.parametrize("seed", range(12))
async def test_tampering_is_found(database: Database, tamper: Any, seed: int) -> None:
    await chain_of(database, LENGTH)
    async with database.write() as connection:
        await tamper(connection, random.Random(seed))
    found = await verified(database)
    assert not found.valid
    assert found.first_bad is not None


@pytest.mark.parametrize(
    "spoil",
    [
        "data = 'not json'",
        "data = ''",
        "data = x'ff'",
        f"data = '{'[' * 100_000}'",
        "occurred_at = 'yesterday'",
        "occurred_at = 7",
        "sequence = 'two'",
        "hash = x'00'",
    ],
)
async def test_a_spoiled_value_is_found_and_raises_nothing(
    database: Database, database_url: str, spoil: str
) -> None:
    if database_url.startswith("postgresql"):
        # PostgreSQL refuses such values by type; here the data alone can be odd, and is valid JSON still.
        spoil = "data = '[]'"
    await chain_of(database, 3)
    async with database.write() as connection:
        await connection.execute(
            text(f"UPDATE audit_record SET {spoil} WHERE sequence = 2".replace(":", "\\:"))
        )
    found = await verified(database)
    assert not found.valid


async def newest_verified(database: Database) -> Verification:
    async with database.read() as connection:
        return await audit.verify_newest(connection)


@pytest.mark.parametrize("length", [0, 1, 2, 5])
async def test_of_whole_chains_the_newest_records_are_whole(database: Database, length: int) -> None:
    await chain_of(database, length)
    await chain_of(database, length, "990200")
    assert await newest_verified(database) == Verification(True, 2 * min(length, 2))


@pytest.mark.parametrize(
    ("length", "spoiled", "problem"),
    [(1, 1, Problem.HASH), (4, 4, Problem.HASH), (4, 3, Problem.HASH)],
)
async def test_a_newest_record_that_was_changed_is_found(
    database: Database, length: int, spoiled: int, problem: Problem
) -> None:
    await chain_of(database, length)
    async with database.write() as connection:
        await connection.execute(
            update(AuditRecord).where(AuditRecord.sequence == spoiled).values(actor="somebody")
        )
    bad = BadRecord(CITY, spoiled, problem)
    assert await newest_verified(database) == Verification(False, min(length, 2), bad)


@pytest.mark.parametrize(("length", "gone"), [(4, 3), (2, 1)])
async def test_a_newest_record_that_follows_nothing_is_found(
    database: Database, length: int, gone: int
) -> None:
    await chain_of(database, length)
    async with database.write() as connection:
        await connection.execute(delete(AuditRecord).where(AuditRecord.sequence == gone))
    found = await newest_verified(database)
    assert found.first_bad == BadRecord(CITY, length, Problem.SEQUENCE)
