"""Where in an edit an error lies: the inputs of the API call some entries otherwise than a document does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from casework.errors import ErrorCode, UserError

_NAMES = {
    "title_en": "titleEn",
    "triage_below": "triageBelow",
    "id": "code",
    "legal_basis": "legalBasis",
    "valid_from": "validFrom",
    "valid_to": "validTo",
    "lead": "leadFunction",
    "co_functions": "coFunctions",
    "conference": "conferenceDomain",
    "legal_path": "legalPath",
    "rule": "ruleCode",
    "region": "regionCode",
}
_PAIR = {"0": "field", "1": "word"}


def of_input(errors: Iterable[UserError]) -> Iterator[UserError]:
    """The errors with the paths that their entries have in the input of an edit."""
    for error in errors:
        yield replace(error, path=tuple(_steps(error)))


def _steps(error: UserError) -> Iterator[str]:
    above = ("", "")
    for step in error.path:
        if above[1] == "facts" or above[0] == "facts":
            # Facts of a term are pairs; those of a case have names, which are data.
            yield _PAIR.get(step, step) if above[0] == "facts" else step
        elif step == "values" and above[0] == "conditions":
            yield "numbers" if error.code is ErrorCode.NUMBER_OUT_OF_RANGE else "words"
        else:
            yield _NAMES.get(step, step)
        above = (above[1], step)
