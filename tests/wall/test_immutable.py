"""What stands is never changed by SQL, and a unit sees of its own district only what is its own and decided.

Runs on a district's year made by the real operations. Who may move a dossier where is asked of the step
table for every state, role and target.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text, update

from portal.catalogue.models import CriteriaVersion
from portal.catalogue.operations import publish
from portal.dossiers.models import State
from portal.dossiers.steps import STEPS
from tenants.database import db
from tenants.people import DISTRICT_ROLES, UNIT_ROLES, Role
from tenants.scope import Scope, ScopeKind, enter
from tests.beds import bed_of
from tests.builders import STEWARD
from tests.canaries import Year
from tests.victims import MAPPERS
from tests.wall.test_tables import DENIED, counted, raw, refused, tried

FIXED = {DENIED, "PT409"}
CONTENT = ("answer", "headcount", "team_member", "team_minutes", "evidence_link")
# Only what the unit may still say of itself is free of a signed dossier: nothing.
CLOSED = [state for state in State if state not in (State.DRAFT, State.SUPPLEMENT_REQUESTED)]


def unit_scope(year: Year, state: State) -> Scope:
    """The scope of the unit whose dossier stands in a state."""
    return Scope(ScopeKind.UNIT, year.tenant_id, year.units[state], year.heads[state].identity.account_id)


def district_scope(year: Year) -> Scope:
    """The scope of the victim district."""
    officer = year.people[Role.DISTRICT_OFFICER]
    return Scope(ScopeKind.DISTRICT, year.tenant_id, 0, officer.identity.account_id)


def both(year: Year, state: State) -> list[Scope]:
    """Who could want to change a dossier: its unit and its district."""
    return [unit_scope(year, state), district_scope(year)]


def row_of(year: Year, name: str, state: State) -> tuple[Any, list[Any]]:
    """A table and the condition that finds the rows of the dossier in a state."""
    table = MAPPERS[name].local_table
    return table, [table.c.tenant_id == year.tenant_id, table.c.dossier_id == year.dossiers[state]]


def changed(column: Any) -> dict[str, Any]:
    """A value for a column that differs from whatever stands there."""
    kind = str(column.type)
    if kind.startswith(("VARCHAR", "TEXT")):
        return {column.name: text(f"'?' || substr({column.name}, 2)")}
    if kind in ("INTEGER", "BIGINT", "SMALLINT"):
        return {column.name: text(f"coalesce({column.name}, 0) + 1")}
    if kind == "BOOLEAN":
        return {column.name: text(f"not coalesce({column.name}, false)")}
    if kind == "JSONB":
        return {column.name: text("'{\"changed\": true}'\\:\\:jsonb".replace("\\:", ":"))}
    return {column.name: text(f"coalesce({column.name}, now()) + interval '1 day'")}


@pytest.mark.parametrize("state", CLOSED)
@pytest.mark.parametrize("name", CONTENT)
def test_signed_content_is_frozen(year: Year, name: str, state: State) -> None:
    """No column of a signed dossier's content changes, no row comes or goes, from the unit or the district."""
    table, condition = row_of(year, name, state)
    for scope in both(year, state):
        enter(scope)
        for column in table.c:
            refused(
                lambda column=column: counted(update(table).where(*condition).values(changed(column))), FIXED
            )  # type: ignore[misc]
        refused(lambda: counted(table.delete().where(*condition)), FIXED)
        columns = ", ".join(c.name for c in table.c if c.identity is None)
        copy = f"insert into {name} ({columns}) select {columns} from {name} where dossier_id = {year.dossiers[state]}"
        refused(lambda copy=copy: raw(f"with n as ({copy} returning 1) select count(*) from n"), FIXED)  # type: ignore[misc]


