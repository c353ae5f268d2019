"""The pages of the district's desk through the judging client: what stands where, and what is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers.queries import open_sheet
from portal.notices.queries import latest
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.appraisal.conftest import Case, code_of, sheet_of
from tests.builders import STEWARD, World

Make = Callable[..., Case]
HOSTILE = "<script>alert(1)</script> ' or 1=1 -- %_\\ \x00\u202e=HYPERLINK(1)"


def send(client: Any, path: str, **fields: Any) -> Any:
    """Post a form with its token."""
    page = client.get("/huyen/con-thieu").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    return client.post(path, data={"csrf_token": token, **fields}, headers={"Referer": "http://localhost/x"})


@pytest.fixture
def at_desk(world: World, client: Any, a_case: Make) -> Callable[..., Case]:
    """A case whose officer is signed in."""

    def make(*args: Any, **more: Any) -> Case:
        case = a_case(*args, **more)
        world.sign_in(client, case.officer)
        return case

    return make


def test_a_clean_dossier_takes_two_clicks(client: Any, at_desk: Make) -> None:
    """From the queue the first click opens it, the second takes it in."""
    case = at_desk()
    queue = client.get("/huyen/ho-so").text
    assert f'href="/huyen/ho-so/{case.dossier}"' in queue
    page = client.get(f"/huyen/ho-so/{case.dossier}").text
    assert "Hồ sơ đủ thành phần, có thể tiếp nhận ngay." in page
    assert "nội dung khớp mã kiểm" in page
    assert "phieu-tiep-nhan.pdf" in page
    assert send(client, f"/huyen/ho-so/{case.dossier}/tiep-nhan").status_code == 303
    assert "Đang thẩm định" in client.get(f"/huyen/ho-so/{case.dossier}").text


def test_the_desk_from_the_first_indicator_to_the_proposal(client: Any, at_desk: Make) -> None:
    """Every place of the desk stands; agreement and proposal lead on."""
    case = at_desk("accepted")
    desk = f"/huyen/ho-so/{case.dossier}/tham-dinh"
    for place in ("", "2.5", "3.4", "1.2b", "so-lieu-nen", "de-xuat", "không-có"):
        assert client.get(desk, query_string={"chi-tieu": place}).status_code == 200
    page = client.get(f"{desk}?chi-tieu=2.5").text
    for key in ("j", "k", "n", "enter ctrl+enter"):
        assert f'data-key="{key}"' in page
    ids = re.findall(r'name="indicator" id="i-(\d+)"', client.get(f"{desk}/dong-y").text)
    assert len(ids) == 15
    answer = send(client, f"{desk}/dong-y", indicator=ids)
    assert answer.headers["Location"].endswith("chi-tieu=de-xuat")
    assert send(client, f"/huyen/ho-so/{case.dossier}/de-xuat", seen_level="2").status_code == 303
    assert "Công nhận mức độ 2" in client.get(desk).text
    assert send(client, f"/huyen/ho-so/{case.dossier}/mo-lai").status_code == 303
    assert "Đang thẩm định" in client.get(desk).text


def test_a_difference_needs_a_reason_and_says_its_effect(world: World, client: Any, at_desk: Make) -> None:
    """A changed count under “agreed” is a correction; without reason it comes back with what was typed."""
    case = at_desk("accepted")
    with world.acting(case.officer):
        target = code_of(sheet_of(world, case), "2.5")
    path = f"/huyen/ho-so/{case.dossier}/tham-dinh/{target}"
    said = client.get(f"{path}/anh-huong", query_string={"verdict": "agreed", "part": "34"}).text
    assert "từ “đạt mức độ 2” sang “đạt mức độ 1”" in said
    answer = send(client, path, verdict="agreed", part="34", reason="Một người nghỉ hưu", version="0")
    assert answer.status_code == 422
    assert "xin chọn lý do khác với đơn vị" in answer.text
    assert 'value="34"' in answer.text
    assert "Một người nghỉ hưu" in answer.text
    fields = {"verdict": "agreed", "part": "34", "reason": "Một người nghỉ hưu", "version": "0"}
    answer = send(client, path, **fields, reason_code="figure_mismatch")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "Đã lưu 2.5." in page
    assert "đạt mức độ 1" in page


def test_a_base_figure_is_previewed_then_saved(client: Any, at_desk: Make) -> None:
    """The preview lists before and after and stores nothing; saving asks for the counts that exceed."""
    case = at_desk("accepted")
    path = f"/huyen/ho-so/{case.dossier}/tham-dinh/so-lieu-nen/members"
    fields = {"value": "40", "reason": "Danh sách 31/12", "version": "0"}
    preview = send(client, path, act="preview", **fields)
    assert "Nếu lưu, 5 chỉ tiêu được tính lại" in preview.text
    assert "37/40 = 92,50" in preview.text
    assert (
        "Chưa hiệu chỉnh số nào"
        in client.get(f"/huyen/ho-so/{case.dossier}/tham-dinh?chi-tieu=so-lieu-nen").text
    )
    lower = send(client, path, act="save", **fields | {"value": "35"})
    assert lower.status_code == 422
    parts = dict.fromkeys(re.findall(r'name="(part-\d+)"', lower.text), "35")
    assert len(parts) == 5
    assert send(client, path, act="save", **fields | {"value": "35"}, **parts).status_code == 303
    page = client.get(f"/huyen/ho-so/{case.dossier}/tham-dinh?chi-tieu=so-lieu-nen").text
    assert "Danh sách 31/12" in page
    assert "35/35 = 100" in page


def test_supplements_are_previewed_and_sent_once(world: World, client: Any, at_desk: Make) -> None:
    """Preview, correct, send; afterwards the form says why nothing more can be asked for."""
    case = at_desk()
    path = f"/huyen/ho-so/{case.dossier}/bo-sung"
    assert client.get(path).status_code == 200
    empty = send(client, path, act="preview", answer_by="16/01/2027")
    assert empty.status_code == 422
    assert "Chưa chọn điểm nào" in empty.text
    asked = {
        "ask-part-letter": "yes",
        "reason-part-letter": HOSTILE,
        "answer_by": "16/01/2027",
        "note": "Sớm",
    }
    wrong = send(client, path, act="send", **asked | {"answer_by": "31/02/2027"})
    assert wrong.status_code == 422
    assert "&lt;script&gt;" in wrong.text
    preview = send(client, path, act="preview", **asked)
    assert "Chỉ 1 điểm trên được mở" in preview.text
    assert "&lt;script&gt;" in preview.text
    assert "Sửa lại" in preview.text
    assert send(client, path, act="edit", **asked).status_code == 200
    assert send(client, path, act="send", **asked).status_code == 303
    assert "“Chờ đơn vị bổ sung” nên không yêu cầu bổ sung được" in client.get(path).text
    again = send(client, path, act="send", **asked)
    assert again.status_code == 409
    with world.acting(case.officer, writes=False):
        points = sheet_of(world, case).points
        assert [point.part for point in points] == ["letter"]
        assert "\x00" not in points[0].reason
        assert "\u202e" not in points[0].reason


def test_the_checklist_names_what_lacks(world: World, client: Any, at_desk: Make) -> None:
    """A dossier from paper without proof shows its faults, and the supplement form suggests them."""
    case = at_desk()
    other = world.a_unit(case.district, "Trường Mầm non An Thái", "preschool")
    number = paper_dossier(client, other, explain="")
    page = client.get(f"/huyen/ho-so/{number}").text
    assert "Chưa có minh chứng hay giải trình: 1.1" in page
    assert "Còn 2 mục thiếu" in page
    form = client.get(f"/huyen/ho-so/{number}/bo-sung").text
    assert "Ghi đạt nhưng chưa có minh chứng hay giải trình." in form
    assert "Chưa có số, ngày quyết định và thành viên của Tổ đánh giá." in form


def paper_dossier(client: Any, unit: int, *, explain: str = "Theo báo cáo giấy.", file: bool = True) -> int:
    """Type a dossier in through the officer's pages; returns its id."""
    start = send(client, f"/huyen/nhap-ho/don-vi/{unit}", channel="post", code="VB-15")
    number = int(start.headers["Location"].rsplit("/", 1)[1])
    page = client.get(f"/huyen/nhap-ho/{number}").text
    names = re.findall(r'name="((?:yes|part|grade|head|version)[\w-]*)"', page)
    values = dict(re.findall(r'name="(version[\w-]*)" value="(\d+)"', page))
    for name in names:
        kind = name.split("-")[0]
        values.setdefault(name, {"yes": "yes", "part": "20", "grade": "3", "head": "20"}.get(kind, ""))
    for name in names:
        if explain and name.split("-")[0] in ("yes", "part", "grade"):
            values[f"why-{name.split('-')[1]}"] = explain
    values |= {"level": "1", "signed_by": "Hiệu trưởng", "act": "file" if file else "save"}
    if explain:
        values |= {
            "team_number": "3/QĐ",
            "team_date": "01/12/2026",
            "team": "Người A, Hiệu phó\nNgười B, Giáo viên",
        }
    answer = send(client, f"/huyen/nhap-ho/{number}", **values)
    assert answer.status_code == 303, re.findall(r"error-summary.*?</div>", answer.text, re.S)
    return number


