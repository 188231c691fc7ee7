"""The bench of live change: its versions can be published, its clients wait and measure, bars are told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from bench import live
from bench.live import KINDS, MORE_RULES, PAUSE_BAR_MS, SOON_BAR_MS, Client, Slowest
from rules.check import Severity, check
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.pack import load_pack
from tests.bench.tiny import http, speaking


@pytest.mark.parametrize("kind", KINDS)
def test_versions_differ_and_can_be_published(kind: str) -> None:
    shipped = load_pack("municipal")
    first, second = (KINDS[kind](shipped, at) for at in range(2))
    assert first != second
    assert KINDS[kind](shipped, 1) == second
    assert (first.lexicon != second.lexicon) is (kind == "lexicon")
    assert len(first.rules) - len(shipped.rules) == (MORE_RULES if kind == "5,000 rules" else 0)
    found = check(first, FUNCTIONS, CONFERENCE_DOMAINS)
    assert [each for each in found if each.severity is Severity.ERROR] == []


def answer(number: int) -> bytes:
    """What a server says about a preview by the version of a number."""
    return http(
        orjson.dumps({"data": {"previewRouting": {"preview": {"policyVersion": {"number": number}}}}})
    )


async def test_it_waits_until_a_server_decides_by_the_version() -> None:
    asked: list[int] = []

    def reply(number: int, body: bytes) -> list[bytes]:
        asked.append(number)
        assert live.FUMES in body.decode()
        return [answer(number)]

    with speaking(reply) as port:
        server: Any = SimpleNamespace(port=port)
        await asyncio.wait_for(live._named([server], 3), timeout=30)
    assert asked == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "said", [http(b'{"errors":[{"message":"no"}]}'), http(b"{}", b"503 Service Unavailable")]
)
async def test_an_answer_that_is_none_ends_the_bench(said: bytes) -> None:
    with speaking(lambda _number, _body: [said]) as port:
        async with Client(port) as client:
            with pytest.raises(SystemExit):
                await client.ask(live.PREVIEW)


async def test_a_client_that_was_hung_up_on_comes_back() -> None:
    slowest = Slowest()
    measured = asyncio.Event()

    def reply(number: int, _body: bytes) -> list[bytes] | None:
        return None if number == 0 else [http(b"{}")]

    async def probe(port: int, kept: Slowest) -> None:
        async with Client(port) as client:
            await client.send(live.HEALTH)
            kept.take("pause", 1.0)
            measured.set()

    with speaking(reply) as port:
        again = asyncio.create_task(live._again(probe, port, slowest))
        await asyncio.wait_for(measured.wait(), timeout=30)
        again.cancel()
        with suppress(asyncio.CancelledError):
            await again
    assert slowest.reset() == {"pause": 1.0}


def test_the_longest_wait_of_each_kind_is_kept() -> None:
    slowest = Slowest()
    for kind, wait in (("pause", 2.0), ("pause", 7.0), ("preview", 1.0), ("pause", 3.0)):
        slowest.take(kind, wait)
    assert slowest.reset() == {"pause": 7.0, "preview": 1.0}
    assert slowest.reset() == {}


@pytest.mark.parametrize(
    ("soon", "pause", "within"),
    [
        (SOON_BAR_MS, PAUSE_BAR_MS, True),
        (SOON_BAR_MS + 1, PAUSE_BAR_MS, False),
        (SOON_BAR_MS, PAUSE_BAR_MS + 1, False),
    ],
)
def test_the_worst_publication_is_held_to_the_bars(soon: float, pause: float, within: bool) -> None:
    found = live._figures([1.0, soon], [{"pause": pause, "submit": 9.0}, {"pause": 1.0}])
    assert found["within_bar"] is within
    assert (found["soon_worst_ms"], found["pause_worst_ms"]) == (soon, pause)
    assert (found["slowest_submit_ms"], found["slowest_preview_ms"]) == (9.0, 0.0)
