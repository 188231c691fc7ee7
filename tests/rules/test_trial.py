"""A ruleset that hangs or kills durable-rules takes a trial with it, and nothing else."""

from __future__ import annotations

import json

import pytest

from bench.workload import workload
from rules.trial import Ruleset, trial_compile, try_rulesets
from tests.rules.policies import policy

MESSAGE = '{"sid":"0","id":"1","f0":0}'


def ruleset(rule_id: str, *matched: object) -> Ruleset:
    """A ruleset of these matches, outside what is safe."""
    rules = {f"r{at}": {"all": [{"m": match}], "pri": at} for at, match in enumerate(matched)}
    return Ruleset(rule_id, json.dumps(rules, ensure_ascii=False), MESSAGE)


SOUND = ruleset("sound", {"$gte": {"f0": 0}})


@pytest.mark.parametrize("rows", [0, 10, 1000])
def test_sound_policies_pass(rows: int) -> None:
    assert trial_compile(workload("broad", rows, 0).policy) == []
    assert trial_compile(policy()) == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (ruleset("many", *({"f0": at} for at in range(520))), "trial_hangs"),
        (ruleset("class", {"$mt": {"f0": "[一-龥]"}}), "trial_crashes"),
        (Ruleset("deep", '{"a":' + "[" * 300_000 + "0" + "]" * 300_000 + "}", MESSAGE), "trial_crashes"),
        (ruleset("operator", {"$foo": {"f0": 1}}), "trial_refused"),
    ],
)
def test_what_durable_rules_cannot_take(bad: Ruleset, code: str) -> None:
    # Only what hangs takes all of its time.
    (finding,) = try_rulesets([SOUND, bad, SOUND], 4 if code == "trial_hangs" else 60)
    assert finding.code == code
    assert finding.params["rule"] == bad.rule_id
    assert bad.rule_id in finding.say()
