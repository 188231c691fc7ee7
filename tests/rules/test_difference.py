"""How policies differ, and how three of them come together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.difference import Conflict, difference, merge, merge_documents
from rules.document import policy_document
from rules.in_words import PACK, ChangeInWords, ChangeKind, Part, changes_in_words, compared, packed
from rules.lexicon import Lexicon, Term
from rules.model import Case, Expected, Policy, Rule
from tests.rules.policies import base, policy
from wording.catalogue import Language

NAMES = "abcdef"


def rule(name: str, title: str = "") -> Rule:
    """A row by its name; rows with another title are other rows."""
    return replace(base(name), title=title or name)


def table(*rules: Rule | str) -> Policy:
    """A policy of rows; a bare name stands for its row."""
    return policy(*(rule(each) if isinstance(each, str) else each for each in rules))


@st.composite
def tables(draw: st.DrawFn) -> Policy:
    """Policies of a few rows, terms and cases that any two share some of."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    titles = st.sampled_from(["", "一", "二"])
    terms = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    cases = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    return replace(
        table(*(rule(name, draw(titles)) for name in names)),
        title=draw(st.sampled_from(["甲", "乙"])),
        lexicon=Lexicon(
            tuple(Term(text, "premises", weight=draw(st.sampled_from([1.0, 2.0]))) for text in terms)
        ),
        cases=tuple(Case(name, Expected(triage=True), text=name) for name in cases),
    )


def test_every_sort_of_change_is_told() -> None:
    old = replace(table("a", "b", "c", "d"), triage_below=0.5)
    new = replace(table("d", "a", rule("b", "新"), "e"), triage_below=0.6)
    found = difference(old, new)
    rules = found.lists["rules"]
    assert rules.added == (rule("e"),)
    assert rules.removed == (rule("c"),)
    assert rules.changed == ((rule("b"), rule("b", "新")),)
    assert rules.moved == ("d",)
    assert found.settings == {"triage_below": (0.5, 0.6)}
    assert not any(found.lists[part] for part in ("terms", "readings", "cases", "fields"))


@given(tables())
def test_nothing_differs_from_itself(one: Policy) -> None:
    assert not difference(one, replace(one, version=7, key="other"))


@given(tables(), tables())
def test_a_difference_leads_from_one_to_the_other(old: Policy, new: Policy) -> None:
    found = difference(old, new).lists["rules"]
    gone = {each.id for each in found.removed}
    changed = {one.id: other for one, other in found.changed}
    stayed = [changed.get(each.id, each) for each in old.rules if each.id not in gone]
    assert {each.id: each for each in (*stayed, *found.added)} == {each.id: each for each in new.rules}
    still = [each.id for each in stayed if each.id not in found.moved]
    assert still == [each.id for each in new.rules if each.id in still]
    assert bool(difference(old, new)) is (replace(old, key=new.key) != new)


@given(tables(), tables())
def test_documents_tell_the_changes_of_the_policies(old: Policy, new: Policy) -> None:
    found = compared(policy_document(old), policy_document(new), Language.EN)
    assert list(found) == list(changes_in_words(difference(old, new), old, new, Language.EN))


@pytest.mark.parametrize("count", [0, 1, PACK - 1, PACK, PACK + 1, 3 * PACK])
def test_packed_changes_are_the_changes(count: int) -> None:
    changes = [
        ChangeInWords(Part.TERM, ChangeKind.ADDED, f"词{number}", "\u2028", "") for number in range(count)
    ]
    found = packed(changes)
    assert len(found) == count
    assert list(found) == changes
    for stretch in (slice(0, 100), slice(PACK - 1, PACK + 1), slice(count, count + 9), slice(7, 2 * PACK, 3)):
        assert found[stretch] == changes[stretch]
    assert not changes or found[-1] == changes[-1]
    with pytest.raises(IndexError):
        found[count]


@given(tables(), tables())
def test_where_one_side_stood_still_the_other_is_taken(base: Policy, other: Policy) -> None:
    for merged in (merge(base, base, other), merge(base, other, base), merge(base, other, other)):
        assert merged.conflicts == ()
        assert merged.policy == other


@given(tables(), tables(), tables())
def test_a_merge_has_what_each_side_changed(base: Policy, mine: Policy, theirs: Policy) -> None:
    merged = merge(base, mine, theirs)
    disputed = {conflict.name for conflict in merged.conflicts if conflict.part == "rules"}
    was, own, other, now = (
        {each.id: each for each in side.rules} for side in (base, mine, theirs, merged.policy)
    )
    for name in NAMES:
        if name in disputed:
            assert len({own.get(name), was.get(name), other.get(name)}) == 3
            assert now.get(name) == other.get(name)
        elif own.get(name) != was.get(name):
            assert now.get(name) == own.get(name)
        else:
            assert now.get(name) == other.get(name)


@pytest.mark.parametrize(
    ("old", "mine", "theirs", "merged"),
    [
        ("abc", "abxc", "abcy", "abxcy"),
        ("abc", "xabc", "abcy", "xabcy"),
        ("abc", "abxc", "abyc", "abxyc"),
        ("abc", "cab", "abcy", "cyab"),
        ("abc", "abxc", "cab", "cabx"),
        ("abc", "ac", "abyc", "ayc"),
        ("abc", "axc", "ac", "axc"),
        ("", "ab", "cd", "abcd"),
    ],
)
def test_new_rows_stay_behind_those_that_they_stood_behind(
    old: str, mine: str, theirs: str, merged: str
) -> None:
    found = merge(table(*old), table(*mine), table(*theirs))
    assert "".join(each.id for each in found.policy.rules) == merged
    assert found.conflicts == ()


def test_an_order_that_both_changed_is_a_conflict() -> None:
    found = merge(table(*"abc"), table(*"bac"), table(*"acb"))
    assert found.conflicts == (Conflict("rules", "order"),)
    assert [each.id for each in found.policy.rules] == list("acb")


def test_a_row_that_one_took_away_and_the_other_changed_is_a_conflict() -> None:
    for mine, theirs in (
        (table("a"), table("a", rule("b", "新"))),
        (table("a", rule("b", "新")), table("a")),
    ):
        found = merge(table("a", "b"), mine, theirs)
        assert found.conflicts == (Conflict("rules", "b"),)
        assert found.policy == theirs


def test_settings_that_both_changed_are_a_conflict() -> None:
    old = table("a")
    found = merge(old, replace(old, title="甲"), replace(old, title="乙", triage_below=0.9))
    assert found.conflicts == (Conflict("title"),)
    assert (found.policy.title, found.policy.triage_below) == ("乙", 0.9)


def test_documents_are_merged_as_policies_are() -> None:
    sides = table(*"abc"), table(*"abxc"), table(*"abcy")
    document, conflicts = merge_documents(*map(policy_document, sides))
    assert (document, conflicts) == (policy_document(merge(*sides).policy), ())
