"""The verbs before a meeting is closed: found the council, begin a meeting, write its agenda, note who and how it voted.

Every verb on a meeting locks it first and may name the version its page showed, so that two people at once end in one
orderly story.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from portal import clock
from portal.cycle.queries import cycle_of
from portal.dossiers.models import Dossier
from portal.dossiers.taking import must
from portal.trail.operations import record
from portal.words import day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import queries, rules
from .models import Council, Item, Meeting
from .rules import Member, Votes

SEEN_CHANGED = "Nội dung này vừa được người khác sửa sau khi trang mở. Xin xem lại rồi thực hiện lại."


@dataclass(frozen=True, slots=True)
class Founded:
    """What the officer typed of a council."""

    name: str
    number: str
    dated: date
    quorum: int | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """What the officer typed of a meeting. `attendance`: number of a member → (present or None, reason)."""

    held_at: datetime | None
    venue: str = ""
    presiding: int | None = None
    scribe: int | None = None
    attendance: dict[int, tuple[bool | None, str]] = field(default_factory=dict)
    discussion: str = ""
    conclusion: str = ""


def found(actor: Identity, given: Founded, version: int | None = None) -> Council:
    """Found the district's council or write the running one again; a meeting already begun keeps its members."""
    must(actor, Right.RUN_COUNCIL)
    tenant_id = tenant_of(actor)
    row = queries.council_of(tenant_id, lock=True)
    if version not in (None, row.version if row else 0):
        raise Conflict(SEEN_CHANGED, row)
    faults = rules.council_faults(given.members, given.quorum)
    if given.dated > clock.today():
        faults.append(f"Ngày quyết định thành lập ({day(given.dated)}) ở sau hôm nay ({day(clock.today())}).")
    if faults:
        raise Refused(" ".join(faults), 422)
    values = {
        "name": given.name,
        "number": given.number,
        "dated": given.dated,
        "quorum": given.quorum,
        "members": [replace(one, present=None, reason="").plain() for one in given.members],
    }
    if row is None:
        row = Council(tenant_id=tenant_id, created_at=clock.now(), created_by=actor.full_name, **values)
        try:
            with db.session.begin_nested():
                db.session.add(row)
                db.session.flush()
        except IntegrityError as error:
            raise Conflict(SEEN_CHANGED) from error
        said = f"đã ghi {given.name} thành lập theo quyết định số {given.number} ngày {day(given.dated)}."
    else:
        for name, value in values.items():
            setattr(row, name, value)
        said = f"đã sửa thành phần, thông tin {given.name}."
    note(actor, tenant_id, "council.found", said, members=len(given.members))
    db.session.flush()
    return row


def end(actor: Identity, version: int | None = None) -> None:
    """End the running council, so that another can be founded; its meetings stay."""
    must(actor, Right.RUN_COUNCIL)
    tenant_id = tenant_of(actor)
    row = queries.council_of(tenant_id, lock=True)
    if row is None:
        raise Refused("Không có hội đồng, tổ thẩm định nào đang hoạt động.", 404)
    if version not in (None, row.version):
        raise Conflict(SEEN_CHANGED, row)
    years = [one.year for one, *_ in db.session.execute(queries.meetings(tenant_id)) if one.state == "draft"]
    if years:
        raise Refused(f"Cuộc họp về năm {years[0]} chưa chốt biên bản. Xin chốt hoặc bỏ cuộc họp trước.")
    row.ended_on, row.ended_by = clock.today(), actor.full_name
    note(actor, tenant_id, "council.end", f"đã kết thúc hoạt động của {row.name}.")
    db.session.flush()


def begin(actor: Identity, year: int) -> Meeting:
    """Begin a meeting on a year's appraised dossiers with its agenda, or return the one that is open."""
    must(actor, Right.RUN_COUNCIL)
    tenant_id = tenant_of(actor)
    council = queries.council_of(tenant_id, lock=True)
    if council is None:
        raise Refused("Chưa ghi hội đồng, tổ thẩm định nào. Xin ghi thành phần trước.")
    if cycle_of(year) is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    known = queries.open_meeting(tenant_id, year)
    if known is not None:
        return known
    members = rules.members_of(council.members)
    row = Meeting(
        tenant_id=tenant_id,
        council_id=council.id,
        year=year,
        members=[one.plain() for one in members],
        presiding=next((one.number for one in members if one.duty == "chair"), None),
        scribe=next((one.number for one in members if one.duty == "secretary"), None),
        created_at=clock.now(),
        created_by=actor.full_name,
    )
    db.session.add(row)
    db.session.flush()
    _refresh(row)
    note(
        actor,
        tenant_id,
        "council.begin",
        f"đã mở cuộc họp của {council.name} về hồ sơ năm {year}.",
        meeting=row.id,
    )
    return row


def refresh(actor: Identity, row: Meeting, version: int | None = None) -> tuple[int, int]:
    """Bring the agenda up to date; returns how many dossiers came and how many left."""
    must(actor, Right.RUN_COUNCIL)
    return _refresh(held(row, version)[0])