def test_a_paper_dossier_is_typed_in_on_one_page(world: World, client: Any, at_desk: Make) -> None:
    """Everything typed is in the dossier, with channel and code; the unit sees it."""
    case = at_desk()
    unit = world.a_unit(case.district, "Trường Mầm non An Thái", "preschool")
    assert "Trường Mầm non An Thái" in client.get("/huyen/nhap-ho?q=mam+non+an+thai").text
    assert "Xin chọn hình thức nộp" in send(client, f"/huyen/nhap-ho/don-vi/{unit}").text
    number = paper_dossier(client, unit)
    head = world.a_person(Role.UNIT_HEAD, case.district, unit)
    with world.acting(head, writes=False):
        dossier = world.dossier(case.district, number)
        assert (dossier.state, dossier.channel, dossier.channel_code) == ("submitted", "post", "VB-15")
        assert (dossier.requested_level, dossier.signed_by) == (1, "Hiệu trưởng")
        assert [(m.full_name, m.duty) for m in dossier.team] == [("Người A", "chair"), ("Người B", "member")]
    page = client.get(f"/huyen/ho-so/{number}").text
    assert "Qua bưu chính (VB-15)" in page
    assert client.get(f"/huyen/nhap-ho/{number}").status_code == 303


def test_a_scan_proves_every_indicator(world: World, client: Any, at_desk: Make) -> None:
    """A scan is attached once and stands beside each indicator; what is no document is named."""
    case = at_desk()
    unit = world.a_unit(case.district, "Trường Mầm non An Thái", "preschool")
    number = paper_dossier(client, unit, file=False)
    picture = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(picture, "PNG")
    path = f"/huyen/nhap-ho/{number}/tep"
    good = (io.BytesIO(picture.getvalue()), "to-trinh.png")
    assert send(client, path, indicator="all", file=good).status_code == 303
    page = client.get(f"/huyen/nhap-ho/{number}").text
    assert "Đã gắn 1 tệp." in page
    assert page.count("to-trinh") == 1
    send(client, path, indicator="all", file=(io.BytesIO(b"MZ not a document"), "x.pdf"))
    assert "x.pdf" in client.get(f"/huyen/nhap-ho/{number}").text
    assert send(client, path, indicator="all").status_code in (302, 422)
    with world.acting(case.officer, writes=False):
        sheet = open_sheet(world.dossier(case.district, number))
        assert len({i for i, files in sheet.evidence.items() if files}) == 15


