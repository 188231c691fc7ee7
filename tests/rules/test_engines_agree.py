"""durable-rules = index = reference evaluator, over random policies and facts, on every run."""

from __future__ import annotations

import os
from random import SystemRandom

from rules.engine import LIVE, Engine, Rulesets
from rules.evaluate import evaluate
from rules.index import Index
from tests.rules.random_policies import pairs

POLICIES = 500
FACTS_OF_EACH = 40


def test_twenty_thousand_random_pairs() -> None:
    seed = int(os.environ.get("LIANXI_TEST_SEED", SystemRandom().randrange(10**9)))
    print(f"LIANXI_TEST_SEED={seed}")  # shown when the test fails: set it to repeat the run
    decided, few = 0, Rulesets(2)
    for at, (policy, many) in enumerate(pairs(seed, POLICIES, FACTS_OF_EACH)):
        index = Index(policy)
        # Two rulesets at most for a third of the policies, so that they evict all the time.
        engine = Engine(policy, rulesets=LIVE if at % 3 else few)
        for facts in many:
            expected = evaluate(policy, facts)
            assert index.verdict(facts) == expected, (policy, facts)
            assert engine.verdict(facts) == expected, (policy, facts)
            decided += 1
        assert engine.disagreements == 0, policy
    assert decided == POLICIES * FACTS_OF_EACH
