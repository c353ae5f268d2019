"""Verbs: propose who shall decide and answer as a second person; delegate and end it; look at another's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from portal.accounts.operations import Handed, NewPerson, handed, note, role_words
from portal.notices.operations import tell_person
from portal.notices.wording import ROLE_GIVEN
from portal.trail.operations import record
from tenants import operations as persons
from tenants import signin, standing
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.people import Account, Membership, Role
from tenants.places import Tenant
from tenants.powers import Delegation, RoleProposal
from tenants.refusal import Refused
from tenants.rights import Right, delegable, may_look, refusal
from tenants.scope import Scope, ScopeKind, acting_in

from . import queries

LONGEST = timedelta(days=366)
PROPOSALS, DELEGATIONS = "/giao-quyen", "/uy-quyen"
SAME_PERSON = "Người đề xuất và người được đề xuất không tự xác nhận được; cần một người khác."
LEADER_ACTS = "Nơi này đang có lãnh đạo; chính lãnh đạo đó xác nhận, tỉnh chỉ xác nhận khi nơi đó chưa có ai."


def _must(actor: Identity, right: Right) -> Place:
    sentence = refusal(actor, right)
    if sentence:
        raise Refused(sentence, 403)
    return actor.here


def decider_of(place: Place) -> Role:
    """Return the role that takes two people at a place's level."""
    return Role.PROVINCE_ADMIN if place.role is Role.PROVINCE_ADMIN else Role.DISTRICT_LEADER


