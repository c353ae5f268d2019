"""Files of one indicator: sent there, tied from the library, untied."""

from __future__ import annotations

from typing import Any

from flask import flash

from portal import words
from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.dossiers.queries import dossier_of, open_sheet
from portal.web import back_to
from tenants.access import found, may, place_here, signed_in
from tenants.rights import Right

from . import operations
from .blueprint import blueprint
from .keeping import Taken
from .models import Evidence
from .queries import uses
from .sending import Sent


def say(taken: Taken, where: str) -> None:
    """Leave one message for what was kept, one for each file the unit already had, one for what was refused."""
    if taken.kept:
        flash(f"Đã nhận {len(taken.kept)} tệp{where}.", "ok")
    if taken.known:
        used = uses(taken.known[0].tenant_id, [file.id for file in taken.known])
        for file in taken.known:
            places = [f"{use.code}/{use.year}" for use in used[file.id]]
            now = f" Tài liệu sẵn có đã được gắn{where}." if where else ""
            flash(
                f"Tệp “{taken.names[file.id]}” đã có sẵn trong kho nên không lưu lần nữa: {_called(file)}"
                f"{', đang dùng ở ' + ', '.join(places[:4]) if places else ', chưa dùng ở đâu'}.{now}",
                "info",
            )
    if taken.refused:
        flash("Không nhận: " + " ".join(taken.refused), "no")


def _called(file: Evidence) -> str:
    number = f", số {file.number}" if file.number else ""
    return f"đó là “{file.title}”{number}, gửi {words.moment(file.uploaded_at)}"


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung")
@may(Right.FILL_DOSSIER)
def upload(dossier_id: int, indicator_id: int) -> Any:
    """Take files in and tie them to an indicator; good ones are kept, bad ones named."""
    place = place_here()
    dossier = found(dossier_of(place.tenant_id, dossier_id))
    sent = Sent(signed_in(), place.tenant_id)
    taken = operations.add_to_indicator(signed_in(), dossier, indicator_id, sent)
    sent.settle(taken)
    code = next(row.code for row in open_sheet(dossier).catalogue if row.id == indicator_id)
    say(taken, f" vào chỉ tiêu {code}")
    return back_to("dossiers.show", dossier_id=dossier_id, _anchor=f"chi-tieu-{code}")


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung/<int:evidence_id>/gan")
@may(Right.FILL_DOSSIER)
def link(dossier_id: int, indicator_id: int, evidence_id: int) -> Any:
    """Tie a file of the library to an indicator."""
    dossier = dossier_here(dossier_id)
    file = operations.link(signed_in(), dossier, indicator_id, evidence_id)
    return _back_to_card(dossier_id, indicator_id, f"Đã gắn “{file.title}”.")


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung/<int:evidence_id>/bo")
@may(Right.FILL_DOSSIER)
def unlink(dossier_id: int, indicator_id: int, evidence_id: int) -> Any:
    """Untie a file; it stays in the library."""
    dossier = dossier_here(dossier_id)
    operations.unlink(signed_in(), dossier, indicator_id, evidence_id)
    return _back_to_card(dossier_id, indicator_id, "Đã bỏ minh chứng khỏi chỉ tiêu; tệp vẫn còn trong kho.")


def _back_to_card(dossier_id: int, indicator_id: int, sentence: str) -> Any:
    sheet = sheet_here(dossier_id)
    code = next(row.code for row in sheet.catalogue if row.id == indicator_id)
    return back_to("dossiers.show", sentence, dossier_id=dossier_id, _anchor=f"chi-tieu-{code}")
