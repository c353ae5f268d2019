"""A unit with a dossier, and a person at its pages: what the tests of evidence begin with."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

from portal.dossiers.queries import open_sheet
from tenants.people import Role
from tests.builders import World


class Unit:
    """A unit with a dossier, its head, and the indicator files are sent for."""

    def __init__(self, world: World, state: str = "draft", name: str = "Trường Tiểu học Mỹ Đức") -> None:
        self.world = world
        self.tenant_id = world.a_district()
        self.unit_id = world.a_unit(self.tenant_id, name)
        self.head = world.a_person(Role.UNIT_HEAD, self.tenant_id, self.unit_id)
        self.dossier_id = world.a_dossier(self.tenant_id, self.unit_id, state)
        with world.acting(self.head):
            sheet = open_sheet(world.dossier(self.tenant_id, self.dossier_id))
            self.ids = {row.code: row.id for row in sheet.catalogue}

    def address(self, code: str = "1.1") -> str:
        """Return where files of an indicator are sent."""
        return f"/ho-so/{self.dossier_id}/chi-tieu/{self.ids[code]}/minh-chung"

    def files(self, code: str = "1.1") -> list[Any]:
        """Return number, names and hash of the files tied to an indicator."""
        with self.world.acting(self.head, writes=False):
            sheet = open_sheet(self.world.dossier(self.tenant_id, self.dossier_id))
            return [
                SimpleNamespace(id=f.id, title=f.title, file_name=f.file_name, sha256=f.sha256)
                for f in sheet.evidence[self.ids[code]]
            ]


def token(client: Any) -> str:
    """Return the token a form of the page would carry."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").get_data(as_text=True))
    assert found
    return found[1]


def post(client: Any, address: str, **fields: Any) -> Any:
    """Post a form and follow to the page that tells what became of it."""
    return client.post(address, data={"csrf_token": token(client), **fields}, follow_redirects=True)


def send(client: Any, address: str, *files: tuple[str, bytes], **fields: Any) -> Any:
    """Post files as a browser does and follow to the page that tells what became of them."""
    data = {
        "csrf_token": token(client),
        "file": [(io.BytesIO(content), name) for name, content in files],
        **fields,
    }
    return client.post(address, data=data, content_type="multipart/form-data", follow_redirects=True)


def first_file(page: str) -> int:
    """Return the number of the first file a library's page names."""
    found = re.search(r'href="/minh-chung/(\d+)"', page)
    assert found
    return int(found[1])
