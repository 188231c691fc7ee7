"""The server as a process: starts, listens on loopback alone, stops when told, withstands bad bodies."""

from __future__ import annotations

import json
import random
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.running import run_process
from tests.server.graphql.test_guard import BAD_BODIES
from tests.server.process import Server, started


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    with started(sqlite_url, tmp_path) as running:
        yield running


def test_it_says_where_it_is_and_answers_there(server: Server) -> None:
    assert server.process.stdout is not None
    assert "演示管理员" in "".join(server.process.stdout.readline() for _ in range(3))
    answer = httpx.post(f"{server.address}/graphql", json={"query": "{departments{code}}"})
    assert len(answer.json()["data"]["departments"]) > 10
    assert "server" not in answer.headers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_and_it_ends_well(server: Server, number: signal.Signals) -> None:
    with httpx.Client(base_url=server.address) as client:
        assert client.get("/healthz").status_code == 200
        server.process.send_signal(number)
        assert server.process.wait(30) == 0
        with pytest.raises(httpx.TransportError):
            client.get("/healthz")
    assert "Traceback" not in server.log.read_text()


def test_it_can_start_again_at_once_on_the_same_port(sqlite_url: str, tmp_path: Path) -> None:
    with started(sqlite_url, tmp_path) as first:
        httpx.get(f"{first.address}/healthz")
    port = first.address.rpartition(":")[2]
    with started(sqlite_url, tmp_path, "--port", port) as second:
        assert second.address == first.address


def test_json_logs_are_one_object_a_line_with_readable_chinese(sqlite_url: str, tmp_path: Path) -> None:
    with started(sqlite_url, tmp_path, LIANXI_LOG_FORMAT="json") as server:
        httpx.get(f"{server.address}/联席")
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    (request,) = [line for line in lines if line["event"] == "request"]
    assert (request["path"], request["status"], request["level"]) == ("/联席", 404, "info")
    assert "联席" in server.log.read_text()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "no-such-host.invalid"])
def test_it_refuses_to_listen_for_others(sqlite_url: str, host: str) -> None:
    ran = run_process("serve", "--host", host, "--port", "0", LIANXI_DATABASE_URL=sqlite_url)
    assert (ran.status, ran.out) == (4, "")
    assert ran.err.startswith(f"拒绝监听 {host}")
    assert len(ran.err.splitlines()) == 1


def test_a_port_in_use_is_told(sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = run_process("serve", "--port", port, LIANXI_DATABASE_URL=sqlite_url, LIANXI_LANGUAGE="en")
    assert (ran.status, ran.out) == (4, "")
    assert ran.err.startswith(f"Port {port} of 127.0.0.1 is in use.")


BAD_STARTS = {
    "no tables": ({"LIANXI_DATABASE_URL": "sqlite:///{folder}/empty.db"}, 3, "lianxi migrate"),
    "no folder": ({"LIANXI_DATABASE_URL": "sqlite:////proc/nowhere/x.db"}, 3, "/proc/nowhere"),
    "nobody there": ({"LIANXI_DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"}, 3, "127.0.0.1"),
    "no database": ({"LIANXI_DATABASE_URL": "mysql://u:hunter2@127.0.0.1/x"}, 3, "mysql"),
    "no URL": ({"LIANXI_DATABASE_URL": "hunter2"}, 2, "LIANXI_DATABASE_URL"),
    "bad setting": ({"LIANXI_LOG_LEVEL": "loud"}, 2, "LIANXI_LOG_LEVEL=loud"),
}


@pytest.mark.parametrize(("variables", "status", "said"), BAD_STARTS.values(), ids=BAD_STARTS)
def test_what_keeps_it_from_starting_is_one_clear_line(
    tmp_path: Path, variables: dict[str, str], status: int, said: str
) -> None:
    filled = {name: value.format(folder=tmp_path) for name, value in variables.items()}
    ran = run_process("serve", "--port", "0", **filled)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert "hunter2" not in ran.err
    assert "Traceback" not in ran.err


def test_bad_bodies_never_break_it_nor_stay_in_memory(server: Server) -> None:
    """A table and 1,500 seeded mutations of a good body: no 5xx, no hang, and memory stays where it was."""
    content_types = ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]
    with httpx.Client(base_url=server.address, timeout=30) as client:

        def status(body: bytes, content_type: str = "application/json") -> int:
            headers = {"content-type": content_type} if content_type else {}
            return client.post("/graphql", content=body, headers=headers).status_code

        for body, _, _ in BAD_BODIES.values():
            for content_type in content_types:
                assert 400 <= status(body, content_type) < 500
        for body in _mutations(300, seed=1):
            assert status(body) < 500
        before = server.resident_bytes()
        for body in _mutations(1500, seed=2):
            assert status(body) < 500, body
        assert server.resident_bytes() < before * 1.1
        assert status(b'{"query":"{__typename}"}') == 200


def _mutations(count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    good = (
        b'{"query":"query Q($n:String,$f:Int){a:dispute(number:$n){...F}'
        b" disputes(first:$f){edges{node{number}}}}"
        b' fragment F on Dispute{number title leadDepartment{code}}",'
        b'"variables":{"n":"1","f":2},"operationName":"Q"}'
    )
    for _ in range(count):
        body = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(body))
            match chance.randrange(4):
                case 0:
                    body[at] = chance.randrange(256)
                case 1:
                    del body[at]
                case 2:
                    body.insert(at, chance.choice(b'{}[]":,$@!\\\xff\x00 09an'))
                case 3:
                    body[at:at] = body[at : at + chance.randrange(40)]
        yield bytes(body)
