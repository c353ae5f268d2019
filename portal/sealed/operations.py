"""Verbs of signed papers: keep a scan or a digitally signed file, sign here with a certificate file, take back."""

from __future__ import annotations

import io

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.dossiers.models import Dossier, State
from portal.dossiers.signature import short_hash
from portal.dossiers.taking import locked, must
from portal.evidence.checks import examine
from portal.evidence.store import store
from portal.papers.shelf import KINDS, Kind
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import SignedPaper
from .queries import signed_papers

# The papers that carry the head's signature and the unit's stamp.
SIGNED_KINDS = ("mau-01", "mau-02", "mau-03")
OPEN = frozenset({State.SIGNED, State.SUPPLEMENT_REQUESTED})


def kind_of(name: str) -> Kind:
    """Return a paper that is signed and stamped; raises `Refused` (404) for any other."""
    if name not in SIGNED_KINDS:
        raise Refused("Văn bản này không cần ký, đóng dấu.", 404)
    return KINDS[name]


def keep(
    actor: Identity, dossier: Dossier, name: str, file_name: str, content: bytes, pdf: bytes
) -> SignedPaper:
    """Keep a scan, or a PDF with digital signatures, of a paper. `pdf`: the paper as the system makes it.

    Each page is compared by the code in its footer; signatures found are verified. Raises `Refused` with the
    sentence for a file that is not this paper as it was signed.
    """
    from . import scans, signatures

    kind = kind_of(name)
    dossier = _open(actor, dossier)
    accepted = examine(file_name, content)
    if accepted.media_type not in ("application/pdf", "image/jpeg", "image/png"):
        raise Refused(
            f"Tệp “{accepted.file_name}” phải là PDF, hoặc ảnh JPG, PNG của văn bản một trang.", 422
        )
    template, pages = kind.compose.__name__, _length(pdf)
    try:
        found = scans.codes_of(accepted.content, accepted.media_type)
    except scans.Unreadable as reason:
        raise Refused(f"Tệp “{accepted.file_name}” {reason}", 422) from None
    told = rules.compare(found, short_hash(dossier), template, kind.title, pages)
    if told.refusal:
        raise Refused(told.refusal, 422)
    # A digital signature covers the bytes as they came, so those are kept.
    signed = signatures.verify(content) if accepted.media_type == "application/pdf" else []
    broken = [one for one in signed if not one["intact"]]
    if broken:
        who = broken[0]["signer"] or "không rõ tên"
        raise Refused(f"Chữ ký số của {who} không còn khớp: tệp đã bị sửa sau khi ký.", 422)
    row = _row(actor, dossier, name, content if signed else accepted.content, len(found))
    row.kind, row.signatures, row.unread = "digital" if signed else "scan", signed, list(told.unread)
    return _keep(actor, dossier, kind, row)


def sign(
    actor: Identity, dossier: Dossier, name: str, certificate: bytes, password: str, pdf: bytes
) -> SignedPaper:
    """Sign a paper with the unit's certificate file; only the head may, and neither file nor password is kept."""
    from . import signatures

    must(actor, Right.SIGN_DOSSIER)
    kind = kind_of(name)
    dossier = _open(actor, dossier)
    if not certificate:
        raise Refused("Xin chọn tệp chứng thư số (.p12, .pfx).", 422)
    try:
        content = signatures.sign(pdf, certificate, password, at=clock.now())
    except signatures.CannotSign as reason:
        raise Refused(str(reason), 422) from None
    signed = signatures.verify(content)
    row = _row(actor, dossier, name, content, _length(pdf))
    row.kind, row.signatures, row.unread = "digital", signed, []
    return _keep(actor, dossier, kind, row)


def remove(actor: Identity, dossier: Dossier, name: str) -> None:
    """Take a signed paper back before the dossier is filed."""
    must(actor, Right.FILL_DOSSIER)
    dossier = _open(actor, dossier)
    row = signed_papers(dossier).get(name)
    if row is None:
        raise Refused("Văn bản này chưa có bản đã ký.", 404)
    row.removed_at = clock.now()
    _note(actor, dossier, f"đã bỏ bản đã ký của {KINDS[name].title}.")


def _open(actor: Identity, dossier: Dossier) -> Dossier:
    must(actor, Right.FILL_DOSSIER)
    dossier = locked(dossier.tenant_id, dossier.id)
    if State(dossier.state) not in OPEN or not dossier.content_hash:
        raise Refused(
            "Bản đã ký, đóng dấu được gửi sau khi thủ trưởng ký hồ sơ trên cổng và trước khi nộp: "
            "mã kiểm ở chân trang chỉ có từ lúc đó."
        )
    return dossier


def _length(pdf: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(pdf)).pages)


def _row(actor: Identity, dossier: Dossier, name: str, content: bytes, pages: int) -> SignedPaper:
    return SignedPaper(
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
        paper=name,
        content_hash=dossier.content_hash,
        sha256=store().put(dossier.tenant_id, content),
        size=len(content),
        pages=pages,
        uploaded_at=clock.now(),
        uploaded_by=actor.full_name,
    )


def _keep(actor: Identity, dossier: Dossier, kind: Kind, row: SignedPaper) -> SignedPaper:
    earlier = signed_papers(dossier).get(row.paper)
    if earlier is not None and earlier.sha256 == row.sha256:
        return earlier
    if earlier is not None:
        earlier.removed_at = clock.now()
        db.session.flush()
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("Người khác vừa gửi bản đã ký của văn bản này. Xin xem lại.") from error
    how = "ký số" if row.kind == "digital" else "gửi bản quét đã ký, đóng dấu của"
    _note(actor, dossier, f"đã {how} {kind.title}.")
    return row


def _note(actor: Identity, dossier: Dossier, sentence: str) -> None:
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    record(actor, "signed_paper", sentence, **key)
    db.session.flush()