def test_the_stamp_decides_not_the_typing(world: World, client: Any, at_desk: Make) -> None:
    """Paper that came on 14/01 and is typed in on 16/01 is on time; an impossible day is refused."""
    case = at_desk()
    unit = world.a_unit(case.district, "Trường Mầm non An Thái", "preschool")
    number = paper_dossier(client, unit, file=False)
    world.set_clock(2027, 1, 16, 9, 0)
    page = client.get(f"/huyen/nhap-ho/{number}").text
    typed = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', page))
    del typed["csrf_token"]
    picked = re.findall(r'name="((?:yes|grade)-\d+)">.*?value="(\w+)" selected', page, re.S)
    texts = re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>([^<]*)<', page)
    typed |= dict(picked) | dict(texts) | {"level": "1", "act": "file"}
    for day in ("30/12/2026", "17/01/2027"):
        answer = send(client, f"/huyen/nhap-ho/{number}", **typed | {"received_on": day})
        assert answer.status_code == 422
        assert "Ngày nhận hồ sơ phải từ 31/12/2026 đến hôm nay." in answer.text
    assert (
        send(client, f"/huyen/nhap-ho/{number}", **typed | {"received_on": "14/01/2027"}).status_code == 303
    )
    with world.acting(case.officer, writes=False):
        assert not world.dossier(case.district, number).late


