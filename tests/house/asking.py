"""Asking the program as somebody, and reading everything that an answer carries, whatever its format."""

from __future__ import annotations

import contextvars
import io
import itertools
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import psycopg
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from openpyxl import load_workbook
from pypdf import PdfReader
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.dossiers.models import State
from tests.beds import bed_of
from tests.builders import Person
from tests.canaries import Year
from tests.victims import MAPPERS

TOKEN = "f" * 40
# Sign-in keeps its own books; everything else a reading request leaves as it is.
_KEPT_BY_SIGN_IN = {"signin_session", "throttle"}

# What a browser might send anywhere: every field some form knows, with a value that could be right.
PLAUSIBLE: dict[str, str] = {
    "version": "1", "seen": "", "year": "2026", "nam": "2026", "level": "1", "requested_level": "1", "value": "34",
    "yes": "1", "part": "34", "grade": "1", "explanation": "Giải trình", "verdict": "agreed", "reason": "Lý do",
    "reason_code": "other", "note": "Ghi chú", "outcome": "1", "number": "99/QĐ", "dated": "2027-01-15",
    "signer": "Người ký", "signer_title": "CHỦ TỊCH", "legal_bases": "Căn cứ", "answer": "Trả lời",
    "answer_by": "2027-01-25", "name": "Tên gọi", "title": "Tiêu đề", "issuer": "Nơi ban hành", "full_name": "Họ Tên",
    "login": "nguoi.thu", "role": "unit_editor", "kind": "primary", "code": "T99", "document": "Công văn 1",
    "confirmed": "y", "sure": "y", "agree": "y", "duty": "member", "channel": "paper", "opened_on": "2024-01-01",
    "closed_on": "2026-12-31", "last_day": "2027-01-15", "since": "2027-01-15", "points": "Điểm", "members": "37",
    "days": "5", "venue": "Nơi họp", "act": "save", "signed_by": "Thủ trưởng", "seat": "Nơi", "committee": "Ủy ban", "office": "Phòng", "text": "Lời",
    "day": "2027-01-22", "hour": "08:30", "begins": "08:30", "ends": "09:30", "accounts": "1", "lead": "1", "years": "3",
    "result": "found", "present": "Người có mặt", "summary": "Kết luận", "opinion": "Ý kiến",
    "body": "Nội dung", "shows_from": "2027-01-30", "key": "", "heading": "Câu hỏi", "sort": "answer", "evidence": "Văn bản",
    "ground": "other", "legal_basis": "Căn cứ", "complaint": "", "drop_reason": "Lý do",
    "person": "1", "question": "Câu hỏi", "reply": "Trả lời", "mark": "0" * 32,
}  # fmt: skip


class Unknown(AssertionError):
    """A route takes an argument that the generator of addresses has no value for."""


_known: dict[tuple[int, State], dict[str, list[Any]]] = {}


def values_of(year: Year, state: State) -> dict[str, list[Any]]:
    """What each path argument can be, from the victim's rows, for the dossier in a state; read once."""
    if (id(year), state) not in _known:
        _known[(id(year), state)] = _values(year, state)
    return _known[(id(year), state)]


def _values(year: Year, state: State) -> dict[str, list[Any]]:
    rows, dossier = year.rows, year.dossiers[state]
    own = own_rows(year, dossier, year.units[state])
    return {
        "tenant_id": [year.tenant_id],
        "dossier_id": [dossier],
        "unit_id": [year.units[state]],
        "evidence_id": [own["evidence"]],
        "upload_id": [rows["evidence_upload"]["id"]],
        "recognition_id": [rows["recognition"]["id"]],
        "complaint_id": [rows["complaint"]["id"]],
        "file_id": [rows["complaint_file"]["id"]],
        "decision_id": [year.decision, year.draft],
        "line_id": own["lines"],
        "further_id": [year.further],
        "visit_id": [year.visit],
        "sha256": [year.photo],
        "meeting_id": [rows["council_meeting"]["id"]],
        "item_id": [rows["council_item"]["id"]],
        "report_id": [year.report],
        "reform_id": [year.reform],
        "announcement_id": [rows["announcement"]["id"]],
        "question_id": [rows["question"]["id"]],
        "entry_id": [rows["guidance_entry"]["id"]],
        "recheck_id": [rows["recheck"]["id"]],
        "reopening_id": [rows["report_reopening"]["id"]],
        "point_id": [rows["supplement_point"]["id"]],
        "member_id": [own["member"]],
        "batch_id": [rows["import_batch"]["id"]],
        "inquiry_id": [rows["inquiry"]["id"]],
        "asked_id": [rows["inquiry_question"]["id"]],
        "job_id": [rows["job"]["id"]],
        "account_id": [rows["account"]["id"]],
        "membership_id": [rows["membership"]["id"]],
        "notice_id": [rows["notice"]["id"]],
        "result_id": [rows["past_result"]["id"]],
        "paper_id": [rows["signed_paper"]["id"]],
        "action_id": [rows["improvement_action"]["id"]],
        "target_id": [rows["district_target"]["id"]],
        "interest_id": [rows["appraiser_interest"]["id"]],
        "waiver_id": [rows["waiver"]["id"]],
        "activity_id": [rows["activity"]["id"]],
        "delegation_id": [rows["delegation"]["id"]],
        "proposal_id": [rows["role_proposal"]["id"]],
        "extension_id": [rows["filing_extension"]["id"]],
        "nam": [rows["year_notice"]["year"]],
        "outreach_id": [rows["district_activity"]["id"]],
        "version_id": [rows["dossier"]["version_id"]],
        "indicator_id": [rows["finding"]["indicator_id"]],
        "level": [1],
        "part": ["texts"],
        "code": ["members"],
        "ext": ["xlsx", "csv"],
        "token": ["mot-lien-ket-khong-co-that"],
        "block": ["mau-01-mo-dau"],
        "place": ["receipt-closing"],
        "token_id": [rows["api_token"]["id"]],
        "resource": ["units", "recognitions", "dossiers", "figures", "reports"],
        "data_set": ["cong-nhan", "thong-ke", "tieu-chi"],
        "year": [2026],
        "file": ["khong-co.png"],
    }


