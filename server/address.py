"""Addresses of machines: whether one is this machine's own, and from which one a request comes."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Networks = Sequence[IPv4Network | IPv6Network]


def is_loopback(address: str) -> bool:
    """Whether an address is one of 127.0.0.0/8 or ::1. A name is none."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def networks(listed: str) -> Networks:
    """Networks and addresses that are listed with commas. Raises ValueError."""
    return [ip_network(part.strip()) for part in listed.split(",") if part.strip()]


def client_address(scope: Scope, proxies: Networks) -> str:
    """The address that a request comes from; empty where that is not known. A proxy of ours is believed
    which address it passes the request on from, and anything before that may be made up."""
    address = peer_address(scope)
    # Some proxies write a header of their own beside the one that the client made up: all are one list.
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    for before in reversed(",".join(lines).split(",")):
        if not is_within(address, proxies) or not _is_address(before.strip()):
            break
        address = before.strip()
    return address


def peer_address(scope: Scope) -> str:
    """The address of the other end of the connection, maybe a proxy's; empty where that is not known."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_within(address: str, networks: Networks) -> bool:
    """Whether an address is in one of some networks. What is no address is in none."""
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True
