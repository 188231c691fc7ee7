"""What is written into a workbook, or into JSON, is read as it was."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings

from rules.check import Severity, check
from rules.document import check_policy, policy_document
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import Policy
from rules.pack import load_pack, pack_keys
from rules.policy_json import json_of_policy, policy_from_json
from rules.workbook.read import read_workbook
from rules.workbook.write import write_workbook
from tests.rules.random_policies import random_policy
from tests.rules.workbook.policies import policies
from wording.catalogue import Language


@pytest.mark.parametrize(("key", "language"), list(zip(pack_keys(), Language, strict=True)))
def test_packs(key: str, language: Language) -> None:
    policy = load_pack(key)
    assert read_workbook(write_workbook(policy, language), "a.xlsx") == policy


def test_a_pack_as_json() -> None:
    policy = load_pack("municipal")
    written = json_of_policy(policy)
    assert policy_from_json(written, "a.json") == policy
    assert json_of_policy(policy_from_json(written, "a.json")) == written


@pytest.mark.parametrize("seed", range(4))
def test_random_rows(seed: int) -> None:
    """Rows with every operator, words that look like something else, negation, regions and validity."""
    policy = _passing(random_policy(Random(seed), 60))
    assert len(policy.rules) > 10
    assert read_workbook(write_workbook(policy), "a.xlsx") == policy
    assert policy_from_json(json_of_policy(policy), "a.json") == policy


@given(policies())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_policy(policy: Policy) -> None:
    policy = _passing(policy)
    assume(not check_policy(policy, FUNCTIONS, CONFERENCE_DOMAINS))
    again = read_workbook(write_workbook(policy), "a.xlsx")
    assert again == policy
    # Equal is not enough: 1 == True == 1.0.
    assert repr(policy_document(again)) == repr(policy_document(policy))
    assert policy_from_json(json_of_policy(policy), "a.json") == policy


def _passing(policy: Policy) -> Policy:
    """The policy without the rows that a check refuses."""
    found = check(policy, FUNCTIONS, CONFERENCE_DOMAINS)
    bad = {int(each.where.split(".")[1]) for each in found if each.severity is Severity.ERROR}
    return replace(policy, rules=tuple(rule for at, rule in enumerate(policy.rules) if at not in bad))
