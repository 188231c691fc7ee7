"""The first tables.

Revision ID: lianxi_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "lianxi_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_record",
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("previous_hash", sa.String(length=128), nullable=False),
        sa.Column("hash", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("city", "sequence", name=op.f("pk_audit_record")),
        sa.UniqueConstraint("previous_hash", "city", name=op.f("uq_audit_record_previous_hash_city")),
    )
    op.create_table(
        "dispute_counter",
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("city", "year", name=op.f("pk_dispute_counter")),
    )
    op.create_table(
        "function",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_function")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("operation", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_delivered_at_id"), "outbox", ["delivered_at", "id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revision")),
    )
    op.create_table(
        "routing_policy",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_routing_policy")),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("triage_below", sa.Double(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_key"], ["routing_policy.key"], name=op.f("fk_policy_version_policy_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy_key", "number", name=op.f("uq_policy_version_policy_key_number")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("policy_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")),
        sa.ForeignKeyConstraint(["policy_key"], ["routing_policy.key"], name=op.f("fk_region_policy_key")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(op.f("ix_region_city"), "region", ["city"], unique=False)
    op.create_index(op.f("ix_region_parent_code"), "region", ["parent_code"], unique=False)
    op.create_table(
        "lexicon_term",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["policy_version.id"], name=op.f("fk_lexicon_term_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_lexicon_term")),
    )
    op.create_table(
        "lexicon_reading",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["policy_version.id"], name=op.f("fk_lexicon_reading_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_lexicon_reading")),
    )
    op.create_table(
        "policy_rule",
        sa.Column("version_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["version_id"], ["policy_version.id"], name=op.f("fk_policy_rule_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "rule_id", name=op.f("pk_policy_rule")),
    )
    op.create_index(
        op.f("ix_policy_rule_version_id_position"), "policy_rule", ["version_id", "position"], unique=False
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_unit_region_code")),
        sa.ForeignKeyConstraint(["successor_code"], ["unit.code"], name=op.f("fk_unit_successor_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_region_code"), "unit", ["region_code"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("lead_unit_code", sa.String(length=64), nullable=True),
        sa.Column("territorial_owner_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_unit_code"], ["unit.code"], name=op.f("fk_dispute_lead_unit_code")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_dispute_region_code")),
        sa.ForeignKeyConstraint(
            ["territorial_owner_code"], ["unit.code"], name=op.f("fk_dispute_territorial_owner_code")
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_dispute")),
        sa.UniqueConstraint("number", "city", name=op.f("uq_dispute_number_city")),
    )
    op.create_index(
        op.f("ix_dispute_lead_unit_code_received_at_id"),
        "dispute",
        ["lead_unit_code", "received_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_dispute_received_at_id"), "dispute", ["received_at", "id"], unique=False)
    op.create_index(
        op.f("ix_dispute_region_code_received_at_id"),
        "dispute",
        ["region_code", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dispute_status_received_at_id"), "dispute", ["status", "received_at", "id"], unique=False
    )
    op.create_table(
        "joint_conference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("domain", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("lead_unit_code", sa.String(length=64), nullable=False),
        sa.Column("office_unit_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_unit_code"], ["unit.code"], name=op.f("fk_joint_conference_lead_unit_code")
        ),
        sa.ForeignKeyConstraint(
            ["office_unit_code"], ["unit.code"], name=op.f("fk_joint_conference_office_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_joint_conference")),
        sa.UniqueConstraint("domain", "city", name=op.f("uq_joint_conference_domain_city")),
    )
    op.create_table(
        "unit_alias",
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("alias", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_unit_alias_unit_code")),
        sa.PrimaryKeyConstraint("unit_code", "alias", name=op.f("pk_unit_alias")),
    )
    op.create_index(op.f("ix_unit_alias_alias"), "unit_alias", ["alias"], unique=False)
    op.create_table(
        "unit_function",
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("function_code", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["function_code"], ["function.code"], name=op.f("fk_unit_function_function_code")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_unit_function_unit_code")),
        sa.PrimaryKeyConstraint("unit_code", "function_code", "valid_from", name=op.f("pk_unit_function")),
    )
    op.create_index(op.f("ix_unit_function_function_code"), "unit_function", ["function_code"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("designated", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_assignment_dispute_id_city")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_assignment_unit_code")),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_dispute_id"), "assignment", ["dispute_id"], unique=False)
    op.create_index(
        op.f("ix_assignment_unit_code_ended_at"), "assignment", ["unit_code", "ended_at"], unique=False
    )
    op.create_table(
        "conference_member",
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id", "city"],
            ["joint_conference.id", "joint_conference.city"],
            name=op.f("fk_conference_member_conference_id_city"),
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_conference_member_unit_code")),
        sa.PrimaryKeyConstraint("conference_id", "city", "unit_code", name=op.f("pk_conference_member")),
    )
    op.create_table(
        "conference_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rule_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id", "city"],
            ["joint_conference.id", "joint_conference.city"],
            name=op.f("fk_conference_session_conference_id_city"),
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"],
            ["dispute.id", "dispute.city"],
            name=op.f("fk_conference_session_dispute_id_city"),
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_conference_session")),
    )
    op.create_index(
        op.f("ix_conference_session_conference_id_created_at_id"),
        "conference_session",
        ["conference_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conference_session_dispute_id"), "conference_session", ["dispute_id"], unique=False
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("policy_version_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_id", sa.String(length=64), nullable=True),
        sa.Column("lead_function", sa.String(length=64), nullable=True),
        sa.Column("conference_domain", sa.String(length=64), nullable=True),
        sa.Column("legal_path", sa.String(length=64), nullable=True),
        sa.Column("triage_reason", sa.String(length=64), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("co_functions", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("overlay_ids", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("matches", sa.JSON(), nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_decision_dispute_id_city")
        ),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name=op.f("fk_decision_policy_version_id")
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_decision")),
        sa.UniqueConstraint(
            "dispute_id", "sequence", "city", name=op.f("uq_decision_dispute_id_sequence_city")
        ),
    )
    op.create_index(
        op.f("ix_decision_policy_version_id_rule_id"),
        "decision",
        ["policy_version_id", "rule_id"],
        unique=False,
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_event_dispute_id_city")
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_event")),
        sa.UniqueConstraint("dispute_id", "sequence", "city", name=op.f("uq_event_dispute_id_sequence_city")),
    )
    op.create_table(
        "fact",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=200), nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_fact_dispute_id_city")
        ),
        sa.PrimaryKeyConstraint("dispute_id", "city", "field", "position", name=op.f("pk_fact")),
    )
    op.create_index(op.f("ix_fact_field_word"), "fact", ["field", "word"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id", "city"], ["dispute.id", "dispute.city"], name=op.f("fk_party_dispute_id_city")
        ),
        sa.PrimaryKeyConstraint("id", "city", name=op.f("pk_party")),
    )
    op.create_index(op.f("ix_party_dispute_id"), "party", ["dispute_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id", "city"],
            ["conference_session.id", "conference_session.city"],
            name=op.f("fk_participant_session_id_city"),
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_participant_unit_code")),
        sa.PrimaryKeyConstraint("session_id", "city", "unit_code", name=op.f("pk_participant")),
    )
    op.create_table(
        "party_identity",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["party_id", "city"], ["party.id", "party.city"], name=op.f("fk_party_identity_party_id_city")
        ),
        sa.PrimaryKeyConstraint("party_id", "city", name=op.f("pk_party_identity")),
    )
    op.create_table(
        "resolution",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("lead_unit_code", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["lead_unit_code"], ["unit.code"], name=op.f("fk_resolution_lead_unit_code")),
        sa.ForeignKeyConstraint(
            ["session_id", "city"],
            ["conference_session.id", "conference_session.city"],
            name=op.f("fk_resolution_session_id_city"),
        ),
        sa.PrimaryKeyConstraint("session_id", "city", name=op.f("pk_resolution")),
    )


def downgrade() -> None:
    op.drop_table("resolution")
    op.drop_table("party_identity")
    op.drop_table("participant")
    op.drop_index(op.f("ix_party_dispute_id"), table_name="party")
    op.drop_table("party")
    op.drop_index(op.f("ix_fact_field_word"), table_name="fact")
    op.drop_table("fact")
    op.drop_table("event")
    op.drop_index(op.f("ix_decision_policy_version_id_rule_id"), table_name="decision")
    op.drop_table("decision")
    op.drop_index(op.f("ix_conference_session_dispute_id"), table_name="conference_session")
    op.drop_index(op.f("ix_conference_session_conference_id_created_at_id"), table_name="conference_session")
    op.drop_table("conference_session")
    op.drop_table("conference_member")
    op.drop_index(op.f("ix_assignment_unit_code_ended_at"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_dispute_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_unit_function_function_code"), table_name="unit_function")
    op.drop_table("unit_function")
    op.drop_index(op.f("ix_unit_alias_alias"), table_name="unit_alias")
    op.drop_table("unit_alias")
    op.drop_table("joint_conference")
    op.drop_index(op.f("ix_dispute_status_received_at_id"), table_name="dispute")
    op.drop_index(op.f("ix_dispute_region_code_received_at_id"), table_name="dispute")
    op.drop_index(op.f("ix_dispute_received_at_id"), table_name="dispute")
    op.drop_index(op.f("ix_dispute_lead_unit_code_received_at_id"), table_name="dispute")
    op.drop_table("dispute")
    op.drop_index(op.f("ix_unit_region_code"), table_name="unit")
    op.drop_table("unit")
    op.drop_index(op.f("ix_policy_rule_version_id_position"), table_name="policy_rule")
    op.drop_table("policy_rule")
    op.drop_table("lexicon_term")
    op.drop_table("lexicon_reading")
    op.drop_index(op.f("ix_region_parent_code"), table_name="region")
    op.drop_index(op.f("ix_region_city"), table_name="region")
    op.drop_table("region")
    op.drop_table("policy_version")
    op.drop_table("routing_policy")
    op.drop_table("revision")
    op.drop_index(op.f("ix_outbox_delivered_at_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("idempotency_key")
    op.drop_table("function")
    op.drop_table("dispute_counter")
    op.drop_table("audit_record")
