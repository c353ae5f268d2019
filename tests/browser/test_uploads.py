"""A file over a line that breaks: it goes on by itself, after a reload, and nothing half-sent shows anywhere."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from portal.evidence.models import Evidence, EvidenceUpload
from tenants.database import db
from tenants.people import Role
from tests.builders import World
from tests.evidence import samples

SIZE = 1_500_000


class Line:
    """The line between browser and portal: counts parts, and can be cut after so many."""

    def __init__(self, page: Page) -> None:
        self.parts, self.left = 0, 10_000
        self.cut = threading.Event()
        page.route(re.compile(r"/minh-chung/gui/\d+$"), self._part)

    def _part(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
        elif self.left:
            self.left -= 1
            self.parts += 1
            route.continue_()
        else:
            self.cut.set()
            route.abort("internetdisconnected")


def test_a_file_continues_after_the_line_was_lost_and_after_a_reload(
    world: World, visitor: Any, tmp_path: Path
) -> None:
    """Cut in the middle it waits and goes on; reloaded, the same file chosen again continues where it stopped."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    world.a_dossier(tenant_id, unit_id)
    proof = tmp_path / "Kế hoạch học tập.pdf"
    proof.write_bytes(samples.pdf_of_size(SIZE))

    clerk = visitor(360, 740)
    clerk.sign_in(head)
    clerk.go("/minh-chung")
    line = Line(clerk.page)
    line.left = 2
    form = clerk.page.locator("#gui-vao-kho")
    form.locator("input[type=file]").set_input_files(proof)
    form.get_by_role("button", name="Gửi tệp").click()
    expect(form).to_contain_text("Mất kết nối, đang chờ để gửi tiếp")
    with world.acting(head, writes=False):
        (upload,) = db.session.scalars(select(EvidenceUpload)).all()
        assert 0 < upload.received < SIZE
        assert db.session.scalars(select(Evidence)).all() == []

    clerk.page.reload()
    form = clerk.page.locator("#gui-vao-kho")
    expect(form).to_contain_text("Đang gửi dở “Kế hoạch học tập.pdf”")
    expect(clerk.page.get_by_text("Tệp gửi dở").first).to_be_visible()
    clerk.look("upload-stopped")
    line.left, line.parts = 1, 0
    form.locator("input[type=file]").set_input_files(proof)
    form.get_by_role("button", name="Gửi tệp").click()
    expect(form).to_contain_text("Mất kết nối, đang chờ để gửi tiếp")
    line.left = 10_000
    clerk.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(clerk.page.get_by_text("Đã nhận 1 tệp.")).to_be_visible()
    expect(clerk.page.locator("tbody")).to_contain_text("Kế hoạch học tập")
    clerk.look("upload-done")
    with world.acting(head, writes=False):
        (file,) = db.session.scalars(select(Evidence)).all()
        assert (file.size, file.kind) == (SIZE, "plan")
