"""One door for policies that come in from a file and go out into one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rules.dmn.policy_reader import drawn_policy
from rules.dmn.policy_writer import dmn_from_policy
from rules.dmn.reader import read_model
from rules.dmn.table_reader import OWN_NAMESPACE
from rules.dmn.xml_source import root_attributes
from rules.document import check_policy, policy_from_document
from rules.flaws import Flaw, PackError, line_at
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import Policy
from rules.pack import policy_of_source
from rules.policy_json import json_of_policy, policy_from_json
from rules.workbook.read import read_workbook
from rules.workbook.write import write_workbook
from rules.yaml_source import MOST_BYTES, parse_yaml
from wording.catalogue import Language

LARGEST_FILE = 128 * 1024 * 1024
"""Bytes; what a format allows is no more."""


class FileFormat(StrEnum):
    """What a policy can be written as, by the ending of its file."""

    WORKBOOK = "xlsx"
    JSON = "json"
    DMN = "dmn"


_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BINARY = (b"PK", b"\xd0\xcf\x11\xe0")  # a zip; an old or encrypted document of Office
_MODELS = (".dmn", ".xml")
_SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv")
_JSON = (b"{", b"[")


def read_policy_file(
    data: bytes,
    name: str,
    keep: Policy | None = None,
    functions: frozenset[str] = FUNCTIONS,
    conference_domains: frozenset[str] = CONFERENCE_DOMAINS,
) -> Policy:
    """The policy of a file: a workbook, a DMN model, JSON, or the policy file of a pack. The content says
    which, and where it does not, the ending of `name`. What the file leaves out is taken from `keep`.

    Raises PackError with everything that is wrong, each with its cell, its line or its path; a policy that
    comes out has passed the check.
    """
    start = _start(data)
    if _is_workbook(start, name):
        return read_workbook(data, name, keep, functions, conference_domains)
    if not start:
        raise PackError([Flaw("exchange.empty", "", {}, name)])
    if _is_model(start, name):
        return _drawn(data, name, keep, functions, conference_domains)
    if start.startswith(_JSON) or _ending(name) == ".json":
        return policy_from_json(data, name, functions, conference_domains)
    return policy_of_source(parse_yaml(_text(data, name), name), None, functions, conference_domains)


def leaves_out(data: bytes, name: str) -> bool:
    """Whether a file is of a format that has no room for all of a policy, so that what it leaves out has to
    be taken from another one."""
    return _is_workbook(_start(data), name) or _is_model(_start(data), name)


def key_of_model(data: bytes) -> str | None:
    """The policy that a DMN model was written from, so that what DMN leaves out can be taken from it; None
    for one that others drew, and for other files."""
    return root_attributes(data).get(f"{OWN_NAMESPACE} key") if _start(data).startswith(b"<") else None


def write_policy(policy: Policy, format_: FileFormat, language: Language = Language.ZH) -> bytes:
    """The file of a policy; `language` is that of headings. DMN leaves out the lexicon and the cases. Raises
    PackError for what the format cannot hold, with the path of the entry."""
    match format_:
        case FileFormat.WORKBOOK:
            return write_workbook(policy, language)
        case FileFormat.JSON:
            return json_of_policy(policy)
        case FileFormat.DMN:
            return dmn_from_policy(policy, language).encode()


def read_file(data: bytes, name: str, kept: Mapping[str, Any] | None) -> Policy | tuple[Flaw, ...]:
    """The policy of a file, or every flaw of it. What it leaves out is taken from the document that is
    `kept`."""
    try:
        if kept is None:
            return read_policy_file(data, name)
        # A flaw of the file shows without the words of a lexicon, which take longer than most files.
        read_policy_file(data, name, policy_from_document({**kept, "terms": [], "readings": []}))
        return read_policy_file(data, name, policy_from_document(kept))
    except PackError as error:
        return error.flaws


def write_file(
    document: Mapping[str, Any], format_: FileFormat, language: Language
) -> bytes | tuple[Flaw, ...]:
    """The file of a policy, given as its document, or what the format cannot hold."""
    try:
        return write_policy(policy_from_document(document), format_, language)
    except PackError as error:
        return error.flaws


def _start(data: bytes) -> bytes:
    """The first signs of a file, in whichever Unicode it is written."""
    start = data[:64]
    for bom in _BOMS:
        start = start.removeprefix(bom)
    return start.replace(b"\x00", b"").lstrip()


def _ending(name: str) -> str:
    return f".{name.lower().rpartition('.')[2]}"


def _is_workbook(start: bytes, name: str) -> bool:
    return start.startswith(_BINARY) or _ending(name) in _SPREADSHEETS


def _is_model(start: bytes, name: str) -> bool:
    return start.startswith(b"<") or (
        _ending(name) in _MODELS and bool(start) and not start.startswith(_JSON)
    )


def _text(data: bytes, name: str) -> str:
    if len(data) > MOST_BYTES:
        raise PackError([Flaw("pack.too_large", "", {"limit": f"{MOST_BYTES // 1024 // 1024} MB"}, name)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackError([Flaw("pack.not_utf8", "", {}, name, line_at(data, error.start))]) from None


def _drawn(
    data: bytes,
    name: str,
    keep: Policy | None,
    functions: frozenset[str],
    conference_domains: frozenset[str],
) -> Policy:
    drawn = drawn_policy(read_model(data, name), keep)
    found = check_policy(drawn.policy, functions, conference_domains)
    if found:
        raise PackError([drawn.placed(flaw) for flaw in found])
    return drawn.policy
