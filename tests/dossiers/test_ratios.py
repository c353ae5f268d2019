"""Units that tell no number of people: percentages compared as whole numbers, and never a head-count anywhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from portal.appraisal import operations as appraisal
from portal.appraisal.peers import peers
from portal.dossiers import operations
from portal.dossiers.forms import ratio, ratio_text
from portal.dossiers.measures import least_part
from portal.dossiers.models import Answer as StoredAnswer
from portal.dossiers.models import Headcount
from portal.dossiers.queries import open_sheet
from portal.dossiers.rules import (
    RATIO_WHOLE,
    Answer,
    Applicability,
    Assessment,
    Indicator,
    Kind,
    Outcome,
    Profile,
    Threshold,
    as_ratio,
    assess,
    impossible,
)
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.deciding import District, accept
from tests.forms import token
from tests.papers.reading import text as text_of

SHARE = Indicator(
    1,
    "2.5",
    "Lao động tiên tiến",
    Kind.SHARE,
    "members",
    Applicability(),
    {1: Threshold(1, 90, True), 2: Threshold(2, 95, True)},
)


def judged(part: int | None, whole: int | None = RATIO_WHOLE) -> Assessment:
    """Return the assessment of one ratio."""
    profile = Profile("military_police", True, {"members": whole}, ratio_only=True)
    return assess([SHARE], profile, {1: Answer(part=part)})


@pytest.mark.parametrize(
    ("part", "outcomes", "sentences"),
    [
        (
            8999,
            ("not_met", "not_met"),
            ("Cần thêm 0,01 điểm phần trăm để đạt mức độ 1 (hiện là 89,99 %; cần 90 %).", "5,01"),
        ),
        (9000, ("met", "not_met"), ("Đạt mức độ 1 (90 %; cần 90 %).", "Cần thêm 5 điểm phần trăm")),
        (9500, ("met", "met"), ("Đạt mức độ 1 (95 %; cần 90 %).", "Đạt mức độ 2")),
        (10000, ("met", "met"), ("100 %", "100 %")),
        (None, ("missing", "missing"), ("Chưa nhập tỷ lệ. Cần từ 90 % để đạt mức độ 1.", "từ 95 %")),
    ],
)
def test_a_ratio_is_judged_exactly(
    part: int | None, outcomes: tuple[str, str], sentences: tuple[str, str]
) -> None:
    """89,99 % is not 90 %; gaps are percentage points and never people."""
    finding = judged(part).findings[0]
    assert tuple(o.value for o in finding.outcomes.values()) == outcomes
    for level in (1, 2):
        assert sentences[level - 1] in finding.sentences[level]
        assert "người" not in finding.sentences[level]
        assert finding.missing_people[level] is None
    assert finding.share == ("" if part is None else f"{ratio_text(part)} %")


def test_what_is_not_there_is_not_measured() -> None:
    """None is not applicable, an unsaid one is missing, more than the whole is impossible."""
    assert judged(9000, 0).findings[0].outcomes[1] is Outcome.NOT_APPLICABLE
    assert "Chưa cho biết đơn vị có Thành viên hay không." in judged(9000, None).findings[0].sentences[1]
    profile = Profile("military_police", True, {"members": RATIO_WHOLE}, ratio_only=True)
    assert "không thể lớn hơn 100 %" in (impossible(SHARE, profile, Answer(part=10_001)) or "")


@given(
    st.integers(1, 5000).flatmap(
        lambda whole: st.tuples(st.integers(0, whole), st.just(whole), st.integers(0, 100))
    )
)
def test_turning_people_into_a_ratio_changes_no_verdict(case: tuple[int, int, int]) -> None:
    """Cut off to hundredths, a share meets exactly the whole percentages it met in people."""
    part, whole, threshold = case
    met = part >= least_part(threshold, whole)
    assert met == (as_ratio(part, whole) >= least_part(threshold, RATIO_WHOLE))


@pytest.mark.parametrize(
    ("typed", "value"),
    [("94,59", 9459), ("94.5", 9450), ("100", 10000), ("0", 0), (" 90 % ", 9000), ("", None), ("7,", 700)],
)
def test_a_percentage_as_it_is_typed(typed: str, value: int | None) -> None:
    """Comma or point, with or without a sign, at most two decimals."""
    assert ratio(typed) == value


@pytest.mark.parametrize("typed", ["100,01", "-1", "94,595", "abc", "1e2", "９０", "1.000,5", "200"])
def test_what_is_no_percentage(typed: str) -> None:
    """A sentence with an example, never a guess."""
    with pytest.raises(ValueError, match="từ 0 đến 100 %, nhiều nhất hai chữ số thập phân"):
        ratio(typed)


class Barracks:
    """A sensitive unit with a draft, its head signed in."""

    def __init__(self, world: World, client: Any, state: str = "draft", **filled: Any) -> None:
        self.world, self.client = world, client
        world.confirm_thresholds()
        self.district = District(world)
        self.tenant_id, self.officer = self.district.tenant_id, self.district.officer
        self.unit_id = world.a_unit(
            self.tenant_id, "Ban Chỉ huy Quân sự huyện", "military_police", sensitive=True
        )
        self.head = world.a_person(Role.UNIT_HEAD, self.tenant_id, self.unit_id)
        self.id = world.a_dossier(self.tenant_id, self.unit_id, state, **filled)
        with world.acting(self.head, writes=False):
            self.ids = {i.code: i.id for i in open_sheet(world.dossier(self.tenant_id, self.id)).indicators}
        world.sign_in(client, self.head)
        self.token = token(client, f"/ho-so/{self.id}")

    def post(self, path: str, **fields: Any) -> Any:
        """Post a form of the dossier."""
        return self.client.post(
            f"/ho-so/{self.id}{path}", data={"csrf_token": self.token, **fields}, follow_redirects=True
        )

    def stored(self) -> tuple[set[int | None], dict[str, int | None]]:
        """The head-counts and the parts as stored."""
        with acting_in(STEWARD):
            heads = set(db.session.scalars(select(Headcount.value).where(Headcount.dossier_id == self.id)))
            rows = db.session.execute(
                select(StoredAnswer.indicator_id, StoredAnswer.part).where(StoredAnswer.dossier_id == self.id)
            )
            codes = {number: code for code, number in self.ids.items()}
            return heads, {codes[number]: part for number, part in rows}


def test_the_form_asks_for_percentages(world: World, client: Any) -> None:
    """No field for people; ratios saved and judged at once; bad input comes back as typed; whether, not how many."""
    unit = Barracks(world, client)
    page = client.get(f"/ho-so/{unit.id}").text
    assert "Đơn vị thuộc diện không cung cấp số người" in page
    assert 'name="members"' not in page
    assert "Nhập danh sách để hệ thống đếm" not in page
    answer = unit.post(f"/chi-tieu/{unit.ids['2.5']}", value="89,99", version="1")
    assert "Cần thêm 0,01 điểm phần trăm để đạt mức độ 1 (hiện là 89,99 %; cần 90 %)." in answer.text
    bad = unit.post(f"/chi-tieu/{unit.ids['2.5']}", value="94,595", version="2")
    assert bad.status_code == 422
    assert 'value="94,595"' in bad.text
    assert unit.stored()[1]["2.5"] == 8999
    there = unit.post("/so-lieu", language_posts="co", **{"language_posts-version": "1"})
    assert there.status_code == 200
    assert unit.stored()[0] <= {RATIO_WHOLE, 0, None}
    assert unit.post("/so-lieu", language_posts="12", **{"language_posts-version": "2"}).status_code == 422
    with pytest.raises(Refused, match="chỉ cho biết có hay không có"), world.acting(unit.head) as actor:
        operations.save_headcounts(
            actor, world.dossier(unit.tenant_id, unit.id), {"members": 37}, {"members": 1}
        )
    with pytest.raises(DBAPIError), world.acting(unit.head):
        db.session.execute(text("update headcount set value = 37"))
    gaps = client.get(f"/ho-so/{unit.id}/con-thieu").text
    assert "0,01 điểm phần trăm" in gaps
    assert not re.search(r"[0-9] người", gaps)


def test_no_count_of_people_anywhere(world: World, client: Any) -> None:
    """From the form to the province: desk, papers, lists, exports, what the province reads; no number of people."""
    unit = Barracks(world, client, "submitted", members=7351, part=6917)
    assert unit.stored()[1]["2.5"] == 9409
    accept(world, unit.officer, unit.tenant_id, unit.id)
    for name in ("mau-01", "mau-02", "mau-03"):
        paper = text_of(client.get(f"/van-ban/{unit.tenant_id}/{unit.id}/{name}.pdf").data)
        assert "10.000" not in paper
        assert "9409" not in paper
        if name != "mau-01":
            assert "94,09 %" in paper
    world.sign_in(client, unit.officer)
    desk = f"/huyen/ho-so/{unit.id}/tham-dinh"
    page = client.get(f"{desk}?chi-tieu=2.5").text
    assert "94,09 %" in page
    assert "10.000" not in page
    base = client.get(f"{desk}?chi-tieu=so-lieu-nen").text
    assert "10.000" not in base
    assert "chỉ cho biết có hay không có" in base
    key = token(client, f"{desk}?chi-tieu=2.5")
    for typed, status in (("101", 422), ("93,5", 200)):
        data = {
            "csrf_token": key,
            "version": "0",
            "verdict": "corrected",
            "part": typed,
            "reason_code": "figure_mismatch",
        }
        saved = client.post(
            f"{desk}/{unit.ids['2.5']}", data=data | {"reason": "Đối chiếu."}, follow_redirects=True
        )
        assert saved.status_code == status
    data = {
        "csrf_token": key,
        "version": "0",
        "value": "khong",
        "reason": "Không có vị trí nào.",
        "act": "save",
    }
    saved = client.post(f"{desk}/so-lieu-nen/language_posts", data=data, follow_redirects=True)
    assert "1 chỉ tiêu được tính lại" in saved.text
    with world.acting(unit.officer, writes=False):
        sheet = open_sheet(world.dossier(unit.tenant_id, unit.id))
        assert sheet.district_side().finding(unit.ids["2.5"]).share == "93,50 %"
        assert not sheet.district_side().finding(unit.ids["2.4"]).applies
    with pytest.raises(Refused, match="có hay không có"), world.acting(unit.officer) as actor:
        appraisal.correct_headcount(
            actor, world.dossier(unit.tenant_id, unit.id), "language_posts", 5, "Năm người.", version=1
        )
    for role in (Role.PROVINCE_ADMIN, Role.PROVINCE_VIEWER):
        world.sign_in(client, world.province_person(role))
        page = client.get(f"/tinh/ho-so/{unit.tenant_id}/{unit.id}").text
        told = re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1].split("</main>")[0])
        assert "%" not in told
        assert not re.search(r"\b(10\.000|9409|9350|7351|6917)\b", told)
        assert "Không hiển thị" in told
        listed = client.get(f"/tinh/huyen/{unit.tenant_id}/military_police").text
        assert "94,09" not in listed


def test_sums_of_people_leave_ratios_out(world: World, client: Any) -> None:
    """Peers are counted as units; their people are summed without the unit that tells ratios only."""
    unit = Barracks(world, client, "submitted", members=7351, part=6917)
    other, third = (world.a_unit(unit.tenant_id, f"Doanh nghiệp {n}", "enterprise") for n in (1, 2))
    secret = world.a_unit(unit.tenant_id, "Doanh nghiệp 3", "enterprise", sensitive=True)
    for number, members in ((other, 40), (secret, 500), (third, 60)):
        last = world.a_dossier(unit.tenant_id, number, "submitted", members=members)
    with world.acting(unit.officer, writes=False):
        sheet = open_sheet(world.dossier(unit.tenant_id, last))
        found = peers(sheet, next(i for i in sheet.indicators if i.code == "2.5"))
        assert (found.units, found.part, found.whole, found.met_1) == (2, 40, 40, 2)


def test_a_unit_marked_later_turns_to_ratios(world: World, client: Any) -> None:
    """It cannot sign with people; the button cuts every share to a ratio and keeps no count; and back again."""
    unit = Barracks(world, client)
    plain = world.a_unit(unit.tenant_id, "Công ty May", "enterprise", public=False)
    number = world.a_dossier(unit.tenant_id, plain, "filled", members=37, part=33)
    head = world.a_person(Role.UNIT_HEAD, unit.tenant_id, plain)

    def mark(sensitive: bool) -> None:
        with acting_in(STEWARD):
            db.session.execute(update(Unit).where(Unit.id == plain).values(sensitive=sensitive))

    mark(True)
    world.sign_in(client, head)
    review = client.get(f"/ho-so/{number}/kiem-tra").text
    assert "thuộc diện không cung cấp số người nhưng hồ sơ đang ghi số người" in review
    page = client.get(f"/ho-so/{number}").text
    assert "Chuyển sang tỷ lệ" in page
    data = {"csrf_token": token(client, f"/ho-so/{number}")}
    turned = client.post(f"/ho-so/{number}/cach-ghi-so-lieu", data=data, follow_redirects=True)
    assert "89,18 %" in turned.text
    assert "33/37" not in turned.text
    with acting_in(STEWARD):
        heads = set(db.session.scalars(select(Headcount.value).where(Headcount.dossier_id == number)))
        assert heads <= {0, RATIO_WHOLE}
    mark(False)
    assert "Chuyển sang số người" in client.get(f"/ho-so/{number}").text
    back = client.post(f"/ho-so/{number}/cach-ghi-so-lieu", data=data, follow_redirects=True)
    assert "Hồ sơ nay ghi số liệu theo số người" in back.text
    with acting_in(STEWARD):
        assert not db.session.scalars(
            select(StoredAnswer.part).where(StoredAnswer.dossier_id == number, StoredAnswer.part.is_not(None))
        ).all()
    with world.acting(unit.head) as actor:
        operations.follow_registry(actor, world.dossier(unit.tenant_id, unit.id))
        assert world.dossier(unit.tenant_id, unit.id).ratio_only


def test_an_officer_types_a_sensitive_units_paper(world: World, client: Any) -> None:
    """The compact page asks for percentages as well, and keeps what cannot be read."""
    unit = Barracks(world, client)
    with world.acting(unit.head) as actor:
        operations.withdraw(actor, world.dossier(unit.tenant_id, unit.id))
    with world.acting(unit.officer) as actor:
        row = db.session.get(Unit, (unit.tenant_id, unit.unit_id))
        assert row is not None
        number = operations.start_dossier(actor, row, 2026, channel="paper").id
    world.sign_in(client, unit.officer)
    page = client.get(f"/huyen/nhap-ho/{number}").text
    assert "Tỷ lệ %" in page
    assert 'name="head-members"' not in page
    key = token(client, f"/huyen/nhap-ho/{number}")
    fields = {
        f"part-{unit.ids['2.5']}": "94,59",
        f"version-{unit.ids['2.5']}": "1",
        "head-language_posts": "co",
    }
    fields |= {"version-head-language_posts": "1", "version": "1", "act": "save", "csrf_token": key}
    bad = client.post(f"/huyen/nhap-ho/{number}", data=fields | {f"part-{unit.ids['2.5']}": "945,9"})
    assert bad.status_code == 422
    assert "945,9" in bad.text
    assert client.post(f"/huyen/nhap-ho/{number}", data=fields, follow_redirects=True).status_code == 200
    with acting_in(STEWARD):
        parts = select(StoredAnswer.part).where(
            StoredAnswer.dossier_id == number, StoredAnswer.indicator_id == unit.ids["2.5"]
        )
        assert db.session.scalar(parts) == 9459
