"""A victim's whole year by the real operations: one unit in every state, CANARY in every word somebody typed.

Tests of isolation look for these words where they must not be. What the operations do not make is planted
from the metadata, so that every table of the victim has a row.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from sqlalchemy import select, text

from portal import clock
from portal.accounts.operations import NewPerson
from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.appraisal.supplements import ask_leave
from portal.compilation.operations import compile_report
from portal.complaints import operations as complaints
from portal.demo.team import hold_meeting
from portal.dossiers import operations as dossiers
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import Given
from portal.dossiers.queries import open_sheet
from portal.evidence import operations as evidence
from portal.further import operations as further
from portal.further.models import FurtherDecision
from portal.further.operations import Prepared
from portal.guidance import announcing
from portal.guidance.announcing import Content
from portal.history import importing as past_results
from portal.inquiries import operations as inquiries
from portal.inquiries import receiving
from portal.inquiries.models import Inquiry
from portal.jobs import operations as jobs
from portal.jobs.working import Jobs
from portal.opening import operations as opening
from portal.outreach import operations as outreach
from portal.recognition.models import DecisionLine
from portal.reform import operations as reforming
from portal.reform.operations import Basics
from portal.reform.rules import Kind as ReformKind
from portal.reform.rules import Successor
from portal.register.models import RegisterEntry
from portal.reports import operations as reports
from portal.reports import reopening
from portal.reports.models import DistrictReport
from portal.reports.narrative import SECTIONS
from portal.units import importing
from portal.units.models import Unit
from portal.visits import looking, planning
from portal.visits import minutes as visit_minutes
from portal.visits import operations as visits
from portal.visits.models import Visit
from portal.visits.operations import Arranged
from portal.words import ZONE
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.identity import Identity
from tenants.people import GUEST_ROLES, PROVINCE_ROLES, UNIT_ROLES, Role
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import lying_in
from tests.builders import STEWARD, Person, World, fill
from tests.deciding import District
from tests.victims import CANARY, MAPPERS, OWNED, Planter


@dataclass
class Year:
    """The victim district: its people, and its units and dossiers by the state they stand in."""

    world: World
    district: District
    people: dict[Role, Person]
    units: dict[State, int] = field(default_factory=dict)
    dossiers: dict[State, int] = field(default_factory=dict)
    heads: dict[State, Person] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: dict[str, Person] = field(default_factory=dict)
    elsewhere: int = 0
    decision: int = 0
    draft: int = 0
    report: int = 0
    compiled: int = 0
    reform: int = 0
    entered: int = 0
    unregistered: int = 0
    past: int = 0
    further: int = 0
    visit: int = 0
    photo: str = ""

    @property
    def tenant_id(self) -> int:
        """The victim district."""
        return self.district.tenant_id


@cache
def _played(server: Any, program: GuardedFlask) -> tuple[str, Year]:
    with lying_in(server, program, keep=True) as bed:
        world = World(program)
        world.begin()
        world.confirm_thresholds()
        year = a_year(world)
        add_others(year)
        return bed.name, year


@contextmanager
def year_database(server: Any, program: GuardedFlask) -> Iterator[Year]:
    """A database in which the victim's year was played, for one module; it is played once a session."""
    template, year = _played(server, program)
    with lying_in(server, program, template):
        yield year


