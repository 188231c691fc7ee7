"""Settings, read from the environment. Each is documented in docs/settings.md.

Secrets may lie in files, as containers are given them: `LIANXI_SEALING_KEY_FILE` names the file of
`LIANXI_SEALING_KEY`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casework.webhooks.address import networks_of
from server.address import is_loopback, networks
from wording.catalogue import Language, say

PREFIX = "LIANXI_"
TEST_PREFIX = "LIANXI_TEST_"
"""Variables that only the test suite reads."""


SECRET = frozenset({"database_url", "sealing_key", "oidc_client_secret"})
"""Settings whose values are not told; a database URL may hold a password."""
SHORTEST_SEALING_KEY = 32
FILE = "_FILE"
"""How the variable ends that names the file of a secret."""
MOST_SECRET_BYTES = 8_192


class LogLevel(StrEnum):
    """What is logged: this level and everything graver."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class SignInMode(StrEnum):
    """Who has to sign in."""

    NONE = "none"  # nobody: whoever reaches this machine is the demo administrator
    REQUIRED = "required"  # everybody who wants more than what is public


class LogFormat(StrEnum):
    """How a log line looks: for people, or one JSON object for machines."""

    CONSOLE = "console"
    JSON = "json"


def _whole(default: int, low: int, high: int) -> Any:
    return Field(default=default, ge=low, le=high)


