"""Settings, read from the environment. Each is documented in docs/settings.md."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from wording.catalogue import Language, say

PREFIX = "LIANXI_"
TEST_PREFIX = "LIANXI_TEST_"
"""Variables that only the test suite reads."""


class LogLevel(StrEnum):
    """What is logged: this level and everything graver."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


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
    language: Language = Language.ZH
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.CONSOLE
    shutdown_seconds: int = _whole(10, 0, 600)
    max_body_bytes: int = _whole(262_144, 1_024, 16_777_216)
    max_body_depth: int = _whole(64, 4, 512)
    body_seconds: int = _whole(10, 1, 600)
    trusted_documents: Annotated[str, Field(max_length=4_096)] = ""
    trusted_only: bool = False
    graphql_introspection: bool = True
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
    objection_days: int = _whole(5, 1, 60)
    vote_model: Annotated[str, Field(max_length=4_096)] = ""

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


class BadSettings(Exception):
    """Settings that cannot be used. `variables` are the names of the bad ones."""

    def __init__(self, variables: tuple[str, ...], values: Mapping[str, str]) -> None:
        super().__init__(", ".join(variables))
        self.variables = variables
        self.values = values

    def messages(self, language: Language) -> list[str]:
        """One line for each bad setting: its variable, its value where that is no secret, what is allowed."""
        return [self._message(variable, language) for variable in self.variables]

    def _message(self, variable: str, language: Language) -> str:
        name = variable.removeprefix(PREFIX).lower()
        meaning = say(f"setting.{name}", language)
        # A database URL may hold a password.
        value = "…" if name == "database_url" else self.values.get(variable, "")[:80]
        return say("settings.bad", language, variable=variable, value=value, meaning=meaning)


def read_settings(**chosen: object) -> Settings:
    """The settings of the environment; what is `chosen` (and not None) on the command line goes before it.

    Raises BadSettings.
    """
    wanted: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    try:
        return Settings(**wanted)
    except ValidationError as error:
        names = sorted({str(problem["loc"][0]).lower() for problem in error.errors()})
        variables = tuple(PREFIX + name.removeprefix(PREFIX.lower()).upper() for name in names)
        given = {PREFIX + name.upper(): str(value) for name, value in wanted.items()}
        raise BadSettings(variables, {**_upper(os.environ), **given}) from None


def unknown_variables(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that look like settings and are none, each with the nearest real one (or an empty string)."""
    real = [name.upper() for name in Settings.model_fields]
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
