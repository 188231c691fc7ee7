"""durable-rules = index = reference evaluator, over random policies and facts, on every run."""

from __future__ import annotations

import os
from random import SystemRandom

from rules.engine import Engine
from rules.evaluate import evaluate
from rules.index import Index
from tests.rules.random_policies import pairs

POLICIES = 500
FACTS_OF_EACH = 40


def test_twenty_thousand_random_pairs() -> None:
    seed = int(os.environ.get("LIANXI_TEST_SEED", SystemRandom().randrange(10**9)))
    print(f"LIANXI_TEST_SEED={seed}")  # shown when the test fails: set it to repeat the run
    decided = 0
    for at, (policy, many) in enumerate(pairs(seed, POLICIES, FACTS_OF_EACH)):
        index = Index(policy)
        # Two blocks at most: most policies evict all the time.
        engine = Engine(policy, block_size=(8, 16, 3)[at % 3], max_blocks=2)
        for facts in many:
            expected = evaluate(policy, facts)
            assert index.verdict(facts) == expected, (policy, facts)
            assert engine.verdict(facts) == expected, (policy, facts)
            decided += 1
        assert engine.disagreements == 0, policy
        engine.close()
    assert decided == POLICIES * FACTS_OF_EACH
