"""The provincial report: the sum of accepted reports in every table, its words, lock and signature, its editions."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from portal.compilation import operations, queries, rules, tables
from portal.compilation.models import ProvincialReport
from portal.compilation.narrative import SKELETON
from portal.cycle.models import Cycle
from portal.figures.annex import Line
from portal.figures.rules import total
from portal.province import summary
from portal.reports import reopening
from portal.reports.models import DistrictReport
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import World
from tests.forms import send
from tests.province.worlds import a_reporting_district, answer

NAMES = ("Huyện An Dương", "Huyện An Lão", "Huyện Kiến Thụy")


class Ground:
    """Three districts that have sent, the first two accepted, and the people of the Department."""

    def __init__(self, world: World) -> None:
        world.confirm_thresholds()
        self.world = world
        self.officer = world.province_person(Role.PROVINCE_OFFICER)
        self.admin = world.province_person(Role.PROVINCE_ADMIN)
        self.viewer = world.province_person(Role.PROVINCE_VIEWER)
        self.districts = [
            a_reporting_district(world, NAMES[0], "level_1", "level_2", "none"),
            a_reporting_district(world, NAMES[1], "level_1", "refused"),
            a_reporting_district(world, NAMES[2], "level_2", "submitted"),
        ]
        world.set_clock(2027, 3, 1, 9, 0)
        self.sent = [district.sent_report() for district in self.districts]
        for district, number in zip(self.districts[:2], self.sent, strict=False):
            answer(world, self.officer, district, number)

    def compiled(self) -> int:
        """Compile what is accepted; returns the edition's id."""
        with self.world.acting(self.officer) as actor:
            return operations.compile_report(actor, 2026).id

    def sheet(self, number: int) -> queries.CompiledSheet:
        """Return an edition as it stands in the database."""
        with self.world.acting(self.officer, writes=False):
            return queries.compiled_sheet(db.session.get_one(ProvincialReport, number))

    def locked(self, number: int, **reasons: str) -> None:
        """Explain what is missing and lock."""
        with self.world.acting(self.officer) as actor:
            report = db.session.get_one(ProvincialReport, number)
            operations.explain(actor, report, reasons or {"R11": "Huyện đang sửa theo điểm Sở nêu."})
            operations.lock(actor, report)

    def signed(self, number: int, paper: str = "96/BC-SGDĐT") -> None:
        """Sign a locked edition."""
        with self.world.acting(self.admin) as actor:
            report = db.session.get_one(ProvincialReport, number)
            operations.sign(actor, report, paper, date(2027, 3, 1), "(Giám đốc)", "GIÁM ĐỐC")


@made_once
def ground(world: World) -> Ground:
    """Make the ground."""
    return Ground(world)


def test_every_table_is_the_sum_of_the_accepted_reports(world: World) -> None:
    """01-T, 02-T, 04-T, 05-T: rows are the accepted districts, their sum is the total; the missing one is named."""
    here = ground(world)
    sheet = here.sheet(here.compiled())
    assert (sheet.accepted, sheet.districts, sheet.missing) == (2, 3, (NAMES[2],))
    assert [row.label for row in sheet.rows] == [NAMES[0], NAMES[1], "Cộng"]
    assert sheet.total.counts == total(row.counts for row in sheet.rows[:-1])
    assert sheet.total.counts.recognised == 3
    with world.acting(here.officer, writes=False):
        year = summary.overview(db.session.get_one(Cycle, (2026, "district")), official=True)
        sources = sheet.sources()
    assert sheet.total.counts == year.total.counts
    for code in ("02-T", "05-T"):
        annex = sheet.annexes[code]
        *lines, last = annex.lines
        assert [line.label for line in lines] == [NAMES[0], NAMES[1]]
        for one in annex.fields:
            assert sum(tables.number_of(line, one.key) for line in lines) == tables.number_of(last, one.key)
    assert sheet.annexes["02-T"].lines[-1].values["primary"] == 3
    assert tables.number_of(sheet.annexes["05-T"].lines[-1], "in_force") == sheet.total.counts.in_force
    assert [one.report_id for one in sources] == here.sent[:2]
    assert [(line.district, line.on_time) for line in sheet.receipts] == [
        (name, "Đúng hạn") for name in NAMES
    ]
    assert sheet.fields["so_cong_nhan"] == "3"
    assert sheet.fields["huyen_con_thieu"] == NAMES[2]
    assert [SKELETON.fault(words) for words in SKELETON.prefilled().values()] == [None] * len(SKELETON.keys)


