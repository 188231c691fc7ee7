"""What does not fit the schema, in sentences of ours.

The library tells it in English alone, and some of its sentences quote all of a value: whoever keeps logs of
errors would then keep a complaint with the names and numbers in it. The mistakes that people make every day
are told here by their key; of the others, `detail_of` tells the library's words without what they quote.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wording.catalogue import Language, say

LONGEST_DETAIL = 300
LONGEST_NAME = 80
"""Characters of a name that are told again: names of the schema have fewer."""
QUOTED = re.compile(r", but encountered error '.*'(?=; found)|[,;.] found: .*", re.DOTALL | re.IGNORECASE)
"""The part of a message that quotes what Python said about a value, or a whole object."""
SUGGESTION = re.compile(r" Did you mean .*", re.DOTALL)
"""The part of a message that guesses what was meant."""
PLACE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at (\S+))?: ")

NAME = r"'(?P<name>[\w.]+)'"
VARIABLE = r"'\$(?P<name>\w+)'"
TYPE = r"'(?P<type>[\w\[\]!]+)'"
WANTED = TYPE.replace("<type>", "<wanted>")


class Misfit(NamedTuple):
    """A mistake by the key of its sentence, with the sentence's values."""

    key: str
    values: dict[str, object]


SENTENCES = tuple(
    (f"misfit.{key}", re.compile(pattern, re.DOTALL))
    for key, pattern in (
        ("field", rf"Cannot query field {NAME} on type {TYPE}"),
        ("argument", rf"Unknown argument {NAME} on field '(?P<field>[\w.]+)'"),
        ("argument_missing", rf"Argument '(?P<field>[\w.]+)\((?P<name>\w+):\)' of type {TYPE} is required"),
        ("member", rf"Expected value of type {TYPE} not to include unknown field {NAME}"),
        ("member_missing", rf"Expected value of type {TYPE} to include required field {NAME}"),
        ("object", rf"Expected value of type {TYPE} to be an object"),
        ("null", rf"Expected (a )?value of non-null type {TYPE} (to be provided|not to be)"),
        ("enum", r"Value .* does not exist in '(?P<type>\w+)' enum"),
        ("enum", rf"Enum {TYPE} cannot represent "),
        ("scalar", r"(?P<type>Boolean|Float|ID|Int|String) cannot represent "),
        ("selection", rf"Field {NAME} of type {TYPE} must have a selection of subfields"),
        ("no_selection", rf"Field {NAME} must not have a selection since type {TYPE} has no subfields"),
        ("variable", rf"Variable {VARIABLE} is not defined"),
        ("variable_unused", rf"Variable {VARIABLE} is never used"),
        ("variable_type", rf"Variable {VARIABLE} of type {TYPE} used in position expecting type {WANTED}"),
        ("type", rf"Unknown type {NAME}"),
        ("fragment", rf"Unknown fragment {NAME}"),
        ("fragment_unused", rf"Fragment {NAME} is never used"),
    )
)


def misfit_of(message: str) -> Misfit | None:
    """The mistake that a message of the library tells of; None for one that has no sentence here."""
    for key, pattern in SENTENCES:
        found = pattern.match(message)
        if found is not None:
            return Misfit(key, {name: value[:LONGEST_NAME] for name, value in found.groupdict().items()})
    return None


def of_input(message: str, language: Language) -> str:
    """What is wrong with an argument or a variable, and where in the variable, as `$input.lines[0]`."""
    place = PLACE.match(message)
    about = message[place.end() :] if place else message
    found = misfit_of(about)
    told = say(found.key, language, **found.values) if found else detail_of(about)
    return f"${place[1][:LONGEST_NAME]}{(place[2] or '')[:LONGEST_NAME]}: {told}" if place else told


def detail_of(message: str) -> str:
    """The library's words about a document or a value, as far as a client is told."""
    return SUGGESTION.sub("", QUOTED.sub("", message))[:LONGEST_DETAIL]