def test_only_the_points_asked_for_are_open(year: Year) -> None:
    """While a supplement is asked for, the unit writes at its point and nowhere else; the district nowhere."""
    state = State.SUPPLEMENT_REQUESTED
    table, condition = row_of(year, "answer", state)
    enter(STEWARD)
    asked = db.session.scalar(
        text("select indicator_id from supplement_point where dossier_id = :d").bindparams(
            d=year.dossiers[state]
        )
    )
    enter(unit_scope(year, state))
    mine = update(table).where(*condition, table.c.indicator_id == asked).values(explanation="rõ hơn")
    assert tried(lambda: counted(mine)) == (1, "")
    other = update(table).where(*condition, table.c.indicator_id != asked).values(explanation="rõ hơn")
    refused(lambda: counted(other), FIXED)
    refused(lambda: counted(update(table).where(*condition).values(indicator_id=asked)), FIXED)
    enter(district_scope(year))
    refused(lambda: counted(mine), FIXED)


def test_the_district_writes_no_draft_of_a_unit(year: Year) -> None:
    """A dossier the unit keeps on the portal is the unit's to write, even while it is a draft."""
    table, condition = row_of(year, "answer", State.DRAFT)
    statement = update(table).where(*condition).values(explanation="sửa giúp")
    enter(district_scope(year))
    refused(lambda: counted(statement), FIXED)
    refused(lambda: raw(f"update dossier set plan = 'x' where id = {year.dossiers[State.DRAFT]}"), FIXED)
    enter(unit_scope(year, State.DRAFT))
    met, state = tried(lambda: counted(statement))
    assert met, state


WRITERS = (("unit", UNIT_ROLES), ("district", DISTRICT_ROLES))


@pytest.mark.parametrize("came", State)
@pytest.mark.parametrize("who", ["unit", "district"])
def test_a_state_changes_only_along_the_steps(year: Year, came: State, who: str) -> None:
    """Every state × every target × unit and district by SQL: the trigger lets through what the table lists."""
    people = dict(WRITERS)[who]
    listed = {step.to for step in STEPS if came in step.came and step.right.value.roles & people}
    enter(unit_scope(year, came) if who == "unit" else district_scope(year))
    for target in State:
        if target is came:
            continue
        jump = f"update dossier set state = '{target}' where id = {year.dossiers[came]}"
        met, state = tried(lambda jump=jump: raw(jump))  # type: ignore[misc]
        if target in listed:
            assert state in {"", "23514"}, f"{came} → {target}: {state}"  # a CHECK may ask for who and when
        else:
            assert met is None, f"{who} moved {came} to {target}"
            assert state == "PT409", state


@pytest.mark.parametrize("state", State)
def test_a_dossier_keeps_what_is_not_ones_own(year: Year, state: State) -> None:
    """Each column of the dossier itself: what the other wrote, what was signed and what was decided stays."""
    table = MAPPERS["dossier"].local_table
    condition = [table.c.tenant_id == year.tenant_id, table.c.id == year.dossiers[state]]
    belongs = {
        "tenant_id",
        "unit_id",
        "id",
        "year",
        "version_id",
        "channel",
        "channel_code",
        "created_at",
        "created_by",
    }
    signed = {
        "requested_level", "self_level", "team_number", "team_date", "strengths", "weaknesses", "plan",
        "letter_number", "letter_date", "signed_at", "signed_by", "content_hash", "frozen",
    }  # fmt: skip
    filed = {"submitted_at", "submitted_by", "receipt_number", "late"}
    district = {
        "late_reason", "accepted_at", "accepted_by", "appraised_level", "proposed_level", "appraised_at",
        "appraised_by", "proposal_note", "decided_level", "decided_at",
    }  # fmt: skip
    ended = state in (State.DECIDED, State.WITHDRAWN, State.REFUSED_LATE, State.CLOSED_UNREACHED)
    for scope in both(year, state):
        enter(scope)
        fixed = set(belongs)
        if state not in (State.DRAFT, State.SUPPLEMENT_REQUESTED) or scope.kind is ScopeKind.DISTRICT:
            fixed |= signed
        if state not in (State.DRAFT, State.SIGNED) or scope.kind is ScopeKind.DISTRICT:
            fixed |= filed
        if scope.kind is ScopeKind.UNIT:
            fixed |= district
        if ended:
            fixed |= district | {"closed_reason"}
        for name in sorted(fixed):
            statement = update(table).where(*condition).values(changed(table.c[name]))
            met, code = tried(lambda statement=statement: counted(statement))  # type: ignore[misc]
            assert met is None, f"{scope.kind}: {name} of a dossier in {state} changed"
            assert code in FIXED | {"23514"}, f"{name}: {code}"


