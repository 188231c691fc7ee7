"""Read XML as a tree with the line of every element, refusing what has made XML dangerous.

A document type is refused whatever it says: with it go entities, so that nothing outside the file is ever
fetched and nothing inside it ever grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat

from rules.flaws import Flaw, PackError

MOST_BYTES = 128 * 1024 * 1024
MOST_ELEMENTS = 5_000_000
DEEPEST = 64
LONGEST_TEXT = 1_000_000
_SHORT = 40
_BEGINNING = 65_536

_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1"})
_BREAKS_OFF = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


@dataclass(slots=True)
class Element:
    """One element: namespace and local name, attributes in turn with their values (`namespace name` where
    they have a namespace), children, the text directly inside it, and the line of its begin, from 1."""

    namespace: str
    name: str
    line: int
    attributes: Sequence[str] = ()
    children: Sequence[Element] = ()
    text: str = ""

    def get(self, attribute: str) -> str | None:
        """An attribute."""
        named = zip(self.attributes[::2], self.attributes[1::2], strict=True)
        return next((value for name, value in named if name == attribute), None)

    def all(self, name: str) -> Iterator[Element]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element | None:
        """The first child of a name."""
        return next(self.all(name), None)


def read_xml(data: bytes, file: str, most: Mapping[str, int], folded: str = "") -> Element:
    """The root of a document; `file` is only the name for messages, and `most` says how many elements of a
    name there may be. An element `folded` without parts of its own is left out and its text is its parent's:
    in a table of a hundred thousand rows that saves every second element.

    Raises PackError with file, line and column."""
    if len(data) > MOST_BYTES:
        raise PackError([Flaw("dmn.too_large", "", {"limit": f"{MOST_BYTES // 1024 // 1024} MB"}, file)])
    return _Builder(file, most, folded).read(data)


def root_attributes(data: bytes) -> Mapping[str, str]:
    """The attributes of the root (`namespace name` where they have a namespace), found without reading on.
    Empty for what has no root at its beginning, and for a document type."""
    found: dict[str, str] = {}

    def start(_tag: str, attributes: dict[str, str]) -> None:
        found.update(attributes)
        parser.StartElementHandler = None

    def doctype(*_: object) -> None:
        parser.StartElementHandler = None

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    # What is wrong is told when all of it is read.
    with suppress(expat.ExpatError, LookupError, ValueError):
        parser.Parse(data[:_BEGINNING], False)
    return found


class _Builder:
    """Builds the tree from the parser's calls, without recursion."""

    def __init__(self, file: str, most: Mapping[str, int], folded: str) -> None:
        self._file = file
        self._folded = folded
        self._left = dict(most)
        self._most = most
        self._elements = 0
        self._open: list[Element] = [Element("", "", 0)]
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def read(self, data: bytes) -> Element:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            code = "dmn.breaks_off" if self._at_end(error, data) else "dmn.not_xml"
            place = {"line": str(error.lineno), "column": str(error.offset + 1)}
            raise PackError([Flaw(code, "", place, self._file, error.lineno)]) from None
        except PackError:
            raise
        except (LookupError, ValueError):  # an encoding that Python does not know
            raise self._refused("encoding", encoding="?") from None
        return self._open[0].children[0]

    def _at_end(self, error: expat.ExpatError, data: bytes) -> bool:
        return error.code in _BREAKS_OFF and self._parser.ErrorByteIndex >= 0 and bool(data.strip())

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise self._refused("encoding", encoding=encoding)

    def _doctype(self, *_: object) -> None:
        raise self._refused("doctype")

    def _start(self, tag: str, attributes: list[str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        self._elements += 1
        if len(self._open) > DEEPEST:
            raise self._refused("too_deep", limit=str(DEEPEST))
        if self._elements > MOST_ELEMENTS:
            raise self._refused("too_many_elements", limit=str(MOST_ELEMENTS))
        if name in self._left:
            self._left[name] -= 1
            if self._left[name] < 0:
                raise self._refused("too_many", element=name, limit=str(self._most[name]))
        # Names and short texts come again and again; each is kept once.
        shared = self._parser.intern.setdefault
        self._open.append(
            Element(
                shared(namespace, namespace),
                shared(name, name),
                self._parser.CurrentLineNumber,
                tuple(attributes),
            )
        )

    def _end(self, _tag: str) -> None:
        element = self._open.pop()
        parent = self._open[-1]
        if element.children:
            element.text = element.text.strip()  # indentation
        elif len(element.text) <= _SHORT:
            element.text = self._parser.intern.setdefault(element.text, element.text)
        if element.name == self._folded and not element.children:
            parent.text = element.text
        elif isinstance(parent.children, list):
            parent.children.append(element)
        else:
            parent.children = [element]

    def _characters(self, text: str) -> None:
        element = self._open[-1]
        element.text += text
        if len(element.text) > LONGEST_TEXT:
            raise self._refused("text_too_long", limit=str(LONGEST_TEXT))

    def _refused(self, code: str, **values: str) -> PackError:
        return PackError([Flaw(f"dmn.{code}", "", values, self._file, self._parser.CurrentLineNumber)])