def _refresh(row: Meeting) -> tuple[int, int]:
    dossiers = {one.id: one for one in db.session.scalars(queries.waiting(row.tenant_id, row.year))}
    items = {item.dossier_id: item for item, *_ in db.session.execute(queries.agenda(row))}
    stale = [item for number, item in items.items() if _stale(item, dossiers.get(number))]
    for item in stale:
        del items[item.dossier_id]
    came = [one for number, one in dossiers.items() if number not in items]
    if stale:
        gone = delete(Item).where(Item.tenant_id == row.tenant_id, Item.id.in_([item.id for item in stale]))
        db.session.execute(gone)
    conflicted = queries.conflicts(
        row.tenant_id, rules.members_of(row.members), [one.unit_id for one in dossiers.values()]
    )
    said = {
        number: rules.disputes(one)
        for number, one in queries.appraised(list(dossiers.values()), conflicted).items()
    }
    for number, item in items.items():
        if item.reasons != said[number]:
            item.reasons = said[number]
            item.singly = bool(said[number]) or bool(item.taken_by)
    if came:
        db.session.execute(
            insert(Item),
            [
                {
                    "tenant_id": row.tenant_id,
                    "unit_id": one.unit_id,
                    "dossier_id": one.id,
                    "meeting_id": row.id,
                    "proposed_level": one.proposed_level,
                    "appraised_at": one.appraised_at,
                    "reasons": said[one.id],
                    "singly": bool(said[one.id]),
                }
                for one in came
            ],
        )
    if came or stale:
        _touch(row)
    db.session.flush()
    return len(came), len(stale)


def _stale(item: Item, dossier: Dossier | None) -> bool:
    return dossier is None or (dossier.appraised_at, dossier.proposed_level) != (
        item.appraised_at,
        item.proposed_level,
    )


def note_meeting(actor: Identity, row: Meeting, given: Noted, version: int | None = None) -> Meeting:
    """Write when and where the meeting was, who was there, and what was said."""
    must(actor, Right.RUN_COUNCIL)
    row, _ = held(row, version)
    members = tuple(
        replace(one, present=present, reason=reason if present is False else "")
        for one in rules.members_of(row.members)
        for present, reason in [given.attendance.get(one.number, (one.present, one.reason))]
    )
    row.held_at, row.venue = given.held_at, given.venue
    row.presiding, row.scribe = given.presiding, given.scribe
    row.members = [one.plain() for one in members]
    row.discussion, row.conclusion = given.discussion, given.conclusion
    db.session.flush()
    return row


def take_out(actor: Identity, row: Meeting, item_id: int, who: str, why: str) -> Item:
    """Take a dossier out of the block at a member's wish, to be discussed singly.

    An officer names the member; a member of the council who is signed in speaks for himself.
    """
    must(actor, Right.SINGLE_OUT)
    row, _ = held(row)
    item = item_in(row, item_id)
    members = rules.members_of(row.members)
    own = next((one.name for one in members if one.account_id == actor.account_id), "")
    if actor.place is not None and actor.place.role != "district_officer":
        if not own:
            raise Refused("Anh/chị không có tên trong thành phần cuộc họp này.", 403)
        who = own
    if who not in {one.name for one in members}:
        raise Refused("Xin chọn thành viên đề nghị xét riêng.", 422)
    if not why.strip() or len(why) > 1_000:
        raise Refused("Xin ghi lý do xét riêng (tối đa 1.000 ký tự).", 422)
    item.taken_by, item.taken_why, item.singly = who, why.strip(), True
    _touch(row)
    note_item(
        actor, item, "council.single", f"đã đưa hồ sơ ra xét riêng theo đề nghị của {who}.", why=why.strip()
    )
    db.session.flush()
    return item


def put_back(actor: Identity, row: Meeting, item_id: int) -> Item:
    """Put a dossier that a member took out back into the block; what has reasons of its own stays single."""
    must(actor, Right.RUN_COUNCIL)
    row, _ = held(row)
    item = item_in(row, item_id)
    if item.reasons or not item.taken_by:
        raise Refused("Hồ sơ này có điểm phải xét riêng nên không đưa vào nhóm được.")
    item.taken_by, item.taken_why, item.singly = "", "", False
    item.outcome, item.note, item.abstaining = "", "", []
    item.agree = item.against = item.abstain = None
    _touch(row)
    note_item(actor, item, "council.block", "đã đưa hồ sơ trở lại nhóm biểu quyết một lần.")
    db.session.flush()
    return item


def vote_block(
    actor: Identity, row: Meeting, votes: Votes, outcome: str, text: str = "", version: int | None = None
) -> Meeting:
    """Note the one vote on the block."""
    must(actor, Right.RUN_COUNCIL)
    row, _ = held(row, version)
    if not queries.counts_of(row).block:
        raise Refused("Nhóm không còn hồ sơ nào; mọi hồ sơ đều xét riêng.")
    if outcome not in rules.BLOCK_OUTCOMES:
        raise Refused("Xin chọn kết luận về nhóm hồ sơ.", 422)
    _check_text(text)
    if fault := rules.vote_fault(votes, rules.voters(rules.members_of(row.members)), outcome):
        raise Refused(fault, 422)
    row.block_agree, row.block_against, row.block_abstain = votes.agree, votes.against, votes.abstain
    row.block_outcome, row.block_note = outcome, text.strip()
    db.session.flush()
    return row


