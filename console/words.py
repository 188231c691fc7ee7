"""The words that templates may use: everything they say in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from wording.catalogue import Language, messages, say

CHINA = timezone(timedelta(hours=8))
"""China has one time zone and no daylight saving."""


class Words:
    """One language. The API names things in Chinese and English and everything else by codes."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def t(self, key: str, **values: object) -> str:
        """A sentence of the console's own."""
        return say(f"console.{key}", self.language, **values)

    def word(self, kind: str, code: str) -> str:
        """The name of a code; the code itself where nobody has named it, as a policy may use its own."""
        return messages(self.language).get(f"{kind}.{code}", code)

    def name(self, thing: Mapping[str, Any], field: str = "name") -> str:
        """What a thing is called; Chinese where it has no English name."""
        chinese: str = thing[field]
        return chinese if self.language is Language.ZH else thing[f"{field}En"] or chinese

    def names(self, things: Iterable[Mapping[str, Any]]) -> str:
        """What several things are called."""
        return self.t("comma").join(self.name(thing) for thing in things)

    def moment(self, value: str) -> str:
        """An ISO 8601 moment as clocks in China show it."""
        return datetime.fromisoformat(value).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")

    def in_fours(self, key: str) -> str:
        """A key as people type it; authenticators do not mind the spaces."""
        return " ".join(key[at : at + 4] for at in range(0, len(key), 4))

    def details(self, event: Mapping[str, Any], assignments: Iterable[Mapping[str, Any]]) -> list[str]:
        """What is worth reading of an event; its codes of units are those of `assignments`."""
        units = {entry["department"]["code"]: self.name(entry["department"]) for entry in assignments}
        readings: dict[str, Callable[[str], str]] = {
            "unit": lambda code: units.get(code, code),
            "lead": lambda code: units.get(code, code),
            "role": lambda code: self.word("console.role", code.upper()),
            "domain": lambda code: self.word("domain", code),
            "functions": lambda codes: self.t("comma").join(
                self.word("function", code) for code in codes.split(", ")
            ),
            "rule": lambda code: self.t("by_rule", rule=code),
        }
        details = {detail["name"]: detail["value"] for detail in event["details"]}
        return [read(details[name]) for name, read in readings.items() if name in details]
