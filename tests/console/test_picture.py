"""The picture that an authenticator reads."""

from __future__ import annotations

import re

import pytest
import segno

from console.picture import QUIET, picture

URI = "otpauth://totp/Lianxi:clerk-a?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Lianxi"


def test_the_path_goes_around_the_dark_modules_and_no_others() -> None:
    drawn = picture(URI)
    assert drawn is not None
    dark = {
        (int(x) + step, int(y))
        for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawn.path)
        for step in range(int(length))
        if length == back
    }
    code = segno.make(URI, error="m", micro=False)
    rows = enumerate(code.matrix, QUIET)
    assert dark == {(x, y) for y, row in rows for x, module in enumerate(row, QUIET) if module}
    assert drawn.size == len(code.matrix) + 2 * QUIET


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "x",
        "https://evil.example",
        URI + "<svg>",
        URI + "\n",
        URI + "9" * 400,
        "otpauth://hotp/a",
        "é" * 9,
    ],
)
def test_nothing_else_is_drawn(uri: str) -> None:
    assert picture(uri) is None


def test_the_longest_account_is_drawn() -> None:
    assert picture(URI.replace("clerk-a", "a%40" * 32)) is not None
