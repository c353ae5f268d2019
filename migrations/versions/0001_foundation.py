"""The foundation: places, persons, catalogue, dossiers, decisions, reports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_account_login_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "criteria_version",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("scale", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_version")),
        sa.UniqueConstraint("key", name=op.f("uq_criteria_version_key")),
    )
    op.create_table(
        "import_batch",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state in ('read','done','dropped')", name=op.f("ck_import_batch_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_sort", sa.String(length=400), nullable=False),
        sa.Column("committee", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("seat", sa.String(length=100), nullable=False),
        sa.Column("chair_title", sa.String(length=100), nullable=False),
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name=op.f("ck_tenant_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("code", name=op.f("uq_tenant_code")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "credential",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("totp_seed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_credential_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["criteria_version.id"], name=op.f("fk_criterion_criteria_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_criterion_version_id_number")),
    )
    op.create_table(
        "cycle",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("submit_before", sa.Date(), nullable=False),
        sa.Column("decide_before", sa.Date(), nullable=False),
        sa.Column("report_before", sa.Date(), nullable=False),
        sa.CheckConstraint("opens_on < submit_before", name=op.f("ck_cycle_order_submit")),
        sa.CheckConstraint(
            "submit_before < decide_before and decide_before < report_before", name=op.f("ck_cycle_order")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["criteria_version.id"], name=op.f("fk_cycle_criteria_version")
        ),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_cycle")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_one_time_link_account")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_one_time_link")),
    )
    op.create_index("ix_one_time_link_account", "one_time_link", ["account_id"], unique=False)
    op.create_table(
        "signin_session",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("agent", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signin_session_account")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_signin_session")),
    )
    op.create_index("ix_signin_session_account", "signin_session", ["account_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_sort", sa.String(length=600, collation="C"), nullable=False),
        sa.Column("name_folded", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("commune", sa.String(length=100), nullable=False),
        sa.Column("superior", sa.String(length=200), nullable=False),
        sa.Column("symbol", sa.String(length=30), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("head_name", sa.String(length=200), nullable=False),
        sa.Column("head_title", sa.String(length=100), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("origin_tenant_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind in ('party_office', 'government_office', 'front_mass', 'military_police', 'enterprise', 'commune_committee', 'preschool', 'primary', 'lower_secondary', 'primary_lower_secondary', 'vocational_centre', 'other_school', 'association')",
            name=op.f("ck_unit_kind"),
        ),
        sa.CheckConstraint("closed_on is null or closed_on >= opened_on", name=op.f("ck_unit_dates")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_unit_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_unit_tenant_id_code")),
    )
    op.create_index("ix_unit_kind", "unit", ["tenant_id", "kind", "public"], unique=False)
    op.create_index(
        "ix_unit_search",
        "unit",
        ["name_folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )
    op.create_index("ix_unit_sort", "unit", ["tenant_id", "name_sort", "id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("signer_title", sa.String(length=200), nullable=False),
        sa.Column("legal_bases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'draft' or (number <> '' and dated is not null and issued_at is not null)",
            name=op.f("ck_decision_issued"),
        ),
        sa.CheckConstraint("state in ('draft','issued')", name=op.f("ck_decision_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_decision_tenant"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_decision_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_year", "decision", ["tenant_id", "year", "id"], unique=False)
    op.create_index(
        "uq_decision_number",
        "decision",
        ["tenant_id", "number", "dated"],
        unique=True,
        postgresql_where="number <> ''",
    )
    op.create_table(
        "district_report",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("narrative", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("explanations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("signer_title", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_by", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'sent' or (sent_at is not null and signer <> '')", name=op.f("ck_district_report_sent")
        ),
        sa.CheckConstraint(
            "state = 'draft' or (snapshot is not null and locked_at is not null)",
            name=op.f("ck_district_report_locked"),
        ),
        sa.CheckConstraint("state in ('draft','locked','sent')", name=op.f("ck_district_report_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_district_report_tenant"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_district_report_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_district_report")),
        sa.UniqueConstraint(
            "tenant_id", "year", "edition", name=op.f("uq_district_report_tenant_id_year_edition")
        ),
    )
    op.create_index(
        "ix_district_report_year", "district_report", ["year", "state", "tenant_id"], unique=False
    )
    op.create_table(
        "dossier",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_level", sa.SmallInteger(), nullable=True),
        sa.Column("requested_level", sa.SmallInteger(), nullable=True),
        sa.Column("self_level", sa.SmallInteger(), nullable=True),
        sa.Column("appraised_level", sa.SmallInteger(), nullable=True),
        sa.Column("proposed_level", sa.SmallInteger(), nullable=True),
        sa.Column("decided_level", sa.SmallInteger(), nullable=True),
        sa.Column("team_number", sa.String(length=60), nullable=False),
        sa.Column("team_date", sa.Date(), nullable=True),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("weaknesses", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("letter_number", sa.String(length=60), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("channel_code", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("frozen", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=200), nullable=False),
        sa.Column("receipt_number", sa.String(length=40), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(length=200), nullable=False),
        sa.Column("appraised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appraised_by", sa.String(length=200), nullable=False),
        sa.Column("proposal_note", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_level is not null)", name=op.f("ck_dossier_decided")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'signed', 'submitted', 'supplement_requested', 'accepted', 'appraised', 'decided', 'withdrawn', 'refused_late', 'closed_unreached')",
            name=op.f("ck_dossier_state"),
        ),
        sa.CheckConstraint(
            "state in ('draft','signed','withdrawn','closed_unreached') or submitted_at is not null",
            name=op.f("ck_dossier_submitted"),
        ),
        sa.CheckConstraint(
            "state in ('draft','withdrawn','closed_unreached') or (signed_at is not null and content_hash <> '')",
            name=op.f("ck_dossier_signed"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted','appraised','decided') or accepted_at is not null",
            name=op.f("ck_dossier_accepted"),
        ),
        sa.CheckConstraint(
            "state not in ('appraised','decided') or (appraised_at is not null and proposed_level is not null)",
            name=op.f("ck_dossier_appraised"),
        ),
        sa.CheckConstraint("requested_level in (1, 2)", name=op.f("ck_dossier_requested_level")),
        sa.CheckConstraint("target_level in (1, 2)", name=op.f("ck_dossier_target_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_dossier_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["criteria_version.id"], name=op.f("fk_dossier_criteria_version")
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_dossier_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_dossier_tenant_id_unit_id_id")),
    )
    op.create_index(
        "ix_dossier_queue", "dossier", ["tenant_id", "year", "state", "submitted_at", "id"], unique=False
    )
    op.create_index("ix_dossier_year", "dossier", ["year", "state", "tenant_id"], unique=False)
    op.create_index(
        "uq_dossier_live",
        "dossier",
        ["tenant_id", "unit_id", "year"],
        unique=True,
        postgresql_where=sa.text("state not in ('withdrawn', 'refused_late')"),
    )
    op.create_table(
        "evidence",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_evidence_unit"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_evidence_tenant_id_unit_id_id")),
    )
    op.create_index(
        "ix_evidence_search",
        "evidence",
        ["name_folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )
    op.create_index("ix_evidence_unit", "evidence", ["tenant_id", "unit_id", "id"], unique=False)
    op.create_index(
        "uq_evidence_hash",
        "evidence",
        ["tenant_id", "unit_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    )
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("evidence_examples", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("base", sa.String(length=30), nullable=True),
        sa.Column("grades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("applies", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("applies_note", sa.String(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("certainty", sa.String(length=20), nullable=False),
        sa.CheckConstraint("kind in ('yes_no','share','graded','points')", name=op.f("ck_indicator_kind")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_indicator_criterion")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["criteria_version.id"], name=op.f("fk_indicator_criteria_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_indicator_version_id_key")),
    )
    op.create_index(op.f("ix_indicator_criterion_id"), "indicator", ["criterion_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(unit_id is not null) = (role like 'unit_%')", name=op.f("ck_membership_unit_role_has_unit")
        ),
        sa.CheckConstraint(
            "role in ('province_admin', 'province_officer', 'province_viewer', 'district_admin', 'district_officer', 'district_council', 'district_leader', 'unit_editor', 'unit_head')",
            name=op.f("ck_membership_role"),
        ),
        sa.CheckConstraint("ended_at is null or until is not null", name=op.f("ck_membership_ended_has_day")),
        sa.CheckConstraint("until is null or until >= since", name=op.f("ck_membership_dates")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name="fk_membership_unit",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_account", "membership", ["account_id"], unique=False)
    op.create_index("ix_membership_unit", "membership", ["tenant_id", "unit_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("audience = 'district' or unit_id is not null", name=op.f("ck_notice_unit_known")),
        sa.CheckConstraint("audience in ('unit','district')", name=op.f("ck_notice_audience")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_notice_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notice_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_unit", "notice", ["tenant_id", "unit_id", "id"], unique=False)
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["tenant_id", "audience", "id"],
        unique=False,
        postgresql_where="read_at is null",
    )
    op.create_table(
        "provincial_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("districts", sa.Integer(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compiled_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_provincial_report_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provincial_report")),
    )
    op.create_index("ix_provincial_report_year", "provincial_report", ["year", "id"], unique=False)
    op.create_table(
        "trail_entry",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("real_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inner_act", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_trail_entry_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_trail_entry_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_trail_entry")),
    )
    op.create_index("ix_trail_dossier", "trail_entry", ["tenant_id", "dossier_id", "id"], unique=False)
    op.create_index("ix_trail_unit", "trail_entry", ["tenant_id", "unit_id", "id"], unique=False)
    op.create_table(
        "answer",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("met_1", sa.String(length=20), nullable=False),
        sa.Column("met_2", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("grade between 0 and 10", name=op.f("ck_answer_grade")),
        sa.CheckConstraint("part between 0 and 1000000", name=op.f("ck_answer_part")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_answer_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_answer_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "indicator_id",
            name=op.f("uq_answer_tenant_id_dossier_id_indicator_id"),
        ),
    )
    op.create_table(
        "decision_line",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_back", sa.Boolean(), nullable=False),
        sa.Column("held_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "not held_back or held_reason <> ''", name=op.f("ck_decision_line_held_has_reason")
        ),
        sa.CheckConstraint("outcome > 0 or reason <> ''", name=op.f("ck_decision_line_refusal_has_reason")),
        sa.CheckConstraint("outcome in (0, 1, 2)", name=op.f("ck_decision_line_outcome")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_decision_line_decision"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_decision_line_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_decision_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "decision_id",
            "dossier_id",
            name=op.f("uq_decision_line_tenant_id_decision_id_dossier_id"),
        ),
    )
    op.create_index("ix_decision_line_dossier", "decision_line", ["tenant_id", "dossier_id"], unique=False)
    op.create_table(
        "evidence_link",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_evidence_link_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_evidence_link_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "evidence_id"],
            ["evidence.tenant_id", "evidence.unit_id", "evidence.id"],
            name=op.f("fk_evidence_link_evidence"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence_link")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "indicator_id",
            "evidence_id",
            name=op.f("uq_evidence_link_tenant_id_dossier_id_indicator_id_evidence_id"),
        ),
    )
    op.create_index(
        "ix_evidence_link_file", "evidence_link", ["tenant_id", "unit_id", "evidence_id"], unique=False
    )
    op.create_table(
        "finding",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("met_1", sa.String(length=20), nullable=False),
        sa.Column("met_2", sa.String(length=20), nullable=False),
        sa.Column("shown_to_unit", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("verdict = 'agreed' or reason <> ''", name=op.f("ck_finding_reason")),
        sa.CheckConstraint(
            "verdict in ('agreed', 'corrected', 'not_enough_evidence', 'not_applicable')",
            name=op.f("ck_finding_verdict"),
        ),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_finding_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_finding_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_finding")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "indicator_id",
            name=op.f("uq_finding_tenant_id_dossier_id_indicator_id"),
        ),
    )
    op.create_table(
        "headcount",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("value between 0 and 1000000", name=op.f("ck_headcount_value")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_headcount_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_headcount")),
        sa.UniqueConstraint(
            "tenant_id", "dossier_id", "code", name=op.f("uq_headcount_tenant_id_dossier_id_code")
        ),
    )
    op.create_table(
        "headcount_finding",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("shown_to_unit", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_headcount_finding_reason")),
        sa.CheckConstraint("value between 0 and 1000000", name=op.f("ck_headcount_finding_value")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_headcount_finding_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_headcount_finding")),
        sa.UniqueConstraint(
            "tenant_id", "dossier_id", "code", name=op.f("uq_headcount_finding_tenant_id_dossier_id_code")
        ),
    )
    op.create_table(
        "recognition",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("unit_name", sa.String(length=300), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("decision_number", sa.String(length=60), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("may_raise_from", sa.Date(), nullable=True),
        sa.CheckConstraint("state in ('in_force','revoked','replaced')", name=op.f("ck_recognition_state")),
        sa.CheckConstraint("level in (1, 2)", name=op.f("ck_recognition_level")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_recognition_validity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_recognition_decision"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_recognition_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recognition")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_recognition_tenant_id_code")),
        sa.UniqueConstraint("tenant_id", "dossier_id", name=op.f("uq_recognition_tenant_id_dossier_id")),
    )
    op.create_index(
        "ix_recognition_unit", "recognition", ["tenant_id", "unit_id", "valid_from"], unique=False
    )
    op.create_index("ix_recognition_year", "recognition", ["year", "tenant_id", "level"], unique=False)
    op.create_table(
        "report_answer",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "verdict = 'accepted' or jsonb_array_length(points) > 0",
            name=op.f("ck_report_answer_returned_with_points"),
        ),
        sa.CheckConstraint("verdict in ('accepted','returned')", name=op.f("ck_report_answer_verdict")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["district_report.tenant_id", "district_report.id"],
            name=op.f("fk_report_answer_district_report"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_answer")),
        sa.UniqueConstraint("tenant_id", "report_id", name=op.f("uq_report_answer_tenant_id_report_id")),
    )
    op.create_table(
        "supplement_request",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_supplement_request_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplement_request")),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "id", name=op.f("uq_supplement_request_tenant_id_unit_id_id")
        ),
    )
    op.create_index("ix_supplement_request", "supplement_request", ["tenant_id", "dossier_id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("duty", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_team_member_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member", "team_member", ["tenant_id", "dossier_id"], unique=False)
    op.create_table(
        "threshold",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("suggestion", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("certainty", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("confirmed_document", sa.String(length=400), nullable=False),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "confirmed_at is null or confirmed_document <> ''",
            name=op.f("ck_threshold_confirmed_by_document"),
        ),
        sa.CheckConstraint(
            "value is null or confirmed_at is not null", name=op.f("ck_threshold_value_is_confirmed")
        ),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_threshold_indicator")),
        sa.PrimaryKeyConstraint("indicator_id", "level", name=op.f("pk_threshold")),
    )
    op.create_table(
        "supplement_point",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(indicator_id is not null) <> (part <> '')", name=op.f("ck_supplement_point_one_target")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_supplement_point_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_supplement_point_dossier"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "request_id"],
            ["supplement_request.tenant_id", "supplement_request.unit_id", "supplement_request.id"],
            name=op.f("fk_supplement_point_supplement_request"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplement_point")),
    )
    op.create_index("ix_supplement_point", "supplement_point", ["tenant_id", "request_id"], unique=False)
