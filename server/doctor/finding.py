"""What was found of one thing that has to be in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wording.catalogue import Language, say


class Verdict(StrEnum):
    """How it stands."""

    FINE = "fine"
    DOUBTFUL = "doubtful"  # somebody should look at it
    WRONG = "wrong"  # the hub does not work so, or is not safe


@dataclass(frozen=True, slots=True)
class Finding:
    """A check by its name, and in every language what was found and what to do. Never holds a secret."""

    check: str
    verdict: Verdict
    said: Mapping[Language, str]


def finding(check: str, verdict: Verdict, key: str, **values: object) -> Finding:
    """A finding with the message of a key."""
    return told(check, verdict, lambda language: say(key, language, **values))


def told(check: str, verdict: Verdict, message: Callable[[Language], str]) -> Finding:
    """A finding with a message that something else has, such as a fault."""
    return Finding(check, verdict, {language: message(language) for language in Language})
