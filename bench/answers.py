"""What a server answers to requests that nobody would write, looked at one by one."""

from __future__ import annotations

import asyncio
import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import NamedTuple

import orjson

from bench.attacks import INSIDE
from server.faults import FaultCode

SLOWEST_MS = 2_000.0
MOST_TOLD = 10
MOST_SLOW = 100
PATIENCE_SECONDS = 30.0
_ID = re.compile(rb'"id":"([\w-]+)"')
_REFUSED = re.compile(rb'"code":"([A-Z_]{4,})"')
_KEPT_OF_ONE = 4


class Timed(NamedTuple):
    """How many milliseconds a request took."""

    took: float
    request: bytes


class Findings:
    """What came of the requests. `keys` are the credentials by the names that they are told by; `keep` is
    called with ids that stand in answers."""

    def __init__(
        self, keys: Mapping[str, str] | None = None, keep: Callable[[str], None] = lambda _: None
    ) -> None:
        self.statuses: Counter[int] = Counter()
        self.codes: Counter[str] = Counter()
        """Those of the protocol; OK where there is none."""
        self.refusals: Counter[str] = Counter()
        """Those of changes and questions that were refused."""
        self.done = 0
        """Changes and questions that nothing was wrong with."""
        self.slowest: list[Timed] = []
        self.slow: list[Timed] = []
        """Beyond the bar; more than a hundred are wrong at once."""
        self.wrong: list[dict[str, str]] = []
        self.count_wrong = 0
        self._keys = {key.encode(): f"({name}'s key)".encode() for name, key in (keys or {}).items() if key}
        self._keep = keep

    def take(self, request: bytes, status: int, body: bytes, took: float) -> None:
        """Look at an answer."""
        self.statuses[status] += 1
        timed = Timed(took, request)
        (heapq.heappush if len(self.slowest) < MOST_TOLD else heapq.heappushpop)(self.slowest, timed)
        if took > SLOWEST_MS:
            self.slow.append(timed)
        if len(self.slow) > MOST_SLOW:
            self.complain(request, f"{took:.0f} ms, and so many were slow before")
        if status == 200:
            self._look_inside(body)
        if fault := self._fault(request, status, body):
            self.complain(request, fault)

    def complain(self, request: bytes, fault: str) -> None:
        """Keep what is wrong with an answer, if not too many were."""
        self.count_wrong += 1
        if len(self.wrong) < MOST_TOLD:
            self.wrong.append({"fault": fault, "request": self.told(request)})

    def told(self, request: bytes) -> str:
        """A request that can be sent again, but for the key, for which the name of its role stands."""
        for key, name in self._keys.items():
            request = request.replace(key, name)
        return repr(request[:3_000])

    def _look_inside(self, body: bytes) -> None:
        self.done += b'"errors":[]' in body
        self.refusals.update(each.decode() for each in _REFUSED.findall(body))
        for id in _ID.findall(body)[:_KEPT_OF_ONE]:
            self._keep(id.decode())

    def _fault(self, request: bytes, status: int, body: bytes) -> str:
        if status >= 500:
            return f"status {status}: {body[:500]!r}"
        try:
            answer = orjson.loads(body)
            codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
            messages = "".join(error["message"] for error in answer.get("errors", ()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return f"no answer of GraphQL: {body[:500]!r}"
        self.codes.update(codes or ["OK"])
        strange = [code for code in codes if code not in set(FaultCode) or code == FaultCode.INTERNAL]
        # What a message repeats of the request is not the server's.
        inside = [found[0] for found in INSIDE.finditer(messages) if found[0].encode() not in request]
        return f"{strange or inside}: {body[:500]!r}" if strange or inside else ""


class Client:
    """A connection that is opened again when the server has closed it."""

    def __init__(self, port: int, findings: Findings) -> None:
        self.port = port
        self.findings = findings
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def work(self, pending: Iterator[bytes]) -> None:
        """Send requests until there are no more."""
        for request in pending:
            begun = perf_counter()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    status, body = await self.send(request)
            except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
                self.findings.complain(request, f"no answer: {error!r}")
                self.close()
            else:
                self.findings.take(request, status, body, (perf_counter() - begun) * 1000)
        self.close()

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"\r\ncontent-length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if b"\r\nconnection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def close(self) -> None:
        """Leave the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
