"""`lianxi policy diff`: what changed from one policy to another, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from cli.policy.listing import outcome_in_words
from cli.policy.naming import named
from cli.policy.printing import print_json, print_table
from cli.speech import LANGUAGE, tell
from rules.difference import CASES, FIELDS, READINGS, RULES, TERMS, Difference, difference
from rules.difference_document import difference_document
from rules.model import Rule, conditions_of
from rules.phrase import Phrases

COLUMNS = ("part", "change", "name", "from", "to")


def diff(old: str, new: str, *, as_json: bool) -> None:
    """Say what differs. Raises Stop for a name that nothing has."""
    before, after = named(old), named(new)
    found = difference(before.policy, after.policy)
    if as_json:
        print_json({"old": before.label, "new": after.label, **difference_document(found)})
    elif not found:
        print(tell("policy.same"))
    else:
        print_table(COLUMNS, _rows(found, Phrases(after.policy, LANGUAGE)))


_NAMES = {FIELDS: "name", RULES: "id", TERMS: "text", READINGS: "id", CASES: "name"}
"""What the entries of each list are known by."""


def _rows(found: Difference, phrases: Phrases) -> Iterator[tuple[str, ...]]:
    for name, (old, new) in found.settings.items():
        yield tell("policy.part.setting"), tell("policy.change.changed"), name, str(old), str(new)
    for part, changes in found.lists.items():
        title, key = tell(f"policy.part.{part}"), _NAMES[part]
        for entry in changes.added:
            yield title, tell("policy.change.added"), getattr(entry, key), "", _said(entry, phrases)
        for entry in changes.removed:
            yield title, tell("policy.change.removed"), getattr(entry, key), _said(entry, phrases), ""
        for old, new in changes.changed:
            said = _said(old, phrases), _said(new, phrases)
            yield title, tell("policy.change.changed"), getattr(new, key), *said
        for name in changes.moved:
            yield title, tell("policy.change.moved"), name, "", ""


def _said(entry: object, phrases: Phrases) -> str:
    """A rule in one line; of other entries the name says enough, and --json has the rest."""
    if not isinstance(entry, Rule):
        return ""
    conditions = "; ".join(phrases.requirement(condition) for condition in conditions_of(entry))
    return f"{phrases.title(entry)} [{entry.priority}]: {conditions} → {outcome_in_words(entry, phrases)}"
