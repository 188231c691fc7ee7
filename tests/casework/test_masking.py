"""Personal data as others may see it."""

import pytest

from casework.masking import masked_address, masked_name, masked_phone, masked_words


@pytest.mark.parametrize(
    ("name", "masked"), [("张某某", "张**"), ("张某", "张*"), ("张", "张*"), ("", None), (None, None)]
)
def test_name(name: str | None, masked: str | None) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800138000", "138******00"), ("0513-1234567", "051*******67"), ("12345", "*****"), (None, None)],
)
def test_phone(phone: str | None, masked: str | None) -> None:
    assert masked_phone(phone) == masked


def test_address_keeps_no_door_number() -> None:
    assert masked_address("某市某区某路12号3单元402") == "某市某区某路****"
    assert masked_address(None) is None


def test_words_keep_all_that_is_not_personal() -> None:
    assert masked_words("改派，电话13800138000") == "改派，电话***********"
    assert masked_words("") == ""
    assert masked_words(None) is None
