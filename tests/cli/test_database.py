"""`lianxi migrate`, `demo`, `verify-audit` and `serve --demo`, each as a process on a database of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from sqlalchemy import update

from casework.desk import Desk
from casework.duplicates import AskSimilarToText, similar_to_text
from casework.rights import EVERYWHERE
from db import audit
from db.database import Database
from db.migrations import versions
from db.tables.audit import AuditRecord
from tests.casework.test_assignment import FARM, submitted
from tests.cli.running import run_process
from tests.conftest import desk_on
from tests.server.process import started

T = TypeVar("T")
MOMENT = datetime(2026, 5, 1, tzinfo=UTC)


def newest_revision() -> str:
    """The program's own revision: the name of its last migration, without what it is about."""
    newest = max(path.stem for path in Path(versions.__file__).parent.glob("lianxi_*.py"))
    return "_".join(newest.split("_")[:2])


def test_the_way_up_and_down(empty_database_url: str) -> None:
    def migrate(*options: str) -> tuple[int, str]:
        ran = run_process("migrate", *options, LIANXI_DATABASE_URL=empty_database_url)
        assert ran.err == ""
        return ran.status, ran.out

    head = newest_revision()
    assert migrate() == (0, f"数据库已从版本 - 变为 {head}。\n")
    assert migrate() == (0, f"数据库已是版本 {head}，无需改动。\n")
    assert migrate("--down-to", "lianxi_0001") == (0, f"数据库已从版本 {head} 变为 lianxi_0001。\n")
    assert migrate("--down-to", "base") == (0, "数据库已从版本 lianxi_0001 变为 -。\n")
    assert migrate()[0] == 0


def test_what_was_stored_before_there_were_traits_is_found_after_migrating(city_url: str) -> None:
    async def at_desk(work: Callable[[Desk], Awaitable[T]]) -> T:
        desk = desk_on(Database.open(city_url))
        try:
            return await work(desk)
        finally:
            await desk.database.close()

    async def alike(desk: Desk) -> int:
        return len(
            (
                await similar_to_text(desk, EVERYWHERE, AskSimilarToText(FARM.description, FARM.region_code))
            ).value
            or ()
        )

    asyncio.run(at_desk(submitted))
    assert run_process("migrate", "--down-to", "lianxi_0004", LIANXI_DATABASE_URL=city_url).status == 0
    ran = run_process("migrate", LIANXI_DATABASE_URL=city_url)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[1:] == ["已重新读取 1 件已登记事项，可供查找相似事项。"]
    assert asyncio.run(at_desk(alike)) == 1
    assert len(run_process("migrate", LIANXI_DATABASE_URL=city_url).out.splitlines()) == 1


def test_a_revision_that_does_not_exist_changes_nothing(sqlite_url: str) -> None:
    ran = run_process("migrate", "--down-to", "nowhere", LIANXI_DATABASE_URL=sqlite_url)
    assert (ran.status, ran.out) == (3, "")
    assert "“nowhere”" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert "无需改动" in run_process("migrate", LIANXI_DATABASE_URL=sqlite_url).out


@pytest.mark.parametrize("command", ["migrate", "demo", "verify-audit"])
@pytest.mark.parametrize(
    ("content", "said"), [(b"this is no database" * 100, "database.db"), (None, "lianxi migrate")]
)
def test_a_database_that_cannot_be_used_is_told(
    tmp_path: Path, command: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / "database.db"
    if content is not None:
        path.write_bytes(content)
    ran = run_process(command, LIANXI_DATABASE_URL=f"sqlite:///{path}")
    if content is None and command == "migrate":
        assert (ran.status, ran.err) == (0, "")
        return
    assert (ran.status, ran.out) == (3, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
    if content is not None:
        assert path.read_bytes() == content


def test_the_demo_is_loaded_once_and_its_audit_log_is_whole(sqlite_url: str) -> None:
    first, second = (run_process("demo", LIANXI_DATABASE_URL=sqlite_url) for _ in range(2))
    assert (first.status, first.err) == (0, "")
    assert first.out == "演示城市已就绪：新装入 150 件信访件，共 150 件。\n"
    assert second.out == "演示城市已就绪，150 件信访件都在。\n"
    whole = run_process("verify-audit", LIANXI_DATABASE_URL=sqlite_url)
    assert whole.status == 0
    assert whole.out.startswith("审计日志完整")


def test_one_command_brings_up_the_demo(tmp_path: Path) -> None:
    with started(f"sqlite:///{tmp_path / 'new.db'}", tmp_path, "--demo") as server:
        query = {"query": "{disputes(first:1){totalCount}}"}
        answer = httpx.post(f"{server.address}/graphql", json=query, timeout=30).json()
        assert answer == {"data": {"disputes": {"totalCount": 150}}}
        assert httpx.get(f"{server.address}/readyz", timeout=30).status_code == 200


def test_a_changed_audit_log_is_found(sqlite_url: str) -> None:
    async def spoil() -> None:
        database = Database.open(sqlite_url)
        async with database.write() as connection:
            for number in range(3):
                await audit.append(
                    connection,
                    city="990100",
                    actor="somebody",
                    action="test",
                    subject=str(number),
                    data={},
                    occurred_at=MOMENT,
                )
            await connection.execute(
                update(AuditRecord).where(AuditRecord.sequence == 2).values(actor="somebody else")
            )
        await database.close()

    asyncio.run(spoil())
    ran = run_process("verify-audit", LIANXI_DATABASE_URL=sqlite_url)
    assert (ran.status, ran.out) == (1, "")
    assert "城市 990100 第 2 条" in ran.err
