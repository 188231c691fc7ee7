"""XML that has harmed others, and XML that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dmn import xml_source
from rules.dmn.xml_source import Element, read_xml
from rules.flaws import PackError
from wording.catalogue import Language


def refused(data: bytes, **most: int) -> tuple[str, int | None, str]:
    with pytest.raises(PackError) as caught:
        read_xml(data, "x.dmn", most)
    (flaw,) = caught.value.flaws
    return flaw.code, flaw.line, flaw.message(Language.EN)


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [
<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
]>
<x>&b;</x>"""
OUTSIDE = b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>\n<x>&e;</x>'


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "dmn.not_xml", 1),
        (b"  \n ", "dmn.not_xml", 2),
        (b"PK\x03\x04 a workbook", "dmn.not_xml", 1),
        (b"{}", "dmn.not_xml", 1),
        (b"<x>\n<y></x>", "dmn.not_xml", 2),
        (b"<x>\n<y a='1' a='2'/></x>", "dmn.not_xml", 2),
        (b"<x>\n\x00</x>", "dmn.not_xml", 2),
        (b"<x>\n\xff</x>", "dmn.not_xml", 2),
        (b"<x>&nbsp;</x>", "dmn.not_xml", 1),
        (b"<x>\n<y>", "dmn.breaks_off", 2),
        (b"<x>\n<y", "dmn.breaks_off", 2),
        (LAUGHS, "dmn.doctype", 2),
        (OUTSIDE, "dmn.doctype", 2),
        (b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>', "dmn.doctype", 1),
        ("<?xml version='1.0' encoding='GBK'?><x>噪声</x>".encode("gbk"), "dmn.encoding", 1),
        (b"<?xml version='1.0' encoding='no-such'?><x/>", "dmn.encoding", 1),
        (b"<?xml version='1.0' encoding='UTF-16'?><x/>", "dmn.not_xml", 1),
        ("<?xml version='1.0' encoding='UTF-8'?><x>噪声</x>".encode("gbk"), "dmn.not_xml", 1),
        (b"<a>" * 100 + b"</a>" * 100, "dmn.too_deep", 1),
    ],
)
def test_what_is_refused(data: bytes, code: str, line: int) -> None:
    found, at, message = refused(data)
    assert (found, at) == (code, line)
    assert message.startswith(f"x.dmn:{line}")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(b"<x>\n<r/><r/>\n<r/></x>", r=2)[:2] == ("dmn.too_many", 3)
    monkeypatch.setattr(xml_source, "MOST_ELEMENTS", 3)
    assert refused(b"<x><y/>\n<y/><y/></x>")[:2] == ("dmn.too_many_elements", 2)
    monkeypatch.setattr(xml_source, "LONGEST_TEXT", 10)
    assert refused(b"<x>12345678901</x>")[:2] == ("dmn.text_too_long", 1)
    monkeypatch.setattr(xml_source, "MOST_BYTES", 10)
    assert refused(b"<x>1234567</x>")[:2] == ("dmn.too_large", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_are_read(encoding: str) -> None:
    root = read_xml("<x><y> 噪声😀 </y></x>".encode(encoding), "x", {})
    assert [child.text for child in root.all("y")] == [" 噪声😀 "]


def test_elements_know_their_lines_and_namespaces() -> None:
    text = b'<p:x xmlns:p="urn:p" xmlns:q="urn:q" q:a="1" b="2">\n <p:y/>\n\n <z>1<!-- -->2</z> </p:x>'
    root = read_xml(text, "x", {})
    assert (root.namespace, root.name, root.text) == ("urn:p", "x", "")
    assert (root.get("urn:q a"), root.get("b"), root.get("a")) == ("1", "2", None)
    assert [(each.namespace, each.name, each.line, each.text) for each in root.children] == [
        ("urn:p", "y", 2, ""),
        ("", "z", 4, "12"),
    ]


def test_a_folded_element_gives_its_text_to_its_parent() -> None:
    root = read_xml(b"<x><cell><text>&lt; 5</text></cell><cell><text><b/></text></cell></x>", "x", {}, "text")
    plain, odd = root.children
    assert (plain.text, plain.children) == ("< 5", ())
    assert isinstance(odd, Element)
    assert [child.name for child in odd.children] == ["text"]


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_a_tree_or_a_flaw(data: bytes) -> None:
    for whole in (data, b"<x>" + data + b"</x>", b'<?xml version="1.0" encoding="' + data + b'"?><x/>'):
        try:
            name = read_xml(whole, "x", {}).name
        except PackError as error:
            name = error.flaws[0].message()
        assert name
