"""Errors of execution: what a client is told, and what stays inside."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from server.faults import FaultCode
from tests.server.tiny import tiny_client

FIELDS = {
    "broken": (FaultCode.INTERNAL, True),
    "strange": (FaultCode.INTERNAL, True),
    "nothing": (FaultCode.INTERNAL, True),
    "huge": (FaultCode.INTERNAL, True),
    "colour": (FaultCode.INTERNAL, True),
    "gone": (FaultCode.INTERNAL, True),
    "busy": (FaultCode.CONFLICT, False),
    "missing": (FaultCode.NOT_FOUND, False),
}


@pytest.mark.parametrize(("field", "code", "logged"), [(name, *told) for name, told in FIELDS.items()])
async def test_each_error_has_a_code_and_faults_are_logged(field: str, code: FaultCode, logged: bool) -> None:
    async with tiny_client() as client:
        with capture_logs() as lines:
            answer = await client.post("/graphql", json={"query": f"{{{field}}}"})
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == code
        assert (error["path"], error["locations"]) == ([field], [{"line": 1, "column": 2}])
        errors = [line for line in lines if line["log_level"] == "error"]
        assert bool(errors) is logged
        if logged:
            # The number in the message finds the line in the log.
            assert answer.headers["x-request-id"] in error["message"]
            assert errors[0]["request_id"] == answer.headers["x-request-id"]


async def test_nothing_of_the_inside_gets_out() -> None:
    async with tiny_client() as client:
        with capture_logs():
            answer = await client.post("/graphql", json={"query": "{broken strange gone}"})
        for inside in ("secret", "ZeroDivision", "nobody", "TEAPOT", "Traceback"):
            assert inside not in answer.text


async def test_a_coded_error_keeps_what_it_says() -> None:
    async with tiny_client() as client:
        answer = await client.post("/graphql", json={"query": "{missing}"})
        (error,) = answer.json()["errors"]
        assert error["message"] == "no such thing"
        assert error["extensions"] == {"code": "NOT_FOUND", "what": "thing"}


async def test_masked_messages_speak_the_language_of_the_caller() -> None:
    async with tiny_client() as client:
        with capture_logs():
            english = await client.post(
                "/graphql", json={"query": "{busy}"}, headers={"accept-language": "en"}
            )
            chinese = await client.post("/graphql", json={"query": "{busy}"})
        assert "Try again" in english.text
        assert "请重试" in chinese.text
