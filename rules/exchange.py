"""One door for policies that come in from a file and go out into one."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from rules.dmn.policy_reader import policy_from_dmn
from rules.dmn.policy_writer import dmn_from_policy
from rules.dmn.reader import read_model
from rules.document import check_policy
from rules.flaws import Flaw, PackError
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import Policy
from rules.pack import policy_of_source
from rules.policy_json import json_of_policy, policy_from_json
from rules.workbook.read import read_workbook
from rules.workbook.write import write_workbook
from rules.yaml_source import MOST_BYTES, parse_yaml
from wording.catalogue import Language


class FileFormat(StrEnum):
    """What a policy can be written as, by the ending of its file."""

    WORKBOOK = "xlsx"
    JSON = "json"
    DMN = "dmn"


_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BINARY = (b"PK", b"\xd0\xcf\x11\xe0")  # a zip; an old or encrypted document of Office
_SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv")


def read_policy_file(
    data: bytes,
    name: str,
    keep: Policy | None = None,
    functions: frozenset[str] = FUNCTIONS,
    conference_domains: frozenset[str] = CONFERENCE_DOMAINS,
) -> Policy:
    """The policy of a file: a workbook, a DMN model, JSON, or the policy file of a pack. The content says
    which; `name` is for messages. What a workbook or a model leaves out is taken from `keep`.

    Raises PackError with everything that is wrong, each with its cell, its line or its path; a policy that
    comes out has passed the check.
    """
    start = _start(data)
    if start.startswith(_BINARY) or name.lower().endswith(_SPREADSHEETS):
        return read_workbook(data, name, keep, functions, conference_domains)
    if not start:
        raise PackError([Flaw("exchange.empty", "", {}, name)])
    if start.startswith(b"<"):
        return _checked(policy_from_dmn(read_model(data, name), keep), name, functions, conference_domains)
    if start.startswith((b"{", b"[")):
        return policy_from_json(data, name, functions, conference_domains)
    return policy_of_source(parse_yaml(_text(data, name), name), None, functions, conference_domains)


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


def _start(data: bytes) -> bytes:
    """The first signs of a file, in whichever Unicode it is written."""
    start = data[:64]
    for bom in _BOMS:
        start = start.removeprefix(bom)
    return start.replace(b"\x00", b"").lstrip()


def _text(data: bytes, name: str) -> str:
    if len(data) > MOST_BYTES:
        raise PackError([Flaw("pack.too_large", "", {"limit": f"{MOST_BYTES // 1024 // 1024} MB"}, name)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PackError([Flaw("pack.not_utf8", "", {}, name)]) from None


def _checked(
    policy: Policy, name: str, functions: frozenset[str], conference_domains: frozenset[str]
) -> Policy:
    found = check_policy(policy, functions, conference_domains)
    if found:
        raise PackError([replace(flaw, file=name) for flaw in found])
    return policy
