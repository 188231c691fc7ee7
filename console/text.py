"""A complaint's text with the words that count marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `marked` when the decision rests on it."""

    text: str
    marked: bool


def pieces(text: str, matches: Iterable[Mapping[str, Any]]) -> list[Piece]:
    """The whole text, cut at the words that matches point at (code points, end exclusive).

    Where words overlap they make one stretch. Positions that do not hold the match's own words belong to
    another text and mark nothing.
    """
    found: list[Piece] = []
    position = 0
    for start, end in _stretches(text, matches):
        if position < start:
            found.append(Piece(text[position:start], marked=False))
        found.append(Piece(text[start:end], marked=True))
        position = end
    if position < len(text):
        found.append(Piece(text[position:], marked=False))
    return found


@dataclass(frozen=True, slots=True)
class Ground:
    """Words of the text, and what they stand for: facts, each with the code of its word."""

    text: str
    facts: Sequence[tuple[Mapping[str, Any], str]]


def grounds(matches: Iterable[Mapping[str, Any]], facts: Iterable[Mapping[str, Any]]) -> list[Ground]:
    """What the decision took from which words. Matches that lost against others stand for nothing."""
    known = {(fact["field"], word): fact for fact in facts for word in fact["words"]}
    found: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for match in matches:
        key = match["field"], match["word"]
        if key in known:
            found.setdefault(match["text"], {})[key] = known[key]
    return [Ground(text, [(fact, key[1]) for key, fact in by.items()]) for text, by in found.items()]


def _stretches(text: str, matches: Iterable[Mapping[str, Any]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(
        (match["start"], match["end"])
        for match in matches
        if 0 <= match["start"] < match["end"] <= len(text)
        and text[match["start"] : match["end"]] == match["text"]
    ):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
