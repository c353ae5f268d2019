"""What the council discusses singly, whether enough members are there, how votes add up, what stops a closing. Pure.

Circular 24/2023 was not found to ask for a council, its size or its quorum (law.md): what is checked here is what
the district set itself or, where it says so, a rule of the portal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.words import RESULTS, day, number

STATES = {"draft": ("Đang họp", "wait"), "closed": ("Đã chốt biên bản", "ok")}
OUTCOMES = {
    "agreed": ("Nhất trí với đề xuất", "ok"),
    "changed": ("Không nhất trí, trả lại thẩm định", "no"),
    "deferred": ("Để lại kỳ họp sau", "na"),
}
BLOCK_OUTCOMES = ("agreed", "deferred")
DUTY_ORDER = ("chair", "deputy", "secretary", "member")
_DUTIES = {
    "chair": ("Chủ tịch", "Tổ trưởng"),
    "deputy": ("Phó Chủ tịch", "Tổ phó"),
    "secretary": ("Thư ký", "Thư ký"),
    "member": ("Ủy viên", "Thành viên"),
}
MOST_MEMBERS = 40
MOST_TEXT = 5_000
QUORUM_NOTE = (
    "Thông tư 24/2023/TT-BGDĐT không thấy nêu số người tối thiểu; xin ghi theo quyết định thành lập hoặc quy chế "
    "hoạt động. Chưa ghi ở đâu thì có thể lấy quá nửa số thành viên: đó là gợi ý của cổng, không phải quy định của pháp luật."
)
MAJORITY_NOTE = "Cổng chỉ nhận “nhất trí” khi số phiếu tán thành nhiều hơn số phiếu không tán thành; đây là quy tắc của cổng."
CONFLICT = "{name} giữ vai trò tại đơn vị hoặc đã khai xung đột lợi ích nên không biểu quyết."


@dataclass(frozen=True, slots=True)
class Member:
    """A member as a meeting knows it. `present` None: nobody noted it yet; `unit_ids`: units the member belongs to."""

    number: int
    name: str
    office: str
    duty: str
    account_id: int | None = None
    unit_ids: tuple[int, ...] = ()
    present: bool | None = None
    reason: str = ""

    def plain(self) -> dict[str, Any]:
        """Return the member as it is stored."""
        return {
            "number": self.number,
            "name": self.name,
            "office": self.office,
            "duty": self.duty,
            "account_id": self.account_id,
            "unit_ids": list(self.unit_ids),
            "present": self.present,
            "reason": self.reason,
        }


def members_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Member, ...]:
    """Read stored members."""
    return tuple(Member(**{**one, "unit_ids": tuple(one.get("unit_ids") or ())}) for one in stored)


def duty_name(body: str, duty: str) -> str:
    """Name a duty as the body does: a "Tổ" has a Tổ trưởng, a "Hội đồng" a Chủ tịch."""
    council, team = _DUTIES[duty]
    return team if body.strip().casefold().startswith("tổ") else council


def council_faults(members: Sequence[Member], quorum: int | None) -> list[str]:
    """Return why a council cannot be founded so, each as a sentence."""
    duties = [one.duty for one in members]
    found = []
    if len(members) > MOST_MEMBERS:
        found.append(f"Cổng ghi được nhiều nhất {MOST_MEMBERS} thành viên.")
    if duties.count("chair") != 1:
        found.append("Xin chọn đúng một người đứng đầu (Chủ tịch hoặc Tổ trưởng).")
    if duties.count("secretary") != 1:
        found.append("Xin chọn đúng một Thư ký.")
    names = [one.name.casefold() for one in members]
    twice = sorted({one.name for one in members if names.count(one.name.casefold()) > 1})
    if twice:
        found.append(
            f"{', '.join(twice)} được ghi hai lần. Nếu là hai người trùng tên, xin ghi thêm chức vụ vào tên."
        )
    accounts = [one.account_id for one in members if one.account_id]
    if len(accounts) != len(set(accounts)):
        found.append("Một tài khoản chỉ gắn với một thành viên.")
    if quorum is None or not 1 <= quorum <= max(len(members), 1):
        found.append(f"Số người tối thiểu để họp phải từ 1 đến {max(len(members), 1)}.")
    return found


@dataclass(frozen=True, slots=True)
class Appraised:
    """What decides whether a dossier is discussed singly: what was asked, found and proposed.

    `corrected`, `unproven`, `excluded`: findings of each kind; `bases`: corrected head-counts; `conflicted`: members
    who belong to the unit; `raised`: flags nobody dismissed and what visits say (product D-10: only what is clean is
    voted on in one block); `before`: what an earlier meeting said when it left the dossier.
    """

    requested: int | None
    self_level: int | None
    proposed: int
    corrected: int = 0
    unproven: int = 0
    excluded: int = 0
    bases: int = 0
    late: bool = False
    supplements: int = 0
    conflicted: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    before: str = ""


def disputes(found: Appraised) -> list[str]:
    """Return why a dossier is discussed singly, each as a sentence; none for a clean one."""
    asked = found.requested or 1
    said = []
    if found.proposed == 0:
        said.append("Thẩm định đề xuất không công nhận.")
    elif found.proposed < asked:
        said.append(f"Thẩm định đề xuất mức độ {found.proposed}, đơn vị đề nghị mức độ {asked}.")
    if found.self_level is None:
        said.append("Đơn vị chưa kết luận được mức tự đánh giá.")
    elif min(found.self_level, asked) != found.proposed:
        said.append(
            f"Đơn vị tự đánh giá {_reached(found.self_level)}, thẩm định kết luận {_reached(found.proposed)}."
        )
    counted = (
        (found.corrected, "Thẩm định sửa kết quả của {} chỉ tiêu."),
        (found.unproven, "{} chỉ tiêu chưa đủ minh chứng."),
        (found.excluded, "{} chỉ tiêu được thẩm định là không áp dụng."),
        (found.bases, "Thẩm định hiệu chỉnh {} số liệu gốc."),
    )
    said += [sentence.format(number(count)) for count, sentence in counted if count]
    if found.late:
        said.append("Hồ sơ nộp quá hạn.")
    if found.supplements:
        said.append(f"Hồ sơ được thẩm định sau {number(found.supplements)} lần yêu cầu bổ sung.")
    said += [f"Nên xem, không phải kết luận: {sentence}" for sentence in found.raised]
    said += [CONFLICT.format(name=name) for name in found.conflicted]
    if found.before:
        said.append(f"Kỳ họp trước để lại: {found.before}")
    return said


def _reached(level: int) -> str:
    return f"đạt mức độ {level}" if level else "chưa đạt"


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes on one item, None where nobody noted them."""

    agree: int | None = None
    against: int | None = None
    abstain: int | None = None

    @property
    def noted(self) -> bool:
        """Whether all three were noted."""
        return None not in (self.agree, self.against, self.abstain)

    @property
    def sum(self) -> int:
        """All votes cast."""
        return (self.agree or 0) + (self.against or 0) + (self.abstain or 0)