class Settings(BaseSettings):
    """All settings. The variable of `port` is `LIANXI_PORT`; `setting.port` in the catalogue explains it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str = "sqlite+aiosqlite:///var/lianxi.db"
    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    port: int = _whole(8000, 0, 65535)
    public_url: Annotated[str, Field(max_length=200)] = ""
    sign_in: SignInMode = SignInMode.NONE
    language: Language = Language.ZH
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.CONSOLE
    shutdown_seconds: int = _whole(10, 0, 600)
    max_body_bytes: int = _whole(262_144, 1_024, 16_777_216)
    max_body_depth: int = _whole(64, 4, 512)
    body_seconds: int = _whole(10, 1, 600)
    request_seconds: int = _whole(5, 1, 600)
    statement_seconds: int = _whole(2, 1, 30)
    rate_points: int = _whole(20_000, 0, 100_000_000)
    rate_burst: int = _whole(400_000, 1_000, 1_000_000_000)
    rate_objections: int = _whole(60, 1, 100_000)
    rate_sign_ins: int = _whole(20, 1, 100_000)
    metrics_networks: Annotated[str, Field(max_length=4_096)] = ""
    open311: bool = False
    trusted_documents: Annotated[str, Field(max_length=4_096)] = ""
    trusted_only: bool = False
    graphql_introspection: bool = True
    graphiql: bool = True
    graphql_max_depth: int = _whole(12, 3, 64)
    graphql_max_aliases: int = _whole(30, 0, 1_000)
    graphql_max_characters: int = _whole(65_536, 1_000, 1_048_576)
    graphql_max_tokens: int = _whole(1_000, 100, 20_000)
    graphql_max_directives: int = _whole(20, 0, 1_000)
    graphql_max_root_fields: int = _whole(10, 1, 100)
    # A server may only be stricter than the schema itself (`resolvers.entities.MOST_ENTITIES`).
    graphql_max_representations: int = _whole(1_000, 1, 1_000)
    graphql_max_cost: int = _whole(50_000, 100, 100_000_000)
    graphql_max_list_items: int = _whole(1_000, 10, 100_000)
    graphql_plans: bool = True
    graphql_cache_characters: int = _whole(262_144, 0, 16_777_216)
    sockets: int = _whole(2_000, 0, 100_000)
    sockets_per_account: int = _whole(1_000, 1, 100_000)
    socket_init_seconds: int = _whole(10, 1, 600)
    subscriptions_per_connection: int = _whole(50, 1, 10_000)
    subscriptions_per_account: int = _whole(2_000, 1, 100_000)
    objection_days: int = _whole(5, 1, 60)
    deadline_warning_hours: int = _whole(24, 0, 720)
    vote_model: Annotated[str, Field(max_length=4_096)] = ""
    webhook_networks: Annotated[str, Field(max_length=4_096)] = ""
    trusted_proxies: Annotated[str, Field(max_length=4_096)] = ""
    sealing_key: Annotated[str, Field(max_length=4_096)] = ""
    session_idle_minutes: int = _whole(30, 1, 1_440)
    session_hours: int = _whole(12, 1, 168)
    oidc_issuer: Annotated[str, Field(max_length=255)] = ""
    oidc_audience: Annotated[str, Field(max_length=255)] = ""
    oidc_client_id: Annotated[str, Field(max_length=255)] = ""
    oidc_client_secret: Annotated[str, Field(max_length=4_096)] = ""
    oidc_account_claim: Annotated[str, Field(max_length=100)] = "preferred_username"
    oidc_groups_claim: Annotated[str, Field(max_length=100)] = "groups"
    oidc_grants: Annotated[str, Field(max_length=4_096)] = ""

    @field_validator("database_url")
    @classmethod
    def _readable_url(cls, value: str) -> str:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            make_url(value)
        except (ArgumentError, ValueError):
            raise ValueError("not an SQLAlchemy URL") from None
        return value

    @field_validator("webhook_networks")
    @classmethod
    def _webhook_networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _site(cls, value: str) -> str:
        site = site_of(value)
        if value and (site is None or site.path not in {"", "/"}):
            raise ValueError("not the address of a site")
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        site = site_of(value)
        if value and (site is None or is_overheard(site)):
            raise ValueError("tokens are believed because of keys that nobody may change on the way")
        return value

    @field_validator("oidc_client_id")
    @classmethod
    def _reachable(cls, value: str, info: ValidationInfo) -> str:
        if value and not (info.data.get("public_url") and info.data.get("oidc_issuer")):
            raise ValueError("a browser has to find there and back")
        return value

    @field_validator("sealing_key")
    @classmethod
    def _unguessable(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SEALING_KEY:
            raise ValueError("too short to be random")
        return value

    @field_validator("trusted_proxies", "metrics_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks(value)
        return value

    @property
    def signs_in(self) -> bool:
        """Whether who wants more than what is public has to sign in."""
        return self.sign_in is SignInMode.REQUIRED


def site_of(url: str) -> SplitResult | None:
    """A web address taken apart; None for what is none, or holds a password, a query or a fragment."""
    try:
        parts = urlsplit(url)
        sound = parts.port is None or parts.port > 0
    except ValueError:
        return None
    bare = not (parts.username or parts.query or parts.fragment)
    return parts if sound and bare and parts.scheme in {"http", "https"} and parts.hostname else None


def is_overheard(site: SplitResult) -> bool:
    """Whether what is said to a site can be read, and changed, on the way."""
    return site.scheme == "http" and site.hostname != "localhost" and not is_loopback(site.hostname or "")


class BadSettings(Exception):
    """Settings that cannot be used. `variables` are the names of the bad ones; `files` say, by the key of a
    message, what is wrong with those that name the file of a secret."""

    def __init__(
        self, variables: tuple[str, ...], values: Mapping[str, str], files: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(", ".join(variables))
        self.variables = variables
        self.values = values
        self.files = files or {}

    def messages(self, language: Language) -> list[str]:
        """One line for each bad setting: its variable, its value where that is no secret, what is allowed."""
        return [self._message(variable, language) for variable in self.variables]

    def _message(self, variable: str, language: Language) -> str:
        if key := self.files.get(variable):
            file, secret = self.values.get(variable, "")[:200], variable.removesuffix(FILE)
            return say(key, language, variable=variable, file=file, secret=secret)
        name = variable.removeprefix(PREFIX).lower()
        meaning = say(f"setting.{name}", language)
        value = "…" if name in SECRET else self.values.get(variable, "")[:80]
        return say("settings.bad", language, variable=variable, value=value, meaning=meaning)


def read_settings(**chosen: object) -> Settings:
    """The settings of the environment; what is `chosen` (and not None) on the command line goes before it.

    Raises BadSettings.
    """
    environment = _upper(os.environ)
    wanted: dict[str, Any] = {
        **_secrets_of_files(environment),
        **{name: value for name, value in chosen.items() if value is not None},
    }
    try:
        return Settings(**wanted)
    except ValidationError as error:
        names = sorted({str(problem["loc"][0]).lower() for problem in error.errors()})
        variables = tuple(PREFIX + name.removeprefix(PREFIX.lower()).upper() for name in names)
        given = {PREFIX + name.upper(): str(value) for name, value in wanted.items()}
        raise BadSettings(variables, {**environment, **given}) from None


def _secrets_of_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets that the environment names files for, without the line's end. Raises BadSettings for a file
    of no use, and where the secret itself is given, too."""
    found, bad = {}, {}
    for name in sorted(SECRET):
        secret = PREFIX + name.upper()
        if not (path := environment.get(secret + FILE)):
            continue
        try:
            with Path(path).open("rb") as file:
                text = file.read(MOST_SECRET_BYTES + 1).decode().strip()
        except (OSError, ValueError):  # ValueError: a name that no file can have, and what is no UTF-8
            bad[secret + FILE] = "settings.file_unreadable"
            continue
        if environment.get(secret):
            bad[secret + FILE] = "settings.file_and_value"
        elif not text:
            bad[secret + FILE] = "settings.file_empty"
        found[name] = text
    if bad:
        raise BadSettings(tuple(bad), environment, bad)
    return found


def unknown_variables(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that look like settings and are none, each with the nearest real one (or an empty string)."""
    real = [name.upper() for name in Settings.model_fields]
    real += [name.upper() + FILE for name in sorted(SECRET)]
    strange = [
        name.removeprefix(PREFIX)
        for name in sorted(_upper(environment))
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX)
    ]
    return [(PREFIX + name, _nearest(name, real)) for name in strange if name not in real]


def _nearest(name: str, real: list[str]) -> str:
    return next((PREFIX + found for found in get_close_matches(name, real, 1)), "")


def _upper(environment: Mapping[str, str]) -> dict[str, str]:
    return {name.upper(): value for name, value in environment.items()}
