"""`lianxi doctor`: a line for each check, an object for machines, and its exit status."""

from __future__ import annotations

from pathlib import Path

import orjson

from cli.speech import Exit
from tests.cli.running import InProcess


def test_a_line_for_each_check(run: InProcess, city_url: str) -> None:
    ran = run("doctor", LIANXI_DATABASE_URL=city_url)
    *lines, total = ran.out.splitlines()
    assert (ran.status, ran.err) == (Exit.OK, "")
    assert all(line.startswith(("正常", "存疑")) for line in lines)
    assert total.endswith("错误 0 项。")


def test_what_is_wrong_ends_with_findings_and_tells_no_secret(run: InProcess, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("hunter2" * 5)
    ran = run(
        "doctor",
        "--json",
        LIANXI_DATABASE_URL="postgresql://lianxi:hunter2@127.0.0.1:1/lianxi",
        LIANXI_SEALING_KEY_FILE=str(path),
    )
    told = orjson.loads(ran.out)
    assert (ran.status, ran.err) == (Exit.FINDINGS, "")
    assert told["wrong"] == 1
    assert [each["check"] for each in told["checks"] if each["verdict"] == "wrong"] == ["database"]
    assert told["fine"] + told["doubtful"] + told["wrong"] == len(told["checks"])
    assert "hunter2" not in ran.out


def test_settings_that_cannot_be_read_are_wrong(run: InProcess) -> None:
    ran = run("doctor", LIANXI_PORT="x", LIANXI_SEALING_KEY="hunter2")
    assert (ran.status, ran.err) == (Exit.FINDINGS, "")
    assert ran.out.count("错误  settings：LIANXI_") == 2
    assert "hunter2" not in ran.out
