"""Policies compared, and policies as files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from casework.comparing import ComparePolicies, compare_policies
from casework.errors import UserError
from casework.policy_file import ExportPolicy, PolicyFile, export_policy
from casework.policy_reference import PolicyReference
from resolvers.context import Context
from resolvers.description import Computed
from resolvers.span import stretch
from rules.exchange import FileFormat
from rules.in_words import ChangeInWords, Changes


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed, or what has to be mended in the question."""

    count: int
    changes: Sequence[ChangeInWords]
    errors: tuple[UserError, ...]


@dataclass(frozen=True, slots=True)
class PolicyFileEntry:
    """A policy as a file; the content in base64."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, or what has to be mended in the question."""

    file: PolicyFileEntry | None
    errors: tuple[UserError, ...]


async def compare(context: Context, old: PolicyReference, new: PolicyReference) -> Compared:
    """What changed from one policy to another."""
    result = await compare_policies(context.desk, ComparePolicies(old, new, context.language))
    changes = result.value or Changes()
    return Compared(len(changes), changes, result.errors)


def changes(
    context: Context, changes: Sequence[ChangeInWords], *, after: int = 0, first: int = 100
) -> Sequence[ChangeInWords]:
    """The changes, a stretch at a time."""
    return stretch(context, changes, after, first)


async def export(context: Context, policy: PolicyReference, format: FileFormat) -> Exported:
    """A policy as a file."""
    result = await export_policy(context.desk, ExportPolicy(policy, format, context.language))
    return Exported(_entry(result.value) if result.value else None, result.errors)


def _entry(file: PolicyFile) -> PolicyFileEntry:
    return PolicyFileEntry(file.name, b64encode(file.content).decode())


CHANGES = Computed(changes)
