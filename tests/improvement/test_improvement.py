"""Requirements for next time and the plan to improve: set by the district, answered by the unit, carried on."""

from __future__ import annotations

from typing import Any

from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.dossiers.queries import open_sheet
from portal.improvement.rules import lacking
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.deciding import District, accept, appraise
from tests.dossiers.facts import judged
from tests.forms import send


def test_what_is_lacking_has_one_sentence_an_indicator() -> None:
    """Both levels lack the indicator, and one sentence says so; a met or unanswered one has none."""
    assert [one.code for one in lacking(judged(False))] == ["1.1"]
    assert lacking(judged(True)) == []
    assert lacking(judged(None)) == []
    assert "Kế hoạch" in lacking(judged(False))[0].sentence


def test_requirements_travel_from_one_decision_to_the_next_signature(world: World, client: Any) -> None:
    """Set at the appraisal, unseen before the decision, shown with it, answered before the next signature."""
    world.confirm_thresholds()
    district = District(world)
    unit_id = world.a_unit(district.tenant_id)
    dossier_id = world.a_dossier(district.tenant_id, unit_id, "submitted", level=1)
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, unit_id)
    page = f"/huyen/ho-so/{dossier_id}/yeu-cau-lan-sau"

    world.sign_in(client, district.officer)
    early = send(client, page, {"khac-1": "Sớm quá"})
    assert early.status_code == 409
    assert "khi hồ sơ đang thẩm định" in early.get_data(as_text=True)
    accept(world, district.officer, district.tenant_id, dossier_id)
    assert "Yêu cầu khác 1" in client.get(page).get_data(as_text=True)
    saved = send(client, page, {"khac-1": "Lập sổ theo dõi\ntự học", "khac-2": " "}, follow_redirects=True)
    assert "Đã lưu 1 yêu cầu" in saved.get_data(as_text=True)
    stale = send(client, page, {"khac-1": "Của người mở trang từ trước", "seen": ""})
    assert stale.status_code == 409
    text = stale.get_data(as_text=True)
    assert "Người khác vừa sửa" in text
    assert "Của người mở trang từ trước" in text

    world.sign_in(client, head)
    assert "Lập sổ theo dõi" not in client.get(f"/ho-so/{dossier_id}").get_data(as_text=True)
    appraise(world, district.officer, district.tenant_id, dossier_id)
    world.sign_in(client, district.officer)
    late = send(client, page, {"khac-1": "Sau khi chốt"}, page=f"/huyen/ho-so/{dossier_id}")
    assert late.status_code == 409
    world.set_clock(2027, 2, 1, 9, 0)
    district.issued()
    world.sign_in(client, head)
    assert "Lập sổ theo dõi" in client.get(f"/ho-so/{dossier_id}/ket-qua").get_data(as_text=True)

    with acting_in(STEWARD):
        version = db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one()
        open_year(2027, version)
        db.session.commit()
    world.set_clock(2028, 1, 5, 9, 0)
    next_id = world.a_dossier(district.tenant_id, unit_id, "filled", year=2027)
    world.sign_in(client, head)
    address = f"/ho-so/{next_id}/yeu-cau-ky-truoc"
    assert "Còn 1 yêu cầu của kỳ trước chưa trả lời." in client.get(f"/ho-so/{next_id}/kiem-tra").get_data(
        as_text=True
    )
    with world.acting(head, writes=False):
        sheet = open_sheet(world.dossier(district.tenant_id, next_id))
        number = sheet.asked[0].requirement.id
        assert sheet.asked[0].year == 2026
    field = f"tra-loi-{number}"
    answered = send(client, address, {field: "Đã lập sổ.", f"da-thay-{number}": ""}, follow_redirects=True)
    assert "Đã lưu phần trả lời." in answered.get_data(as_text=True)
    clash = send(client, address, {field: "Nội dung khác", f"da-thay-{number}": ""})
    assert clash.status_code == 409
    assert "Nội dung khác" in clash.get_data(as_text=True)
    assert "Đã lập sổ." in clash.get_data(as_text=True)
    assert "Còn 1 yêu cầu" not in client.get(f"/ho-so/{next_id}/kiem-tra").get_data(as_text=True)


def test_a_year_that_was_not_reached_ends_with_a_plan(world: World, client: Any) -> None:
    """Closing the year drafts one measure for each indicator that is lacking; the unit goes on with it."""
    world.confirm_thresholds()
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    dossier_id = world.a_dossier(tenant_id, unit_id, "filled", part=10)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    world.sign_in(client, head)
    plan = f"/ho-so/{dossier_id}/cai-tien"
    assert "Kế hoạch chưa có việc nào" in client.get(plan).get_data(as_text=True)
    assert send(client, plan, {"measure": "Quá sớm"}).status_code == 409
    ended = send(
        client,
        f"/ho-so/{dossier_id}/ket-thuc",
        {"reason": "Chưa đủ người."},
        page=f"/ho-so/{dossier_id}/kiem-tra",
        follow_redirects=True,
    ).get_data(as_text=True)
    assert "Kế hoạch cải tiến dưới đây" in ended
    assert "Chưa đủ người." in ended
    assert "Cần thêm" in ended
    again = send(client, f"{plan}/lap", page=plan, follow_redirects=True).get_data(as_text=True)
    assert "Mỗi chỉ tiêu chưa đạt đã có việc." in again
    refused = send(client, plan, {"measure": "", "due_on": "ba mươi"})
    assert refused.status_code == 422
    assert "Xin ghi việc cần làm." in refused.get_data(as_text=True)
    long = send(client, plan, {"measure": "a" * 2001})
    assert "tối đa 2.000 ký tự" in long.get_data(as_text=True)
    assert send(client, plan, {"measure": "Mở lớp <b>tin học</b>", "due_on": "30/06/2027"}).status_code == 303
    shown = client.get(plan).get_data(as_text=True)
    assert "&lt;b&gt;tin học" in shown
    with world.acting(head, writes=False):
        from portal.improvement.queries import actions_of

        own = actions_of(tenant_id, dossier_id)[-1]
        number, version = own.id, own.version
    one = f"{plan}/{number}"
    done = {"measure": "Mở lớp tin học", "done_on": "09/01/2027", "version": str(version)}
    assert send(client, one, done | {"done_on": "01/01/2030"}).status_code == 422
    assert send(client, one, done).status_code == 303
    stale = send(client, one, done | {"measure": "Việc của người mở trước"})
    assert stale.status_code == 409
    assert "Việc của người mở trước" in stale.get_data(as_text=True)
    assert "Xong 09/01/2027" in client.get(plan).get_data(as_text=True)
    assert send(client, f"{one}/bo", page=plan).status_code == 303
    assert client.get(one).status_code == 404
