"""The words of FEEL: a text in pieces, among them names with blanks in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.dmn.expression import NotFeel

CONTAINS = "list contains"
"""The one function of the standard that is known and has a blank in its name."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression: what it is (`string number name ? op end`), its text, and where it stands."""

    kind: str
    text: str
    at: int


class Names:
    """The variables that expressions may speak of, and the members of structures. A name may have blanks and
    marks in it, which is why all have to be known before a text can be read."""

    def __init__(self, names: Iterable[str], members: Iterable[str] = ()) -> None:
        self.known = frozenset(" ".join(name.split()) for name in names if name.strip())
        parts = {" ".join(name.split()) for name in members if name.strip()}
        longest_first = sorted({*self.known, *parts, CONTAINS}, key=lambda name: (-len(name), name))
        spelled = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
        self._token = re.compile(
            rf"""\s*(?:
            (?P<string>"(?:[^"\\]|\\.)*")
            |(?P<name>(?:{spelled})(?!\w)|[^\W\d]\w*)
            |(?P<number>\d+(?:\.\d+)?|\.\d+)
            |(?P<op>\*\*|\.\.|<=|>=|!=|[-+*/=<>()\[\],.?])
            |(?P<end>$))""",
            re.VERBOSE | re.DOTALL,
        )

    def tokens(self, text: str) -> list[Token]:
        """The words of a text, an `end` last. Raises NotFeel."""
        found: list[Token] = []
        at = 0
        while not found or found[-1].kind != "end":
            match = self._token.match(text, at)
            if match is None or match.lastgroup is None:
                rest = text[at:].lstrip()
                raise NotFeel("open_string" if rest.startswith('"') else "strange", rest=rest[:20])
            kind = match.lastgroup
            word = match.group(kind)
            found.append(Token(kind, " ".join(word.split()) if kind == "name" else word, match.start(kind)))
            at = match.end()
        return found
