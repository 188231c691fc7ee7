"""What a policy's document adds up to: equal sums, equal policies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_APART = frozenset({"version", "format", "terms", "readings"})


@dataclass(frozen=True, slots=True)
class Checksums:
    """SHA-256 in hexadecimal: of the canonical document without its number, with the sum of the lexicon in
    the place of terms and readings; and of these."""

    whole: str
    lexicon: str


def checksums(document: Mapping[str, Any]) -> Checksums:
    """What a document adds up to. Takes a second for fifty thousand rules."""
    lexicon = lexicon_checksum(document["terms"], document["readings"])
    said = {name: value for name, value in document.items() if name not in _APART}
    return Checksums(_digest({**said, "lexicon": lexicon}), lexicon)


def lexicon_checksum(terms: Sequence[Any], readings: Sequence[Any]) -> str:
    """What the documents of a lexicon's terms and readings add up to."""
    return _digest([terms, readings])


def _digest(said: object) -> str:
    """SHA-256 of the canonical JSON, which is written in pieces: other threads go on between two of them."""
    digest = hashlib.sha256()
    for piece in _pieces(said, 2):
        digest.update(piece.encode())
    return digest.hexdigest()


def _pieces(value: Any, depth: int) -> Iterator[str]:
    """What `_written` gives for the whole: lists and mappings piece by piece, down to a depth."""
    if depth and isinstance(value, dict):
        for at, name in enumerate(sorted(value)):
            yield f"{', ' if at else '{'}{_written(name)}: "
            yield from _pieces(value[name], depth - 1)
        yield "}" if value else "{}"
    elif depth and isinstance(value, list | tuple):
        for at, entry in enumerate(value):
            yield ", " if at else "["
            yield from _pieces(entry, depth - 1)
        yield "]" if value else "[]"
    else:
        yield _written(value)


_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
