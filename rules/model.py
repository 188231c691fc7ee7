"""The routing policy: typed facts, rules over them, and what they decide.

Everything here is frozen and plain. A policy is data that an administrator edits; three things are made
from it and must agree: the reference evaluator (`rules.evaluate`), the bitset index (`rules.index`) and the
durable-rules engine (`rules.engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rules.lexicon import Lexicon

Scalar = str | int | float | bool
FactValue = str | int | float | bool | frozenset[str]
Facts = Mapping[str, FactValue]
"""Facts by field name. A missing key is a fact that is not known; `None` never stands in for it."""


class FieldKind(StrEnum):
    """What a fact field holds."""

    CHOICE = "choice"  # one word: str
    CHOICES = "choices"  # several words: frozenset[str]
    NUMBER = "number"  # int or float
    FLAG = "flag"  # bool


@dataclass(frozen=True, slots=True)
class FactField:
    """One column that rules may ask about. `values` lists the allowed words; empty means any word."""

    name: str
    kind: FieldKind
    title: str
    title_en: str
    values: tuple[str, ...] = ()


class Operator(StrEnum):
    """How a condition asks. Unknown facts satisfy no operator; `negated` is plain logical negation."""

    EQUALS = "equals"  # choice, number, flag: equal to the one value
    IN = "in"  # choice, number: equal to one of the values
    ANY_OF = "any_of"  # choices: shares at least one word
    ALL_OF = "all_of"  # choices: has every word
    BETWEEN = "between"  # number: low <= fact <= high, either end may be open
    PRESENT = "present"  # any kind: the fact is known; an empty set of words is not


@dataclass(frozen=True, slots=True)
class Condition:
    """One cell of the decision table."""

    field: str
    operator: Operator
    values: tuple[Scalar, ...] = ()
    low: float | None = None
    high: float | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A source of law for a rule. `certain` is false where the text in force has not been checked; `valid_to`
    is its last day in force, None while nothing is known of an end."""

    title: str
    article: str = ""
    url: str = ""
    certain: bool = True
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule decides. Functions are codes such as `ecology`; which unit carries one is looked up later.

    A base rule names a `lead`, or asks for `triage` and may name `candidates` in order. An overlay rule has
    neither: it only adds.
    """

    lead: str | None = None
    co_functions: tuple[str, ...] = ()
    conference: str | None = None
    flags: tuple[str, ...] = ()
    legal_path: str | None = None
    triage: bool = False
    candidates: tuple[str, ...] = ()


class RuleKind(StrEnum):
    """Base rules are asked in order and the first that holds decides; every overlay that holds adds."""

    BASE = "base"
    OVERLAY = "overlay"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. Smaller `priority` is asked first; equal priorities keep the policy's order.

    `regions` limits the row to those regions and all below them (codes of GB/T 2260); empty means everywhere.
    The validity days are inclusive; an open end is None. A row without conditions always holds.
    """

    id: str
    kind: RuleKind
    priority: int
    title: str
    title_en: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    legal_basis: tuple[LegalBasis, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    regions: tuple[str, ...] = ()


REGION_FIELD = "region"
"""Field of kind `choices` that holds the code of the dispute's region and of every region above it."""
DAY_FIELD = "day"
"""Field of kind `number` that holds the day of the decision as `date.toordinal()`."""
SECTOR_FIELD = "sector"
"""Field of kind `choice` that holds what sort of matter it is; its words are the policy's own."""
FLAGS_FIELD = "flags"
"""Field of kind `choices` whose words become flags of the decision by themselves."""


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """The row's own conditions and those that its regions and validity stand for."""
    implied: list[Condition] = []
    if rule.regions:
        implied.append(Condition(REGION_FIELD, Operator.ANY_OF, rule.regions))
    if rule.valid_from or rule.valid_to:
        low = rule.valid_from.toordinal() if rule.valid_from else None
        high = rule.valid_to.toordinal() if rule.valid_to else None
        implied.append(Condition(DAY_FIELD, Operator.BETWEEN, low=low, high=high))
    return (*rule.conditions, *implied)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a case: a lead function, or `triage`. Of the rest None is not asked; an empty tuple
    (and for the conference an empty text) means that there must be none."""

    lead: str | None = None
    triage: bool = False
    co_functions: tuple[str, ...] | None = None
    flags: tuple[str, ...] | None = None
    conference: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A named test that is kept with the policy: the words of a complaint, or facts, or both, and what must
    come of them. Given facts stand beside those of the text and outdo them; `region` is the code of the
    place, `on` the day of the decision (None: the day on which the case is run)."""

    name: str
    expected: Expected
    text: str | None = None
    facts: Facts = field(default_factory=dict)
    region: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a city's responsibility split, with the lexicon it was written against and the cases
    that it must pass.

    `triage_below` is the confidence (0 to 1) under which a decision from text goes to a person.
    """

    key: str
    version: int
    title: str
    title_en: str
    fields: tuple[FactField, ...]
    rules: tuple[Rule, ...]
    lexicon: Lexicon
    triage_below: float = 0.0
    cases: tuple[Case, ...] = ()

    def base_rules(self) -> tuple[Rule, ...]:
        """Base rules in the order in which they are asked."""
        return tuple(sorted((r for r in self.rules if r.kind is RuleKind.BASE), key=lambda r: r.priority))

    def overlay_rules(self) -> tuple[Rule, ...]:
        """Overlay rules in the order in which they add."""
        return tuple(sorted((r for r in self.rules if r.kind is RuleKind.OVERLAY), key=lambda r: r.priority))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an evaluator answers: positions in `base_rules()` (None: no row holds) and `overlay_rules()`."""

    base: int | None
    overlays: tuple[int, ...]


class Held(NamedTuple):
    """A condition that held, with the part of the fact that made it hold."""

    condition: Condition
    value: FactValue | None


class RuleTrace(NamedTuple):
    """A row that held, condition by condition."""

    rule: Rule
    held: tuple[Held, ...]


class NearMiss(NamedTuple):
    """A base row that would have led elsewhere, and the first condition that it failed on."""

    rule: Rule
    failed: Condition
    value: FactValue | None


class Trace(NamedTuple):
    """Why a decision was made."""

    base: RuleTrace | None
    overlays: tuple[RuleTrace, ...]
    near_misses: tuple[NearMiss, ...]


class TriageReason(StrEnum):
    """Why a person has to decide."""

    NO_RULE = "no_rule"  # no base row holds
    BY_RULE = "by_rule"  # a base row says so
    LOW_CONFIDENCE = "low_confidence"  # the words do not carry the decision
    NO_FACTS = "no_facts"  # nothing in the text was recognised
    NO_UNIT = "no_unit"  # no unit carries the lead function


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible lead function for triage; scores of one list add up to at most 1."""

    function: str
    score: float
    rule_id: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy decided. With a `triage_reason` nothing is assigned: `lead` is None and `candidates`
    are ranked, best first."""

    lead: str | None
    co_functions: tuple[str, ...]
    conference: str | None
    flags: tuple[str, ...]
    legal_path: str | None
    rule_id: str | None
    overlay_ids: tuple[str, ...]
    triage_reason: TriageReason | None = None
    candidates: tuple[Candidate, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = field(default=())
