"""Decision models written for the tests, from as few words as possible."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from rules.dmn.policy_reader import drawn_policy
from rules.dmn.reader import read_model
from rules.dmn.table import Model
from rules.model import Policy

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(body: str, namespace: str = DMN_13, attributes: str = "") -> str:
    """A whole file around some elements, which begin on its third line."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<definitions xmlns="{namespace}" id="model" name="模型" namespace="urn:test" {attributes}>\n'
        f"{body}\n</definitions>\n"
    )


def table(
    hit_policy: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    name: str = "决定",
    aggregation: str = "",
    requires: str = "",
) -> str:
    """A decision with a table, one line an element. An input is `name:type` or `name:type:values`, an output
    `name:type:values:default`; every part may be missing."""
    lines = [f'<decision id="d_{name}" name={quoteattr(name)}>', requires]
    collected = f' aggregation="{aggregation}"' if aggregation else ""
    lines.append(f'<decisionTable hitPolicy="{hit_policy}"{collected}>')
    for each in inputs:
        key, kind, values = (*each.split(":", 2), "", "")[:3]
        typed = f' typeRef="{kind}"' if kind else ""
        lines.append(
            f"<input><inputExpression{typed}><text>{escape(key)}</text></inputExpression>"
            f"{_texts('inputValues', values)}</input>"
        )
    for each in outputs:
        key, kind, values, default = (*each.split(":", 3), "", "", "")[:4]
        typed = f' typeRef="{kind}"' if kind else ""
        named = f" name={quoteattr(key)}" if key else ""
        inside = _texts("outputValues", values) + _texts("defaultOutputEntry", default)
        lines.append(f"<output{named}{typed}>{inside}</output>")
    for at, row in enumerate(rows, 1):
        cells = [
            _texts("inputEntry" if place < len(inputs) else "outputEntry", text or "-")
            for place, text in enumerate(row)
        ]
        lines.append(f'<rule id="{name}_{at}">{"".join(cells)}</rule>')
    lines.append("</decisionTable></decision>")
    return "\n".join(lines)


def expression(name: str, text: str, requires: str = "") -> str:
    """A decision with a literal expression."""
    return (
        f'<decision id="d_{name}" name={quoteattr(name)}>{requires}'
        f"<literalExpression><text>{escape(text)}</text></literalExpression></decision>"
    )


def required(*decisions: str) -> str:
    """Requirements of other decisions."""
    return "".join(
        f'<informationRequirement><requiredDecision href="#d_{name}"/></informationRequirement>'
        for name in decisions
    )


def input_data(name: str, kind: str) -> str:
    """An input of the model."""
    named = f"name={quoteattr(name)}"
    return f"<inputData {named}><variable {named} typeRef={quoteattr(kind)}/></inputData>"


def model(*body: str) -> Model:
    """The model of these elements."""
    return read_model(definitions("\n".join(body)).encode(), "model.dmn")


def policy_from_dmn(drawn: Model, keep: Policy | None = None) -> Policy:
    """The policy of a model."""
    return drawn_policy(drawn, keep).policy


def _texts(element: str, text: str) -> str:
    return f"<{element}><text>{escape(text)}</text></{element}>" if text else ""