def paper(title: str) -> bytes:
    """A small real PDF; the title makes its content its own."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": title})
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def a_year(world: World, name: str = f"Huyện {CANARY}") -> Year:
    """Take one unit of a new district to every state of the year; the clock ends at 20/01/2027."""
    district = District(world, name)
    people = {
        role: world.a_person(role, district.tenant_id, name=f"{CANARY} {role.value}")
        for role in (Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER, Role.DISTRICT_COUNCIL, Role.DISTRICT_LEADER)
    }
    district.officer, district.leader = people[Role.DISTRICT_OFFICER], people[Role.DISTRICT_LEADER]
    year = Year(world, district, people)
    world.set_clock(2027, 1, 10, 10, 0)
    for state in State:
        if state is not State.REFUSED_LATE:
            _unit(year, state)
    world.set_clock(2027, 1, 20, 10, 0)
    _unit(year, State.REFUSED_LATE)
    year.decision = _decide(year)
    _complain(year)
    _inquire(year)
    _mean_to_revoke(year)
    _visit(year)
    with world.acting(district.officer) as actor:
        dossier = world.dossier(year.tenant_id, year.dossiers[State.APPRAISED])
        _judge(actor, dossier)
    year.draft = district.drafted()
    year.report = _report(year)
    year.compiled = _compile(year)
    year.reform = _plan(year)
    _enter_and_import(year)
    _have_made(year)
    _announce(year)
    _fill_gaps(year)
    return year


def add_others(year: Year) -> None:
    """People of every role who have no business with the victim's rows: elsewhere, beside it, and above it."""
    world = year.world
    year.elsewhere = world.a_district("Huyện Kiến Thụy")
    unit_id = world.a_unit(year.elsewhere, "Trường Tiểu học Đông Phương")
    world.a_dossier(year.elsewhere, world.a_unit(year.elsewhere, "Trường Tiểu học Tân Phong"), "submitted")
    world.a_dossier(year.elsewhere, unit_id, "filled")
    for role in Role:
        if role in PROVINCE_ROLES:
            year.others[role.value] = world.province_person(role)
        else:
            year.others[role.value] = world.a_person(
                role, year.elsewhere, unit_id if role in UNIT_ROLES | GUEST_ROLES else None
            )
    neighbour = world.a_unit(year.tenant_id, "Trường Mầm non bên cạnh", "preschool")
    world.a_dossier(year.tenant_id, neighbour, "filled")
    for role in sorted(UNIT_ROLES | GUEST_ROLES):
        year.others[f"{role.value} beside"] = world.a_person(role, year.tenant_id, neighbour)


def _unit(year: Year, state: State) -> None:
    world, tenant_id = year.world, year.tenant_id
    label = f"{CANARY} {state.value}"
    unit_id = world.a_unit(tenant_id, f"Trường {label}", head_name=f"{label} hiệu trưởng")
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id, name=f"{label} thủ trưởng")
    year.units[state], year.heads[state] = unit_id, head
    with world.acting(head) as actor:
        unit = db.session.get_one(Unit, (tenant_id, unit_id))
        dossier = dossiers.start_dossier(actor, unit, 2026)
        year.dossiers[state] = dossier.id
        _write(actor, dossier, label)
        first_indicator = open_sheet(dossier).indicators[0].id
        if state is State.WITHDRAWN:
            dossiers.withdraw(actor, dossier)
        if state is State.CLOSED_UNREACHED:
            _unanswer(actor, dossier)
            dossiers.close_unreached(actor, dossier, f"{label}: chưa đạt.")
    if state is State.DRAFT:
        guest = NewPerson("khach.moi", f"{label} khách", f"{label} hội")
        year.people[Role.UNIT_CONTRIBUTOR] = world.a_guest(
            head, year.dossiers[state], [first_indicator], guest
        )
    if state in (State.DRAFT, State.WITHDRAWN, State.CLOSED_UNREACHED):
        return
    with world.acting(head) as actor:
        dossier = world.dossier(tenant_id, year.dossiers[state])
        hold_meeting(actor, dossier)
        dossiers.sign(actor, dossier)
        if state is not State.SIGNED:
            dossiers.submit(actor, dossier)
    if state in (State.SIGNED, State.SUBMITTED):
        return
    officer = year.people[Role.DISTRICT_OFFICER]
    with world.acting(officer) as actor:
        dossier = world.dossier(tenant_id, year.dossiers[state])
        if state is State.REFUSED_LATE:
            appraisal.refuse_late(actor, dossier, f"{label}: nộp quá hạn.")
        elif state in (State.SUPPLEMENT_REQUESTED, State.ACCEPTED, State.DECIDED):
            first = open_sheet(dossier).indicators[0].id
            points = [PointAsked(indicator_id=first, part="", reason=f"{label}: thiếu quyết định.")]
            appraisal.request_supplement(actor, dossier, points, date(2027, 1, 25), f"{label} ghi chú")
    if state in (State.ACCEPTED, State.DECIDED):
        with world.acting(head) as actor:
            dossier = world.dossier(tenant_id, year.dossiers[state])
            sheet = open_sheet(dossier)
            dossiers.answer_point(actor, dossier, sheet.open_points()[0].id, f"{label} đã bổ sung.")
            dossiers.send_supplement(actor, dossier)
        with world.acting(officer) as actor:
            dossier = world.dossier(tenant_id, year.dossiers[state])
            first = open_sheet(dossier).indicators[0].id
            again = [PointAsked(indicator_id=first, part="", reason=f"{label}: vẫn thiếu.")]
            ask_leave(actor, dossier, again, date(2027, 1, 28), f"{label}: tệp gửi lại không đọc được.")
    if state in (State.ACCEPTED, State.APPRAISED, State.DECIDED):
        with world.acting(officer) as actor:
            dossier = world.dossier(tenant_id, year.dossiers[state])
            appraisal.accept(actor, dossier, "")
            members = open_sheet(dossier).headcounts["members"]
            appraisal.correct_headcount(actor, dossier, members.code, 38, f"{label}: có thêm một người.")
    if state is State.DECIDED:
        with world.acting(officer) as actor:
            _judge(actor, world.dossier(tenant_id, year.dossiers[state]))


