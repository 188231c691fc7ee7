"""Who is measured by `bench.rules`: each decides on plain facts and answers the position of the base row."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rules.decide import Decider
from rules.engine import LIVE, Engine
from rules.evaluate import evaluate
from rules.index import Index
from rules.model import Condition, Facts, Operator, Policy

Decide = Callable[[Facts], int | None]


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine with a policy in it. `state` says what it holds by now, for the report."""

    decide: Decide
    state: Callable[[], dict[str, int]]


def live(policy: Policy) -> Contender:
    """The path of every decision: the index finds the row, durable-rules infers it again."""
    engine = Engine(policy)
    return Contender(lambda facts: engine.verdict(facts).base, lambda: _state(engine))


def trace(policy: Policy) -> Contender:
    """The same with everything that a decision is made of and all that explains it, as typed values."""
    engine = Engine(policy)
    decider = Decider(policy, engine, engine.index)

    def decide(facts: Facts) -> int | None:
        codes = decider.codes(facts)
        decision, verdict = decider.decide(facts, codes)
        decider.trace(facts, decision, verdict, codes)
        return verdict.base

    return Contender(decide, lambda: _state(engine))


def index(policy: Policy) -> Contender:
    """The index by itself."""
    found = Index(policy)
    return Contender(lambda facts: found.verdict(facts).base, dict)


def reference(policy: Policy) -> Contender:
    """The judge: what it answers is right."""
    return Contender(lambda facts: evaluate(policy, facts).base, dict)


def scan(policy: Policy) -> Contender:
    """What one would write without an engine: row after row, as few steps as plain Python allows. It knows no
    more than these workloads ask: every fact is there, and thresholds have no upper end."""
    rows = [
        (
            at,
            [(each.field, frozenset(each.values)) for each in rule.conditions if each.low is None],
            [(each.field, each.low) for each in rule.conditions if each.low is not None],
        )
        for at, rule in enumerate(policy.base_rules())
    ]

    def decide(facts: Facts) -> int | None:
        known: Any = facts
        for at, members, thresholds in rows:
            for field, values in members:
                if known[field] not in values:
                    break
            else:
                for field, low in thresholds:
                    if known[field] < low:
                        break
                else:
                    return at
        return None

    return Contender(decide, dict)


def zen(policy: Policy) -> Contender:
    """zen-engine in its fastest form: a static loader, and the facts as a dictionary."""
    from zen import ZenEngine

    engine: Any = ZenEngine({"loader": {"type": "static", "content": {"table": _zen_table(policy)}}})

    def decide(facts: Facts) -> int | None:
        row: int = engine.evaluate("table", facts)["result"]["row"]
        return None if row < 0 else row

    return Contender(decide, dict)


CONTENDERS: dict[str, Callable[[Policy], Contender]] = {
    "live": live,
    "trace": trace,
    "index": index,
    "zen": zen,
    "scan": scan,
    "reference": reference,
}


def _state(engine: Engine) -> dict[str, int]:
    return {"disagreements": engine.disagreements, "rulesets": len(LIVE)}


def _zen_table(policy: Policy) -> dict[str, Any]:
    """The policy as a decision table of hit policy `first`, with a last row for everything else."""
    inputs = [{"id": field.name, "name": field.name, "field": field.name} for field in policy.fields]
    blank = dict.fromkeys((field.name for field in policy.fields), "")
    rows = [
        {**blank, **{each.field: _zen_cell(each) for each in rule.conditions}, "_id": rule.id, "row": str(at)}
        for at, rule in enumerate(policy.base_rules())
    ]
    table = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": [*rows, {**blank, "_id": "else", "row": "-1"}],
    }
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table"},
            {"id": "2", "sourceId": "table", "targetId": "out"},
        ],
    }


def _zen_cell(condition: Condition) -> str:
    if condition.operator is Operator.BETWEEN:
        return f">= {condition.low}"
    return ",".join(json.dumps(value, ensure_ascii=False) for value in condition.values)