def propose(actor: Identity, account_id: int, role: Role, reason: str) -> RoleProposal:
    """Propose somebody of the place for the right to decide; those who can confirm are told. Raises `Refused`."""
    place = _must(actor, Right.PROPOSE_DECIDER)
    reason = " ".join(reason.split())
    if role is not decider_of(place):
        raise Refused("Vai trò này không đề xuất ở đây.", 422)
    if not reason:
        raise Refused("Xin ghi lý do hoặc văn bản phân công.", 422)
    if len(reason) > 500:
        raise Refused("Lý do dài nhất 500 ký tự.", 422)
    deciders = queries.holders(place.tenant_id, role)
    if account_id in deciders:
        raise Refused("Người này đang giữ vai trò đó rồi.")
    proposal = RoleProposal(
        tenant_id=place.tenant_id,
        account_id=account_id,
        role=role,
        reason=reason,
        proposed_by=actor.account_id,
        proposed_at=signin.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(proposal)
            db.session.flush()
    except IntegrityError:
        raise Refused("Đã có đề xuất như vậy đang chờ xác nhận.") from None
    account = db.session.get_one(Account, account_id)
    sentence = f"đã đề xuất {account.full_name} giữ vai trò {role_words(role, place.tenant_id)}: {reason}"
    note(actor, place.tenant_id, "power.propose", f"{sentence.rstrip('.')}.", account_id)
    told = f"Có đề xuất {account.full_name} giữ vai trò {role_words(role, place.tenant_id)}, chờ anh/chị xác nhận."
    for number in deciders:
        if number not in (actor.account_id, account_id):
            tell_person(place.tenant_id, number, told, PROPOSALS)
    return proposal


def propose_new(actor: Identity, person: NewPerson, role: Role, reason: str) -> RoleProposal:
    """Make an account for somebody new and propose the person; without a yes it opens nothing. Raises `Refused`."""
    _must(actor, Right.PROPOSE_DECIDER)
    account_id = persons.new_account(
        person.login, person.full_name, title=person.title, email=person.email, phone=person.phone
    )
    return propose(actor, account_id, role, reason)


def hindrance(actor: Identity, proposal: RoleProposal) -> str | None:
    """Return the sentence why somebody cannot confirm a proposal, or None; the wall asks the same."""
    sentence = refusal(actor, Right.CONFIRM_DECIDER)
    if sentence or actor.place is None:
        return sentence
    if actor.account_id in (proposal.proposed_by, proposal.account_id):
        return SAME_PERSON
    if proposal.role == Role.PROVINCE_ADMIN or actor.place.role is Role.DISTRICT_LEADER:
        return None
    leaders = set(queries.holders(proposal.tenant_id, Role.DISTRICT_LEADER)) - {proposal.account_id}
    return LEADER_ACTS if leaders else None


def confirm(actor: Identity, proposal: RoleProposal) -> Handed | None:
    """Give the role as a second person; returns the link to hand over where the person is new. Raises `Refused`."""
    _open(proposal)
    sentence = hindrance(actor, proposal)
    if sentence:
        raise Refused(sentence, 403)
    new = not queries.was_here(proposal.tenant_id, proposal.account_id)
    _answer(actor, proposal, confirmed=True)
    role = Role(proposal.role)
    persons.place_person(
        proposal.account_id, role, proposal.tenant_id, since=signin.today(), proposal_id=proposal.id
    )
    account = db.session.get(Account, proposal.account_id, populate_existing=True)
    tenant = db.session.get(Tenant, proposal.tenant_id)
    assert account is not None
    assert tenant is not None
    sentence = (
        f"đã xác nhận {account.full_name} giữ vai trò {role_words(role, proposal.tenant_id)} theo đề xuất."
    )
    note(actor, proposal.tenant_id, "power.confirm", sentence, account.id)
    given = ROLE_GIVEN.format(role=role_words(role, proposal.tenant_id), place=tenant.name)
    tell_person(proposal.tenant_id, account.id, given, "/noi-lam-viec")
    told = f"Đề xuất {account.full_name} giữ vai trò {role_words(role, proposal.tenant_id)} đã được xác nhận."
    tell_person(proposal.tenant_id, proposal.proposed_by, told, PROPOSALS)
    return handed(actor, account.id, role, tenant.name) if new else None


def turn_down(actor: Identity, proposal: RoleProposal) -> None:
    """Let a proposal fall: its proposer takes it back, or somebody who could confirm it refuses. Raises `Refused`."""
    _open(proposal)
    own = proposal.proposed_by == actor.account_id and not refusal(actor, Right.PROPOSE_DECIDER)
    sentence = None if own else hindrance(actor, proposal)
    if sentence:
        raise Refused(sentence, 403)
    _answer(actor, proposal, confirmed=False)
    account = db.session.get(Account, proposal.account_id)
    assert account is not None
    verb = "rút" if own else "từ chối"
    sentence = (
        f"đã {verb} đề xuất {account.full_name} giữ vai trò {role_words(proposal.role, proposal.tenant_id)}."
    )
    note(actor, proposal.tenant_id, "power.turn_down", sentence, account.id)
    if not own:
        told = f"Đề xuất {account.full_name} giữ vai trò {role_words(proposal.role, proposal.tenant_id)} không được xác nhận."
        tell_person(proposal.tenant_id, proposal.proposed_by, told, PROPOSALS)


def _open(proposal: RoleProposal) -> None:
    if proposal.answered_at is not None:
        raise Refused("Đề xuất này đã có người trả lời.")


def _answer(actor: Identity, proposal: RoleProposal, *, confirmed: bool) -> None:
    at = signin.now()
    proposal.answered_by, proposal.answered_at, proposal.confirmed = actor.account_id, at, confirmed
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Given:
    """A delegation as typed; `rights`: names of rights, none for the whole role."""

    account_id: int
    since: date
    until: date
    document: str
    dated: date
    reason: str
    rights: tuple[str, ...] = ()


def delegate(actor: Identity, given: Given) -> Delegation:
    """Let a colleague act for oneself from a day until a day, by a document. Raises `Refused`."""
    place = _must(actor, Right.DELEGATE)
    _check(actor, place, given)
    delegation = Delegation(
        tenant_id=place.tenant_id,
        unit_id=place.unit_id,
        giver_id=actor.account_id,
        role=place.role,
        rights=sorted(given.rights),
        document=given.document,
        dated=given.dated,
        reason=given.reason,
        created_at=signin.now(),
    )
    db.session.add(delegation)
    db.session.flush()
    persons.place_person(
        given.account_id,
        place.role,
        place.tenant_id,
        unit_id=place.unit_id,
        since=given.since,
        until=given.until,
        delegation_id=delegation.id,
    )
    account = db.session.get(Account, given.account_id)
    assert account is not None
    what = what_of(delegation)
    days = f"từ {given.since:%d/%m/%Y} đến {given.until:%d/%m/%Y}"
    sentence = (
        f"đã ủy quyền cho {account.full_name} {what}, {days}, theo văn bản {given.document}: {given.reason}"
    )
    _note(actor, place, "delegation.give", f"{sentence.rstrip('.')}.", given.account_id)
    told = f"{actor.full_name} ủy quyền cho anh/chị {what}, {days}. Muốn làm việc theo ủy quyền: đổi nơi làm việc."
    tell_person(place.tenant_id, given.account_id, told, "/noi-lam-viec")
    return delegation


def what_of(delegation: Delegation) -> str:
    """Return what a delegation gives, in words."""
    role = role_words(delegation.role, delegation.tenant_id)
    if not delegation.rights:
        return f"toàn bộ việc của vai trò {role}"
    named = [Right[name].value.words for name in delegation.rights if name in Right.__members__]
    return f"một phần vai trò {role} ({'; '.join(named)})"


def _check(actor: Identity, place: Place, given: Given) -> None:
    today = signin.today()
    own = queries.own_membership(actor)
    if given.account_id not in {number for number, _ in queries.colleagues(place, actor.account_id)}:
        raise Refused("Xin chọn một người đang làm việc ở cùng nơi.", 422)
    if given.since < today:
        raise Refused("Ngày bắt đầu không sớm hơn hôm nay.", 422)
    if given.until < given.since:
        raise Refused("Ngày kết thúc không sớm hơn ngày bắt đầu.", 422)
    if given.until - given.since > LONGEST:
        raise Refused("Mỗi lần ủy quyền dài nhất một năm.", 422)
    if own is None or (own.until is not None and given.until > own.until):
        raise Refused("Không ủy quyền quá ngày vai trò của chính mình kết thúc.", 422)
    if given.dated > given.since:
        raise Refused("Văn bản ủy quyền có ngày sau ngày bắt đầu; xin kiểm tra lại.", 422)
    if not set(given.rights) <= {right.name for right in delegable(place.role)}:
        raise Refused("Có việc không thuộc vai trò của anh/chị. Xin chọn lại.", 422)
    for delegation, membership, _, _ in queries.delegations(place):
        running = not membership.is_over(given.since)
        same = membership.account_id == given.account_id and delegation.giver_id == actor.account_id
        if same and running and membership.since <= given.until:
            raise Refused(
                "Người này đang được anh/chị ủy quyền trong thời gian đó. Xin kết thúc lần trước đã."
            )


def end_delegation(actor: Identity, delegation: Delegation, membership: Membership) -> None:
    """End a delegation at once: the giver, or who keeps the district's accounts. Raises `Refused`."""
    place = _must(actor, Right.SEE_DELEGATIONS)
    concerned = actor.account_id == delegation.giver_id
    if not concerned and refusal(actor, Right.MANAGE_ACCOUNTS):
        raise Refused("Chỉ người ủy quyền hoặc người quản trị kết thúc được ủy quyền này.", 403)
    if membership.is_over(signin.today()):
        raise Refused("Ủy quyền này đã kết thúc.")
    account = db.session.get(Account, membership.account_id)
    assert account is not None
    persons.end_membership(membership, signin.today())
    db.session.flush()
    sentence = f"đã kết thúc ủy quyền cho {account.full_name} {what_of(delegation)}."
    _note(actor, place, "delegation.end", sentence, account.id)
    told = f"Ủy quyền {what_of(delegation)} của anh/chị đã kết thúc."
    tell_person(place.tenant_id, account.id, told, "/noi-lam-viec")


def _note(actor: Identity, place: Place, act: str, sentence: str, account_id: int) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=place.tenant_id,
        unit_id=place.unit_id,
        detail={"account_id": account_id},
        inner=place.unit_id is None,
    )


