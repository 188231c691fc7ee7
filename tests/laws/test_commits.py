"""One place commits, and SQL is written in two rooms only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("wording", "db", "rules", "casework", "resolvers", "schema", "server", "console", "cli")
MAY_COMMIT = {"db/database.py"}
MAY_WRITE_SQL = ("db/", "resolvers/")
TRANSACTION_CALLS = {"begin", "begin_nested", "begin_twophase", "commit", "rollback"}
SQL_CALLS = {"text", "exec_driver_sql", "literal_column"}
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\S+\s+AS\s*\("
    r"|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|DATABASE)\s|PRAGMA\s|BEGIN\s+IMMEDIATE)",
    re.IGNORECASE | re.DOTALL,
)


def transactions(tree: ast.AST) -> Iterator[int]:
    """Lines that open or end a transaction."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in TRANSACTION_CALLS
        ):
            yield node.lineno


def sql(tree: ast.AST) -> Iterator[int]:
    """Lines with SQL as text: a literal that reads like a statement, or SQLAlchemy's doors for raw SQL."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documentation and SQL.match(node.value):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
            if SQL_CALLS & {name.name for name in node.names}:
                yield node.lineno
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "exec_driver_sql"
        ):
            yield node.lineno


def sources() -> list[Path]:
    return sorted(path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def tree_of(path: Path) -> ast.AST:
    return ast.parse((ROOT / path).read_text("utf-8"))


@pytest.mark.parametrize("path", sources(), ids=str)
def test_only_the_database_commits(path: Path) -> None:
    found = list(transactions(tree_of(path)))
    if str(path) in MAY_COMMIT:
        assert found, f"{path} is said to be where commits happen"
    else:
        assert not found, f"{path} opens or ends a transaction in lines {found}: use Database.write()"


@pytest.mark.parametrize(
    "path", [path for path in sources() if not str(path).startswith(MAY_WRITE_SQL)], ids=str
)
def test_sql_is_written_in_db_and_resolvers_only(path: Path) -> None:
    found = list(sql(tree_of(path)))
    assert not found, f"{path} has SQL as text in lines {found}: use SQLAlchemy's expressions"


@pytest.mark.parametrize(
    "code",
    [
        "await connection.commit()",
        "async with connection.begin():\n    pass",
        "session.rollback()",
        "connection.begin_nested()",
    ],
)
def test_the_law_on_commits_sees_a_breach(code: str) -> None:
    assert list(transactions(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import select, text",
        "from sqlalchemy.sql.expression import literal_column",
        "connection.exec_driver_sql(statement)",
        "q = 'SELECT id FROM dispute'",
        "q = f'select * from {table}'",
        "q = '''\n  UPDATE dispute SET title = 1'''",
        "q = 'insert into dispute values (1)'",
        "q = 'WITH RECURSIVE_ AS (SELECT 1)'",
        "q = 'PRAGMA foreign_keys = OFF'",
    ],
)
def test_the_law_on_sql_sees_a_breach(code: str) -> None:
    assert list(sql(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code",
    [
        '"""Select a unit from the list."""',
        "from sqlalchemy import select\nq = select(Dispute).where(Dispute.id == 1)",
        "say('error.update')",
        "hint = 'Update the settings'",
        "name = 'begin'",
    ],
)
def test_the_laws_let_honest_code_pass(code: str) -> None:
    assert not list(sql(ast.parse(code)))
    assert not list(transactions(ast.parse(code)))
