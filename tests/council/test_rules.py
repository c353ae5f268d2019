"""What is discussed singly, when enough members are there, how votes add up, what stops a closing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.council import rules
from portal.council.rules import Appraised, Member, Standing, Votes

CLEAN = Appraised(requested=1, self_level=1, proposed=1)
PEOPLE = tuple(
    Member(n, f"Người {n}", "Chức vụ", duty, present=True)
    for n, duty in enumerate(("chair", "secretary", "member", "member", "member"), 1)
)


def test_a_clean_dossier_has_nothing_to_discuss() -> None:
    """Agreed on everywhere, in time, at once: also where the unit found more than it asks for."""
    assert rules.disputes(CLEAN) == []
    assert rules.disputes(replace(CLEAN, self_level=2)) == []
    assert rules.disputes(Appraised(requested=2, self_level=2, proposed=2)) == []


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"proposed": 0}, ["đề xuất không công nhận", "thẩm định kết luận chưa đạt"]),
        (
            {"requested": 2, "self_level": 2},
            ["mức độ 1, đơn vị đề nghị mức độ 2", "tự đánh giá đạt mức độ 2"],
        ),
        ({"self_level": None}, ["chưa kết luận được mức tự đánh giá"]),
        ({"corrected": 3}, ["sửa kết quả của 3 chỉ tiêu"]),
        ({"unproven": 1}, ["1 chỉ tiêu chưa đủ minh chứng"]),
        ({"excluded": 2}, ["2 chỉ tiêu được thẩm định là không áp dụng"]),
        ({"bases": 1}, ["hiệu chỉnh 1 số liệu gốc"]),
        ({"late": True}, ["nộp quá hạn"]),
        ({"supplements": 2}, ["2 lần yêu cầu bổ sung"]),
        ({"conflicted": ("Bà A", "Ông B")}, ["Bà A giữ vai trò", "Ông B giữ vai trò"]),
        ({"before": "chờ biên bản kiểm tra"}, ["Kỳ họp trước để lại: chờ biên bản"]),
    ],
)
def test_every_ground_says_why(changes: dict[str, Any], sentences: list[str]) -> None:
    """One sentence a ground, and nothing else."""
    said = rules.disputes(replace(CLEAN, **changes))
    assert len(said) == len(sentences)
    assert all(part in one for part, one in zip(sentences, said, strict=True))


@pytest.mark.parametrize(
    ("votes", "voters", "outcome", "part"),
    [
        (Votes(5, 0, 0), 5, "agreed", ""),
        (Votes(3, 1, 0), 5, "agreed", ""),
        (Votes(), 5, "deferred", ""),
        (Votes(1, 4, 0), 5, "changed", ""),
        (Votes(), 5, "agreed", "ghi đủ số phiếu"),
        (Votes(5, None, 0), 5, "agreed", "ghi đủ số phiếu"),
        (Votes(5, 1, 0), 5, "agreed", "nhiều hơn số người có mặt được biểu quyết"),
        (Votes(2, 2, 1), 5, "agreed", "quy tắc của cổng"),
        (Votes(-1, 0, 0), 5, "agreed", "số âm"),
    ],
)
def test_votes_add_up(votes: Votes, voters: int, outcome: str, part: str) -> None:
    """No more votes than voters; "agreed" is what more are for than against."""
    fault = rules.vote_fault(votes, voters, outcome)
    assert (part in (fault or "")) if part else fault is None


def test_who_counts() -> None:
    """The absent and those with a role in the unit have no vote; the quorum is said in numbers."""
    away = (*PEOPLE[:3], replace(PEOPLE[3], present=False, reason="ốm"), replace(PEOPLE[4], present=None))
    assert rules.voters(away) == 3
    assert rules.voters(away, ["Người 3"]) == 2
    assert rules.quorum_sentence(away, 3) == "Có mặt 3/5 thành viên, cần ít nhất 3: đủ số người để họp."
    assert "chưa đủ số người để họp" in rules.quorum_sentence(away, 4)
    assert "không phải quy định của pháp luật" in rules.QUORUM_NOTE
    assert rules.duty_name("Tổ thẩm định huyện", "chair") == "Tổ trưởng"
    assert rules.duty_name("Hội đồng thẩm định", "chair") == "Chủ tịch"
    assert rules.members_of([one.plain() for one in PEOPLE]) == PEOPLE


def test_a_council_that_cannot_be() -> None:
    """Two chairs, nobody to write, a name twice, a quorum above the number of members."""
    assert rules.council_faults(PEOPLE, 3) == []
    twice = (PEOPLE[0], replace(PEOPLE[1], duty="chair", name="Người 1"), replace(PEOPLE[2], account_id=7))
    said = " ".join(rules.council_faults((*twice, replace(PEOPLE[3], account_id=7)), 9))
    for part in ("đúng một người đứng đầu", "đúng một Thư ký", "ghi hai lần", "Một tài khoản", "từ 1 đến 4"):
        assert part in said
    assert rules.council_faults((), None)


GOOD = Standing(
    held_on=date(2027, 2, 8),
    venue="Phòng họp",
    members=PEOPLE,
    quorum=3,
    presiding=1,
    scribe=2,
    today=date(2027, 2, 8),
    founded=date(2027, 1, 5),
    block=3,
    block_outcome="agreed",
    singles=2,
    appraised_last=date(2027, 2, 7),
)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"held_on": None}, "Chưa ghi ngày, giờ họp"),
        ({"held_on": date(2027, 2, 9)}, "sau hôm nay"),
        ({"held_on": date(2027, 2, 6)}, "trước ngày chốt thẩm định cuối cùng"),
        ({"held_on": date(2027, 1, 1), "appraised_last": None}, "trước ngày quyết định thành lập"),
        ({"venue": " "}, "địa điểm"),
        ({"members": (replace(PEOPLE[0], present=None), *PEOPLE[1:])}, "Chưa ghi có mặt hay vắng: Người 1"),
        ({"members": (*PEOPLE[:4], replace(PEOPLE[4], present=False))}, "lý do vắng của Người 5"),
        ({"quorum": 6}, "chưa đủ số người"),
        ({"presiding": None}, "chủ trì"),
        ({"scribe": 9}, "người ghi biên bản"),
        ({"block": 0, "singles": 0, "block_outcome": ""}, "chưa có hồ sơ nào"),
        ({"block_outcome": ""}, "Chưa biểu quyết nhóm 3 hồ sơ"),
        ({"block_fault": "Tổng số phiếu nhiều hơn."}, "Biểu quyết nhóm"),
        ({"open_items": ["Trường A"]}, "Chưa có kết luận về Trường A."),
        ({"stale": ["Trường B"]}, "cập nhật chương trình: Trường B."),
        ({"overvoted": [f"Trường {n}" for n in range(8)]}, "và 3 nơi khác"),
    ],
)
def test_what_stops_a_closing(changes: dict[str, Any], part: str) -> None:
    """One sentence for each; none for a meeting in order."""
    assert rules.closing_faults(GOOD) == []
    said = rules.closing_faults(replace(GOOD, **changes))
    assert len(said) == 1
    assert part in said[0]
