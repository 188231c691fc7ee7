"""The part of FEEL, the expression language of DMN, that decision tables of compliance level 2 need.

Expressions: literals, names, paths, arithmetic, comparison, and/or/not, and the functions of `FUNCTIONS`.
Everything else is refused by name (`NotFeel`), never half understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from rules.dmn.expression import (
    Binary,
    Call,
    Expression,
    Items,
    Literal,
    Name,
    Negative,
    NotFeel,
    Path,
    Simple,
)
from rules.dmn.words import Names, Token

FUNCTIONS = ("count", "date", "max", "min", "not", "sum")
DEEPEST = 40
MOST_OPERATIONS = 200
"""In one expression, or in all expressions of one cell: a chain of operations nests as deep as it is long."""
_LONGEST_NUMBER = 400  # digits; beyond, no float has a value for it
_SPACED_FUNCTION = re.compile(
    r"((?:starts|ends)\s+with|string\s+length|(?:upper|lower)\s+case|substring\s+(?:before|after)"
    r"|(?:index|day|month|week)\s+of(?:\s+\w+)?|insert\s+before|distinct\s+values|get\s+\w+|is\s+defined"
    r"|list\s+\w+|date\s+and\s+time|(?:years\s+and\s+months|days\s+and\s+time)\s+duration)\s*\("
)
"""Functions of the standard whose names have blanks in them."""
_KEYWORDS = frozenset(
    {
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "function",
        "instance",
        "between",
        "in",
    }
)


class Parser:
    """Reads expressions from words, one after another."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self._names = names
        self._tokens = names.tokens(text)
        self._at = 0
        self._depth = 0
        self._operations = 0

    @property
    def next(self) -> Token:
        """The word that comes."""
        return self._tokens[self._at]

    def at(self, *texts: str) -> bool:
        """Whether one of these marks or words comes."""
        return self.next.kind in ("op", "name") and self.next.text in texts

    def take(self) -> Token:
        """The word that comes, and go on."""
        token = self.next
        if token.kind != "end":
            self._at += 1
        return token

    def expect(self, *texts: str) -> str:
        """One of these marks has to come."""
        if not self.at(*texts):
            raise self.unexpected()
        return self.take().text

    def mark(self) -> int:
        """A place to come back to."""
        return self._at

    def back(self, mark: int) -> None:
        """Come back."""
        self._at = mark

    def unexpected(self) -> NotFeel:
        """The flaw of a word that cannot stand where it stands."""
        if self.next.kind == "end":
            return NotFeel("incomplete", text=self.text[:60])
        return NotFeel("unexpected", word=self.next.text[:40], text=self.text[:60])

    def finish(self) -> None:
        """Nothing may follow."""
        if self.next.kind != "end":
            raise self.unexpected()

    def expression(self) -> Expression:
        """A whole expression."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotFeel("nested", limit=str(DEEPEST))
        left = self._conjunction()
        while self.at("or"):
            self.take()
            left = self._joined("or", left, self._conjunction())
        self._depth -= 1
        return left

    def _conjunction(self) -> Expression:
        left = self._comparison()
        while self.at("and"):
            self.take()
            left = self._joined("and", left, self._comparison())
        return left

    def _comparison(self) -> Expression:
        left = self.sum()
        if self.at("=", "!=", "<", "<=", ">", ">="):
            return self._joined(self.take().text, left, self.sum())
        return left

    def sum(self) -> Expression:
        """A sum, or anything that binds stronger: what stands beside `<` and in ranges."""
        left = self._product()
        while self.at("+", "-"):
            left = self._joined(self.take().text, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._power()
        while self.at("*", "/"):
            left = self._joined(self.take().text, left, self._power())
        return left

    def _power(self) -> Expression:
        left = self._signed()
        while self.at("**"):
            self.take()
            left = self._joined("**", left, self._signed())
        return left

    def _signed(self) -> Expression:
        signs = 0
        while self.at("-"):
            self.take()
            signs += 1
        operand = self._path()
        if signs % 2 == 0:
            return operand
        if isinstance(operand, Literal) and isinstance(operand.value, int | float):
            return Literal(-operand.value)
        return Negative(operand)

    def _path(self) -> Expression:
        found = self._operand()
        while self.at("."):
            self.take()
            if self.next.kind != "name":
                raise self.unexpected()
            self._count()
            found = Path(found, self.take().text)
        return found

    def _joined(self, operator: str, left: Expression, right: Expression) -> Expression:
        self._count()
        return Binary(operator, left, right)

    def _count(self) -> None:
        self._operations += 1
        if self._operations > MOST_OPERATIONS:
            raise NotFeel("too_many_operations", limit=str(MOST_OPERATIONS))

    def _operand(self) -> Expression:
        token = self.next
        if token.kind == "string":
            return Literal(string_value(self.take().text))
        if token.kind == "number":
            return Literal(number_value(self.take().text))
        if self.at("("):
            self.take()
            inner = self.expression()
            self.expect(")")
            return inner
        if self.at("["):
            self.take()
            return Items(self._listed("]"))
        if token.kind == "name":
            self.take()
            return self._named(token)
        raise self.unexpected()

    def _named(self, token: Token) -> Expression:
        word = token.text
        constants: Mapping[str, Simple] = {"true": True, "false": False, "null": None}
        if word in self._names.known and not self.at("("):
            return Name(word)
        if word in constants:
            return Literal(constants[word])
        if self.at("("):
            return self._call(word)
        if word in _KEYWORDS:
            raise NotFeel("unsupported_word", word=word)
        if spaced := _SPACED_FUNCTION.match(self.text, token.at):
            return self._call(" ".join(spaced[1].split()))
        raise NotFeel("unknown_name", name=word, text=self.text[:60])

    def _call(self, function: str) -> Expression:
        if function not in FUNCTIONS:
            raise NotFeel("function", function=function, supported=", ".join(FUNCTIONS))
        self.take()
        arguments = self._listed(")")
        if function == "date":
            if len(arguments) == 1 and isinstance(arguments[0], Literal):
                return Literal(date_value(arguments[0].value))
            raise NotFeel("not_a_date", text=self.text[:60])
        if not arguments or (function == "not" and len(arguments) != 1):
            raise NotFeel("arguments", function=function)
        return Call(function, arguments)

    def _listed(self, end: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while not self.at(end):
            if items:
                self.expect(",")
            items.append(self.expression())
        self.take()
        return tuple(items)


def parse_expression(text: str, names: Names) -> Expression:
    """The expression of a text. Raises NotFeel."""
    parser = Parser(text, names)
    found = parser.expression()
    parser.finish()
    return found


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}


def string_value(written: str) -> str:
    """The text of a string literal, its quotes included. Raises NotFeel."""

    def plain(match: re.Match[str]) -> str:
        short, long, mark = match.groups()
        if mark is not None:
            # A backslash before any other letter stands for itself.
            return _PLAIN_ESCAPES.get(mark, "\\" + mark)
        code = int(short or long, 16)
        if code > 0x10FFFF:
            raise NotFeel("bad_escape", escape=match.group())
        return chr(code)

    found = _ESCAPE.sub(plain, written[1:-1])
    try:
        # Two escapes may spell one character beyond the basic plane; half of one is no character.
        return found.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise NotFeel("bad_escape", escape=written[:40]) from None


def number_value(written: str) -> int | float:
    """The number of a literal: whole numbers exactly, others as floats. Raises NotFeel."""
    if len(written) > _LONGEST_NUMBER:
        raise NotFeel("number_too_long", limit=str(_LONGEST_NUMBER))
    return float(written) if "." in written else int(written)


def date_value(written: Simple) -> date:
    """The day of `date("2026-07-01")`. Raises NotFeel."""
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise NotFeel("not_a_date", text=str(written)[:60]) from None
