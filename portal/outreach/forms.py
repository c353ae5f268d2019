"""What is typed of an activity of the district."""

from __future__ import annotations

from datetime import date

from wtforms import HiddenField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from portal.activities.forms import WholeNumber
from portal.dossiers.forms import longest
from portal.typed import Day, Line, Lines, VietnameseForm

from .models import DistrictActivity
from .operations import Details
from .wording import KINDS


class OutreachForm(VietnameseForm):
    """One activity of the district; `version` is the one the page showed."""

    version = HiddenField()
    held_on = Day("Ngày", [InputRequired("Xin nhập ngày diễn ra, hoặc ngày của văn bản.")])
    kind = SelectField(
        "Loại hoạt động",
        [InputRequired("Xin chọn loại hoạt động.")],
        choices=[
            SelectChoice("", "Chọn loại hoạt động"),
            *(SelectChoice(kind, name) for kind, name in KINDS.items()),
        ],
        validate_choice=False,
    )
    topic = Line("Nội dung, chủ đề", [InputRequired("Xin ghi nội dung, chủ đề."), longest(300)])
    place = Line("Địa điểm", [longest(200)])
    participants = WholeNumber("Số người tham gia")
    document_number = Line("Số, ký hiệu văn bản", [longest(100)])
    note = Lines("Ghi chú, kết quả", [longest(4000)])

    @classmethod
    def showing(cls, one: DistrictActivity | None, day: date | None = None) -> OutreachForm:
        """Return the form filled with an activity, or an empty one."""
        if one is None:
            return cls(formdata=None, data={"held_on": day})
        return cls(
            formdata=None,
            data={
                "version": str(one.version),
                "held_on": one.held_on,
                "kind": one.kind,
                "topic": one.topic,
                "place": one.place,
                "participants": str(one.participants) if one.participants else "",
                "document_number": one.document_number,
                "note": one.note,
            },
        )

    def details(self) -> Details:
        """Return the activity as typed; only where the form is valid."""
        assert self.held_on.day is not None
        return Details(
            self.held_on.day,
            self.kind.data or "",
            self.topic.data or "",
            self.place.data or "",
            self.participants.number,
            self.document_number.data or "",
            self.note.data or "",
        )