def test_rules_find_a_wrong_cell_in_every_table(world: World) -> None:
    """Each rule holds on what was compiled, and names the table once one cell of it is changed."""
    here = ground(world)
    sheet = here.sheet(here.compiled())
    with world.acting(here.officer, writes=False):
        sources = sheet.sources()
    fine = rules.Compiled(sheet.rows, sheet.annexes, sources, 3)
    assert all(result.holds for result in rules.cross_foot(fine, {}))

    def failing(compiled: rules.Compiled) -> set[str]:
        return {result.code for result in rules.cross_foot(compiled, {}) if not result.holds}

    row = sheet.rows[0]
    wrong = (replace(row, counts=replace(row.counts, units=row.counts.units + 1)), *sheet.rows[1:])
    assert failing(replace(fine, rows=wrong)) == {"R6", "T1"}
    for code, key, expected in (("02-T", "primary", {"R6", "T2"}), ("05-T", "in_force", {"R6", "T3"})):
        annex = sheet.annexes[code]
        first = replace(annex.lines[0], values={**annex.lines[0].values, key: 99})
        changed = {**sheet.annexes, code: annex.of([first, *annex.lines[1:]])}
        assert failing(replace(fine, annexes=changed)) == expected
    assert failing(replace(fine, missing=(NAMES[2],))) == {"R11"}
    assert failing(replace(fine, newer=(NAMES[2],))) == {"R11b"}
    assert failing(replace(fine, typed=(("1. Ưu điểm", "30 đơn vị"),))) == {"R14"}
    older = (replace(sources[0], validity=None, goals=None), *sources[1:])
    assert failing(replace(fine, sources=older)) == {"T5"}


def test_goals_of_one_name_are_added_up(world: World) -> None:
    """04-T: one row per goal and denominator; each district measured by its own; a different sum is found."""
    here = ground(world)
    with world.acting(here.officer, writes=False):
        first, second = queries.sources_of(dict(zip([d.tenant_id for d in here.districts[:2]], here.sent, strict=False)),
                                           {d.tenant_id: n for d, n in zip(here.districts, NAMES, strict=True)})  # fmt: skip

    def goal(part: int, goal: int, said: str, label: str = "Thành viên đạt Lao động tiên tiến") -> Line:
        values = {"of": "thành viên", "goal": goal, "part": part, "whole": 10, "reported": 2, "scope": 3,
                  "below": 1, "said": said}  # fmt: skip
        return Line("7", "1", label, values)

    sources = (
        replace(first, goals=(goal(9, 80, "Đạt mục tiêu"), goal(1, 50, "Chưa đạt", "Trường chuyển đổi số"))),
        replace(second, goals=(goal(6, 90, "Chưa đạt"),)),
    )
    annex = tables.annexes(2026, sources)["04-T"]
    line, other = annex.lines
    ratio = annex.field("ratio")
    assert ratio is not None
    assert (line.values["districts"], line.values["reached"], line.text(ratio)) == (2, 1, "75 %")
    assert (line.values["goal_least"], line.values["goal_most"], line.values["below"]) == (80, 90, 2)
    assert (other.values["districts"], other.values["part"]) == (1, 1)
    compiled = rules.Compiled(tables.form_01_t(sources, None), tables.annexes(2026, sources), sources, 2)
    assert rules.goals_as_accepted(compiled) is None
    more = (
        replace(sources[0], goals=(goal(8, 80, "Đạt mục tiêu"), *(sources[0].goals or ())[1:])),
        sources[1],
    )
    fault = rules.goals_as_accepted(replace(compiled, sources=more))
    assert fault is not None
    assert "Thành viên đạt Lao động tiên tiến" in fault.sentence


