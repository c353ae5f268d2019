"""The verbs of the provincial report: compile, write, explain, lock, sign. Figures come from accepted reports only.

What a district changes afterwards changes nothing here; a report accepted later is taken over by compiling the
draft again, or, once the report is signed, by an amended edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.cycle.queries import cycle_of
from portal.dossiers.operations import must
from portal.trail.operations import record
from portal.words import ZONE, day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import narrative, tables
from .models import ProvincialReport
from .narrative import SKELETON
from .queries import (
    FORMAT,
    Now,
    checks_of,
    compiled_sheet,
    editions_of,
    now_of,
    number_taken,
    previous_counts,
    report_of,
    tells_own,
)
from .rules import RULE_OF
from .sources import sources_of

CHANGED = "Báo cáo vừa được sửa sau khi trang này mở. Xin xem lại nội dung mới rồi thực hiện lại."
LONGEST_EXPLANATION = 2_000


def compile_report(actor: Identity, year: int) -> ProvincialReport:
    """Add up the accepted reports of a year: into the draft there is, or into the next edition.

    Raises `Refused` while no report is accepted, where the latest edition holds the same reports, and while it is
    locked.
    """
    must(actor, Right.COMPILE_REPORT)
    if cycle_of(year) is None:
        raise Refused(f"Năm đánh giá {year} chưa mở.", 404)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"provincial_report:{year}"))))
    now = now_of(year)
    if not now.accepted:
        raise Refused("Chưa có báo cáo huyện nào được nhận nên chưa có gì để tổng hợp.")
    known = editions_of(year)
    latest = known[0] if known else None
    if latest is not None and latest.state == "locked":
        raise Refused("Số liệu báo cáo đang khóa. Muốn lấy thêm báo cáo huyện, xin mở khóa trước.")
    same = (
        latest is not None
        and latest.snapshot["reports"] == _pairs(now.accepted)
        and tells_own(latest.snapshot.get("fields", {}), now)
    )
    if latest is not None and same and latest.state != "table":
        raise Refused("Báo cáo tỉnh đã gồm đúng các báo cáo này; chưa có báo cáo nào mới được nhận.")
    if latest is not None and latest.state == "draft":
        report = latest
    else:
        report = ProvincialReport(
            year=year,
            edition=latest.edition + 1 if latest else 1,
            amendment=sum(one.state == "signed" for one in known),
            narrative=dict(latest.narrative) if latest and latest.narrative else SKELETON.prefilled(),
            explanations=dict(latest.explanations) if latest else {},
        )
    at = clock.now()
    snapshot = _added_up(year, actor.here.tenant_name, now)
    report.accepted, report.districts, report.snapshot = len(now.accepted), len(now.names), snapshot
    report.compiled_at, report.compiled_by = at, actor.full_name
    db.session.add(report)
    db.session.flush()
    of = f"{report.accepted}/{report.districts}"
    _note(actor, report, "province.compile", f"đã tổng hợp năm {year} từ {of} báo cáo huyện.")
    return report


def _added_up(year: int, province: str, now: Now) -> dict[str, Any]:
    sources = sources_of(now.accepted, now.names)
    rows = tables.form_01_t(sources, previous_counts(year))
    annexes = tables.annexes(year, sources)
    return {
        "format": FORMAT,
        "province": province,
        "reports": _pairs(now.accepted),
        "rows": [row.as_json() for row in rows],
        "annexes": {number: [line.as_json() for line in one.lines] for number, one in annexes.items()},
        "receipts": [line.as_json() for line in now.receipts],
        "fields": narrative.fields(year, rows, annexes, sources, now.missing, now.late, now.own),
    }


def _pairs(accepted: Mapping[int, int]) -> list[list[int]]:
    return [[tenant_id, report_id] for tenant_id, report_id in sorted(accepted.items())]


def _locked(report: ProvincialReport, version: int | None, *, state: str = "draft") -> ProvincialReport:
    """Return an edition held for this transaction; `Refused` in another state, `Conflict` when it changed."""
    found = report_of(report.id, lock=True)
    if found is None:
        raise Refused("Không tìm thấy báo cáo này.", 404)
    if found.state != state:
        raise Refused(
            {
                "draft": "Báo cáo chưa khóa số liệu. Xin khóa số liệu trước.",
                "locked": "Số liệu báo cáo đang khóa. Muốn sửa, xin mở khóa trước.",
                "signed": f"Báo cáo đã ký ({found.signed_by}) nên không sửa được nữa.",
                "table": "Bảng tổng hợp này được giữ nguyên, không sửa được.",
            }[found.state]
        )
    if version is not None and found.version != version:
        raise Conflict(CHANGED, found)
    return found


def _note(actor: Identity, report: ProvincialReport, act: str, sentence: str) -> None:
    detail = {"report": report.id, "edition": report.edition}
    record(actor, act, sentence, tenant_id=actor.here.tenant_id, detail=detail)


def save_narrative(
    actor: Identity, report: ProvincialReport, texts: Mapping[str, str], version: int | None = None
) -> ProvincialReport:
    """Save the words of some sections; figures stay fields (rule R14). Raises `Refused` naming what cannot stand."""
    must(actor, Right.COMPILE_REPORT)
    report = _locked(report, version)
    kept, wrong = SKELETON.changed(report.narrative, texts)
    if wrong:
        raise Refused(wrong, 422)
    if kept != report.narrative:
        report.narrative = kept
    db.session.flush()
    return report


def explain(
    actor: Identity, report: ProvincialReport, explanations: Mapping[str, str], version: int | None = None
) -> ProvincialReport:
    """Save why a rule does not hold, for the rules that may be explained."""
    must(actor, Right.COMPILE_REPORT)
    report = _locked(report, version)
    kept = dict(report.explanations)
    for code, text in explanations.items():
        rule = RULE_OF.get(code)
        if rule is None or not rule.explainable:
            raise Refused("Quy tắc này không giải trình được.", 422)
        if len(text) > LONGEST_EXPLANATION:
            raise Refused(f"Giải trình {code} dài tối đa 2.000 ký tự.", 422)
        kept[code] = text.strip()
    if kept != report.explanations:
        report.explanations = kept
    db.session.flush()
    return report


def lock(actor: Identity, report: ProvincialReport, version: int | None = None) -> ProvincialReport:
    """Lock the figures and words; every rule holds or is explained, else `Refused` says which does not."""
    must(actor, Right.COMPILE_REPORT)
    report = _locked(report, version)
    checks = checks_of(report, compiled_sheet(report), now_of(report.year))
    stopping = [result for result in checks if result.stops]
    if stopping:
        sentences = " ".join(f"{result.number}: {result.sentence}" for result in stopping)
        raise Refused(f"Chưa khóa được số liệu. {sentences}")
    kept = [{"code": r.code, "sentence": r.sentence, "explanation": r.explanation} for r in checks]
    at = clock.now()
    report.snapshot = dict(report.snapshot) | {"checks": kept}
    report.state, report.locked_at, report.locked_by = "locked", at, actor.full_name
    db.session.flush()
    _note(actor, report, "province.lock", f"đã khóa số liệu báo cáo tỉnh năm {report.year}.")
    return report


def unlock(actor: Identity, report: ProvincialReport, version: int | None = None) -> ProvincialReport:
    """Open a locked report again while it is not signed; its figures stay as compiled."""
    must(actor, Right.COMPILE_REPORT)
    report = _locked(report, version, state="locked")
    report.state, report.locked_at, report.locked_by = "draft", None, ""
    db.session.flush()
    _note(actor, report, "province.unlock", f"đã mở khóa báo cáo tỉnh năm {report.year}.")
    return report


def sign(
    actor: Identity,
    report: ProvincialReport,
    number: str,
    dated: date | None,
    signer: str,
    signer_title: str,
    version: int | None = None,
) -> ProvincialReport:
    """Sign a locked report: it bears its number, day and signer, and nothing changes it from then on."""
    must(actor, Right.SIGN_PROVINCE_REPORT)
    report = _locked(report, version, state="locked")
    number, signer, signer_title = (" ".join(text.split()) for text in (number, signer, signer_title))
    if not (number and dated and signer and signer_title):
        raise Refused("Xin nhập đủ số, ngày báo cáo, người ký và chức vụ.", 422)
    if len(number) > 60 or len(signer) > 200 or len(signer_title) > 200:
        raise Refused("Số báo cáo dài tối đa 60 ký tự; tên và chức vụ tối đa 200 ký tự.", 422)
    if dated > clock.today():
        raise Refused(f"Ngày báo cáo ({day(dated)}) ở sau hôm nay ({day(clock.today())}).", 422)
    if dated < report.compiled_at.astimezone(ZONE).date():
        raise Refused(
            f"Ngày báo cáo ({day(dated)}) trước ngày tổng hợp số liệu ({day(report.compiled_at)}).", 422
        )
    if number_taken(report, number, dated):
        raise Refused(f"Số báo cáo {number} đã dùng cho một báo cáo tỉnh khác trong năm.", 422)
    at = clock.now()
    report.number, report.dated, report.signer, report.signer_title = number, dated, signer, signer_title
    report.state, report.signed_at, report.signed_by = "signed", at, actor.full_name
    db.session.flush()
    _note(actor, report, "province.sign", f"đã ký báo cáo tỉnh năm {report.year} số {number}.")
    return report
