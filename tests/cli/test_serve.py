"""The address of a server: whose it is, from the first moment."""

from __future__ import annotations

import pytest

from cli.serve import bind
from cli.speech import Exit, Stop
from server.settings import Settings


def test_a_port_is_taken_from_the_moment_it_is_bound() -> None:
    # Loading the demo takes seconds; a second server that starts meanwhile must not believe in the same port.
    with bind(Settings(port=0)) as first:
        with pytest.raises(Stop) as stopped:
            bind(Settings(port=first.getsockname()[1]))
        assert stopped.value.status is Exit.ADDRESS
