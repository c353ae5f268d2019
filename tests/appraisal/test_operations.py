"""The district's verbs on the real database: intake, supplements, verdicts, base figures, proposals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers import operations as dossiers
from portal.dossiers.operations import Given
from portal.notices.queries import latest
from portal.trail.queries import of_dossier
from tenants.identity import Place
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.appraisal.conftest import Case, code_of, sheet_of
from tests.builders import World

Make = Callable[..., Case]
SOON = date(2027, 1, 16)


def test_a_clean_dossier_goes_through(world: World, a_case: Make) -> None:
    """Accept, agree, propose, reopen: the level proposed is what the rules give, at most what was asked."""
    case = a_case(level=1)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        appraisal.accept(actor, dossier)
        assert (dossier.state, dossier.accepted_by) == ("accepted", actor.full_name)
        assert len(appraisal.agree_with_rest(actor, dossier)) == 15
        assert dossier.appraised_level == 2
        appraisal.propose(actor, dossier, "Hồ sơ đầy đủ.", seen_level=1)
        assert (dossier.state, dossier.proposed_level) == ("appraised", 1)
        appraisal.reopen(actor, dossier, "Xem lại")
        assert (dossier.state, dossier.proposed_level, dossier.appraised_at) == ("accepted", None, None)
        findings = sheet_of(world, case).findings.values()
        assert {(f.met_1, f.met_2) for f in findings} == {("met", "met")}


def test_the_unit_sees_nothing_of_the_appraisal(world: World, a_case: Make) -> None:
    """Findings, corrected figures and inner entries stay with the district until the decision."""
    case = a_case("accepted")
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        appraisal.correct_headcount(actor, dossier, "learners", 420, "Danh sách có 420 người")
        appraisal.agree_with_rest(actor, dossier)
        appraisal.propose(actor, dossier)
    head = world.a_person(Role.UNIT_HEAD, case.district, case.unit)
    with world.acting(head, writes=False):
        sheet = sheet_of(world, case)
        assert not sheet.findings
        assert not sheet.headcount_findings
        acts = {entry.act for entry in of_dossier(case.district, case.dossier)}
        assert "dossier.accept" in acts
        assert not acts & {"appraisal", "dossier.propose"}
        assert any("đã tiếp nhận" in notice.sentence for notice in latest(head.place))


def test_supplements_unlock_three_points_only(world: World, a_case: Make) -> None:
    """Acceptance scenario 5: three points asked for, three unlocked, every other edit refused."""
    case = a_case()
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        first, second, closed = (code_of(sheet, code) for code in ("1.1", "2.5", "2.1"))
        points = [
            PointAsked("Thiếu quyết định ban hành kế hoạch.", first),
            PointAsked("Số không khớp danh sách.", second),
            PointAsked("Sai số quyết định.", part="team_member"),
        ]
        request = appraisal.request_supplement(actor, sheet.dossier, points, SOON, "Xin gửi sớm.")
        assert request.answer_by == SOON
        assert sheet.dossier.state == "supplement_requested"
    head = world.a_person(Role.UNIT_HEAD, case.district, case.unit)
    with world.acting(head) as actor:
        sheet = sheet_of(world, case)
        version = sheet.answers[first].version
        given = Given(yes=True, explanation="Kèm quyết định 15.", version=version)
        dossiers.save_answer(actor, sheet.dossier, first, given)
        other = Given(part=30, explanation="x", version=sheet.answers[closed].version)
        with pytest.raises(Refused, match="không có trong yêu cầu"):
            dossiers.save_answer(actor, sheet.dossier, closed, other)
        with pytest.raises(Refused, match="không có trong yêu cầu"):
            dossiers.save_headcounts(actor, sheet.dossier, {"members": 36}, {"members": 2})
        for point in sheet.open_points():
            dossiers.answer_point(actor, sheet.dossier, point.id, "Đã bổ sung.")
        dossiers.send_supplement(actor, sheet.dossier)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        assert dossier.state == "submitted"
        with pytest.raises(Refused, match="một lần"):
            appraisal.request_supplement(actor, dossier, points, SOON)
        appraisal.accept(actor, dossier)


@pytest.mark.parametrize(
    ("points", "day", "sentence"),
    [
        ([], SOON, "Chưa chọn điểm nào"),
        ([PointAsked("", part="letter")], SOON, "lý do"),
        ([PointAsked("   ", part="letter")], SOON, "lý do"),
        ([PointAsked("a", part="letter"), PointAsked("b", part="letter")], SOON, "hai lần"),
        ([PointAsked("a", part="dossier")], SOON, "không có trong danh sách"),
        ([PointAsked("a", 999_999)], SOON, "không áp dụng"),
        ([PointAsked("a")], SOON, "gắn với"),
        ([PointAsked("a", part="letter")], date(2027, 1, 10), "sau hôm nay"),
        ([PointAsked("a", part="letter")], date(2027, 2, 15), "trước ngày 15/02/2027"),
    ],
)
def test_a_request_that_cannot_be(
    world: World, a_case: Make, points: list[PointAsked], day: date, sentence: str
) -> None:
    """Each fault of a request is named and nothing is written."""
    case = a_case()
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        with pytest.raises(Refused, match=sentence) as refused:
            appraisal.request_supplement(actor, dossier, points, day)
        assert refused.value.status == 422
        assert not sheet_of(world, case).requests
        assert dossier.state == "submitted"


def test_a_longer_term_for_supplements(world: World, a_case: Make) -> None:
    """The term moves later, with a reason, before decisions are due; the unit is told and the trail keeps both days."""
    case = a_case()
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        with pytest.raises(Refused, match="không có yêu cầu bổ sung"):
            appraisal.extend_supplement(actor, dossier, date(2027, 1, 20), "Chờ")
        appraisal.request_supplement(actor, dossier, [PointAsked("Thiếu.", part="letter")], SOON)
        for day, reason, sentence in (
            (SOON, "Chờ con dấu", "sau hạn đang có"),
            (date(2027, 2, 15), "Chờ con dấu", "trước ngày 15/02/2027"),
            (date(2027, 1, 20), "  ", "lý do gia hạn"),
        ):
            with pytest.raises(Refused, match=sentence):
                appraisal.extend_supplement(actor, dossier, day, reason)
        appraisal.extend_supplement(actor, dossier, date(2027, 1, 20), "Chờ con dấu", SOON)
        with pytest.raises(Conflict, match="20/01/2027"):
            appraisal.extend_supplement(actor, dossier, date(2027, 1, 22), "Chờ thêm", SOON)
    head = world.a_person(Role.UNIT_HEAD, case.district, case.unit)
    with world.acting(head) as actor:
        sheet = sheet_of(world, case)
        assert sheet.open_request.answer_by == date(2027, 1, 20)
        entry = next(e for e in of_dossier(case.district, case.dossier) if e.act == "extend_supplement")
        assert entry.detail == {"from": "2027-01-16", "to": "2027-01-20"}
        assert "Chờ con dấu" in entry.sentence
        assert "gia hạn bổ sung hồ sơ năm 2026 đến trước ngày 20/01/2027" in latest(head.place)[0].sentence
        dossiers.answer_point(actor, sheet.dossier, sheet.open_points()[0].id, "Đã bổ sung.")
        dossiers.send_supplement(actor, sheet.dossier)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        with pytest.raises(Refused, match="không có yêu cầu bổ sung"):
            appraisal.extend_supplement(actor, dossier, date(2027, 1, 25), "Muộn rồi")


def test_a_late_dossier_needs_a_reason(world: World, a_case: Make) -> None:
    """Acceptance scenario 3 at the desk: the evening of 14/01 is on time, 15/01 00:00 takes the late path."""
    a_case()
    for moment, late in (((2027, 1, 14, 23, 55, 0), False), ((2027, 1, 15, 0, 0, 0), True)):
        world.set_clock(*moment)
        district = world.a_district("Huyện Kiến Thụy")
        number = world.a_dossier(district, world.a_unit(district), "submitted")
        officer = world.a_person(Role.DISTRICT_OFFICER, district)
        with world.acting(officer) as actor:
            dossier = world.dossier(district, number)
            assert dossier.late is late
            if not late:
                with pytest.raises(Refused, match="đúng hạn"):
                    appraisal.refuse_late(actor, dossier, "muộn")
                appraisal.accept(actor, dossier)
                continue
            with pytest.raises(Refused, match="lý do"):
                appraisal.accept(actor, dossier, "  ")
            with pytest.raises(Refused, match="lý do"):
                appraisal.refuse_late(actor, dossier, "")
            assert (dossier.state, dossier.accepted_at) == ("submitted", None)
            appraisal.accept(actor, dossier, "Bưu điện chậm, dấu ngày 13/01.")
            assert dossier.late_reason == "Bưu điện chậm, dấu ngày 13/01."


def test_turning_a_late_dossier_away(world: World, a_case: Make) -> None:
    """A late dossier can be turned away, with the reason kept for the unit."""
    a_case()
    world.set_clock(2027, 1, 20, 9, 0)
    district = world.a_district("Huyện Kiến Thụy")
    number = world.a_dossier(district, world.a_unit(district), "submitted")
    officer = world.a_person(Role.DISTRICT_OFFICER, district)
    with world.acting(officer) as actor:
        dossier = world.dossier(district, number)
        appraisal.refuse_late(actor, dossier, "Quá hạn năm ngày.")
        assert (dossier.state, dossier.late_reason) == ("refused_late", "Quá hạn năm ngày.")


def test_correcting_members_recalculates_every_share(world: World, a_case: Make) -> None:
    """Acceptance scenario 6: a changed number of members changes every share on it, and they are listed."""
    case = a_case("accepted", members=37)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        changed = appraisal.correct_headcount(actor, dossier, "members", 40, "Danh sách 31/12 có 40 người")
        assert [c.indicator.code for c in changed] == ["2.1", "2.2", "2.3", "2.5", "3.1"]
        assert changed[0].value_before == "37/37 = 100 %"
        assert changed[0].value_after == "37/40 = 92,50 %"
        assert changed[0].falls
        sheet = sheet_of(world, case)
        assert sheet.headcounts["members"].value == 37, "the unit's own figure stays"
        assert sheet.dossier.appraised_level == 1
        back = appraisal.correct_headcount(actor, dossier, "members", 37, "", version=1)
        assert len(back) == 5
        assert not sheet_of(world, case).headcount_findings
        assert dossier.appraised_level == 2


def test_a_figure_below_the_counts_asks_for_them(world: World, a_case: Make) -> None:
    """Fewer members than people counted: refused with the indicators named, saved with their new counts."""
    case = a_case("accepted", members=37)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        with pytest.raises(Refused, match=r"2\.1 \(37\), 2\.2 \(37\)"):
            appraisal.correct_headcount(actor, dossier, "members", 35, "Hai người chuyển đi")
        sheet = sheet_of(world, case)
        assert not sheet.headcount_findings
        assert not sheet.findings
        parts = {i.id: 35 for i in sheet.indicators if i.base == "members"}
        appraisal.correct_headcount(actor, dossier, "members", 35, "Hai người chuyển đi", parts=parts)
        sheet = sheet_of(world, case)
        assert {f.verdict for f in sheet.findings.values()} == {"corrected"}
        assert sheet.dossier.appraised_level == 2


@pytest.mark.parametrize(("value", "reason"), [(-1, "x"), (1_000_001, "x"), (36, ""), (36, "  ")])
def test_a_base_figure_that_cannot_be(world: World, a_case: Make, value: int, reason: str) -> None:
    """Impossible numbers and missing reasons are refused."""
    case = a_case("accepted")
    with world.acting(case.officer) as actor, pytest.raises(Refused):
        appraisal.correct_headcount(
            actor, world.dossier(case.district, case.dossier), "members", value, reason
        )


def test_not_enough_evidence_is_not_not_met(world: World, a_case: Make) -> None:
    """The two are told apart, and both keep the level from being reached."""
    case = a_case("accepted")
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        dossier = sheet.dossier
        lacking, failed = code_of(sheet, "1.1"), code_of(sheet, "1.4")
        why = {"reason_code": "no_document", "reason": "Không có tệp nào."}
        appraisal.judge(actor, dossier, lacking, "not_enough_evidence", **why)
        appraisal.judge(actor, dossier, failed, "corrected", yes=False, **why)
        findings = sheet_of(world, case).findings
        assert (findings[lacking].met_1, findings[failed].met_1) == ("no_evidence", "not_met")
        assert dossier.appraised_level == 0
        appraisal.agree_with_rest(actor, dossier)
        appraisal.propose(actor, dossier)
        assert dossier.proposed_level == 0


def test_a_lower_level_than_asked_is_proposed(world: World, a_case: Make) -> None:
    """The unit asks for level 2, the district finds level 1: level 1 with the reason in the sentence."""
    case = a_case("accepted", level=2)
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        target = code_of(sheet, "2.5")
        why = {"reason_code": "figure_mismatch", "reason": "Quyết định 214 ghi 34 người."}
        appraisal.judge(actor, sheet.dossier, target, "corrected", part=34, **why)
        appraisal.agree_with_rest(actor, sheet.dossier)
        proposal = appraisal.proposal_of(sheet_of(world, case))
        assert proposal.level == 1
        assert "2.5" in proposal.sentence
        assert "mức độ 2" in proposal.sentence
        with pytest.raises(Conflict, match="vừa thay đổi"):
            appraisal.propose(actor, sheet.dossier, seen_level=2)
        appraisal.propose(actor, sheet.dossier, seen_level=1)


def test_no_proposal_on_unconfirmed_thresholds(world: World, a_case: Make) -> None:
    """A real installation: what nobody confirmed concludes nothing, and the sentence says so."""
    case = a_case("accepted", confirmed=False)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        appraisal.agree_with_rest(actor, dossier)
        assert dossier.appraised_level is None
        with pytest.raises(Refused, match="chưa được Sở xác nhận"):
            appraisal.propose(actor, dossier)
        assert (dossier.state, dossier.proposed_level) == ("accepted", None)


def test_a_failed_confirmed_indicator_concludes_level_0(world: World, a_case: Make) -> None:
    """A no on a threshold in force is a no, whatever else is unconfirmed."""
    case = a_case("accepted", confirmed=False)
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        why = {"reason_code": "site_visit", "reason": "Không có kế hoạch."}
        appraisal.judge(actor, sheet.dossier, code_of(sheet, "1.1"), "corrected", yes=False, **why)
        appraisal.agree_with_rest(actor, sheet.dossier)
        appraisal.propose(actor, sheet.dossier)
        assert sheet.dossier.proposed_level == 0


@pytest.mark.parametrize(
    ("code", "verdict", "given", "sentence"),
    [
        ("2.5", "", {}, "chọn kết luận"),
        ("2.5", "maybe", {}, "chọn kết luận"),
        ("2.5", "corrected", {}, "nhập kết quả"),
        ("2.5", "corrected", {"part": 37}, "giống đơn vị"),
        ("2.5", "corrected", {"part": 38, "reason_code": "other", "reason": "x"}, "lớn hơn"),
        ("2.5", "corrected", {"part": -1, "reason_code": "other", "reason": "x"}, "âm"),
        ("2.5", "corrected", {"part": 30}, "chọn lý do"),
        ("2.5", "corrected", {"part": 30, "reason_code": "x", "reason": "x"}, "chọn lý do"),
        ("2.5", "corrected", {"part": 30, "reason_code": "other", "reason": " "}, "nói rõ"),
        ("1.1", "corrected", {"yes": True, "reason_code": "other", "reason": "x"}, "giống đơn vị"),
        ("3.4", "corrected", {"grade": 9, "reason_code": "other", "reason": "x"}, "phải là một trong"),
        ("1.1", "not_applicable", {}, "chọn lý do"),
        ("1.2b", "agreed", {}, "Không áp dụng"),
    ],
)
def test_a_verdict_that_cannot_be(
    world: World, a_case: Make, code: str, verdict: str, given: dict[str, object], sentence: str
) -> None:
    """Each impossible verdict has its sentence, and nothing is stored."""
    case = a_case("accepted")
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        with pytest.raises(Refused, match=sentence):
            appraisal.judge(actor, sheet.dossier, code_of(sheet, code), verdict, **given)  # type: ignore[arg-type]
        assert not sheet_of(world, case).findings


def test_ruled_not_applicable_and_back(world: World, a_case: Make) -> None:
    """What the district rules not applicable counts neither way, and the ruling can be taken back."""
    case = a_case("accepted")
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        target = code_of(sheet, "2.4")
        why = {"reason_code": "not_concerned", "reason": "Không có vị trí nào yêu cầu."}
        after = appraisal.judge(actor, sheet.dossier, target, "not_applicable", **why)
        assert not after.district_side().finding(target).applies
        assert after.findings[target].met_1 == "not_applicable"
        again = appraisal.judge(
            actor, sheet.dossier, target, "agreed", version=after.findings[target].version
        )
        assert again.district_side().finding(target).applies


def test_rights(world: World, a_case: Make) -> None:
    """Who may not, is told so: wrong role, and a role in the very unit."""
    case = a_case("accepted")
    leader = world.a_person(Role.DISTRICT_LEADER, case.district)
    council = world.a_person(Role.DISTRICT_COUNCIL, case.district)
    own = world.a_person(Role.DISTRICT_OFFICER, case.district)
    world.another_place(own, Role.UNIT_EDITOR, case.district, case.unit)
    with world.acting(leader) as actor, pytest.raises(Refused) as refused:
        appraisal.agree_with_rest(actor, world.dossier(case.district, case.dossier))
    assert refused.value.status == 403
    with world.acting(council) as actor:
        dossier = world.dossier(case.district, case.dossier)
        appraisal.agree_with_rest(actor, dossier)
        with pytest.raises(Refused) as refused:
            appraisal.propose(actor, dossier)
        assert refused.value.status == 403
    both = (own.place, Place(0, case.district, "", Role.UNIT_EDITOR, case.unit))
    with world.acting(own) as actor:
        person = replace(actor, places=both)
        for verb in (appraisal.agree_with_rest, appraisal.propose, appraisal.reopen):
            with pytest.raises(Refused, match="vai trò tại đơn vị này") as refused:
                verb(person, world.dossier(case.district, case.dossier))  # type: ignore[operator]
            assert refused.value.status == 403


def test_nothing_is_appraised_before_intake(world: World, a_case: Make) -> None:
    """Verdicts, corrections and proposals wait until the dossier was accepted."""
    case = a_case()
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        for verb in (appraisal.agree_with_rest, appraisal.propose, appraisal.reopen):
            with pytest.raises(Refused):
                verb(actor, dossier)  # type: ignore[operator]
        assert dossier.state == "submitted"
