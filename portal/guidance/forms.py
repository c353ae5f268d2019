"""What is typed of announcements, questions and what is published. Forms shape, they do not judge."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from portal.dossiers.forms import longest
from portal.typed import Checkboxes, Day, Line, Lines, VersionedForm, VietnameseForm
from tenants.access import place_here

from .announcing import Content
from .lookup import indicators_here, kinds_for
from .models import GuidanceEntry
from .publishing import Words
from .rules import LONGEST_QUESTION, LONGEST_TEXT, LONGEST_TITLE
from .wording import SORTS


def _kinds(label: str) -> Checkboxes:
    return Checkboxes(
        label,
        choices=lambda: [SelectChoice(one.code, one.name) for one in kinds_for(place_here()).values()],
        validate_choice=False,
    )


class AnnouncementForm(VietnameseForm):
    """An announcement; its file comes beside it. A district's has no `whom`: it goes to its units."""

    title = Line("Tiêu đề", [InputRequired("Xin ghi tiêu đề."), longest(LONGEST_TITLE)])
    body = Lines("Nội dung", [InputRequired("Xin ghi nội dung thông báo."), longest(LONGEST_TEXT)])
    whom = Checkboxes(
        "Gửi đến",
        choices=[SelectChoice("districts", "Các huyện"), SelectChoice("units", "Các đơn vị")],
        validators=[InputRequired("Xin chọn nơi nhận: các huyện, các đơn vị, hoặc cả hai.")],
    )
    kinds = _kinds("Chỉ các đơn vị thuộc loại hình")
    shows_from = Day("Từ ngày", [InputRequired("Xin ghi ngày bắt đầu.")])
    shows_until = Day("Đến hết ngày")
    must_acknowledge = BooleanField("Nơi nhận phải xác nhận đã nắm")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def content(self, file: tuple[str, bytes] | None) -> Content:
        """Return what was typed; only where the form is valid."""
        assert self.shows_from.day is not None
        whom = self.whom.data or [] if "whom" in self else ["units"]
        return Content(
            self.title.data or "",
            self.body.data or "",
            "districts" in whom,
            "units" in whom,
            tuple(self.kinds.data or ()),
            self.must_acknowledge.data,
            self.shows_from.day,
            self.shows_until.day,
            file,
        )


def _indicators(field: SelectField, empty: str) -> None:
    known = indicators_here(place_here())
    field.choices = [SelectChoice("", empty), *(SelectChoice(key, name) for key, name in known.names.items())]
    field.data = known.own.get(field.data or "", field.data)


class QuestionForm(VietnameseForm):
    """A question, and the indicator it is about."""

    key = SelectField("Về chỉ tiêu", validate_choice=False)
    text = Lines("Câu hỏi", [InputRequired("Xin viết câu hỏi."), longest(LONGEST_QUESTION)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _indicators(self.key, "Không về chỉ tiêu nào")


class AnswerForm(VersionedForm):
    """The answer to a question."""

    text = Lines("Trả lời", [InputRequired("Xin viết câu trả lời."), longest(LONGEST_TEXT)])


class EntryForm(VersionedForm):
    """What everybody looks up. A district's has neither `sort` nor `evidence`: it publishes answers."""

    sort = RadioField(
        "Loại",
        choices=[SelectChoice(code, name) for code, name in SORTS.items()],
        default="answer",
        validators=[InputRequired("Xin chọn loại.")],
    )
    key = SelectField("Về chỉ tiêu", validate_choice=False)
    heading = Lines(
        "Câu hỏi, hoặc tên nơi hư cấu của mẫu",
        [InputRequired("Xin ghi câu hỏi, hoặc tên nơi hư cấu của mẫu."), longest(LONGEST_QUESTION)],
    )
    body = Lines(
        "Câu trả lời, hoặc phần trả lời mẫu", [InputRequired("Xin ghi nội dung."), longest(LONGEST_TEXT)]
    )
    evidence = Lines("Minh chứng của mẫu", [longest(LONGEST_TEXT)])
    kinds = _kinds("Chỉ cho các loại hình")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _indicators(self.key, "Không về chỉ tiêu nào")

    @classmethod
    def showing(cls, entry: GuidanceEntry) -> EntryForm:
        """Return the form filled with an entry."""
        data = {
            "version": str(entry.version),
            "sort": entry.sort,
            "key": entry.indicator_key,
            "heading": entry.heading,
            "body": entry.body,
            "evidence": entry.evidence,
            "kinds": entry.kinds,
        }
        return cls(formdata=None, data=data)

    def given(self) -> Words:
        """Return what was typed; an answer where the form does not ask for the sort."""
        return Words(
            self.sort.data if "sort" in self else "answer",
            self.key.data or "",
            tuple(self.kinds.data or ()),
            self.heading.data or "",
            self.body.data or "",
            (self.evidence.data or "") if "evidence" in self else "",
        )
