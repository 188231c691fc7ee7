"""One door for files: the content says what they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.exchange import FileFormat, key_of_model, read_policy_file, write_policy
from rules.flaws import PackError
from rules.pack import PACKS, load_pack
from tests.rules.dmn.models import definitions, table
from tests.rules.workbook.grids import packed, small, unpacked
from wording.catalogue import Language


@pytest.mark.parametrize("format_", FileFormat)
@pytest.mark.parametrize("name", ["a", "规则.txt", "b.json"])
def test_there_and_back_whatever_the_name(format_: FileFormat, name: str) -> None:
    policy = small()
    assert read_policy_file(write_policy(policy, format_), name, policy) == policy


def test_the_policy_file_of_a_pack() -> None:
    file = Path(PACKS, "rugao-2014", "policy.yaml")
    assert read_policy_file(file.read_bytes(), file.name) == load_pack("rugao-2014")
    assert read_policy_file(b"\xef\xbb\xbf" + file.read_bytes(), file.name) == load_pack("rugao-2014")


def with_unit(format_: FileFormat) -> bytes:
    """A file with a function that nobody has."""
    policy = small()
    rule = policy.rules[0]
    outcome = replace(rule.outcome, lead="magic")
    return write_policy(replace(policy, rules=(replace(rule, outcome=outcome), policy.rules[1])), format_)


@pytest.mark.parametrize("format_", FileFormat)
def test_an_unknown_function_is_refused_whatever_the_format(format_: FileFormat) -> None:
    data, keep = with_unit(format_), small()
    with pytest.raises(PackError) as caught:
        read_policy_file(data, "file", keep)
    (flaw,) = caught.value.flaws
    assert (flaw.code, flaw.file) == ("check.unknown_function", "file")
    own = frozenset({"magic"})
    assert read_policy_file(data, "file", keep, own).rules[0].outcome.lead == "magic"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.json", "exchange.empty"),
        (b"  \n", "a.json", "exchange.empty"),
        (b"", "a.xlsx", "workbook.not_a_workbook"),
        (b"a,b\n1,2\n", "rules.csv", "workbook.not_a_workbook"),
        (b'{"key": "a"}', "a.xlsx", "workbook.not_a_workbook"),
        (b"PK\x05\x06" + bytes(18), "a.json", "workbook.not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.json", "workbook.encrypted_or_old"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.png", "pack.not_utf8"),
        (b"{", "a.json", "json.not_json"),
        ("{}".encode("utf-16"), "a.json", "json.not_utf8"),
        (b"[]", "a.json", "pack.not_a_mapping"),
        (b"NaN", "a.json", "json.bad_number"),
        (b"just words", "a.json", "json.not_json"),
        (b"just words", "a.dmn", "dmn.not_xml"),
        (b"key: a", "policy.yaml", "pack.missing"),
        (b"lexicon: [../../etc/passwd]", "policy.yaml", "pack.no_lexicon_file"),
        (b"just words", "policy.yaml", "pack.not_a_mapping"),
    ],
)
def test_no_policy(data: bytes, name: str, code: str) -> None:
    with pytest.raises(PackError) as caught:
        read_policy_file(data, name)
    assert code in {flaw.code for flaw in caught.value.flaws}
    for flaw in caught.value.flaws:
        assert flaw.file == name
        assert all(flaw.message(language) for language in Language)


def test_what_a_drawn_table_says_wrong_has_its_row_and_line() -> None:
    rows = [['"port"', '"ecology"'], ['"port"', '"magic"'], ['"sea"', '"ecology"']]
    drawn = definitions(table("UNIQUE", ["sector:string"], ["lead:string"], rows))
    with pytest.raises(PackError) as caught:
        read_policy_file(drawn.encode(), "表.dmn", small())
    lines = drawn.splitlines()
    found = [(flaw.code, flaw.path, lines[(flaw.line or 0) - 1]) for flaw in caught.value.flaws]
    assert [(code, place) for code, place, _ in found] == [
        ("check.unknown_function", "决定 #2 lead"),
        ("check.value_not_allowed", "决定 #3 sector"),
    ]
    assert ["magic" in found[0][2], "sea" in found[1][2]] == [True, True]


@given(
    st.binary(max_size=60)
    | st.sampled_from([b"<", b"{", b"PK\x03\x04", b"key: "]).flatmap(
        lambda start: st.binary(max_size=60).map(lambda rest: start + rest)
    )
)
def test_anything_is_a_list_of_flaws(data: bytes) -> None:
    with pytest.raises(PackError) as caught:
        read_policy_file(data, "a")
    assert caught.value.flaws


@given(st.data())
def test_a_damaged_workbook_is_a_policy_or_a_list_of_flaws(data: st.DataObject) -> None:
    """A part whose XML is changed, behind a sound zip."""
    parts = dict(unpacked(WORKBOOK))
    name = data.draw(st.sampled_from(sorted(parts)))
    part = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 4))):
        part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_policy_file(packed({**parts, name: bytes(part)}), "a.xlsx")
    except PackError as error:
        if not error.flaws:
            raise


WORKBOOK = write_policy(small(), FileFormat.WORKBOOK)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_key_of_a_model_is_found_at_its_beginning(encoding: str) -> None:
    written = write_policy(small(), FileFormat.DMN).decode().replace("UTF-8", encoding)
    assert key_of_model(written.encode(encoding)) == "small"
    assert key_of_model(written[: written.index("<inputData")].encode(encoding)) == "small"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"<a/>",
        b"<a b='1' b='2'/>",
        b"\xff\xfe<",
        b'<?xml version="1.0" encoding="nowhere"?><a/>',
        b'<!DOCTYPE a [<!ENTITY x "y">]><a xmlns:l="urn:lianxi:policy:1" l:key="&x;"/>',
        b'{"key": "a"}',
        definitions("").encode(),
    ],
)
def test_other_files_have_no_key_of_a_model(data: bytes) -> None:
    assert key_of_model(data) is None
