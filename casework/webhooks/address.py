"""Where a webhook may lead: which URLs make sense, and which addresses may be connected to.

A server that sends wherever it is told reaches what its caller cannot: itself, its neighbours, the metadata
of its cloud (server-side request forgery). So public addresses alone are open, and others where a setting
lists them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL = 2_000
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_URL = re.compile(r"[!-~]+")  # printable ASCII without blanks
_CARRIES_IPV4 = tuple(
    map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0:0/96", "::/96"))
)
"""Addresses of IPv6 that gateways turn into some address of IPv4 (RFC 6052, 3056, 4380, 2765, 4291)."""


class Fault(StrEnum):
    """What is wrong with a URL."""

    MALFORMED = "malformed"
    SCHEME = "scheme"  # neither https, nor http to a listed network
    CREDENTIALS = "credentials"  # a name or password in it
    FRAGMENT = "fragment"
    PORT = "port"
    HOST = "host"  # no host name, or an address in an unusual spelling
    ADDRESS = "address"  # not public, and not in a listed network


class BadUrl(ValueError):
    """A URL that nothing is sent to."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, taken apart. `host` is in small letters; `address` is set where it is one."""

    encrypted: bool
    host: str
    port: int
    address: Address | None


def networks_of(text: str) -> tuple[Network, ...]:
    """The networks of a setting: in CIDR notation, with commas between. Raises ValueError, for the networks
    of all addresses too."""
    networks = tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("all addresses")
    return networks


def target_of(url: str, networks: Sequence[Network]) -> Target:
    """Where a URL leads, as far as it says so itself. Raises BadUrl."""
    if not _URL.fullmatch(url) or len(url) > LONGEST_URL or "\\" in url:
        raise BadUrl(Fault.MALFORMED)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadUrl(Fault.MALFORMED) from None
    if parts.scheme not in ("https", "http"):
        raise BadUrl(Fault.SCHEME)
    if "@" in parts.netloc:
        raise BadUrl(Fault.CREDENTIALS)
    if "#" in url:
        raise BadUrl(Fault.FRAGMENT)
    if port == 0 or parts.netloc.endswith(":"):
        raise BadUrl(Fault.PORT)
    address = _address(host, bracketed="[" in parts.netloc)
    if address is not None and not is_open(address, networks):
        raise BadUrl(Fault.ADDRESS)
    if parts.scheme == "http" and not _may_be_plain(address, networks):
        raise BadUrl(Fault.SCHEME)
    return Target(parts.scheme == "https", host, port or (443 if parts.scheme == "https" else 80), address)


def open_address(target: Target, found: Sequence[str], networks: Sequence[Network]) -> Address:
    """The address to connect to, of those that a host name was resolved to. One that is not open makes all
    of them suspect: BadUrl is raised."""
    addresses = [ip_address(each.partition("%")[0]) for each in found]
    if not addresses or not all(is_open(address, networks) for address in addresses):
        raise BadUrl(Fault.ADDRESS)
    if not target.encrypted and not all(_listed(address, networks) for address in addresses):
        raise BadUrl(Fault.SCHEME)
    return addresses[0]


def is_open(address: Address, networks: Sequence[Network]) -> bool:
    """Whether an address may be connected to: it is listed, or one of the public Internet."""
    if _listed(address, networks):
        return True
    plain = _plain(address)
    if isinstance(plain, IPv6Address) and any(plain in network for network in _CARRIES_IPV4):
        return False
    return plain.is_global and not (plain.is_multicast or plain.is_reserved or _is_site_local(plain))


def _is_site_local(address: Address) -> bool:
    # No longer given out (RFC 3879), yet still routed within a site by some.
    return isinstance(address, IPv6Address) and address.is_site_local


def _listed(address: Address, networks: Sequence[Network]) -> bool:
    plain = _plain(address)
    return any(plain in network for network in networks)


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _may_be_plain(address: Address | None, networks: Sequence[Network]) -> bool:
    # A name is resolved only when something is sent; then its addresses have to be listed.
    return bool(networks) if address is None else _listed(address, networks)


def _address(host: str, *, bracketed: bool) -> Address | None:
    if bracketed:
        if "%" in host:  # the name of a network card
            raise BadUrl(Fault.HOST)
        try:
            return IPv6Address(host)
        except ValueError:
            raise BadUrl(Fault.HOST) from None
    labels = host.removesuffix(".").split(".")
    if not all(map(_LABEL.fullmatch, labels)) or len(host) > 253:
        raise BadUrl(Fault.HOST)
    # Resolvers take 127.1, 0177.0.0.1 and 2130706433 for addresses, too.
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        try:
            return IPv4Address(host)
        except ValueError:
            raise BadUrl(Fault.HOST) from None
    return None
