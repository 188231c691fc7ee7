"""An extractor that follows from another finds what one finds that is built anew."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import facts, sightings
from rules.facts import Extractor
from rules.lexicon import Lexicon, Reading, Term, TermKind

SIGNS = "厂廠车店Aa河"
MARKS = ("works", "many", "water")
KINDS = tuple(TermKind)


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces that a handful of words goes beyond."""
    monkeypatch.setattr(sightings, "_TOGETHER", 4)


def made(random: Random) -> Term:
    """A term of a few signs, which others begin with, end with and contain."""
    return Term(
        "".join(random.choices(SIGNS, k=random.randint(1, 3))),
        random.choice(KINDS),
        facts=((random.choice(("flags", "premises")), random.choice("xyz")),),
        sector=random.choice(("industry", "transport", None)),
        weight=random.choice((0.5, 1.0)),
        unless=random.choice(((), ("河",))),
        marks=tuple(random.sample(MARKS, random.randint(0, 2))),
    )


def distinct(terms: list[Term]) -> tuple[Term, ...]:
    return tuple({term.text: term for term in terms}.values())


def edited(lexicon: Lexicon, random: Random) -> Lexicon:
    """Some terms taken away, put in, changed and moved, the others the same objects."""
    terms = [term for term in lexicon.terms if random.random() > 0.2]
    terms = [replace(t, weight=t.weight / 2) if random.random() < 0.2 else t for t in terms]
    for _ in range(random.randint(0, 5)):
        terms.insert(random.randint(0, len(terms)), made(random))
    if random.random() < 0.3:
        random.shuffle(terms)
    mark = random.choice((*MARKS, f"new-{random.randint(0, 99)}"))
    readings = (Reading("both", (("works",), (mark,)), facts=(("flags", "both"),)),)
    return Lexicon(distinct(terms), readings)


def pieces(extractor: Extractor) -> int:
    return len(extractor._finder._pieces)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.lists(st.text(SIGNS + ",。多次", max_size=25), min_size=8, max_size=8))
def test_what_follows_from_random_edits_is_what_is_built_anew(seed: int, texts: list[str]) -> None:
    random = Random(seed)
    extractor = Extractor(Lexicon(distinct([made(random) for _ in range(12)])))
    for _ in range(6):
        lexicon = edited(extractor.lexicon, random)
        fresh, extractor = Extractor(lexicon), Extractor(lexicon, extractor)
        for text in texts:
            found, expected = extractor.extract(text), fresh.extract(text)
            assert found == expected
            assert found.matches == expected.matches
        assert pieces(extractor) <= 2 * pieces(fresh) + 1


def test_only_pieces_with_other_words_are_built_again() -> None:
    lexicon = Lexicon(tuple(Term(f"词{number}。", "premises") for number in range(12)))
    first = Extractor(lexicon)
    other = replace(lexicon, terms=(Term("新", "ignore"), *lexicon.terms[1:]))
    second = Extractor(other, first)
    assert [each.automaton for each in first._finder._pieces] == [
        each.automaton for each in second._finder._pieces[:-1]
    ]
    assert second._finder._pieces[-1].words == ("新",)


def test_marks_of_lexicons_long_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "MOST_MARKS", 10)
    extractor = Extractor(Lexicon())
    for number in range(50):
        term = Term("厂", "premises", (("flags", "x"),), marks=(f"mark-{number}",))
        reading = Reading("one", ((f"mark-{number}",),), facts=(("flags", "y"),))
        extractor = Extractor(Lexicon((term,), (reading,)), extractor)
        assert extractor.extract("厂").facts["flags"] == frozenset({"x", "y"})
        assert len(extractor._marks) <= 11
