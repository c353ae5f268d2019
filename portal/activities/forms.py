"""What is typed of an activity and of a document of the year."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalogue.models import CatalogueIndicator
from portal.dossiers.forms import longest, whole_number
from portal.typed import Day, Line, Lines, VietnameseForm

from .models import Activity
from .operations import Details, details_of
from .rules import read_links, read_minutes
from .wording import KINDS

WRONG_PEOPLE = "Số người tham gia là số nguyên từ 0 đến 100.000, chỉ dùng chữ số."


def _number(value: Any) -> int:
    """Return the id a box stands for; 0, which no indicator has, for anything else."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class WholeNumber(StringField):
    """A count of people; what is typed stays as typed, `number` holds what it means."""

    number = 0

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the count; raises ValueError with the sentence for what is none."""
        if not valuelist:
            return
        self.data = str(valuelist[0]).strip()[:40]
        try:
            self.number = whole_number(self.data) or 0
        except ValueError:
            raise ValueError(WRONG_PEOPLE) from None
        if self.number > 100_000:
            raise ValueError(WRONG_PEOPLE)


class Hours(StringField):
    """How long something lasted, typed in hours; `minutes` holds what it means."""

    minutes = 0

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the duration; raises ValueError with the sentence for what is none."""
        if valuelist:
            self.data = str(valuelist[0]).strip()[:40]
            self.minutes = read_minutes(self.data)


class Addresses(Lines):
    """Web addresses, one a line; `links` holds them."""

    links: tuple[str, ...] = ()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the addresses; raises ValueError with the sentence for what is none."""
        super().process_formdata(valuelist)
        if valuelist:
            self.links = read_links(self.data or "")


class ActivityForm(VietnameseForm):
    """One activity; `version` is the one the page showed."""

    version = HiddenField()
    held_on = Day("Ngày", [InputRequired("Xin nhập ngày diễn ra hoạt động.")])
    kind = SelectField(
        "Loại hoạt động",
        [InputRequired("Xin chọn loại hoạt động.")],
        choices=[
            SelectChoice("", "Chọn loại hoạt động"),
            *(SelectChoice(k, v.name) for k, v in KINDS.items()),
        ],
        validate_choice=False,
    )
    topic = Line("Nội dung, chủ đề", [InputRequired("Xin ghi nội dung, chủ đề của hoạt động."), longest(300)])
    organiser = Line("Đơn vị, người tổ chức", [longest(200)])
    participants = WholeNumber("Số người tham gia")
    hours = Hours("Số giờ")
    description = Lines("Mô tả, kết quả", [longest(4000)])
    links = Addresses("Địa chỉ trang web", [Length(max=6000, message="Xin viết ngắn hơn.")])
    proves = SelectMultipleField(
        "Chứng minh cho chỉ tiêu",
        coerce=_number,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, indicators: list[CatalogueIndicator]) -> ActivityForm:
        """Offer the indicators an activity may prove; returns the form."""
        self.proves.choices = [SelectChoice(row.id, f"{row.code}. {row.title}") for row in indicators]
        return self

    @classmethod
    def showing(cls, one: Activity | None, day: date | None = None) -> ActivityForm:
        """Return the form filled with an activity, or an empty one."""
        if one is None:
            return cls(formdata=None, data={"held_on": day})
        minutes = one.minutes
        hours = f"{minutes // 60}" if minutes % 60 == 0 else f"{minutes // 60} giờ {minutes % 60}"
        return cls(
            formdata=None,
            data={
                "version": str(one.version),
                "held_on": one.held_on,
                "kind": one.kind,
                "topic": one.topic,
                "organiser": one.organiser,
                "participants": str(one.participants) if one.participants else "",
                "hours": hours if minutes else "",
                "description": one.description,
                "links": "\n".join(one.links),
                "proves": sorted(details_of(one).proves),
            },
        )

    def details(self) -> Details:
        """Return the activity as typed; only where the form is valid."""
        assert self.held_on.day is not None
        return Details(
            self.held_on.day,
            self.kind.data,
            self.topic.data or "",
            self.organiser.data or "",
            self.participants.number,
            self.hours.minutes,
            self.description.data or "",
            self.links.links,
            frozenset(self.proves.data or ()),
        )


class DocumentForm(VietnameseForm):
    """A plan, a regulation or a budget: the file and what its paper says of itself.

    Several stand on one page, each with a prefix; the request's token is checked for all of them at the door.
    """

    class Meta:
        """No token of its own."""

        csrf = False

    title = Line("Tên văn bản", [longest(300)])
    number = Line("Số, ký hiệu", [InputRequired("Xin ghi số, ký hiệu của văn bản."), longest(100)])
    issued_on = Day("Ngày ban hành", [InputRequired("Xin ghi ngày ban hành.")])
    issuer = Line("Nơi ban hành", [InputRequired("Xin ghi nơi ban hành."), longest(200)])
    file = FileField("Tệp văn bản")
