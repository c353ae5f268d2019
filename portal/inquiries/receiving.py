"""Taking in what somebody without an account sends, and telling what became of it: the three doors of `functions.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import JSONB

from portal import clock
from tenants.database import db
from tenants.refusal import Refused

from .rules import A_DAY_FROM_ONE, A_DAY_ON_ONE, digest

LATER = "Nội dung vừa nhập vẫn còn ở dưới; xin gửi lại vào ngày mai."
FROM_ONE = f"Mỗi nơi gửi tối đa {A_DAY_FROM_ONE} câu hỏi, phản ánh trong 24 giờ. {LATER}"
ON_ONE = f"Kết quả này đã nhận {A_DAY_ON_ONE} câu hỏi, phản ánh trong 24 giờ nên tạm dừng nhận. {LATER}"
REFUSED = {
    "unknown": ("Kết quả này không còn trong sổ công khai.", 404),
    "often": (FROM_ONE, 429),
    "full": (ON_ONE, 429),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sends about a published result. `name` and `contact` may be empty."""

    code: str
    kind: str
    body: str
    name: str = ""
    contact: str = ""


def send(sent: Sent, receipt: str, sender: bytes, due_on: date) -> bool:
    """Take an inquiry in; returns False where the same was taken in before. Raises `Refused` where a limit is met."""
    answer = db.session.scalar(
        select(
            func.send_inquiry(
                sent.code,
                sent.kind,
                sent.body,
                sent.name,
                sent.contact,
                digest(receipt),
                sender,
                clock.now(),
                due_on,
            )
        )
    )
    if answer in REFUSED:
        raise Refused(*REFUSED[answer])
    return answer == "sent"


@dataclass(frozen=True, slots=True)
class Told:
    """What may be said of a case: to the holder of its receipt all of it, to everybody the published part."""

    kind: str
    code: str
    sent_at: datetime
    outcome: str
    result: str
    ended_at: datetime | None
    state: str = "answered"
    due_on: date | None = None
    answer: str = ""
    end_reason: str = ""

    @classmethod
    def of(cls, row: dict[str, Any]) -> Told:
        """Read one from what the database tells."""
        days = {"sent_at": datetime.fromisoformat(row["sent_at"])}
        ended = datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None
        due = date.fromisoformat(row["due_on"]) if row.get("due_on") else None
        return cls(**{**row, **days, "ended_at": ended, "due_on": due})


def told(receipt: str) -> Told | None:
    """Return how the case of a receipt stands, or None."""
    row = db.session.scalar(select(func.inquiry_told(digest(receipt), type_=JSONB)))
    return Told.of(row) if row else None


def published_of(code: Any) -> ColumnElement[Any]:
    """Return the expression of what was published of the cases about a unit to which a code belongs."""
    return func.inquiry_results(code, type_=JSONB)


def read(rows: list[dict[str, Any]] | None) -> list[Told]:
    """Read what `published_of` gave, the latest first."""
    return [Told.of(row) for row in rows or ()]
