"""What a simulation reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rules.simulation import Answer, Change, Comparison
from wording.catalogue import Language


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """How many of the disputes a version has decided, and whether its lexicon is the draft's: if it is not,
    the draft would have read other facts out of the same texts."""

    policy_key: str
    number: int
    disputes: int
    reads_alike: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Disputes with neighbouring keys, up to `last`, and how many of them would change."""

    last: UUID
    changed: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a draft would make of stored disputes. Both sides are placed at the units of the day `on`.

    The draft saw the facts that are stored with the newest decisions, or with `reread` those that its own
    lexicon finds in the texts.
    """

    policy_key: str
    on: date
    reread: bool
    comparison: Comparison
    decided_by: tuple[DecidedBy, ...]
    stretches: tuple[Stretch, ...]

    @property
    def read_otherwise(self) -> int:
        """How many disputes were decided on facts that another lexicon found, which the draft was given."""
        others = sum(each.disputes for each in self.decided_by if not each.reads_alike)
        return 0 if self.reread else others

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "policy": self.policy_key,
            "on": self.on.isoformat(),
            "reread": self.reread,
            "read_otherwise": self.read_otherwise,
            "decided_by": [
                {
                    "policy": each.policy_key,
                    "version": each.number,
                    "disputes": each.disputes,
                    "reads_alike": each.reads_alike,
                }
                for each in self.decided_by
            ],
            **self.comparison.document(),
        }


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """One dispute that the draft would decide otherwise. Explanations are sentences by language: those that
    were given at the time, and the draft's."""

    dispute: UUID
    number: str
    title: str
    region: str
    changes: tuple[Change, ...]
    before: Answer
    after: Answer
    explained_before: Mapping[Language, tuple[str, ...]]
    explained_after: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ChangedCases:
    """A page of them in the order of their keys. The next page comes after the last one's key, if there are
    `more`."""

    cases: tuple[ChangedCase, ...]
    more: bool
