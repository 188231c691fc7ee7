"""Texts of policies, to which drafts and versions point.

Every version becomes a text of the same key. On the way back every version gets rows of its own again, and
drafts, cases and the story of roll-backs are lost.

Revision ID: lianxi_0003
Revises: lianxi_0002
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0003"
down_revision = "lianxi_0002"
branch_labels = None
depends_on = None

ROWS = ("policy_rule", "lexicon_term", "lexicon_reading")
RULE = (
    "rule_id, position, kind, priority, title, title_en, conditions, outcome, legal_basis, regions, "
    "valid_from, valid_to"
)
TERM = "position, text, kind, document"
READING = "position, reading_id, document"
DECISION_KEY = "fk_decision_policy_version_id"


def upgrade() -> None:
    _create_texts()
    op.execute(
        "INSERT INTO policy_text (id, title, title_en, fields, triage_below, checksum, created_at) "
        "SELECT v.id, p.title, p.title_en, v.fields, v.triage_below, v.checksum, v.published_at "
        "FROM policy_version v JOIN routing_policy p ON p.key = v.policy_key"
    )
    _note_lexicons()
    _put_by(*ROWS)
    _release_versions()
    _create_versions(_head_columns())
    op.execute(
        "INSERT INTO policy_version (id, policy_key, number, city, text_id, effective_from, superseded_from, "
        "published_at, published_by) SELECT v.id, v.policy_key, v.number, "
        "COALESCE((SELECT min(a.city) FROM audit_record a WHERE a.action = 'publish_policy' "
        "AND a.subject = v.policy_key || '/' || v.number), (SELECT min(city) FROM region)), "
        "v.id, v.effective_from, "
        "(SELECT min(n.effective_from) FROM policy_version_kept n "
        "WHERE n.policy_key = v.policy_key AND n.number > v.number), "
        "v.published_at, v.published_by FROM policy_version_kept v"
    )
    _bind_versions()
    _create_drafts()
    _create_rows(of="text")
    for table, columns in zip(ROWS, (RULE, TERM, READING), strict=True):
        _fill(table, f"text_id, {columns}", f"version_id, {columns}", f"{table}_kept")
    _drop_kept("policy_version", *ROWS)


def downgrade() -> None:
    op.drop_index(op.f("ix_policy_draft_policy_key_id"), table_name="policy_draft")
    op.drop_table("policy_draft")
    op.drop_index(op.f("ix_policy_case_text_id_position"), table_name="policy_case")
    op.drop_table("policy_case")
    _put_by(*ROWS)
    _release_versions()
    _create_versions(_whole_columns())
    op.execute(
        "INSERT INTO policy_version (id, policy_key, number, status, fields, triage_below, checksum, "
        "effective_from, published_at, published_by) SELECT v.id, v.policy_key, v.number, "
        "CASE WHEN EXISTS (SELECT 1 FROM policy_version_kept n WHERE n.policy_key = v.policy_key "
        "AND n.number > v.number) THEN 'superseded' ELSE 'published' END, t.fields, t.triage_below, "
        "t.checksum, v.effective_from, v.published_at, v.published_by "
        "FROM policy_version_kept v JOIN policy_text t ON t.id = v.text_id"
    )
    _bind_versions()
    _create_rows(of="version")
    for table, columns in zip(ROWS, (RULE, TERM, READING), strict=True):
        kept = ", ".join(f"r.{column}" for column in columns.split(", "))
        rows = f"policy_version_kept v JOIN {table}_kept r ON r.text_id = v.text_id"
        _fill(table, f"version_id, {columns}", f"v.id, {kept}", rows)
    _drop_kept("policy_version", *ROWS)
    op.drop_table("policy_text")


def _put_by(*tables: str) -> None:
    """Keep the rows beside, and take the tables away: their keys and constraints change."""
    for table in tables:
        op.execute(f"CREATE TABLE {table}_kept AS SELECT * FROM {table}")  # noqa: S608 - our own names
        op.drop_table(table)


def _fill(table: str, columns: str, chosen: str, rows: str) -> None:
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {rows}")  # noqa: S608 - our own names


def _drop_kept(*tables: str) -> None:
    for table in tables:
        op.drop_table(f"{table}_kept")


def _release_versions() -> None:
    if _on_sqlite():
        # SQLite counts what refers to rows that are gone, and counts it down when they are back.
        op.execute("PRAGMA defer_foreign_keys = ON")
    else:
        op.drop_constraint(DECISION_KEY, "decision", type_="foreignkey")
    _put_by("policy_version")


def _bind_versions() -> None:
    if not _on_sqlite():
        op.create_foreign_key(DECISION_KEY, "decision", "policy_version", ["policy_version_id"], ["id"])


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_texts() -> None:
    op.create_table(
        "policy_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("triage_below", sa.Double(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=True),
        sa.Column("lexicon_checksum", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_text")),
    )


def _note_lexicons() -> None:
    connection = op.get_bind()
    texts = sa.table("policy_text", sa.column("id", sa.Uuid()), sa.column("lexicon_checksum"))
    for key in connection.execute(sa.select(texts.c.id)).scalars().all():
        parts = []
        for name in ("lexicon_term", "lexicon_reading"):
            rows = sa.table(
                name,
                sa.column("version_id", sa.Uuid()),
                sa.column("position"),
                sa.column("document", sa.JSON()),
            )
            found = sa.select(rows.c.document).where(rows.c.version_id == key).order_by(rows.c.position)
            parts.append(list(connection.execute(found).scalars()))
        said = json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()
        connection.execute(
            sa.update(texts)
            .where(texts.c.id == key)
            .values(lexicon_checksum=hashlib.sha256(said).hexdigest())
        )


def _head_columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("superseded_from", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("restored_number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rolled_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["text_id"], ["policy_text.id"], name=op.f("fk_policy_version_text_id")),
    ]


def _whole_columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("triage_below", sa.Double(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
    ]


def _create_versions(columns: list[sa.schema.SchemaItem]) -> None:
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["policy_key"], ["routing_policy.key"], name=op.f("fk_policy_version_policy_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy_key", "number", name=op.f("uq_policy_version_policy_key_number")),
    )


def _create_drafts() -> None:
    op.create_table(
        "policy_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("policy_key", sa.String(length=64), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("published_version_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["text_id"], ["policy_text.id"], name=op.f("fk_policy_draft_text_id")),
        sa.ForeignKeyConstraint(
            ["published_version_id"],
            ["policy_version.id"],
            name=op.f("fk_policy_draft_published_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_draft")),
    )
    op.create_index(op.f("ix_policy_draft_policy_key_id"), "policy_draft", ["policy_key", "id"], unique=False)
    op.create_table(
        "policy_case",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["policy_text.id"], name=op.f("fk_policy_case_text_id")),
        sa.PrimaryKeyConstraint("text_id", "name", name=op.f("pk_policy_case")),
    )
    op.create_index(
        op.f("ix_policy_case_text_id_position"), "policy_case", ["text_id", "position"], unique=False
    )


def _create_rows(of: str) -> None:
    """The tables of rows, each of a text or of a version."""
    owner = f"{of}_id"
    op.create_table(
        "policy_rule",
        sa.Column(owner, sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("legal_basis", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint([owner], [f"policy_{of}.id"], name=op.f(f"fk_policy_rule_{owner}")),
        sa.PrimaryKeyConstraint(owner, "rule_id", name=op.f("pk_policy_rule")),
    )
    op.create_table(
        "lexicon_term",
        sa.Column(owner, sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint([owner], [f"policy_{of}.id"], name=op.f(f"fk_lexicon_term_{owner}")),
        sa.PrimaryKeyConstraint(owner, "text" if of == "text" else "position", name=op.f("pk_lexicon_term")),
    )
    op.create_table(
        "lexicon_reading",
        sa.Column(owner, sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint([owner], [f"policy_{of}.id"], name=op.f(f"fk_lexicon_reading_{owner}")),
        sa.PrimaryKeyConstraint(
            owner, "reading_id" if of == "text" else "position", name=op.f("pk_lexicon_reading")
        ),
    )
    for table in ROWS if of == "text" else ROWS[:1]:
        op.create_index(op.f(f"ix_{table}_{owner}_position"), table, [owner, "position"], unique=False)
