"""`lianxi policy diff`: what changed from one policy to another, row by row."""

from __future__ import annotations

from cli.policy.naming import Named, file_named, is_file, named
from cli.policy.printing import print_json, print_table
from cli.speech import LANGUAGE, tell
from rules.difference import difference
from rules.difference_document import difference_document
from rules.in_words import changes_in_words

COLUMNS = ("part", "change", "name", "from", "to")


def diff(old: str, new: str, *, as_json: bool) -> None:
    """Say what differs. Raises Stop for a name that nothing has."""
    before, after = _both(old, new)
    found = difference(before.policy, after.policy)
    if as_json:
        print_json({"old": before.label, "new": after.label, **difference_document(found)})
    elif not found:
        print(tell("policy.same"))
    else:
        rows = (
            (
                tell(f"policy.part.{each.part}"),
                tell(f"policy.change.{each.kind}"),
                each.name,
                each.before,
                each.after,
            )
            for each in changes_in_words(found, before.policy, after.policy, LANGUAGE)
        )
        print_table(COLUMNS, rows)


def _both(old: str, new: str) -> tuple[Named, Named]:
    """Both policies. What a file has no room for is no difference: it is taken from the other."""
    if not is_file(old):
        before = named(old)
        return before, named(new, before.policy)
    file = file_named(old)
    if not is_file(new):
        after = named(new)
        return Named(old, file.policy(after.policy)), after
    policy = file.policy()
    after = named(new, policy)
    return Named(old, policy if policy.lexicon.terms else file.policy(after.policy)), after
