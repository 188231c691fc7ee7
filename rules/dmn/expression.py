"""What expressions of FEEL are made of, once they have been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Simple: TypeAlias = "bool | int | float | str | date | None"


class NotFeel(ValueError):
    """A text is not of the supported language. `code` is a message `dmn.<code>` with `values`."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self.values: Mapping[str, str] = values
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands for itself."""

    value: Simple


@dataclass(frozen=True, slots=True)
class Name:
    """A variable of the model: an input or a decision."""

    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """A member of a structure."""

    of: Expression
    member: str


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus something."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands: `+ - * / ** = != < <= > >= and or`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """One of `FUNCTIONS`."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Expression, ...]


Expression: TypeAlias = "Literal | Name | Path | Negative | Binary | Call | Items"
