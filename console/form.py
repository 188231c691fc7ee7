"""Forms that browsers send: where they come from, how they are read, and what a complaint has to have."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from console.host import Host
from console.turned import Turned
from console.visit import visit_of
from wording.catalogue import Language, say

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that nobody sees and no page may hold; tab and line feed are none of them."""
CHANNELS = (
    "HOTLINE",
    "LETTER",
    "VISIT",
    "WEB",
    "WECHAT",
    "WEIBO",
    "EMAIL",
    "TRANSFER",
    "INSPECTION",
    "MEDIA",
    "OTHER",
)
"""The API's channels, in the order in which the form shows them."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was typed into the form."""

    text: str = ""
    region: str = ""
    channel: str = CHANNELS[0]

    def mistakes(self, language: Language) -> dict[str, str]:
        """What the API could not even be asked about: a message for each field concerned."""
        found = {}
        if not self.region:
            found["region"] = say("console.region_missing", language)
        if self.channel not in CHANNELS:
            found["channel"] = say("console.channel_missing", language)
        return found


def complaint_of(form: Mapping[str, str]) -> Complaint:
    """The complaint in a form, as the API will keep it: what is shown has to be what positions count in."""
    text = CONTROL.sub("", form.get("text", "").replace("\r\n", "\n").replace("\r", "\n")).strip()
    return Complaint(text, form.get("region", "").strip(), form.get("channel", "").strip())


async def read_form(host: Host, request: Request) -> dict[str, str]:
    """The fields of a form from a page of ours. Raises Turned."""
    language = visit_of(host, request).language
    if not is_ours(request):
        raise Turned(403, say("console.foreign", language))
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise Turned(415, say("console.media_type", language))
    body = await _body(host, request, language)
    try:
        fields = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Turned(400, say("console.unreadable", language)) from None
    return dict(fields)


def is_ours(request: Request) -> bool:
    """Whether a form was sent by a page of this site, as far as the browser tells (older ones do not)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:
        return False


async def _body(host: Host, request: Request, language: Language) -> bytes:
    chunks, size = [], 0
    try:
        async with asyncio.timeout(host.body_seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > host.most_bytes:
                    raise Turned(413, say("console.too_large", language))
                chunks.append(chunk)
    except TimeoutError:
        raise Turned(408, say("console.slow", language)) from None
    return b"".join(chunks)
