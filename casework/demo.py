"""The demo: a fictional city, the shipped policies, and real complaints spread over it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import orjson
from sqlalchemy import select, update

from casework.actor import Actor
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.errors import ErrorCode
from casework.intake import Channel, SubmitDispute, submit_dispute
from casework.publication import publish_policy
from db import idempotency, revision
from db.reference_data import REFERENCE, load_reference
from db.tables.idempotency import IdempotencyKey
from db.tables.region import Region
from rules import pack
from rules.model import Policy

DEMO_ACTOR = Actor.of("demo", "administrator")
COMPLAINTS = REFERENCE / "sample" / "complaints.jsonl"
PACKS = ("municipal", "rugao-2014")
DAYS = 90
CHANNELS = (Channel.HOTLINE, Channel.WEB, Channel.LETTER, Channel.HOTLINE, Channel.WECHAT, Channel.VISIT)

Progress = Callable[[int, int], None]
"""Told after each complaint: how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many complaints are new, and how many there are."""

    new: int
    total: int


async def load_demo(desk: Desk, progress: Progress = lambda done, total: None) -> Loaded:
    """Load the demo city, publish the shipped policies, submit the sample. A second run adds nothing, and
    with the same files does not even look at the city again: that would take half of a start."""
    before, files = await _loaded(desk), _digest()
    if f"city-{files}" not in before:
        await load_city(desk)
        await _remember_city(desk, files)
    complaints = [orjson.loads(line) for line in COMPLAINTS.read_bytes().splitlines()]
    now = desk.clock()
    new = 0
    places = zip(complaints, await _towns(desk), cycle(CHANNELS), strict=False)
    for done, (complaint, town, channel) in enumerate(places, 1):
        key = f"demo-{complaint['id']}"
        if key in before:
            continue
        request = SubmitDispute(
            description=complaint["text"],
            region_code=town,
            channel=channel,
            received_at=now - timedelta(days=DAYS) * (1 - done / len(complaints)),
        )
        result = await submit_dispute(desk, DEMO_ACTOR, request, key=key)
        if [error.code for error in result.errors] == [ErrorCode.KEY_REUSED]:
            continue  # another run, whose clock is another, was quicker
        if result.errors:
            raise RuntimeError(f"the sample complaint {complaint['id']} was refused: {result.errors}")
        new += 1
        progress(done, len(complaints))
    return Loaded(new, len(complaints))


async def load_city(
    desk: Desk, folder: Path = REFERENCE, read: Callable[[str], Policy] = pack.load_pack
) -> None:
    """Regions, units, conferences and functions of the demo city; the city runs the municipal policy. `read`
    gives the policy of a key."""
    async with desk.database.write() as connection:
        await load_reference(connection, folder)
        await revision.bump(connection, DIRECTORY)
    async with desk.database.read() as connection:
        city = await connection.scalar(select(Region.code).where(Region.level == "city"))
    assert city is not None  # the demo city has one
    for key in PACKS:
        published = await publish_policy(desk, DEMO_ACTOR, read(key), city)
        if published.version is None:
            raise RuntimeError(f"the shipped policy {key} is not sound: {published.findings}")
    async with desk.database.write() as connection:
        await connection.execute(
            update(Region).where(Region.code == city, Region.policy_key.is_(None)).values(policy_key=PACKS[0])
        )
        await revision.bump(connection, DIRECTORY)


def _digest() -> str:
    """What the shipped city and policies are made of, in 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for folder in (REFERENCE, pack.PACKS):
        for path in sorted(folder.rglob("*.yaml")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


async def _remember_city(desk: Desk, files: str) -> None:
    async with desk.database.write() as connection:
        await idempotency.store(
            connection,
            client=DEMO_ACTOR.id,
            key=f"city-{files}",
            operation="load_city",
            request_hash=files,
            answer={},
            created_at=desk.clock(),
        )


async def _loaded(desk: Desk) -> frozenset[str]:
    async with desk.database.read() as connection:
        keys = await connection.scalars(
            select(IdempotencyKey.key).where(IdempotencyKey.client == DEMO_ACTOR.id)
        )
        return frozenset(keys)


async def _towns(desk: Desk) -> Iterator[str]:
    async with desk.database.read() as connection:
        codes = await connection.scalars(
            select(Region.code).where(Region.level == "town").order_by(Region.code)
        )
        return cycle(list(codes))
