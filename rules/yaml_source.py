"""Read YAML as plain data with the line of every entry, refusing what a policy pack has no use for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from rules.flaws import Flaw, PackError

MOST_BYTES = 16 * 1024 * 1024
DEEPEST = 12

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?\d{1,15}")
_DECIMAL = re.compile(r"[-+]?\d{1,15}\.\d{1,15}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file: its data (mappings, lists, texts, numbers, days, null) and the line of each path."""

    file: str
    data: Any
    lines: dict[str, int]

    def line_of(self, path: str) -> int | None:
        """The line of a path, or of the nearest entry above it that has one."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path)


def read_yaml(path: Path) -> Source:
    """Parse one file. Anchors, aliases, tags, repeated keys and deep nesting are refused: a pack is a
    table, and each of them has been a way to make a small file huge or to hide a row.

    Raises PackError with file and line.
    """
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8") if size <= MOST_BYTES else ""
    except OSError:
        raise PackError([Flaw("pack.no_file", "", {"file": str(path)}, str(path))]) from None
    except UnicodeDecodeError:
        raise PackError([Flaw("pack.not_utf8", "", {}, str(path))]) from None
    if size > MOST_BYTES:
        raise PackError(
            [Flaw("pack.too_large", "", {"limit": f"{MOST_BYTES // 1024 // 1024} MB"}, str(path))]
        )
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Source:
    """Parse a text; `file` is only the name for messages. Raises PackError."""
    reader = _Reader(file)
    try:
        data = reader.document(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
        line = mark.line + 1 if mark else None
        raise PackError([Flaw("pack.not_yaml", "", {"problem": problem}, file, line)]) from None
    return Source(file, data, reader.lines)


class _Reader:
    """Builds data from parser events, without the recursion of a loader."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}

    def document(self, events: Iterator[Any]) -> Any:
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                data = self._node(event, events, "")
                for later in events:
                    if isinstance(later, yaml.DocumentStartEvent):
                        raise self._refused("several_documents", later, "")
                return data
        return None

    def _node(self, event: Any, events: Iterator[Any], path: str, depth: int = 0) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self._refused("no_aliases", event, path)
        if event.tag and event.tag != "!":
            raise self._refused("no_tags", event, path)
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.style else _scalar(event.value)
        if depth >= DEEPEST:
            raise self._refused("too_deep", event, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path, depth + 1)
        return self._mapping(events, path, depth + 1)

    def _sequence(self, events: Iterator[Any], path: str, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, _join(path, len(items)), depth))
        return items

    def _mapping(self, events: Iterator[Any], path: str, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused("bad_key", event, path)
            key = str(event.value)
            if key in entries:
                raise self._refused("repeated_key", event, _join(path, key), entry=key)
            self.lines[_join(path, key)] = line
            entries[key] = self._node(next(events), events, _join(path, key), depth)
        return entries

    def _refused(self, code: str, event: Any, path: str, **values: str) -> PackError:
        return PackError([Flaw(f"pack.{code}", path, values, self.file, event.start_mark.line + 1)])


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _scalar(written: str) -> Any:
    """A plain scalar: null, true, false, a number, a day, else text. `no` and `on` stay text."""
    if written in _WORDS:
        return _WORDS[written]
    if _INTEGER.fullmatch(written):
        return int(written)
    if _DECIMAL.fullmatch(written):
        return float(written)
    if _DAY.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return written
    return written
