"""Addresses and what answers at them: every failure is told with what to do about it, and no password."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from db.database import Database
from db.dialect import address_of, place_of
from db.faults import DatabaseUnavailable
from tests.conftest import PostgresDatabases
from wording.catalogue import Language

SECRET = "s3cr3t-p%40ss"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a url",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/file.db",
        "sqlite:///file.db?mode=ro",
        f"mysql://u:{SECRET}@host/db",
        f"postgresql+psycopg://u:{SECRET}@host/db",
        f"postgresql://u:{SECRET}@host",
        f"postgresql://u:{SECRET}@host:port/db",
        f"postgresql://u:{SECRET}@host:99999/db",
        f"postgresql://u:{SECRET}@host/db?sslmode=perhaps",
        f"postgresql://u:{SECRET}@host/db?nonsense=1",
        f"postgresql://u:{SECRET}@host/db?password={SECRET}",
        f"postgresql:/u:{SECRET}@host/db",
    ],
)
@pytest.mark.parametrize("language", list(Language))
def test_an_address_that_makes_no_sense_is_refused(url: str, language: Language) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        Database.open(url)
    message = caught.value.message(language)
    assert "LIANXI_DATABASE_URL" in message
    assert SECRET not in message
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "driver", "place"),
    [
        ("sqlite:///var/lianxi.db", "sqlite+aiosqlite", "var/lianxi.db"),
        ("sqlite+aiosqlite:////srv/lianxi.db", "sqlite+aiosqlite", "/srv/lianxi.db"),
        (f"postgresql://u:{SECRET}@host:5433/db", "postgresql+asyncpg", "host:5433/db"),
        (f"postgres://u:{SECRET}@host/db?sslmode=require", "postgresql+asyncpg", "host/db"),
        ("postgresql+asyncpg:///db?host=/run/postgresql", "postgresql+asyncpg", "/run/postgresql/db"),
        ("postgresql:///db?host=a&host=b", "postgresql+asyncpg", "a,b/db"),
        (" postgresql:///db\n", "postgresql+asyncpg", "localhost/db"),
    ],
)
def test_addresses_in_their_usual_forms(url: str, driver: str, place: str) -> None:
    address = address_of(url)
    assert (address.drivername, place_of(address)) == (driver, place)
    assert "sslmode" not in address.query


async def unavailable(url: str, patience: float = 10) -> str:
    """The Chinese message of what happens on the first use of a database."""

    async def attempt() -> None:
        database = Database.open(url, patience=patience)
        try:
            async with database.write() as connection:
                await connection.execute(text("SELECT 1"))
        finally:
            await database.close()

    with pytest.raises(DatabaseUnavailable) as caught:
        await attempt()
    for language in Language:
        assert SECRET not in caught.value.message(language)
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        (f"postgresql://u:{SECRET}@127.0.0.1:1/db", "127.0.0.1:1/db 没有应答"),
        (f"postgresql://u:{SECRET}@no-such-host.invalid/db", "没有应答"),
        (f"postgresql://u:{SECRET}@/db?host=/no/such/folder", "没有应答"),
    ],
)
async def test_a_server_that_is_not_there(url: str, advice: str) -> None:
    assert advice in await unavailable(url)


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 4096, None])
async def test_a_server_that_is_another(greeting: bytes | None) -> None:
    hangs: list[asyncio.StreamWriter] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hangs.append(writer)
        if greeting is not None:  # None: it never says anything
            writer.write(greeting)
            await writer.drain()
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "没有应答" in await unavailable(f"postgresql://u:{SECRET}@127.0.0.1:{port}/db", patience=1)
        for writer in hangs:
            writer.close()


async def test_a_database_that_is_not_on_the_server(postgres_databases: PostgresDatabases) -> None:
    url = postgres_databases.server.set(database="nowhere").render_as_string(hide_password=False)
    assert "CREATE DATABASE" in await unavailable(url)


async def test_a_user_that_the_server_does_not_know(postgres_databases: PostgresDatabases) -> None:
    url = postgres_databases.server.set(username="nobody-knows", password="wrong")
    assert "拒绝登录" in await unavailable(url.render_as_string(hide_password=False))


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "letters.db"
    path.write_bytes(b"Dear Sir or Madam, " * 500)
    assert "不是 SQLite 数据库" in await unavailable(f"sqlite:///{path}")
    assert path.read_bytes() == b"Dear Sir or Madam, " * 500


async def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    assert str(tmp_path) in await unavailable(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("name", ["file/sub/lianxi.db", "x" * 300, "nul\0byte.db"])
def test_a_file_that_cannot_be_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="读写权限"):
        Database.open(f"sqlite:///{tmp_path / name}")


async def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "data" / "lianxi.db"
    database = Database.open(f"sqlite:///{path}")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE t (x)"))
    files = sorted(file.name for file in path.parent.iterdir())
    assert files == ["lianxi.db", "lianxi.db-shm", "lianxi.db-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    await database.close()
