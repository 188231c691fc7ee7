"""HTML as a browser understands it, as far as the tests need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


@dataclass
class Element:
    """An element; its children are elements and strings."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *tags: str) -> list[Element]:
        """The elements inside with one of these tags (all without), in order."""
        return [element for element in self.walk() if element.tag in tags or not tags]

    def one(self, **attributes: str) -> Element:
        """The only element inside that has these attributes."""
        (found,) = (e for e in self.walk() if attributes.items() <= e.attributes.items())
        return found

    def walk(self) -> Iterator[Element]:
        """All elements inside, in order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        # The first line end in a textarea belongs to the mark-up.
        if self.open[-1].tag == "textarea" and not self.open[-1].children:
            data = data.removeprefix("\n")
        self.open[-1].children.append(data)


def read(source: str) -> Element:
    """The document. Fails for elements that are closed crosswise or not at all."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    assert len(reader.open) == 1, [element.tag for element in reader.open]
    return reader.open[0]


def fields(form: Element) -> dict[str, str]:
    """What a browser would send with a form as it stands."""
    sent = {}
    for element in form.all("input", "textarea"):
        sent[element.attributes["name"]] = element.attributes.get("value", element.text)
    for select in form.all("select"):
        chosen = [o for o in select.all("option") if "selected" in o.attributes] or select.all("option")
        sent[select.attributes["name"]] = chosen[0].attributes["value"]
    return sent
