"""What the operator is told of the installation: each sign with its light, what it says, what to do.

Values in, sentences out; the limits stand here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.figures.rules import Proof

PULSE_LATE, PULSE_DEAD = timedelta(minutes=5), timedelta(minutes=30)
CHANGE_LATE = timedelta(minutes=10)
DAILY_LATE, DAILY_MISSED = timedelta(hours=26), timedelta(hours=50)
JOB_LATE = timedelta(minutes=30)
LITTLE_ROOM, NO_ROOM = 10_000_000_000, 1_000_000_000


class Light(StrEnum):
    """How a sign stands; the value is the colour of `state` in the templates."""

    GOOD = "ok"
    WATCH = "wait"
    BAD = "no"


WORDS = {Light.GOOD: "Tốt", Light.WATCH: "Cần để ý", Light.BAD: "Cần xử lý"}
KINDS_OF_WORK = {
    "mail": "gửi thư",
    "jobs": "làm việc mọi người yêu cầu",
    "reforms": "sắp xếp địa giới",
    "seals": "niêm phong nhật ký",
    "figures": "đếm số tổng hợp",
    "pulse": "ghi nhận tình trạng",
}


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the worker noted when it last looked: what waits, what failed, what the check of the wall found.

    `failing`: kinds of work (`KINDS_OF_WORK`) that ended with an error when they were last tried. `oldest_change`:
    since when the oldest change waits to be counted in the figures kept ready.
    """

    at: datetime
    jobs_waiting: int = 0
    jobs_failed: int = 0
    oldest_job: datetime | None = None
    letters_waiting: int = 0
    letters_lost: int = 0
    checked_at: datetime | None = None
    defects: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    oldest_change: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What was seen now, and what others noted. Bytes for sizes; None for what never happened or cannot be known.

    `remind_failed`: the parts of the last daily run that ended with an error, by name.
    """

    now: datetime
    version: str
    database_bytes: int
    store_fault: str
    free_bytes: int | None
    mail: bool
    pulse: Pulse | None
    backup_at: datetime | None
    remind_at: datetime | None
    remind_failed: tuple[str, ...]
    proof: Proof | None = None
    peak: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the page: `key` for machines, then words for people; `todo` is "" where nothing is to be done."""

    key: str
    name: str
    light: Light
    said: str
    todo: str = ""
    at: datetime | None = field(default=None)


def signs(facts: Facts) -> list[Sign]:
    """Return every sign in the order in which an operator should look."""
    return [
        Sign(
            "database", "Cơ sở dữ liệu", Light.GOOD, f"Trả lời; dữ liệu chiếm {_size(facts.database_bytes)}."
        ),
        _wall(facts),
        _store(facts),
        _worker(facts),
        _jobs(facts.pulse, facts),
        _mail(facts),
        _figures(facts),
        _daily(
            "backup",
            "Sao lưu",
            facts.backup_at,
            facts.now,
            "Xem nhật ký của portal-backup; chạy flask backup.",
        ),
        _remind(facts),
    ]


def worst(found: list[Sign]) -> Light:
    """Return the light of the whole."""
    order = (Light.GOOD, Light.WATCH, Light.BAD)
    return max((sign.light for sign in found), key=order.index)


def _wall(facts: Facts) -> Sign:
    key, name = "wall", "Tường ngăn và lược đồ"
    pulse = facts.pulse
    if pulse is None or pulse.checked_at is None:
        return Sign(
            key, name, Light.WATCH, "Chưa được kiểm tra lần nào.", "Chạy flask check, hoặc bật việc nền."
        )
    if pulse.defects:
        more = f" (và {len(pulse.defects) - 1} điểm khác)" if len(pulse.defects) > 1 else ""
        said = f"Không đúng như khai báo: {pulse.defects[0]}{more}."
        return Sign(
            key, name, Light.BAD, said, "Dừng dịch vụ web, chạy flask init rồi flask check.", pulse.checked_at
        )
    if facts.now - pulse.checked_at > DAILY_LATE:
        said = "Đúng như khai báo khi kiểm tra lần cuối, đã lâu."
        return Sign(key, name, Light.WATCH, said, "Xem việc nền có chạy không.", pulse.checked_at)
    return Sign(key, name, Light.GOOD, "Đúng như khai báo.", at=pulse.checked_at)


def _store(facts: Facts) -> Sign:
    key, name = "store", "Kho minh chứng"
    if facts.store_fault:
        return Sign(
            key, name, Light.BAD, facts.store_fault, "Xem EVIDENCE_URL và quyền ghi; chạy flask check."
        )
    if facts.free_bytes is None:
        return Sign(key, name, Light.GOOD, "Trả lời; chỗ trống do dịch vụ lưu trữ quản lý.")
    said = f"Ghi được; còn trống {_size(facts.free_bytes)}."
    if facts.free_bytes < NO_ROOM:
        return Sign(key, name, Light.BAD, said, "Thêm đĩa ngay: gần hết chỗ thì không nhận được minh chứng.")
    if facts.free_bytes < LITTLE_ROOM:
        return Sign(key, name, Light.WATCH, said, "Chuẩn bị thêm đĩa trước đợt nộp hồ sơ.")
    return Sign(key, name, Light.GOOD, said)


