"""Reference data as files: what may stand in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from db.faults import Fault
from wording.catalogue import Language, say

FUNCTIONS = "functions.yaml"
CITY = "city.yaml"
CONFERENCES = "conferences.yaml"

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Entry(BaseModel):
    """What all entries share: fields that are not known are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FunctionEntry(Entry):
    """A function, and the names, old and new, of units that carry it."""

    code: Code
    name: Name
    name_en: Name
    aliases: tuple[Name, ...] = ()


class RegionEntry(Entry):
    """A region; `parent` is None for the city alone."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]+$", max_length=12)]
    level: Literal["city", "district", "town"]
    parent: str | None = None
    name: Name
    name_en: Name


class Carried(Entry):
    """A unit carries a function for a time; None stands for the unit's own days."""

    function: str
    since: date | None = Field(None, alias="from")
    to: date | None = None


class Alias(Entry):
    """Another name of a unit, and when it was in use."""

    name: Name
    since: date | None = Field(None, alias="from")
    to: date | None = None


def _named(field: str) -> BeforeValidator:
    return BeforeValidator(lambda value: {field: value} if isinstance(value, str) else value)


class UnitEntry(Entry):
    """A unit; `from` None stands for the file's `since`."""

    code: Code
    region: str
    name: Name
    name_en: Name
    since: date | None = Field(None, alias="from")
    to: date | None = None
    successor: str | None = None
    functions: tuple[Annotated[Carried, _named("function")], ...] = ()
    aliases: tuple[Annotated[Alias, _named("name")], ...] = ()


class ConferenceEntry(Entry):
    """A standing conference; `office` None stands for the lead. The lead is not among the members."""

    domain: Code
    name: Name
    name_en: Name
    lead: str
    office: str | None = None
    members: tuple[str, ...]


class FunctionFile(Entry):
    """`functions.yaml`."""

    functions: tuple[FunctionEntry, ...]


class CityFile(Entry):
    """`city.yaml`."""

    city: str
    since: date
    regions: tuple[RegionEntry, ...]
    units: tuple[UnitEntry, ...]


class ConferenceFile(Entry):
    """`conferences.yaml`."""

    city: str
    conferences: tuple[ConferenceEntry, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The files of one folder."""

    functions: FunctionFile
    city: CityFile
    conferences: ConferenceFile


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: where it is, and what (`kind` names a message, `values` fill it)."""

    file: str
    entry: str
    kind: str
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language = Language.ZH) -> str:
        """The mistake and its remedy in words."""
        what = say(f"finding.{self.kind}", language, **self.values)
        return say("finding.at", language, file=self.file, entry=self.entry, what=what)


class ReferenceInvalid(Fault):
    """The files have mistakes; nothing was written."""

    code = "REFERENCE_INVALID"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("error.reference_invalid", count=len(findings))
        self.findings = tuple(findings)

    def message(self, language: Language = Language.ZH) -> str:
        """All mistakes, one a line."""
        lines = "\n".join(f"- {finding.message(language)}" for finding in self.findings)
        return say(self.key, language, findings=lines, **self.values)


def read_files(folder: Path) -> Reference:
    """Read the three files of a folder, each by itself. Raises ReferenceInvalid with every finding."""
    findings: list[Finding] = []
    functions = _read(folder, FUNCTIONS, FunctionFile, findings)
    city = _read(folder, CITY, CityFile, findings)
    conferences = _read(folder, CONFERENCES, ConferenceFile, findings)
    if functions and city and conferences:
        return Reference(functions, city, conferences)
    raise ReferenceInvalid(findings)


File = TypeVar("File", bound=Entry)


def _read(folder: Path, name: str, kind: type[File], findings: list[Finding]) -> File | None:
    try:
        document = yaml.safe_load((folder / name).read_bytes())
    except OSError:
        findings.append(Finding(name, name, "missing_file"))
        return None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a day such as 2026-02-30
        mark = getattr(error, "problem_mark", None)
        findings.append(Finding(name, name, "not_yaml", {"line": mark.line + 1 if mark else "?"}))
        return None
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        findings.extend(_shape_finding(name, document, dict(detail)) for detail in error.errors())
        return None


def _shape_finding(file: str, document: Any, detail: Mapping[str, Any]) -> Finding:
    # A location is a path such as ("units", 3, "name"): the entry is known by its code, else by its place.
    path = detail["loc"]
    entry, field = file, ".".join(str(part) for part in path)
    if len(path) > 1 and isinstance(path[1], int):
        raw = document[path[0]][path[1]]
        named = raw.get("code") or raw.get("domain") if isinstance(raw, dict) else None
        entry = str(named or f"{path[0]}[{path[1] + 1}]")
        field = ".".join(str(part) for part in path[2:])
    kind = {"missing": "missing_field", "extra_forbidden": "unknown_field"}.get(detail["type"], "wrong_value")
    return Finding(file, entry, kind, {"field": field or entry, "value": str(detail["input"])[:40]})
