"""What the tests of commands share."""

from __future__ import annotations

import pytest

from tests.cli.running import InProcess


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """Runs a command in this process."""
    return InProcess(capsys, monkeypatch)
