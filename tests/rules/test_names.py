"""Which names of places and firms are found in a complaint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.names import MOST_NAMES, names_in


@pytest.mark.parametrize(
    ("text", "kinds", "names"),
    [
        ("我住在和平路12号阳光小区3栋楼下的老王烧烤店", ["烧烤店"], ("和平路", "阳光小区", "老王烧烤店")),
        ("建设大街的金龙化工厂夜里排放", ["化工厂"], ("建设大街", "金龙化工厂")),
        ("李村的养猪场臭", ["养猪场"], ("李村",)),
        ("李村养猪场臭", ["养猪场"], ("李村养猪场",)),
        ("长江路与黄河路交叉口工地扬尘", ["工地"], ("长江路", "黄河路")),
        ("在上海路上", [], ("上海路",)),
        ("翠湖花园二期工地打桩", ["湖"], ("翠湖花园", "二期工地")),
        ("化工厂旁边养猪场", ["化工厂", "养猪场"], ()),
        ("马路边、小区门口、我们村", [], ()),
        ("步行街太吵", [], ()),
        ("隔壁有人直接把污水倒在门前马路", [], ()),
        ("阳光小区,阳光小区", [], ("阳光小区",)),
        ("金源ktv到半夜", ["ktv"], ("金源ktv",)),
        ("", [], ()),
    ],
)
def test_names_and_kinds(text: str, kinds: list[str], names: tuple[str, ...]) -> None:
    known = [(text.index(kind), text.index(kind) + len(kind)) for kind in kinds]
    assert names_in(text, known) == names


@given(st.text("和平路村庄小区厂店的在有一个河,a1", max_size=60))
def test_whatever_is_written_names_are_few_and_of_the_text(text: str) -> None:
    found = names_in(text, [])
    assert len(found) <= MOST_NAMES
    assert all(name in text and "," not in name for name in found)
