"""One attempt at a delivery: an HTTP request to an address that was checked, and what came of it.

The host name is resolved once and the connection goes to the address that was found and checked, so that a
name cannot lead elsewhere in between (DNS rebinding). The certificate still has to be that of the name. No
redirect is followed, no proxy of the environment is used, and hardly anything is read of the answer.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType

import httpx

from casework.desk import Desk
from casework.secret import BadSeal, unseal
from casework.webhooks.address import BadUrl, Network, Target, open_address, target_of
from casework.webhooks.envelope import CONTENT_TYPE, envelope
from casework.webhooks.queue import Outcome, Parcel
from casework.webhooks.signature import PREFIX, signature
from casework.webhooks.state import Problem

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
MOST_READ = 4_096
"""Bytes of an answer's body that are read; what it says is not looked at."""
AGENT = "lianxi-webhooks/1"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host name. Raises OSError where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


class Sender:
    """Sends to the endpoint of one webhook, over connections that are kept for a while. `tls` tells which
    certificates are believed."""

    def __init__(self, desk: Desk, tls: ssl.SSLContext, resolve: Resolve = resolve) -> None:
        self._desk = desk
        self._resolve = resolve
        self._client = httpx.AsyncClient(
            verify=tls,
            timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Sender:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def send(self, parcel: Parcel) -> Outcome:
        """Try once. Never raises for what the other side does."""
        try:
            secrets = [self._opened(secret) for secret in parcel.secrets]
        except BadSeal:
            return Outcome(Problem.SEALED)
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._attempt(parcel, secrets)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome(Problem.TIMEOUT)
        except BadUrl:
            return Outcome(Problem.REFUSED_ADDRESS)
        except httpx.ConnectError as error:
            return Outcome(Problem.TLS if _is_tls(error) else Problem.UNREACHABLE)
        except (httpx.NetworkError, ssl.SSLError):
            return Outcome(Problem.UNREACHABLE)
        except httpx.HTTPError:
            return Outcome(Problem.PROTOCOL)

    async def _attempt(self, parcel: Parcel, secrets: Sequence[str]) -> Outcome:
        target = target_of(parcel.url, self._desk.webhook_networks)
        try:
            address = await self._address(target, self._desk.webhook_networks)
        except OSError:
            return Outcome(Problem.UNRESOLVABLE)
        url = httpx.URL(parcel.url)
        body = envelope(parcel.message)
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers={
                "host": url.netloc.decode("ascii"),
                **_headers(parcel, secrets, body, self._desk.clock()),
            },
            extensions={"sni_hostname": target.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            read = 0
            async for part in response.aiter_raw():
                read += len(part)
                if read >= MOST_READ:
                    break
        finally:
            await response.aclose()
        return _outcome(response, self._desk.clock())

    async def _address(self, target: Target, networks: Sequence[Network]) -> str:
        if target.address is not None:
            return str(target.address)
        async with asyncio.timeout(CONNECT_SECONDS):
            found = await self._resolve(target.host, target.port)
        return str(open_address(target, found, networks))

    def _opened(self, secret: str) -> str:
        return secret if secret.startswith(PREFIX) else unseal(secret, self._desk.sealing_key)


def _headers(parcel: Parcel, secrets: Sequence[str], body: bytes, now: datetime) -> Mapping[str, str]:
    timestamp, message_id = int(now.timestamp()), str(parcel.message.id)
    return {
        "content-type": CONTENT_TYPE,
        "user-agent": AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secrets, message_id, timestamp, body),
    }


def _outcome(response: httpx.Response, now: datetime) -> Outcome:
    status = response.status_code
    if response.is_success:
        return Outcome(None, status)
    problem = Problem.REDIRECT if 300 <= status < 400 else Problem.STATUS
    return Outcome(problem, status, _retry_after(response.headers.get("retry-after", ""), now))


def _retry_after(said: str, now: datetime) -> timedelta | None:
    """Seconds, or a date (RFC 9110, 10.2.3)."""
    if said.isascii() and said.isdigit() and len(said) < 9:
        return timedelta(seconds=int(said))
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) - now


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
