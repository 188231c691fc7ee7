"""Publication: numbered without gaps, from a day on, by one of many; and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, insert, select

from casework.civil import civil_day
from casework.desk import Desk
from casework.draft import DraftState
from casework.errors import ErrorCode, Result
from casework.policy import (
    VersionStatus,
    newest_version,
    read_policy,
    status_of,
    version_in_force,
    version_numbered,
)
from casework.policy_text import copy_text
from casework.publication import (
    PublishDraft,
    RollbackPolicy,
    publish_draft,
    publish_policy,
    rollback_policy,
)
from casework.watch import POLICIES
from db import audit, revision
from db.tables.audit import AuditRecord
from db.tables.base import new_key
from db.tables.event import Outbox
from db.tables.policy import PolicyDraft, PolicyVersion, RoutingPolicy
from rules.lexicon import Lexicon
from rules.model import Policy
from tests.casework.drafts import CHIEF, CITY, EDITOR, LEXICON, SMALL, changed_of, drafted, in_state
from tests.conftest import NOW

TODAY = civil_day(NOW)
DAY = timedelta(days=1)
MANY = 50


async def approved(desk: Desk, content: Policy = SMALL) -> UUID:
    """A draft of `small` that may be published."""
    return await in_state(desk, await drafted(desk, content), DraftState.APPROVED)


async def published(desk: Desk, content: Policy = SMALL, effective_from: date | None = None) -> UUID:
    """The same, published."""
    draft = await approved(desk, content)
    return changed_of(await publish_draft(desk, CHIEF, PublishDraft(draft, 1, effective_from)))


async def statuses(desk: Desk, on: date = TODAY) -> dict[int, str]:
    """Where each version of `small` stands on a day."""
    async with desk.database.read() as connection:
        rows = await connection.execute(
            select(PolicyVersion.__table__)
            .where(PolicyVersion.policy_key == "small")
            .order_by(PolicyVersion.number)
        )
        return {
            row.number: status_of(row.effective_from, row.superseded_from, row.rolled_back_at, on).value
            for row in rows
        }


async def in_force(desk: Desk, on: date = TODAY) -> int | None:
    """The number of the version that decides on a day."""
    async with desk.database.read() as connection:
        version = await version_in_force(connection, "small", on)
        return version.number if version else None


def codes(result: Result[UUID]) -> list[ErrorCode]:
    """The codes of what was refused."""
    return [error.code for error in result.errors]


@pytest.mark.parametrize(
    ("first", "superseded", "rolled_back", "status"),
    [
        (0, None, False, VersionStatus.PUBLISHED),
        (-9, 1, False, VersionStatus.PUBLISHED),
        (-9, 0, False, VersionStatus.SUPERSEDED),
        (1, None, False, VersionStatus.SCHEDULED),
        (1, 5, False, VersionStatus.SCHEDULED),
        (5, 5, False, VersionStatus.SUPERSEDED),  # a newer one begins on the same day
        (5, 1, False, VersionStatus.SUPERSEDED),  # a newer one begins before: this one never decides
        (-9, None, True, VersionStatus.ROLLED_BACK),
        (5, 0, True, VersionStatus.ROLLED_BACK),
    ],
)
def test_where_a_version_stands(
    first: int, superseded: int | None, rolled_back: bool, status: VersionStatus
) -> None:
    ended = None if superseded is None else TODAY + superseded * DAY
    assert status_of(TODAY + first * DAY, ended, NOW if rolled_back else None, TODAY) is status


async def test_a_draft_becomes_the_next_version_as_it_is(desk: Desk) -> None:
    await published(desk)
    other = replace(SMALL, rules=SMALL.rules[1:], title="新名", lexicon=replace(LEXICON, readings=()))
    draft = await published(desk, other)
    async with desk.database.read() as connection:
        second = await newest_version(connection, "small")
        assert second is not None
        assert await read_policy(connection, second) == replace(other, version=2)
        first = await version_numbered(connection, "small", 1)
        assert first is not None
        assert await read_policy(connection, first) == SMALL
        row = (await connection.execute(select(PolicyDraft.__table__).where(PolicyDraft.id == draft))).one()
        assert (row.state, row.published_version_id, row.text_id) == ("published", second.id, second.text_id)
        assert (
            await connection.scalar(select(RoutingPolicy.title).where(RoutingPolicy.key == "small")) == "新名"
        )
    assert await statuses(desk) == {1: "superseded", 2: "published"}


async def test_versions_with_one_lexicon_are_known_by_it(desk: Desk) -> None:
    await published(desk)
    await published(desk, replace(SMALL, rules=SMALL.rules[1:]))
    await published(desk, replace(SMALL, lexicon=Lexicon()))
    async with desk.database.read() as connection:
        versions = [await version_numbered(connection, "small", number) for number in (1, 2, 3)]
    first, second, third = (version.lexicon_checksum for version in versions if version)
    assert first == second != third


async def test_publishing_is_counted_for_every_process(desk: Desk) -> None:
    async with desk.database.read() as connection:
        before = await revision.current(connection, POLICIES)
    await published(desk)
    async with desk.database.read() as connection:
        assert await revision.current(connection, POLICIES) == before + 1


async def test_a_version_waits_for_its_day(desk: Desk) -> None:
    await published(desk)
    await published(desk, replace(SMALL, title="后天"), TODAY + 2 * DAY)
    assert await statuses(desk) == {1: "published", 2: "scheduled"}
    assert await statuses(desk, TODAY + 2 * DAY) == {1: "superseded", 2: "published"}
    assert [await in_force(desk, TODAY + days * DAY) for days in (0, 1, 2, 3)] == [1, 1, 2, 2]
    async with desk.database.read() as connection:
        told = await connection.scalars(
            select(Outbox.type).where(Outbox.subject.like("small/_")).order_by(Outbox.id)
        )
        assert list(told) == ["lianxi.policy.published.v1", "lianxi.policy.scheduled.v1"]


async def test_a_newer_version_goes_before_one_that_waits(desk: Desk) -> None:
    await published(desk, effective_from=TODAY + 5 * DAY)
    assert await in_force(desk) is None
    await published(desk, replace(SMALL, title="今天"))
    assert await statuses(desk) == {1: "superseded", 2: "published"}
    assert await in_force(desk, TODAY + 9 * DAY) == 2
    await published(desk, replace(SMALL, title="再后"), TODAY + 9 * DAY)
    await published(desk, replace(SMALL, title="先后"), TODAY + 3 * DAY)
    assert await statuses(desk) == {1: "superseded", 2: "published", 3: "superseded", 4: "scheduled"}
    assert [await in_force(desk, TODAY + days * DAY) for days in (2, 3, 9)] == [2, 4, 4]


async def test_what_cannot_be_published(desk: Desk) -> None:
    draft = await approved(desk)
    late = await publish_draft(desk, CHIEF, PublishDraft(draft, 1, TODAY - DAY))
    assert codes(late) == [ErrorCode.EFFECTIVE_IN_PAST]
    unseen = await publish_draft(desk, CHIEF, PublishDraft(draft, 2))
    assert codes(unseen) == [ErrorCode.CONFLICT]
    unknown = await publish_draft(desk, CHIEF, PublishDraft(new_key(), 1))
    assert codes(unknown) == [ErrorCode.UNKNOWN_DRAFT]
    assert await statuses(desk) == {}


async def test_only_a_draft_of_the_newest_version_is_published(desk: Desk) -> None:
    early, late = await approved(desk), await approved(desk, replace(SMALL, title="迟"))
    changed_of(await publish_draft(desk, CHIEF, PublishDraft(early, 1)))
    result = await publish_draft(desk, CHIEF, PublishDraft(late, 1))
    assert codes(result) == [ErrorCode.CONFLICT]
    assert result.errors[0].values == {"version": 1}
    # On purpose one may go back: a draft that was made of an old version after the newest appeared.
    await published(desk, replace(SMALL, title="二"))
    again = await in_state(desk, await drafted(desk, None, from_version=1), DraftState.APPROVED)
    changed_of(await publish_draft(desk, CHIEF, PublishDraft(again, 1)))
    assert await statuses(desk) == {1: "superseded", 2: "superseded", 3: "published"}


async def clones(desk: Desk, draft: UUID, count: int) -> list[UUID]:
    """More drafts just like one."""
    found = [draft]
    async with desk.database.write() as connection:
        row = (await connection.execute(select(PolicyDraft.__table__).where(PolicyDraft.id == draft))).one()
        for _ in range(count - 1):
            key, text_id = new_key(), await copy_text(connection, row.text_id, NOW)
            await connection.execute(
                insert(PolicyDraft).values({**row._mapping, "id": key, "text_id": text_id})
            )
            found.append(key)
    return found


async def test_of_many_publishers_on_one_base_one_wins(desk: Desk) -> None:
    drafts = await clones(desk, await approved(desk), MANY)
    results = await asyncio.gather(*(publish_draft(desk, CHIEF, PublishDraft(draft, 1)) for draft in drafts))
    assert sorted(codes(result) for result in results) == [[]] + [[ErrorCode.CONFLICT]] * (MANY - 1)
    assert await statuses(desk) == {1: "published"}
    async with desk.database.read() as connection:
        written = await connection.scalars(
            select(AuditRecord.subject).where(AuditRecord.action == "publish_draft")
        )
        assert list(written) == ["small/1"]
        assert (await audit.verify(connection)).valid


async def test_of_many_publishers_of_one_draft_one_wins(desk: Desk) -> None:
    draft = await approved(desk)
    results = await asyncio.gather(*(publish_draft(desk, CHIEF, PublishDraft(draft, 1)) for _ in range(MANY)))
    assert sorted(codes(result) for result in results) == [[]] + [[ErrorCode.CONFLICT]] * (MANY - 1)
    assert await statuses(desk) == {1: "published"}


async def test_rolling_back_brings_an_earlier_text_back(desk: Desk) -> None:
    for title in ("一", "二", "三"):
        await published(desk, replace(SMALL, title=title))
    await published(desk, replace(SMALL, title="四"), TODAY + DAY)
    request = RollbackPolicy("small", 1, 4, "第三版分派有误")
    changed_of(await rollback_policy(desk, CHIEF, request))
    assert await statuses(desk) == {
        1: "superseded",
        2: "rolled_back",
        3: "rolled_back",
        4: "rolled_back",
        5: "published",
    }
    assert await in_force(desk, TODAY + DAY) == 5
    async with desk.database.read() as connection:
        first, fifth = [await version_numbered(connection, "small", number) for number in (1, 5)]
        assert first is not None
        assert fifth is not None
        assert fifth.text_id == first.text_id
        assert (await read_policy(connection, fifth)).title == "一"
        record = await connection.execute(
            select(AuditRecord.subject, AuditRecord.data).where(AuditRecord.action == "rollback_policy")
        )
        assert [tuple(row) for row in record] == [
            ("small/5", {"to": 1, "from": 4, "reason": "第三版分派有误"})
        ]
        assert (await audit.verify(connection)).valid
    # What was rolled back was approved once, and may come back as well.
    changed_of(await rollback_policy(desk, CHIEF, RollbackPolicy("small", 3, 5, "已更正")))
    assert (await statuses(desk))[6] == "published"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (RollbackPolicy("small", 1, 2, " "), ErrorCode.REASON_REQUIRED),
        (RollbackPolicy("small", 1, 2, "长" * 2_001), ErrorCode.TEXT_TOO_LONG),
        (RollbackPolicy("small", 1, 1, "有误"), ErrorCode.CONFLICT),
        (RollbackPolicy("small", 2, 2, "有误"), ErrorCode.UNKNOWN_VERSION),
        (RollbackPolicy("small", 3, 2, "有误"), ErrorCode.UNKNOWN_VERSION),
        (RollbackPolicy("small", 0, 2, "有误"), ErrorCode.UNKNOWN_VERSION),
        (RollbackPolicy("small", 2**40, 2, "有误"), ErrorCode.UNKNOWN_VERSION),
        (RollbackPolicy("none", 1, 0, "有误"), ErrorCode.UNKNOWN_VERSION),
        (RollbackPolicy("\x00", 1, 0, "有误"), ErrorCode.UNKNOWN_VERSION),
    ],
    ids=lambda value: None,
)
async def test_what_cannot_be_rolled_back(desk: Desk, request_: RollbackPolicy, code: ErrorCode) -> None:
    await published(desk)
    await published(desk, replace(SMALL, title="二"))
    assert codes(await rollback_policy(desk, CHIEF, request_)) == [code]
    assert await statuses(desk) == {1: "superseded", 2: "published"}


async def test_numbers_have_no_gaps_whoever_publishes(desk: Desk) -> None:
    drafts = await clones(desk, await approved(desk), 8)

    async def step(at: int) -> None:
        await publish_draft(desk, CHIEF, PublishDraft(drafts[at], 1))
        await rollback_policy(desk, CHIEF, RollbackPolicy("small", 1, at, "试"))
        await publish_policy(desk, EDITOR, replace(SMALL, title=f"第{at}"), CITY)

    await asyncio.gather(*(step(at) for at in range(8)))
    numbers = list(await statuses(desk))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 8


async def test_a_shipped_policy_with_an_unsound_lexicon_is_not_published(desk: Desk) -> None:
    wrong = replace(SMALL, lexicon=replace(LEXICON, terms=LEXICON.terms[1:]))  # nobody bears the mark
    publication = await publish_policy(desk, EDITOR, wrong, CITY)
    assert publication.version is None
    assert [flaw.code for flaw in publication.findings] == ["pack.unknown_mark"]


class PowerCutError(Exception):
    """Stands for whatever ends a process half-way."""


@contextmanager
def cut_at(desk: Desk, beginning: str) -> Iterator[None]:
    """Ends whatever comes to a statement that begins so."""

    def strike(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(beginning):
            raise PowerCutError(beginning)

    engine = desk.database._engines.writers.sync_engine
    event.listen(engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", strike)


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO audit_record", "INSERT INTO outbox", "UPDATE policy_draft", "INSERT INTO policy_version"],
)
async def test_a_publication_that_is_cut_off_leaves_nothing(desk: Desk, statement: str) -> None:
    draft = await approved(desk)
    with cut_at(desk, statement), pytest.raises(PowerCutError):
        await publish_draft(desk, CHIEF, PublishDraft(draft, 1))
    assert await statuses(desk) == {}
    async with desk.database.read() as connection:
        assert await connection.scalar(select(PolicyDraft.state)) == DraftState.APPROVED
        assert await connection.scalar(select(RoutingPolicy.key).where(RoutingPolicy.key == "small")) is None
    changed_of(await publish_draft(desk, CHIEF, PublishDraft(draft, 1)))
    assert await statuses(desk) == {1: "published"}
