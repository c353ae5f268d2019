"""The public register with what was recognised so far, and complaints of units."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.spelling import fold, sort_key

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and publish the recognitions that are there."""
    _register()
    _complaints()
    _publish()


def _register() -> None:
    op.create_table(
        "register_entry",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("unit_name", sa.String(length=300), nullable=False),
        sa.Column("name_sort", sa.String(length=600, collation="C"), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("commune", sa.String(length=100), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("decision_number", sa.String(length=60), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=True),
        sa.Column("replaced_by", sa.String(length=20), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'in_force') = (state_on is null)", name=op.f("ck_register_entry_state_has_day")
        ),
        sa.CheckConstraint(
            "state in ('in_force','revoked','replaced')", name=op.f("ck_register_entry_state")
        ),
        sa.CheckConstraint("level in (1, 2)", name=op.f("ck_register_entry_level")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_register_entry_validity")),
        sa.PrimaryKeyConstraint("tenant_id", "code", name=op.f("pk_register_entry")),
    )
    op.create_index("ix_register_entry_code", "register_entry", ["code"], unique=False)
    op.create_index("ix_register_entry_name", "register_entry", ["name_sort", "year", "code"], unique=False)
    op.create_index("ix_register_entry_place", "register_entry", ["place"], unique=False)
    op.create_index(
        "ix_register_entry_search",
        "register_entry",
        ["name_folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )
    op.create_index("ix_register_entry_subject", "register_entry", ["subject"], unique=False)


def _complaints() -> None:
    op.create_table(
        "complaint",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("grounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(length=200), nullable=False),
        sa.Column("handler_id", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("complex_reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answer_number", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'answered') = (outcome <> '')", name=op.f("ck_complaint_answered")),
        sa.CheckConstraint(
            "outcome in ('', 'kept', 'changed', 'needs_decision')", name=op.f("ck_complaint_outcome")
        ),
        sa.CheckConstraint(
            "state in ('sent', 'accepted', 'answered', 'declined', 'withdrawn')",
            name=op.f("ck_complaint_state"),
        ),
        sa.CheckConstraint(
            "state in ('sent','accepted') or ended_at is not null", name=op.f("ck_complaint_ended")
        ),
        sa.CheckConstraint(
            "state not in ('accepted','answered') or accepted_at is not null",
            name=op.f("ck_complaint_accepted"),
        ),
        sa.CheckConstraint("state not in ('answered') or answer <> ''", name=op.f("ck_complaint_answer")),
        sa.CheckConstraint(
            "state not in ('declined','withdrawn') or end_reason <> ''", name=op.f("ck_complaint_end_reason")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_complaint_decision"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_complaint_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_complaint_tenant_id_unit_id_id")),
    )
    op.create_index("ix_complaint_dossier", "complaint", ["tenant_id", "dossier_id", "id"], unique=False)
    op.create_index("ix_complaint_list", "complaint", ["tenant_id", "state", "due_on", "id"], unique=False)
    op.create_index(
        "uq_complaint_open",
        "complaint",
        ["tenant_id", "unit_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("state in ('sent','accepted')"),
    )
    op.create_table(
        "complaint_file",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_complaint_file_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "complaint_id"],
            ["complaint.tenant_id", "complaint.unit_id", "complaint.id"],
            name=op.f("fk_complaint_file_complaint"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_complaint_file")),
        sa.UniqueConstraint(
            "tenant_id",
            "complaint_id",
            "sha256",
            name=op.f("uq_complaint_file_tenant_id_complaint_id_sha256"),
        ),
    )


_STANDING = """
select r.tenant_id, r.unit_id, r.code, r.unit_name, r.year, r.level, r.decision_number, r.decided_on, r.issuer,
    r.valid_from, r.valid_to, r.state, u.kind, u.commune, u.name_sort, t.name as place,
    case when t.kind = 'province' then 'cấp tỉnh' when t.kind in ('commune', 'ward', 'special_zone')
      then 'cấp xã' else 'cấp huyện' end as tier,
    u.sensitive or u.kind = 'military_police' as masked,
    first_value(r.code) over story as subject, lead(r.code) over story as next_code,
    lead(r.decided_on) over story as next_on
  from recognition r join unit u on u.tenant_id = r.tenant_id and u.id = r.unit_id
    join tenant t on t.id = r.tenant_id
  window story as (partition by r.tenant_id, r.unit_id order by r.decided_on, r.id)
"""


def _publish() -> None:
    connection = op.get_bind()
    entry = sa.table("register_entry", *(sa.column(name) for name in _COLUMNS))
    rows = [_entry(row) for row in connection.execute(sa.text(_STANDING)).mappings()]
    if rows:
        connection.execute(entry.insert().values(published_at=sa.func.now()), rows)


_COLUMNS = (
    "tenant_id", "code", "subject", "masked", "unit_name", "name_sort", "name_folded", "kind", "place", "commune",
    "tier", "year", "level", "decision_number", "decided_on", "issuer", "valid_from", "valid_to", "state",
    "state_on", "replaced_by", "published_at",
)  # fmt: skip


def _entry(row: sa.RowMapping) -> dict[str, object]:
    """A recognition as it is published; the name of a sensitive unit is not."""
    found = {name: row[name] for name in _COLUMNS if name in row}
    if row["masked"]:
        forces = row["kind"] == "military_police"
        found["unit_name"] = "Đơn vị thuộc lực lượng vũ trang" if forces else "Đơn vị không nêu tên công khai"
        found["commune"], found["name_sort"] = "", sort_key(str(found["unit_name"]))
    found["name_folded"] = fold(f"{found['unit_name']} {found['commune']} {row['place']}")
    replaced = row["state"] == "replaced" and row["next_code"] is not None
    found["replaced_by"] = row["next_code"] if replaced else ""
    found["state_on"] = None
    if row["state"] != "in_force":
        found["state_on"] = row["next_on"] if replaced else row["decided_on"]
    return found
