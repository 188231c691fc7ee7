"""The statistical vote: what it learns, how it is divided, and that it only orders what is close."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.personal_data import masked_text
from rules.vote import BUCKETS, CLOSE, DISAGREES_FROM, Disagreement, disagreement, first, marks, ranked
from rules.vote_document import vote_document
from rules.vote_learning import LEAST_TEXTS, MOST_MARKS, Lesson, learn
from rules.vote_measure import Asked, Right, measure
from tests.rules.votes import DAY, labelled, learnt, lessons, vote_for

TEXTS = st.text(max_size=200) | st.sampled_from([each.text for each in labelled()])
LESSONS = st.lists(
    st.builds(
        lambda text, function: Lesson(marks(text), function),
        st.text(alphabet="油烟噪声厂村猪河路a1,", max_size=12),
        st.sampled_from(["ecology", "water", "port"]),
    ),
    min_size=1,
    max_size=30,
)


@given(TEXTS)
def test_shares_are_of_one_whole_for_any_text(text: str) -> None:
    vote = learnt()
    shares = vote.shares(text)
    assert tuple(shares) == vote.functions
    assert all(0 <= share <= 1 for share in shares.values())
    assert sum(shares.values()) == pytest.approx(1)
    assert vote.shares(text) == shares


@pytest.mark.parametrize("text", ["", " \n", "12345 67-89", "???!", "𓀀𓀁", "\ud800", "\u200b\u200d"])
def test_of_what_nothing_is_known_the_decisions_speak(text: str) -> None:
    vote = learnt()
    total = sum(vote.decisions)
    expected = {name: count / total for name, count in zip(vote.functions, vote.decisions, strict=True)}
    assert vote.shares(text) == expected


@given(LESSONS)
def test_equal_lessons_make_equal_votes(told: list[Lesson]) -> None:
    vote = learn(told, DAY)
    assert vote_document(vote) == vote_document(learn([*told], DAY))
    assert sum(vote.decisions) == len(told)
    assert set(vote.functions) == {each.function for each in told}
    assert all(0 <= mark < BUCKETS for mark in vote.weights)


@given(LESSONS)
def test_what_few_texts_have_is_not_learnt(told: list[Lesson]) -> None:
    for mark in learn(told, DAY).weights:
        assert sum(mark in each.marks for each in told) >= LEAST_TEXTS


def test_of_many_marks_the_most_frequent_are_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(learnt().weights) < MOST_MARKS
    monkeypatch.setattr("rules.vote_learning.MOST_MARKS", 2)
    told = [Lesson(marks("油烟"), "urban_management")] * 3 + [Lesson(marks("烟"), "ecology")] * 3
    assert set(learn(told, DAY).weights) < set(marks("油烟"))
    assert set(marks("烟")) <= set(learn(told, DAY).weights)


def test_one_function_has_the_whole_vote() -> None:
    vote = learn([Lesson(marks("猪场臭"), "agriculture")] * 5, DAY)
    assert vote.shares("猪场") == {"agriculture": 1.0}


def test_marks_are_letters_and_pairs_in_one_writing() -> None:
    assert len(marks("油烟")) == 3
    assert marks("油煙") == marks("油烟") == marks("油烟 油烟，123。")
    assert marks("油,烟") != marks("油烟")
    assert marks("KTV") == marks("ｋｔｖ")


@pytest.mark.parametrize(
    ("text", "private"),
    [("我叫张小山,楼下油烟大", "小山"), ("油烟大,邮箱zhangmou@example.com", "zhangmou")],
)
def test_personal_data_leave_no_mark(text: str, private: str) -> None:
    assert masked_text(text) != text
    assert not set(marks(private)) & set(marks(text))


def test_it_tells_most_texts_that_it_has_not_seen() -> None:
    told = labelled()
    known, asked = [each for at, each in enumerate(told) if at % 5], told[::5]
    vote = learn(lessons(known), DAY)
    right = [first(vote.shares(each.text)) in each.acceptable for each in asked]
    assert sum(right) / len(right) >= 0.6


def test_a_strong_vote_for_another_lead_is_a_disagreement() -> None:
    assert disagreement({"ecology": 0.95, "water": 0.05}, "water") == Disagreement("ecology", 0.95)
    assert disagreement({"ecology": 0.95, "water": 0.05}, "ecology") is None
    assert disagreement({"ecology": DISAGREES_FROM - 0.01, "water": 0.11}, "water") is None
    assert disagreement({"ecology": DISAGREES_FROM, "water": 0.1}, "water") is not None
    assert disagreement({"ecology": 1.0}, "unknown") == Disagreement("ecology", 1.0)


def test_of_equal_shares_the_first_function_is_named() -> None:
    assert first({"water": 0.5, "ecology": 0.5}) == "ecology"


RANKINGS = {
    "a tie": ([0.5, 0.5], [0.1, 0.9], "ba"),
    "close": ([0.54, 0.46], [0.1, 0.9], "ba"),
    "far": ([0.65, 0.35], [0.1, 0.9], "ab"),
    "close to the first of the group only": ([0.45, 0.3, 0.2], [0.1, 0.2, 0.9], "bac"),
    "equal votes": ([0.5, 0.45], [0.5, 0.5], "ab"),
    "nothing": ([], [], ""),
}


@pytest.mark.parametrize(("scores", "votes", "expected"), RANKINGS.values(), ids=RANKINGS)
def test_the_vote_orders_what_is_close(scores: list[float], votes: list[float], expected: str) -> None:
    assert "".join(ranked("abc"[: len(scores)], scores, votes)) == expected


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=6))
def test_nobody_is_lost_or_overtakes_from_afar(pairs: list[tuple[float, float]]) -> None:
    pairs.sort(key=lambda pair: -pair[0])
    scores, votes = [score for score, _ in pairs], [vote for _, vote in pairs]
    order = ranked(range(len(pairs)), scores, votes)
    assert sorted(order) == [*range(len(pairs))]
    for place, at in enumerate(order):
        for behind in order[place + 1 :]:
            assert behind > at or scores[behind] - scores[at] <= CLOSE
            assert behind > at or votes[at] >= votes[behind]


def test_vote_and_rules_are_measured_on_the_same_decisions() -> None:
    vote = vote_for("油烟", "urban_management", "ecology")
    fumes, other = marks("油烟"), marks("猪")

    def asked(found: object, function: str, by_rules: str | None, kind: str) -> Asked:
        return Asked(Lesson(found, function), by_rules, kind)  # type: ignore[arg-type]

    figures = measure(
        vote,
        [
            asked(fumes, "urban_management", "ecology", "person"),
            asked(fumes, "ecology", "ecology", "person"),
            asked(fumes, "urban_management", "urban_management", "accepted"),
            asked(other, "ecology", None, "accepted"),
        ],
    )
    assert figures.all == Right(4, 3, 2)
    assert dict(figures.kinds) == {"person": Right(2, 1, 1), "accepted": Right(2, 2, 1)}
    assert figures.differing == Right(3, 2, 1)
    assert figures.warned == Right(2, 1, 1)
    assert [(each.by_vote, each.by_rules, each.right.asked) for each in figures.differences] == [
        ("urban_management", "ecology", 2),
        ("ecology", None, 1),
    ]


def test_the_day_comes_from_outside() -> None:
    told = lessons(labelled()[:20])
    assert learn(told, date(2027, 1, 31)).learnt_on == date(2027, 1, 31)
