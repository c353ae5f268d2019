"""The page of holidays: what the calendar knows of a year, and the province's own days."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request

from portal import clock
from portal.typed import read_day
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import days
from .blueprint import blueprint
from .forms import DayForm
from .queries import holidays_of_province
from .rules import public_holidays

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@blueprint.get("/tinh/ngay-nghi")
@may(Right.SEE_PROVINCE)
def days_off() -> str:
    """Show the holidays of a year and the days the province added."""
    return _page(DayForm(formdata=None))


def _page(form: DayForm, fault: str = "") -> str:
    this_year = clock.today().year
    asked = request.args.get("nam", "")
    years = [this_year - 1, this_year, this_year + 1, this_year + 2]
    year = int(asked) if asked in map(str, years) else this_year
    return render_template(
        "cycle/days.html",
        form=form,
        fault=fault,
        year=year,
        years=years,
        own=holidays_of_province(),
        public=public_holidays(year),
        kinds=days.KINDS,
        weekday=_weekday,
        keeps=refusal(signed_in(), Right.KEEP_DAYS) is None,
    )


def _weekday(on: date) -> str:
    return WEEKDAYS[on.weekday()]


@blueprint.post("/tinh/ngay-nghi")
@may(Right.KEEP_DAYS)
def add_day() -> Any:
    """Add a day off, or one that is worked."""
    form = DayForm()
    if not form.validate() or form.day.day is None:
        return _page(form), 422
    try:
        days.add_day(signed_in(), form.day.day, form.kind.data or "", form.name.data or "")
    except Refused as refused:
        db.session.rollback()
        return _page(form, refused.sentence), refused.status
    return back_to("cycle.days_off", "Đã ghi. Hạn tính theo ngày làm việc dùng ngay ngày này.")


@blueprint.post("/tinh/ngay-nghi/bo")
@may(Right.KEEP_DAYS)
def remove_day() -> Any:
    """Take an added day back."""
    on = read_day(request.form.get("day", ""))
    if on is None:
        raise Refused("Ngày này không còn trong danh sách.", 422)
    days.remove_day(signed_in(), on)
    return back_to("cycle.days_off", "Đã bỏ ngày này.")
