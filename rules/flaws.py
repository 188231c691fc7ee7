"""What is wrong with a policy document: each flaw says where, what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wording.catalogue import Language, say


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that has to be mended. `path` leads into the document (`rules.3.outcome.lead`); `file` and
    `line` are known when it came from a file. `code` is the key of the message, such as `pack.missing`."""

    code: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None

    def message(self, language: Language = Language.ZH) -> str:
        """What is wrong and what to do about it, with its place."""
        where = self.path or "-"
        if self.file:
            where = f"{self.file}:{self.line} {self.path}" if self.line else f"{self.file} {self.path}"
        return say("pack.at", language, where=where.strip(), what=say(self.code, language, **self.values))


def line_at(data: bytes, place: int) -> int:
    """The line of a byte, from 1."""
    return data.count(b"\n", 0, place) + 1


class PackError(ValueError):
    """A policy document cannot be used. `flaws` has everything that was found, in its order."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("\n".join(flaw.message(Language.EN) for flaw in self.flaws))
