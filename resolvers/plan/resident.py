"""Entries of the register, and items made of codes alone, as JSON: made once for a selection, and kept as
long as the register lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from resolvers.register import Register

Build = Callable[[Any, Register], Any]
"""Makes the item of an entry, or of the codes of a row."""
MOST_ITEMS = 500
"""Items of rows that one selection keeps."""


class Residents:
    """The entries of one kind for one selection."""

    def __init__(self, kind: str, nullable: bool, build: Build) -> None:
        self._kind = kind
        self._nullable = nullable
        self._build = build
        self._register: Register | None = None
        self._entries: Mapping[str | None, Any] = {}

    def of(self, register: Register) -> Mapping[str | None, Any]:
        """The entries of a register by their code. Raises KeyError for a code that is not there."""
        if self._register is not register:
            entries = Entries(getattr(register, self._kind), self._build, register)
            if self._nullable:
                entries[None] = None
            self._entries = entries
            self._register = register
        return self._entries


class Combinations:
    """The items of rows that are made of a few codes alone, such as a participant's role and department:
    there are far more such rows than different items."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._register: Register | None = None
        self._items: Mapping[tuple[Any, ...], Any] = {}

    def of(self, register: Register) -> Mapping[tuple[Any, ...], Any]:
        """The items by the codes of a row. Raises KeyError for a code that is not there."""
        if self._register is not register:
            self._items = Items(self._build, register)
            self._register = register
        return self._items


class Items(dict[tuple[Any, ...], Any]):
    """Makes an item when it is first asked for, and keeps the first MOST_ITEMS."""

    def __init__(self, build: Build, register: Register) -> None:
        self._build = build
        self._register = register

    def __missing__(self, codes: tuple[Any, ...]) -> Any:
        item = orjson.Fragment(orjson.dumps(self._build(codes, self._register)))
        if len(self) < MOST_ITEMS:
            self[codes] = item
        return item


class Entries(dict[str | None, Any]):
    """Makes an entry when it is first asked for."""

    def __init__(self, find: Callable[[Any], Any], build: Build, register: Register) -> None:
        self._find = find
        self._build = build
        self._register = register

    def __missing__(self, code: str | None) -> Any:
        if code is None:
            raise KeyError(code)
        item = orjson.Fragment(orjson.dumps(self._build(self._find(code), self._register)))
        self[code] = item
        return item
