"""What of a policy cannot even be kept as a draft: names that repeat, texts that no database takes, too much.

Whether a policy makes sense is asked by the check; a draft may be wrong, but it has to be storable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from casework.errors import ErrorCode, UserError
from casework.policy_text import CASES, READINGS, RULES, TERMS
from casework.text import LONGEST_TEXT, text_errors
from rules.cases import read_case
from rules.check import repeated
from rules.document import read_field, read_rule
from rules.flaws import Flaw
from rules.lexicon_document import read_reading, read_term

LONGEST_WORD = 64
LONGEST_TITLE = 200
LARGEST_PRIORITY = 2**31 - 1
LARGEST_NUMBER = 2**53
MOST = {
    "fields": 1_000,
    RULES.entry: 100_000,
    TERMS.entry: 200_000,
    READINGS.entry: 20_000,
    CASES.entry: 10_000,
}
"""How many entries of each kind one policy may have."""
MOST_ERRORS = 100
"""How many errors of a content are told."""
_NAMES = {
    "fields": ("name", LONGEST_WORD),
    RULES.entry: ("id", LONGEST_WORD),
    TERMS.entry: ("text", LONGEST_TITLE),
    READINGS.entry: ("id", LONGEST_WORD),
    CASES.entry: ("name", LONGEST_TITLE),
}
_READERS: Mapping[str, Callable[[object, str, list[Flaw]], object]] = {
    "fields": read_field,
    RULES.entry: read_rule,
    TERMS.entry: read_term,
    READINGS.entry: read_reading,
    CASES.entry: read_case,
}
_TITLES = ("title", "title_en")
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")

Path = tuple[str, ...]


def is_policy_key(key: str) -> bool:
    """Whether a policy can have this key: small letters, digits, points and hyphens, at most 64."""
    return _KEY.fullmatch(key) is not None


def content_errors(document: Mapping[str, Any], path: Path) -> Iterator[UserError]:
    """What keeps a policy's document from being stored, each with the path to it."""
    for name in _TITLES:
        if not document[name].strip():
            yield UserError(ErrorCode.TEXT_EMPTY, (*path, name))
        yield from _title_errors(document[name], (*path, name))
        yield from _value_errors(document[name], (*path, name))
    yield from _value_errors(document["triage_below"], (*path, "triage_below"))
    for entry in _NAMES:
        yield from entries_errors(entry, document.get(entry, ()), (*path, entry))


def entries_errors(entry: str, items: Sequence[Mapping[str, Any]], path: Path) -> Iterator[UserError]:
    """The same of a list of rules, terms, readings, cases or fields."""
    if len(items) > MOST[entry]:
        yield UserError(ErrorCode.TOO_MANY_ROWS, path, {"count": len(items), "most": MOST[entry]})
        return
    name, longest = _NAMES[entry]
    for at, item in enumerate(items):
        place = (*path, str(at))
        yield from _shape_errors(entry, item, place)
        if len(item[name]) > longest:
            values = {"length": len(item[name]), "most": longest}
            yield UserError(ErrorCode.TEXT_TOO_LONG, (*place, name), values)
        if entry == RULES.entry:
            yield from _rule_errors(item, place)
        yield from _value_errors(item, place)
    for at, repeating in repeated(item[name] for item in items):
        if not name_errors([repeating], ()):
            yield UserError(ErrorCode.REPEATED_NAME, (*path, str(at), name), {"name": repeating})


def _shape_errors(entry: str, item: Mapping[str, Any], path: Path) -> Iterator[UserError]:
    """What would keep the entry from being read again."""
    flaws: list[Flaw] = []
    _READERS[entry](item, "", flaws)
    for flaw in flaws:
        code = ErrorCode.TEXT_EMPTY if flaw.code == "pack.missing" else ErrorCode.ROW_INCOMPLETE
        yield UserError(code, (*path, *filter(None, flaw.path.split("."))))


def name_errors(names: Sequence[str], path: Path) -> list[UserError]:
    """Names that nothing stored can have, and that no database may even be asked for."""
    return [error for at, name in enumerate(names) if name for error in _value_errors(name, (*path, str(at)))]


def _rule_errors(rule: Mapping[str, Any], path: Path) -> Iterator[UserError]:
    for name in _TITLES:
        yield from _title_errors(rule[name], (*path, name))
    if abs(rule["priority"]) > LARGEST_PRIORITY:
        yield UserError(ErrorCode.NUMBER_OUT_OF_RANGE, (*path, "priority"), {"value": rule["priority"]})


def _title_errors(title: str, path: Path) -> Iterator[UserError]:
    if len(title) > LONGEST_TITLE:
        values = {"length": len(title), "most": LONGEST_TITLE}
        yield UserError(ErrorCode.TEXT_TOO_LONG, path, values)


def _value_errors(value: Any, path: Path) -> Iterator[UserError]:
    """Texts and numbers anywhere below a path that JSON or a column cannot keep."""
    if isinstance(value, str):
        if "\x00" in value:
            yield UserError(ErrorCode.TEXT_UNREADABLE, path)
        elif value:
            yield from text_errors(value, path, LONGEST_TEXT)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _value_errors(part, (*path, name))
    elif isinstance(value, list | tuple):
        for at, part in enumerate(value):
            yield from _value_errors(part, (*path, str(at)))
    elif isinstance(value, int | float) and not isinstance(value, bool) and not _fits(value):
        yield UserError(ErrorCode.NUMBER_OUT_OF_RANGE, path, {"value": value})


def _fits(number: float) -> bool:
    # False for what is no number, too; and a larger one may have been rounded to this one on its way.
    return abs(number) < LARGEST_NUMBER
