"""Read typed entries out of plain data, collecting every flaw instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from rules.flaws import Flaw

Choice = TypeVar("Choice", bound=StrEnum)


class Row:
    """A mapping of a document at a path. What is missing or of the wrong type is noted, and a harmless
    value stands in for it, so that reading can go on."""

    def __init__(self, data: object, path: str, flaws: list[Flaw], keys: Collection[str]) -> None:
        self.path = path
        self.flaws = flaws
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.note("not_a_mapping", "")
        for key in self._data:
            if key not in keys:
                self.note("unknown_key", str(key), entry=str(key), known=", ".join(sorted(keys)))

    def note(self, code: str, entry: str, /, **values: str) -> None:
        """Remember a flaw at an entry of this row."""
        path = ".".join(part for part in (self.path, entry) if part)
        self.flaws.append(Flaw(f"pack.{code}", path, values))

    def has(self, key: str) -> bool:
        """Whether the entry is there and not null."""
        return self._data.get(key) is not None

    def is_text(self, key: str) -> bool:
        """Whether the entry is a text that is not blank."""
        value = self._data.get(key)
        return isinstance(value, str) and bool(value.strip())

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it has to be there and must not be blank."""
        value = self._data.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None and not isinstance(value, str):
            self.note("not_a_text", key)
        elif default is None:
            self.note("missing", key, entry=key)
        return default or ""

    def optional_text(self, key: str) -> str | None:
        """A text or nothing."""
        return self.text(key, "") or None

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        value = self._data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if value is None and default is not None:
            return default
        self.note("missing" if value is None else "not_a_whole_number", key, entry=key)
        return default or 0

    def number(self, key: str, default: float) -> float:
        """A number."""
        value = self._data.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        self.note("not_a_number", key)
        return default

    def optional_number(self, key: str) -> float | None:
        """A number or nothing."""
        return self.number(key, 0.0) if self.has(key) else None

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._data.get(key, default)
        if isinstance(value, bool):
            return value
        self.note("not_a_flag", key)
        return default

    def day(self, key: str) -> date | None:
        """A day, as YAML writes it or as ISO text, or nothing."""
        value = self._data.get(key)
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.note("not_a_day", key)
            return None

    def choice(self, key: str, kinds: type[Choice]) -> Choice:
        """One of a fixed list of words."""
        value = self._data.get(key)
        found: Choice | None = _by_word(kinds).get(value) if isinstance(value, str) else None
        if found is not None:
            return found
        known = ", ".join(kinds)
        self.note(
            "missing" if value is None else "unknown_word", key, entry=key, word=str(value), known=known
        )
        return next(iter(kinds))

    def items(self, key: str, *, required: bool = False) -> list[Any]:
        """A list; null is refused, because it reads like an empty one and is mostly a slip."""
        if key not in self._data:
            if required:
                self.note("missing", key, entry=key)
            return []
        value = self._data[key]
        if isinstance(value, list):
            return value
        self.note("null_list" if value is None else "not_a_list", key)
        return []

    def mapping(self, key: str) -> dict[str, Any]:
        """A mapping from texts to anything; empty where there is none."""
        value = self._data.get(key, {})
        if isinstance(value, dict) and all(isinstance(name, str) for name in value):
            return dict(value)
        self.note("not_a_mapping", key)
        return {}

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self.items(key)
        if not found:
            return ()
        if not all(isinstance(item, str) and item for item in found):
            self.note("not_texts", key)
        return tuple(item for item in found if isinstance(item, str) and item)

    def scalars(self, key: str) -> tuple[str | int | float | bool, ...]:
        """A list of texts, numbers or flags."""
        found = self.items(key)
        if not found:
            return ()
        if not all(isinstance(item, str | int | float | bool) for item in found):
            self.note("not_scalars", key)
        return tuple(item for item in found if isinstance(item, str | int | float | bool))

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A mapping from a field to a word or a list of words, or a list of pairs, as (field, word) pairs."""
        value = self._data.get(key, {})
        if isinstance(value, list | dict) and not value:
            return ()
        if isinstance(value, dict):
            listed = [(name, words if isinstance(words, list) else [words]) for name, words in value.items()]
            pairs = [(name, word) for name, words in listed for word in words]
        elif isinstance(value, list) and all(isinstance(p, list | tuple) and len(p) == 2 for p in value):
            pairs = [(p[0], p[1]) for p in value]
        else:
            pairs = [("", None)]
        if not all(isinstance(name, str) and isinstance(word, str) and name and word for name, word in pairs):
            self.note("not_pairs", key)
            return ()
        return tuple(pairs)


@cache
def _by_word(kinds: type[StrEnum]) -> Mapping[str, Any]:
    # To look a word up takes a fifth of the time that asking the class for it does.
    return {str(kind): kind for kind in kinds}
