"""Item definitions of a model: named types, with the values that they allow."""

from __future__ import annotations

from rules.dmn.expression import NotFeel
from rules.dmn.flaw_list import FlawList
from rules.dmn.table import Base, Type
from rules.dmn.unary import literals_of, read_cell
from rules.dmn.values import Value
from rules.dmn.words import Names
from rules.dmn.xml_source import Element

_BUILT_IN = {
    "string": Base.STRING,
    "number": Base.NUMBER,
    "boolean": Base.BOOLEAN,
    "date": Base.DATE,
    "any": Base.ANY,
    # What modelling tools write beside the standard's own names.
    "integer": Base.NUMBER,
    "long": Base.NUMBER,
    "double": Base.NUMBER,
}
_UNSUPPORTED = frozenset(
    {"time", "datetime", "date and time", "days and time duration", "years and months duration"}
    | {"daytimeduration", "yearmonthduration", "duration", "context", "function"}
)


class ItemTypes:
    """The types of a model by name. `members` has the names of all parts of structures."""

    def __init__(self, root: Element, flaws: FlawList) -> None:
        self._flaws = flaws
        self._elements = {element.get("name") or "": element for element in root.all("itemDefinition")}
        self._resolved: dict[str, Type] = {}
        self._begun: set[str] = set()
        self.members: set[str] = set()
        waiting = list(self._elements.values())
        while waiting:
            for component in waiting.pop().all("itemComponent"):
                self.members.add(component.get("name") or "")
                waiting.append(component)
        for name, element in self._elements.items():
            self.named(name, name, element.line)

    def named(self, reference: str | None, place: str, line: int) -> Type:
        """The type that a reference such as `feel:number` or `tFee` names; any, without one."""
        if not reference or not reference.strip():
            return Type()
        name = reference.strip()
        if name not in self._elements:
            name = name.rpartition(":")[2]
        if name in self._resolved:
            return self._resolved[name]
        if name in self._elements:
            element = self._elements[name]
            if name in self._begun:
                self._flaws.note("circle", name, element.line)
                return Type()
            self._begun.add(name)
            self._resolved[name] = self._read(element)
            return self._resolved[name]
        if name.lower() in _BUILT_IN:
            return Type(_BUILT_IN[name.lower()])
        code = "unsupported_type" if name.lower() in _UNSUPPORTED else "unknown_type"
        self._flaws.note(code, place, line, type=reference)
        return Type()

    def _read(self, element: Element) -> Type:
        name = element.get("name") or ""
        is_list = element.get("isCollection") == "true"
        components = list(element.all("itemComponent"))
        if components:
            members = {part.get("name") or "": self._read(part) for part in components}
            return Type(Base.STRUCTURE, is_list, members)
        reference = element.first("typeRef")
        plain = self.named(reference.text if reference else None, name, element.line)
        allowed = element.first("allowedValues")
        values = plain.allowed
        if allowed is not None and allowed.text.strip():
            values = self._values(allowed.text, name, plain, allowed.line)
        return Type(plain.base, is_list or plain.is_list, plain.members, values)

    def _values(self, text: str, name: str, type_: Type, line: int) -> tuple[Value, ...]:
        try:
            cell = read_cell(text, name, type_, Names(()))
        except NotFeel as flaw:
            self._flaws.note(flaw.code, name, line, **flaw.values)
            return ()
        return literals_of(cell)
