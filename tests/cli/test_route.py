"""`lianxi route`: files of complaints in, explained decisions out."""

from __future__ import annotations

import json
import os
import pty
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.demo import COMPLAINTS
from tests.cli.running import LIANXI, InProcess, clean_environment, run_process

MEMBERS = {
    "id",
    "lead",
    "co_units",
    "flags",
    "sector",
    "rule",
    "facts",
    "matches",
    "explanation",
    "triage",
    "triage_reason",
    "candidates",
    "confidence",
    "conference",
    "policy",
}
BARBECUE = "小区门口烧烤摊油烟熏人，夜里也不停。"


def _written(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def _file(folder: Path, *lines: object) -> Path:
    path = folder / "complaints.jsonl"
    path.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return path


def test_the_sample_is_decided_in_order(run: InProcess) -> None:
    ran = run("route", COMPLAINTS)
    asked = [json.loads(line) for line in COMPLAINTS.read_text(encoding="utf-8").splitlines()]
    written = _written(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert [each["id"] for each in written] == [each["id"] for each in asked]
    assert all(set(each) == MEMBERS for each in written)


def test_a_decision_says_why_in_the_language_asked_for(run: InProcess, tmp_path: Path) -> None:
    path = _file(tmp_path, {"id": 1, "text": BARBECUE})
    (chinese,) = _written(run("route", path).out)
    (english,) = _written(run("route", path, "--language", "en").out)
    assert (chinese["lead"], chinese["triage"]) == ("urban_management", False)
    assert chinese["flags"] == ["night"]
    assert chinese["policy"]["key"] == "municipal"
    assert "城市管理" in "".join(chinese["explanation"])
    assert "urban management" in "".join(english["explanation"]).lower()
    assert {**chinese, "explanation": 0} == {**english, "explanation": 0}
    for match in chinese["matches"]:
        assert BARBECUE[match["start"] : match["end"]] == match["text"]


def test_what_cannot_be_decided_is_a_proposal(run: InProcess, tmp_path: Path) -> None:
    path = _file(
        tmp_path, {"text": "你好"}, {"text": "😀😀😀"}, {"text": "Hello, it smells."}, {"text": "ÿþ¤¢"}
    )
    ran = run("route", path)
    assert ran.status == 0
    for decision in _written(ran.out):
        assert decision["triage"]
        assert decision["triage_reason"]
        first = decision["candidates"][0]["function"] if decision["candidates"] else None
        assert decision["lead"] == first


def test_bad_lines_are_told_and_the_rest_goes_on(run: InProcess, tmp_path: Path) -> None:
    good = {"text": BARBECUE}
    lines = [good, b'{"text":"cut o', b"[]", good, b'{"text":"\xff"}', {"id": "no text"}, b"", good]
    ran = run("route", _file(tmp_path, *lines))
    assert ran.status == 1
    assert len(_written(ran.out)) == 3
    *told, summary = ran.err.splitlines()
    assert [line.partition("：")[0] for line in told] == [f"第 {number} 行" for number in (2, 3, 5, 6)]
    assert summary == "共 7 行：分派 3 件，人工研判 0 件，无法读取 4 行。"


def test_region_channel_and_time_become_facts(run: InProcess, tmp_path: Path) -> None:
    complaint = {"text": BARBECUE, "channel": "letter", "received_at": "2026-05-01"}
    path = _file(tmp_path, complaint, {**complaint, "region": "990103100"})
    given, own = _written(run("route", path, "--region", "990102").out)
    assert given["facts"]["region"] == ["990000", "990100", "990102"]
    assert own["facts"]["region"] == ["990000", "990100", "990103", "990103100"]
    assert given["facts"]["channel"] == "letter"
    assert given["facts"]["day"] == 739737


REFUSED = {
    "unknown policy": (("--policy", "nowhere"), 2, "municipal, rugao-2014"),
    "unknown language": (("--language", "fr"), 2, "fr"),
    "bad region": (("--region", "nowhere"), 2, "nowhere"),
    "no file": ((), 5, "无法读取"),
}


@pytest.mark.parametrize(("options", "status", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_told_before_anything_is_written(
    run: InProcess, tmp_path: Path, options: tuple[str, ...], status: int, said: str
) -> None:
    source = tmp_path / "nothing" if not options else _file(tmp_path, {"text": "x"})
    ran = run("route", source, *options, "--output", tmp_path / "out")
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert not (tmp_path / "out").exists()


def test_a_pack_of_ones_own_can_be_used_and_its_flaws_are_told(run: InProcess, tmp_path: Path) -> None:
    pack = tmp_path / "policy.yaml"
    pack.write_text("rules: [")
    ran = run("route", _file(tmp_path, {"text": "x"}), "--policy", pack)
    assert ran.status == 2
    assert "policy.yaml" in ran.err


def test_the_file_is_not_written_over_itself(run: InProcess, tmp_path: Path) -> None:
    path = _file(tmp_path, {"text": BARBECUE})
    before = path.read_bytes()
    ran = run("route", path, "--output", path)
    assert ran.status == 2
    assert path.read_bytes() == before


def test_standard_input_and_an_output_file(tmp_path: Path) -> None:
    line = json.dumps({"text": BARBECUE}, ensure_ascii=False)
    ran = run_process("route", "-", "-o", tmp_path / "out", stdin=f"\ufeff{line}\r\n\r\n{line}")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert len(_written((tmp_path / "out").read_text(encoding="utf-8"))) == 2


def test_a_reader_that_leaves_is_left_in_peace(tmp_path: Path) -> None:
    path = _file(tmp_path, *[{"text": BARBECUE}] * 2000)
    with subprocess.Popen(
        [LIANXI, "route", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    path = _file(tmp_path, *[{"text": BARBECUE}] * 20)
    with (tmp_path / "out").open("wb") as small:
        ended = subprocess.run(
            [LIANXI, "route", path],
            stdout=small,
            stderr=subprocess.PIPE,
            env=clean_environment(),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
            check=False,
        )
    assert ended.returncode == 5
    assert "无法写入" in ended.stderr.decode()
    assert len(ended.stderr.splitlines()) == 1


def test_a_terminal_sees_progress(tmp_path: Path) -> None:
    path = _file(tmp_path, *[{"text": BARBECUE}] * 300)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [LIANXI, "route", path, "-o", tmp_path / "out"], stderr=follower, env=clean_environment(TERM="xterm")
    )
    os.close(follower)
    seen = b"".join(_all_of(leader))
    os.close(leader)
    assert process.wait() == 0
    assert "分派".encode() in seen
    assert len((tmp_path / "out").read_bytes().splitlines()) == 300


def _all_of(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            read = os.read(terminal, 4096)
        except OSError:  # Linux' way to say that nobody holds the other end
            return
        if not read:
            return
        yield read


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    small = _file(tmp_path, *[{"text": BARBECUE}] * 500).rename(tmp_path / "small")
    large = _file(tmp_path, *[{"text": BARBECUE}] * 5000)
    assert _peak(large, tmp_path) < _peak(small, tmp_path) * 1.05


def _peak(path: Path, folder: Path) -> int:
    """Largest resident memory of routing a file, in kilobytes."""
    code = (
        "import resource, sys; from cli.main import main\n"
        "try: main()\n"
        "except SystemExit: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "route", path, "-o", folder / "out"],
        capture_output=True,
        env=clean_environment(),
        check=True,
    )
    return int(ended.stdout)