def test_a_half_typed_page_is_kept(client: Any, world: World, at_desk: Make) -> None:
    """What cannot be filed or read comes back as typed; figures that both fall are no trap."""
    case = at_desk()
    unit = world.a_unit(case.district, "Trường Mầm non An Thái", "preschool")
    number = paper_dossier(client, unit, file=False)
    page = client.get(f"/huyen/nhap-ho/{number}").text
    versions = dict(re.findall(r'name="(version[\w-]*)" value="(\d+)"', page))
    parts = re.findall(r'name="(part-\d+)"', page)
    typed = versions | {"head-members": "hai mươi", "level": "1", "act": "save", "strengths": HOSTILE}
    answer = send(client, f"/huyen/nhap-ho/{number}", **typed)
    assert answer.status_code == 422
    assert 'value="hai mươi"' in answer.text
    assert "xin nhập một số nguyên" in answer.text
    values = dict(re.findall(r'name="(head-\w+|part-\d+)" value="(\d+)"', page))
    lower = versions | dict.fromkeys(values, "15") | {"level": "1", "act": "save"}
    assert len(parts) == 7
    assert send(client, f"/huyen/nhap-ho/{number}", **lower).status_code == 303
    stale = send(client, f"/huyen/nhap-ho/{number}", **lower | {parts[0]: "3"})
    assert stale.status_code == 409
    assert "vừa sửa" in stale.text


def test_a_unit_that_works_on_the_portal_is_not_overwritten(client: Any, world: World, at_desk: Make) -> None:
    """A dossier begun by the unit itself cannot be typed in over it."""
    case = at_desk()
    unit = world.a_unit(case.district, "Trường Mầm non An Thái", "preschool")
    number = world.a_dossier(case.district, unit, "draft")
    answer = send(client, f"/huyen/nhap-ho/don-vi/{unit}", channel="paper")
    assert answer.status_code == 409
    assert "không nhập hộ được" in answer.text
    assert client.get(f"/huyen/nhap-ho/{number}").status_code == 404
    assert "Đơn vị chưa nộp hồ sơ" in client.get(f"/huyen/ho-so/{number}").text


def test_who_is_missing_is_reminded_once_a_day(client: Any, world: World, at_desk: Make) -> None:
    """One notice a unit and day, only for units of the filter that have not filed."""
    case = at_desk()
    preschool = world.a_unit(case.district, "Trường Mầm non An Thái", "preschool")
    office = world.a_unit(case.district, "Ủy ban nhân dân xã An Thái", "commune_committee")
    page = client.get("/huyen/con-thieu").text
    assert "Trường Mầm non An Thái" in page
    assert "Nhắc 2 đơn vị" in page
    send(client, "/huyen/con-thieu/nhac?kind=preschool")
    assert "Đã gửi nhắc đến 1 đơn vị" in client.get("/huyen/con-thieu").text
    send(client, "/huyen/con-thieu/nhac")
    said = client.get("/huyen/con-thieu").text
    assert "Đã gửi nhắc đến 1 đơn vị. 1 đơn vị đã được nhắc trong hôm nay" in said
    for unit in (preschool, office):
        head = world.a_person(Role.UNIT_HEAD, case.district, unit)
        with world.acting(head, writes=False):
            found = [notice for notice in latest(head.place) if "chưa nộp hồ sơ năm 2026" in notice.sentence]
            assert len(found) == 1


