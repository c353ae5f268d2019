"""A visit without a line, in a real browser: the checklist and its photos wait on the phone and arrive once."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from portal.visits import operations
from portal.visits.models import VisitCheck, VisitPhoto
from portal.visits.operations import Arranged
from portal.words import ZONE
from tenants.database import db
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.deciding import District


def picture() -> dict[str, Any]:
    """A small photo as a file field takes it."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (30, 90, 60)).save(made, "JPEG")
    return {"name": "so-theo-doi.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_a_visit_without_a_line(world: World, visitor: Any) -> None:
    """Open once, lose the line, reload, write, take a photo, reload, come back: both are sent, each once."""
    world.confirm_thresholds()
    district = District(world)
    tenant_id, officer = district.tenant_id, district.officer
    dossier_id = world.a_dossier(tenant_id, world.a_unit(tenant_id), "submitted")
    with world.acting(officer) as actor:
        number = actor.account_id
        given = Arranged(datetime(2027, 1, 12, 8, 0, tzinfo=ZONE), "Phòng họp", "", (number,), number)
        row = operations.arrange(actor, world.dossier(tenant_id, dossier_id), given)
        operations.tell(actor, row, "18/TB-PGDĐT", date(2027, 1, 10), "Trưởng phòng", "TRƯỞNG PHÒNG")
        sheet = f"/huyen/kiem-tra/{row.id}/phieu"
    phone = visitor(360, 740, service_workers="allow")
    page = phone.page
    phone.sign_in(officer)
    phone.go(sheet)
    page.wait_for_function("() => document.body.dataset.kept > ''")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    phone.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Chưa lập và ký biên bản được.")).to_be_visible()
    card = page.locator("[id='chi-tieu-1.1']")
    card.get_by_role("radio", name="Không thấy").check()
    card.locator("textarea").fill("Chưa có sổ theo dõi.")
    card.locator("textarea").press("Tab")
    expect(page.locator("[data-sync-all]")).to_contain_text("chờ gửi (1)")
    card.locator("input[type=file]").set_input_files(picture())
    expect(page.locator("[data-photos-all]")).to_contain_text("Chờ gửi 1 ảnh")
    phone.look("phieu-ngoai-tuyen-360")
    page.reload()
    expect(card).to_contain_text("giữ trên máy này, chờ gửi")
    expect(card.locator("textarea")).to_have_value("Chưa có sổ theo dõi.")
    phone.context.set_offline(False)
    expect(page.locator("[data-sync-all]")).to_contain_text("Đã gửi hết")
    expect(card.get_by_role("link", name="so-theo-doi.jpg")).to_be_visible()
    expect(page.locator("[data-photos-all]")).to_be_hidden()
    with acting_in(STEWARD):
        check = db.session.scalars(select(VisitCheck)).one()
        assert (check.result, check.note, check.version) == ("not_found", "Chưa có sổ theo dõi.", 1)
        assert [one.file_name for one in db.session.scalars(select(VisitPhoto))] == ["so-theo-doi.jpg"]
    db.session.remove()
