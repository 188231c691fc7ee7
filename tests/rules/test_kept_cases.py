"""The cases kept with a policy: how they run, and what is said where one fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.kept_cases import CaseDifference, CaseResult, run_cases
from rules.lexicon import Lexicon, Term
from rules.model import Case, Expected, Outcome, Policy, TriageReason
from rules.pack import load_pack, pack_keys
from rules.router import Router
from rules.territory import Directory, Region
from tests.rules.policies import any_of, base, equals, overlay, policy
from wording.catalogue import Language

TODAY = date(2026, 5, 1)
DIRECTORY = Directory({"1": Region("1", None, "city"), "11": Region("11", "1", "district")}, {})
DUST, PORT = any_of("pollutant", "dust"), equals("sector", "port")
ROWS = (
    replace(base("old", PORT, lead="transport", priority=1), valid_to=date(2025, 12, 31)),
    replace(base("here", PORT, lead="water", priority=2), regions=("1",)),
    base("port", PORT, lead="port", priority=3),
    base("ask", equals("sector", "industry"), lead=None, priority=4),
    base("works", equals("sector", "construction"), lead="housing_construction", priority=5),
    overlay("dusty", DUST, outcome=Outcome(co_functions=("ecology",), flags=("group",), conference="land")),
)
TERMS = (
    Term("码头", "premises", sector="port"),
    Term("粉尘", "pollutant", facts=(("pollutant", "dust"),)),
    Term("工厂", "premises", sector="industry"),
)


def kept(*cases: Case) -> Policy:
    return replace(policy(*ROWS), lexicon=Lexicon(TERMS), cases=cases)


def run(*cases: Case, directory: Directory | None = DIRECTORY) -> tuple[CaseResult, ...]:
    made = kept(*cases)
    return run_cases(made, Router(made), directory, TODAY)


PASSING = {
    "a text": Case("c", Expected(lead="port", co_functions=(), flags=(), conference=""), "码头很吵"),
    "all that can be asked": Case(
        "c",
        Expected("port", co_functions=("ecology",), flags=("group",), conference="land", rule="port"),
        "码头有粉尘",
    ),
    "nothing asked but the lead": Case("c", Expected("port"), "码头有粉尘"),
    "triage by a rule": Case("c", Expected(triage=True, rule="ask"), "工厂很吵"),
    "triage without facts": Case("c", Expected(triage=True), "你好"),
    "facts alone": Case("c", Expected("port", co_functions=()), facts={"sector": "port"}),
    "facts beside a text": Case(
        "c", Expected("port", co_functions=("ecology",)), "码头很吵", {"pollutant": frozenset({"dust"})}
    ),
    "facts outdo the text": Case(
        "c", Expected("housing_construction"), "码头很吵", {"sector": "construction"}
    ),
    "the place lies in all above it": Case("c", Expected("water"), "码头很吵", region="11"),
    "the place itself": Case("c", Expected("water"), "码头很吵", region="1"),
    "a place that the directory does not have": Case("c", Expected("port"), "码头很吵", region="99"),
    "the day of the case": Case("c", Expected("transport"), "码头很吵", region="11", on=date(2025, 12, 31)),
    "given facts outdo the day": Case(
        "c", Expected("transport"), facts={"sector": "port", "day": date(2025, 1, 1).toordinal()}
    ),
}


@pytest.mark.parametrize("case", PASSING.values(), ids=PASSING)
def test_cases_that_pass(case: Case) -> None:
    (result,) = run(case)
    assert result.differences == ()
    assert result.passed


def test_without_a_directory_a_case_knows_its_own_place_only() -> None:
    inside, itself = (Case("c", Expected("water"), "码头很吵", region=code) for code in ("11", "1"))
    assert [result.passed for result in run(inside, itself, directory=None)] == [False, True]


DIRECT = Expected("port", co_functions=(), flags=(), conference="", rule="port")
FAILING = {
    "another lead": (Case("c", Expected("water"), "码头很吵"), [("lead", "water", "port")]),
    "a lead instead of triage": (Case("c", Expected(triage=True), "码头"), [("lead", "triage", "port")]),
    "triage instead of a lead": (Case("c", Expected("ecology"), "工厂"), [("lead", "ecology", "triage")]),
    "more than was asked": (
        Case("c", DIRECT, "码头有粉尘"),
        [("co_functions", "", "ecology"), ("flags", "", "group"), ("conference", "", "land")],
    ),
    "less than was asked": (
        Case(
            "c",
            Expected("port", co_functions=("water", "ecology"), conference="land", rule="here"),
            "码头很吵",
        ),
        [
            ("co_functions", "ecology, water", ""),
            ("conference", "land", ""),
            ("rule", "here", "port"),
        ],
    ),
}


@pytest.mark.parametrize(("case", "differences"), FAILING.values(), ids=FAILING)
def test_cases_that_fail_tell_each_entry_that_differs(
    case: Case, differences: list[tuple[str, str, str]]
) -> None:
    (result,) = run(case)
    assert not result.passed
    assert [(each.entry, each.expected, each.found) for each in result.differences] == differences


def test_results_come_in_the_order_of_the_cases_with_a_routing_that_can_be_explained() -> None:
    made = kept(Case("first", Expected("port"), "码头很吵"), Case("second", Expected(triage=True), "工厂"))
    router = Router(made)
    first, second = run_cases(made, router, None, TODAY)
    assert (first.case.name, second.case.name) == ("first", "second")
    assert second.routing.decision.triage_reason is TriageReason.BY_RULE
    assert any("Rule port" in line for line in router.explain(first.routing, Language.EN))


SAID = {
    CaseDifference("lead", "water", "triage"): (
        "牵头职能应为“水利水务部门”，实为“人工研判”",
        "Lead should be “Water” and is “a person decides”",
    ),
    CaseDifference("co_functions", "ecology, port", ""): (
        "协办职能应为“生态环境部门、港口管理部门”，实为“无”",
        "Co-functions should be “Ecology and environment, Port” and is “nothing”",
    ),
    CaseDifference("rule", "here", "port"): (
        "规则应为“here”，实为“port”",
        "Rule should be “here” and is “port”",
    ),
}


@pytest.mark.parametrize(("difference", "said"), SAID.items(), ids=lambda each: getattr(each, "entry", ""))
def test_differences_are_said_in_both_languages(difference: CaseDifference, said: tuple[str, str]) -> None:
    assert (difference.say(), difference.say(Language.EN)) == said


@pytest.fixture(scope="module", params=pack_keys())
def pack(request: pytest.FixtureRequest) -> tuple[Policy, tuple[CaseResult, ...]]:
    """A pack of the product, and what came of its cases."""
    made = load_pack(request.param)
    return made, run_cases(made, Router(made), None, TODAY)


def test_the_packs_of_the_product_pass_their_cases(pack: tuple[Policy, tuple[CaseResult, ...]]) -> None:
    made, results = pack
    assert len(results) >= 20
    failed = {each.case.name: [difference.say() for difference in each.differences] for each in results}
    assert not {name: said for name, said in failed.items() if said}
    names = [case.name for case in made.cases]
    assert len(set(names)) == len(names)


def test_the_cases_of_a_pack_reach_every_function_and_every_overlay_flag(
    pack: tuple[Policy, tuple[CaseResult, ...]],
) -> None:
    made, _ = pack
    leads = {rule.outcome.lead for rule in made.base_rules()} - {None}
    assert {case.expected.lead for case in made.cases} - {None} == leads
    assert any(case.expected.triage for case in made.cases)
    flags = {flag for rule in made.overlay_rules() for flag in rule.outcome.flags}
    assert flags <= {flag for case in made.cases for flag in case.expected.flags or ()}
    joining = {code for rule in made.overlay_rules() for code in rule.outcome.co_functions}
    assert joining <= {code for case in made.cases for code in case.expected.co_functions or ()}
    conferences = {rule.outcome.conference for rule in made.rules} - {None}
    assert conferences <= {case.expected.conference for case in made.cases}
