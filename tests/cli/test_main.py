"""The command line itself: help, version, and everything that can be mistyped."""

from __future__ import annotations

import subprocess

import pytest

from cli.main import main
from tests.cli.running import LIANXI, InProcess, clean_environment, run_process

COMMANDS = ("serve", "migrate", "demo", "route", "verify-audit", "schema", "policy")
PAGES = [(), *((name,) for name in COMMANDS), ("schema", "export"), ("policy", "check")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: " ".join(page) or "lianxi")
def test_every_command_has_a_help_page(run: InProcess, page: tuple[str, ...]) -> None:
    ran = run(*page, "--help")
    assert ran.status == 0
    assert "显示本页" in ran.out
    assert "Show this message" not in ran.out


def test_help_is_in_the_language_of_the_settings() -> None:
    english, chinese = (run_process("--help", LIANXI_LANGUAGE=language) for language in ("en", "zh"))
    assert "Serve the API." in english.out
    assert "启动服务。" in chinese.out
    assert all(name in english.out for name in COMMANDS)


def test_the_version_is_told(run: InProcess) -> None:
    assert run("--version").out.startswith("lianxi 0.")


MISTYPED = {
    "no command": ((), ""),
    "half a command": (("schema",), ""),
    "unknown command": (("rout",), "没有“rout”这个命令"),
    "unknown second word": (("schema", "import"), "没有“import”这个命令"),
    "unknown option": (("serve", "--prot", "1"), "没有“--prot”这个选项"),
    "no argument": (("route",), "缺少 FILE"),
    "an argument too many": (("demo", "now"), "now"),
    "option without value": (("serve", "--port"), "--port"),
    "a port that is none": (("serve", "--port", "x"), "LIANXI_PORT=x 不能用"),
    "a port too high": (("serve", "--port", "70000"), "LIANXI_PORT=70000 不能用"),
}


@pytest.mark.parametrize(("arguments", "said"), MISTYPED.values(), ids=MISTYPED)
def test_a_mistyped_command_ends_with_one_clear_line(
    run: InProcess, arguments: tuple[str, ...], said: str
) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == (1 if said else 0)


def test_a_fault_of_the_program_is_one_line_unless_asked_for_more(
    run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr("cli.schema.export", fail)
    monkeypatch.delenv("LIANXI_LOG_LEVEL", raising=False)
    ran = run("schema", "export")
    assert ran.status == 70
    assert "no such luck" in ran.err
    assert len(ran.err.splitlines()) == 1
    monkeypatch.setenv("LIANXI_LOG_LEVEL", "debug")
    with pytest.raises(ZeroDivisionError):
        main()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("--version >/dev/full", "无法写入 -"),
        ("--version >&-", "无法写入 -"),
        ("schema export >/dev/full", "无法写入 -"),
        ("route - <&-", "Bad file descriptor"),
        ("route - <&- >&-", "Bad file descriptor"),
    ],
)
def test_streams_that_are_closed_or_full_are_told(command: str, told: str) -> None:
    ended = subprocess.run(
        ["/bin/sh", "-c", f'"$0" {command}', LIANXI],
        stderr=subprocess.PIPE,
        env=clean_environment(),
        text=True,
        check=False,
    )
    assert (ended.returncode, len(ended.stderr.splitlines())) == (5, 1), ended.stderr
    assert told in ended.stderr


def test_without_standard_error_the_answer_still_comes() -> None:
    ended = subprocess.run(
        ["/bin/sh", "-c", '"$0" route - 2>&-', LIANXI],
        input='{"text": "楼下烧烤店油烟熏人"}\nnot JSON\n',
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
        check=False,
    )
    assert (ended.returncode, len(ended.stdout.splitlines())) == (1, 1)
