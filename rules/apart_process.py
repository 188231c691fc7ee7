"""The other process of `rules.apart`: it is asked one thing, answers, and ends.

Here and not there, because an event loop that is not needed takes longer to load than a small task takes.
"""

from __future__ import annotations

import gc
import pickle
import sys


def answer() -> None:
    """Read a function with its arguments, call it, and write what it returns."""
    # What is asked about is needed until the end: to look for garbage in a hundred thousand words, again and
    # again, takes longer than to read them.
    gc.disable()
    function, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    gc.freeze()
    gc.enable()
    answered = function(*args, **kwargs)
    sys.stdout.buffer.write(pickle.dumps(answered, pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    answer()