@pytest.mark.parametrize(
    "smuggled",
    [
        (
            "state = 'decided', decided_level = 2, submitted_at = now(), signed_at = now(), content_hash = 'x',"
            " accepted_at = now(), appraised_at = now(), proposed_level = 2"
        ),
        "accepted_at = now()",
        "proposed_level = 2",
        "channel = 'paper'",
    ],
)
def test_a_dossier_begins_as_a_draft(year: Year, smuggled: str) -> None:
    """A unit cannot begin a dossier that already stands where it wants it."""
    enter(unit_scope(year, State.WITHDRAWN))
    names = [part.split("=")[0].strip() for part in smuggled.split(",")]
    values = [part.split("=")[1].strip() for part in smuggled.split(",")]
    table = MAPPERS["dossier"].local_table
    fixed = {"state": "'draft'", "channel": "'portal'", **dict(zip(names, values, strict=True))}
    kept = [c.name for c in table.c if c.name not in fixed and c.identity is None and not c.nullable]
    columns = ", ".join([*kept, *fixed])
    source = ", ".join([*kept, *fixed.values()])
    where = f"from dossier where id = {year.dossiers[State.WITHDRAWN]}"
    refused(lambda: raw(f"insert into dossier ({columns}) select {source} {where}"), FIXED)


def test_evidence_of_a_signed_dossier_is_frozen(year: Year) -> None:
    """What a signature covers of a file stays: its content, its name, its number, that it is there.

    Its kind and how long it holds are said for the years that follow, and no paper prints them.
    """
    table = MAPPERS["evidence"].local_table
    covered = [c for c in table.c if c.name not in ("kind", "valid_from", "valid_until", "version")]
    for state in (State.SIGNED, State.SUBMITTED, State.ACCEPTED, State.DECIDED):
        for scope in both(year, state):
            enter(scope)
            condition = [table.c.tenant_id == year.tenant_id, table.c.unit_id == year.units[state]]
            for column in covered:
                statement = update(table).where(*condition).values(changed(column))
                refused(lambda statement=statement: counted(statement), FIXED)  # type: ignore[misc]
            refused(lambda condition=condition: counted(table.delete().where(*condition)), FIXED)  # type: ignore[misc]


def test_an_issued_decision_is_frozen(year: Year) -> None:
    """No column and no line of it changes, no line comes, goes or moves; the draft beside it stays free."""
    decision, line = MAPPERS["decision"].local_table, MAPPERS["decision_line"].local_table
    enter(district_scope(year))
    for column in decision.c:
        statement = update(decision).where(decision.c.id == year.decision).values(changed(column))
        refused(lambda statement=statement: counted(statement), FIXED)  # type: ignore[misc]
    for column in line.c:
        statement = update(line).where(line.c.decision_id == year.decision).values(changed(column))
        met, state = tried(lambda statement=statement: counted(statement))  # type: ignore[misc]
        assert met is None, column.name
        assert state in FIXED, f"{column.name}: {state}"
    refused(lambda: counted(line.delete().where(line.c.decision_id == year.decision)), FIXED)
    refused(lambda: counted(decision.delete().where(decision.c.id == year.decision)), FIXED)
    into = update(line).where(line.c.decision_id == year.draft).values(decision_id=year.decision)
    out = update(line).where(line.c.decision_id == year.decision).values(decision_id=year.draft)
    refused(lambda: counted(into), FIXED)
    refused(lambda: counted(out), FIXED)
    refused(
        lambda: raw(
            "insert into decision (tenant_id, year, state, number, dated, issuer, signer, signer_title, legal_bases,"
            " created_at, created_by, issued_at, issued_by, version) select tenant_id, year, 'issued', '99/QĐ', dated,"
            f" issuer, signer, signer_title, legal_bases, now(), '', now(), '', 1 from decision where id = {year.decision}"
        ),
        FIXED,
    )
    assert tried(lambda: counted(update(decision).where(decision.c.id == year.draft).values(signer="x"))) == (
        1,
        "",
    )


