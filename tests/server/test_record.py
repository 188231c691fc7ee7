"""What is recorded about requests, and how log lines look."""

from __future__ import annotations

import errno
import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from server.logs import Line, set_up_logs
from server.metrics import Metrics
from server.record import Record
from server.settings import LogFormat, LogLevel, Settings
from wording.catalogue import Language


def _app(metrics: Metrics) -> Starlette:
    async def good(request: Request) -> PlainTextResponse:
        return PlainTextResponse("good", headers={"content-security-policy": "of its own"})

    async def broken(request: Request) -> PlainTextResponse:
        raise ZeroDivisionError("a secret of the inside")

    async def half(request: Request) -> StreamingResponse:
        def content() -> Iterator[str]:
            yield "half"
            raise ZeroDivisionError("a secret of the inside")

        return StreamingResponse(content())

    routes = [Route("/healthz", good), Route("/broken", broken), Route("/console/half", half)]
    return Starlette(routes=routes, middleware=[Middleware(Record, metrics=metrics, default=Language.EN)])


async def test_requests_are_counted_by_bounded_labels_and_logged_with_their_number() -> None:
    metrics = Metrics()
    transport = httpx.ASGITransport(_app(metrics), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        with capture_logs() as lines:
            good = await client.get("/healthz?name=secret")
            broken = await client.get("/broken")
            await client.get("/console/half")
    assert good.headers["content-security-policy"] == "of its own"
    assert broken.status_code == 500
    assert "secret" not in broken.text
    assert broken.headers["x-request-id"] in broken.json()["errors"][0]["message"]
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["path"], line["status"]) for line in requests] == [
        ("/healthz", 200),
        ("/broken", 500),
        ("/console/half", 200),
    ]
    assert requests[0]["request_id"] == good.headers["x-request-id"]
    assert "secret" not in str(requests)
    counted = metrics.text().decode()
    for path, status in (("/healthz", 200), ("other", 500), ("/console", 200)):
        assert f'lianxi_http_responses_total{{path="{path}",status="{status}"}} 1.0' in counted


@pytest.mark.parametrize("path", ["*", "", "/", "//", "/console/disputes/1"])
def test_every_path_can_be_counted(path: str) -> None:
    metrics = Metrics()
    metrics.served(path, 404)
    assert 'status="404"} 1.0' in metrics.text().decode()


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_as_before")
def test_a_json_line_is_one_object_with_its_traceback_but_no_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(Settings(log_format=LogFormat.JSON))
    try:
        secret = "张三的电话"
        raise ZeroDivisionError(len(secret))
    except ZeroDivisionError:
        structlog.stdlib.get_logger("lianxi.test").exception("出错", number=1)
    logging.getLogger("somebody.else").warning("旁人说")
    written = capsys.readouterr().err
    ours, theirs = map(json.loads, written.splitlines())
    assert (ours["event"], ours["number"], ours["level"], ours["logger"]) == (
        "出错",
        1,
        "error",
        "lianxi.test",
    )
    assert ours["exception"][0]["exc_type"] == "ZeroDivisionError"
    assert (theirs["event"], theirs["logger"]) == ("旁人说", "somebody.else")
    assert "出错" in written
    assert "张三" not in written


@pytest.mark.usefixtures("_logging_as_before")
def test_a_json_line_holds_what_json_can_hardly_carry(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format=LogFormat.JSON))
    logger = structlog.stdlib.get_logger("lianxi.test")
    logger.warning("strange", broken="\ud800", endless=2**80, thing=LogLevel)
    line = json.loads(capsys.readouterr().err)
    assert (line["broken"], line["endless"]) == ("\ud800", 2**80)
    assert "LogLevel" in line["thing"]


class _Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "no space left")


def test_a_stream_that_takes_no_lines_stops_nobody() -> None:
    closed, full, good = io.StringIO(), _Full(), io.StringIO()
    closed.close()
    for stream in (None, closed, full, good):
        Line(stream, "lianxi.test").write("a line")
    assert good.getvalue() == "a line\n"


@pytest.mark.usefixtures("_logging_as_before")
def test_a_console_line_is_for_people_and_levels_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format=LogFormat.CONSOLE, log_level=LogLevel.WARNING))
    logger = structlog.stdlib.get_logger("lianxi.test")
    logger.info("不记")
    logger.warning("要记", path="/联席")
    (line,) = capsys.readouterr().err.splitlines()
    assert "要记" in line
    assert "/联席" in line
