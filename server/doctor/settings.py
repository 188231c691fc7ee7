"""What the settings alone tell: nothing is opened but the files that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from rules.flaws import PackError
from server.address import is_loopback, networks
from server.doctor.finding import Finding, Verdict, finding, told
from server.graphql.trusted import BadManifest
from server.settings import Settings, is_overheard, site_of, unknown_variables
from server.sign_in.grants import BadGrants
from server.sign_in.identity import NotLoopback, listening_address

EVERYBODY = tuple(ip_network(every) for every in ("0.0.0.0/0", "::/0"))


def settings_findings(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What is found of settings that can be read, and of the environment that they come from."""
    yield from _variables(environment)
    yield _listening(settings)
    yield _files(settings)
    yield _trusted_only(settings)
    if is_open(settings):
        yield _public_url(settings)
        yield _proxies(settings)
        yield _graphiql(settings)


def is_open(settings: Settings) -> bool:
    """Whether other machines can reach the server, by itself or through a proxy."""
    site = site_of(settings.public_url)
    if site is not None and not is_loopback(site.hostname or ""):
        return settings.signs_in
    try:
        address = listening_address(settings)
    except NotLoopback:
        return False
    return address is not None and not is_loopback(address)


def _variables(environment: Mapping[str, str]) -> Iterator[Finding]:
    unknown = unknown_variables(environment)
    for name, nearest in unknown:
        key = "settings.unknown_nearest" if nearest else "settings.unknown"
        yield finding("settings", Verdict.DOUBTFUL, key, name=name, nearest=nearest)
    if not unknown:
        yield finding("settings", Verdict.FINE, "doctor.settings")


def _listening(settings: Settings) -> Finding:
    host = settings.host
    try:
        address = listening_address(settings)
    except NotLoopback:
        return finding("listening", Verdict.WRONG, "doctor.listening.open", host=host)
    if address is None:
        return finding("listening", Verdict.WRONG, "doctor.listening.unknown", host=host)
    key = "doctor.listening.signs_in" if settings.signs_in else "doctor.listening.alone"
    return finding("listening", Verdict.FINE, key, host=host, port=settings.port)


def _files(settings: Settings) -> Finding:
    """Whether a server would start with the files that the settings name; it is made as `serve` does."""
    # Building the schema takes a second.
    from schema.schema import schema
    from server.app import create_app

    try:
        create_app(settings, schema)
    except (BadManifest, BadGrants) as bad:
        return told("files", Verdict.WRONG, bad.message)
    except PackError as error:
        flaw = error.flaws[0]
        return told("files", Verdict.WRONG, flaw.message)
    return finding("files", Verdict.FINE, "doctor.files")


def _trusted_only(settings: Settings) -> Finding:
    if not settings.trusted_only:
        return finding("trusted_only", Verdict.FINE, "doctor.trusted_only.off")
    if not settings.trusted_documents:
        return finding("trusted_only", Verdict.WRONG, "doctor.trusted_only.nothing")
    return finding("trusted_only", Verdict.FINE, "doctor.trusted_only.on")


def _public_url(settings: Settings) -> Finding:
    if not settings.public_url:
        return finding("public_url", Verdict.DOUBTFUL, "doctor.public_url.none")
    site = site_of(settings.public_url)
    if site is not None and is_overheard(site):
        return finding("public_url", Verdict.DOUBTFUL, "doctor.public_url.http", url=settings.public_url)
    return finding("public_url", Verdict.FINE, "doctor.public_url", url=settings.public_url)


def _proxies(settings: Settings) -> Finding:
    listed = networks(settings.trusted_proxies)
    if any(network in EVERYBODY for network in listed):
        return finding("trusted_proxies", Verdict.DOUBTFUL, "doctor.proxies.everybody")
    # The server itself speaks no TLS.
    if not listed and settings.public_url.startswith("https:"):
        return finding("trusted_proxies", Verdict.DOUBTFUL, "doctor.proxies.none")
    return finding("trusted_proxies", Verdict.FINE, "doctor.proxies")


def _graphiql(settings: Settings) -> Finding:
    if settings.graphiql:
        return finding("graphiql", Verdict.DOUBTFUL, "doctor.graphiql.shown")
    return finding("graphiql", Verdict.FINE, "doctor.graphiql.hidden")
