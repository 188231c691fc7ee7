"""From text to decision, to a person, and back again from what was stored."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Thread

import pytest

from rules.facts_document import facts_document
from rules.model import FactValue, Policy, TriageReason
from rules.pack import load_pack
from rules.router import Router
from tests.rules.scoring import CONTEXT, cases, sample
from wording.catalogue import Language


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_pack("municipal")


@pytest.fixture(scope="module")
def router(policy: Policy) -> Router:
    return Router(policy)


def test_a_routing_says_by_what_it_was_made(router: Router) -> None:
    routing = router.route_text("化工厂夜里偷排废气", {**CONTEXT, "channel": "hotline", "severity": 4})
    assert (routing.policy_key, routing.policy_version) == ("municipal", 1)
    assert routing.facts["channel"] == "hotline"
    assert routing.facts["severity"] == 4
    assert routing.decision.lead == "ecology"
    assert routing.trace.base is not None
    assert routing.trace.base.rule.id == routing.decision.rule_id
    assert routing.matches


@pytest.mark.parametrize("text", ["", "  ", "😀", "hello", "\ud800", "x" * 1_000_000])
def test_nothing_recognised_goes_to_a_person(text: str, router: Router) -> None:
    decision = router.route_text(text, CONTEXT).decision
    assert decision.triage_reason is TriageReason.NO_FACTS
    assert decision.lead is None


def test_doubtful_words_go_to_a_person_with_ranked_candidates(policy: Policy) -> None:
    router = Router(replace(policy, triage_below=0.99))
    decision = router.route_text("化工厂和养猪场之间臭气熏天,码头也有灰", CONTEXT).decision
    assert decision.triage_reason is TriageReason.LOW_CONFIDENCE
    assert decision.lead is None
    functions = [candidate.function for candidate in decision.candidates]
    assert set(functions) >= {"ecology", "agriculture", "port"}
    scores = [candidate.score for candidate in decision.candidates]
    assert scores == sorted(scores, reverse=True)
    assert 0.99 <= sum(scores) <= 1.01
    rules = {rule.id for rule in policy.rules}
    assert all(candidate.rule_id in rules for candidate in decision.candidates)


def test_a_person_s_facts_are_never_doubted(router: Router) -> None:
    routing = router.route_facts({"sector": "agriculture", **CONTEXT})
    assert routing.decision.lead == "agriculture"
    assert routing.confidence is None


def test_three_units_propose_a_conference(router: Router) -> None:
    facts: dict[str, FactValue] = {
        "sector": "agriculture",
        "signs": frozenset({"discharge_to_water", "farmland"}),
    }
    three = router.route_facts(facts)
    assert three.facts["units"] == 3
    assert three.decision.conference == "environment"
    two = router.route_facts({**facts, "signs": frozenset({"farmland"}), "units": 9})
    assert two.facts["units"] == 2  # counted, not believed
    assert two.decision.conference is None


def test_replay_from_what_is_stored(router: Router) -> None:
    texts = [case.text for case in (*sample(), *cases("written"), *cases("public"))] + ["", "hello"]
    reasons = set()
    for text in texts:
        routing = router.route_text(text, CONTEXT)
        stored = json.loads(json.dumps({"facts": facts_document(routing.facts), "sure": routing.confidence}))
        again = router.replay(stored["facts"], stored["sure"])
        assert again.decision == routing.decision
        assert again.trace == routing.trace
        assert again.facts == routing.facts
        reasons.add(routing.decision.triage_reason)
    assert {None, TriageReason.BY_RULE, TriageReason.NO_FACTS, TriageReason.LOW_CONFIDENCE} == reasons


def test_replay_of_facts_that_a_person_gave(router: Router) -> None:
    routing = router.route_facts({"sector": "port", **CONTEXT})
    assert router.replay(facts_document(routing.facts), routing.confidence).decision == routing.decision


def test_threads_share_a_router(router: Router) -> None:
    texts = [case.text for case in sample()]
    expected = [router.route_text(text, CONTEXT).decision for text in texts]
    wrong: list[str] = []

    def work() -> None:
        for text, decision in zip(texts, expected, strict=True):
            if router.route_text(text, CONTEXT).decision != decision:
                wrong.append(text)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_word_in_a_name_is_no_match_for_others_to_read(router: Router) -> None:
    text = "姓名：马桥头，楼下烧烤店油烟大"
    routing = router.route_text(text, CONTEXT)
    assert routing.decision.lead == "urban_management"
    hidden = [match for match in routing.matches if match.start < 6]
    assert hidden
    assert all("*" in match.text for match in hidden)
    assert not any("桥" in sentence for sentence in router.explain(routing, Language.ZH))
