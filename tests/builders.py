"""Plain builders that drive the real operations, so that no test meets an impossible row.

`World` holds the deployment of one test: it opens districts, adds units and people, and takes a dossier
as far through its year as a test needs. People act in their real scopes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask import g
from sqlalchemy import select, update

from portal import clock
from portal.accounts.operations import NewPerson
from portal.catalogue.models import CatalogueIndicator, CriteriaVersion, Threshold
from portal.demo.team import hold_meeting
from portal.dossiers import operations as dossiers
from portal.dossiers.models import Dossier, TeamMember
from portal.dossiers.queries import Sheet, dossier_of, open_sheet
from portal.dossiers.rules import RATIO_WHOLE, Indicator, as_ratio
from portal.team import staff
from portal.units.models import Unit
from portal.words import ZONE, fold, sort_key
from tenants import operations, signin
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.people import GUEST_ROLES, Account, Membership, Role
from tenants.places import Tenant, TenantKind
from tenants.scope import Scope, ScopeKind, acting_in

STEWARD = Scope(ScopeKind.STEWARD)
PASSWORD = "con ngựa pin đúng chỗ 7"
SINCE = date(2024, 1, 1)


@dataclass(frozen=True)
class Person:
    """Somebody who can act: the identity for operations, the login for pages."""

    identity: Identity
    login: str

    @property
    def place(self) -> Place:
        """The place acted in."""
        assert self.identity.place is not None
        return self.identity.place


@cache
def _hash_of_password() -> str:
    """Return the hash of everybody's password, made once: hashing is meant to be slow."""
    return signin.hash_password(PASSWORD)


