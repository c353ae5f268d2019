"""Pages of announcements: the list with the form to announce, one announcement with who has taken note of it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request
from flask_login import current_user

from portal import clock, words
from portal.evidence.checks import MAX_BYTES
from portal.evidence.store import store
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of, marks
from portal.web import back_to, download, listing, paginate, takes
from tenants.access import found, may, place_here, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind

from . import announcing, noting, queries
from .blueprint import blueprint
from .forms import AnnouncementForm
from .models import Announcement
from .rules import Phase
from .wording import PHASES

MOST_SENT = MAX_BYTES + 1024 * 1024


def is_province() -> bool:
    """Return whether somebody acts at the Department."""
    return queries.level_of(place_here()) is ScopeKind.PROVINCE


def holds(right: Right) -> bool:
    """Return whether the person acting has a right."""
    return refusal(signed_in(), right) is None


@blueprint.get("/thong-bao-chung")
@may(Right.READ_GUIDANCE)
def index() -> Any:
    """The announcements for the place acted in, and the form to announce."""
    return _index()


def _empty_form() -> AnnouncementForm:
    form = AnnouncementForm(formdata=None, data={"shows_from": clock.today(), "whom": ["districts", "units"]})
    return _shaped(form)


def _shaped(form: AnnouncementForm) -> AnnouncementForm:
    if not is_province():
        del form.whom
    return form


def _index(form: AnnouncementForm | None = None, status: int = 200) -> Any:
    announces = holds(Right.ANNOUNCE)
    asked = listing(("new",), filters={"khi": ("past", "coming") if announces else ("past",)})
    page = paginate(queries.announcements(place_here(), q=asked.q, when=asked.filters["khi"]), asked.number)
    shown = render_template(
        "guidance/announcements.html",
        page=page,
        listing=asked,
        notes=queries.own_notes(place_here(), [row.id for row in page.items]),
        asked_of=_asked_of,
        announces=announces,
        form=(form or _empty_form()) if announces else None,
        opened=form is not None,
        max_bytes=MAX_BYTES,
    )
    return shown, status


def _asked_of(row: Announcement) -> bool:
    """Return whether the place acted in has to take note of an announcement."""
    place = place_here()
    told = row.for_districts if place.unit_id is None else row.for_units
    return row.must_acknowledge and told and not is_province()


@blueprint.post("/thong-bao-chung")
@may(Right.ANNOUNCE)
@takes(MOST_SENT)
def publish() -> Any:
    """Announce what was typed, with the file beside it."""
    form, sent = _shaped(AnnouncementForm()), request.files.get("file")
    if not form.validate_on_submit():
        return _index(form, 422)
    file = (sent.filename, sent.stream.read(MAX_BYTES + 1)) if sent is not None and sent.filename else None
    try:
        row = announcing.announce(signed_in(), form.content(file))
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _index(form, refused.status)
    said = (
        "Đã ra thông báo." if row.told_at else f"Đã ghi; thông báo được gửi ngày {words.day(row.shows_from)}."
    )
    return back_to("guidance.show", said, announcement_id=row.id)


def _here(announcement_id: int) -> Announcement:
    row: Announcement = found(queries.announcement_of(place_here(), announcement_id))
    return row


@blueprint.get("/thong-bao-chung/<int:announcement_id>")
@may(Right.READ_GUIDANCE)
def show(announcement_id: int) -> Any:
    """One announcement; for offices also who has taken note of it and who has not."""
    row, place = _here(announcement_id), place_here()
    stands = announcing.phase_of(row)
    shown: dict[str, Any] = {}
    if row.must_acknowledge and place.unit_id is None:
        lines = noting.noted(row, None if is_province() else place.tenant_id)
        asked = listing(
            ("name",), filters={"huyen": [str(one.tenant_id) for one in lines], "xem": ("roi", "tat-ca")}
        )
        done = {"": False, "roi": True, "tat-ca": None}[asked.filters["xem"]]
        district = int(asked.filters["huyen"]) if asked.filters["huyen"] else None
        statement = noting.units_listed(row, tenant_id=district, q=asked.q, done=done)
        told = [one for one in lines if one.told]
        shown = {
            "lines": lines,
            "listing": asked,
            "units": paginate(statement, asked.number) if row.for_units else None,
            "districts": (sum(one.note is not None for one in told), len(told)),
            "of_units": (sum(one.units_done for one in lines), sum(one.units for one in lines)),
        }
    return render_template(
        "guidance/announcement.html",
        row=row,
        step=PHASES[stands],
        running=stands is Phase.SHOWN,
        over=stands is Phase.OVER,
        note=queries.own_notes(place, [row.id]).get(row.id),
        asked=_asked_of(row),
        acknowledges=holds(Right.ACKNOWLEDGE),
        own=row.tenant_id == place.tenant_id and holds(Right.ANNOUNCE),
        **shown,
    )


@blueprint.post("/thong-bao-chung/<int:announcement_id>/xac-nhan")
@may(Right.ACKNOWLEDGE)
def acknowledge(announcement_id: int) -> Any:
    """Note that the place acted in has taken note."""
    added = announcing.acknowledge(signed_in(), _here(announcement_id))
    said = "Đã ghi xác nhận." if added else "Nơi anh/chị làm việc đã xác nhận trước đó."
    return back_to("guidance.show", said, announcement_id=announcement_id)


@blueprint.post("/thong-bao-chung/<int:announcement_id>")
@may(Right.ANNOUNCE)
def act(announcement_id: int) -> Any:
    """Remind who has not taken note, or end the announcement."""
    row = _here(announcement_id)
    wanted = request.form.get("act", "")
    if wanted == "remind":
        districts, units = announcing.remind(signed_in(), row)
        said = (
            f"Đã nhắc {districts} huyện, {units} đơn vị." if row.for_districts else f"Đã nhắc {units} đơn vị."
        )
    elif wanted == "end":
        announcing.end(signed_in(), row)
        said = "Đã cho thôi hiệu lực; thông báo vẫn đọc được trong mục đã qua."
    else:
        raise Refused("Xin chọn việc cần làm với thông báo này.", 422)
    return back_to("guidance.show", said, announcement_id=announcement_id)


@blueprint.get("/thong-bao-chung/<int:announcement_id>/tep")
@may(Right.READ_GUIDANCE)
def attachment(announcement_id: int) -> Response:
    """The PDF beside an announcement."""
    row = _here(announcement_id)
    if not row.sha256:
        abort(404)
    with store().open(row.tenant_id, row.sha256) as content:
        return download(content.read(), row.file_name, "application/pdf")


@blueprint.get("/thong-bao-chung/<int:announcement_id>/xac-nhan.<ext>")
@may(Right.READ_GUIDANCE)
def notes_file(announcement_id: int, ext: str) -> Response:
    """Who has taken note and who has not, districts first, as a file."""
    row, place = _here(announcement_id), place_here()
    if not row.must_acknowledge or place.unit_id is not None:
        abort(404)
    rows = [
        (one.name, "", "", *_noted(one.note))
        for one in noting.noted(row, None if is_province() else place.tenant_id)
        if one.told
    ]
    rows += [
        (district, unit.name, words.kind_name(unit.kind), *_noted(note))
        for unit, district, note in db.session.execute(noting.units_listed(row))
    ]
    sheet = Sheet(
        title=f"XÁC NHẬN ĐÃ NẮM THÔNG BÁO: {row.title}",
        columns=(
            Column("Địa bàn", Kind.TEXT, 24),
            Column("Đơn vị", Kind.TEXT, 36),
            Column("Loại hình", Kind.TEXT, 24),
            Column("Xác nhận", Kind.CENTERED, 18),
            Column("Lúc", Kind.CENTERED, 18),
            Column("Người xác nhận", Kind.TEXT, 28),
        ),
        rows=rows,
        **marks(),
    )
    return file_of(ext, sheet, f"xac-nhan-thong-bao-{row.id}")


def _noted(note: Any) -> tuple[str, str, str]:
    return ("Đã xác nhận", words.moment(note.at), note.by) if note else ("Chưa xác nhận", "", "")


def news_of_desk() -> list[queries.News]:
    """Return the announcements a desk shows; none for who does not read them."""
    if not current_user.is_authenticated or not holds(Right.READ_GUIDANCE):
        return []
    return queries.news(place_here())


blueprint.add_app_template_global(news_of_desk)
