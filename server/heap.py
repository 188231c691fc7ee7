"""The heap of the C library, which keeps what does not fit into Python's own small blocks.

glibc gives threads heaps of their own, each of which keeps the most that it has ever held: with the threads
that read databases and compile policies a server came to 454 MB where 319 were enough. Python's threads take
turns, so one heap serves them all. By itself glibc also gives ever larger blocks back only when it must, once
it has freed some; thresholds that are set stay as they are (mallopt(3)).
"""

from __future__ import annotations

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
LARGE_BYTES: Final = 128 * 1024
"""What glibc begins with."""


def share_heap() -> None:
    """Have one heap for all threads that are started from now on, and large blocks given back; where the
    C library is another, nothing."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):
        return
    mallopt(_ARENA_MAX, 1)
    mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
    mallopt(_TRIM_THRESHOLD, LARGE_BYTES)