def _write(actor: Identity, dossier: Dossier, label: str) -> None:
    fill(actor, dossier)
    sheet = open_sheet(dossier)
    for indicator in sheet.indicators[:3]:
        answer = sheet.answers[indicator.id]
        given = Given(answer.yes, answer.part, answer.grade, f"{label}: giải trình.", answer.version)
        dossiers.save_answer(actor, dossier, indicator.id, given)
        files = [(f"{label} minh chứng {indicator.code}.pdf", paper(f"{label} {indicator.code}"))]
        evidence.add_to_indicator(actor, dossier, indicator.id, files)
    dossiers.add_team_member(actor, dossier, f"{label} thành viên", f"{label} chức vụ", "member")
    db.session.refresh(dossier)
    texts = {"strengths": f"{label} mạnh", "weaknesses": f"{label} yếu", "plan": f"{label} kế hoạch"}
    dossiers.save_texts(actor, dossier, dossier.version, **texts)


def _unanswer(actor: Identity, dossier: Dossier) -> None:
    sheet = open_sheet(dossier)
    for indicator in sheet.indicators:
        if indicator.kind == "yes_no":
            given = Given(yes=False, explanation="Chưa làm.", version=sheet.answers[indicator.id].version)
            sheet = dossiers.save_answer(actor, dossier, indicator.id, given)


def _judge(actor: Identity, dossier: Dossier) -> None:
    sheet = open_sheet(dossier)
    for indicator in sheet.indicators[:1]:
        appraisal.judge(
            actor,
            dossier,
            indicator.id,
            "not_applicable",
            reason_code="not_concerned",
            reason=f"{CANARY}: không thuộc đối tượng.",
        )
    appraisal.agree_with_rest(actor, dossier)
    appraisal.propose(actor, dossier, f"{CANARY} ý kiến đề xuất")


def _decide(year: Year) -> int:
    """Issue the decision on the one unit that is to be decided, before the other one is proposed."""
    return year.district.issued(f"12/{CANARY}", clock.now().astimezone(ZONE).date())


def _complain(year: Year) -> None:
    """The decided unit complains, with a file."""
    with year.world.acting(year.heads[State.DECIDED]) as actor:
        dossier = year.world.dossier(year.tenant_id, year.dossiers[State.DECIDED])
        files = [(f"{CANARY} khiếu nại.pdf", paper(f"{CANARY} khiếu nại"))]
        complaints.send(actor, dossier, grounds=["other"], body=f"{CANARY} nội dung khiếu nại", files=files)


