"""The verbs of a district report: open, write, explain, lock, send; and the Department's answer to it.

Locking freezes the figures in a snapshot; sending needs the leader. A sent report is never changed: after
a return by the Department the next edition is opened, which carries the words on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.cycle.queries import calendar_of, cycle_of
from portal.cycle.rules import is_late, not_yet_open
from portal.dossiers.operations import must
from portal.notices.operations import tell_district
from portal.notices.rules import Kind
from portal.open_data.operations import publish
from portal.powers.rules import title_fault
from portal.trail.operations import record
from portal.words import day
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import narrative, rules
from .figures import ReportFigures, live
from .models import DistrictReport, ReportAnswer
from .points import points_fault
from .queries import (
    answer_of,
    checks_of,
    figures_of,
    grids_of,
    latest_edition,
    may_be_followed,
    owed,
    report_of,
)

CHANGED = "Báo cáo vừa được sửa sau khi trang này mở. Xin xem lại nội dung mới rồi thực hiện lại."


def open_report(actor: Identity, year: int) -> DistrictReport:
    """Return the report of a year to work on: begin it, or its next edition.

    Another edition follows a return by the Department, or a granted request to amend what it accepted (see
    `reopening`). One that is being written, waits for an answer or was accepted is returned as it is.
    """
    must(actor, Right.WRITE_REPORT)
    tenant_id = actor.here.tenant_id
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    if closed := not_yet_open(calendar_of(cycle), clock.now()):
        raise Refused(closed)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"report:{tenant_id}:{year}"))))
    latest = latest_edition(tenant_id, year)
    place = db.session.get_one(Tenant, tenant_id)
    if latest is None and not owed(place, [year]):
        raise Refused(
            f"{place.name} hoạt động từ {words.day(place.valid_from)}; không phải lập báo cáo năm {year}: đơn vị ở đây"
            " đã có trong báo cáo của nơi cũ, hoặc năm đó chưa có đơn vị nào."
        )
    if latest is not None and not may_be_followed(*latest):
        return latest[0]
    earlier, answer = latest or (None, None)
    amends = answer is not None and answer.verdict == "accepted"
    report = DistrictReport(
        tenant_id=tenant_id,
        year=year,
        edition=earlier.edition + 1 if earlier else 1,
        amendment=earlier.amendment + amends if earlier else 0,
        narrative=dict(earlier.narrative) if earlier else narrative.SKELETON.prefilled(cycle.tier),
        explanations=dict(earlier.explanations) if earlier else {},
        created_at=clock.now(),
    )
    db.session.add(report)
    db.session.flush()
    which = f" ({narrative.which_edition(report.edition, report.amendment)})" if report.edition > 1 else ""
    _note(actor, report, "report.open", f"đã lập báo cáo năm {year}{which}.")
    return report


def _locked(
    report: DistrictReport, version: int | None = None, *, states: Sequence[str] = ("draft",)
) -> DistrictReport:
    """Return a report held for this transaction; `Refused` in another state, `Conflict` when it changed."""
    found = report_of(report.tenant_id, report.id, lock=True)
    if found is None:
        raise Refused("Không tìm thấy báo cáo này.", 404)
    if found.state not in states:
        raise Refused(
            {
                "draft": "Báo cáo chưa khóa số liệu. Xin khóa số liệu trước khi gửi.",
                "locked": "Số liệu báo cáo đang khóa. Muốn sửa, xin mở khóa trước.",
                "sent": f"Báo cáo đã gửi Sở bởi {found.sent_by} nên không sửa được nữa.",
            }[found.state]
        )
    if version is not None and found.version != version:
        raise Conflict(CHANGED, found)
    return found


def _note(
    actor: Identity, report: DistrictReport, act: str, sentence: str, detail: dict[str, object] | None = None
) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=report.tenant_id,
        detail={"report": report.id, "edition": report.edition, **(detail or {})},
        inner=True,
    )


def save_narrative(
    actor: Identity, report: DistrictReport, texts: Mapping[str, str], version: int | None = None
) -> DistrictReport:
    """Save the words of some sections; figures stay fields (rule R14).

    Raises `Refused` naming the section with an unknown field; nothing is saved then.
    """
    must(actor, Right.WRITE_REPORT)
    report = _locked(report, version)
    kept, wrong = narrative.SKELETON.changed(report.narrative, texts)
    if wrong:
        raise Refused(wrong, 422)
    if kept != report.narrative:
        report.narrative = kept
    db.session.flush()
    return report


def explain(
    actor: Identity, report: DistrictReport, explanations: Mapping[str, str], version: int | None = None
) -> DistrictReport:
    """Save why a cross-footing rule does not hold, for the rules that may be explained."""
    must(actor, Right.WRITE_REPORT)
    report = _locked(report, version)
    kept = dict(report.explanations)
    for code, text in explanations.items():
        rule = rules.RULE_OF.get(code)
        if rule is None or not rule.explainable:
            raise Refused("Quy tắc này không giải trình được; xin sửa số liệu.", 422)
        if len(text) > 2000:
            raise Refused(f"Giải trình {code} dài tối đa 2.000 ký tự.", 422)
        kept[code] = text.strip()
    if kept != report.explanations:
        report.explanations = kept
    db.session.flush()
    return report


def lock(actor: Identity, report: DistrictReport, version: int | None = None) -> DistrictReport:
    """Freeze the figures in the report's snapshot; every cross-footing rule holds or is explained.

    Raises `Refused` with the sentence of each rule that stands in the way.
    """
    must(actor, Right.WRITE_REPORT)
    report = _locked(report, version)
    figures = live(report.tenant_id, report.year)
    stopping = [result for result in checks_of(report, figures) if result.stops]
    if stopping:
        sentences = " ".join(f"{result.code}: {result.sentence}" for result in stopping)
        raise Refused(f"Chưa khóa được số liệu. {sentences} Xin sửa số liệu hoặc giải trình.")
    report.snapshot = _snapshot(report, figures)
    report.state, report.locked_at, report.locked_by = "locked", clock.now(), actor.full_name
    db.session.flush()
    _note(actor, report, "report.lock", f"đã khóa số liệu báo cáo năm {report.year}.")
    return report


def _snapshot(report: DistrictReport, figures: ReportFigures) -> dict[str, object]:
    results = [
        {"code": r.code, "sentence": r.sentence, "explanation": r.explanation}
        for r in checks_of(report, figures)
    ]
    return figures.as_json() | {"edition": report.edition, "checks": results}


def unlock(actor: Identity, report: DistrictReport, version: int | None = None) -> DistrictReport:
    """Open a locked report again while it is not sent; its figures are live again."""
    must(actor, Right.WRITE_REPORT)
    report = _locked(report, version, states=("locked",))
    report.state, report.snapshot, report.locked_at, report.locked_by = "draft", None, None, ""
    db.session.flush()
    _note(actor, report, "report.unlock", f"đã mở khóa báo cáo năm {report.year}.")
    return report


def send(
    actor: Identity,
    report: DistrictReport,
    number: str,
    dated: date | None,
    signer: str,
    signer_title: str,
    version: int | None = None,
) -> DistrictReport:
    """Sign and send a locked report to the Department (Circular 24/2023, Article 10: before 15/03).

    A first edition after the term is marked late; a later edition keeps the mark of the first.
    """
    must(actor, Right.SEND_REPORT)
    report = _locked(report, version, states=("locked",))
    number, signer, signer_title = (" ".join(text.split()) for text in (number, signer, signer_title))
    _check_head(report, number, dated, signer, signer_title)
    if fault := title_fault(actor, signer_title):
        raise Refused(fault, 422)
    cycle = cycle_of(report.year)
    assert cycle is not None
    report.number, report.dated, report.signer, report.signer_title = number, dated, signer, signer_title
    report.sent_at, report.sent_by = clock.now(), actor.acting_name[:200]
    report.late = (
        is_late(cycle.report_before, report.sent_at) if report.edition == 1 else _first_was_late(report)
    )
    report.state = "sent"
    db.session.flush()
    late = ", quá thời hạn" if report.late else ""
    sentence = f"đã gửi Sở báo cáo năm {report.year} số {number}{late}."
    _note(actor, report, "report.send", sentence)
    tell_district(
        report.tenant_id, f"{actor.full_name} {sentence}", f"/huyen/bao-cao/{report.id}", kind=Kind.REPORT
    )
    return report


def _first_was_late(report: DistrictReport) -> bool:
    return bool(
        db.session.scalar(
            select(DistrictReport.late).where(
                DistrictReport.tenant_id == report.tenant_id,
                DistrictReport.year == report.year,
                DistrictReport.edition == 1,
            )
        )
    )


def _check_head(
    report: DistrictReport, number: str, dated: date | None, signer: str, signer_title: str
) -> None:
    """Raise `Refused` for a number, date or signer that cannot stand."""
    named = (
        ("số báo cáo", number),
        ("ngày báo cáo", dated),
        ("người ký", signer),
        ("chức vụ người ký", signer_title),
    )
    missing = [name for name, value in named if not value]
    if missing or dated is None:
        raise Refused(f"Xin nhập {', '.join(missing)}.", 422)
    if len(number) > 60 or len(signer) > 200 or len(signer_title) > 200:
        raise Refused("Số báo cáo dài tối đa 60 ký tự; tên và chức vụ tối đa 200 ký tự.", 422)
    if dated > clock.today():
        raise Refused(f"Ngày báo cáo ({day(dated)}) ở sau hôm nay ({day(clock.today())}).", 422)
    assert report.snapshot is not None
    decided = max((date.fromisoformat(d["dated"]) for d in report.snapshot["decisions"]), default=None)
    if decided is not None and dated < decided:
        raise Refused(
            f"Ngày báo cáo ({day(dated)}) trước ngày của quyết định được báo cáo ({day(decided)}).", 422
        )
    taken = db.session.scalar(
        select(DistrictReport.id).where(
            DistrictReport.tenant_id == report.tenant_id,
            DistrictReport.id != report.id,
            func.lower(DistrictReport.number) == number.lower(),
            func.extract("year", DistrictReport.dated) == dated.year,
        )
    )
    if taken is not None:
        raise Refused(
            f"Số báo cáo {number} đã dùng cho một báo cáo khác trong năm. Xin kiểm tra lại số.", 422
        )


def answer_report(
    actor: Identity, report: DistrictReport, verdict: str, points: Sequence[Mapping[str, str]] = ()
) -> ReportAnswer:
    """Receive a sent report, or return it with points tied to its cells; once, by the Department.

    A point has `text` and may have `table`, `row` and `column` (see `points_fault`). The district is told.
    """
    must(actor, Right.RECEIVE_REPORT)
    if report.state != "sent":
        raise Refused("Báo cáo chưa được gửi nên chưa nhận hay trả được.")
    if wrong := points_fault(verdict, points, grids_of(figures_of(report))):
        raise Refused(wrong, 422)
    if existing := answer_of(report):
        raise Refused(_answered(existing))
    answer = ReportAnswer(
        tenant_id=report.tenant_id,
        report_id=report.id,
        verdict=verdict,
        points=[
            {key: point.get(key, "").strip() for key in ("table", "row", "column", "text")}
            for point in points
        ],
        answered_at=clock.now(),
        answered_by=actor.full_name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(answer)
            db.session.flush()
    except IntegrityError as error:
        if "report_answer" not in str(error.orig):
            raise
        raise Refused("Người khác vừa nhận hoặc trả báo cáo này. Xin tải lại trang.") from error
    if verdict == "accepted":
        publish(report, answer)
    done = "đã nhận" if verdict == "accepted" else f"đã trả lại, {len(points)} điểm cần sửa,"
    sentence = f"{done} báo cáo năm {report.year} số {report.number}."
    # The Department writes its own trail; the district reads the answer and the notice.
    record(
        actor,
        f"report.{verdict}",
        sentence,
        tenant_id=actor.here.tenant_id,
        detail={"tenant": report.tenant_id, "report": report.id, "edition": report.edition},
    )
    tell_district(report.tenant_id, f"Sở {sentence}", f"/huyen/bao-cao/{report.id}", kind=Kind.REPORT)
    return answer


def _answered(answer: ReportAnswer) -> str:
    done = "nhận" if answer.verdict == "accepted" else "trả lại"
    return f"{answer.answered_by} đã {done} báo cáo này ngày {day(answer.answered_at)}."
