"""What pages are made of: operations the API accepts, words in both languages, colours one can read."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from graphql import parse, validate

from console import form
from console.asking import OPERATIONS
from schema.schema import schema
from wording.catalogue import Language, messages

ROOM = Path(form.__file__).parent
CATALOGUES = ROOM.parent / "wording"
TEMPLATES = {path.name: path.read_text() for path in sorted((ROOM / "templates").glob("*.html"))}
SOURCES = "".join([*TEMPLATES.values(), *(path.read_text() for path in sorted(ROOM.glob("*.py")))])
CODES = {
    "channel": "Channel",
    "status": "DisputeStatus",
    "role": "AssignmentRole",
    "origin": "AssignmentOrigin",
    "session": "SessionStatus",
    "participant": "ParticipantRole",
    "triage": "TriageReason",
    "objection": "ObjectionState",
}


def _keys(language: Language) -> dict[str, str]:
    with (CATALOGUES / language / "console.po").open("rb") as file:
        found = [(str(message.id), str(message.string)) for message in read_po(file) if message.id]
    assert len(found) == len(dict(found))
    return dict(found)


def _values(name: str) -> list[str]:
    return list(schema._schema.type_map[name].values)  # type: ignore[attr-defined]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_are_named_and_fit_the_api(name: str) -> None:
    document = parse(OPERATIONS[name])
    assert validate(schema._schema, document) == []
    assert document.definitions[0].name.value == f"Console{name.capitalize()}"  # type: ignore[attr-defined]


def test_the_channels_are_those_of_the_api() -> None:
    assert list(form.CHANNELS) == _values("Channel")


def test_both_catalogues_say_the_same_things() -> None:
    chinese, english = _keys(Language.ZH), _keys(Language.EN)
    assert list(chinese) == list(english)
    for key, text in chinese.items():
        assert text.strip()
        assert english[key].strip()
        assert _placeholders(text) == _placeholders(english[key]), key
        assert key == "console.example" or not re.search(r"[\u4e00-\u9fff]", english[key]), key


def test_every_word_is_used_and_every_word_used_is_there() -> None:
    used = {f"console.{key}" for key in re.findall(r"\bt\(['\"]([\w.]+)['\"][,)]", SOURCES)}
    used |= set(re.findall(r"['\"](console\.\w+)['\"],? ?(?:visit\.language|language|if)", SOURCES))
    used |= {"console.no_such_method", "console.no_role"}
    coded = {f"console.{kind}.{code}" for kind, name in CODES.items() for code in _values(name)}
    events = {key for key in _keys(Language.ZH) if key.startswith("console.event.")}
    assert used | coded | events == set(_keys(Language.ZH))


def test_every_event_that_casework_records_has_words() -> None:
    sources = "".join(path.read_text() for path in sorted((ROOM.parent / "casework").glob("*.py")))
    recorded = set(re.findall(r"\(\s*\"(\w+)\",\s*\{", sources))
    assert {"submitted", "routed", "assigned"} <= recorded
    assert {f"console.event.{type_}" for type_ in recorded} <= set(messages(Language.ZH))


@pytest.mark.parametrize("name", [*TEMPLATES, "console.css", "icon.svg"])
def test_nothing_comes_from_outside_and_nothing_is_inline(name: str) -> None:
    text = TEMPLATES.get(name) or (ROOM / "static" / name).read_text()
    text = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|//[\w-]+\.|<script|<style|style=|\son\w+=|@import|url\(|\|\s*safe", text)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *[(ink, ground, 4.5) for ink in ("ink", "quiet", "accent", "warn") for ground in ("paper", "card")],
        ("accent-ink", "accent", 4.5),
        ("ink", "accent-soft", 4.5),
        ("ink", "warn-soft", 4.5),
        ("warn", "warn-soft", 4.5),
        ("mark-ink", "mark", 4.5),
        ("edge", "paper", 3.0),
        ("edge", "card", 3.0),
    ],
)
def test_contrast(scheme: int, ink: str, ground: str, least: float) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11."""
    css = (ROOM / "static" / "console.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[scheme]))
    light, dark = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