def vote_fault(votes: Votes, voters: int, outcome: str) -> str | None:
    """Return the sentence why votes and outcome cannot stand together, or None.

    `voters`: members present who may vote on it. A deferred item needs no votes.
    """
    if outcome == "deferred" and votes == Votes():
        return None
    if not votes.noted:
        return "Xin ghi đủ số phiếu tán thành, không tán thành và không có ý kiến (ghi 0 nếu không có)."
    if min(votes.agree or 0, votes.against or 0, votes.abstain or 0) < 0:
        return "Số phiếu không thể là số âm."
    if votes.sum > voters:
        return f"Tổng số phiếu ({votes.sum}) nhiều hơn số người có mặt được biểu quyết ({voters})."
    if outcome == "agreed" and (votes.agree or 0) <= (votes.against or 0):
        return f"Tán thành {votes.agree}, không tán thành {votes.against}: chưa thể ghi là nhất trí. {MAJORITY_NOTE}"
    return None


def quorum_sentence(members: Sequence[Member], quorum: int) -> str:
    """Say whether enough members are there."""
    there = sum(one.present is True for one in members)
    verdict = "đủ số người để họp" if there >= quorum else "chưa đủ số người để họp"
    return f"Có mặt {there}/{len(members)} thành viên, cần ít nhất {quorum}: {verdict}."


