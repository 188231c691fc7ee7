"""What an analysis finds, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.analysis.names import Names
from rules.analysis.work import Limit
from rules.model import Facts
from wording.catalogue import Language, say

MOST_SAID = 5
"""How many rules, terms or regions a sentence names before it only counts."""
MOST_KEPT = 100
"""How many terms or regions a finding keeps of those that it counts."""


class Severity(StrEnum):
    """How much a finding matters."""

    WARNING = "warning"  # something does not do what it seems to
    INFORMATION = "information"  # often meant


class FindingKind(StrEnum):
    """What is the matter. The first rule of a finding is the one that it is about."""

    UNSATISFIABLE = "unsatisfiable"  # no facts make the row hold
    DUPLICATE = "duplicate"  # an earlier row holds for just the same facts and decides the same
    SHADOWED = "shadowed"  # an earlier row holds wherever this one does
    SHADOWED_TOGETHER = "shadowed_together"  # wherever this one holds, one of several earlier rows does
    CONTRADICTION = "contradiction"  # rows of equal priority and different outcomes can both hold
    GAP_DEFAULT = "gap_default"  # some facts meet only the row without conditions
    GAP = "gap"  # some facts meet no row at all
    NEVER_PRODUCED = "never_produced"  # none of the rows that lead to a function can decide
    OVERLAY_EMPTY = "overlay_empty"  # an overlay that has nothing to add
    OVERLAY_DUPLICATE = "overlay_duplicate"  # an earlier one holds for just the same facts and adds the same
    OVERLAY_REDUNDANT = "overlay_redundant"  # wherever it holds, another one holds and adds all that it does
    LEAD_WITHOUT_UNIT = "lead_without_unit"  # nobody carries a lead function in some region
    CO_FUNCTION_WITHOUT_UNIT = "co_function_without_unit"  # the same for one that joins
    FACT_NEVER_FOUND = "fact_never_found"  # a row asks for what neither the text nor its context says
    RULE_EXPIRED = "rule_expired"  # the row's own validity has ended
    BASIS_EXPIRED = "basis_expired"  # a source of law is no longer in force
    UNKNOWN_REGION = "unknown_region"  # rows are limited to a region that the directory does not have
    ORDER_DECIDES = "order_decides"  # a row of smaller priority and another outcome goes first
    CANDIDATE_WITHOUT_UNIT = "candidate_without_unit"  # nobody carries a function that triage is offered
    TERM_UNUSED = "term_unused"  # no row asks for what these words of the lexicon stand for
    TERM_IDLE = "term_idle"  # words of the lexicon that say nothing at all, or nothing that a reading needs
    INCOMPLETE = "incomplete"  # these rows cost more than the limit allows
    INCOMPLETE_GAP = "incomplete_gap"  # whether there is a gap costs more than the limit allows


_INFORMATION = frozenset(
    {
        FindingKind.ORDER_DECIDES,
        FindingKind.CANDIDATE_WITHOUT_UNIT,
        FindingKind.TERM_UNUSED,
        FindingKind.TERM_IDLE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `rules` are ids, the row it is about first and then the others in the order in which they
    are asked; `witness` are facts that show it. What else is there depends on the kind: the `function` that
    nobody reaches or carries, and the `regions` where; the `field` and `word` that are asked for in vain or
    that `terms` stand for in vain; the source of law and the `day` on which it or the row ended; the `limit`
    that was met. `count` says how many terms or regions there are; the first are named."""

    kind: FindingKind
    rules: tuple[str, ...] = ()
    witness: Facts | None = None
    function: str | None = None
    field: str | None = None
    word: str | None = None
    terms: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    count: int = 0
    basis: str | None = None
    day: date | None = None
    limit: Limit | None = None

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return Severity.INFORMATION if self.kind in _INFORMATION else Severity.WARNING

    def say(self, language: Language = Language.ZH, names: Names | None = None) -> str:
        """The finding in a sentence or two, with its witness. With the `names` of the policy, rules are told
        by their titles."""
        names = names or Names(language)
        sentence = say(
            f"analysis.{self.kind}",
            language,
            rule=names.rule(self.rules[0]) if self.rules else "",
            others=_some(
                [names.rule(rule) for rule in self.rules[1 : MOST_SAID + 1]], len(self.rules) - 1, names
            ),
            rules=_some([names.rule(rule) for rule in self.rules[:MOST_SAID]], len(self.rules), names),
            function=names.function(self.function or ""),
            field=names.field(self.field or ""),
            word=names.word(self.word) if self.word is not None else names.any_word,
            terms=_some(self.terms[:MOST_SAID], self.count, names),
            regions=_some(self.regions[:MOST_SAID], self.count, names),
            count=self.count,
            basis=self.basis or "",
            day=self.day.isoformat() if self.day else "",
            limit=say(f"analysis.limit.{self.limit}", language) if self.limit else "",
        )
        return sentence if self.witness is None else sentence + names.witness(self.witness)


@dataclass(frozen=True, slots=True)
class Analysis:
    """All findings, in the order of the kinds and then of the rows. Where it is not `complete`, what is found
    is true, but there may be more; the rows that were left are named by findings of their own."""

    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether no limit was met."""
        return not self.of(FindingKind.INCOMPLETE, FindingKind.INCOMPLETE_GAP)

    def of(self, *kinds: FindingKind) -> tuple[Finding, ...]:
        """The findings of these kinds."""
        return tuple(finding for finding in self.findings if finding.kind in kinds)


def in_order(findings: list[Finding]) -> Analysis:
    """The findings as an analysis, kind by kind."""
    places = {kind: at for at, kind in enumerate(FindingKind)}
    return Analysis(tuple(sorted(findings, key=lambda finding: places[finding.kind])))


def _some(named: list[str] | tuple[str, ...], count: int, names: Names) -> str:
    """The first of several, and how many more there are."""
    said = names.listed(named)
    more = count - len(named)
    return said if more <= 0 else said + say("analysis.more", names.language, count=more)