def test_lists_search_filter_sort_and_export(client: Any, world: World, at_desk: Make) -> None:
    """Accents are optional, filters narrow, exports hold what the filter shows, odd wishes are ignored."""
    case = at_desk()
    other = world.a_unit(case.district, "=SUM(1+1) Trường Mầm non", "preschool")
    world.a_dossier(case.district, other, "submitted", level=1)
    assert "Mỹ Đức" in client.get("/huyen/ho-so?q=my+duc").text
    assert "Không có hồ sơ nào khớp" in client.get("/huyen/ho-so?q=100%25_").text
    one = client.get(
        "/huyen/ho-so?kind=preschool&level=1&late=no&channel=portal&state=submitted&sort=kind"
    ).text
    assert "SUM(1+1)" in one
    assert "Trường Tiểu học Mỹ Đức" not in one
    for odd in ("sort=drop&direction=x", "trang=99999999999", "state=xx&kind=yy", "nam=abcd", f"q={HOSTILE}"):
        assert client.get(f"/huyen/ho-so?{odd}").status_code == 200
        assert client.get(f"/huyen/con-thieu?{odd}").status_code == 200
        assert client.get(f"/huyen/nhap-ho?{odd}").status_code == 200
    assert client.get("/huyen/ho-so?nam=1999").status_code == 404
    rows = client.get("/huyen/ho-so/xuat.csv?kind=preschool").data.decode("utf-8-sig")
    assert "'=SUM(1+1) Trường Mầm non" in rows
    assert "Mỹ Đức" not in rows
    for path in ("/huyen/ho-so/xuat.xlsx", "/huyen/con-thieu/xuat.xlsx"):
        assert client.get(path).data[:2] == b"PK"
    assert client.get("/huyen/ho-so/xuat.exe").status_code == 404


def test_a_longer_list_asks_no_more(
    client: Any, world: World, at_desk: Make, count_queries: list[str]
) -> None:
    """The number of queries of each list is the same for 30 and for 300 dossiers."""
    case = at_desk()
    asked = []
    for first, last in ((1, 30), (31, 300)):
        many_rows(case, first, last)
        counted = {}
        for path in ("/huyen/ho-so", "/huyen/con-thieu", "/huyen/nhap-ho", "/huyen/ho-so/xuat.csv"):
            assert client.get(path).status_code == 200
            count_queries.clear()
            page = client.get(path)
            counted[path] = len(count_queries)
        assert len(page.data.splitlines()) == last + 2
        asked.append(counted)
    assert asked[0] == asked[1]


def many_rows(case: Case, first: int, last: int) -> None:
    """Copy the case's unit with its filed dossier, in bulk, each beside a unit that has not filed."""
    units = text(
        "insert into unit (tenant_id, code, name, name_sort, name_folded, kind, public, sensitive, commune,"
        " superior, superior_second, name_lines, date_place, authority, symbol, address, phone, email,"
        " head_name, head_title, opened_on, version)"
        " select tenant_id, code || p || n, name || n, name_sort || n, name_folded || n, kind, public,"
        " sensitive, commune, '', '', '', '', '', '', '', '', '', head_name, head_title, opened_on, 1"
        " from unit, generate_series(cast(:a as int), cast(:b as int)) n, (values ('F'), ('M')) as v (p)"
        " where tenant_id = :t and id = :u"
    )
    dossiers = text(
        "insert into dossier (tenant_id, unit_id, year, version_id, state, version, requested_level,"
        " self_level, team_number, strengths, weaknesses, plan, letter_number, channel, channel_code, ratio_only,"
        " created_at, signed_at, signed_by, content_hash, submitted_at, submitted_by, receipt_number, late,"
        " late_reason, accepted_by, appraised_by, proposal_note, closed_reason)"
        " select u.tenant_id, u.id, d.year, d.version_id, 'submitted', 1, 2, 2, '', '', '', '', '', 'portal',"
        " '', false, now(), now(), '', 'x', now(), '', 'HS-' || u.id, false, '', '', '', '', ''"
        " from dossier d join unit u on u.tenant_id = d.tenant_id and u.code ~ 'F[0-9]+$'"
        " where d.id = :d and not exists (select from dossier e where e.unit_id = u.id)"
    )
    with acting_in(STEWARD):
        db.session.execute(units, {"a": first, "b": last, "t": case.district, "u": case.unit})
        db.session.execute(dossiers, {"d": case.dossier})