def _inquire(year: Year) -> None:
    """Somebody without an account reports a doubt about what was published; the district asks the unit."""
    world, tenant_id = year.world, year.tenant_id
    with acting_in(Scope(ScopeKind.PUBLIC)):
        code = db.session.scalars(
            select(RegisterEntry.code).where(RegisterEntry.tenant_id == tenant_id)
        ).one()
        said = [f"{CANARY} {word}" for word in ("nội dung phản ánh", "người gửi", "cách liên hệ")]
        receiving.send(receiving.Sent(code, "report", *said), CANARY, b"", date(2027, 2, 3))
    council = year.people[Role.DISTRICT_COUNCIL]
    with world.acting(council) as actor:
        row = db.session.scalars(select(Inquiry)).one()
        inquiries.assign(actor, row, actor.account_id, row.version)
        inquiries.ask_unit(actor, row, f"{CANARY} huyện hỏi đơn vị", row.version)


def _mean_to_revoke(year: Year) -> None:
    """The district means to revoke what the decided unit got, with a file; the unit answers."""
    world, tenant_id = year.world, year.tenant_id
    with world.acting(year.people[Role.DISTRICT_OFFICER]) as actor:
        line = db.session.scalars(
            select(DecisionLine).where(DecisionLine.dossier_id == year.dossiers[State.DECIDED])
        ).one()
        meant = Prepared(
            0,
            "other",
            f"{CANARY} lý do thu hồi",
            f"{CANARY} căn cứ",
            file=(f"{CANARY} biên bản.pdf", paper(f"{CANARY} biên bản")),
        )
        row = further.prepare(actor, tenant_id, line.decision_id, line.id, "revoke", meant)
        year.further = row.id
        further.tell(actor, row, date(2027, 1, 30))
    with world.acting(year.heads[State.DECIDED]) as actor:
        meant_row = db.session.get_one(FurtherDecision, (tenant_id, year.further))
        further.answer(actor, meant_row, f"{CANARY} ý kiến về dự kiến thu hồi")


def _visit(year: Year) -> None:
    """The district visits the unit under appraisal: proposal, letter, checklist with a photo, minutes signed by both."""
    world, tenant_id, state = year.world, year.tenant_id, State.ACCEPTED
    officer = year.people[Role.DISTRICT_OFFICER]
    with world.acting(officer) as actor:
        planning.settle(actor, tenant_id, 2026, 3, 50, "", 0)
        planning.choose(actor, tenant_id, 2026, year.units[state], "dismiss", "first", f"{CANARY} đã xem")
        dossier = world.dossier(tenant_id, year.dossiers[state])
        begins = datetime(2027, 1, 20, 10, 30, tzinfo=ZONE)
        number = actor.account_id
        given = Arranged(
            begins, f"{CANARY} hội trường", f"{CANARY} nội dung", (number,), number, f"{CANARY} khách"
        )
        row = visits.arrange(actor, dossier, given)
        visits.tell(actor, row, f"18/{CANARY}", date(2027, 1, 20), f"{CANARY} ký", "TRƯỞNG PHÒNG")
        year.visit = row.id
    world.set_clock(2027, 1, 20, 12, 0)
    with world.acting(officer) as actor:
        row = db.session.get_one(Visit, (tenant_id, year.visit))
        first = open_sheet(world.dossier(tenant_id, year.dossiers[state])).indicators[0].id
        looking.look(actor, row, first, looking.Seen("not_found", f"{CANARY} không thấy"))
        picture = io.BytesIO()
        Image.new("RGB", (6, 6), (9, 9, 9)).save(picture, "PNG")
        year.photo = looking.add_photo(actor, row, first, "", f"{CANARY}.png", picture.getvalue()).sha256
        ends = datetime(2027, 1, 20, 11, 30, tzinfo=ZONE)
        record = visit_minutes.Written(
            begins, ends, f"{CANARY} đại diện", f"{CANARY} kết luận", f"{CANARY} kiến nghị"
        )
        visit_minutes.write(actor, row, record)
    with world.acting(year.heads[state]) as actor:
        row = db.session.get_one(Visit, (tenant_id, year.visit))
        visit_minutes.speak(actor, row, f"{CANARY} ý kiến đơn vị")
        visit_minutes.sign_for_unit(actor, row, row.content_hash)
    with world.acting(officer) as actor:
        row = db.session.get_one(Visit, (tenant_id, year.visit))
        visit_minutes.sign_for_district(actor, row, row.content_hash)


