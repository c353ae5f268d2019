"""The three doors of the public into the room, and the guards of its rows, in SQL.

Each door runs with the owner's sight and does one thing: take one inquiry in, say how the one of a receipt stands,
give what was published of a unit's cases. The public may call these and read or write nothing else of the room.
"""

from __future__ import annotations

from .rules import A_DAY_FROM_ONE, A_DAY_ON_ONE

SEND = """
create or replace function send_inquiry(asked text, of_kind text, words text, who text, reach text,
    mark bytea, place bytea, at_moment timestamptz, last_day date) returns text language plpgsql
  security definer set search_path = public, pg_temp as $$
declare
  known record;
  number bigint;
  first_one boolean;
begin
  select n.tenant_id, n.unit_id, n.dossier_id into known from register_entry e
    join recognition n on n.tenant_id = e.tenant_id and n.code = e.code where e.code = asked limit 1;
  if not found then return 'unknown'; end if;
  if exists (select from inquiry i where i.tenant_id = known.tenant_id and i.receipt = mark) then
    return 'again';
  end if;
  if (select count(*) from inquiry i where i.sender = place and i.sent_at > at_moment - interval '1 day')
      >= :from_one then
    return 'often';
  end if;
  if (select count(*) from inquiry i where i.tenant_id = known.tenant_id and i.code = asked
      and i.state <> 'dismissed' and i.sent_at > at_moment - interval '1 day') >= :on_one then
    return 'full';
  end if;
  first_one := not exists (select from inquiry i where i.tenant_id = known.tenant_id and i.code = asked
    and i.state = 'sent');
  insert into inquiry (tenant_id, unit_id, dossier_id, code, kind, body, asker, contact, sender, receipt, sent_at,
      due_on, state, handler, ended_by, end_reason, outcome, answer, result, version)
    values (known.tenant_id, known.unit_id, known.dossier_id, asked, of_kind, words, who, reach, place, mark,
      at_moment, last_day, 'sent', '', '', '', '', '', '', 1)
    on conflict (tenant_id, receipt) do nothing returning id into number;
  if number is null then return 'again'; end if;
  if first_one then
    insert into notice (tenant_id, audience, kind, sentence, path, sent_at)
      values (known.tenant_id, 'district', 'step', 'Có ' || case of_kind when 'report' then 'phản ánh' else 'câu hỏi' end
        || ' của người dân về kết quả đã công bố, mã ' || asked || ': phân công người xử lý.',
        '/huyen/phan-anh/' || number, at_moment);
  end if;
  insert into trail_entry (tenant_id, act, at, real_at, actor, role, address, sentence, detail, inner_act)
    values (known.tenant_id, 'inquiry.send', at_moment, now(), 'Người gửi không có tài khoản', '', '',
      'đã gửi ' || case of_kind when 'report' then 'phản ánh' else 'câu hỏi' end || ' về kết quả mã ' || asked || '.',
      jsonb_build_object('inquiry', number), true);
  return 'sent';
end $$;
revoke execute on function send_inquiry(text, text, text, text, text, bytea, bytea, timestamptz, date) from public;
grant execute on function send_inquiry(text, text, text, text, text, bytea, bytea, timestamptz, date)
  to portal_public
""".replace(":from_one", str(A_DAY_FROM_ONE)).replace(":on_one", str(A_DAY_ON_ONE))

TOLD = """
create or replace function inquiry_told(mark bytea) returns jsonb language sql stable
  security definer set search_path = public, pg_temp
  as $$ select jsonb_build_object('code', i.code, 'kind', i.kind, 'state', i.state, 'sent_at', i.sent_at,
      'due_on', i.due_on, 'ended_at', i.ended_at, 'outcome', i.outcome, 'answer', i.answer, 'result', i.result,
      'end_reason', i.end_reason)
    from inquiry i where i.receipt = mark $$;
revoke execute on function inquiry_told(bytea) from public;
grant execute on function inquiry_told(bytea) to portal_public
"""

RESULTS = """
create or replace function inquiry_results(asked text) returns jsonb language sql stable
  security definer set search_path = public, pg_temp
  as $$ select jsonb_agg(jsonb_build_object('kind', c.kind, 'code', c.code, 'sent_at', c.sent_at,
      'ended_at', c.ended_at, 'outcome', c.outcome, 'result', c.result) order by c.ended_at desc, c.id desc)
    from (select i.* from register_entry e join inquiry i on i.tenant_id = e.tenant_id and i.code = e.code
      where e.subject = (select s.subject from register_entry s where s.code = asked limit 1)
        and i.result <> '' order by i.ended_at desc, i.id desc limit 20) c $$;
revoke execute on function inquiry_results(text) from public;
grant execute on function inquiry_results(text) to portal_public
"""

MOVES = """
create or replace function refuse_inquiry_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_district' then return new; end if;
  if (old.state, new.state) not in (('sent', 'taken'), ('taken', 'taken'), ('taken', 'answered'),
      ('sent', 'dismissed'), ('taken', 'dismissed')) then
    raise exception 'no step from % to %', old.state, new.state using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger inquiry_moves before update on inquiry
  for each row execute function refuse_inquiry_jump()
"""

QUESTION_ONCE = """
create or replace function refuse_second_reply() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user not in ('portal_unit', 'portal_district') then return new; end if;
  if old.closed_at is not null or (current_user = 'portal_unit' and old.replied_at is not null) then
    raise exception 'the question is answered or closed' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger inquiry_question_once before update on inquiry_question
  for each row execute function refuse_second_reply()
"""
