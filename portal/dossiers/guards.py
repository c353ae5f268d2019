"""What the database itself refuses on a dossier, whatever the program sends: triggers made from the step table.

A state changes only along a row of `steps.py` and only by who holds its right; signed content, the filing and
the result stay as they were; the district writes no word of a dossier that the unit keeps on the portal.
"""

from __future__ import annotations

from tenants.owned import FOLLOWS_ITS_UNIT
from tenants.people import DISTRICT_ROLES, UNIT_ROLES

from .states import State
from .steps import STEPS

SIGNED = (
    "requested_level", "self_level", "ratio_only", "team_number", "team_date", "strengths", "weaknesses", "plan",
    "letter_number", "letter_date", "signed_at", "signed_by", "content_hash", "frozen",
)  # fmt: skip
FILED = ("submitted_at", "submitted_by", "receipt_number", "late")
UNIT_COLUMNS = ("state", "version", *SIGNED, *FILED, "closed_reason")
DISTRICT_COLUMNS = (
    *UNIT_COLUMNS, "late_reason", "accepted_at", "accepted_by", "appraised_level", "appraised_at", "appraised_by",
    "proposed_level", "proposal_note", "decided_level", "decided_at",
)  # fmt: skip

# A new dossier is a draft nobody has signed, filed, accepted, appraised or decided.
_NEW = (
    "state = 'draft' and signed_at is null and submitted_at is null and accepted_at is null"
    " and appraised_at is null and proposed_level is null and appraised_level is null and decided_level is null"
)
NEW_BY_UNIT = f"{_NEW} and channel = 'portal'"
NEW_BY_DISTRICT = f"{_NEW} and channel <> 'portal'"


def moves() -> list[tuple[str, State, State]]:
    """Return who may change which state into which, as database roles, from the table of steps."""
    found = []
    for step in STEPS:
        for role, people in (("portal_unit", UNIT_ROLES), ("portal_district", DISTRICT_ROLES)):
            if step.right.value.roles & people:
                found += [(role, came, step.to) for came in step.came]
    return found


def _changed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(f'new.{c}' for c in columns)}) is distinct from ({', '.join(f'old.{c}' for c in columns)})"


_MOVES = ", ".join(f"('{role}', '{came}', '{to}')" for role, came, to in moves())
_LEAVING = {came for _, came, _ in moves()}
_LAST = ", ".join(f"'{state}'" for state in State if state not in _LEAVING)

STEPS_ONLY = f"""
create or replace function refuse_dossier_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user not in ('portal_unit', 'portal_district') then return new; end if;
  if current_user = 'portal_unit' and only_a_guest()
      and to_jsonb(new) - '{{version,self_level}}'::text[] <> to_jsonb(old) - '{{version,self_level}}'::text[] then
    raise exception 'a guest changes no dossier' using errcode = 'PT409';
  end if;
  if new.state <> old.state and (current_user::text, old.state, new.state) not in ({_MOVES}) then
    raise exception 'no step from % to % for %', old.state, new.state, current_user using errcode = 'PT409';
  end if;
  if old.state in ({_LAST}) and to_jsonb(new) - 'version' <> to_jsonb(old) - 'version' then
    raise exception 'a dossier in state % has ended', old.state using errcode = 'PT409';
  end if;
  if {_changed(SIGNED)} and (
      (current_user = 'portal_district' and old.channel = 'portal')
      or not (old.state in ('draft', 'supplement_requested')
        or (old.state = 'signed' and new.state = 'draft'))) then
    raise exception 'content of a dossier in state % is frozen', old.state using errcode = 'PT409';
  end if;
  if {_changed(FILED)} and (
      (current_user = 'portal_district' and old.channel = 'portal')
      or old.state not in ('draft', 'signed')) then
    raise exception 'the filing of a dossier in state % is frozen', old.state using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger dossier_steps before update on dossier
  for each row execute function refuse_dossier_jump();
"""