def test_another_district_finds_nothing(client: Any, world: World, at_desk: Make) -> None:
    """Acceptance scenario 7: another district's dossier answers as an unknown one, on every page and verb."""
    case = at_desk("accepted")
    there = world.a_district("Huyện Kiến Thụy")
    stranger = world.a_person(Role.DISTRICT_OFFICER, there)
    world.sign_in(client, stranger)
    base = f"/huyen/ho-so/{case.dossier}"
    for path in (
        base,
        f"{base}/bo-sung",
        f"{base}/tham-dinh",
        f"{base}/tham-dinh/dong-y",
        f"{base}/tham-dinh/1/anh-huong",
    ):
        assert client.get(path).status_code == 404
    assert client.get(f"/huyen/nhap-ho/{case.dossier}").status_code == 404
    assert client.get(f"/huyen/nhap-ho/don-vi/{case.unit}").status_code == 404
    verbs = (
        "tiep-nhan",
        "tu-choi",
        "bo-sung",
        "tham-dinh/1",
        "tham-dinh/so-lieu-nen/members",
        "tham-dinh/dong-y",
    )
    for verb in (*verbs, "de-xuat", "mo-lai"):
        assert send(client, f"{base}/{verb}").status_code == 404
    for path in ("/huyen/ho-so", "/huyen/con-thieu", "/huyen/nhap-ho"):
        assert "Mỹ Đức" not in client.get(path).text
    assert client.get("/huyen/ho-so/99999999999999999999").status_code == 404


def test_ones_own_unit_is_refused(client: Any, world: World, at_desk: Make) -> None:
    """A person with a role in the unit neither sees the desk nor judges: 403 with the sentence."""
    case = at_desk("accepted")
    world.another_place(case.officer, Role.UNIT_EDITOR, case.district, case.unit)
    desk = f"/huyen/ho-so/{case.dossier}/tham-dinh"
    answer = client.get(desk)
    assert answer.status_code == 403
    assert "đang giữ vai trò tại đơn vị này" in answer.text
    for verb in (
        f"{desk}/1",
        f"{desk}/dong-y",
        f"{desk}/so-lieu-nen/members",
        f"/huyen/ho-so/{case.dossier}/de-xuat",
    ):
        assert send(client, verb).status_code == 403


def test_roles_without_the_right(client: Any, world: World, at_desk: Make) -> None:
    """A leader reads; only officers take in; a unit sees none of it."""
    case = at_desk("accepted")
    world.sign_in(client, world.a_person(Role.DISTRICT_LEADER, case.district))
    desk = f"/huyen/ho-so/{case.dossier}/tham-dinh"
    assert "chỉ xem được" in client.get(f"{desk}?chi-tieu=2.5").text
    assert "Nhập hồ sơ giấy" not in client.get("/huyen/ho-so").text
    assert send(client, f"{desk}/dong-y").status_code == 403
    assert send(client, f"/huyen/ho-so/{case.dossier}/tiep-nhan").status_code == 403
    world.sign_in(client, world.a_person(Role.UNIT_HEAD, case.district, case.unit))
    for path in ("/huyen/ho-so", f"/huyen/ho-so/{case.dossier}", desk, "/huyen/con-thieu", "/huyen/nhap-ho"):
        assert client.get(path).status_code == 403