class World:
    """The deployment of one test."""

    def __init__(self, app: GuardedFlask) -> None:
        self.app = app
        self.names = self.province_id = 0
        self._hash = _hash_of_password()

    def begin(self) -> int:
        """Make it a demonstration, at 10:00 on 10/01/2027; returns the tenant id of the province."""
        with acting_in(STEWARD):
            clock.put_setting(clock.DEMO, "yes")
            province = select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)
            self.province_id = db.session.scalars(province).one()
        self.set_clock(2027, 1, 10, 10, 0)
        return self.province_id

    def set_clock(self, *moment: int) -> None:
        """Make it this moment in Vietnam: year, month, day, hour, minute, second."""
        with acting_in(STEWARD):
            g.pop("settings", None)
            clock.set_demo_clock(datetime(*moment, tzinfo=ZONE))  # type: ignore[misc,arg-type]
        g.pop("settings", None)

    def leave_demo(self) -> None:
        """Make this a real installation: no demo clock, no illustrative numbers."""
        with acting_in(STEWARD):
            clock.put_setting(clock.DEMO, "no")
        g.pop("settings", None)

    @contextmanager
    def acting(self, person: Person, *, writes: bool = True) -> Iterator[Identity]:
        """Act as a person, in the scope of the person's place; commits at the end."""
        g.pop("settings", None)
        with acting_in(person.place.scope(person.identity.account_id, writes=writes)):
            yield person.identity

    def a_district(self, name: str = "Huyện An Lão", code: str = "") -> int:
        """Open a district; returns its tenant id."""
        self.names += 1
        with acting_in(STEWARD):
            tenant = operations.open_tenant(
                kind=TenantKind.RURAL_DISTRICT,
                code=code or f"T{self.names}",
                name=name,
                name_sort=sort_key(name),
                committee=f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}",
                office="Phòng Giáo dục và Đào tạo",
                seat=name.removeprefix("Huyện ").removeprefix("Quận "),
                valid_from=SINCE,
            )
            return tenant.id

    def a_unit(
        self,
        tenant_id: int,
        name: str = "Trường Tiểu học Mỹ Đức",
        kind: str = "primary",
        *,
        public: bool = True,
        sensitive: bool = False,
        head_name: str = "Thủ trưởng đơn vị",
        opened_on: date = SINCE,
    ) -> int:
        """Add a unit to a district's registry; returns its id."""
        self.names += 1
        with acting_in(STEWARD):
            unit = Unit(
                tenant_id=tenant_id,
                code=f"DV{self.names:04d}",
                name=name,
                name_sort=sort_key(name),
                name_folded=fold(name),
                kind=kind,
                public=public,
                sensitive=sensitive,
                head_name=head_name,
                head_title="Hiệu trưởng",
                commune="Xã Mỹ Đức",
                opened_on=opened_on,
            )
            db.session.add(unit)
            db.session.flush()
            return unit.id

    def a_person(self, role: Role, tenant_id: int, unit_id: int | None = None, *, name: str = "") -> Person:
        """Create an account with a password and one membership; a guest's is for ten days from today."""
        self.names += 1
        login = f"{re.sub('[^a-z]', '-', role.value)}.{self.names}"
        with acting_in(STEWARD):
            account_id = operations.new_account(login, name or f"{role.value} {self.names}")
            since, until = SINCE, None
            if role in GUEST_ROLES:
                since, until = signin.today(), signin.today() + timedelta(days=9)
            member = operations.place_person(
                account_id, role, tenant_id, unit_id=unit_id, since=since, until=until
            )
            tenant = db.session.get_one(Tenant, tenant_id)
            place = Place(member.id, tenant_id, tenant.name, role, unit_id, tier=tenant.tier)
            full_name = db.session.get(Account, account_id).full_name  # type: ignore[union-attr]
        self._give_password(account_id)
        return Person(Identity(account_id, login, full_name, (place,), place, token="", totp=False), login)

    def another_place(self, person: Person, role: Role, tenant_id: int, unit_id: int | None = None) -> int:
        """Give a person a further membership; returns its id."""
        with acting_in(STEWARD):
            member = operations.place_person(
                person.identity.account_id, role, tenant_id, unit_id=unit_id, since=SINCE
            )
            return member.id

    def _give_password(self, account_id: int) -> None:
        from tenants.people import Credential

        with acting_in(Scope(ScopeKind.SIGNIN)):
            db.session.add(
                Credential(account_id=account_id, password_hash=self._hash, password_set_at=signin.now())
            )

    def province_person(self, role: Role = Role.PROVINCE_ADMIN) -> Person:
        """Create somebody of the Department."""
        return self.a_person(role, self.province_id)

    def confirm_thresholds(self, key: str = "tt24-2023") -> None:
        """Leave every suggestion of a version confirmed as an illustrative number.

        Confirming one by one is tested with the catalogue; here it is the ground other tests stand on.
        """
        with acting_in(STEWARD):
            version_id = db.session.scalar(select(CriteriaVersion.id).where(CriteriaVersion.key == key))
            of_version = select(CatalogueIndicator.id).where(CatalogueIndicator.version_id == version_id)
            db.session.execute(
                update(Threshold)
                .where(Threshold.indicator_id.in_(of_version), Threshold.value.is_(None))
                .where(Threshold.suggestion.is_not(None))
                .values(
                    value=Threshold.suggestion,
                    confirmed_at=clock.now(),
                    confirmed_by="Quản trị tỉnh",
                    confirmed_document="Số liệu minh họa, chưa đối chiếu với văn bản gốc",
                    illustrative=True,
                )
            )

    def sign_in(self, client: Any, person: Person) -> Any:
        """Sign a test client in without the form; returns the client."""
        with acting_in(Scope(ScopeKind.SIGNIN)):
            token = signin.open_session(person.identity.account_id, "127.0.0.1", "test")
        # A test's requests share one application context, in which the last person and the last token are remembered.
        g.pop("_login_user", None)
        g.pop("csrf_token", None)
        with client.session_transaction() as session:
            session.clear()
            session["_user_id"] = token
            session["_fresh"] = True
        return client

    def a_dossier(
        self,
        tenant_id: int,
        unit_id: int,
        state: str = "draft",
        *,
        year: int = 2026,
        level: int = 1,
        members: int = 37,
        part: int | None = None,
    ) -> int:
        """Start a unit's dossier and take it to `draft`, `filled`, `signed` or `submitted`; returns its id.

        Every share is answered with `part` of `members` (default: all of them), the rest with the best answer.
        """
        head = self.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
        with self.acting(head) as actor:
            unit = db.session.get(Unit, (tenant_id, unit_id))
            assert unit is not None
            dossier = dossiers.start_dossier(actor, unit, year)
            if state != "draft":
                fill(actor, dossier, level=level, members=members, part=part)
            if state in ("signed", "submitted"):
                dossiers.sign(actor, dossier)
            if state == "submitted":
                dossiers.submit(actor, dossier)
            return dossier.id

    def a_guest(
        self, host: Person, dossier_id: int, indicators: list[int], guest: NewPerson, days: int = 14
    ) -> Person:
        """Let somebody from outside in to indicators of a dossier, with a password."""
        place = host.place
        with self.acting(host) as actor:
            dossier = self.dossier(place.tenant_id, dossier_id)
            made = staff.invite(actor, dossier, guest, indicators, days)
            number = db.session.scalar(select(Membership.id).where(Membership.account_id == made.account_id))
        assert number is not None
        self._give_password(made.account_id)
        own = Place(number, place.tenant_id, place.tenant_name, Role.UNIT_CONTRIBUTOR, place.unit_id)
        identity = Identity(made.account_id, made.login, made.full_name, (own,), own, token="", totp=False)
        return Person(identity, made.login)

    def dossier(self, tenant_id: int, dossier_id: int) -> Dossier:
        """Return a dossier as it stands in the database (call inside a scope)."""
        found = dossier_of(tenant_id, dossier_id)
        assert found is not None
        return found


