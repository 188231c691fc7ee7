"""A policy as a JSON file: one entry a line, in a fixed order, so that two versions can be compared by lines.

JSON is RFC 8259 in UTF-8. Python's own parser is used, because it says where a mistake is and shows every
key of an object; faster ones silently keep the last of repeated keys.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rules.document import check_policy, policy_document, policy_from_document
from rules.flaws import Flaw, PackError, line_at
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import Policy
from rules.workbook.sheets import SHEETS

MOST_BYTES = 128 * 1024 * 1024
DEEPEST = 12
LONGEST_NUMBER = 30
_LISTS = ("fields", "rules", "cases", "terms", "readings")


def json_of_policy(policy: Policy) -> bytes:
    """The JSON file of a policy: an entry of each list is a line of its own. Raises PackError for a policy
    that was never checked and holds what JSON cannot."""
    document = policy_document(policy)
    flaws: list[Flaw] = []
    parts: list[bytes] = []
    for key, value in document.items():
        if key in _LISTS:
            lines = [_line(item, f"{key}.{at}", flaws) for at, item in enumerate(value)]
            written = b"[\n" + b",\n".join(lines) + b"\n]" if lines else b"[]"
        else:
            written = _line(value, key, flaws)
        parts.append(_line(key, key, flaws) + b": " + written)
    if flaws:
        raise PackError(flaws)
    return b"{\n" + b",\n".join(parts) + b"\n}\n"


def policy_from_json(
    data: bytes,
    file: str,
    functions: frozenset[str] = FUNCTIONS,
    conference_domains: frozenset[str] = CONFERENCE_DOMAINS,
) -> Policy:
    """The policy of a JSON file. Raises PackError: for what is no JSON with line and column, for what it
    says with the path of the entry."""
    document = _parsed(data, file)
    try:
        policy = policy_from_document(document)
    except PackError as error:
        raise PackError([replace(flaw, file=file) for flaw in error.flaws]) from None
    found = check_policy(policy, functions, conference_domains)
    if found:
        raise PackError([replace(flaw, file=file) for flaw in found])
    return policy


def _line(value: object, path: str, flaws: list[Flaw]) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        name = value.get("id") or value.get("name") or path if isinstance(value, dict) else path
        flaws.append(Flaw("json.cannot_write", path, {"rule": ascii(name).strip("'")}))
        return b""


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Stands in for an object that has a key twice."""

    key: str


@dataclass(frozen=True, slots=True)
class _BadNumber:
    """Stands in for a number that no policy can hold."""

    written: str


def _parsed(data: bytes, file: str) -> Any:
    """The data of a file. Raises PackError."""
    if len(data) > MOST_BYTES:
        raise _refused("too_large", file, limit=f"{MOST_BYTES // 1024 // 1024} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("not_utf8", file, "", line_at(data, error.start)) from None
    if "\x00" in text:  # UTF-16 without a mark; JSON itself has no such character
        raise _refused("not_utf8", file)
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_BadNumber,
        )
    except json.JSONDecodeError as error:
        raise _refused("not_json", file, "", error.lineno, column=str(error.colno)) from None
    except RecursionError:
        raise _refused("too_deep", file, limit=str(DEEPEST)) from None
    flaws = list(_ill(found, "", 0, file))
    if isinstance(found, dict):
        flaws += _too_many(found, file)
    if flaws:
        raise PackError(flaws)
    return found


_LOOKED_INTO = (dict, list, _Repeated, _BadNumber)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return _Repeated(Counter(key for key, _ in pairs).most_common(1)[0][0])


def _whole(digits: str) -> int | _BadNumber:
    return int(digits) if len(digits) <= LONGEST_NUMBER else _BadNumber(digits)


def _decimal(digits: str) -> float | _BadNumber:
    number = float(digits)
    return number if abs(number) != float("inf") else _BadNumber(digits)


def _too_many(document: Mapping[str, Any], file: str) -> Iterator[Flaw]:
    for key, most in SHEETS.items():
        entries = document.get(key)
        if isinstance(entries, list) and len(entries) > most:
            yield Flaw("json.too_many", key, {"limit": str(most)}, file)


def _ill(data: Any, path: str, depth: int, file: str) -> Iterator[Flaw]:
    """What no policy may hold anywhere: repeated keys, endless numbers or nesting, halves of characters."""
    if depth > DEEPEST:
        yield Flaw("json.too_deep", path, {"limit": str(DEEPEST)}, file)
        return
    match data:
        case _Repeated(repeated):
            yield Flaw("json.repeated_key", path, {"entry": repeated}, file)
        case _BadNumber(written):
            values = {"number": written[:40], "limit": str(LONGEST_NUMBER)}
            yield Flaw("json.bad_number", path, values, file)
        case dict() | list():
            for key, value in data.items() if isinstance(data, dict) else enumerate(data):
                place = f"{path}.{key}" if path else str(key)
                if isinstance(value, _LOOKED_INTO):
                    yield from _ill(value, place, depth + 1, file)
                elif _is_ill(value):
                    yield Flaw("json.bad_text", place, {}, file)
                if _is_ill(key):
                    yield Flaw("json.bad_text", path, {}, file)


def _is_ill(value: object) -> bool:
    return isinstance(value, str) and not value.isascii() and not _is_text(value)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(code: str, file: str, path: str = "", line: int | None = None, **values: str) -> PackError:
    return PackError([Flaw(f"json.{code}", path, values, file, line)])
