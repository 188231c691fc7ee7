"""What an analysis finds, and how it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.model import DAY_FIELD, Facts, FactValue
from wording.catalogue import Language, messages, say

_MOST_RULES_SAID = 5


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
    ORDER_DECIDES = "order_decides"  # information: a row of smaller priority and another outcome goes first
    INCOMPLETE = "incomplete"  # these rows cost more work than the budget allows
    INCOMPLETE_GAP = "incomplete_gap"  # whether there is a gap costs more work than the budget allows


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `rules` are ids, the row it is about first and then the others in the order in which they
    are asked; `witness` are facts that show it; `function` is the lead that is never produced."""

    kind: FindingKind
    rules: tuple[str, ...]
    witness: Facts | None = None
    function: str | None = None

    @property
    def warns(self) -> bool:
        """Whether it is more than information."""
        return self.kind is not FindingKind.ORDER_DECIDES

    def say(self, language: Language = Language.ZH) -> str:
        """The finding in a sentence, with its witness."""
        name = self.function or ""
        sentence = say(
            f"analysis.{self.kind}",
            language,
            rule=self.rules[0] if self.rules else "",
            others=_listed(self.rules[1:], language),
            rules=_listed(self.rules, language),
            function=messages(language).get(f"function.{name}", name),
        )
        if self.witness is None:
            return sentence
        facts = say("explain.comma", language).join(_facts(self.witness, language))
        return sentence + say("analysis.witness", language, facts=facts or say("analysis.no_facts", language))


@dataclass(frozen=True, slots=True)
class Analysis:
    """All findings, in the order of the kinds and then of the rows. Where it is not `complete`, what is found
    is true, but there may be more; the rows that were left are named by a finding of their own."""

    findings: tuple[Finding, ...]
    complete: bool

    def of(self, *kinds: FindingKind) -> tuple[Finding, ...]:
        """The findings of these kinds."""
        return tuple(finding for finding in self.findings if finding.kind in kinds)


def _listed(rules: tuple[str, ...], language: Language) -> str:
    said = say("explain.comma", language).join(rules[:_MOST_RULES_SAID])
    more = len(rules) - _MOST_RULES_SAID
    return said if more <= 0 else said + say("analysis.more_rules", language, count=more)


def _facts(facts: Facts, language: Language) -> Iterator[str]:
    for name in sorted(facts):
        yield f"{name} = {_value(name, facts[name], language)}"


def _value(name: str, value: FactValue, language: Language) -> str:
    if isinstance(value, frozenset):
        return "{" + say("explain.comma", language).join(sorted(value)) + "}"
    if isinstance(value, bool):
        return say("explain.yes" if value else "explain.no", language)
    if name == DAY_FIELD and isinstance(value, int) and 1 <= value <= date.max.toordinal():
        return date.fromordinal(value).isoformat()
    return str(value)