def fill(
    actor: Identity, dossier: Dossier, *, level: int = 1, members: int = 37, part: int | None = None
) -> None:
    """Answer every indicator of a dossier in its favour, name a team, ask for a level, close the minutes.

    Each verb reads the whole dossier. The last answer is given by its verb, which restates everything, and the
    last member is added by its verb; what comes before them is written as the verbs write it.
    """
    sheet, now = open_sheet(dossier), clock.now()
    counts: dict[str, int | None] = {
        code: {"members": members, "learners": 412, "language_posts": 3}[code] for code in sheet.headcounts
    }
    if dossier.ratio_only:
        part = None if part is None else as_ratio(min(part, members), members)
        counts = dict.fromkeys(sheet.headcounts, RATIO_WHOLE)
    for code, row in sheet.headcounts.items():
        row.value, row.changed_by = counts[code], actor.full_name
    *others, last = sheet.indicators
    for indicator in others:
        given, answer = _best(sheet, indicator, counts, part), sheet.answers[indicator.id]
        answer.yes, answer.part, answer.grade = given.yes, given.part, given.grade
        answer.explanation = given.explanation
        answer.changed_at, answer.changed_by = now, actor.full_name
    dossier.team_number, dossier.team_date = "12/QĐ-THMĐ", date(2026, 12, 15)
    dossier.requested_level = level
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    chair = TeamMember(**key, full_name="Tổ trưởng Tổ đánh giá", title="Phó hiệu trưởng", duty="chair")
    db.session.add(chair)
    dossiers.save_answer(actor, dossier, last.id, _best(sheet, last, counts, part))
    dossiers.add_team_member(actor, dossier, "Thành viên Tổ đánh giá", "Giáo viên", "member")
    if dossier.channel == "portal":
        hold_meeting(actor, dossier)


def _best(
    sheet: Sheet, indicator: Indicator, counts: dict[str, int | None], part: int | None
) -> dossiers.Given:
    whole = counts.get(indicator.base or "") or 0
    return dossiers.Given(
        yes=True if indicator.kind == "yes_no" else None,
        part=(min(part, whole) if part is not None else whole) if indicator.kind == "share" else None,
        grade=len(indicator.grades) if indicator.kind == "graded" else None,
        explanation="Đã thực hiện đầy đủ trong năm, hồ sơ lưu tại đơn vị.",
        version=sheet.answers[indicator.id].version,
    )


__all__ = ["PASSWORD", "Membership", "Person", "World", "fill"]
