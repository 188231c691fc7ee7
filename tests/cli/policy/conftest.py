"""What the tests of the commands about policies share."""

from __future__ import annotations

import pytest

from tests.cli.policy.administrator import Administrator
from tests.cli.running import InProcess


@pytest.fixture
def type_(run: InProcess, city_url: str) -> Administrator:
    """Commands on a database with the demo city."""
    return Administrator(run, city_url)
