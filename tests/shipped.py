"""The shipped policies with the words that the tests use: databases are copied for every test, and a lexicon
of tens of thousands of terms would be most of the copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from casework.demo import COMPLAINTS
from rules.folding import fold
from rules.lexicon import Lexicon, Term
from rules.model import Policy
from rules.pack import load_pack

TESTS = Path(__file__).parent


@cache
def shipped_policy(key: str) -> Policy:
    """A shipped policy without the terms that occur in no test, guide, kept case or sample complaint.
    Of every mark that readings need one term stays at least."""
    policy = load_pack(key)
    terms = policy.lexicon.terms
    finder = AhoCorasick([fold(term.text) for term in terms])
    used = {
        at for text in _texts(policy) for at, _, _ in finder.find_matches_as_indexes(text, overlapping=True)
    }
    kept = {at: term for at, term in enumerate(terms) if at in used}
    kept |= _first_of_each_mark(terms)
    lexicon = Lexicon(tuple([kept[at] for at in sorted(kept)]), policy.lexicon.readings)
    return replace(policy, lexicon=lexicon)


def _texts(policy: Policy) -> Iterator[str]:
    yield fold(COMPLAINTS.read_text(encoding="utf-8"))
    project = TESTS.parent
    for path in (*sorted(TESTS.rglob("*.py")), *project.glob("*.md"), *(project / "docs").glob("*.md")):
        yield fold(path.read_text(encoding="utf-8"))
    for case in policy.cases:
        yield fold(case.text or "")


def _first_of_each_mark(terms: tuple[Term, ...]) -> dict[int, Term]:
    found: dict[str, int] = {}
    for at, term in enumerate(terms):
        for mark in term.marks:
            found.setdefault(mark, at)
    return {at: terms[at] for at in found.values()}
