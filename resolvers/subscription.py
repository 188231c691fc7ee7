"""Subscriptions: which messages of the feed a subscriber hears, and what each leads to.

A field of a subscription is asked once to be told what its subscriber wants to hear, and then for every
message of that: as any field of a query is asked, with what happened as the object that Python made. What is
told of a dispute is read when the message is handed on, within the reach of whoever listens.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from casework.actor import Actor
from casework.deadline import NEAR
from casework.desk import Desk
from casework.text import clean
from casework.webhooks.kinds import DISPUTES, PUBLIC
from db.feed import Message
from resolvers.assignment import ASSIGNMENT
from resolvers.context import Context, Info
from resolvers.criteria import MOST_FLAGS, DisputeCriteria, conditions, given
from resolvers.description import Asked, Relation, Resident
from resolvers.dispute import DISPUTE
from resolvers.errors import BadUserInput
from resolvers.policy import VERSION
from wording.catalogue import Language

ASSIGNED = "lianxi.dispute.assigned.v1"


@dataclass(frozen=True, slots=True)
class Happening:
    """A message that a subscriber hears. `number` is its place in the feed, after which to go on; `key` leads
    to what it is about, `department` is the unit that it is for, `due` when that unit's time is up."""

    number: int
    type: str
    occurred_at: datetime
    key: UUID
    department: str | None = None
    due: datetime | None = None


Find = Callable[[Context, Sequence[Message]], Awaitable[list[Happening]]]
"""Which messages somebody may hear, and what they lead to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscriber wants to hear: from now on, or what came `after` a number of the feed.

    `takes` tells by a message alone whether it can be meant, `find` asks the database about those.
    """

    after: int | None
    takes: Callable[[Message], bool]
    find: Find


Listen = Callable[[Wanted], Awaitable[AsyncIterator[Sequence[Happening]]]]


class Hearing(Context):
    """The context of a subscription: while it begins, with what it listens by; and then one for each message,
    with what happened."""

    def __init__(
        self,
        desk: Desk,
        actor: Actor,
        language: Language,
        listen: Listen | None = None,
        happening: Happening | None = None,
    ) -> None:
        super().__init__(desk, actor, language)
        self.listen = listen
        self.happening = happening


def _happening(context: Hearing, **arguments: Any) -> Happening | None:
    return context.happening


HAPPENING = Asked(_happening)
"""What happened: the object of a field of a subscription."""


def listening(wanted: Callable[..., Wanted]) -> Callable[..., Any]:
    """The resolver that begins a subscription: `wanted(context, **arguments)` says what to listen to."""

    async def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        context: Any = info.context
        return await context.listen(wanted(context, **arguments))

    own = [p for p in inspect.signature(wanted).parameters.values() if p.kind is p.KEYWORD_ONLY]
    reserved = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    declared: Any = resolve
    declared.__signature__ = inspect.Signature([*reserved, *own])
    declared.__module__ = wanted.__module__  # where the names in its annotations mean something
    return resolve


def dispute_changes(context: Context, criteria: DisputeCriteria, after: int | None) -> Wanted:
    """All that happens to disputes that meet the criteria when they are told of. Raises BadUserInput."""
    if len(criteria.flags or ()) > MOST_FLAGS:
        raise BadUserInput("input.too_many_flags", context.language, most=MOST_FLAGS)
    values = given(criteria)
    relation = _by_number(tuple(values))

    async def find(context: Context, messages: Sequence[Message]) -> list[Happening]:
        found = await _rows(context, relation, values, messages)
        return [_of_dispute(m, row) for m, row in zip(messages, found, strict=True) if row is not None]

    return Wanted(after, lambda message: message.type.startswith(DISPUTES), find)


def assignments_to(context: Context, department: str, after: int | None) -> Wanted:
    """Disputes that a unit is given, to lead or to join."""
    unit = clean(department)
    relation = _by_number(())

    async def find(context: Context, messages: Sequence[Message]) -> list[Happening]:
        found = await _rows(context, relation, {}, messages)
        return [_of_dispute(m, row, unit) for m, row in zip(messages, found, strict=True) if row is not None]

    return Wanted(after, lambda message: message.type == ASSIGNED and message.data.get("unit") == unit, find)


def publications(context: Context, policy_key: str | None, after: int | None) -> Wanted:
    """Versions of policies that are published, scheduled or brought back."""
    wanted = None if policy_key is None else clean(policy_key)

    def takes(message: Message) -> bool:
        return message.type in PUBLIC and wanted in (None, message.subject.rpartition("/")[0])

    async def find(context: Context, messages: Sequence[Message]) -> list[Happening]:
        keys = [(key, int(number)) for key, _, number in (m.subject.rpartition("/") for m in messages)]
        rows = await asyncio.gather(*(context.load(_VERSION_BY_NUMBER, {}, key) for key in keys))
        return [
            Happening(m.position, m.type, m.occurred_at, row.key)
            for m, row in zip(messages, rows, strict=True)
            if row is not None
        ]

    return Wanted(after, takes, find)


def deadlines_of(context: Context, department: str, after: int | None) -> Wanted:
    """Terms of a unit that are about to run out."""
    unit = clean(department)
    relation = _by_number(())

    async def find(context: Context, messages: Sequence[Message]) -> list[Happening]:
        found = await _rows(context, relation, {}, messages)
        return [
            _of_dispute(m, row, unit, datetime.fromisoformat(m.data["due"]).astimezone(UTC))
            for m, row in zip(messages, found, strict=True)
            if row is not None
        ]

    near = f"{DISPUTES}{NEAR}.v1"
    return Wanted(after, lambda message: message.type == near and message.data.get("unit") == unit, find)


async def _rows(
    context: Context, relation: Relation, values: dict[str, Any], messages: Sequence[Message]
) -> list[Any]:
    """The dispute of each message; None where it is out of reach or meets not what is asked for."""
    return await asyncio.gather(*(context.load(relation, values, (m.subject,)) for m in messages))


def _of_dispute(
    message: Message, row: Any, department: str | None = None, due: datetime | None = None
) -> Happening:
    return Happening(message.position, message.type, message.occurred_at, row.key, department, due)


@lru_cache(maxsize=256)
def _by_number(criteria: tuple[str, ...]) -> Relation:
    return Relation(DISPUTE, on=(("number", "number"),), where=tuple(conditions(criteria)))


_VERSION_BY_NUMBER = Relation(VERSION, on=(("policy_key", "policy_key"), ("number", "number")))
DISPUTE_OF_HAPPENING = Relation(DISPUTE, on=(("key", "key"),))
VERSION_OF_HAPPENING = Relation(VERSION, on=(("key", "key"),))
ASSIGNMENT_OF_HAPPENING = Relation(
    ASSIGNMENT,
    on=(("key", "dispute_id"), ("department", "unit_code")),
    where=(ASSIGNMENT.columns["ended_at"].is_(None),),
)
"""The assignment that is in force now; none where it has ended since."""
DEPARTMENT_OF_HAPPENING = Resident("department", "department")
