"""JSON files of policies: how they look, and what is said about those that cannot be read."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.document import policy_document
from rules.flaws import PackError
from rules.policy_json import DEEPEST, json_of_policy, policy_from_json
from tests.rules.policies import base, equals, policy
from wording.catalogue import Language

SMALL = policy(base("a", equals("sector", "port")), base("b"))


def flaws(data: bytes) -> list[tuple[str, str, int | None]]:
    with pytest.raises(PackError) as caught:
        policy_from_json(data, "a.json")
    for flaw in caught.value.flaws:
        assert flaw.file == "a.json"
        assert all(flaw.message(language) for language in Language)
    return [(flaw.code, flaw.path, flaw.line) for flaw in caught.value.flaws]


def written(**changes: Any) -> bytes:
    return json.dumps({**policy_document(SMALL), **changes}).encode()


def test_an_entry_is_a_line() -> None:
    lines = json_of_policy(SMALL).decode().splitlines()
    changed = json_of_policy(replace(SMALL, rules=(SMALL.rules[0], replace(SMALL.rules[1], title="新"))))
    different = [one for one, other in zip(lines, changed.decode().splitlines(), strict=True) if one != other]
    assert len(different) == 1
    assert json.loads(different[0])["id"] == "b"
    assert json.loads("\n".join(lines)) == policy_document(SMALL)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_with_and_without_a_byte_order_mark(encoding: str) -> None:
    assert policy_from_json(json_of_policy(SMALL).decode().encode(encoding), "a.json") == SMALL


@pytest.mark.parametrize(
    ("data", "code", "path", "line"),
    [
        (b"", "json.not_json", "", 1),
        (b'{\n"rules": [,]}', "json.not_json", "", 2),
        (b'{"key": "a"} {}', "json.not_json", "", 1),
        (b'{"key": "\xff"}', "json.not_utf8", "", 1),
        ('{"key": "a"}'.encode("utf-16"), "json.not_utf8", "", 1),
        ('{"key": "a"}'.encode("utf-16-le"), "json.not_utf8", "", None),
        ('{"key": "甲"}'.encode("gb18030"), "json.not_utf8", "", 1),
        (b'{"a": NaN}', "json.bad_number", "a", None),
        (b'{"a": -Infinity}', "json.bad_number", "a", None),
        (b'{"a": 1e999}', "json.bad_number", "a", None),
        (b'{"a": ' + b"9" * 5_000 + b"}", "json.bad_number", "a", None),
        (b"[" * 100_000, "json.too_deep", "", None),
        (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), "json.too_deep", ".".join("0" * (DEEPEST + 1)), None),
        (b'{"rules": [{"id": "a", "id": "b"}]}', "json.repeated_key", "rules.0", None),
        (b'{"key": 1, "key": 2}', "json.repeated_key", "", None),
        (b'{"rules": [{"title": "\\ud800"}]}', "json.bad_text", "rules.0.title", None),
        (b'{"\\ud800": 1}', "json.bad_text", "", None),
        (b'{"rules": [' + b"0," * 100_000 + b"0]}", "json.too_many", "rules", None),
        (b"5", "pack.not_a_mapping", "", None),
        (b"[]", "pack.not_a_mapping", "", None),
        (written(key=5), "pack.not_a_text", "key", None),
        (written(rules=[{}]), "pack.missing", "rules.0.id", None),
        (written(triage_below=5), "check.triage_below", "triage_below", None),
    ],
    ids=range(23),
)
def test_no_policy(data: bytes, code: str, path: str, line: int | None) -> None:
    assert (code, path, line) in flaws(data)


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_anything_is_a_list_of_flaws(data: bytes) -> None:
    assert flaws(data)


def test_what_json_cannot_hold_is_not_written() -> None:
    odd = (replace(base("a"), title="\ud800"), base("b", equals("severity", math.nan)))
    with pytest.raises(PackError) as caught:
        json_of_policy(policy(*odd))
    assert [(flaw.code, flaw.path) for flaw in caught.value.flaws] == [
        ("json.cannot_write", "rules.0"),
        ("json.cannot_write", "rules.1"),
    ]
    assert all(flaw.message().encode() for flaw in caught.value.flaws)
