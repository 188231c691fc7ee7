"""From a verdict to a decision, and to the reasons for it. Pure assembly: who holds is asked elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from rules.evaluate import holds
from rules.index import Index
from rules.model import (
    FLAGS_FIELD,
    Candidate,
    Condition,
    Decision,
    Facts,
    FactValue,
    Held,
    LegalBasis,
    NearMiss,
    Operator,
    Policy,
    Rule,
    RuleTrace,
    Trace,
    TriageReason,
    Verdict,
    conditions_of,
)

NEAR_MISSES = 3
_MOST_SETTLED = 4096  # decisions kept at hand, for as many different verdicts
_ROWS_LOOKED_AT = 24  # for near misses; bounds the work on a table of thousands of alike rows


class VerdictSource(Protocol):
    """Whatever answers which rows hold: the engine, the index, or the reference evaluator."""

    def verdict(self, facts: Facts, codes: Sequence[int] | None = None) -> Verdict:
        """The first base row and all overlay rows that hold. `codes` are those of the facts in the index."""
        ...


class Decider:
    """Makes the decisions of one policy. `source` says which rows hold; threads may share a decider."""

    def __init__(self, policy: Policy, source: VerdictSource, index: Index | None = None) -> None:
        self.policy = policy
        self._source = source
        self._index = index or Index(policy)
        self._encode = self._index.coding.encode
        self._near = self._index.base.near
        self._base = policy.base_rules()
        self._overlays = policy.overlay_rules()
        self._conditions = tuple(conditions_of(rule) for rule in self._base)
        self._columns = tuple(tuple(column for column, _ in row.spans) for row in self._index.base_rows)
        self._asks_for_several = bytes(
            sum(not each.negated for each in rule.conditions) > 1 for rule in self._base
        )
        """Whether a base row asks for several things, not counting what must be absent."""
        self._overlay_tracers = tuple(_RowTracer(rule, conditions_of(rule)) for rule in self._overlays)
        self._flag_order = {
            word: at
            for field in policy.fields
            if field.name == FLAGS_FIELD
            for at, word in enumerate(field.values)
        }
        self._settled: dict[tuple[int | None, tuple[int, ...]], Decision] = {}
        self._tracers: dict[int, _RowTracer] = {}
        leads = {rule.outcome.lead for rule in self._base} | {None}
        near = [(at, self._base[at].outcome.lead) for at in self._possible_near_misses()]
        self._elsewhere = {
            lead: self._index.base.select([at for at, other in near if other != lead]) for lead in leads
        }

    def codes(self, facts: Facts) -> Sequence[int] | None:
        """The facts in the codes of the index, for who both decides and traces. None for what has no codes: a
        fact of a type that is no fact at all, such as a list."""
        try:
            return self._encode(facts)
        except TypeError:
            return None

    def decide(self, facts: Facts, codes: Sequence[int] | None = None) -> tuple[Decision, Verdict]:
        """The decision, and the verdict that it was made from."""
        verdict = self._source.verdict(facts, codes)
        if facts.get(FLAGS_FIELD):
            return self.decision(verdict, facts), verdict
        # Without flags of the facts' own, equal verdicts make equal decisions.
        key = verdict.base, verdict.overlays
        decision = self._settled.get(key)
        if decision is None:
            if len(self._settled) >= _MOST_SETTLED:
                self._settled.clear()
            decision = self._settled[key] = self.decision(verdict, facts)
        return decision, verdict

    def trace(
        self, facts: Facts, decision: Decision, verdict: Verdict, codes: Sequence[int] | None = None
    ) -> Trace:
        """The reasons for a decision about these facts."""
        base = verdict.base
        if codes is None:
            codes = self.codes(facts)
        return Trace(
            None if base is None else self._base_trace(base, facts),
            tuple([self._overlay_tracers[at].trace(facts) for at in verdict.overlays])
            if verdict.overlays
            else (),
            () if codes is None else self._near_misses(base, decision.lead, facts, codes),
        )

    def _base_trace(self, at: int, facts: Facts) -> RuleTrace:
        tracer = self._tracers.get(at)
        if tracer is None:
            tracer = self._tracers[at] = _RowTracer(self._base[at], self._conditions[at])
        return tracer.trace(facts)

    def _only_failure(self, at: int, column: int | None, facts: Facts) -> Condition | None:
        """The condition of a base row that does not hold, where at most `column` rules it out; None when all
        do, or several do not."""
        conditions, columns = self._conditions[at], self._columns[at]
        if column is not None and len(columns) == len(conditions):  # each condition has a column of its own
            return conditions[columns.index(column)]
        failures = [condition for condition in conditions if not holds(condition, facts)]
        return failures[0] if len(failures) == 1 else None

    def decision(self, verdict: Verdict, facts: Facts) -> Decision:
        """What a verdict about these facts decides. Of the facts only the flags are looked at."""
        base = None if verdict.base is None else self._base[verdict.base]
        overlays = [self._overlays[at] for at in verdict.overlays]
        reason = _triage_reason(base)
        lead = None if base is None or reason else base.outcome.lead
        co_functions: list[str] = []
        flags = [*self._own_flags(facts)]
        bases: list[LegalBasis] = []
        conference = legal_path = None
        for row in overlays if base is None else (base, *overlays):
            outcome = row.outcome
            co_functions += outcome.co_functions
            flags += outcome.flags
            bases += row.legal_basis
            conference = conference or outcome.conference
            legal_path = legal_path or outcome.legal_path
        return Decision(
            lead=lead,
            co_functions=tuple(code for code in _once(co_functions) if code != lead),
            conference=conference,
            flags=_once(flags),
            legal_path=legal_path,
            rule_id=None if base is None else base.id,
            overlay_ids=tuple([row.id for row in overlays]),
            triage_reason=reason,
            candidates=_candidates(base) if base is not None and reason else (),
            legal_basis=tuple(dict.fromkeys(bases)),
        )

    def _own_flags(self, facts: Facts) -> Sequence[str]:
        flags = facts.get(FLAGS_FIELD)
        if not isinstance(flags, frozenset):
            return ()
        # Sets have no order; the policy's own comes first, so that equal facts make equal decisions.
        last = len(self._flag_order)
        return sorted(flags, key=lambda word: (self._flag_order.get(word, last), str(word)))

    def _possible_near_misses(self) -> Iterator[int]:
        """Rows that could be a near miss of a decision for another lead: they name one, and they ask for more
        than one thing, something positive among it."""
        for at, rule in enumerate(self._base):
            several = len(self._conditions[at]) > 1 and any(not each.negated for each in rule.conditions)
            if several and not rule.outcome.triage and rule.outcome.lead is not None:
                yield at

    def _near_misses(
        self, base: int | None, lead: str | None, facts: Facts, codes: Sequence[int]
    ) -> tuple[NearMiss, ...]:
        """Rows in front of the one that decided, which would have decided otherwise but for one condition,
        while something that they ask for was there."""
        elsewhere = self._elsewhere[lead]
        found: list[NearMiss] = []
        for at, column in islice(self._near(codes, facts, elsewhere, base), _ROWS_LOOKED_AT):
            failed = self._only_failure(at, column, facts)
            if failed is None:
                continue
            if self._asks_for_several[at] or _asks_for_more(self._base[at], failed):
                found.append(NearMiss(self._base[at], failed, facts.get(failed.field)))
                if len(found) == NEAR_MISSES:
                    break
        return tuple(found)


def _asks_for_more(rule: Rule, than: Condition) -> bool:
    """Whether the row asks for something else, and not only that something be absent."""
    return any(not condition.negated and condition is not than for condition in rule.conditions)


def _triage_reason(base: Rule | None) -> TriageReason | None:
    if base is None:
        return TriageReason.NO_RULE
    if base.outcome.triage or base.outcome.lead is None:
        return TriageReason.BY_RULE
    return None


def _candidates(rule: Rule) -> tuple[Candidate, ...]:
    """What the row offers a person, in its order; each place weighs less than the one before it."""
    named = [rule.outcome.lead] if rule.outcome.lead else []
    functions = _once([*named, *rule.outcome.candidates])
    places = len(functions)
    total = places * (places + 1) / 2
    return tuple(Candidate(function, (places - at) / total, rule.id) for at, function in enumerate(functions))


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


class _RowTracer:
    """How one row held. Where only one fact can have made a condition hold, that part is made once."""

    def __init__(self, rule: Rule, conditions: Sequence[Condition]) -> None:
        self._rule = rule
        self._parts = [
            (
                Held(condition, condition.values[0]) if _allows_one_fact(condition) else None,
                condition,
                None if _asks_for_words(condition) else condition.field,
            )
            for condition in conditions
        ]
        self._always = (
            RuleTrace(rule, tuple([held for held, _, _ in self._parts if held]))
            if all(held for held, _, _ in self._parts)
            else None
        )

    def trace(self, facts: Facts) -> RuleTrace:
        """The row as it held for these facts."""
        if self._always:
            return self._always
        held = [
            always or Held(condition, facts.get(field) if field else part_of(condition, facts))
            for always, condition, field in self._parts
        ]
        return RuleTrace(self._rule, tuple(held))


def _allows_one_fact(condition: Condition) -> bool:
    """Whether only one fact can have met it. A number may be written as 1 or as 1.0."""
    return (
        condition.operator is Operator.EQUALS
        and not condition.negated
        and len(condition.values) == 1
        and isinstance(condition.values[0], str | bool)
    )


def _asks_for_words(condition: Condition) -> bool:
    """Whether it asks that some of several words be there."""
    return condition.operator in (Operator.ANY_OF, Operator.ALL_OF) and not condition.negated


def part_of(condition: Condition, facts: Facts) -> FactValue | None:
    """What of the fact made the condition hold: of several words, those that were asked for."""
    value = facts.get(condition.field)
    if _asks_for_words(condition) and isinstance(value, frozenset):
        return value.intersection(word for word in condition.values if isinstance(word, str))
    return value
