"""How two policies differ, row by row, and three of them put together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from rules.document import policy_document, policy_from_document
from rules.lexicon import Lexicon
from rules.model import Policy

T = TypeVar("T")

RULES, TERMS, READINGS, CASES, FIELDS = "rules", "terms", "readings", "cases", "fields"
SETTINGS = ("title", "title_en", "triage_below")
"""What a policy has one of."""


@dataclass(frozen=True, slots=True)
class Changes(Generic[T]):
    """What became of one list. `changed` pairs the old entry with the new one; `moved` names entries that
    are asked in another order among those that stayed."""

    added: tuple[T, ...] = ()
    removed: tuple[T, ...] = ()
    changed: tuple[tuple[T, T], ...] = ()
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be done to one policy to make the other of it. `lists` has the changes of rules, terms,
    readings, cases and fields, `settings` the old and new value of what a policy has one of."""

    lists: Mapping[str, Changes[Any]]
    settings: Mapping[str, tuple[Any, Any]]

    def __bool__(self) -> bool:
        return bool(self.settings) or any(self.lists.values())


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that both sides changed, and not alike: an entry of a list by its name, the `order` of a
    list, or a setting (an empty name)."""

    part: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """The policy of both sides; where there are conflicts it has the side of `theirs`."""

    policy: Policy
    conflicts: tuple[Conflict, ...]


ORDER = "order"


def difference(old: Policy, new: Policy) -> Difference:
    """What changed from one policy to the other; keys and numbers do not count."""
    before, after = _lists(old), _lists(new)
    return Difference(
        lists={part: changes_of(before[part], after[part]) for part in before},
        settings={
            name: (getattr(old, name), getattr(new, name))
            for name in SETTINGS
            if getattr(old, name) != getattr(new, name)
        },
    )


def merge(base: Policy, mine: Policy, theirs: Policy) -> Merged:
    """`theirs` with what `mine` changed since `base`.

    A row that only one side touched is as that side has it; a row that both changed alike is no conflict.
    New rows stand behind the row that they stood behind on their side.
    """
    conflicts: list[Conflict] = []
    was, own, other = _lists(base), _lists(mine), _lists(theirs)
    lists = {part: _merge_list(part, was[part], own[part], other[part], conflicts) for part in was}
    settings: dict[str, Any] = {}
    for name in SETTINGS:
        then, here, there = (getattr(policy, name) for policy in (base, mine, theirs))
        settings[name] = there if here == then else here
        if here != then and there not in (then, here):
            conflicts.append(Conflict(name))
            settings[name] = there
    policy = replace(
        theirs,
        fields=lists[FIELDS],
        rules=lists[RULES],
        cases=lists[CASES],
        lexicon=Lexicon(lists[TERMS], lists[READINGS]),
        **settings,
    )
    return Merged(policy, tuple(conflicts))


def _lists(policy: Policy) -> dict[str, dict[str, Any]]:
    """The lists of a policy, each by the names of its entries and in its order."""
    return {
        FIELDS: {field.name: field for field in policy.fields},
        RULES: {rule.id: rule for rule in policy.rules},
        TERMS: {term.text: term for term in policy.lexicon.terms},
        READINGS: {reading.id: reading for reading in policy.lexicon.readings},
        CASES: {case.name: case for case in policy.cases},
    }


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes[Any]:
    """What changed between two lists, given by the names of their entries and in their order."""
    return Changes(
        added=tuple(entry for name, entry in new.items() if name not in old),
        removed=tuple(entry for name, entry in old.items() if name not in new),
        changed=tuple(
            (old[name], entry) for name, entry in new.items() if name in old and old[name] != entry
        ),
        moved=_moved(_common(old, new), _common(new, old)),
    )


def _common(these: Iterable[str], those: Mapping[str, Any]) -> list[str]:
    return [name for name in these if name in those]


def _moved(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """The fewest names that have to be moved to make the new order of the old one: all that are not in the
    longest run that kept its order."""
    if list(old) == list(new):
        return ()
    places = {name: at for at, name in enumerate(old)}
    kept = _longest_rising([places[name] for name in new])
    return tuple(name for name in new if places[name] not in kept)


def _longest_rising(numbers: Sequence[int]) -> frozenset[int]:
    """The members of the longest rising subsequence (patience sorting, n log n)."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    found: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        found.add(step)
        step = before[step]
    return frozenset(found)


def _merge_list(
    part: str,
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[Conflict],
) -> tuple[Any, ...]:
    entries: dict[str, Any] = {}
    for name in {**theirs, **mine}:
        was, own, other = base.get(name), mine.get(name), theirs.get(name)
        chosen = other if own == was else own
        if own != was and other not in (was, own):
            conflicts.append(Conflict(part, name))
            chosen = other
        if chosen is not None:
            entries[name] = chosen
    return tuple(
        entries[name] for name in _merge_order(part, base, mine, theirs, conflicts) if name in entries
    )


def _merge_order(
    part: str,
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[Conflict],
) -> list[str]:
    """The names of both sides in the order of the side that moved them, with the other side's new ones
    behind those that they stood behind."""
    shared = [name for name in base if name in mine and name in theirs]
    own, other = _common(mine, dict.fromkeys(shared)), _common(theirs, dict.fromkeys(shared))
    if own not in (shared, other) and other != shared:
        conflicts.append(Conflict(part, ORDER))
    if own != shared and other == shared:
        return _woven(list(mine), list(theirs))
    return _woven(list(theirs), list(mine))


def _woven(order: list[str], others: Sequence[str]) -> list[str]:
    """The first order, with the names that only the second has behind the one before them there."""
    known = frozenset(order)
    behind: dict[str | None, list[str]] = {}
    last: str | None = None
    for name in others:
        if name in known:
            last = name
        else:
            behind.setdefault(last, []).append(name)
    woven = behind.get(None, [])
    for name in order:
        woven += [name, *behind.get(name, ())]
    return woven


def merge_documents(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[Conflict, ...]]:
    """The same of documents. Raises PackError for one that cannot be read."""
    merged = merge(*(policy_from_document(document) for document in (base, mine, theirs)))
    return policy_document(merged.policy), merged.conflicts