def _worker(facts: Facts) -> Sign:
    key, name = "worker", "Việc chạy nền"
    todo = "Khởi động lại portal-work và xem nhật ký của dịch vụ này."
    if facts.pulse is None:
        return Sign(
            key, name, Light.BAD, "Chưa chạy lần nào: không có thư, không lập được tệp cả loạt.", todo
        )
    silent = facts.now - facts.pulse.at
    if silent > PULSE_DEAD:
        return Sign(key, name, Light.BAD, "Không có dấu hiệu hoạt động.", todo, facts.pulse.at)
    if silent > PULSE_LATE:
        return Sign(key, name, Light.WATCH, "Im lặng hơn năm phút.", todo, facts.pulse.at)
    if facts.pulse.failing:
        kinds = ", ".join(KINDS_OF_WORK.get(kind, kind) for kind in facts.pulse.failing)
        said = f"Đang hoạt động, nhưng lần vừa rồi bị lỗi khi: {kinds}. Cổng tự thử lại."
        return Sign(
            key, name, Light.WATCH, said, "Xem nhật ký của portal-work, dòng “failed”.", facts.pulse.at
        )
    return Sign(key, name, Light.GOOD, "Đang hoạt động.", at=facts.pulse.at)


def _jobs(pulse: Pulse | None, facts: Facts) -> Sign:
    key, name = "jobs", "Việc mọi người yêu cầu"
    if pulse is None:
        return Sign(key, name, Light.WATCH, "Chưa biết, vì việc nền chưa chạy.")
    said = f"{pulse.jobs_waiting} việc đang chờ; {pulse.jobs_failed} việc không lập được trong 24 giờ."
    if facts.peak:
        said += " Đang giờ cao điểm, việc mới chờ."
    elif pulse.oldest_job is not None and facts.now - pulse.oldest_job > JOB_LATE:
        todo = "Có việc chờ hơn 30 phút: chạy thêm một portal-work, hoặc xem nhật ký."
        return Sign(key, name, Light.WATCH, said, todo, pulse.at)
    if pulse.jobs_failed:
        return Sign(key, name, Light.WATCH, said, "Xem nhật ký của portal-work.", pulse.at)
    return Sign(key, name, Light.GOOD, said, at=pulse.at)


def _mail(facts: Facts) -> Sign:
    key, name = "mail", "Thư"
    if not facts.mail:
        return Sign(key, name, Light.GOOD, "Không gửi thư (MAIL_URL chưa đặt); thông báo hiện trong cổng.")
    if facts.pulse is None:
        return Sign(key, name, Light.WATCH, "Chưa biết, vì việc nền chưa chạy.")
    said = f"{facts.pulse.letters_waiting} thư đang chờ; {facts.pulse.letters_lost} thư bị từ chối hoặc thôi gửi."
    if facts.pulse.letters_lost:
        todo = "Xem địa chỉ thư của người nhận và máy chủ thư."
        return Sign(key, name, Light.WATCH, said, todo, facts.pulse.at)
    return Sign(key, name, Light.GOOD, said, at=facts.pulse.at)


def _figures(facts: Facts) -> Sign:
    key, name = "figures", "Số tổng hợp giữ sẵn"
    pulse, proof = facts.pulse, facts.proof
    if pulse is not None and pulse.oldest_change and pulse.at - pulse.oldest_change > CHANGE_LATE:
        said = "Có thay đổi chờ đếm quá 10 phút; trang của tỉnh vẫn đúng nhưng chậm, vì phải tự đếm."
        return Sign(key, name, Light.WATCH, said, "Xem nhật ký của portal-work.", pulse.at)
    if proof is None:
        said = "Chưa đối chiếu với số đếm lại lần nào."
        return Sign(key, name, Light.WATCH, said, "Bật portal-remind.timer, hoặc chạy flask check.")
    if proof.wrong:
        more = f" và {proof.wrong - len(proof.named)} số khác" if proof.wrong > len(proof.named) else ""
        said = f"{proof.wrong} số khác với số đếm lại: {'; '.join(proof.named)}{more}."
        todo = (
            "Chạy flask remind: số lệch được đếm lại ngay sau đó; rồi chạy flask check. Còn lệch, hoặc đêm sau lại"
            " lệch, thì gửi kết quả cho bên hỗ trợ."
        )
        return Sign(key, name, Light.BAD, said, todo, proof.at)
    if facts.now - proof.at > DAILY_LATE:
        said = "Bằng số đếm lại khi đối chiếu lần cuối, đã hơn một ngày."
        return Sign(
            key, name, Light.WATCH, said, "Xem nhật ký của portal-remind; chạy flask check.", proof.at
        )
    return Sign(key, name, Light.GOOD, "Bằng số đếm lại toàn bộ.", at=proof.at)


def _remind(facts: Facts) -> Sign:
    todo = "Xem nhật ký của portal-remind; chạy flask remind."
    found = _daily("remind", "Nhắc hạn, xóa dữ liệu đến hạn", facts.remind_at, facts.now, todo)
    if found.light is Light.GOOD and facts.remind_failed:
        said = f"Đã chạy, nhưng {len(facts.remind_failed)} phần bị lỗi: {'; '.join(facts.remind_failed[:5])}."
        return Sign(found.key, found.name, Light.WATCH, said, todo, facts.remind_at)
    return found


def _daily(key: str, name: str, at: datetime | None, now: datetime, todo: str) -> Sign:
    if at is None:
        return Sign(key, name, Light.BAD, "Chưa chạy lần nào.", todo)
    if now - at > DAILY_MISSED:
        return Sign(key, name, Light.BAD, "Đã hơn hai ngày chưa chạy.", todo, at)
    if now - at > DAILY_LATE:
        return Sign(key, name, Light.WATCH, "Hôm qua chưa chạy.", todo, at)
    return Sign(key, name, Light.GOOD, "Đã chạy trong một ngày qua.", at=at)


def _size(size: int) -> str:
    for unit, bytes_ in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}".replace(".", ",")
    return f"{size // 1000} kB"
