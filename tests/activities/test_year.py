"""The room's front page and its typed documents: what is still to do from January on, what proves itself."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from portal.activities.queries import documents_of
from portal.dossiers.queries import open_sheet
from tenants.people import Role
from tests.beds import made_once
from tests.builders import World
from tests.evidence import samples
from tests.forms import token

PLAN = {"plan-number": "05/KH-THMĐ", "plan-issued_on": "15/12/2025", "plan-issuer": "Trường Tiểu học Mỹ Đức"}


def page_of(answer: Any) -> str:
    """The page of an answer."""
    return str(answer.get_data(as_text=True))


@pytest.fixture
@made_once
def january(world: World) -> World:
    """The first working day of the year."""
    world.set_clock(2026, 1, 5, 8, 0)
    return world


def test_what_the_year_asks_for_from_january_on(january: World, client: Any) -> None:
    """Registration, plan, rules, budget and the log are tasks at once, in the room and on the desk, without a dossier."""
    tenant_id = january.a_district()
    public = january.a_unit(tenant_id)
    private = january.a_unit(tenant_id, "Công ty cổ phần Hoa Phượng", "enterprise", public=False)
    january.sign_in(client, january.a_person(Role.UNIT_EDITOR, tenant_id, public))
    for address in ("/trong-nam", "/"):
        page = page_of(client.get(address))
        for said in (
            "Đăng ký mức độ phấn đấu năm 2026",
            "Thêm kế hoạch học tập của năm (năm 2026); văn bản tự gắn vào chỉ tiêu 1.1.",
            "Thêm quy chế, quy định khuyến khích học tập",
            "Thêm kinh phí đào tạo, bồi dưỡng",
        ):
            assert said in page, (address, said)
    page = page_of(client.get("/trong-nam/van-ban"))
    assert page.count("Thêm văn bản</summary>") == 3
    january.sign_in(client, january.a_person(Role.UNIT_EDITOR, tenant_id, private))
    page = page_of(client.get("/trong-nam"))
    assert "Thêm kinh phí" not in page
    assert "chỉ áp dụng cho cơ quan, đơn vị công lập" in page_of(client.get("/trong-nam/van-ban"))
    january.set_clock(2025, 12, 31, 8, 0)
    assert "Chưa có năm đánh giá nào mở" in page_of(client.get("/trong-nam"))


def test_a_document_proves_its_indicator_of_itself(january: World, client: Any) -> None:
    """Sent in January without a dossier, tied to 1.1 when one is started; a wrong form keeps what was typed."""
    tenant_id = january.a_district()
    unit_id = january.a_unit(tenant_id)
    clerk = january.a_person(Role.UNIT_EDITOR, tenant_id, unit_id)
    january.sign_in(client, clerk)
    here = "/trong-nam/van-ban"
    key = {"csrf_token": token(client, here)}

    def send(kind: str, fields: dict[str, str], content: bytes | None, name: str = "Kế hoạch.pdf") -> Any:
        file = {"file": (BytesIO(content), name)} if content is not None else {}
        return client.post(f"{here}/{kind}?nam=2026", data=key | fields | file)

    for fields, content, said in (
        (PLAN | {"plan-number": ""}, samples.pdf(), "Xin ghi số, ký hiệu"),
        (PLAN | {"plan-issued_on": "32/13/2026"}, samples.pdf(), "Xin viết ngày"),
        (PLAN, None, "Chưa chọn tệp văn bản"),
        (PLAN, b"MZ khong phai pdf", "Kế hoạch.pdf"),
    ):
        refused = send("plan", fields, content)
        assert refused.status_code == 422, said
        assert said in page_of(refused)
        assert "Trường Tiểu học Mỹ Đức" in page_of(refused)
    assert send("minutes", PLAN, samples.pdf()).status_code == 404
    assert send("plan", PLAN, samples.pdf()).status_code == 303
    page = page_of(client.get(here))
    assert "tự gắn vào chỉ tiêu khi lập hồ sơ năm 2026" in page
    assert "số 05/KH-THMĐ" in page
    assert "Thêm kế hoạch" not in page_of(client.get("/trong-nam"))
    rules = {name.replace("plan", "regulation"): value for name, value in PLAN.items()}
    content = samples.pdf() + b"\n%quy che"
    assert send("regulation", rules, content, "Quy chế.pdf").status_code == 303
    with january.acting(clerk, writes=False):
        held = documents_of(tenant_id, unit_id, 2026)
        assert [len(files) for files in held.values()] == [1, 1, 0]
        later = documents_of(tenant_id, unit_id, 2027)
        assert [len(files) for files in later.values()] == [0, 1, 0], "rules last, a plan is of its year"
    dossier_id = january.a_dossier(tenant_id, unit_id)
    with january.acting(clerk, writes=False):
        sheet = open_sheet(january.dossier(tenant_id, dossier_id))
        tied = {row.code: len(sheet.evidence[row.id]) for row in sheet.catalogue if sheet.evidence[row.id]}
        assert tied == {"1.1": 1, "1.2": 1}
