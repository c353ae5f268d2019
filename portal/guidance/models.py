"""What the Department or a district tells its places, what is asked and answered, and examples to write by.

`from_province` says who reads a row: what the Department wrote everybody, what a district wrote its own place alone.
A question is a row of who asks; what is published of it is a copy that names nobody.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import ALL_ROWS, OWN_TENANT, OWN_UNIT, TenantOwned, Wall

_READ_HERE = f"case when from_province then true else {OWN_TENANT} end"
_WRITES = {
    "district": f"{OWN_TENANT} and not from_province",
    "province": f"{OWN_TENANT} and from_province",
}


class Announcement(TenantOwned, Base):
    """What a place tells from a day on until a day (None: until ended). `tenant_id`: who announces.

    `kinds`: of which units ([]: of all). `told_at`: when the notices were left, None before `shows_from`. What was
    announced does not change: it is ended, and announced anew.
    """

    __tablename__ = "announcement"
    __wall__ = Wall(
        grants={
            "unit": "select",
            **dict.fromkeys(
                ("district", "province"),
                "select, insert, update (told_at, reminded_at, reminded_by, ended_at, ended_by, version)",
            ),
        },
        rows={"unit": f"for_units and {_READ_HERE}", "district": _READ_HERE},
        writes=_WRITES,
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint("for_units or for_districts and from_province", name="for_somebody"),
        CheckConstraint("shows_until is null or shows_until >= shows_from", name="days"),
        CheckConstraint("(sha256 = '') = (size = 0)", name="file"),
        CheckConstraint("reminded_at is null or must_acknowledge", name="reminded"),
        Index("ix_announcement_list", "shows_from", "id"),
    )

    from_province: Mapped[bool]
    for_districts: Mapped[bool]
    for_units: Mapped[bool]
    kinds: Mapped[list[str]] = mapped_column(JSONB, default=list)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str]
    must_acknowledge: Mapped[bool] = mapped_column(default=False)
    shows_from: Mapped[date]
    shows_until: Mapped[date | None]
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    file_name: Mapped[str] = mapped_column(String(300), default="")
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[str] = mapped_column(String(200))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reminded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reminded_by: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


_ASKED_FOR = (
    "exists (select from announcement a where a.id = acknowledgement.announcement_id and a.must_acknowledge"
    " and a.ended_at is null)"
)


class Acknowledgement(TenantOwned, Base):
    """That a unit, or the staff of a district (`unit_id` None), has taken note of an announcement; once for each."""

    __tablename__ = "acknowledgement"
    __wall__ = Wall(
        grants={"unit": "select, insert", "district": "select, insert", "province": "select"},
        rows={"unit": OWN_UNIT},
        inserts={
            "unit": f"{OWN_UNIT} and {_ASKED_FOR}",
            "district": f"{OWN_TENANT} and unit_id is null and {_ASKED_FOR}",
        },
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "announcement_id", postgresql_nulls_not_distinct=True),
        Index("ix_acknowledgement_of", "announcement_id", "tenant_id", "unit_id"),
    )

    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    announcement_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(String(200))


_MOVES = """
create or replace function refuse_question_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user not in ('portal_district', 'portal_province') then return new; end if;
  if old.state = 'answered' and (new.state, new.answer, new.answered_by) = (old.state, old.answer, old.answered_by)
    then return new; end if;
  if (current_user::text, old.state, new.state) not in (('portal_district', 'asked', 'passed'),
      ('portal_district', 'asked', 'answered'), ('portal_province', 'passed', 'answered')) then
    raise exception 'no step from % to % for %', old.state, new.state, current_user using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger question_moves before update on question
  for each row execute function refuse_question_jump();
"""


class Question(TenantOwned, Base):
    """What a unit asks its district, or a district (`unit_id` None) the Department; answered once.

    `indicator_key`: the indicator it is about, "" for none. `passed_at`: when it came before the Department.
    `published_by`: who put a copy of it, without who asked, among the answers that others read.
    """

    __tablename__ = "question"
    __wall__ = Wall(
        grants={
            "unit": "select, insert",
            "district": "select, insert, update (state, passed_at, passed_by, answer, answered_at, answered_by,"
            " published_at, published_by, version)",
            "province": "select, update (state, answer, answered_at, answered_by, published_at, published_by, version)",
        },
        rows={"unit": OWN_UNIT},
        writes={"province": ALL_ROWS},
        inserts={
            "unit": f"{OWN_UNIT} and state = 'asked'",
            "district": f"{OWN_TENANT} and unit_id is null and state = 'passed'",
        },
        statements=(_MOVES,),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        CheckConstraint("state in ('asked','passed','answered')", name="state"),
        CheckConstraint("state <> 'passed' or passed_at is not null", name="passed"),
        CheckConstraint("(state = 'answered') = (answered_at is not null)", name="answered"),
        CheckConstraint("answered_at is null or answer <> ''", name="answer"),
        CheckConstraint("published_at is null or answered_at is not null", name="published"),
        Index("ix_question_list", "tenant_id", "state", "id"),
        Index("ix_question_passed", "state", "id", postgresql_where="passed_at is not null"),
    )

    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    indicator_key: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[str] = mapped_column(String(200))
    passed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    passed_by: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class GuidanceEntry(TenantOwned, Base):
    """What everybody may look up: an answered question, or the Department's sample of how to write an answer.

    `heading`: the question, or the invented place of the sample; `body`: the answer, or what the sample writes;
    `evidence`: what papers a sample lays beside it. `kinds`: the kinds of unit it is for ([]: all). `folded`: its
    words without marks, for the search.
    """

    __tablename__ = "guidance_entry"
    __wall__ = Wall(
        grants={
            "unit": "select",
            **dict.fromkeys(
                ("district", "province"),
                "select, insert, update (sort, indicator_key, kinds, heading, body, evidence, folded, changed_at, changed_by,"
                " retired_at, version)",
            ),
        },
        rows={"unit": f"retired_at is null and {_READ_HERE}", "district": _READ_HERE},
        writes=_WRITES,
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint("sort in ('answer','sample')", name="sort"),
        CheckConstraint(
            "sort = 'answer' or from_province and indicator_key <> '' and evidence <> ''", name="sample"
        ),
        Index("ix_guidance_entry_indicator", "indicator_key", "sort", "id"),
    )

    from_province: Mapped[bool]
    sort: Mapped[str] = mapped_column(String(10))
    indicator_key: Mapped[str] = mapped_column(String(20), default="")
    kinds: Mapped[list[str]] = mapped_column(JSONB, default=list)
    heading: Mapped[str]
    body: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    folded: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200))
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