# Arguments that mean something else in one place.
SPECIAL: dict[str, dict[str, Any]] = {
    "council.minutes": {"ext": lambda _year: ["pdf", "docx"]},
    "recognition.submission": {"ext": lambda _year: ["pdf", "docx"]},
    "sealed.keep": {"name": lambda _year: ["mau-01"]},
    "sealed.sign": {"name": lambda _year: ["mau-01"]},
    "sealed.remove": {"name": lambda _year: ["mau-01"]},
    "desk.guide": {"name": lambda _year: ["don-vi"]},
    "papers.document": {
        "name": lambda _year: ["mau-01", "mau-03", "phieu-tiep-nhan", "phieu-bo-sung", "phieu-tham-dinh"]
    },
    "papers.editable": {
        "name": lambda _year: ["mau-01", "mau-03", "phieu-tiep-nhan", "phieu-bo-sung", "phieu-tham-dinh"]
    },
    "papers.provincial_word": {"report_id": lambda year: [year.compiled]},
    "papers.provincial": {"report_id": lambda year: [year.compiled]},
    **{
        f"compilation.{name}": {"report_id": lambda year: [year.compiled]}
        for name in ("show", "save", "explain", "lock", "unlock", "sign", "table", "rows")
    },
    "compilation.file": {
        "report_id": lambda year: [year.compiled],
        "name": lambda _year: ["01-T", "05-T", "tiep-nhan"],
    },
    "appraisal.entry": {"dossier_id": lambda year: [year.entered]},
    "appraisal.channel": {"unit_id": lambda year: [year.unregistered]},
    "reform.rows": {"what": lambda _year: ["don-vi", "ho-so", "minh-chung"]},
    "reform.drop_place": {"key": lambda _year: ["1"]},
    "reform.step": {"to": lambda _year: ["done"]},
    "province.kind": {"kind": lambda _year: ["primary"]},
    "further.new": {"kind": lambda _year: ["thu-hoi", "dieu-chinh"]},
    "further.create": {"kind": lambda _year: ["thu-hoi"]},
    "visits.paper": {"name": lambda _year: ["thong-bao", "bien-ban"], "ext": lambda _year: ["pdf", "docx"]},
    "register.verify": {"code": lambda year: [year.rows["register_entry"]["code"]]},
    "register.certificate": {"ext": lambda _year: ["pdf", "docx"]},
    "register.result": {"code": lambda year: [year.rows["register_entry"]["code"]]},
    **{
        f"inquiries.{name}": {"code": lambda year: [year.rows["register_entry"]["code"]]}
        for name in ("ask", "send")
    },
    "activities.add_document_of": {"kind": lambda _year: ["plan"]},
    **{
        f"history.import_{act}": {"batch_id": lambda year: [year.past]}
        for act in ("show", "confirm", "drop", "undo")
    },
    "reports.form_file": {"name": lambda _year: ["02", "07"]},
    "api.api_v1.row": {"key": lambda year: [f"{year.tenant_id}-{year.units[State.DECIDED]}"]},
    "open_data.file": {"ext": lambda _year: ["csv", "json"]},
    "checklist.sheet": {"ext": lambda _year: ["pdf", "docx"]},
}
# Arguments that name no row of anybody: an address made of these alone is everybody's own.
HARMLESS = {
    "version_id",
    "indicator_id",
    "level",
    "part",
    "code",
    "ext",
    "token",
    "file",
    "name",
    "kind",
    "block",
    "place",
    "year",
    "data_set",
    "resource",
}