def test_a_missing_district_is_explained_before_the_lock_and_the_signature_closes_it(world: World) -> None:
    """Draft, explained, locked, signed by the administrator; then neither program nor SQL changes a word."""
    here = ground(world)
    number = here.compiled()
    with world.acting(here.officer) as actor, pytest.raises(Refused, match="R11: Tổng hợp từ 2/3 huyện"):
        operations.lock(actor, db.session.get_one(ProvincialReport, number))
    with world.acting(here.officer) as actor, pytest.raises(Refused, match="đã gồm đúng các báo cáo này"):
        operations.compile_report(actor, 2026)
    here.locked(number)
    with world.acting(here.officer) as actor, pytest.raises(Refused, match="không được ký báo cáo toàn tỉnh"):
        operations.sign(actor, db.session.get_one(ProvincialReport, number), "1", date(2027, 3, 1), "x", "x")
    with world.acting(here.officer), pytest.raises(DatabaseError, match="locked provincial report"):
        db.session.execute(text("update provincial_report set narrative = '{}'"))
    here.signed(number)
    for change in ("accepted = 3", "state = 'draft'", "signer = 'x'"):
        with world.acting(here.admin), pytest.raises(DatabaseError, match="signed provincial report"):
            db.session.execute(text(f"update provincial_report set {change}"))
    with world.acting(here.officer) as actor, pytest.raises(Refused, match="đã ký"):
        operations.unlock(actor, db.session.get_one(ProvincialReport, number))
    assert here.sheet(number).number == "96/BC-SGDĐT"


def test_an_amended_report_of_a_district_makes_an_amended_edition(world: World, client: Any) -> None:
    """What is accepted after the signature changes the next edition, which says in which cells; the first stays."""
    here = ground(world)
    number = here.compiled()
    here.locked(number)
    here.signed(number)
    before = here.sheet(number)
    answer(world, here.officer, here.districts[2], here.sent[2])
    district, old = here.districts[0], here.sent[0]
    with world.acting(district.leader) as actor:
        report = db.session.get_one(DistrictReport, (district.tenant_id, old))
        asked = reopening.ask(actor, report, "Sót một đơn vị.").id
    second = text(
        "insert into district_report (tenant_id, year, edition, amendment, state, narrative, explanations, number,"
        " signer, signer_title, locked_by, sent_by, late, version, created_at)"
        " values (:t, 2026, 2, 1, 'draft', '{}', '{}', '', '', '', '', '', false, 1, now())"
    )
    with world.acting(district.officer), pytest.raises(DatabaseError, match="only after a return"):
        db.session.execute(second, {"t": district.tenant_id})
    with world.acting(here.officer) as actor:
        report = db.session.get_one(DistrictReport, (district.tenant_id, old))
        reopening.answer(actor, report, asked, True, "")
    world.a_unit(district.tenant_id, "Trường Tiểu học mới ghi")
    answer(world, here.officer, district, district.sent_report("21/BC-PGDĐT"))
    assert here.sheet(number) == before
    later = here.compiled()
    assert later != number
    sheet = here.sheet(later)
    assert (sheet.edition, sheet.amendment, sheet.accepted) == (2, 1, 3)
    with world.acting(here.officer, writes=False):
        row = db.session.get_one(ProvincialReport, later)
        said = {(one.place, one.before, one.after) for one in queries.changes_since(row, sheet)}
    assert (f"Biểu 01-T, {NAMES[0]}, cột 3 (tổng số đơn vị (31/12))", "3", "4") in said
    assert (f"Biểu 01-T, {NAMES[2]}", "–", "có thêm huyện") in said
    page = world.sign_in(client, here.officer).get(f"/tinh/tong-hop/{later}").text
    assert "Khác với lần 1" in page
    assert "điều chỉnh lần 1" in page