# What the unit wrote is free in a draft, and at the points asked for.
CONTENT_FROZEN = f"""
create or replace function refuse_signed_content() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare
  content jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  of_dossier record;
begin
  {FOLLOWS_ITS_UNIT}
  if current_user = 'portal_steward' then return coalesce(new, old); end if;
  select state, channel, ratio_only into of_dossier from dossier
    where tenant_id = (content->>'tenant_id')::int and id = (content->>'dossier_id')::bigint;
  if of_dossier is null then return coalesce(new, old); end if;
  if current_user = 'portal_unit' then
    if only_a_guest() and tg_argv[0] is distinct from 'outcome' and not exists (
        select from invited_indicator i
          join invitation v on v.tenant_id = i.tenant_id and v.unit_id = i.unit_id and v.id = i.invitation_id
          join membership m on m.tenant_id = v.tenant_id and m.id = v.membership_id
        where i.tenant_id = (content->>'tenant_id')::int and i.dossier_id = (content->>'dossier_id')::bigint
          and i.indicator_id = (content->>'indicator_id')::int and v.account_id = app_account()
          and m.ended_at is null and m.until >= (now() at time zone 'Asia/Ho_Chi_Minh')::date) then
      raise exception 'a guest writes the indicators of the invitation alone' using errcode = 'PT409';
    end if;
  end if;
  if tg_table_name = 'headcount' and tg_op <> 'DELETE' and of_dossier.ratio_only
      and (content->>'value')::int not in (0, 10000) then  -- measures.RATIO_WHOLE
    raise exception 'this unit tells no number of people' using errcode = 'PT409';
  end if;
  if current_user = 'portal_district' and of_dossier.channel = 'portal' then
    raise exception 'the unit alone writes a dossier it keeps on the portal' using errcode = 'PT409';
  end if;
  if of_dossier.state = 'draft' then return coalesce(new, old); end if;
  if of_dossier.state = 'supplement_requested' and (tg_argv[0] = 'outcome' or exists (
      select from supplement_point p join supplement_request r
        on r.tenant_id = p.tenant_id and r.unit_id = p.unit_id and r.id = p.request_id
      where p.tenant_id = (content->>'tenant_id')::int and p.dossier_id = (content->>'dossier_id')::bigint
        and r.answered_at is null and r.lapsed_at is null
        and coalesce(p.indicator_id::text = content->>'indicator_id', p.part = coalesce(tg_argv[0], tg_table_name)))) then
    return coalesce(new, old);
  end if;
  raise exception 'content of a dossier in state % is frozen', of_dossier.state using errcode = 'PT409';
end $$;
"""  # noqa: S608  (only our own words)


def frozen_with_dossier(table: str, columns: str = "", part: str = "") -> str:
    """Return the SQL that refuses changes to a table's rows once their dossier is signed.

    While supplements are asked for, only the points of the open request are free: those on `part`, which
    is the table's own name unless another is given. `columns` limits the guard on updates to what the unit
    itself wrote.
    """
    of = f" of {columns}" if columns else ""
    argument = f"'{part}'" if part else ""
    return (
        f"create or replace trigger {table}_frozen before insert or delete or update{of} on {table}"
        f" for each row execute function refuse_signed_content({argument})"
    )


# What the rules said of an answer follows the head-counts too, so it is free wherever anything is.
OUTCOME_FROZEN = (
    "create or replace trigger answer_outcome_frozen before update of met_1, met_2, version, changed_at,"
    " changed_by on answer"
    " for each row execute function refuse_signed_content('outcome')"
)


def decided_with_dossier(table: str, columns: str) -> str:
    """Return the SQL that keeps the district's findings as they were once the dossier is decided."""
    return (
        f"create or replace trigger {table}_decided before insert or delete or update of {columns} on {table}"
        " for each row execute function refuse_decided_finding()"
    )


FINDING_DECIDED = """
create or replace function refuse_decided_finding() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare content jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  if current_user <> 'portal_steward' and exists (select from dossier
      where tenant_id = (content->>'tenant_id')::int and id = (content->>'dossier_id')::bigint
        and state in ('appraised', 'decided', 'withdrawn', 'refused_late')) then
    raise exception 'findings of a decided dossier are frozen' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
"""
