"""Test cases of a decision model in the XML form of the public DMN technology compatibility kit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isclose

from rules.dmn.evaluate import evaluate_model
from rules.dmn.flaw_list import FlawList
from rules.dmn.table import Base, Model, Type
from rules.dmn.values import Value
from rules.dmn.xml_source import Element, read_xml
from rules.evaluate import is_number
from rules.flaws import Flaw, PackError

CASES_NAMESPACE = "http://www.omg.org/spec/DMN/20160719/testcase"
MOST_CASES = 10_000
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_TYPES = {
    "string": Base.STRING,
    "boolean": Base.BOOLEAN,
    "decimal": Base.NUMBER,
    "double": Base.NUMBER,
    "float": Base.NUMBER,
    "integer": Base.NUMBER,
    "int": Base.NUMBER,
    "long": Base.NUMBER,
    "date": Base.DATE,
}
_NUMBER = re.compile(r"[-+]?\d{1,300}(\.\d{0,300})?([eE][-+]?\d{1,3})?")
_CLOSE = 1e-8  # relative; division does not end


@dataclass(frozen=True, slots=True)
class Written:
    """A text of a case file, with its type if it says one."""

    text: str
    base: Base | None


@dataclass(frozen=True, slots=True)
class Structure:
    """Named parts."""

    parts: Mapping[str, WrittenValue]


WrittenValue = Written | Structure | tuple["WrittenValue", ...] | None
"""A value as a case file has it; lists are tuples."""


@dataclass(frozen=True, slots=True)
class Case:
    """Inputs by name, what decisions by name should come to, and where that stands."""

    id: str
    inputs: Mapping[str, WrittenValue]
    expected: Mapping[str, WrittenValue]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One expectation of a case. `problem` is what kept the table from answering, with file and line."""

    case: str
    decision: str
    passed: bool
    expected: str
    found: str
    problem: Flaw | None = None


def read_cases(data: bytes, file: str) -> tuple[Case, ...]:
    """The cases of a file. Raises PackError with every flaw and its line."""
    root = read_xml(data, file, {"testCase": MOST_CASES})
    if root.name != "testCases" or root.namespace != CASES_NAMESPACE:
        raise PackError([Flaw("dmn.no_cases", "", {"namespace": CASES_NAMESPACE}, file, root.line)])
    flaws = FlawList(file)
    cases = tuple(
        Case(
            element.get("id") or str(number),
            {node.get("name") or "": _node(node, flaws) for node in element.all("inputNode")},
            {node.get("name") or "": _expected(node, flaws) for node in element.all("resultNode")},
            file,
            element.line,
        )
        for number, element in enumerate(root.all("testCase"), 1)
    )
    flaws.stop()
    return cases


def run_cases(model: Model, cases: tuple[Case, ...]) -> tuple[CaseResult, ...]:
    """Every expectation of every case, in their order."""
    types = {each.name: each.type for each in model.inputs}
    known = {each.name for each in model.decisions}
    results: list[CaseResult] = []
    for case in cases:
        inputs = {
            " ".join(name.split()): _typed(value, types.get(" ".join(name.split()), Type()))
            for name, value in case.inputs.items()
        }
        found = evaluate_model(model, inputs)
        for decision, expected in case.expected.items():
            name = " ".join(decision.split())
            if name not in known:
                values = {"known": ", ".join(sorted(known))}
                flaw = Flaw("dmn.unknown_decision", decision, values, case.file, case.line)
                results.append(CaseResult(case.id, decision, False, _shown(expected), "-", flaw))
                continue
            result = found[name]
            passed = _matches(expected, result.value)
            problem = replace(result.problem, file=model.file) if result.problem else None
            said = _shown(expected), _said(result.value)
            results.append(CaseResult(case.id, decision, passed, *said, problem))
    return tuple(results)


def _expected(node: Element, flaws: FlawList) -> WrittenValue:
    inside = node.first("expected") or node.first("computed")
    return None if inside is None else _node(inside, flaws)


def _node(element: Element, flaws: FlawList) -> WrittenValue:
    """What an input, an expectation, a component or an item of a list holds."""
    listed = element.first("list")
    components = list(element.all("component"))
    if components:
        return Structure({part.get("name") or "": _node(part, flaws) for part in components})
    if listed is not None:
        if _nil(listed):
            return None
        return tuple(_node(item, flaws) for item in listed.all("item"))
    value = element.first("value")
    if value is None or _nil(value) or _nil(element):
        return None
    if not value.text and value.get(f"{_INSTANCE} type") is None:
        return None
    named = (value.get(f"{_INSTANCE} type") or "").rpartition(":")[2]
    if named and named not in _TYPES:
        flaws.note("unsupported_type", "", value.line, type=named)
    return Written(value.text, _TYPES.get(named))


def _nil(element: Element) -> bool:
    return element.get(f"{_INSTANCE} nil") in ("true", "1")


def _typed(value: WrittenValue, type_: Type) -> Value:
    """A written input as a value of the model's type; of the type that is written there, where the model
    leaves it open."""
    one = Type(type_.base, False, type_.members)
    if isinstance(value, tuple):
        return tuple(_typed(item, one) for item in value)
    if isinstance(value, Structure):
        members = type_.members or {}
        return {name: _typed(part, members.get(name, Type())) for name, part in value.parts.items()}
    if value is None:
        return None
    return _parsed(value.text, value.base or type_.base)


def _parsed(text: str, base: Base) -> Value:
    if base in (Base.STRING, Base.STRUCTURE):
        return text
    plain = text.strip()
    if base in (Base.BOOLEAN, Base.ANY) and plain in ("true", "false"):
        return plain == "true"
    if base in (Base.NUMBER, Base.ANY) and _NUMBER.fullmatch(plain):
        return float(plain) if set(plain) & set(".eE") else int(plain)
    if base is Base.DATE:
        try:
            return date.fromisoformat(plain)
        except ValueError:
            return None
    return text if base is Base.ANY else None


def _matches(expected: WrittenValue, found: Value) -> bool:
    """Whether a value is what was expected; numbers are compared as numbers."""
    if isinstance(expected, tuple):
        return (
            isinstance(found, tuple) and len(found) == len(expected) and all(map(_matches, expected, found))
        )
    if isinstance(expected, Structure):
        return (
            isinstance(found, Mapping)
            and found.keys() == expected.parts.keys()
            and all(_matches(part, found[name]) for name, part in expected.parts.items())
        )
    if expected is None:
        return found is None
    if isinstance(found, bool):
        return expected.base in (Base.BOOLEAN, None) and _parsed(expected.text, Base.BOOLEAN) is found
    if is_number(found):
        number = _parsed(expected.text, Base.NUMBER)
        return (
            expected.base in (Base.NUMBER, None)
            and is_number(number)
            and isclose(number, found, rel_tol=_CLOSE)
        )
    if isinstance(found, date):
        return expected.base in (Base.DATE, None) and _parsed(expected.text, Base.DATE) == found
    return expected.base in (Base.STRING, None) and expected.text == found


def _shown(expected: WrittenValue) -> str:
    """An expectation for people."""
    if isinstance(expected, tuple):
        return f"[{', '.join(map(_shown, expected))}]"
    if isinstance(expected, Structure):
        return f"{{{', '.join(f'{name}: {_shown(part)}' for name, part in expected.parts.items())}}}"
    return "null" if expected is None else expected.text


def _said(value: Value) -> str:
    """A result for people, in the same form."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_said, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_said(part)}' for name, part in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)