def test_the_whole_way_in_the_browser(world: World, client: Any) -> None:
    """Begin, write, explain, lock, sign; bad input comes back with its words; files carry the figures."""
    here = ground(world)
    web = world.sign_in(client, here.officer)
    index = web.get("/tinh/tong-hop").text
    assert "Lập báo cáo từ 2/3 huyện" in index
    assert NAMES[2] in index
    for year in ("1999", "", "x", "9" * 400):
        assert send(web, "/tinh/tong-hop", {"year": year}).status_code == 404
    done = send(web, "/tinh/tong-hop", {"year": "2026"}, follow_redirects=True)
    assert "Đã tổng hợp từ 2/3 báo cáo huyện." in done.text
    number = re.search(r"/tinh/tong-hop/(\d+)", done.text)
    assert number is not None
    own = f"/tinh/tong-hop/{number[1]}"
    typed = {**SKELETON.prefilled(), "v_1": "Kết quả {khong_co}", "version": "1"}
    wrong = send(web, f"{own}/loi", typed, page=own)
    assert wrong.status_code == 422
    assert "Không có ô số liệu" in wrong.text
    assert "Kết quả {khong_co}" in wrong.text
    typed["v_1"] = "Có {so_cong_nhan} đơn vị được công nhận."
    assert "Đã lưu phần lời." in send(web, f"{own}/loi", typed, page=own, follow_redirects=True).text
    stale = send(web, f"{own}/loi", {**typed, "v_1": "khác"}, page=own)
    assert stale.status_code == 409
    assert "vừa được sửa sau khi trang này mở" in stale.text
    assert "Có 3 đơn vị được công nhận." in web.get(own).text
    assert send(web, f"{own}/khoa", {"version": "2"}, page=own).status_code == 409
    told = {"R11": "Huyện đang sửa.", "version": "2"}
    assert "Đã lưu giải trình." in send(web, f"{own}/giai-trinh", told, page=own, follow_redirects=True).text
    assert send(web, f"{own}/khoa", {"version": "3"}, page=own, follow_redirects=True).status_code == 200
    head = {
        "number": "96/BC-SGDĐT",
        "dated": "2027-03-01",
        "signer": "(Giám đốc)",
        "signer_title": "GIÁM ĐỐC",
    }
    assert send(web, f"{own}/ky", {**head, "version": "4"}, page=own).status_code == 403
    web = world.sign_in(client, here.admin)
    for change, sentence in (
        ({"dated": "2027-03-02"}, "ở sau hôm nay"),
        ({"dated": "2027-02-01"}, "trước ngày tổng hợp"),
        ({"number": ""}, "Xin nhập số"),
    ):
        back = send(web, f"{own}/ky", {**head, **change, "version": "4"}, page=own)
        assert back.status_code == 422
        assert sentence in back.text
        assert "(Giám đốc)" in back.text
    signed = send(web, f"{own}/ky", {**head, "version": "4"}, page=own, follow_redirects=True).text
    assert "Đã ký báo cáo tỉnh." in signed
    assert "mẫu đề xuất, chưa xác nhận" in signed.lower()
    viewer = world.sign_in(client, here.viewer)
    assert "Lấy lại số liệu" not in viewer.get(own).text
    assert send(viewer, "/tinh/tong-hop", {"year": "2026"}).status_code == 403
    _tables(viewer, own, here)


def _tables(web: Any, own: str, here: Ground) -> None:
    """Every table on its page and as a file; every sum opens its districts, every district its report."""
    for code in ("01-T", "02-T", "04-T", "05-T", "tiep-nhan"):
        assert web.get(f"{own}/bieu?bieu={code}").status_code == 200
        assert web.get(f"{own}/{code}.csv").data.startswith(b"\xef\xbb\xbf")
    assert web.get(f"{own}/khac.xlsx").status_code == 404
    assert web.get(f"{own}/01-T.pdf").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(web.get(f"{own}/tat-ca.xlsx").data))
    assert book.sheetnames == ["01-T", "02-T", "04-T", "05-T", "tiep-nhan"]
    cells = [list(row) for row in book["01-T"].iter_rows(values_only=True)]
    assert [row[2] for row in cells if row[1] in (*NAMES, "Cộng")] == [3, 2, 5]
    rows = web.get(f"{own}/huyen?bieu=01-T&figure=level_1").text
    report = f"/tinh/bao-cao/{here.districts[0].tenant_id}/{here.sent[0]}"
    assert f"{report}#bieu-01" in rows
    assert f"{report}#bieu-02" in web.get(f"{own}/bieu?bieu=02-T").text
    assert web.get(report).status_code == 200
    for wrong in ("bieu=01-T&figure=khong", "bieu=02-T&figure=khong", "bieu=09&figure=units", "figure=",
                  "bieu=04-T&figure=part&dong=99"):  # fmt: skip
        assert web.get(f"{own}/huyen?{wrong}").status_code == 404
    assert web.get(f"{own}/huyen").text == web.get(f"{own}/huyen?bieu=01-T&figure=units").text


