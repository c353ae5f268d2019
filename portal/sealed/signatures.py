"""Digital signatures in a PDF: made with a unit's certificate file, and verified. Keys and passwords are never kept."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from .rules import LARGEST_CERTIFICATE

# An unknown root or a wrong password is an answer for the page, not an event for the log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

_FIELD = "ChuKy"
# What a PDF made by somebody else can make a reader raise.
_HOSTILE = (
    PdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    NotImplementedError,
    RecursionError,
)


class CannotSign(ValueError):
    """The certificate file cannot sign; the text says why, in Vietnamese."""


def sign(pdf: bytes, certificate: bytes, password: str, *, at: datetime) -> bytes:
    """Return a PDF signed (PAdES) with the key of a PKCS#12 file (.p12, .pfx), used once and forgotten.

    `at`: the moment of signing, as the certificate's validity is measured by it. Raises `CannotSign`.
    """
    if len(certificate) > LARGEST_CERTIFICATE:
        raise CannotSign("Tệp chứng thư số lớn quá mức; tệp .p12, .pfx thường chỉ vài KB.")
    signer = _opened(certificate, password)
    valid = signer.signing_cert["tbs_certificate"]["validity"]
    if not valid["not_before"].native <= at <= valid["not_after"].native:
        until = valid["not_after"].native
        raise CannotSign(f"Chứng thư số không còn hoặc chưa có hiệu lực (đến {until:%d/%m/%Y}).")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    about = signers.PdfSignatureMetadata(
        field_name=_FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    try:
        return bytes(_apart(lambda: signers.PdfSigner(about, signer=signer).sign_pdf(writer).getvalue()))
    except (SigningError, PdfError) as error:
        raise CannotSign("Chứng thư số này không ký được văn bản PDF.") from error


def _apart(act: Callable[[], Any]) -> Any:
    """Run what the library does in an event loop of its own, whatever loop the calling thread is in."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(act).result()


def _opened(certificate: bytes, password: str) -> signers.SimpleSigner:
    try:
        signer = signers.SimpleSigner.load_pkcs12_data(
            certificate, other_certs=[], passphrase=password.encode()
        )
    except (SigningError, ValueError, TypeError):
        signer = None
    if signer is None or signer.signing_cert is None:
        raise CannotSign("Không mở được tệp chứng thư số: sai mật khẩu, hoặc không phải tệp .p12, .pfx.")
    return signer


def verify(pdf: bytes) -> list[dict[str, Any]]:
    """Return what each signature of a PDF says, the earliest first: signer, moment, intact, known.

    `intact`: nothing was changed since but what a signature allows. `known`: its chain leads to a root this
    system trusts; without such roots set up it is False, and the page says that only the content was checked.
    """
    try:
        embedded = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    except _HOSTILE:
        return []
    return [_told(one) for one in embedded]


def _told(one: Any) -> dict[str, Any]:
    name, moment, intact, known = "", None, False, False
    try:
        known_roots = ValidationContext(allow_fetching=False, trust_roots=[])
        status = _apart(lambda: validate_pdf_signature(one, known_roots))
        changed = status.modification_level
        intact = (
            bool(status.intact and status.valid)
            and changed is not None
            and changed <= ModificationLevel.FORM_FILLING
        )
        known = bool(status.trusted)
        name = str(status.signing_cert.subject.native.get("common_name", ""))
        moment = status.signer_reported_dt
    except (SignatureValidationError, *_HOSTILE):
        pass
    return {
        "signer": name[:200],
        "at": moment.isoformat() if moment else "",
        "intact": intact,
        "known": known,
    }