def own_rows(year: Year, dossier: int, unit: int) -> dict[str, Any]:
    """Numbers of the rows that hang under one dossier."""
    with psycopg.connect(**superuser(year)) as connection:

        def number(statement: str) -> list[int]:
            return [row[0] for row in connection.execute(statement.encode())]

        return {
            "evidence": number(f"select min(id) from evidence where unit_id = {unit}")[0],
            "member": number(f"select min(id) from team_member where dossier_id = {dossier}")[0],
            "lines": number(f"select id from decision_line where tenant_id = {year.tenant_id} order by id"),
        }


def superuser(year: Year) -> dict[str, Any]:
    """How to enter the year's database past every wall."""
    return bed_of(year.world.app).superuser()


def addresses(rule: Rule, year: Year, state: State = State.DECIDED) -> list[str]:
    """Every address of a route with the victim's rows in it; raises `Unknown` for an argument without values."""
    known = values_of(year, state)
    choices: list[list[Any]] = []
    for argument in sorted(rule.arguments):
        special = SPECIAL.get(rule.endpoint, {}).get(argument)
        if special is None and argument not in known:
            raise Unknown(
                f"{rule.rule} ({rule.endpoint}): the route tests know no value for “{argument}”; "
                "add it to values_of or SPECIAL in tests/house/asking.py"
            )
        choices.append(special(year) if special else known[argument])
    adapter = year.world.app.url_map.bind("localhost")
    return [
        adapter.build(
            rule.endpoint, dict(zip(sorted(rule.arguments), chosen, strict=True)), method=method(rule)
        )
        for chosen in itertools.product(*choices)
    ]


def method(rule: Rule) -> str:
    """The first method of a route that is not answered by itself."""
    methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    return "GET" if "GET" in methods else sorted(methods)[0]


def of_somebody(rule: Rule) -> bool:
    """Whether an address of the route names rows that belong to somebody."""
    return bool(rule.arguments - HARMLESS)


class Asker:
    """One person at a browser. Every request stands alone: no context of the test reaches into it."""

    def __init__(self, year: Year, person: Person | None) -> None:
        self.year, self.person = year, person
        self.client = FlaskClient(year.world.app, year.world.app.response_class)
        self.enter()

    def enter(self) -> None:
        """Sign in (again), with a CSRF token that `token` knows."""
        if self.person is not None:
            self.year.world.sign_in(self.client, self.person)
        with self.client.session_transaction() as session:
            session["csrf_token"] = TOKEN

    def token(self) -> str:
        """The token a form of this person would carry."""
        secret = self.year.world.app.config["SECRET_KEY"]
        return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(TOKEN))

    def ask(self, way: str, address: str, *, csrf: bool = True, **fields: str) -> TestResponse:
        """Send one request; forms carry everything plausible and, unless told otherwise, the token."""
        data = None
        if way != "GET":
            data = {**PLAUSIBLE, **fields, **({"csrf_token": self.token()} if csrf else {})}
        return contextvars.Context().run(lambda: self.client.open(address, method=way, data=data))


def words_of(answer: TestResponse) -> str:
    """Everything an answer says: headers and page; PDF and sheets with their properties; what a ZIP or DOCX holds."""
    parts = [f"{key}: {value} {unquote(value)}" for key, value in answer.headers.items()]
    return "\n".join([*parts, *_said(answer.get_data())])


def _said(content: bytes) -> Iterator[str]:
    parts: list[str] = []
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        parts += [page.extract_text() for page in reader.pages]
        parts.append(str(dict(reader.metadata or {})))
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            if "xl/workbook.xml" in names:
                parts += _cells(content)
            else:
                for name in names:
                    parts += [name, *_said(package.read(name))]
    else:
        parts.append(content.decode("utf-8", "replace"))
    yield from parts


def _cells(content: bytes) -> Iterator[str]:
    book = load_workbook(io.BytesIO(content), read_only=False)
    yield str([(key, value) for key, value in vars(book.properties).items()])
    for sheet in book.worksheets:
        yield sheet.title
        yield from (
            str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
        )


def marks(year: Year) -> dict[str, tuple[int, int]]:
    """How many rows each table has and the sum of their change marks; sign-in's own books left out."""
    with psycopg.connect(**superuser(year)) as connection:
        question = " union all ".join(
            f"select '{name}', count(*), coalesce(sum(xmin::text::bigint), 0) from {name}"
            for name in MAPPERS
            if name not in _KEPT_BY_SIGN_IN
        )
        return {row[0]: (row[1], int(row[2])) for row in connection.execute(question.encode())}


def guarded(year: Year) -> Iterator[Rule]:
    """Every route that asks a right."""
    views = year.world.app.view_functions
    return (
        rule for rule in year.world.app.url_map.iter_rules() if hasattr(views[rule.endpoint], "__right__")
    )
