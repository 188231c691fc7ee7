"""Comparing two policies, or two versions of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.desk import Desk
from casework.errors import Result
from casework.policy_reference import PolicyReference, referred
from casework.review import prepared
from rules.apart import apart
from rules.difference import difference
from rules.document import policy_from_document
from rules.in_words import ChangeInWords, changes_in_words
from wording.catalogue import Language

COMPARING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ComparePolicies:
    """What to compare, and the language of the answer."""

    old: PolicyReference
    new: PolicyReference
    language: Language


async def compare_policies(desk: Desk, request: ComparePolicies) -> Result[list[ChangeInWords]]:
    """What changed from the old one to the new one."""
    return await prepared(_compare(desk, request), ("new",))


async def _compare(desk: Desk, request: ComparePolicies) -> list[ChangeInWords]:
    async with desk.database.read() as connection:
        old = await referred(connection, request.old, ("old",))
        new = await referred(connection, request.new, ("new",))
    async with desk.examinations:
        return await apart(COMPARING_SECONDS, compared, old, new, request.language)


def compared(
    old_document: Mapping[str, Any], new_document: Mapping[str, Any], language: Language
) -> list[ChangeInWords]:
    """What changed between two policies, given as their documents."""
    old, new = policy_from_document(old_document), policy_from_document(new_document)
    return list(changes_in_words(difference(old, new), old, new, language))
