"""Labelled complaints as JSON lines: what stands in a line beside the text, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from cli.lines import BadLine, Complaint, complaint_of, members, typed
from cli.speech import tell
from rules.functions import FUNCTIONS
from rules.labelled import Labelled

_MOST_LABELS = 100
_LONGEST_LABEL = 80


def labelled(line: bytes | None) -> tuple[Complaint, Labelled]:
    """The complaint of a line, and what should become of it. Only `text` and `lead` have to be there; of a
    label that is missing nothing is counted. Raises BadLine."""
    found = members(line)
    told = complaint_of(found)
    lead = _label(found, "lead")
    if lead is None:
        raise BadLine(tell("line.no_lead"))
    acceptable = (_labels(found, "lead_acceptable") or frozenset()) | {lead}
    co_units, co_optional = _labels(found, "co_units"), _labels(found, "co_optional") or frozenset()
    for function in sorted(acceptable | (co_units or frozenset()) | co_optional):
        if function not in FUNCTIONS:
            raise BadLine(tell("line.no_function", name=function, known=", ".join(sorted(FUNCTIONS))))
    return told, Labelled(
        told.id,
        told.text,
        lead,
        acceptable,
        _label(found, "sector"),
        co_units,
        co_optional,
        _labels(found, "flags"),
        bool(typed(found, "ambiguous", (bool,), "line.flag")),
    )


def _label(found: dict[str, Any], name: str) -> str | None:
    label: str | None = typed(found, name, (str,), "line.text")
    if label is not None and not _is_label(label):
        raise BadLine(tell("line.wrong_type", name=name, wanted=tell("line.word")))
    return label


def _labels(found: dict[str, Any], name: str) -> frozenset[str] | None:
    labels = typed(found, name, (list,), "line.words")
    if labels is None:
        return None
    if len(labels) > _MOST_LABELS or not all(map(_is_label, labels)):
        raise BadLine(tell("line.wrong_type", name=name, wanted=tell("line.words")))
    return frozenset(labels)


def _is_label(label: object) -> bool:
    return type(label) is str and 0 < len(label) <= _LONGEST_LABEL and label.isprintable()