def test_a_recognition_comes_from_a_decision_alone(year: Year) -> None:
    """A unit gives itself none; a district gives none without the line of an issued decision, takes and alters none."""
    table = MAPPERS["recognition"].local_table
    columns = ", ".join(
        c.name for c in table.c if c.identity is None and c.name not in ("code", "dossier_id", "unit_id")
    )
    values = f"{columns.replace('decision_id', str(year.draft), 1)}"
    forged = (
        f"insert into recognition ({columns}, code, unit_id, dossier_id) select {values}, 'FORGED',"
        f" {year.units[State.APPRAISED]}, {year.dossiers[State.APPRAISED]} from recognition"
        f" where dossier_id = {year.dossiers[State.DECIDED]}; set constraints all immediate"
    )
    enter(unit_scope(year, State.APPRAISED))
    refused(lambda: raw(forged), FIXED)
    enter(district_scope(year))
    refused(lambda: raw(forged), {"PT409"})
    refused(lambda: raw(forged.replace(f" {year.draft},", f" {year.decision},")), {"PT409"})
    taken = (
        "update recognition set state = 'revoked', revoked_on = current_date; set constraints all immediate"
    )
    refused(lambda: raw(taken), {"PT409"})
    for column in table.c:
        if column.name not in ("state", "revoked_on"):
            refused(lambda column=column: counted(update(table).values(changed(column))), FIXED)  # type: ignore[misc]
    refused(lambda: counted(table.delete()), FIXED)


def test_a_sent_report_is_frozen(year: Year) -> None:
    """No column of a sent report changes; none is sent without having been locked."""
    table = MAPPERS["district_report"].local_table
    enter(district_scope(year))
    for column in table.c:
        statement = update(table).where(table.c.id == year.report).values(changed(column))
        refused(lambda statement=statement: counted(statement), FIXED)  # type: ignore[misc]
    refused(lambda: counted(table.delete().where(table.c.id == year.report)), FIXED)
    enter(Scope(ScopeKind.PROVINCE, year.world.province_id, 0, 1))
    refused(lambda: counted(update(table).values(late=True)), FIXED)


def test_findings_stay_as_they_were_decided(year: Year) -> None:
    """Once proposed and decided, the district's findings and corrected figures stay."""
    enter(district_scope(year))
    for name, column in (
        ("finding", "reason"),
        ("headcount_finding", "reason"),
        ("headcount_finding", "value"),
    ):
        for state in (State.APPRAISED, State.DECIDED):
            table, condition = row_of(year, name, state)
            statement = update(table).where(*condition).values(changed(table.c[column]))
            refused(lambda statement=statement: counted(statement), FIXED)  # type: ignore[misc]
            refused(lambda table=table, condition=condition: counted(table.delete().where(*condition)), FIXED)  # type: ignore[misc]


def test_where_a_unit_came_from_is_not_its_place_s_to_say(year: Year) -> None:
    """What reports of other places have told of follows from it; neither a unit here nor a new one gets a past."""
    table = MAPPERS["unit"].local_table
    enter(district_scope(year))
    for name in ("came_through", "origin_tenant_id"):
        statement = update(table).values(changed(table.c[name]))
        refused(lambda statement=statement: counted(statement), FIXED)  # type: ignore[misc]
        copied = {c.name: c for c in table.c if c.name != "id"} | {"code": table.c.code + "-2"}
        copied |= {name: next(iter(changed(table.c[name]).values()))}
        forged = table.insert().from_select(list(copied), select(*copied.values()))
        refused(lambda forged=forged: counted(forged), FIXED)  # type: ignore[misc]
    assert tried(lambda: counted(update(table).values(commune="Xã khác")))[1] == ""


def test_an_answered_request_is_closed(year: Year) -> None:
    """The unit's answer to a supplement request stays as sent; the district writes no answer for it."""
    for state in (State.ACCEPTED, State.DECIDED):
        enter(unit_scope(year, state))
        refused(lambda: raw("update supplement_point set answer = 'khác'"), FIXED)
        refused(lambda: raw("update supplement_request set answered_at = null"), FIXED)
    enter(district_scope(year))
    refused(lambda: raw("update supplement_point set answer = 'khác'"), FIXED)
    refused(lambda: raw("update supplement_point set reason = 'khác'"), FIXED)
    enter(unit_scope(year, State.SUPPLEMENT_REQUESTED))
    refused(lambda: raw("update supplement_point set reason = 'khác'"), FIXED)


