"""What a guest gives: the answer and the evidence of the indicators of the invitation, through the unit's own verbs."""

from __future__ import annotations

from collections.abc import Iterable

from portal.dossiers.content import Content
from portal.dossiers.filling import Given, save_answer
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.evidence import operations as evidence
from portal.evidence.keeping import Sent, Taken
from tenants.identity import Identity
from tenants.refusal import Refused

from .guests import OUTSIDE, credit, is_invited


def give_answer(actor: Identity, dossier: Dossier, indicator_id: int, given: Given) -> Content:
    """Save the answer of an indicator the guest is let in to. Raises as `save_answer` does."""
    _let_in(actor, dossier, indicator_id)
    content = save_answer(actor, dossier, indicator_id, given)
    credit(actor, dossier.id, indicator_id, _code(content, indicator_id))
    return content


def give_files(actor: Identity, dossier: Dossier, indicator_id: int, files: Iterable[Sent]) -> Taken:
    """Take a guest's files in and tie them to the indicator; good ones are kept, bad ones named."""
    _let_in(actor, dossier, indicator_id)
    taken = evidence.add_to_indicator(actor, dossier, indicator_id, files)
    if taken.good:
        credit(actor, dossier.id, indicator_id, _code(open_sheet(dossier), indicator_id))
    return taken


def take_away(actor: Identity, dossier: Dossier, indicator_id: int, evidence_id: int) -> None:
    """Untie a file the guest sent; one that the unit put there stays."""
    _let_in(actor, dossier, indicator_id)
    files = open_sheet(dossier).evidence[indicator_id]
    file = next((one for one in files if one.id == evidence_id), None)
    if file is None:
        return
    if file.uploaded_by != actor.full_name:
        raise Refused("Minh chứng này do đơn vị gắn; chỉ đơn vị bỏ được.", 403)
    evidence.unlink(actor, dossier, indicator_id, evidence_id)


def _code(sheet: Content, indicator_id: int) -> str:
    return next(i.code for i in sheet.indicators if i.id == indicator_id)


def _let_in(actor: Identity, dossier: Dossier, indicator_id: int) -> None:
    if not is_invited(actor, dossier.id, indicator_id):
        raise Refused(OUTSIDE, 403)
