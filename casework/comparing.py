"""Comparing two policies, or two versions of one."""

from __future__ import annotations

from dataclasses import dataclass

from casework.desk import Desk
from casework.errors import Result
from casework.policy_reference import PolicyReference, referred
from casework.review import prepared
from rules.apart import apart, said_there
from rules.in_words import Changes, compared
from wording.catalogue import Language

COMPARING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ComparePolicies:
    """What to compare, and the language of the answer."""

    old: PolicyReference
    new: PolicyReference
    language: Language


async def compare_policies(desk: Desk, request: ComparePolicies) -> Result[Changes]:
    """What changed from the old one to the new one."""
    return await prepared(_compare(desk, request), ("new",))


async def _compare(desk: Desk, request: ComparePolicies) -> Changes:
    async with desk.database.read() as connection:
        old = await referred(connection, request.old, ("old",))
        new = await referred(connection, request.new, ("new",))
    async with desk.examinations:
        return await apart(
            COMPARING_SECONDS, compared, said_there(old.json), said_there(new.json), request.language
        )
