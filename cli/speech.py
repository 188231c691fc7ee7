"""What the command says, in the language of LIANXI_LANGUAGE, and how it ends."""

from __future__ import annotations

import os
import re
from enum import IntEnum

from server.language import preferred_language
from wording.catalogue import say

LANGUAGE = preferred_language(os.environ)


# What steers a terminal, turns the direction of a line, or is half a character: names of files and what is
# in them may hold it.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Exit(IntEnum):
    """Exit status; docs/errors.md says what to do about each."""

    OK = 0
    FINDINGS = 1  # done, but some lines were bad, or a check found something
    USAGE = 2  # an option, a setting or a name that cannot be used
    DATABASE = 3  # the database is missing, busy, or of another version
    ADDRESS = 4  # the address cannot be listened on
    FILE = 5  # a file cannot be read or written
    INTERNAL = 70  # a fault of the program


class Stop(Exception):
    """Ends the command with one line on standard error."""

    def __init__(self, status: Exit, message: str) -> None:
        super().__init__(message)
        self.status = status


def tell(key: str, **values: object) -> str:
    """The sentence of `key` in the command's language."""
    return harmless(say(key, LANGUAGE, **values))


def harmless(text: str) -> str:
    """A text with what no terminal should get written out, such as `\\x1b`."""
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)