TRAIL = ("update trail_entry set sentence = 'khác'", "delete from trail_entry")


@pytest.mark.parametrize("statement", TRAIL)
def test_the_trail_keeps_every_entry(server: Any, year: Year, statement: str) -> None:
    """No scope, not the steward, not the owner and not the superuser changes or removes an entry."""
    province = Scope(ScopeKind.PROVINCE, year.world.province_id, 0, 1)
    for scope in (
        *both(year, State.DECIDED),
        province,
        Scope(ScopeKind.SIGNIN),
        Scope(ScopeKind.PUBLIC),
        STEWARD,
    ):
        enter(scope)
        refused(lambda: raw(statement), FIXED)
    entrance = bed_of(year.world.app).superuser()
    for role in ("portal_owner", "none"):
        with psycopg.connect(**entrance) as connection:
            connection.execute(f"set role {role}".encode())
            with pytest.raises(psycopg.Error, match="append-only"):
                connection.execute(statement.encode())


@pytest.mark.parametrize("scope", ["unit", "district"])
def test_nobody_acts_in_another_s_name(year: Year, scope: str) -> None:
    """The trail takes an entry only of who is signed in."""
    other = year.people[Role.DISTRICT_LEADER].identity.account_id
    enter(unit_scope(year, State.DECIDED) if scope == "unit" else district_scope(year))
    for account in (str(other), "null", "app_account()"):
        entry = (
            "insert into trail_entry (tenant_id, unit_id, act, at, real_at, account_id, actor, role, sentence, detail,"
            f" inner_act, address) values (app_tenant(), {year.units[State.DECIDED]}, 'x', now(), now(), {account}, 'x', '',"
            " 'x', '{}', false, '')"
        )
        met, state = tried(lambda entry=entry: raw(entry))  # type: ignore[misc]
        assert state == ("" if account == "app_account()" else DENIED), f"{account}: {met} {state}"


def test_a_frozen_version_keeps_its_numbers(year: Year) -> None:
    """Once published, no threshold, indicator, criterion or date of freezing of a version changes in any scope."""
    admin = year.world.province_person()
    with year.world.acting(admin) as actor:
        version = db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one()
        publish(actor, version)
        number = version.id
    scopes = (
        admin.place.scope(admin.identity.account_id),
        district_scope(year),
        unit_scope(year, State.DRAFT),
    )
    of_version = {
        "threshold": f"indicator_id in (select id from indicator where version_id = {number})",
        "indicator": f"version_id = {number}",
        "criterion": f"version_id = {number}",
        "criteria_version": f"id = {number}",
    }
    for scope in scopes:
        enter(scope)
        for name, condition in of_version.items():
            for column in MAPPERS[name].local_table.c:
                statement = update(MAPPERS[name].local_table).where(text(condition)).values(changed(column))
                refused(lambda statement=statement: counted(statement), FIXED)  # type: ignore[misc]
            refused(
                lambda name=name, condition=condition: raw(f"delete from {name} where {condition}"), FIXED
            )  # type: ignore[misc]


def test_only_demo_data_has_a_demo_clock(year: Year) -> None:
    """The province cannot declare data a demo, nor move the clock where it is none."""
    forge = "insert into setting (key, value) values ('{}', '{}') on conflict (key) do update set value = excluded.value"
    province = Scope(ScopeKind.PROVINCE, year.world.province_id, 0, 1)
    enter(province)
    refused(lambda: raw(forge.format("demo", "yes")), {"PT409"})
    refused(lambda: raw("update setting set key = 'other' where key = 'demo'"), {"PT409"})
    assert tried(lambda: raw(forge.format("demo_clock_offset", "0")))[1] == ""
    enter(STEWARD)
    raw("update setting set value = 'no' where key = 'demo'")
    db.session.commit()
    enter(province)
    refused(lambda: raw(forge.format("demo_clock_offset", "0")), {"PT409"})
    enter(STEWARD)
    raw("update setting set value = 'yes' where key = 'demo'")
    db.session.commit()


