"""Items that are kept as JSON: made once for a register, and never too many of them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resolvers.plan.resident import MOST_ITEMS, Combinations
from resolvers.register import Register

Codes = tuple[Any, ...]


class _Making:
    """Makes items of codes, and counts how often."""

    def __init__(self) -> None:
        self.made: list[Codes] = []
        self.combinations = Combinations(self.item)

    def item(self, codes: Codes, register: Register) -> dict[str, Any]:
        self.made.append(codes)
        if codes == ("unknown",):
            raise KeyError(codes)
        return {"codes": codes, "revision": register.revision}


def _register(revision: int) -> Register:
    return Register(revision, {}, {}, {})


def test_the_same_codes_make_one_item_a_register() -> None:
    making = _Making()
    first, second = _register(1), _register(2)
    for register, revision in ((first, 1), (first, 1), (second, 2)):
        item = making.combinations.of(register)["chair", None]
        assert orjson.loads(orjson.dumps(item)) == {"codes": ["chair", None], "revision": revision}
    assert making.made == [("chair", None)] * 2


def test_of_very_many_only_the_first_are_kept() -> None:
    making = _Making()
    items = making.combinations.of(_register(1))
    for _ in range(2):
        for number in range(MOST_ITEMS + 3):
            assert orjson.loads(orjson.dumps(items[number,]))["codes"] == [number]
    assert len(making.made) == MOST_ITEMS + 2 * 3


def test_what_cannot_be_made_is_not_kept() -> None:
    making = _Making()
    for _ in range(2):
        with pytest.raises(KeyError):
            making.combinations.of(_register(1))["unknown",]
    assert making.made == [("unknown",)] * 2
