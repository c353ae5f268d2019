"""Pages of the wordings of papers: every place with what is in force, its history, a draft and its preview."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock
from portal.cycle.queries import current_cycle
from portal.papers import text_operations as texts
from portal.papers.models import PaperText
from portal.papers.speaking import trying, wordings
from portal.papers.text_forms import TextForm
from portal.papers.text_samples import sample
from portal.papers.texts import BY_ADDRESS, FIELDS, PLACES, Place, wording_at
from portal.papers.views import blueprint
from portal.web import back_to, download
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal


def _now(place: Place) -> str:
    """Return the wording of a place for papers of the year now assessed."""
    return wording_at(place.key, _year(), None, wordings())


def _year() -> int:
    cycle = current_cycle()
    return cycle.year if cycle else clock.today().year


@blueprint.get("/tinh/mau-van-ban")
@may(Right.SEE_PROVINCE)
def texts_index() -> Any:
    """List the governed places of papers with their wording, and where a draft waits."""
    drafts = set(db.session.query(PaperText.place).filter(PaperText.in_force_at.is_(None)))
    changed, year = {one.place for one in wordings()}, _year()
    return render_template(
        "papers/texts.html",
        places=list(PLACES.values()),
        now={key: wording_at(key, year, None, wordings()) for key in PLACES},
        drafts={row[0] for row in drafts},
        changed=changed,
    )


@blueprint.get("/tinh/mau-van-ban/<place>")
@may(Right.SEE_PROVINCE)
def text(place: str) -> Any:
    """Show the wordings of a place: in force, earlier, the draft."""
    return _page(found(BY_ADDRESS.get(place)))


@blueprint.post("/tinh/mau-van-ban/<place>")
@may(Right.GOVERN_TEXTS)
def save_text(place: str) -> Any:
    """Write the draft of a place."""
    where = found(BY_ADDRESS.get(place))
    form = TextForm()
    if not form.validate_on_submit():
        return _page(where, form), 422
    try:
        texts.draft_text(
            signed_in(),
            where,
            form.text.data or "",
            form.from_year.data or 0,
            form.source.data or "",
            seen=form.seen,
        )
    except Refused as reason:
        draft = texts.draft_of(where)
        form.version.data = str(draft.version if draft else 0)
        return _page(where, form, reason.sentence), reason.status
    return back_to("papers.text", "Đã lưu bản soạn. Xem trước rồi cho dùng.", place=place)


@blueprint.post("/tinh/mau-van-ban/<place>/cho-dung")
@may(Right.GOVERN_TEXTS)
def put_text_in_force(place: str) -> Any:
    """Put the draft of a place in force."""
    where = found(BY_ADDRESS.get(place))
    if not request.form.get("read"):
        raise Refused("Xin xem trước trên mẫu rồi đánh dấu vào ô xác nhận.", 422)
    texts.put_in_force(signed_in(), where, seen=TextForm().seen)
    return back_to("papers.text", "Đã cho dùng. Văn bản đã phát hành giữ câu chữ cũ.", place=place)


@blueprint.post("/tinh/mau-van-ban/<place>/bo")
@may(Right.GOVERN_TEXTS)
def drop_text(place: str) -> Any:
    """Throw the draft of a place away."""
    where = found(BY_ADDRESS.get(place))
    texts.drop_draft(signed_in(), where, seen=TextForm().seen)
    return back_to("papers.text", "Đã bỏ bản soạn.", place=place)


@blueprint.get("/tinh/mau-van-ban/<place>/xem-truoc.pdf")
@may(Right.SEE_PROVINCE)
def preview_text(place: str) -> Any:
    """Hand out a sample of the paper with the draft in its place, or with what is in force where there is no draft."""
    where = found(BY_ADDRESS.get(place))
    draft = texts.draft_of(where) if request.args.get("ban") != "dang-dung" else None
    year = draft.from_year if draft else _year()
    with trying(where.key, draft.text if draft else _now(where)):
        content = sample(where, year).pdf()
    return download(content, f"xem-truoc-{place}.pdf", "application/pdf", inline=True)


def _page(place: Place, form: TextForm | None = None, fault: str = "") -> str:
    rows = texts.texts_of(place)
    draft = next((row for row in rows if row.in_force_at is None), None)
    begin = {
        "text": draft.text if draft else _now(place),
        "from_year": draft.from_year if draft else _year(),
        "source": draft.source if draft else "",
        "version": str(draft.version if draft else 0),
    }
    return render_template(
        "papers/text.html",
        place=place,
        now=_now(place),
        draft=draft,
        past=[row for row in rows if row.in_force_at is not None],
        fields=[(f"{{{name}}}", FIELDS[name]) for name in place.fields],
        form=form or TextForm(formdata=None, data=begin),
        fault=fault,
        governs=refusal(signed_in(), Right.GOVERN_TEXTS) is None,
    )
