"""What a hostile hand typed, found once against a running program; each stays refused with a sentence.

Rows of others are in `test_routes.py`, hostile files in `tests/evidence`, guessing in `tests/account`.
"""

from __future__ import annotations

import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from sqlalchemy import text

from portal import access_log
from portal.dossiers.models import State
from portal.web import UNSTORABLE
from tenants.access import public
from tenants.database import db
from tenants.people import Role
from tests.canaries import Year
from tests.house.asking import Asker, words_of

ROOT = Path(__file__).resolve().parents[2]
NUL, HUGE = "45\x00/QĐ", "9" * 6000
HOSTILE = (NUL, HUGE, "9223372036854775808", "-1", "²③٣", "\u202ea\ufeff\r\nX: y", "á" * 20_000)


def test_a_number_of_any_length_in_a_hidden_field(year: Year) -> None:
    """The version of a base figure is a number of nine digits or none at all."""
    head = Asker(year, year.heads[State.DRAFT])
    path = f"/ho-so/{year.dossiers[State.DRAFT]}/so-lieu"
    for version in HOSTILE:
        fields = dict.fromkeys(
            (f"{code}{end}" for code in ("members", "learners") for end in ("-version", "-theirs")), version
        )
        for choice in ("", "mine"):
            answer = head.ask("POST", path, members="38", choice=choice, **fields)
            assert answer.status_code in (302, 303, 409, 422), version[:20]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_into_a_decision_or_report(year: Year, typed: str) -> None:
    """Numbers, signers, reasons, words: nothing typed reaches the database that it cannot hold."""
    decision, report = f"/huyen/quyet-dinh/{year.draft}", f"/huyen/bao-cao/{year.report}"
    fields = dict.fromkeys(
        ("number", "signer", "signer_title", "reason", "held_reason", "bases", "i_1", "R1"), typed
    )
    for role, paths in (
        (Role.DISTRICT_LEADER, (f"{decision}/ban-hanh", f"{report}/gui")),
        (Role.DISTRICT_OFFICER, (f"{decision}/can-cu", f"{report}/loi", f"{report}/giai-trinh")),
    ):
        asker = Asker(year, year.people[role])
        for path in paths:
            answer = asker.ask("POST", path, dated="2027-01-20", version="1", outcome="1", **fields)
            assert answer.status_code < 500, path


def test_a_value_the_database_cannot_hold_is_a_sentence(year: Year) -> None:
    """Should a form let one through, its sender reads what is the matter and nothing of the database."""
    app = year.world.app

    @public("a view of this test, which asks the database for what it cannot hold")
    def broken() -> str:
        return str(db.session.scalar(text("select :typed"), {"typed": NUL}))

    view, app.view_functions["health.alive"] = app.view_functions["health.alive"], broken
    try:
        answer = Asker(year, None).ask("GET", "/healthz")
    finally:
        app.view_functions["health.alive"] = view
    said = words_of(answer)
    assert answer.status_code == 422
    assert UNSTORABLE in said
    assert "psycopg" not in said
    assert "select" not in said


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("GET /lien-ket/abc-DEF_123 HTTP/1.1", "GET /lien-ket/*** HTTP/1.1"),
        ("https://cong.example/lien-ket/abc?x=1", "https://cong.example/lien-ket/***?x=1"),
        ("POST /huyen/tai-khoan/4/lien-ket HTTP/1.1", "POST /huyen/tai-khoan/4/lien-ket HTTP/1.1"),
        ("GET /ho-so/12 HTTP/1.1", "GET /ho-so/12 HTTP/1.1"),
    ],
)
def test_the_log_keeps_no_link(line: str, kept: str) -> None:
    """A link is alive until somebody uses it; its token stands in no line of the log."""
    assert access_log.without_token(line) == kept


@pytest.mark.parametrize(
    ("address", "came_from", "kept"),
    [
        ("/phan-anh/7K2QM9XD4T", "-", False),
        ("/phan-anh", "https://cong.example/", False),
        ("/static/app.css", "https://cong.example/phan-anh/7K2QM9XD4T?x=1", False),
        ("/huyen/phan-anh/4", "https://cong.example/huyen/phan-anh", True),
        ("/dang-nhap", "https://cong.example/phan-anh/7K2QM9XD4T", True),
        ("/dang-nhap", "/phan-anh", True),
        ("/dang-nhap/static/", "/phan-anh", True),
        ("/xac-minh/7K2QM9XD4T", None, True),
    ],
)
def test_the_log_does_not_keep_who_asks(address: str, came_from: str | None, kept: bool) -> None:
    """From where the public asks or reports stands in no line; all other pages name who sent them, whatever they say.

    They do not say that somebody came to them from asking.
    """
    sender = {"h": "203.0.113.9", "a": "Firefox", "{x-forwarded-for}i": "203.0.113.9"}
    environ = {
        "REQUEST_METHOD": "POST",
        "RAW_URI": address,
        "PATH_INFO": address,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": sender["h"],
        "HTTP_USER_AGENT": sender["a"],
    }
    if came_from is not None:
        environ["HTTP_REFERER"] = came_from
    written = access_log.AccessLog(Config()).atoms(
        SimpleNamespace(status="200 OK", headers=[]),
        SimpleNamespace(headers=[("X-Forwarded-For", sender["h"])]),
        environ,
        timedelta(),
    )
    assert (sender.items() <= written.items()) is kept
    assert (sender["h"] in str(written)) is kept
    assert written["U"] == address
    if kept and came_from and "/huyen/" not in came_from:
        assert came_from not in written.values()


def test_gunicorn_writes_that_log_and_believes_no_header(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The log above is the one in use; X-Forwarded headers count by TRUSTED_PROXIES alone."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("PORTAL_DATA", str(folder))
    for name in ("DATABASE_URL", "DATABASE_URL_PROVINCE", "DATABASE_URL_ADMIN"):
        monkeypatch.delenv(name, raising=False)
    settings = SimpleNamespace(**runpy.run_path(str(ROOT / "gunicorn.conf.py")))
    assert settings.logger_class == f"{access_log.__name__}.{access_log.AccessLog.__name__}"
    assert settings.forwarded_allow_ips == ""