def voters(members: Iterable[Member], conflicted: Iterable[str] = ()) -> int:
    """Count the members present who may vote on an item."""
    out = set(conflicted)
    return sum(one.present is True and one.name not in out for one in members)


@dataclass(frozen=True, slots=True)
class Standing:
    """A meeting as it stands before its closing.

    `block`: how many dossiers are in the block; `open_items`: names without an outcome; `stale`: names whose
    appraisal changed since; `appraised_last`: the last day of an appraisal on the agenda; `overvoted`: names with
    more votes than voters.
    """

    held_on: date | None
    venue: str
    members: tuple[Member, ...]
    quorum: int
    presiding: int | None
    scribe: int | None
    today: date
    founded: date
    block: int = 0
    block_outcome: str = ""
    block_fault: str | None = None
    singles: int = 0
    open_items: Sequence[str] = field(default_factory=tuple)
    stale: Sequence[str] = field(default_factory=tuple)
    overvoted: Sequence[str] = field(default_factory=tuple)
    appraised_last: date | None = None


def closing_faults(now: Standing) -> list[str]:
    """Return everything that stops the closing of a meeting, each as a sentence."""
    found = [*_head_faults(now), *_people_faults(now)]
    if not now.block and not now.singles:
        found.append("Chương trình họp chưa có hồ sơ nào.")
    if now.block and not now.block_outcome:
        found.append(f"Chưa biểu quyết nhóm {number(now.block)} hồ sơ không có điểm khác biệt.")
    if now.block and now.block_outcome and now.block_fault:
        found.append(f"Biểu quyết nhóm: {now.block_fault}")
    for names, sentence in (
        (now.open_items, "Chưa có kết luận về"),
        (now.overvoted, "Số phiếu không còn khớp với người có mặt ở"),
        (now.stale, "Thẩm định đã thay đổi sau khi lập chương trình, xin cập nhật chương trình:"),
    ):
        if names:
            found.append(f"{sentence} {named(names)}.")
    return found


def _head_faults(now: Standing) -> list[str]:
    if now.held_on is None:
        return ["Chưa ghi ngày, giờ họp."]
    found = []
    if now.held_on > now.today:
        found.append(f"Ngày họp ({day(now.held_on)}) ở sau hôm nay ({day(now.today)}).")
    if now.held_on < now.founded:
        found.append(f"Ngày họp ({day(now.held_on)}) trước ngày quyết định thành lập ({day(now.founded)}).")
    if now.appraised_last and now.held_on < now.appraised_last:
        found.append(
            f"Ngày họp ({day(now.held_on)}) trước ngày chốt thẩm định cuối cùng trong chương trình ({day(now.appraised_last)})."
        )
    return found + ([] if now.venue.strip() else ["Chưa ghi địa điểm họp."])


def _people_faults(now: Standing) -> list[str]:
    unnoted = [one.name for one in now.members if one.present is None]
    if unnoted:
        return [f"Chưa ghi có mặt hay vắng: {named(unnoted)}."]
    found = [
        f"Xin ghi lý do vắng của {one.name}."
        for one in now.members
        if one.present is False and not one.reason
    ]
    there = {one.number for one in now.members if one.present}
    if len(there) < now.quorum:
        found.append(quorum_sentence(now.members, now.quorum))
    if now.presiding not in there:
        found.append("Xin chọn người chủ trì trong những người có mặt.")
    if now.scribe not in there:
        found.append("Xin chọn người ghi biên bản trong những người có mặt.")
    return found


def named(names: Sequence[str], most: int = 5) -> str:
    """Name a few, and say how many more there are."""
    more = f" và {number(len(names) - most)} nơi khác" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def result_words(level: int) -> str:
    """Name a proposal inside a sentence: "công nhận mức độ 1"."""
    name = RESULTS[level].name
    return name[:1].lower() + name[1:]


def reopening_reason(body: str, held_on: date, note: str) -> str:
    """Say why an appraisal is opened again after a meeting."""
    return f"{body} họp ngày {day(held_on)} không nhất trí với đề xuất thẩm định: {note}"
