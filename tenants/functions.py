"""The functions of the wall, in SQL: the settings of a scope, and what policies ask about persons and their powers.

Each is written by `raise_wall` and compared by `inspection.py`. What looks beyond the scope runs with the owner's
sight and answers yes or no.
"""

SETTINGS = """
create or replace function app_tenant() returns int language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::int $$;
create or replace function app_unit() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.unit_id', true), '')::bigint $$;
create or replace function app_account() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.account_id', true), '')::bigint $$;
create or replace function folded(value text) returns text language sql immutable parallel safe
  set search_path = public, pg_temp
  as $$ select lower(unaccent('unaccent', value)) $$;
create or replace function here_or_before(place int) returns int[] language sql stable parallel safe
  set search_path = public, pg_temp
  as $$ with recursive line(id) as (select place union select s.from_id from succession s join line on line.id = s.to_id)
    select array_agg(id) from line $$;
create or replace function follows_its_unit(was jsonb, now jsonb) returns boolean language sql immutable parallel safe
  as $$ select was - 'tenant_id' = now - 'tenant_id' and was->'unit_id' is not null $$;
"""

# What a district or a unit may know of a person's places elsewhere: yes or no, for a person it asks about; and
# whom the acting person may place in the unit: its head a clerk or a guest, its clerk a guest.
PERSONS = """
create or replace function placed_only_here(account bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from membership m where m.account_id = account and m.tenant_id = app_tenant())
    and not exists (select from membership m where m.account_id = account and m.tenant_id <> app_tenant()
      and m.ended_at is null
      and (m.until is null or m.until >= (now() at time zone 'Asia/Ho_Chi_Minh')::date)) $$;
create or replace function may_be_placed(account bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from membership m where m.account_id = account and m.tenant_id = app_tenant())
    or not exists (select from membership m where m.account_id = account) $$;
revoke execute on function placed_only_here(bigint), may_be_placed(bigint) from public;
grant execute on function placed_only_here(bigint), may_be_placed(bigint) to portal_district;
create or replace function may_place(placed text) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from membership m where m.account_id = app_account()
    and m.tenant_id = app_tenant() and m.unit_id = app_unit() and m.ended_at is null
    and (now() at time zone 'Asia/Ho_Chi_Minh')::date between m.since and coalesce(m.until, 'infinity')
    and (m.role, placed) in (('unit_head', 'unit_editor'), ('unit_head', 'unit_contributor'),
      ('unit_editor', 'unit_contributor'))) $$;
create or replace function may_join(account bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select not exists (select from membership m where m.account_id = account
    and (m.tenant_id, m.unit_id) is distinct from (app_tenant(), app_unit())) $$;
create or replace function may_hand_link(account bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select may_join(account)
    and exists (select from membership m where m.account_id = account)
    and not exists (select from membership m where m.account_id = account and m.ended_at is null
      and coalesce(m.until, 'infinity') >= (now() at time zone 'Asia/Ho_Chi_Minh')::date
      and not may_place(m.role)) $$;
create or replace function only_a_guest() returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from membership m where m.account_id = app_account()
      and m.tenant_id = app_tenant() and m.unit_id = app_unit() and m.role = 'unit_contributor')
    and not exists (select from membership m where m.account_id = app_account()
      and m.tenant_id = app_tenant() and m.unit_id = app_unit() and m.role <> 'unit_contributor'
      and m.ended_at is null
      and (now() at time zone 'Asia/Ho_Chi_Minh')::date between m.since and coalesce(m.until, 'infinity')) $$;
revoke execute on function may_place(text), may_join(bigint), may_hand_link(bigint), only_a_guest() from public;
grant execute on function may_place(text), may_join(bigint), may_hand_link(bigint) to portal_unit;
grant execute on function only_a_guest() to portal_unit, portal_district, portal_steward;
"""

# What it takes to hold the right to decide, or a role by delegation.
POWERS = """
create or replace function holds(account bigint, place int, held text) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from membership m join account a on a.id = m.account_id
    where m.account_id = account and m.tenant_id = place and m.role = held and m.delegation_id is null
    and m.ended_at is null and a.disabled_at is null
    and (now() at time zone 'Asia/Ho_Chi_Minh')::date between m.since and coalesce(m.until, 'infinity')) $$;
create or replace function decides(account bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from membership m where m.account_id = account and m.tenant_id = app_tenant()
    and m.role = 'district_leader' and m.ended_at is null
    and coalesce(m.until, 'infinity') >= (now() at time zone 'Asia/Ho_Chi_Minh')::date) $$;
create or replace function may_confirm(place int, given text, account bigint, proposer bigint) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$ select app_account() not in (account, proposer) and (holds(app_account(), place, given)
    or given = 'district_leader' and holds(app_account(), app_tenant(), 'province_admin')
      and not exists (select from membership m where m.tenant_id = place and m.role = given
        and m.account_id <> account and holds(m.account_id, place, given))) $$;
create or replace function gave(delegation bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from delegation d where d.tenant_id = app_tenant() and d.id = delegation
    and d.giver_id = app_account()) $$;
create or replace function vouched(place int, unit bigint, account bigint, given text, last date,
    proposal bigint, delegation bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select case
    when delegation is not null then proposal is null and last is not null and account <> app_account()
      and exists (select from delegation d where d.tenant_id = place and d.id = delegation
        and d.giver_id = app_account() and d.role = given and d.unit_id is not distinct from unit)
      and exists (select from membership g where g.account_id = app_account() and g.tenant_id = place
        and g.role = given and g.unit_id is not distinct from unit and g.delegation_id is null
        and g.ended_at is null and coalesce(g.until, 'infinity') >= last
        and (now() at time zone 'Asia/Ho_Chi_Minh')::date between g.since and coalesce(g.until, 'infinity'))
      and exists (select from membership o where o.account_id = account and o.tenant_id = place
        and o.unit_id is not distinct from unit and o.delegation_id is null and o.ended_at is null
        and o.role <> 'unit_contributor'
        and (now() at time zone 'Asia/Ho_Chi_Minh')::date between o.since and coalesce(o.until, 'infinity'))
    when given in ('district_leader', 'province_admin') then exists (select from role_proposal p
      where p.tenant_id = place and p.id = proposal and p.account_id = account and p.role = given
      and p.confirmed and p.answered_by = app_account())
    else proposal is null end $$;
revoke execute on function holds(bigint, int, text), decides(bigint), may_confirm(int, text, bigint, bigint),
  gave(bigint), vouched(int, bigint, bigint, text, date, bigint, bigint) from public;
grant execute on function holds(bigint, int, text), vouched(int, bigint, bigint, text, date, bigint, bigint)
  to portal_unit, portal_district, portal_province;
grant execute on function may_confirm(int, text, bigint, bigint) to portal_district, portal_province;
grant execute on function decides(bigint) to portal_district;
grant execute on function gave(bigint) to portal_unit;
"""