def _report(year: Year) -> int:
    world, district = year.world, year.district
    with world.acting(district.officer) as actor:
        report = reports.open_report(actor, 2026)
        texts = {section.key: f"{CANARY} nhận xét." for section in SECTIONS if section.key}
        reports.save_narrative(actor, report, texts)
        report_id = report.id
    with world.acting(district.officer) as actor:
        report = db.session.get_one(DistrictReport, (year.tenant_id, report_id))
        reports.explain(actor, report, dict.fromkeys(("R1", "R3", "R5", "R7b"), f"{CANARY} giải trình."))
        reports.lock(actor, report)
    with world.acting(district.leader) as actor:
        report = db.session.get_one(DistrictReport, (year.tenant_id, report_id))
        signer = f"{CANARY} Trưởng phòng"
        reports.send(actor, report, f"20/{CANARY}", clock.today(), signer, "TRƯỞNG PHÒNG")
    return report_id


def _compile(year: Year) -> int:
    province = year.world.province_person()
    with year.world.acting(province) as actor:
        report = db.session.get_one(DistrictReport, (year.tenant_id, year.report))
        reports.answer_report(actor, report, "accepted")
        compiled = compile_report(actor, 2026).id
    with year.world.acting(year.district.leader) as actor:
        report = db.session.get_one(DistrictReport, (year.tenant_id, year.report))
        reopening.ask(actor, report, f"{CANARY} sót một đơn vị.")
    return compiled


def _plan(year: Year) -> int:
    """A plan to divide the victim district, as the Department has begun it."""
    document = (f"{CANARY}/NQ", clock.today(), "Hội đồng nhân dân thành phố")
    with year.world.acting(year.world.province_person()) as actor:
        plan = reforming.begin(actor, Basics(ReformKind.SPLIT, [year.tenant_id], clock.today(), *document))
        place = Successor("", "Xã Mới", kind="commune", code="99999")
        reforming.add_place(actor, plan, place, plan.version)
        reforming.assign(actor, plan, plan.version, rest={year.tenant_id: "1"})
        return plan.id


def _enter_and_import(year: Year) -> None:
    """A dossier on paper that the officer has begun to enter, a unit without any, and a registry read from a file."""
    world, tenant_id = year.world, year.tenant_id
    unit_id = world.a_unit(tenant_id, f"Trường {CANARY} nộp giấy")
    year.unregistered = world.a_unit(tenant_id, f"Trường {CANARY} chưa nộp")
    with world.acting(year.people[Role.DISTRICT_OFFICER]) as actor:
        unit = db.session.get_one(Unit, (tenant_id, unit_id))
        year.entered = dossiers.start_dossier(
            actor, unit, 2026, channel="paper", channel_code=f"{CANARY} 1"
        ).id
    book = Workbook()
    book.active.append(["Tên đơn vị", "Loại hình", "Xã, phường, thị trấn"])  # type: ignore[union-attr]
    book.active.append([f"Trường {CANARY} trong tệp", "Mầm non", "Xã Mỹ Đức"])  # type: ignore[union-attr]
    content = io.BytesIO()
    book.save(content)
    with world.acting(year.people[Role.DISTRICT_ADMIN]) as actor:
        importing.read_batch(actor, tenant_id, f"{CANARY}.xlsx", content.getvalue())
    year.past = _read_past(year)


def _read_past(year: Year) -> int:
    """A file of past results that waits for its confirmation, and what the district itself did, with a file."""
    book = Workbook()
    book.active.append(["Tên đơn vị", "Năm", "Số điểm"])  # type: ignore[union-attr]
    book.active.append([f"Trường {CANARY} decided", 2021, 80])  # type: ignore[union-attr]
    content = io.BytesIO()
    book.save(content)
    tenant_id = year.tenant_id
    with year.world.acting(year.people[Role.DISTRICT_OFFICER]) as actor:
        batch = past_results.read_batch(actor, tenant_id, f"{CANARY} cũ.xlsx", content.getvalue())
        own_year = opening.Details(
            None, None, None, f"{CANARY} KH", None, f"{CANARY} nơi", f"{CANARY} ai", "0225 1"
        )
        opening.set_year(actor, 2026, own_year, 0)
        opening.attach_plan(actor, 2026, f"{CANARY} kế hoạch.pdf", paper(f"{CANARY} kế hoạch"))
        opening.publish(actor, 2026)
        drafted = db.session.get_one(Unit, (tenant_id, year.units[State.DRAFT]))
        opening.extend(actor, drafted, 2026, date(2027, 1, 25), f"{CANARY} vì mất điện")
        told = outreach.Details(date(2026, 3, 12), "training", f"{CANARY} tập huấn", f"{CANARY} hội trường")
        own = outreach.log(actor, tenant_id, 2026, told)
        outreach.attach(actor, tenant_id, own.id, f"{CANARY} danh sách.pdf", paper(f"{CANARY} danh sách"))
        return batch.id


