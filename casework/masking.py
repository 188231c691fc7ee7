"""Personal data as others may see it (个人信息保护法, articles 6 and 51: no more than the purpose needs)."""

from __future__ import annotations

from rules.personal_data import masked_text


def masked_name(name: str | None) -> str | None:
    """The family name and stars: 张某某 -> 张**."""
    return name[0] + "*" * max(len(name) - 1, 1) if name else None


def masked_phone(phone: str | None) -> str | None:
    """First three and last two digits: 13800138000 -> 138******00. Short numbers are hidden whole."""
    if not phone:
        return None
    return phone[:3] + "*" * (len(phone) - 5) + phone[-2:] if len(phone) >= 8 else "*" * len(phone)


def masked_address(address: str | None) -> str | None:
    """The first six characters, enough for the district or street."""
    return address[:6] + "****" if address else None


def masked_words(words: str | None) -> str | None:
    """What a person wrote, with stars for personal data: 电话13800138000 -> 电话***********."""
    return None if words is None else masked_text(words)
