"""A small city: what is measured is measured, and nothing is missing, out of order or under two ids."""

from __future__ import annotations

from collections import Counter
from random import Random

from bench.receiver import OK, Got
from bench.webhooks import Ledger, measure

EVENTS, KILLS = 300, 2


async def test_every_event_arrives_in_order_whatever_dies(city_url: str) -> None:
    found = await measure(city_url, EVENTS, KILLS)
    assert found["events"] >= EVENTS
    assert (found["missing"], found["unknown"], found["out_of_order"]) == (0, 0, 0)
    assert (found["twice_with_another_body"], found["twice_after_a_later_one"]) == (0, 0)
    assert found["killed"] == KILLS
    assert found["requests"] > found["events"]
    assert 0.2 < found["failed"] / found["requests"] < 0.4
    assert found["within_bar"]


def test_the_ledger_sees_what_is_wrong() -> None:
    expected = {"1": ("a", 1), "2": ("a", 2), "3": ("a", 3), "4": ("b", 1)}
    came = [("2", b"x"), ("1", b"x"), ("1", b"y"), ("4", b"x"), ("5", b"x"), ("4", b"x")]
    ledger = Ledger(Random(1), taken=[Got("/", {"webhook-id": key}, body) for key, body in came])
    found = ledger.figures(expected)
    assert {name: found[name] for name in ("missing", "unknown", "out_of_order", "twice")} == {
        "missing": 1,
        "unknown": 1,
        "out_of_order": 3,
        "twice": 2,
    }
    assert found["twice_with_another_body"] == 1


def test_the_receiver_fails_as_often_as_it_is_said_to() -> None:
    ledger = Ledger(Random(2))
    got = Got("/", {"webhook-id": "1"}, b"")
    answers = Counter(ledger.answer(got) for _ in range(10_000))
    assert 0.68 < answers[OK] / 10_000 < 0.72
    assert ledger.failures == 10_000 - answers[OK]
