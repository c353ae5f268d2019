"""Files in parts: begun, continued, finished once, given up, cleared away; and nobody else's."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.evidence import parts
from portal.evidence.models import Evidence, EvidenceUpload, EvidenceUploadPart
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.evidence import samples
from tests.evidence.scene import Unit, post, token


class Sender:
    """A browser that sends a file in parts."""

    def __init__(self, world: World, client: Any, person: Person) -> None:
        world.sign_in(client, person)
        self.client, self.token = client, token(client)

    def begin(self, name: str, content: bytes, size: int | None = None, mark: str = "") -> Any:
        fields = {"name": name, "size": size if size is not None else len(content), "mark": mark or name}
        return self.client.post("/minh-chung/gui", data={"csrf_token": self.token, **fields})

    def part(self, url: str, offset: int, content: bytes) -> Any:
        headers = {
            "Upload-Offset": str(offset),
            "X-CSRFToken": self.token,
            "Content-Type": "application/offset+octet-stream",
        }
        return self.client.patch(url, data=content, headers=headers)


@pytest.fixture
@made_once
def unit(world: World) -> Unit:
    """A unit whose dossier is a draft."""
    return Unit(world)


def rows(world: World, unit: Unit) -> tuple[int, int, int]:
    """How many uploads, parts and files there are."""
    with world.acting(unit.head, writes=False):
        tables = (EvidenceUpload, EvidenceUploadPart, Evidence)
        counts = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
        return counts[0], counts[1], counts[2]


def test_a_file_comes_in_parts_and_is_finished_once(world: World, client: Any, unit: Unit) -> None:
    """The same file begun again goes on; a wrong offset says the right one; finishing twice is finishing once."""
    sender = Sender(world, client, unit.head)
    content = samples.pdf_of_size(5000)
    begun = sender.begin("Kế hoạch.pdf", content)
    assert (begun.status_code, begun.json["received"], begun.headers["Upload-Offset"]) == (201, 0, "0")
    url, number = begun.json["url"], begun.json["id"]
    assert sender.part(url, 0, content[:2000]).json["received"] == 2000
    for offset in (0, 3000, -5):
        wrong = sender.part(url, offset, content[:100])
        assert (wrong.status_code, wrong.json["received"]) == (409, 2000)
    assert client.head(url).headers["Upload-Offset"] == "2000"
    again = sender.begin("Kế hoạch.pdf", content)
    assert (again.json["id"], again.json["received"]) == (number, 2000)
    early = post(client, unit.address(), sent=number)
    assert "Tệp “Kế hoạch.pdf” mới gửi được 2 kB trong 5 kB." in early.get_data(as_text=True)
    assert rows(world, unit) == (1, 1, 0)
    assert "đã gửi 2 kB trong 5 kB" in client.get("/minh-chung").get_data(as_text=True)
    assert sender.part(url, 2000, content[2000:] + b"x").status_code == 422
    assert sender.part(url, 2000, content[2000:]).json["received"] == 5000
    for _ in range(2):
        page = post(client, unit.address(), sent=number).get_data(as_text=True)
        assert "vào chỉ tiêu 1.1." in page
    assert rows(world, unit) == (1, 0, 1)
    assert len(unit.files()) == 1
    assert sender.part(url, 5000, b"x").status_code == 404
    assert sender.begin("Kế hoạch.pdf", content).json["id"] != number


def test_a_bad_file_is_refused_at_its_end_and_the_rest_is_kept(world: World, client: Any, unit: Unit) -> None:
    """Judged as a whole as every file is; asked again the same answer; sizes that cannot be are refused at once."""
    sender = Sender(world, client, unit.head)
    good, bad = samples.pdf("tot"), b"MZ" + bytes(600)
    numbers = []
    for name, content in (("tot.pdf", good), ("chay.pdf", bad)):
        begun = sender.begin(name, content)
        sender.part(begun.json["url"], 0, content)
        numbers.append(begun.json["id"])
    for said in ("Đã nhận 1 tệp vào chỉ tiêu 1.1.", "đã có sẵn trong kho"):
        page = post(client, unit.address(), sent=numbers).get_data(as_text=True)
        assert said in page
        assert "Tệp “chay.pdf” mang đuôi .pdf nhưng nội dung không phải tệp PDF" in page
    for name, size, sentence in (
        ("phim.pdf", 100_000_000, "nặng 100,0 MB, quá mức 20 MB cho một tệp."),
        ("rong.pdf", 0, "không có nội dung (0 byte)."),
    ):
        refused = sender.begin(name, b"", size)
        assert (refused.status_code, refused.json["sentence"]) == (422, f"Tệp “{name}” {sentence}")
    assert sender.begin("", b"x").status_code == 422
    long = "Đ" * 300 + ".pdf"
    begun = sender.begin(long, good + b"\n", mark="x" * 390)
    sender.part(begun.json["url"], 0, good + b"\n")
    post(client, unit.address("1.2"), sent=begun.json["id"])
    assert [file.title for file in unit.files("1.2")] == ["Đ" * 300]


def test_an_upload_is_its_senders_alone(world: World, client: Any, unit: Unit) -> None:
    """A colleague, another unit, another district and an unknown number: 404, and nothing is added."""
    sender = Sender(world, client, unit.head)
    url = sender.begin("a.pdf", samples.pdf()).json["url"]
    number = int(url.rpartition("/")[2])
    neighbour = world.a_unit(unit.tenant_id, "Trường Mầm non An Thái", "preschool")
    elsewhere = world.a_district("Huyện Kiến Thụy")
    strangers = [
        world.a_person(Role.UNIT_EDITOR, unit.tenant_id, unit.unit_id),
        world.a_person(Role.UNIT_HEAD, unit.tenant_id, neighbour),
        world.a_person(Role.UNIT_HEAD, elsewhere, world.a_unit(elsewhere)),
    ]
    for person in strangers:
        other = Sender(world, client, person)
        assert client.get(url).status_code == 404, person.login
        assert other.part(url, 0, b"%PDF-").status_code == 404
        assert post(client, f"{url}/bo").status_code == 404
        assert "Không tìm thấy lần gửi tệp này" in post(client, "/minh-chung", sent=number).get_data(
            as_text=True
        )
    officer = world.a_person(Role.DISTRICT_OFFICER, unit.tenant_id)
    Sender(world, client, officer)
    assert client.get(url).status_code == 403
    assert rows(world, unit) == (1, 0, 0)


def test_what_nobody_continues_is_cleared(world: World, client: Any, unit: Unit) -> None:
    """Given up by hand, or after three days; a unit has so much on its way and no more."""
    sender = Sender(world, client, unit.head)
    first = sender.begin("a.pdf", samples.pdf())
    sender.part(first.json["url"], 0, b"%PDF-1")
    assert "Đã bỏ tệp gửi dở “a.pdf”." in post(client, f"{first.json['url']}/bo").get_data(as_text=True)
    assert rows(world, unit) == (0, 0, 0)
    for number in range(10):
        assert sender.begin(f"{number}.pdf", b"", 20_000_000).status_code == 201
    full = sender.begin("them.pdf", b"", 20_000_000)
    assert full.status_code == 409
    assert "Đơn vị đang có 10 tệp gửi dở (200,0 MB)" in full.json["sentence"]
    with acting_in(STEWARD):
        late = clock.now() - timedelta(days=3, minutes=1)
        db.session.execute(update(EvidenceUpload).values(touched_at=late))
    assert sender.begin("them.pdf", b"", 20_000_000).status_code == 201
    assert rows(world, unit)[0] == 1
    with acting_in(STEWARD):
        db.session.execute(update(EvidenceUpload).values(touched_at=late))
        assert parts.clear_expired() == 1


def test_two_windows_send_the_same_file(world: World, client: Any, unit: Unit) -> None:
    """The same part sent by both is added once, whoever comes first."""
    sender = Sender(world, client, unit.head)
    content = samples.pdf_of_size(3000)
    number = sender.begin("a.pdf", content).json["id"]
    came: list[int] = []

    def send() -> None:
        with world.app.app_context(), world.acting(unit.head) as actor:
            upload = parts.upload_of(actor, unit.tenant_id, number)
            assert upload
            came.append(parts.add_part(actor, upload, 0, content[:1500]))

    windows = [threading.Thread(target=send) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert came == [1500] * 4
    assert rows(world, unit) == (1, 1, 0)