def count(statement: str) -> int:
    """The number a statement gives in the scope in force."""
    value, state = tried(lambda: raw(statement))
    assert state == "", state
    return int(value)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.APPRAISED])
def test_before_the_decision_a_unit_sees_nothing_of_the_appraisal(year: Year, state: State) -> None:
    """Findings, corrected figures, inner acts, and the draft of the decision stay with the district."""
    enter(district_scope(year))
    dossier = year.dossiers[state]
    hidden = (
        f"select count(*) from headcount_finding where dossier_id = {dossier}",
        f"select count(*) from trail_entry where dossier_id = {dossier} and inner_act",
    )
    if state is State.APPRAISED:
        hidden += (
            f"select count(*) from finding where dossier_id = {dossier}",
            f"select count(*) from decision_line where dossier_id = {dossier}",
            f"select count(*) from decision where id = {year.draft}",
        )
    assert all(count(statement) for statement in hidden)
    enter(unit_scope(year, state))
    assert [count(statement) for statement in hidden] == [0] * len(hidden)
    assert count(f"select count(*) from trail_entry where dossier_id = {dossier}") > 0


def test_after_the_decision_a_unit_sees_its_own_result_only(year: Year) -> None:
    """The decided unit sees its findings, its line and its recognition; nobody else's, and no report."""
    enter(unit_scope(year, State.DECIDED))
    dossier = year.dossiers[State.DECIDED]
    for name in ("finding", "headcount_finding", "decision_line", "recognition"):
        assert count(f"select count(*) from {name} where dossier_id = {dossier}") > 0, name
        assert count(f"select count(*) from {name} where dossier_id <> {dossier}") == 0, name
    assert count(f"select count(*) from decision where id = {year.decision}") == 1
    assert count(f"select count(*) from decision where id = {year.draft}") == 0
    assert count("select count(*) from trail_entry where inner_act") == 0
    for name in ("district_report", "report_answer", "import_batch"):
        refused(lambda name=name: raw(f"select count(*) from {name}"), {DENIED})  # type: ignore[misc]


def forged_membership(account: int, role: str, tenant: str = "app_tenant()", unit: str = "null") -> str:
    """The SQL that places a person."""
    return (
        "insert into membership (tenant_id, account_id, role, unit_id, since) values"
        f" ({tenant}, {account}, '{role}', {unit}, current_date)"
    )


def test_a_district_brings_in_nobody_of_another(year: Year) -> None:
    """Not by placing the person, not by a link, not by changing the account; its own and new persons it may."""
    world = year.world
    elsewhere = world.a_district("Huyện Kiến Thụy")
    stranger = world.a_person(Role.DISTRICT_OFFICER, elsewhere).identity.account_id
    of_province = world.province_person().identity.account_id
    enter(district_scope(year))
    link = "insert into one_time_link (token_sha256, account_id, issued_by, issued_at, expires_at) values ('{}', {}, {}, now(), now())"
    for account in (stranger, of_province):
        refused(lambda account=account: raw(forged_membership(account, "district_officer")), {DENIED})  # type: ignore[misc]
        refused(lambda account=account: raw(link.format("a", account, "app_account()")), {DENIED})  # type: ignore[misc]
        assert (
            tried(lambda account=account: raw(f"update account set full_name = 'x' where id = {account}"))[1]
            == ""
        )  # type: ignore[misc]
        assert count(f"select count(*) from account where id = {account}") == 0
    own = year.heads[State.DRAFT].identity.account_id
    assert tried(lambda: raw(forged_membership(own, "district_council")))[1] == ""
    refused(lambda: raw(forged_membership(own, "province_admin")), {DENIED})
    refused(lambda: raw(forged_membership(own, "district_admin", str(elsewhere))), {DENIED})
    refused(lambda: raw(forged_membership(own, "owner")), {"23514"})
    refused(lambda: raw(link.format("b", own, str(stranger))), {DENIED})
    refused(lambda: raw("update account set login = 'x'"), {DENIED})
    enter(STEWARD)
    assert count(f"select count(*) from account where id = {stranger} and full_name = 'x'") == 0
    enter(unit_scope(year, State.DRAFT))
    refused(lambda: raw(forged_membership(own, "unit_head", unit="app_unit()")), {DENIED})
    refused(lambda: raw(f"select placed_only_here({stranger})::int"), {DENIED})