def _have_made(year: Year) -> None:
    """Let the officer ask for the decision's files, and a worker make them."""
    with year.world.acting(year.district.officer) as actor:
        jobs.ask(actor, "decision", year.decision)
    Jobs().run(year.world.app.extensions["settings"], lambda: False)


def _announce(year: Year) -> None:
    """Let the officer announce something with a file, which is over by now: nobody takes note of it any more."""
    file = (f"{CANARY}.pdf", paper(f"{CANARY} announcement"))
    with year.world.acting(year.district.officer) as actor:
        told = Content(f"{CANARY} title", f"{CANARY} body", False, True, (), True, clock.today(), None, file)
        announcing.end(actor, announcing.announce(actor, told))


# What the routes are tried on is the district's own, though units may have such rows too.
OF_THE_DISTRICT = {"job"}


def _fill_gaps(year: Year) -> None:
    """Remember a row of each table of the victim; plant one where no operation made it."""
    planter = Planter(CANARY)
    unit_id = year.units[State.DECIDED]
    key = (year.tenant_id, unit_id)
    # What is there comes first, so that what is planted hangs under it and not under a second parent.
    for name in ("unit", "account", *OWNED):
        of = 0 if name in OF_THE_DISTRICT else unit_id
        found = row_of(name, year.tenant_id, of, year.dossiers[State.DECIDED])
        if found is not None:
            planter.made[(name, *key)] = found
    for name in ("unit", "account", *OWNED):
        year.rows[name] = planter.row(name, *key)
    _own_files(year)


def _own_files(year: Year) -> None:
    """Let planted files be somebody's: the unfinished upload the head's own, the signed paper a file that is there."""
    with acting_in(STEWARD):
        db.session.execute(
            text("update evidence_upload set account_id = :head where tenant_id = :tenant"),
            {"head": year.heads[State.DECIDED].identity.account_id, "tenant": year.tenant_id},
        )
        db.session.execute(
            text(
                "update signed_paper set sha256 = (select e.sha256 from evidence e where e.tenant_id = :tenant"
                " and e.sha256 ~ '^[0-9a-f]{64}$' order by e.id limit 1) where tenant_id = :tenant"
            ),
            {"tenant": year.tenant_id},
        )


def row_of(name: str, tenant_id: int, unit_id: int, dossier_id: int) -> dict[str, Any] | None:
    """The victim's oldest row of a table, of its decided unit where the table knows units; of no unit for 0."""
    table = MAPPERS[name].local_table
    known = {"tenant_id": tenant_id, "unit_id": unit_id or None, "dossier_id": dossier_id}
    if name == "unit":
        known = {"tenant_id": tenant_id, "id": unit_id}
    statement = select(table)
    for column, value in known.items():
        if column in table.c:
            statement = statement.where(table.c[column] == value)
    if "tenant_id" not in table.c:
        key = "id" if name == "account" else "account_id"
        members = text(
            f"select account_id from membership where tenant_id = {tenant_id} and unit_id = {unit_id}"
        )
        with acting_in(STEWARD):
            persons = list(db.session.scalars(members))
        statement = statement.where(table.c[key].in_(persons))
    own = Scope(ScopeKind.UNIT if unit_id else ScopeKind.DISTRICT, tenant_id, unit_id)
    with acting_in(STEWARD if MAPPERS[name].class_.__wall__.steward else own):
        row = db.session.execute(statement.order_by(*table.primary_key).limit(1)).mappings().first()
        return dict(row) if row else None