def test_a_table_of_before_stays_as_it_was(world: World, client: Any) -> None:
    """A table compiled before there were reports is read, printed and kept; a report follows it as the next edition."""
    here = ground(world)
    number = here.compiled()
    with here.world.acting(here.officer):
        report = db.session.get_one(ProvincialReport, number)
        bare = {key: report.snapshot[key] for key in ("province", "reports", "rows", "receipts")}
    with acting_in(Scope(ScopeKind.STEWARD)):
        row = db.session.get_one(ProvincialReport, number)
        row.state, row.snapshot, row.narrative = "table", {"format": 1, **bare}, {}
    web = world.sign_in(client, here.officer)
    page = web.get(f"/tinh/tong-hop/{number}").text
    assert "lập trước khi cổng có báo cáo tỉnh" in page
    assert "không có biểu" in web.get(f"/tinh/tong-hop/{number}/bieu?bieu=05-T").text.lower()
    assert web.get(f"/van-ban/bao-cao-tinh/{number}.pdf").status_code == 200
    with world.acting(here.officer) as actor, pytest.raises(Refused, match="giữ nguyên"):
        operations.lock(actor, db.session.get_one(ProvincialReport, number))
    after = here.sheet(here.compiled())
    assert (after.edition, after.amendment, sorted(after.annexes)) == (2, 0, ["02-T", "04-T", "05-T"])


def test_statements_do_not_grow_with_the_districts(
    world: World, client: Any, count_queries: list[str]
) -> None:
    """Pages of the report ask as much for two accepted districts as for three; nothing is accepted: it says so."""
    officer = world.province_person(Role.PROVINCE_OFFICER)
    with world.acting(officer) as actor, pytest.raises(Refused, match="Chưa có báo cáo huyện nào được nhận"):
        operations.compile_report(actor, 2026)
    here = Ground(world)
    number = here.compiled()
    web = world.sign_in(client, here.officer)

    def counted() -> list[int]:
        found = []
        for page in ("", f"/{number}", f"/{number}/bieu?bieu=05-T", f"/{number}/01-T.csv"):
            count_queries.clear()
            assert web.get(f"/tinh/tong-hop{page}").status_code == 200
            found.append(len(count_queries))
        return found

    few = counted()
    answer(world, here.officer, here.districts[2], here.sent[2])
    assert here.compiled() == number
    assert counted() == few
    assert max(few) <= 20
    with world.acting(here.officer, writes=False):
        assert db.session.scalars(select(ProvincialReport.accepted)).all() == [3]


def test_two_people_at_once(world: World) -> None:
    """Who saves on what another has changed is told so, and changes nothing."""
    here = ground(world)
    number = here.compiled()
    with world.acting(here.officer) as actor:
        report = db.session.get_one(ProvincialReport, number)
        seen = report.version
        operations.save_narrative(actor, report, {"v_1": "Của chuyên viên."}, seen)
    with world.acting(here.admin) as actor, pytest.raises(Conflict):
        operations.save_narrative(actor, db.session.get_one(ProvincialReport, number), {"v_1": "x"}, seen)
    with world.acting(here.admin) as actor, pytest.raises(Conflict):
        operations.lock(actor, db.session.get_one(ProvincialReport, number), seen)
    with world.acting(here.officer, writes=False):
        assert db.session.get_one(ProvincialReport, number).narrative["v_1"] == "Của chuyên viên."
