"""Last year's files: asked one by one, in sittings, never twice, and never tied where the year is closed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.dossiers import operations as filing
from portal.evidence import carrying, operations
from portal.evidence.documents import Particulars
from portal.evidence.models import EvidenceCarry
from tenants.database import db
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.evidence import samples
from tests.evidence.scene import Unit, post

FILES = (
    ("Quy chế", Particulars("Quy chế", "regulation", issued_on=date(2026, 2, 1)), ("1.2", "2.1")),
    ("Kế hoạch", Particulars("Kế hoạch", "plan", issued_on=date(2026, 1, 5)), ("1.1",)),
    ("Giấy khen", Particulars("Giấy khen", "other"), ("2.5",)),
    ("Chứng nhận", Particulars("Chứng nhận", "certificate", valid_until=date(2028, 5, 1)), ("2.2",)),
)


class TwoYears:
    """A unit with files in its dossier of 2026 and an empty dossier of 2027."""

    def __init__(self, world: World) -> None:
        self.unit = Unit(world)
        self.files: dict[str, int] = {}
        with world.acting(self.unit.head) as actor:
            dossier = world.dossier(self.unit.tenant_id, self.unit.dossier_id)
            for name, particulars, codes in FILES:
                added = operations.add_document(
                    actor,
                    self.unit.tenant_id,
                    self.unit.unit_id,
                    (f"{name}.pdf", samples.pdf(name)),
                    particulars,
                )
                self.files[name] = added.file.id
                for code in codes:
                    operations.link(actor, dossier, self.unit.ids[code], added.file.id)
        with acting_in(STEWARD):
            open_year(2027, db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one())
        world.set_clock(2027, 3, 1, 9)
        self.dossier_id = world.a_dossier(self.unit.tenant_id, self.unit.unit_id, year=2027)


@pytest.fixture
@made_once
def two(world: World) -> TwoYears:
    """The two years."""
    return TwoYears(world)


def tied(world: World, two: TwoYears) -> set[str]:
    """What is tied to this year's dossier, as name of the file and code."""
    with world.acting(two.unit.head, writes=False):
        sheet = filing.open_sheet(world.dossier(two.unit.tenant_id, two.dossier_id))
        codes = {row.id: row.code for row in sheet.catalogue}
        return {f"{file.title} {codes[number]}" for number, files in sheet.evidence.items() for file in files}


def test_each_file_is_asked_once(world: World, client: Any, two: TwoYears) -> None:
    """Yes, no and later; later is asked again, a second saying changes nothing, a changed mind does."""
    world.sign_in(client, two.unit.head)
    address = f"/ho-so/{two.dossier_id}/minh-chung-nam-truoc"
    library = client.get("/minh-chung").get_data(as_text=True)
    assert "còn 4 tài liệu của hồ sơ trước" in library
    assert "còn 4 tài liệu của hồ sơ trước" in client.get(f"/ho-so/{two.dossier_id}").get_data(as_text=True)
    page = client.get(address).get_data(as_text=True)
    assert 'Còn <b class="num">4</b> trong 4' in page
    chosen = {name: f'name="con-hieu-luc-{number}"' for name, number in two.files.items()}
    for name, answer in (("Quy chế", "con"), ("Kế hoạch", "khong"), ("Giấy khen", ""), ("Chứng nhận", "con")):
        ticked = [line for line in page.split("<input") if chosen[name] in line and " checked" in line]
        assert len(ticked) == 1, name
        assert f'value="{answer}"' in ticked[0], name
    assert "loại “kế hoạch” thường chỉ dùng cho một năm" in page
    files = two.files
    said = post(
        client,
        address,
        **{
            f"con-hieu-luc-{files['Quy chế']}": "con",
            f"con-hieu-luc-{files['Kế hoạch']}": "khong",
            f"con-hieu-luc-{files['Giấy khen']}": "",
        },
    ).get_data(as_text=True)
    assert "1 tài liệu còn hiệu lực được gắn vào hồ sơ năm 2027, 1 không dùng nữa" in said
    assert 'Còn <b class="num">2</b> trong 4' in said
    assert tied(world, two) == {"Quy chế 1.2", "Quy chế 2.1"}
    post(client, address, **{f"con-hieu-luc-{files['Quy chế']}": "con"})
    assert tied(world, two) == {"Quy chế 1.2", "Quy chế 2.1"}
    post(client, address, **{f"con-hieu-luc-{files['Quy chế']}": "khong"})
    assert tied(world, two) == set()
    assert "Chưa chọn tài liệu nào" in post(client, address, **{"con-hieu-luc-x": "con"}).get_data(
        as_text=True
    )
    assert post(client, address, **{"con-hieu-luc-999999": "con"}).status_code == 404
    rest = {f"con-hieu-luc-{files[name]}": "con" for name in ("Giấy khen", "Chứng nhận")}
    assert "Đã xét hết tài liệu của năm 2026" in post(client, address, **rest).get_data(as_text=True)
    assert "tài liệu của hồ sơ trước" not in client.get("/minh-chung").get_data(as_text=True)
    with world.acting(two.unit.head, writes=False):
        assert db.session.scalar(select(func.count()).select_from(EvidenceCarry)) == 4
    assert len(two.unit.files("1.2")) == 1, "last year's dossier is as it was"


def test_nothing_is_carried_into_a_closed_year(world: World, client: Any, two: TwoYears) -> None:
    """Once withdrawn or signed, a sentence; a unit without an earlier year is told so."""
    with world.acting(two.unit.head) as actor:
        dossier = world.dossier(two.unit.tenant_id, two.dossier_id)
        filing.withdraw(actor, dossier)
        with pytest.raises(Refused, match="không còn ở bước tự đánh giá"):
            carrying.decide(actor, dossier, {two.files["Quy chế"]: True})
        assert carrying.left_to_ask(dossier) == 0
    assert tied(world, two) == {"Quy chế 1.2"}, "only what a new dossier finds by itself"
    world.sign_in(client, two.unit.head)
    page = client.get(f"/ho-so/{two.dossier_id}/minh-chung-nam-truoc").get_data(as_text=True)
    assert "không còn ở bước tự đánh giá" in page
    other = Unit(world, name="Trường Mầm non An Thái")
    world.sign_in(client, other.head)
    first = client.get(f"/ho-so/{other.dossier_id}/minh-chung-nam-truoc").get_data(as_text=True)
    assert "Không có minh chứng năm trước" in first
    assert client.get(f"/ho-so/{two.dossier_id}/minh-chung-nam-truoc").status_code == 404
