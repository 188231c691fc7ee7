"""The file of a vote: JSON with the weights as whole numbers, and a sum over all of it.

    {"format": "lianxi-vote", "version": 1, "learnt_on": "2027-01-31", "sharpness": 5657,
     "functions": ["ecology", ...], "decisions": [1200, ...],
     "weights": [[bucket, weight, ...], ...], "checksum": "<SHA-256>"}

`decisions` and each row of `weights` are in the order of `functions`; buckets ascend. The checksum is that of
the document without it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from rules.flaws import Flaw, PackError
from rules.vote import BUCKETS, Vote

FORMAT, VERSION = "lianxi-vote", 1
_MOST_FUNCTIONS = 1_000
_MOST = 1 << 30


def vote_document(vote: Vote) -> bytes:
    """The file, the same for equal votes."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "learnt_on": vote.learnt_on.isoformat(),
        "sharpness": vote.sharpness,
        "functions": vote.functions,
        "decisions": vote.decisions,
        "weights": [[mark, *vote.weights[mark]] for mark in sorted(vote.weights)],
    }
    return _written({**document, "checksum": _checksum(document)}) + b"\n"


def read_vote(data: bytes, file: str) -> Vote:
    """The vote of a file's bytes. Raises PackError with the first flaw: where, and what to do."""
    try:
        document = json.loads(data)
        whole = isinstance(document, dict) and document.pop("checksum", None) == _checksum(document)
    except (ValueError, RecursionError):
        raise _flaw(file, "", "vote.not_json") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _flaw(file, "format", "vote.another_file", wanted=FORMAT)
    if document.get("version") != VERSION:
        raise _flaw(file, "version", "vote.another_version", wanted=str(VERSION))
    if not whole:
        raise _flaw(file, "checksum", "vote.changed")
    functions = _functions(document, file)
    return Vote(
        functions=functions,
        decisions=_decisions(document, file, len(functions)),
        sharpness=_number(document.get("sharpness"), file, "sharpness", 1, _MOST),
        weights=_weights(document, file, len(functions)),
        learnt_on=_day(document, file),
    )


def _functions(document: dict[str, Any], file: str) -> tuple[str, ...]:
    found = _list(document.get("functions"), file, "functions", 1, _MOST_FUNCTIONS)
    if not all(isinstance(each, str) and each for each in found) or len(set(found)) < len(found):
        raise _flaw(file, "functions", "vote.unusable")
    return tuple(found)


def _decisions(document: dict[str, Any], file: str, functions: int) -> tuple[int, ...]:
    found = _list(document.get("decisions"), file, "decisions", functions, functions)
    return tuple(_number(each, file, f"decisions.{at}", 1, _MOST) for at, each in enumerate(found))


def _weights(document: dict[str, Any], file: str, functions: int) -> dict[int, tuple[int, ...]]:
    weights: dict[int, tuple[int, ...]] = {}
    for at, row in enumerate(_list(document.get("weights"), file, "weights", 0, BUCKETS)):
        path = f"weights.{at}"
        bucket, *own = _list(row, file, path, functions + 1, functions + 1)
        if _number(bucket, file, path, 0, BUCKETS - 1) in weights:
            raise _flaw(file, path, "vote.unusable")
        weights[bucket] = tuple(_number(each, file, path, -_MOST, _MOST) for each in own)
    return weights


def _day(document: dict[str, Any], file: str) -> date:
    try:
        return date.fromisoformat(document.get("learnt_on", ""))
    except (TypeError, ValueError):
        raise _flaw(file, "learnt_on", "vote.unusable") from None


def _number(value: object, file: str, path: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _flaw(file, path, "vote.unusable")
    return value


def _list(value: object, file: str, path: str, least: int, most: int) -> list[Any]:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise _flaw(file, path, "vote.unusable")
    return value


def _flaw(file: str, path: str, code: str, **values: str) -> PackError:
    return PackError([Flaw(code, path, values, file)])


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(_written(document)).hexdigest()


def _written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
