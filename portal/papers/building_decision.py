"""The data sets of a decision with its annex lists, whose lengths are the counts of its text, and of a further one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from portal import words
from portal.further.queries import Case
from portal.further.rules import GROUNDS
from portal.papers.data import Decision, DecisionRow, Letterhead, Signature
from portal.papers.office import Office, acting_for, head_of, own_title
from portal.papers.speaking import speaker
from portal.recognition.lines import DecisionSheet, LineRow

_PEOPLE = re.compile(r"cần thêm [\d.]+ người", re.IGNORECASE)
_FIGURES = re.compile(r"\s*\([^()]*\d[\d.]*/\d[^()]*\)")


def without_counts(reason: str) -> str:
    """Return a reason composed by the rules without head-counts, for units whose numbers are not public."""
    return _FIGURES.sub("", _PEOPLE.sub("chưa đủ tỷ lệ", reason))


def decision(sheet: DecisionSheet, office: Office, sensitive: Collection[int] = ()) -> Decision:
    """Return a decision as its paper; a draft is marked as a preview. `sensitive`: ids of sensitive units."""

    def rows(found: Sequence[LineRow]) -> tuple[DecisionRow, ...]:
        return tuple(annex_row(row, row.unit_id in sensitive) for row in found)

    say = speaker(sheet.year, office.tier, sheet.issued_at)
    return Decision(
        letterhead=Letterhead(
            superior="",
            issuer=sheet.issuer.removeprefix(f"{office.chair_title.capitalize()} ") or sheet.committee,
            number=sheet.number or None,
            place=sheet.seat,
            day=sheet.dated,
        ),
        signature=Signature(
            title=own_title(sheet.signer_title) or None,
            signer_name=sheet.signer or None,
            authority_lines=acting_for(sheet.signer_title),
        ),
        year=sheet.year,
        tier=office.tier,
        recipients=tuple(say("decision.recipients", office=office.office).splitlines()),
        specimen=office.specimen,
        signed=sheet.issued,
        issued=sheet.issued_at,
        authority=sheet.issuer or office.chair,
        place_name=f"trên địa bàn {office.place}",
        legal_bases=sheet.bases,
        proposal=sheet.proposal,
        level_1=rows(sheet.level_1),
        level_2=rows(sheet.level_2),
        not_recognised=rows(sheet.refused),
        validity=sheet.validity,
        executors=f"Thủ trưởng các cơ quan, đơn vị có liên quan, {head_of(office.office)}",
    )


def annex_row(row: LineRow, sensitive: bool) -> DecisionRow:
    """Return a unit as the lists of a decision name it, with the remark or the reason."""
    hidden = sensitive or words.UNIT_KINDS[row.kind].sensitive
    if row.outcome == 0:
        note = without_counts(row.reason) if hidden else row.reason
    else:
        note = f"Đề nghị mức độ {row.requested}" if row.lowered else ""
    return DecisionRow(name=row.name, kind=words.kind_name(row.kind), note=note)


_PROPOSED_BY = "Theo đề nghị của "


def further(case: Case, office: Office) -> Decision:
    """Return a further decision on one unit as its paper; a draft is marked as a preview."""
    row, year, issued = case.further, case.dossier.year, case.further.state == "issued"
    what = f"“Đơn vị học tập” {office.tier} năm {year}"
    target = f"Quyết định số {row.target_number} {words.long_day(row.target_dated)} của {row.issuer}"
    lines = [line.strip(" ;.") for line in row.legal_basis.splitlines() if line.strip(" ;.")]
    proposals = [line.removeprefix(_PROPOSED_BY) for line in lines if line.startswith(_PROPOSED_BY)]
    return Decision(
        letterhead=Letterhead(
            superior="",
            issuer=row.issuer.removeprefix(f"{office.chair_title.capitalize()} "),
            number=row.number or None,
            place=office.seat,
            day=row.dated,
        ),
        signature=Signature(
            title=own_title(row.signer_title) or None,
            signer_name=row.signer or None,
            authority_lines=acting_for(row.signer_title),
        ),
        year=year,
        tier=office.tier,
        recipients=("Sở Giáo dục và Đào tạo", case.unit.name, f"Lưu: VT, {office.office}"),
        specimen=office.specimen,
        signed=issued,
        issued=row.issued_at,
        authority=row.issuer,
        place_name=f"trên địa bàn {office.place}",
        legal_bases=tuple(line for line in lines if not line.startswith(_PROPOSED_BY)),
        proposal="; ".join(proposals) or None,
        level_1=(),
        level_2=(),
        subject=f"Về việc {'thu hồi kết quả công nhận' if row.kind == 'revoke' else 'điều chỉnh kết quả đánh giá'} {what}",
        articles=(
            _ruling(case, what, target),
            _why(case),
            _effect(case, office),
            _executors(case, office),
        ),
    )


def _ruling(case: Case, what: str, target: str) -> str:
    row, name = case.further, case.unit.name
    was, now = words.level_name(row.before).lower(), words.level_name(row.outcome).lower()
    if row.kind == "revoke":
        return f"Thu hồi kết quả công nhận {name} đạt {what}, {was}, tại {target}."
    if not row.before:
        return f"Công nhận {name} đạt {what}, {now}, thay cho kết quả tại {target}."
    if not row.outcome:
        return f"Không công nhận {name} đạt {what}, thay cho kết quả công nhận {was} tại {target}."
    return f"Công nhận {name} đạt {what}, {now}, thay cho kết quả công nhận {was} tại {target}."


def _executors(case: Case, office: Office) -> str:
    return (
        "Quyết định này có hiệu lực thi hành kể từ ngày ký. Thủ trưởng các cơ quan, đơn vị có liên quan, "
        f"{head_of(office.office)} và {case.unit.name} chịu trách nhiệm thi hành Quyết định này./."
    )


def _why(case: Case) -> str:
    row = case.further
    ground = "" if row.ground == "other" else f"{GROUNDS[row.kind][row.ground].lower()}. "
    return f"Lý do: {ground}{' '.join(row.reason.split())}"


def _effect(case: Case, office: Office) -> str:
    row = case.further
    if not row.before:
        return f"{office.office} công bố kết quả và cấp giấy chứng nhận cho đơn vị theo Quyết định này."
    if row.outcome:
        return (
            "Giấy chứng nhận đã cấp được thay bằng giấy chứng nhận theo Quyết định này; thời hạn của kết quả công "
            "nhận giữ như đã quyết định trước đó."
        )
    return "Giấy chứng nhận đã cấp không còn giá trị kể từ ngày của Quyết định này."