def look(actor: Identity, account: Account, seen: Membership, place_name: str, reason: str) -> datetime:
    """Look at the pages of somebody for a quarter of an hour; the place's record and the person are told first.

    Returns until when. Raises `Refused`.
    """
    place = Place(seen.id, seen.tenant_id, place_name, Role(seen.role), seen.unit_id)
    sentence = may_look(actor, place)
    if sentence:
        raise Refused(sentence, 403)
    if not reason:
        raise Refused("Xin ghi lý do; lý do được lưu vào nhật ký và báo cho người đó.", 422)
    account_id, name, role = account.id, account.full_name, role_words(seen.role, seen.tenant_id)
    membership_id, unit_id = seen.id, seen.unit_id
    with acting_in(actor.scope(writes=True)):
        record(
            actor,
            "person.look",
            f"đã xem cổng như {name} ({role}) thấy, chỉ xem, trong 15 phút: {reason.rstrip('.')}.",
            tenant_id=place.tenant_id,
            unit_id=unit_id,
            detail={"account_id": account_id},
            inner=True,
        )
        told = (
            f"{actor.full_name} đã xem cổng như anh/chị thấy (chỉ xem, nhiều nhất 15 phút). Lý do: {reason}"
        )
        tell_person(place.tenant_id, account_id, told)
    with acting_in(Scope(ScopeKind.SIGNIN)):
        return standing.look(actor.token, membership_id)
