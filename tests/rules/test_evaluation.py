"""What an evaluation counts, against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.evaluation import THRESHOLDS, Agreement, Confused, Evaluating, Share, evaluation
from rules.evaluation_document import evaluation_document
from rules.labelled import Answered, Labelled, answered, lead_of
from rules.model import Candidate, Decision, TriageReason
from rules.pack import load_pack
from rules.router import Router
from tests.rules.scoring import CONTEXT, sample

NOTHING: frozenset[str] = frozenset()
CASE = Labelled(
    1, "x", "ecology", frozenset({"ecology", "water"}), "industry", frozenset({"port"}), NOTHING, NOTHING
)
ANSWER = Answered(CASE, "ecology", True, "ecology", 0.9, "industry", frozenset({"port"}), NOTHING)
UNRULED = replace(ANSWER, decided=False, ruled=None, confidence=0.2)

FOUR = (
    ANSWER,
    replace(ANSWER, lead="water", ruled="water", confidence=0.85),  # acceptable, not the best
    replace(ANSWER, lead="port", ruled="port", confidence=0.7, sector="port"),  # wrong, and decided
    replace(
        ANSWER,  # wrong, but a person looks at it
        case=replace(CASE, ambiguous=True),
        lead="port",
        decided=False,
        ruled="port",
        confidence=0.4,
    ),
)


def test_leads_and_sectors() -> None:
    found = evaluation(FOUR, 0.5)
    assert found.cases == 4
    assert found.exact == Share(1, 4)
    assert found.acceptable == Share(2, 4)
    assert found.exact_unambiguous == Share(1, 3)
    assert found.acceptable_unambiguous == Share(2, 3)
    assert found.sector == Share(3, 4)
    assert found.decided == Share(3, 4)
    assert found.decided_right == Share(2, 3)


def test_an_acceptable_lead_is_not_confused() -> None:
    assert evaluation((*FOUR, replace(UNRULED, lead=None)), 0.5).confusion == (
        Confused("ecology", "ecology", 1),
        Confused("ecology", "port", 2),
        Confused("ecology", None, 1),
        Confused("water", "water", 1),
    )


def test_calibration() -> None:
    """0.9 and 0.85 right, 0.7 and 0.4 wrong."""
    found = evaluation(FOUR, 0.5).calibration
    assert [(each.low, each.confidence, each.right) for each in found.tenths] == [
        (0.4, 0.4, Share(0, 1)),
        (0.7, 0.7, Share(0, 1)),
        (0.8, 0.85, Share(1, 1)),
        (0.9, 0.9, Share(1, 1)),
    ]
    assert found.expected_error == pytest.approx((0.1 + 0.15 + 0.7 + 0.4) / 4, abs=1e-4)
    assert found.brier == pytest.approx((0.01 + 0.0225 + 0.49 + 0.16) / 4, abs=1e-4)


@pytest.mark.parametrize(
    ("confidence", "low"), [(0.0, 0.0), (0.0999, 0.0), (0.1, 0.1), (0.3, 0.3), (1.0, 0.9)]
)
def test_every_confidence_has_its_tenth(confidence: float, low: float) -> None:
    (tenth,) = evaluation([replace(ANSWER, confidence=confidence)], 0.5).calibration.tenths
    assert tenth.low == low


def test_two_of_one_tenth_are_judged_together() -> None:
    answers = replace(ANSWER, confidence=0.62), replace(ANSWER, confidence=0.68, ruled="port")
    found = evaluation(answers, 0.5).calibration
    assert [(each.confidence, each.right) for each in found.tenths] == [(0.65, Share(1, 2))]
    assert found.expected_error == pytest.approx(0.15)


def test_the_curve() -> None:
    curve = {point.threshold: (point.decided, point.right) for point in evaluation(FOUR, 0.55).curve}
    assert set(curve) == {*THRESHOLDS, 0.55}
    assert curve[0.0] == (Share(4, 4), Share(2, 4))
    assert curve[0.4] == (Share(4, 4), Share(2, 4))
    assert curve[0.45] == (Share(3, 4), Share(2, 3))
    assert curve[0.75] == (Share(2, 4), Share(2, 2))
    assert curve[0.9] == (Share(1, 4), Share(1, 1))
    assert curve[1.0] == (Share(0, 4), Share(0, 0))


def test_what_the_rules_leave_to_a_person_is_on_no_threshold() -> None:
    found = evaluation([ANSWER, UNRULED], 0.5)
    assert found.curve[0].decided == Share(1, 2)
    assert sum(tenth.right.of for tenth in found.calibration.tenths) == 1


@pytest.mark.parametrize(
    ("given_units", "asked", "optional", "expected"),
    [
        ({"port"}, {"port"}, set(), (1, 1, 1)),
        ({"port", "water"}, {"port"}, set(), (1, 2, 1)),
        ({"port", "water"}, {"port"}, {"water"}, (1, 1, 1)),
        (set(), {"port"}, {"water"}, (0, 0, 1)),
        ({"port"}, {"port"}, {"port"}, (1, 1, 1)),  # asked for all the same
        (set(), set(), set(), (0, 0, 0)),
    ],
)
def test_co_units(
    given_units: set[str], asked: set[str], optional: set[str], expected: tuple[int, int, int]
) -> None:
    case = replace(CASE, co_units=frozenset(asked), co_optional=frozenset(optional))
    found = evaluation([replace(ANSWER, case=case, co_units=frozenset(given_units))], 0.5)
    assert found.co_units == Agreement(*expected)


def test_flags_one_by_one_and_together() -> None:
    asked = replace(CASE, flags=frozenset({"night", "repeat"}))
    answers = (
        replace(ANSWER, case=asked, flags=frozenset({"night"})),
        replace(ANSWER, flags=frozenset({"night", "group"})),
    )
    found = evaluation(answers, 0.5)
    assert found.each_flag == {
        "group": Agreement(0, 1, 0),
        "night": Agreement(1, 2, 1),
        "repeat": Agreement(0, 0, 1),
    }
    assert found.flags == Agreement(1, 3, 2)
    assert (found.flags.precision, found.flags.recall, found.flags.f1) == (1 / 3, 1 / 2, 2 / 5)


def test_what_is_not_known_is_not_counted() -> None:
    case = replace(CASE, sector=None, co_units=None, flags=None)
    found = evaluation([replace(ANSWER, case=case, flags=frozenset({"night"}))], 0.5)
    assert found.sector == Share(0, 0)
    assert found.co_units == found.flags == Agreement(0, 0, 0)
    assert found.each_flag == {}


def test_nothing_gives_figures_of_nothing() -> None:
    found = Evaluating(0.5).result()
    assert found.cases == 0
    assert found.acceptable == Share(0, 0)
    assert found.acceptable.value == found.flags.f1 == 1.0
    assert found.calibration.tenths == ()
    assert (found.calibration.expected_error, found.calibration.brier) == (0.0, 0.0)
    assert evaluation_document(found)["curve"][0]["decided"] == {"count": 0, "of": 0, "share": 1.0}


DECIDED = Decision("port", (), None, (), None, "r", ())


@pytest.mark.parametrize(
    ("decision", "lead"),
    [
        (DECIDED, "port"),
        (
            replace(
                DECIDED, lead=None, candidates=(Candidate("water", 0.6, None), Candidate("port", 0.4, None))
            ),
            "water",
        ),
        (replace(DECIDED, lead=None, triage_reason=TriageReason.NO_FACTS), None),
    ],
)
def test_the_lead_of_a_decision(decision: Decision, lead: str | None) -> None:
    assert lead_of(decision) == lead


answers = st.builds(
    Answered,
    st.builds(
        Labelled,
        st.none(),
        st.just("x"),
        st.sampled_from(["a", "b"]),
        st.frozensets(st.sampled_from(["a", "b", "c"])),
        st.none() | st.sampled_from(["s", "t"]),
        st.none() | st.frozensets(st.sampled_from("xyz")),
        st.frozensets(st.sampled_from("xyz")),
        st.none() | st.frozensets(st.sampled_from("xyz")),
        st.booleans(),
    ),
    st.none() | st.sampled_from(["a", "b", "c"]),
    st.booleans(),
    st.none() | st.sampled_from(["a", "b", "c"]),
    st.floats(0, 1).map(lambda value: round(value, 4)),
    st.none() | st.sampled_from(["s", "t"]),
    st.frozensets(st.sampled_from("xyz")),
    st.frozensets(st.sampled_from("xyz")),
)


@given(st.lists(answers, max_size=20), st.floats(0, 1))
def test_laws(given_answers: list[Answered], threshold: float) -> None:
    found = evaluation(given_answers, threshold)
    assert found == evaluation(reversed(given_answers), threshold)
    assert sum(each.count for each in found.confusion) == found.cases == len(given_answers)
    assert found.exact_unambiguous.count <= found.exact.count
    assert 0 <= found.calibration.expected_error <= 1
    assert 0 <= found.calibration.brier <= 1
    decided = [point.decided.count for point in found.curve]
    assert decided == sorted(decided, reverse=True)
    for each in (found.co_units, *found.each_flag.values()):
        assert each.hits <= min(each.given, each.asked)
        assert min(each.precision, each.recall) <= each.f1 <= max(each.precision, each.recall)


def test_the_policys_own_threshold_decides_as_much_as_the_policy_does() -> None:
    router = Router(load_pack("municipal"))
    found = evaluation(
        (answered(case, router.route_text(case.text, CONTEXT)) for case in sample()),
        router.policy.triage_below,
    )
    (own,) = (point for point in found.curve if point.threshold == router.policy.triage_below)
    assert own.decided == found.decided
    assert own.right == found.decided_right
