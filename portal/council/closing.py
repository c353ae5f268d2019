"""Closing a meeting: what stops it, its content under a hash, what goes back to the appraisal; and what comes of it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from portal import clock, words
from portal.appraisal import operations as appraisal
from portal.dossiers.models import Dossier, State
from portal.dossiers.taking import must
from portal.notices.operations import tell_district
from portal.recognition import operations as recognition
from portal.recognition.models import Decision
from portal.units.models import Unit
from portal.words import ZONE, day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import queries, rules
from .models import Council, Item, Meeting
from .operations import held, note, take_over_block
from .rules import Standing, Votes, members_of

Row = tuple[Item, Unit, int | None]


def rows_of(row: Meeting) -> list[Row]:
    """Return the whole agenda, in the order of kinds and names; one statement."""
    return [(item, unit, asked) for item, unit, asked in db.session.execute(queries.agenda(row, sort="kind"))]


def faults_of(row: Meeting, council: Council) -> list[str]:
    """Return everything that stops the closing of a meeting now, each as a sentence."""
    return _faults(row, council, rows_of(row), _dossiers(row, lock=False))


def _dossiers(row: Meeting, *, lock: bool) -> dict[int, Dossier]:
    on_agenda = select(Item.dossier_id).where(Item.tenant_id == row.tenant_id, Item.meeting_id == row.id)
    statement = (
        select(Dossier)
        .where(Dossier.tenant_id == row.tenant_id, Dossier.id.in_(on_agenda))
        .order_by(Dossier.id)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return {one.id: one for one in db.session.scalars(statement)}


def _faults(row: Meeting, council: Council, rows: list[Row], dossiers: dict[int, Dossier]) -> list[str]:
    members = members_of(row.members)
    block = [(item, unit) for item, unit, _ in rows if not item.singly]
    singles = [(item, unit) for item, unit, _ in rows if item.singly]
    conflicted = queries.conflicts(row.tenant_id, members, [item.unit_id for item, _, _ in rows])
    there = {one.name for one in members if one.present}
    now_out = {unit_id: there & set(names) for unit_id, names in conflicted.items()}
    votes = Votes(row.block_agree, row.block_against, row.block_abstain)
    ends = [item.appraised_at.astimezone(ZONE).date() for item, _, _ in rows]
    return rules.closing_faults(
        Standing(
            held_on=row.held_at.astimezone(ZONE).date() if row.held_at else None,
            venue=row.venue,
            members=members,
            quorum=council.quorum,
            presiding=row.presiding,
            scribe=row.scribe,
            today=clock.today(),
            founded=council.dated,
            block=len(block),
            block_outcome=row.block_outcome,
            block_fault=rules.vote_fault(votes, rules.voters(members), row.block_outcome),
            singles=len(singles),
            open_items=[unit.name for item, unit in singles if not item.outcome],
            stale=[
                unit.name
                for item, unit, _ in rows
                if _changed(item, dossiers.get(item.dossier_id))
                or (not item.singly and item.unit_id in conflicted)
            ],
            overvoted=[
                unit.name
                for item, unit in singles
                if item.outcome
                and (
                    now_out.get(item.unit_id, set()) != set(item.abstaining)
                    or rules.vote_fault(
                        Votes(item.agree, item.against, item.abstain),
                        rules.voters(members, item.abstaining),
                        item.outcome,
                    )
                )
            ],
            appraised_last=max(ends, default=None),
        )
    )


def _changed(item: Item, dossier: Dossier | None) -> bool:
    return (
        dossier is None
        or dossier.state != State.APPRAISED
        or (dossier.appraised_at, dossier.proposed_level) != (item.appraised_at, item.proposed_level)
    )


def close(actor: Identity, row: Meeting, version: int | None = None) -> Meeting:
    """Close a meeting: its content is frozen under a hash; what it did not agree to goes back to the appraisal.

    Raises `Refused` naming everything that stands in the way; nothing is closed then.
    """
    must(actor, Right.RUN_COUNCIL)
    row, council = held(row, version)
    dossiers = _dossiers(row, lock=True)
    rows = rows_of(row)
    if faults := _faults(row, council, rows, dossiers):
        raise Refused("Chưa chốt được biên bản. " + " ".join(faults))
    back = [(item, unit) for item, unit, _ in rows if item.outcome == "changed"]
    for item, unit in back:
        if sentence := refusal(actor, Right.PROPOSE, item):
            raise Refused(f"{unit.name}: {sentence} Xin để cán bộ khác chốt biên bản.", 403)
    assert row.held_at is not None
    held_on, now = row.held_at.astimezone(ZONE).date(), clock.now()
    take_over_block(row)
    frozen = content_of(row, council, rows)
    for item, _unit in back:
        reason = rules.reopening_reason(council.name, held_on, item.note)
        appraisal.reopen(actor, dossiers[item.dossier_id], reason[:2_000])
    row.frozen, row.content_hash = frozen, digest_of(frozen)
    row.closed_at, row.closed_by, row.state = now, actor.full_name, "closed"
    counts = queries.counts_of(row)
    said = (
        f"biên bản họp {council.name} ngày {day(held_on)}: nhất trí {counts.agreed}, trả lại thẩm định {counts.changed}, "
        f"để lại {counts.deferred} hồ sơ"
    )
    note(actor, row.tenant_id, "council.close", f"đã chốt {said}.", meeting=row.id)
    tell_district(row.tenant_id, f"Đã chốt {said}.", f"/huyen/hoi-dong/hop/{row.id}")
    db.session.flush()
    return row


def digest_of(content: dict[str, Any]) -> str:
    """Return the hash that stands for the minutes of a closed meeting."""
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def content_of(row: Meeting, council: Council, rows: list[Row]) -> dict[str, Any]:
    """Return everything the minutes say, as plain values; what the papers print and what a closing freezes."""
    members = members_of(row.members)
    by_number = {one.number: one for one in members}

    def who(number: int | None) -> list[str]:
        one = by_number.get(number or 0)
        return [one.name, rules.duty_name(council.name, one.duty)] if one else []

    return {
        "council": {"name": council.name, "number": council.number, "dated": council.dated.isoformat()},
        "year": row.year,
        "held_at": row.held_at.astimezone(ZONE).isoformat() if row.held_at else None,
        "venue": row.venue,
        "presiding": who(row.presiding),
        "scribe": who(row.scribe),
        "quorum": council.quorum,
        "members": [
            [one.name, one.office, rules.duty_name(council.name, one.duty), one.present, one.reason]
            for one in members
        ],
        "block": {
            "units": [_unit(item, unit, asked) for item, unit, asked in rows if not item.singly],
            "votes": [row.block_agree, row.block_against, row.block_abstain],
            "outcome": row.block_outcome,
            "note": row.block_note,
        },
        "singles": [
            {
                "unit": _unit(item, unit, asked),
                "reasons": list(item.reasons),
                "taken": [item.taken_by, item.taken_why] if item.taken_by else [],
                "abstaining": list(item.abstaining),
                "votes": [item.agree, item.against, item.abstain],
                "outcome": item.outcome,
                "note": item.note,
            }
            for item, unit, asked in rows
            if item.singly
        ],
        "discussion": row.discussion,
        "conclusion": row.conclusion,
    }


def _unit(item: Item, unit: Unit, asked: int | None) -> list[Any]:
    return [unit.name, words.kind_name(unit.kind), asked, item.proposed_level]


def draft(actor: Identity, row: Meeting) -> Decision:
    """Draft the year's decision from what a closed meeting agreed to, or add it to the open draft."""
    must(actor, Right.DRAFT_DECISION)
    if row.state != "closed":
        raise Refused("Cuộc họp chưa chốt biên bản nên chưa lập dự thảo quyết định từ đó được.")
    agreed = queries.agreed_dossiers(row)
    if not agreed:
        raise Refused("Không còn hồ sơ nào của cuộc họp này chờ đưa vào quyết định.")
    return recognition.draft_decision(actor, row.year, only=agreed)
