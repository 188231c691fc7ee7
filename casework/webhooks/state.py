"""The states of webhooks and of their deliveries, and what keeps a delivery from arriving."""

from __future__ import annotations

from enum import StrEnum


class WebhookState(StrEnum):
    """Whether anything is sent."""

    ACTIVE = "active"
    PAUSED = "paused"  # by a person
    DISABLED = "disabled"  # by the program; see Because


class Because(StrEnum):
    """Why a webhook was disabled."""

    GONE = "gone"  # it answered 410
    FAILING = "failing"  # nothing has arrived for days


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    BEHIND = "behind"  # an earlier one of the same dispute, which goes first
    WAITING = "waiting"  # for the next attempt
    DELIVERED = "delivered"
    DEAD = "dead"  # given up; those behind it stay there until a person decides
    SKIPPED = "skipped"  # dead, and passed over by a person


class Problem(StrEnum):
    """Why an attempt failed."""

    STATUS = "status"  # the answer was neither 2xx nor 3xx
    REDIRECT = "redirect"  # the answer was 3xx; none is followed
    TIMEOUT = "timeout"
    UNRESOLVABLE = "unresolvable"  # the host name leads to no address
    REFUSED_ADDRESS = "refused_address"  # it leads to one that is not open
    UNREACHABLE = "unreachable"
    TLS = "tls"  # the certificate is not that of the host, or there is no encryption at all
    PROTOCOL = "protocol"  # the answer is no HTTP
    SEALED = "sealed"  # the secret cannot be opened with the key of the settings
