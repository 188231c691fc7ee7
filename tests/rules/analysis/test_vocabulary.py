"""The lexicon against the rules: words of no use, and facts that nothing says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.analysis.findings import Finding, FindingKind
from rules.analysis.vocabulary import COUNTED, vocabulary_findings
from rules.evaluate import holds
from rules.facts import MATTERS_FIELD, OTHER_SECTORS_FIELD, SOURCE_FIELD, Extractor
from rules.lexicon import Lexicon, Reading, Term, TermKind
from rules.model import Condition, FactField, FieldKind, Operator, Policy, Rule, conditions_of
from rules.quantities import quantities
from tests.rules.policies import FIELDS, any_of, base, equals, negated, overlay, policy

MORE_FIELDS = (
    *FIELDS,
    FactField(OTHER_SECTORS_FIELD, FieldKind.CHOICES, "另涉类别", "Further sectors"),
    FactField(SOURCE_FIELD, FieldKind.CHOICE, "来源", "Source"),
    FactField(MATTERS_FIELD, FieldKind.NUMBER, "事项数", "Matters"),
    FactField("premises", FieldKind.CHOICE, "场所", "Premises"),
    FactField("road", FieldKind.CHOICE, "道路", "Road"),
    FactField("places", FieldKind.CHOICES, "地方", "Places"),
    FactField("animals", FieldKind.NUMBER, "数量", "Animals"),
)
KNOWN_SMOKE = any_of("signs", "smoke")
SMOKE = Term("冒烟", "context", facts=(("signs", "smoke"),))
FACTORY = Term("工厂", "premises", facts=(("premises", "factory"),), sector="industry")


def with_lexicon(*rules: Rule, terms: tuple[Term, ...] = (), readings: tuple[Reading, ...] = ()) -> Policy:
    return replace(policy(*rules, fields=MORE_FIELDS), lexicon=Lexicon(terms, readings))


def of(made: Policy, *kinds: FindingKind) -> list[Finding]:
    return [finding for finding in vocabulary_findings(made) if finding.kind in kinds]


READING = Reading(
    "r", needs=(("dump",), ("toxic", "premises")), unless=("quiet",), facts=(("signs", "smoke"),)
)
USED: dict[str, tuple[Rule, Term, tuple[Reading, ...]]] = {
    "a fact that a row asks for": (base("a", KNOWN_SMOKE), SMOKE, ()),
    "a fact that a row must not have": (base("a", negated(KNOWN_SMOKE)), SMOKE, ()),
    "any word of a field": (base("a", Condition("signs", Operator.PRESENT)), SMOKE, ()),
    "a fact of an overlay": (overlay("o", KNOWN_SMOKE), SMOKE, ()),
    "a flag": (base("a"), Term("夜里", "context", facts=(("flags", "night"),)), ()),
    "a sector that a row asks for": (
        base("a", equals("sector", "port")),
        Term("码头", "place", sector="port"),
        (),
    ),
    "a sector of a further matter": (
        base("a", any_of(OTHER_SECTORS_FIELD, "port")),
        Term("码头", "place", sector="port"),
        (),
    ),
    "a count of matters": (
        base("a", equals(MATTERS_FIELD, 2)),
        Term("码头", "place", sector="port"),
        (),
    ),
    "a word that hides a shorter one": (base("a"), Term("工厂店", TermKind.IGNORE), ()),
    "a word that begins a second matter": (base("a"), Term("另外", "context", marks=("second_matter",)), ()),
    "a mark that a reading needs": (
        base("a", KNOWN_SMOKE),
        Term("倾倒", "context", marks=("dump",)),
        (READING,),
    ),
    "a mark that a reading must not have": (
        base("a", KNOWN_SMOKE),
        Term("安静", "context", marks=("quiet",)),
        (READING,),
    ),
    "premises that a reading needs": (base("a", KNOWN_SMOKE), Term("某地", "premises"), (READING,)),
    "a mark of a reading that misleads a sector": (
        base("a", equals("sector", "port")),
        Term("倾倒", "context", marks=("dump",)),
        (Reading("r", needs=(("dump",),), against=("port",)),),
    ),
}


@pytest.mark.parametrize(("rule", "term", "readings"), USED.values(), ids=USED)
def test_words_of_use_are_not_told(rule: Rule, term: Term, readings: tuple[Reading, ...]) -> None:
    made = with_lexicon(rule, terms=(term,), readings=readings)
    assert not of(made, FindingKind.TERM_UNUSED, FindingKind.TERM_IDLE)


UNUSED: dict[str, tuple[Term, tuple[str, str] | None]] = {
    "a fact": (Term("灰尘", "context", facts=(("signs", "dust"),)), ("signs", "dust")),
    "a sector": (Term("机场", "place", sector="transport"), ("sector", "transport")),
    "a fact and a sector": (
        Term("机场", "premises", facts=(("premises", "airport"),), sector="transport"),
        ("premises", "airport"),
    ),
    "a mark that no reading needs": (Term("倾倒", "context", marks=("dumped",)), None),
    "a mark of a reading that nobody asks for": (Term("倾倒", "context", marks=("idle",)), None),
    "nothing": (Term("啊", "context"), None),
}


@pytest.mark.parametrize(("term", "said"), UNUSED.values(), ids=UNUSED)
def test_words_of_no_use_are_told_by_what_they_stand_for(term: Term, said: tuple[str, str] | None) -> None:
    idle = Reading("idle", needs=(("idle",),), facts=(("signs", "asked by nobody"),))
    made = with_lexicon(base("a", KNOWN_SMOKE), terms=(SMOKE, term), readings=(idle,))
    (finding,) = of(made, FindingKind.TERM_UNUSED, FindingKind.TERM_IDLE)
    assert finding.terms == (term.text,)
    assert (finding.field, finding.word) == (said or (None, None))
    assert finding.kind is (FindingKind.TERM_UNUSED if said else FindingKind.TERM_IDLE)


def test_words_of_no_use_are_counted_and_the_first_named() -> None:
    terms = tuple(Term(f"灰{at}", "context", facts=(("signs", "dust"),)) for at in range(31_000))
    (finding,) = of(with_lexicon(base("a"), terms=terms), FindingKind.TERM_UNUSED)
    assert finding.count == len(terms)
    assert finding.terms == tuple(term.text for term in terms[: len(finding.terms)])
    assert "另有 30995 项" in finding.say()


SAID = {
    "by a term": KNOWN_SMOKE,
    "by a reading": any_of("signs", "secret_pipe"),
    "the source": equals(SOURCE_FIELD, "unknown"),
    "the sector of a term": equals("sector", "industry"),
    "the sector of a further matter": any_of(OTHER_SECTORS_FIELD, "industry"),
    "the premises of a sector": equals("premises", "factory"),
    "the night, by the clock": any_of("flags", "night"),
    "a count": Condition("animals", Operator.BETWEEN, low=50),
    "the number of matters": equals(MATTERS_FIELD, 2),
    "beside the text": equals("channel", "hotline"),
    "what must not be": negated(any_of("signs", "unheard of")),
    "the region": any_of("region", "320682"),
}
NOT_SAID: dict[str, tuple[Condition, str | None]] = {
    "a word of a field of several": (any_of("signs", "unheard of"), "unheard of"),
    "one of two words": (any_of("signs", "smoke", "unheard of"), "unheard of"),
    "a sector that no term votes for": (equals("sector", "port"), "port"),
    "a further matter that only weak words stand for": (
        any_of(OTHER_SECTORS_FIELD, "water_body"),
        "water_body",
    ),
    "premises of a word without a sector": (equals("premises", "chimney"), "chimney"),
    "premises of a reading": (equals("premises", "pipe"), "pipe"),
    "a word in a field that texts fill with one": (any_of("places", "here"), "here"),
    "a field that nothing fills": (Condition("road", Operator.PRESENT), None),
    "a flag": (equals("licensed", True), None),
}
TERMS = (
    SMOKE,
    FACTORY,
    Term("河", "place", sector="water_body"),
    Term("烟囱", "premises", facts=(("premises", "chimney"),)),
    Term("这里", "context", facts=(("places", "here"),)),
)
READINGS = (Reading("r", needs=(("dump",),), facts=(("signs", "secret_pipe"), ("premises", "pipe"))),)


@pytest.mark.parametrize("condition", SAID.values(), ids=SAID)
def test_what_a_text_can_say_is_not_told(condition: Condition) -> None:
    made = with_lexicon(base("a", condition), terms=TERMS, readings=READINGS)
    assert not of(made, FindingKind.FACT_NEVER_FOUND)


@pytest.mark.parametrize(("condition", "word"), NOT_SAID.values(), ids=NOT_SAID)
def test_what_no_text_says_is_told_with_all_rules_that_ask_for_it(
    condition: Condition, word: str | None
) -> None:
    made = with_lexicon(base("a", condition), overlay("o", condition), terms=TERMS, readings=READINGS)
    (finding,) = of(made, FindingKind.FACT_NEVER_FOUND)
    assert (finding.field, finding.word, finding.rules) == (condition.field, word, ("a", "o"))
    if finding.witness is not None:
        asked = condition if word is None else replace(condition, values=(word,))
        assert holds(asked, finding.witness)


def test_a_policy_without_a_lexicon_has_no_words_to_miss() -> None:
    assert not list(vocabulary_findings(policy(base("a", any_of("signs", "unheard of")))))


def test_counts_are_those_that_are_read() -> None:
    found = quantities("养了50头猪，占地3亩，投诉第三次，已有两年")
    assert {each.field for each in found} == COUNTED


words = st.sampled_from(["smoke", "dust", "port", "industry"])
facts = st.lists(
    st.tuples(st.sampled_from(["signs", "road", "flags"]), words), max_size=2, unique_by=lambda said: said[0]
).map(tuple)
lexicons = st.lists(
    st.tuples(facts, st.sampled_from([None, "port", "industry"]), st.sampled_from(["premises", "context"])),
    min_size=1,
    max_size=6,
).map(
    lambda drawn: tuple(
        Term("甲乙丙丁戊己"[at], kind, facts=said, sector=sector)
        for at, (said, sector, kind) in enumerate(drawn)
    )
)
conditions = st.one_of(
    words.map(lambda word: any_of("signs", word)),
    words.map(lambda word: equals("road", word)),
    st.sampled_from(["port", "industry"]).map(lambda word: equals("sector", word)),
)


@given(lexicons, st.lists(conditions, max_size=3))
def test_no_row_can_tell_a_word_of_no_use_from_silence(
    terms: tuple[Term, ...], asked: list[Condition]
) -> None:
    made = with_lexicon(base("a", *asked), terms=terms)
    told = {
        text for finding in of(made, FindingKind.TERM_UNUSED, FindingKind.TERM_IDLE) for text in finding.terms
    }
    extractor = Extractor(made.lexicon)
    for term in terms:
        found = extractor.extract(term.text).facts
        differs = any(holds(each, found) for rule in made.rules for each in conditions_of(rule))
        assert (term.text in told) is not (differs or "flags" in found)
