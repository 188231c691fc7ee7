"""Addresses as pictures that phones read: QR codes (ISO/IEC 18004), drawn by attributes alone, since the
policy of our pages allows no style inside them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4
"""Modules of light around the code, without which it is not found."""
ENROLMENT = re.compile(r"otpauth://totp/[A-Za-z0-9%:@._~?=&+-]{1,300}")
"""What is drawn: it comes back with a form, which may hold anything."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A square of `size` modules a side; `path` goes around the dark ones, in the language of SVG."""

    size: int
    path: str


def picture(uri: str) -> Picture | None:
    """The code of the address that an authenticator reads; None for anything else."""
    if not ENROLMENT.fullmatch(uri):
        return None
    rows = list(segno.make(uri, error="m", micro=False).matrix_iter(border=QUIET))
    return Picture(len(rows), "".join(_stretches(y, row) for y, row in enumerate(rows)))


def _stretches(y: int, row: Iterable[int]) -> str:
    """The dark stretches of a row, each as a rectangle."""
    drawn, x = "", 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            drawn += f"M{x} {y}h{length}v1h-{length}z"
        x += length
    return drawn