def test_a_person_of_two_districts_belongs_to_neither(year: Year) -> None:
    """A district cannot take over, by a link or a shut account, a person who also serves elsewhere."""
    world = year.world
    elsewhere = world.a_district("Huyện Tiên Lãng")
    person = world.a_person(Role.DISTRICT_COUNCIL, year.tenant_id)
    world.another_place(person, Role.DISTRICT_COUNCIL, elsewhere)
    account = person.identity.account_id
    enter(district_scope(year))
    assert count(f"select count(*) from account where id = {account}") == 1
    statement = "insert into one_time_link (token_sha256, account_id, issued_by, issued_at, expires_at)"
    refused(lambda: raw(f"{statement} values ('c', {account}, app_account(), now(), now())"), {DENIED})
    assert (
        tried(
            lambda: raw(
                f"with u as (update account set disabled_at = now() where id = {account} returning 1)"
                " select count(*) from u"
            )
        )[0]
        == 0
    )


@pytest.mark.parametrize("kind", [ScopeKind.UNIT, ScopeKind.DISTRICT, ScopeKind.PROVINCE, ScopeKind.PUBLIC])
def test_what_proves_a_person_stays_with_sign_in(year: Year, kind: ScopeKind) -> None:
    """Passwords, second factors, sessions and links are read in the sign-in scope alone."""
    enter(Scope(kind, year.tenant_id, year.units[State.DRAFT], 1))
    for name in ("credential", "signin_session", "one_time_link"):
        refused(lambda name=name: raw(f"select count(*) from {name}"), {DENIED})  # type: ignore[misc]


def test_sign_in_reads_no_work(year: Year) -> None:
    """The scope that proves persons reaches no dossier, decision, report, notice or trail."""
    enter(Scope(ScopeKind.SIGNIN, year.tenant_id, year.units[State.DRAFT], 1))
    allowed: set[str] = {"account", "credential", "membership", "one_time_link", "signin_session"}
    allowed |= {"delegation", "api_token", "tenant", "throttle", "cycle", "cycle_terms", "setting"}
    for name in MAPPERS:
        if name not in allowed:
            refused(lambda name=name: raw(f"select count(*) from {name}"), {DENIED})  # type: ignore[misc]


def test_a_notice_reaches_only_whom_one_may_tell(year: Year) -> None:
    """A unit tells itself and its district; a district its own; the province a district's staff, a unit only of guidance."""
    send = "insert into notice (tenant_id, unit_id, audience, sentence, path, sent_at) values ({}, {}, '{}', 'x', '', now())"
    own, other = year.units[State.DRAFT], year.units[State.SIGNED]
    enter(unit_scope(year, State.DRAFT))
    cases: list[tuple[str, str]] = [
        (send.format(year.tenant_id, own, "unit"), ""),
        (send.format(year.tenant_id, own, "district"), ""),
        (send.format(year.tenant_id, other, "unit"), DENIED),
        (send.format(year.tenant_id, "null", "district"), DENIED),
        (send.format(year.world.province_id, own, "district"), DENIED),
    ]
    for statement, state in cases:
        assert tried(lambda statement=statement: raw(statement))[1] == state, statement  # type: ignore[misc]
    refused(lambda: raw("update notice set sentence = 'x'"), {DENIED})
    enter(Scope(ScopeKind.PROVINCE, year.world.province_id, 0, 1))
    assert tried(lambda: raw(send.format(year.tenant_id, own, "unit")))[1] == DENIED
    guiding = send.replace("sent_at)", "sent_at, kind)").replace("now())", "now(), 'guidance')")
    assert tried(lambda: raw(guiding.format(year.tenant_id, own, "unit")))[1] == ""
    assert tried(lambda: raw(send.format(year.tenant_id, "null", "district")))[1] == ""