def test_hostile_input_on_the_desk(client: Any, world: World, at_desk: Make) -> None:
    """Whatever is typed, the answer is a page with a sentence."""
    case = at_desk("accepted")
    with world.acting(case.officer):
        target = code_of(sheet_of(world, case), "2.5")
    desk = f"/huyen/ho-so/{case.dossier}/tham-dinh"
    for part in ("-1", "9" * 40, "3,5", "", HOSTILE, "٣"):
        answer = send(
            client, f"{desk}/{target}", verdict="corrected", part=part, reason=HOSTILE, reason_code="other"
        )
        assert answer.status_code == 422, part
    assert send(client, f"{desk}/{target}", verdict=HOSTILE).status_code == 422
    assert send(client, f"{desk}/{target}", verdict="agreed", version=HOSTILE).status_code == 409
    assert send(client, f"{desk}/999999", verdict="agreed").status_code == 404
    assert send(client, f"{desk}/so-lieu-nen/{'x' * 300}", value="1").status_code == 404
    for value in ("", "-3", "9" * 30, HOSTILE):
        assert (
            send(client, f"{desk}/so-lieu-nen/members", value=value, reason="x", act="save").status_code
            == 422
        )
    long = send(
        client, f"{desk}/{target}", verdict="not_enough_evidence", reason_code="other", reason="ờ" * 90_000
    )
    assert long.status_code == 303
    answer = send(client, f"{desk}/dong-y", indicator=["abc", "99999999999999", "-1"])
    assert answer.status_code in (302, 303, 409)


def test_two_officers_at_one_finding(client: Any, world: World, at_desk: Make) -> None:
    """The second sees both verdicts, keeps what was typed, and may then decide which stays."""
    case = at_desk("accepted")
    second = world.a_person(Role.DISTRICT_OFFICER, case.district, name="Chuyên viên thứ hai")
    with world.acting(second) as actor:
        sheet = sheet_of(world, case)
        target = code_of(sheet, "2.5")
        why = {"reason_code": "figure_mismatch", "reason": "Danh sách ghi 36 người."}
        appraisal.judge(actor, sheet.dossier, target, "corrected", part=36, **why)
    path = f"/huyen/ho-so/{case.dossier}/tham-dinh/{target}"
    fields = {"verdict": "corrected", "part": "34", "reason_code": "other", "reason": "Tôi đếm 34."}
    answer = send(client, path, **fields, version="0")
    assert answer.status_code == 409
    for said in ("Danh sách ghi 36 người.", "Tôi đếm 34.", "Chuyên viên thứ hai", "36/37", "34/37"):
        assert said in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version is not None
    assert send(client, path, **fields, version=version[1]).status_code == 303
    with world.acting(case.officer, writes=False):
        assert sheet_of(world, case).findings[target].part == 34


def test_two_officers_at_one_intake(client: Any, world: World, at_desk: Make) -> None:
    """The second is told who was faster; nothing is doubled."""
    case = at_desk()
    second = world.a_person(Role.DISTRICT_OFFICER, case.district, name="Chuyên viên thứ hai")
    with world.acting(second) as actor:
        points = [PointAsked("Thiếu.", part="letter")]
        appraisal.request_supplement(
            actor, world.dossier(case.district, case.dossier), points, date(2027, 1, 16)
        )
    answer = send(client, f"/huyen/ho-so/{case.dossier}/tiep-nhan")
    assert answer.status_code == 409
    assert "Chuyên viên thứ hai đã yêu cầu bổ sung" in answer.text


def test_a_longer_term_keeps_what_was_typed(client: Any, world: World, at_desk: Make) -> None:
    """A day that cannot be is a sentence beside the typed text; a good one stands on the page and in the trail."""
    case = at_desk()
    with world.acting(case.officer) as actor:
        points = [PointAsked("Thiếu.", part="letter")]
        dossier = world.dossier(case.district, case.dossier)
        appraisal.request_supplement(actor, dossier, points, date(2027, 1, 16))
    path = f"/huyen/ho-so/{case.dossier}"
    for day, sentence in (
        ("", "Xin nhập hạn mới"),
        ("32/01/2027", "theo mẫu"),
        ("16/01/2027", "sau hạn đang có"),
    ):
        answer = send(
            client, f"{path}/gia-han", extend_to=day, extend_reason="Chờ con dấu", seen="16/01/2027"
        )
        assert answer.status_code == 422, day
        assert sentence in answer.text
        assert "Chờ con dấu</textarea>" in answer.text
    typed = {"extend_to": "20/01/2027", "extend_reason": "Chờ con dấu", "seen": "16/01/2027"}
    assert send(client, f"{path}/gia-han", **typed).status_code == 303
    page = client.get(path).text
    assert "trả lời trước ngày 20/01/2027" in page
    assert "đã gia hạn bổ sung đến trước ngày 20/01/2027: Chờ con dấu" in page
