"""Where webhooks may lead: nothing reaches this machine or its neighbours unless a setting says so."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.webhooks.address import BadUrl, Fault, is_open, networks_of, open_address, target_of

TOWN_HALL = networks_of("10.20.0.0/16, fd00:12::/32")

GOOD = [
    ("https://partner.example/events", "partner.example", 443),
    ("HTTPS://Partner.Example:8443/a?b=c", "partner.example", 8443),
    ("https://8.8.8.8/", "8.8.8.8", 443),
    ("https://[2606:4700::1111]:444/x", "2606:4700::1111", 444),
    ("https://xn--fiqs8s.example./", "xn--fiqs8s.example.", 443),
]
BAD = [
    ("ftp://partner.example/", Fault.SCHEME),
    ("file:///etc/passwd", Fault.SCHEME),
    ("gopher://partner.example/", Fault.SCHEME),
    ("javascript:alert(1)", Fault.SCHEME),
    ("partner.example/events", Fault.SCHEME),
    ("http://partner.example/events", Fault.SCHEME),
    ("http://8.8.8.8/", Fault.SCHEME),
    ("https://user:password@partner.example/", Fault.CREDENTIALS),
    ("https://partner.example@127.0.0.1/", Fault.CREDENTIALS),
    ("https://partner.example/#part", Fault.FRAGMENT),
    ("https://partner.example:0/", Fault.PORT),
    ("https://partner.example:/", Fault.PORT),
    ("https://partner.example:65536/", Fault.MALFORMED),
    ("https://partner.example:port/", Fault.MALFORMED),
    ("https://partner.example/a b", Fault.MALFORMED),
    ("https://partner.example/\r\nHost: other", Fault.MALFORMED),
    ("https://partner.example\\@127.0.0.1/", Fault.MALFORMED),
    ("https://例子.example/", Fault.MALFORMED),
    ("https://partner.example/" + "x" * 2_000, Fault.MALFORMED),
    ("https://[::1", Fault.MALFORMED),
    ("", Fault.MALFORMED),
    ("https:///events", Fault.HOST),
    ("https://a..example/", Fault.HOST),
    ("https://a%00.example/", Fault.HOST),
    ("https://2130706433/", Fault.HOST),
    ("https://0177.0.0.1/", Fault.HOST),
    ("https://0x7f.0.0.1/", Fault.HOST),
    ("https://0x7f000001/", Fault.HOST),
    ("https://127.1/", Fault.HOST),
    ("https://127.0.0.1./", Fault.HOST),
    ("https://127.0.0.1/", Fault.ADDRESS),
    ("https://0.0.0.0/", Fault.ADDRESS),
    ("https://10.1.2.3/", Fault.ADDRESS),
    ("https://100.64.0.1/", Fault.ADDRESS),
    ("https://169.254.169.254/latest/meta-data/", Fault.ADDRESS),
    ("https://192.168.1.1/", Fault.ADDRESS),
    ("https://224.0.0.1/", Fault.ADDRESS),
    ("https://255.255.255.255/", Fault.ADDRESS),
    ("https://[::1]/", Fault.ADDRESS),
    ("https://[::]/", Fault.ADDRESS),
    ("https://[::ffff:127.0.0.1]/", Fault.ADDRESS),
    ("https://[::ffff:169.254.169.254]/", Fault.ADDRESS),
    ("https://[::127.0.0.1]/", Fault.ADDRESS),
    ("https://[64:ff9b::7f00:1]/", Fault.ADDRESS),
    ("https://[2002:7f00:1::]/", Fault.ADDRESS),
    ("https://[fe80::1]/", Fault.ADDRESS),
    ("https://[fe80::1%25eth0]/", Fault.HOST),
    ("https://[fd00:ec2::254]/", Fault.ADDRESS),
    ("https://[ff02::1]/", Fault.ADDRESS),
    ("https://[fec0::1]/", Fault.ADDRESS),
    ("https://100.100.100.200/", Fault.ADDRESS),
    ("https://198.18.0.1/", Fault.ADDRESS),
    ("https://[2001:db8::1]/", Fault.ADDRESS),
]


@pytest.mark.parametrize(("url", "host", "port"), GOOD)
def test_a_public_target(url: str, host: str, port: int) -> None:
    target = target_of(url, ())
    assert (target.encrypted, target.host, target.port) == (True, host, port)


@pytest.mark.parametrize(("url", "fault"), BAD)
def test_what_nothing_is_sent_to(url: str, fault: Fault) -> None:
    with pytest.raises(BadUrl) as refused:
        target_of(url, ())
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://10.20.1.2/", True),
        ("http://10.20.1.2:8080/", True),
        ("http://[fd00:12::5]/", True),
        ("https://[::ffff:10.20.1.2]/", True),
        ("http://hall.example/", True),  # whether it may be plain, its addresses tell later
        ("https://10.21.1.2/", False),
        ("http://8.8.8.8/", False),
        ("https://127.0.0.1/", False),
    ],
)
def test_a_listed_network_is_open_and_no_other(url: str, allowed: bool) -> None:
    if allowed:
        target_of(url, TOWN_HALL)
    else:
        with pytest.raises(BadUrl):
            target_of(url, TOWN_HALL)


@pytest.mark.parametrize(
    ("url", "found", "address"),
    [
        ("https://partner.example/", ["8.8.8.8", "2606:4700::1111"], "8.8.8.8"),
        ("https://partner.example/", ["127.0.0.1"], None),
        ("https://partner.example/", ["8.8.8.8", "127.0.0.1"], None),
        ("https://partner.example/", ["::1"], None),
        ("https://partner.example/", ["::ffff:169.254.169.254"], None),
        ("https://partner.example/", ["fe80::1%eth0"], None),
        ("https://partner.example/", [], None),
        ("https://hall.example/", ["10.20.1.2"], "10.20.1.2"),
        ("http://hall.example/", ["10.20.1.2"], "10.20.1.2"),
        ("http://hall.example/", ["8.8.8.8"], None),
    ],
)
def test_what_a_name_leads_to_is_looked_at_too(url: str, found: list[str], address: str | None) -> None:
    target = target_of(url, TOWN_HALL)
    if address is None:
        with pytest.raises(BadUrl):
            open_address(target, found, TOWN_HALL)
    else:
        assert open_address(target, found, TOWN_HALL) == ip_address(address)


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "10.0.0.1/8", "here", "10.0.0.0/33"])
def test_networks_of_no_use(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        networks_of(text)


def test_no_networks() -> None:
    assert networks_of(" , ") == ()
    assert not is_open(ip_address("10.0.0.1"), ())


ODD = st.text(alphabet="htps:/.[]@#?%\\0127.af:x\x00 ：。", max_size=40)


@given(st.one_of(st.text(max_size=60), ODD, ODD.map("https://{}".format), ODD.map("http://[{}]/".format)))
def test_any_text_is_a_target_or_a_bad_url(text: str) -> None:
    for networks in ((), TOWN_HALL):
        try:
            target = target_of(text, networks)
        except BadUrl:
            continue
        assert target.host
        assert 0 < target.port < 65_536
        assert target.address is None or is_open(target.address, networks)


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_as_open_in_every_guise(address: IPv4Address) -> None:
    mapped = ip_address(f"::ffff:{address}")
    assert is_open(mapped, ()) is is_open(address, ())
    for guise in (f"64:ff9b::{address}", f"::{address}", f"::ffff:0:{address}"):
        assert not is_open(ip_address(guise), ())
