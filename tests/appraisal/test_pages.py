"""The pages of the district's desk through the judging client."""

from __future__ import annotations

from typing import Any

import pytest

from portal.appraisal import operations as appraisal
from tenants.people import Role
from tests.builders import World


@pytest.fixture
def case(world: World, client: Any) -> Any:
    """A district with an officer who is signed in and a filed dossier that asks for level 2."""
    world.confirm_thresholds()
    district = world.a_district()
    unit = world.a_unit(district)
    dossier = world.a_dossier(district, unit, "submitted", level=2)
    officer = world.a_person(Role.DISTRICT_OFFICER, district)
    world.sign_in(client, officer)
    return district, unit, dossier, officer


def test_every_page_of_a_clean_dossier(world: World, client: Any, case: Any) -> None:
    """From the queue to the proposal, each page stands and the next step is where it should be."""
    district, unit, number, officer = case
    assert "Trường Tiểu học Mỹ Đức" in client.get("/huyen/ho-so").text
    page = client.get(f"/huyen/ho-so/{number}")
    assert page.status_code == 200
    assert "Hồ sơ đủ thành phần" in page.text
    answer = client.post(f"/huyen/ho-so/{number}/tiep-nhan", data=token(client))
    assert answer.status_code == 303
    assert "Đang thẩm định" in client.get(f"/huyen/ho-so/{number}").text
    for place in ("", "2.5", "so-lieu-nen", "de-xuat", "1.1"):
        assert client.get(f"/huyen/ho-so/{number}/tham-dinh?chi-tieu={place}").status_code == 200
    agree = client.get(f"/huyen/ho-so/{number}/tham-dinh/dong-y")
    ids = [part.split('"')[0] for part in agree.text.split('name="indicator" id="i-')[1:]]
    assert len(ids) > 10
    answer = client.post(f"/huyen/ho-so/{number}/tham-dinh/dong-y", data={"indicator": ids, **token(client)})
    assert answer.headers["Location"].endswith("chi-tieu=de-xuat")
    answer = client.post(f"/huyen/ho-so/{number}/de-xuat", data={"seen_level": "2", **token(client)})
    assert answer.status_code == 303
    assert "Công nhận mức độ 2" in client.get(f"/huyen/ho-so/{number}/tham-dinh").text


def token(client: Any) -> dict[str, str]:
    page = client.get("/huyen/con-thieu").text
    return {"csrf_token": page.split('name="csrf-token" content="')[1].split('"')[0]}
