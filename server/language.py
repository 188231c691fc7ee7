"""Which language to answer in."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Scope

from server.headers import headers_of, remembered, text
from wording.catalogue import Language


def language_of(scope: Scope, default: Language) -> Language:
    """The language that a request asks for."""
    return spoken(text(headers_of(scope).get(b"accept-language")), default)


@remembered
def spoken(accept_language: str | None, default: Language) -> Language:
    """The language that an Accept-Language header (RFC 9110, 12.5.4) prefers among ours, else the default."""
    best, weight = default, 0.0
    for entry in (accept_language or "").split(","):
        tag, _, parameters = entry.partition(";")
        language = tag.strip().lower().partition("-")[0]
        preference = quality(parameters)
        if language in set(Language) and preference > weight:
            best, weight = Language(language), preference
    return best


def quality(parameters: str) -> float:
    """The weight `q` (0 to 1) among the parameters of one entry of an Accept header; 1 when it has none."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def preferred_language(environment: Mapping[str, str]) -> Language:
    """The language of LIANXI_LANGUAGE, for messages that come before the settings are known to be good."""
    value = environment.get("LIANXI_LANGUAGE", "").strip().lower()
    return Language(value) if value in set(Language) else Language.ZH
