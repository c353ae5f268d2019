"""What may be asked of a published result, how long the answer takes, the receipt, and who may handle it. Pure.

No term here is the law's: the days are what the Department or the district itself promises to whoever asks.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date, timedelta

from portal.cycle.rules import OwnDays, working_days_between
from portal.recognition.rules import ALPHABET
from portal.spelling import fold

KINDS = {"question": "Câu hỏi", "report": "Phản ánh"}
KIND_HINTS = {
    "question": "muốn biết thêm về kết quả đã công bố.",
    "report": "thấy kết quả đã công bố có điều chưa đúng.",
}
STATES: dict[str, tuple[str, str]] = {
    "sent": ("Đã nhận, chờ phân công", "wait"),
    "taken": ("Đang xử lý", "go"),
    "answered": ("Đã trả lời", "ok"),
    "dismissed": ("Đóng, không xử lý", "na"),
}
OPEN = ("sent", "taken")
OUTCOMES = {
    "explained": "Đã giải đáp",
    "unfounded": "Đã kiểm tra, không đổi",
    "review": "Có cơ sở, xem xét lại",
}
OUTCOME_HINTS = {
    "explained": "trả lời câu hỏi; không có điều gì phải kiểm tra lại.",
    "unfounded": "đã đối chiếu hồ sơ; kết quả công nhận giữ nguyên.",
    "review": "cơ quan công nhận xem xét lại; kết quả giữ nguyên cho đến khi có quyết định thu hồi hoặc điều chỉnh.",
}

USUAL_DAYS, FEWEST_DAYS, MOST_DAYS = 10, 1, 60
"""Working days until the answer where nobody set them, and the bounds of what may be set."""
ASKER_DAYS = 90
"""Days after the end of a case until name and address of who asked are erased."""
MOST_TEXT, MOST_QUESTION, MOST_RESULT, MOST_NAME, MOST_CONTACT, MOST_LINKS = 3000, 2000, 500, 120, 200, 3
A_DAY_FROM_ONE, A_DAY_ON_ONE = 10, 20
"""What one sender may send in a day, and what is taken about one result in a day beside what was closed as no case."""

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LETTERS = 16
_WORD, _DIGIT = re.compile(r"\w+"), re.compile(r"[0-9]")
_PHONE = 8


def too_many_links(text: str) -> bool:
    """Return whether a text holds more links than somebody who reports a thing needs."""
    return len(_LINK.findall(text)) > MOST_LINKS


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, _LETTERS, 4))


def receipt_of(secret: str, form: str, *said: str) -> str:
    """Return the receipt of what was sent by a form: the same form sending the same again has the same receipt.

    80 bits that nobody can work out without the program's secret, e.g. "7K2Q-M9XD-4TAB-8CDE".
    """
    mark = hmac.new(secret.encode(), "\x1f".join(("inquiry", form, *said)).encode(), hashlib.sha256).digest()
    number = int.from_bytes(mark[:10], "big")
    return _grouped("".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5)))


def read_receipt(typed: str) -> str | None:
    """Return a receipt as it is written from what somebody typed (any case, blanks, O for 0), None if it is none."""
    letters = "".join(typed.upper().translate(_READ_AS).split()).replace("-", "")
    if len(letters) != _LETTERS or any(letter not in ALPHABET for letter in letters):
        return None
    return _grouped(letters)


def digest(receipt: str) -> bytes:
    """Return what is kept of a receipt; the receipt itself is the asker's alone."""
    return hashlib.sha256(receipt.encode()).digest()


def sender_mark(secret: str, network: str, on: date) -> bytes:
    """Return the mark of a sender on one day: it counts what comes from one place and leads back to none."""
    return hmac.new(secret.encode(), f"inquirer\x1f{network}\x1f{on}".encode(), hashlib.sha256).digest()


def gives_away(text: str, secret: str) -> bool:
    """Return whether a text bears a name or an address, as whole words, however its marks and blanks are written.

    A single word counts as it is written, and only from two letters on: who calls themself "a" must not make every
    answer impossible. A telephone number counts by its digits.
    """
    digits = _digits(secret)
    if len(digits) >= _PHONE and digits in _digits(text):
        return True
    said = _WORD.findall(secret.casefold())
    if len(said) < 2:
        return len(secret.strip()) > 1 and said != [] and said[0] in _WORD.findall(text.casefold())
    return f" {_bare(secret)} " in f" {_bare(text)} "


def _digits(text: str) -> str:
    return "".join(_DIGIT.findall(text))


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))


def left(due_on: date, today: date, own: OwnDays) -> tuple[str, str]:
    """Say how long the answer of an open case may still take, with its tone; in working days."""
    if today > due_on:
        late = working_days_between(due_on + timedelta(days=1), today, own)
        return f"quá hạn {late} ngày làm việc" if late else "vừa quá hạn", "no"
    days = working_days_between(today + timedelta(days=1), due_on, own)
    if days == 0:
        return "hôm nay là ngày cuối", "wait"
    return f"còn {days} ngày làm việc", "wait" if days <= 2 else "na"


NOT_YOURS = "Việc này đang giao cho người khác; muốn xử lý, xin nhận việc về mình trước."
PARTIES = (
    "Anh/chị đã thẩm định, ban hành kết quả này, hoặc có quan hệ với đơn vị (đang hay từng giữ vai trò, đã khai xung đột"
    " lợi ích) nên không đọc nội dung, không xử lý; xin giao cho người khác."
)
