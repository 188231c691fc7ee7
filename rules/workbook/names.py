"""Codes and what people call them: a cell may show 生态环境部门 for `ecology`, and nothing is lost by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.workbook.notation import COMMA, Unreadable, is_plain, quoted, shortened, split, word_of, word_text


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one set of codes. A quoted word is always the code itself."""

    by_code: Mapping[str, str] = field(default_factory=dict)
    by_name: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Names:
        """Names that may stand for their codes: bare, of one code only, and no code themselves."""
        found = dict(pairs)
        times = Counter(found.values())
        usable = {
            code: name
            for code, name in found.items()
            if is_plain(name) and times[name] == 1 and name not in found
        }
        return cls(usable, {name: code for code, name in usable.items()})

    def show(self, code: str) -> str:
        """The name of a code, or the code."""
        name = self.by_code.get(code)
        if name is not None:
            return name
        return quoted(code) if code in self.by_name else word_text(code)

    def code(self, part: str) -> str:
        """The code of a word in a cell."""
        word, literal = word_of(part)
        return word if literal else self.by_name.get(word, word)

    def show_all(self, codes: Iterable[str]) -> str:
        """Several codes as a list."""
        return ", ".join(self.show(code) for code in codes)

    def codes(self, text: str) -> list[str]:
        """The codes of a list."""
        return [self.code(part) for part in split(text, COMMA)]

    def only(self, text: str) -> str:
        """The one code of a cell. Raises Unreadable for several."""
        codes = self.codes(text)
        if len(codes) != 1:
            raise Unreadable("one_word", text=shortened(text))
        return codes[0]
