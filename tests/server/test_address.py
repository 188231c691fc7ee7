"""From which machine a request comes."""

from __future__ import annotations

import pytest

from server.address import client_address, is_loopback, networks


@pytest.mark.parametrize(
    ("client", "passed_on", "address"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.5", None, "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "203.0.113.9, 10.1.0.7", "203.0.113.9"),
        ("10.0.0.5", "10.1.0.7, 10.1.0.8", "10.1.0.7"),
        ("10.0.0.5", "203.0.113.9, made up", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
        ("testclient", "203.0.113.9", "testclient"),
        (None, "203.0.113.9", ""),
    ],
)
def test_only_proxies_of_ours_are_believed(client: str | None, passed_on: str | None, address: str) -> None:
    headers = [] if passed_on is None else [(b"x-forwarded-for", passed_on.encode())]
    scope = {"type": "http", "headers": headers, "client": client and (client, 1234)}
    assert client_address(scope, networks("10.0.0.5, 10.1.0.0/24,")) == address


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (("6.6.6.6", "203.0.113.9"), "203.0.113.9"),
        (("6.6.6.6, 10.1.0.9", "203.0.113.9, 10.1.0.7"), "203.0.113.9"),
        (("6.6.6.6", "10.1.0.7"), "6.6.6.6"),
        (("6.6.6.6", ""), "10.0.0.5"),
    ],
)
def test_who_sends_the_header_makes_nothing_of_it_where_a_proxy_adds_its_own(
    lines: tuple[str, ...], address: str
) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    scope = {"type": "http", "headers": headers, "client": ("10.0.0.5", 1234)}
    assert client_address(scope, networks("10.0.0.5, 10.1.0.0/24")) == address


@pytest.mark.parametrize(
    ("address", "ours"), [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("x", False)]
)
def test_loopback(address: str, ours: bool) -> None:
    assert is_loopback(address) is ours


def test_what_is_no_network() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.999"):
        networks("10.0.0.1,10.0.0.999")
