"""A trial before a policy goes live: its rulesets are made once, in a process that may die of it.

durable-rules can hang or crash outside its safe subset. Rulesets are drafted to stay inside; the trial is for
what nobody thought of, so that an administrator's policy can never take the server with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rules.check import Finding
from rules.engine import DEGRADED, make_once
from rules.index import Index
from rules.model import Policy
from rules.rulesets import Shape, anything, question_of, ruleset_of

_SOURCE = Path(__file__).resolve().parent.parent


class Ruleset(NamedTuple):
    """A ruleset to be tried: the first row that asks it, its text, and a message for it."""

    rule_id: str
    text: str
    message: str


def trial_compile(policy: Policy, seconds: float = 30.0) -> list[Finding]:
    """What keeps durable-rules from taking the policy; empty when nothing does, or when it is not installed.

    The policy must have passed the check. `seconds` is for all of its rulesets together.
    """
    if DEGRADED:
        return []
    index = Index(policy)
    rules = (*policy.base_rules(), *policy.overlay_rules())
    first: dict[Shape, str] = {}
    for rule, row in zip(rules, (*index.base_rows, *index.overlay_rows), strict=True):
        first.setdefault(question_of(row).shape, rule.id)
    rulesets = [Ruleset(rule, ruleset_of(shape), anything(shape)) for shape, rule in first.items()]
    return try_rulesets(rulesets, seconds)


def try_rulesets(rulesets: Sequence[Ruleset], seconds: float) -> list[Finding]:
    """Make the rulesets one after the other in a process of their own; what stopped it, and at which."""
    if not rulesets:
        return []
    try:
        trial = subprocess.run(
            [sys.executable, "-m", "rules.trial"],
            input=json.dumps(rulesets).encode(),
            capture_output=True,
            timeout=seconds,
            cwd=_SOURCE,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        rule = _next(rulesets, expired.stdout or b"")
        return [Finding("trial_hangs", "rules", {"rule": rule, "seconds": f"{seconds:g}"})]
    if trial.returncode == 0:
        return []
    rule = _next(rulesets, trial.stdout)
    if trial.returncode < 0:
        return [Finding("trial_crashes", "rules", {"rule": rule, "signal": str(-trial.returncode)})]
    reason = trial.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    return [Finding("trial_refused", "rules", {"rule": rule, "reason": reason})]


def _next(rulesets: Sequence[Ruleset], counted: bytes) -> str:
    return rulesets[min(len(counted.split()), len(rulesets) - 1)].rule_id


if __name__ == "__main__":
    for number, (_, text, message) in enumerate(json.load(sys.stdin.buffer)):
        make_once(text, message)
        print(number, flush=True)  # so that the parent knows which one was next
