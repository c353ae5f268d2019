"""Whose account is it: what a district may do to persons, by operation and by wall."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from tenants import operations, signin
from tenants.database import db
from tenants.people import Account, Membership, Role
from tenants.refusal import Refused
from tests.beds import made_once
from tests.builders import Person, World


@pytest.fixture
@made_once
def admin(world: World) -> Person:
    """The administrator of a district."""
    return world.a_person(Role.DISTRICT_ADMIN, world.a_district())


@pytest.mark.parametrize("where", ["district", "province"])
def test_a_person_who_serves_elsewhere_too_belongs_to_nobody_alone(
    world: World, admin: Person, where: str
) -> None:
    """No link, no shutting; the wall refuses what the operation would."""
    here = admin.place.tenant_id
    person = world.a_person(Role.DISTRICT_OFFICER, here)
    if where == "district":
        world.another_place(person, Role.DISTRICT_COUNCIL, world.a_district("Huyện Kiến Thụy"))
    else:
        world.another_place(person, Role.PROVINCE_VIEWER, world.province_id)
    number = person.identity.account_id
    with world.acting(admin):
        assert not operations.placed_only_here(number)
        with pytest.raises(Refused, match="còn vai trò ở một nơi khác"):
            operations.disable_account(number)
    with pytest.raises(ProgrammingError, match="row-level security"), world.acting(admin):
        signin.new_link(number, admin.identity.account_id)


@pytest.mark.parametrize("ended", ["by_day", "at_once"])
def test_a_role_elsewhere_that_is_over_does_not_count(world: World, admin: Person, ended: str) -> None:
    """Who left the other district is wholly here again."""
    there = world.a_district("Huyện Kiến Thụy")
    person = world.a_person(Role.DISTRICT_OFFICER, admin.place.tenant_id)
    world.another_place(person, Role.DISTRICT_COUNCIL, there)
    other = world.a_person(Role.DISTRICT_ADMIN, there)
    with world.acting(other):
        role = db.session.scalars(
            select(Membership).where(
                Membership.tenant_id == there, Membership.account_id == person.identity.account_id
            )
        ).one()
        if ended == "at_once":
            operations.end_membership(role, signin.today())
        else:
            role.until = signin.today() - timedelta(days=2)
    with world.acting(admin):
        assert operations.placed_only_here(person.identity.account_id)
        operations.disable_account(person.identity.account_id)


def test_a_stranger_is_out_of_sight_and_reach(world: World, admin: Person) -> None:
    """A person of another district cannot be seen, shut, placed or given a link."""
    stranger = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy"))
    number = stranger.identity.account_id
    with world.acting(admin):
        assert db.session.get(Account, number) is None
        with pytest.raises(Refused):
            operations.disable_account(number)
    with pytest.raises(ProgrammingError, match="row-level security"), world.acting(admin):
        operations.place_person(number, Role.DISTRICT_OFFICER, admin.place.tenant_id, since=signin.today())
    with pytest.raises(ProgrammingError, match="row-level security"), world.acting(admin):
        signin.new_link(number, admin.identity.account_id)


def test_a_link_names_who_made_it(world: World, admin: Person) -> None:
    """Nobody makes a link in another's name."""
    person = world.a_person(Role.DISTRICT_OFFICER, admin.place.tenant_id)
    with pytest.raises(ProgrammingError, match="row-level security"), world.acting(admin):
        signin.new_link(person.identity.account_id, person.identity.account_id)


def test_a_district_makes_nobody_provincial(world: World, admin: Person) -> None:
    """The wall refuses provincial roles and other districts."""
    person = world.a_person(Role.DISTRICT_OFFICER, admin.place.tenant_id)
    number = person.identity.account_id
    for role, tenant in (
        (Role.PROVINCE_ADMIN, world.province_id),
        (Role.PROVINCE_ADMIN, admin.place.tenant_id),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), world.acting(admin):
            operations.place_person(number, role, tenant, since=signin.today())


def test_login_and_role_of_an_account_stay(world: World, admin: Person) -> None:
    """A district may end a role, never turn it into another, nor rename a login."""
    person = world.a_person(Role.DISTRICT_OFFICER, admin.place.tenant_id)
    for statement in (
        update(Membership)
        .where(Membership.account_id == person.identity.account_id)
        .values(role="district_admin"),
        update(Account).where(Account.id == person.identity.account_id).values(login="ten.khac"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), world.acting(admin):
            db.session.execute(statement)


@pytest.mark.parametrize(
    "login", ["", "ab", "có.dấu", "a b c", "-abc", "a" * 61, "abc\x00", "abc'--", "../etc", "ABC def"]
)
def test_malformed_login_names(world: World, admin: Person, login: str) -> None:
    """Only names that everybody can type."""
    with world.acting(admin), pytest.raises(Refused, match="chưa đúng"):
        operations.new_account(login, "Người mới")


def test_a_taken_login_name_is_refused_and_nothing_breaks(world: World, admin: Person) -> None:
    """Even where another district has it; the work goes on in the same transaction."""
    taken = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy")).login
    with world.acting(admin):
        with pytest.raises(operations.LoginTaken, match="đã có người dùng"):
            operations.new_account(taken.upper(), "Người mới")
        assert operations.new_account("ten.khac.han", "Người mới") > 0
