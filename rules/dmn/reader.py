"""Read a decision model from DMN 1.1 to 1.5: everything that is wrong with it is collected, and a model with
one flaw is not read at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rules.dmn.expression import Expression, Literal, NotFeel
from rules.dmn.feel import parse_expression
from rules.dmn.flaw_list import FlawList
from rules.dmn.item_types import ItemTypes
from rules.dmn.table import MOST_RULES, Decision, DecisionTable, InputData, Model
from rules.dmn.table_reader import TableReader, check_language, own, text_of
from rules.dmn.words import Names
from rules.dmn.xml_source import Element, read_xml
from rules.flaws import Flaw, PackError

NAMESPACES: Mapping[str, str] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}

_MOST = {"decision": 500, "inputData": 1_000, "itemDefinition": 1_000, "input": 10_000, "output": 10_000}
"""How many elements there may be beside rules. A model that a person has drawn has a few dozen."""
_LOGIC = frozenset({"invocation", "context", "list", "relation", "functionDefinition"}) | frozenset(
    {"conditional", "filter", "for", "some", "every"}
)


def read_model(data: bytes, file: str) -> Model:
    """The model of a file; `file` is only the name for messages. Raises PackError with every flaw, each with
    decision, row, column and line."""
    root = read_xml(data, file, {"rule": MOST_RULES, **_MOST}, folded="text")
    if root.name != "definitions" or root.namespace not in NAMESPACES:
        known = ", ".join(NAMESPACES.values())
        raise PackError([Flaw("dmn.not_dmn", "", {"versions": known}, file, root.line)])
    _prune(root)
    return _Reader(root, file).model()


def _prune(root: Element) -> None:
    """Leave out what other makers have put in, and the drawing."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.children:
            element.children = [child for child in element.children if child.namespace == root.namespace]
            waiting += element.children


class _Reader:
    def __init__(self, root: Element, file: str) -> None:
        self._root = root
        self._file = file
        self._flaws = FlawList(file)
        self._types = ItemTypes(root, self._flaws)
        self._names_by_id = {
            element.get("id") or "": " ".join((element.get("name") or "").split())
            for element in (*root.all("inputData"), *root.all("decision"))
        }

    def model(self) -> Model:
        root = self._root
        self._ids()
        check_language(root, self._flaws, "")
        for name in ("import", "businessKnowledgeModel"):
            for element in root.all(name):
                self._flaws.note("unsupported_element", element.get("name") or "", element.line, element=name)
        inputs = tuple(self._input_data(element) for element in root.all("inputData"))
        decisions = [self._decision(element) for element in root.all("decision")]
        if not decisions:
            self._flaws.note("no_decision", "", root.line)
        self._repeated_names(inputs, decisions)
        ordered = tuple(self._in_order(decisions))
        self._flaws.stop()
        return Model(root.get("id") or "", root.get("name") or "", self._file, ordered, inputs, own(root))

    def _ids(self) -> None:
        seen: dict[str, int] = {}
        waiting = [self._root]
        while waiting:
            element = waiting.pop()
            waiting += reversed(element.children)
            found = element.get("id")
            if found is not None and seen.setdefault(found, element.line) != element.line:
                self._flaws.note("repeated_id", "", element.line, id=found, first=str(seen[found]))

    def _repeated_names(self, inputs: Iterable[InputData], decisions: Iterable[Decision]) -> None:
        seen = {each.name for each in inputs}
        for decision in decisions:
            if decision.name in seen:
                self._flaws.note("repeated_name", decision.name, decision.line, name=decision.name)
            seen.add(decision.name)

    def _input_data(self, element: Element) -> InputData:
        name = " ".join((element.get("name") or "").split())
        if not name:
            self._flaws.note("no_name", "", element.line)
        variable = element.first("variable")
        type_ = self._types.named(variable.get("typeRef") if variable else None, name, element.line)
        return InputData(name, type_, own(element))

    def _decision(self, element: Element) -> Decision:
        name = " ".join((element.get("name") or "").split())
        if not name:
            self._flaws.note("no_name", "", element.line)
        variable = element.first("variable")
        type_ = self._types.named(variable.get("typeRef") if variable else None, name, element.line)
        requires = tuple(self._required(element, name))
        known = {each.get("name") or "" for each in self._root.all("inputData")} | set(requires)
        logic: DecisionTable | Expression = Literal(None)
        table, literal = element.first("decisionTable"), element.first("literalExpression")
        if table is not None:
            logic = TableReader(self._flaws, self._types, name).read(table, type_, known)
        elif literal is not None:
            check_language(literal, self._flaws, name)
            names = Names(known, self._types.members)
            try:
                logic = parse_expression(text_of(literal), names)
            except NotFeel as flaw:
                self._flaws.note(flaw.code, name, literal.line, **flaw.values)
        else:
            other = next((child.name for child in element.children if child.name in _LOGIC), "-")
            self._flaws.note("unsupported_logic", name, element.line, element=other)
        return Decision(element.get("id") or "", name, logic, requires, element.line)

    def _required(self, element: Element, name: str) -> Iterator[str]:
        for requirement in element.all("informationRequirement"):
            for kind in ("requiredDecision", "requiredInput"):
                for required in requirement.all(kind):
                    href = required.get("href") or ""
                    found = self._names_by_id.get(href.removeprefix("#"))
                    if found is None:
                        self._flaws.note("unknown_reference", name, required.line, href=href)
                    elif kind == "requiredDecision":
                        yield found

    def _in_order(self, decisions: list[Decision]) -> Iterator[Decision]:
        """Decisions after those that they require."""
        done: set[str] = set()
        left = decisions
        while left:
            ready = [each for each in left if done.issuperset(each.requires)]
            if not ready:
                for each in left:
                    self._flaws.note("circle", each.name, each.line)
                return
            yield from ready
            done.update(each.name for each in ready)
            left = [each for each in left if each.name not in done]
