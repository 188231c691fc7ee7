"""A server process under attack, and under requests that nobody would write, answers in its own words."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from bench.answers import Client, Findings
from bench.attacks import fault, send
from bench.bad_requests import ATTACKS, READ, asked
from bench.fuzz import CLIENTS
from bench.generated import documents, requests
from bench.shapes import Shapes
from schema.schema import schema
from server.faults import FaultCode
from tests.server.process import started

GENERATED = 200
DOCUMENTS = 6


async def test_every_attack_is_refused_and_the_server_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    with started(sqlite_url, tmp_path, LIANXI_GRAPHQL_INTROSPECTION="false") as server:
        port = urlsplit(server.address).port
        assert port is not None
        found = {name: fault(attack, await send(port, attack.pieces)) for name, attack in ATTACKS.items()}
        assert {name: wrong for name, wrong in found.items() if wrong} == {}
        answer = await send(port, (asked(READ),))
        assert (answer.status, answer.codes) == (200, [])
        assert "Traceback" not in server.log.read_text()


def test_there_are_at_least_forty_and_none_is_another() -> None:
    assert len(ATTACKS) >= 40
    assert len({attack.pieces for attack in ATTACKS.values()}) == len(ATTACKS)
    assert {attack.code for attack in ATTACKS.values()} <= set(FaultCode)


@pytest.fixture(scope="module")
def made() -> list[str]:
    """Documents that the schema allows; to make one takes longer than to answer it."""
    return documents(schema._schema, DOCUMENTS, 11)


async def test_generated_requests_are_answered_in_the_words_of_the_server(
    city_url: str, tmp_path: Path, made: list[str]
) -> None:
    shapes = Shapes(schema._schema, Random(11))
    findings = Findings(keep=shapes.keep)
    with started(city_url, tmp_path) as server:
        port = urlsplit(server.address).port
        assert port is not None
        pending = requests(made, GENERATED, 11, shapes)
        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(Client(port, findings).work(pending))
        assert server.process.poll() is None
        assert "Traceback" not in server.log.read_text()
    assert sum(findings.statuses.values()) + findings.count_wrong >= GENERATED
    assert findings.wrong == []
    assert findings.codes["OK"] > 30
    assert findings.done > 0