def vote_item(
    actor: Identity,
    row: Meeting,
    item_id: int,
    votes: Votes,
    outcome: str,
    text: str = "",
    version: int | None = None,
) -> Item:
    """Note the vote on one dossier discussed singly; members of that unit who are present abstain, by name."""
    must(actor, Right.RUN_COUNCIL)
    row, _ = held(row)
    item = item_in(row, item_id)
    if version is not None and item.version != version:
        raise Conflict(SEEN_CHANGED, item)
    if not item.singly:
        raise Refused(
            "Hồ sơ này nằm trong nhóm biểu quyết một lần. Muốn xét riêng, xin đưa ra khỏi nhóm trước."
        )
    if outcome not in rules.OUTCOMES:
        raise Refused("Xin chọn kết luận về hồ sơ này.", 422)
    if outcome != "agreed" and not text.strip():
        raise Refused("Xin ghi lý do trả lại thẩm định hoặc để lại kỳ họp sau.", 422)
    _check_text(text)
    out = conflicted_of(row, item)
    if fault := rules.vote_fault(votes, rules.voters(rules.members_of(row.members), out), outcome):
        raise Refused(fault, 422)
    item.agree, item.against, item.abstain = votes.agree, votes.against, votes.abstain
    item.outcome, item.note, item.abstaining = outcome, text.strip(), list(out)
    db.session.flush()
    return item


def _check_text(text: str) -> None:
    if len(text) > rules.MOST_TEXT:
        raise Refused("Ý kiến, lý do dài tối đa 5.000 ký tự.", 422)


def conflicted_of(row: Meeting, item: Item) -> tuple[str, ...]:
    """Return the names of the members present who are bound to the unit of an item."""
    members = [one for one in rules.members_of(row.members) if one.present]
    return queries.conflicts(row.tenant_id, members, [item.unit_id]).get(item.unit_id, ())


def discard(actor: Identity, row: Meeting, version: int | None = None) -> None:
    """Drop a meeting that is not closed; its dossiers wait for another."""
    must(actor, Right.RUN_COUNCIL)
    row, council = held(row, version)
    db.session.execute(delete(Item).where(Item.tenant_id == row.tenant_id, Item.meeting_id == row.id))
    note(
        actor, row.tenant_id, "council.discard", f"đã bỏ cuộc họp của {council.name} về hồ sơ năm {row.year}."
    )
    db.session.delete(row)
    db.session.flush()


def held(row: Meeting, version: int | None = None) -> tuple[Meeting, Council]:
    """Return an open meeting held for this transaction; `Refused` once it is closed or gone, `Conflict` when it changed."""
    known = queries.meeting_of(row.tenant_id, row.id, lock=True)
    if known is None:
        raise Refused("Không tìm thấy cuộc họp này.", 404)
    if known[0].state == "closed":
        raise Refused(f"Biên bản cuộc họp đã được {known[0].closed_by} chốt nên không thay đổi được nữa.")
    if version is not None and known[0].version != version:
        raise Conflict(SEEN_CHANGED, known[0])
    return known


def item_in(row: Meeting, item_id: int) -> Item:
    """Return an item of a meeting; raises `Refused` (404) for one that left the agenda."""
    item = queries.item_of(row, item_id)
    if item is None:
        raise Refused("Hồ sơ này không còn trong chương trình họp.", 404)
    return item


def tenant_of(actor: Identity) -> int:
    """Return the district somebody acts in."""
    return actor.here.tenant_id


def _touch(row: Meeting) -> None:
    """Give the meeting a new version: whoever saw its agenda before must look again."""
    flag_modified(row, "members")


def note(actor: Identity, tenant_id: int, act: str, sentence: str, **detail: object) -> None:
    """Record an act of the council in the district's trail."""
    record(actor, act, sentence, tenant_id=tenant_id, detail=dict(detail), inner=True)


def note_item(actor: Identity, item: Item, act: str, sentence: str, **detail: object) -> None:
    """Record an act on one dossier of an agenda; the unit does not see it."""
    record(
        actor,
        act,
        sentence,
        tenant_id=item.tenant_id,
        unit_id=item.unit_id,
        dossier_id=item.dossier_id,
        detail={"meeting": item.meeting_id, **detail},
        inner=True,
    )


def take_over_block(row: Meeting) -> None:
    """Write the block's one vote to each of its items, in one statement."""
    db.session.execute(
        update(Item)
        .where(Item.tenant_id == row.tenant_id, Item.meeting_id == row.id, ~Item.singly)
        .values(
            agree=row.block_agree,
            against=row.block_against,
            abstain=row.block_abstain,
            outcome=row.block_outcome,
            note=row.block_note,
        )
        .execution_options(synchronize_session=False)
    )
