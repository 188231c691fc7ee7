"""The load generator counts what a server sends, and takes no answer for another."""

from __future__ import annotations

import pytest

from bench.graphql.load import CONNECTIONS, BadAnswer, Request, ask, load, wire
from tests.bench.tiny import http, speaking

GOOD = b'{"data":{"hello":"x"}}'
SHORT = 0.2
LONG_ANSWER = b'{"data":{"hello":"' + b"x" * 700_000 + b'"}}'

BAD = {
    "another status": http(GOOD, b"500 Internal Server Error"),
    "errors": http(b'{"data":null,"errors":[]}'.ljust(len(GOOD))[: len(GOOD)]),
    "another length": http(GOOD + b" "),
}
BROKEN = {
    "hung up": None,
    "without a length": [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"],
}


def test_every_good_answer_counts() -> None:
    asked = []

    def reply(number: int, body: bytes) -> list[bytes]:
        asked.append(body)
        return [http(GOOD)]

    with speaking(reply) as port:
        requests = [Request(wire(port, body), len(GOOD)) for body in (b"first", b"second")]
        taken = load(port, requests, SHORT)
    assert taken.errors == 0
    assert taken.seconds >= SHORT
    assert taken.rate == len(taken.latencies) / taken.seconds
    # What is under way at the end is no speed, but is waited for: the server has no work left.
    assert taken.sent == len(asked) == len(taken.latencies) + CONNECTIONS
    assert all(0 < latency <= taken.seconds for latency in taken.latencies)
    assert abs(asked.count(b"first") - asked.count(b"second")) <= 1


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_answer_is_an_error_and_no_speed(kind: str) -> None:
    with speaking(lambda number, body: [http(GOOD) if number % 4 else BAD[kind]]) as port:
        taken = load(port, [Request(wire(port, b""), len(GOOD))], SHORT)
    answers = len(taken.latencies) + taken.errors
    assert abs(taken.errors - answers / 4) <= CONNECTIONS


def test_answers_that_come_in_pieces_are_whole() -> None:
    sent = http(LONG_ANSWER)
    pieces = [sent[:10], sent[10:40], sent[40:100_000], sent[100_000:]]
    with speaking(lambda number, body: pieces) as port:
        assert ask(port, [b"", b""]) == [LONG_ANSWER, LONG_ANSWER]
        assert load(port, [Request(wire(port, b""), len(LONG_ANSWER))], SHORT).errors == 0


def test_a_slow_server_is_waited_for() -> None:
    with speaking(lambda number, body: [http(GOOD)]) as port:
        taken = load(port, [Request(wire(port, b""), len(GOOD))], 0.0, least=100)
    assert len(taken.latencies) >= 100


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_server_ends_the_measurement(kind: str) -> None:
    with speaking(lambda number, body: BROKEN[kind]) as port:
        with pytest.raises(BadAnswer):
            load(port, [Request(wire(port, b""), len(GOOD))], SHORT)
        with pytest.raises(BadAnswer):
            ask(port, [b""])


def test_asking_takes_no_other_status() -> None:
    with (
        speaking(lambda number, body: [BAD["another status"]]) as port,
        pytest.raises(BadAnswer, match="500 Internal"),
    ):
        ask(port, [b""])
