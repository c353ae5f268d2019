"""What is past its day is gone and what is not stays; a person's data go on request and the trail does not change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.retention import operations
from portal.trail.models import TrailEntry
from tenants import signin
from tenants.database import db
from tenants.people import Account, Credential, Membership, OneTimeLink, Role, SigninSession
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import STEWARD, Person, World


def test_only_what_is_past_its_time_goes(world: World, client: Any) -> None:
    """A session of yesterday and a link of two months ago are deleted; today's stay; the page tells."""
    admin = world.province_person()
    browser = world.sign_in(client, admin)
    with acting_in(Scope(ScopeKind.SIGNIN)):
        signin.open_session(admin.identity.account_id, "127.0.0.1", "kept")
        old = signin.open_session(admin.identity.account_id, "127.0.0.1", "old")
    with acting_in(STEWARD):
        signin.new_link(admin.identity.account_id, None)
        db.session.execute(
            update(SigninSession)
            .where(SigninSession.token_sha256 == signin.digest(old))
            .values(last_seen_at=signin.now() - timedelta(days=1))
        )
        ages = db.session.scalars(select(OneTimeLink.token_sha256)).all()
        db.session.execute(
            update(OneTimeLink)
            .where(OneTimeLink.token_sha256 == ages[0])
            .values(expires_at=signin.now() - timedelta(days=60))
        )
    assert operations.clear_signin() == 2
    assert operations.clear_signin() == 0
    with acting_in(STEWARD):
        assert sorted(db.session.scalars(select(SigninSession.agent))) == ["kept", "test"]
        operations.note_erased({"phiên và liên kết hết hạn đã xóa": 2})
    page = browser.get("/tinh/van-hanh").get_data(as_text=True)
    assert "2 phiên và liên kết hết hạn đã xóa." in page
    assert "90 ngày kể từ khi đọc" in page
    assert "Chưa xác nhận thời hạn theo pháp luật lưu trữ" in page


def _left(world: World, role: Role, tenant_id: int, unit_id: int | None = None) -> Person:
    person = world.a_person(role, tenant_id, unit_id)
    with acting_in(STEWARD):
        db.session.execute(
            update(Membership)
            .where(Membership.account_id == person.identity.account_id)
            .values(ended_at=signin.now(), until=signin.today())
        )
    return person


def test_a_person_is_forgotten_and_acts_are_not(world: World) -> None:
    """Who did nothing is gone; who acted is a number without a name, with the trail as it was; who works stays."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    dossier_id = world.a_dossier(tenant_id, unit_id, "signed")
    idle = _left(world, Role.DISTRICT_OFFICER, tenant_id)
    working = world.a_person(Role.DISTRICT_OFFICER, tenant_id)
    with acting_in(STEWARD):
        trail = [(row.id, row.actor, row.sentence) for row in db.session.scalars(select(TrailEntry))]
        signer = db.session.scalars(
            select(TrailEntry.account_id).where(TrailEntry.dossier_id == dossier_id).limit(1)
        ).one()
        login = db.session.get_one(Account, signer).login
    for who, sentence in (
        (working.login, "còn vai trò"),
        (login, "còn vai trò"),
        ("khong.co", "Không có tên"),
    ):
        with pytest.raises(Refused, match=sentence), acting_in(STEWARD):
            operations.erase_person(who, "Theo đơn")
    with acting_in(STEWARD):
        assert operations.erase_person(idle.login, "Theo đơn")
        assert db.session.get(Account, idle.identity.account_id) is None
        number = db.session.scalars(select(Membership).where(Membership.account_id == signer)).one()
        number.ended_at, number.until = signin.now(), signin.today()
        db.session.flush()
        assert not operations.erase_person(login, "Theo đơn")
    with acting_in(STEWARD):
        left = db.session.get_one(Account, signer)
        assert (left.login, left.full_name, left.email, left.phone) == (
            f"da-xoa-{signer}",
            operations.ERASED_NAME,
            "",
            "",
        )
        assert left.disabled_at is not None
        assert db.session.get(Credential, signer) is None
        now = [(row.id, row.actor, row.sentence) for row in db.session.scalars(select(TrailEntry))]
        assert set(trail) <= set(now)
        assert [sentence for _, _, sentence in now if "theo yêu cầu: Theo đơn" in sentence]
