"""Mail from the notice to a real server: who gets what and when, and what happens when the server will not."""

from __future__ import annotations

import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select, update

from portal import work
from portal.accounts import keys
from portal.accounts import operations as accounts
from portal.mail_server import MailServer
from portal.notices import letters, rules, sending
from portal.notices.mailing import Mail
from portal.notices.models import Letter, MailChoice, Notice
from portal.notices.operations import choose_mail, mark_all_read, tell_district, tell_person, tell_unit
from portal.notices.rules import Kind
from tenants import signin
from tenants.database import db
from tenants.people import Account, Role
from tenants.scope import acting_in
from tests.builders import STEWARD, Person, World
from tests.notices.posts import SENDER, html_of, post_office, text_of

BASE = "https://dvht.example.vn"


def settings(world: World, server: MailServer | None) -> Any:
    """The program's settings with a mail server."""
    return replace(world.app.extensions["settings"], mail=server, public_url=BASE)


def run(world: World, server: MailServer) -> int:
    """Let a fresh worker do everything that is due."""
    return Mail().run(settings(world, server), lambda: False)


def write_to(person: Person, address: str) -> Person:
    """Give a person's account an address."""
    with acting_in(STEWARD):
        db.session.execute(
            update(Account).where(Account.id == person.identity.account_id).values(email=address)
        )
    return person


def letters_now() -> list[tuple[str, str, int, str]]:
    """Address, state, tries and the server's answer of every letter, in the order they were made."""
    with acting_in(STEWARD):
        rows = select(Letter.address, Letter.state, Letter.tries, Letter.answer).order_by(Letter.id)
        return [tuple(row) for row in db.session.execute(rows)]  # type: ignore[misc]


def make_due(**values: Any) -> None:
    """Let the waiting time of every letter be over."""
    with acting_in(STEWARD):
        db.session.execute(update(Letter).values(next_at=datetime.now(UTC) - timedelta(seconds=1), **values))


class Town:
    """A unit with a head (a digest a day) and a clerk (at once), an officer who tells, and somebody without mail."""

    def __init__(self, world: World) -> None:
        self.tenant_id = world.a_district()
        self.unit_id = world.a_unit(self.tenant_id)
        self.head = write_to(world.a_person(Role.UNIT_HEAD, self.tenant_id, self.unit_id), "head@truong.vn")
        self.clerk = write_to(
            world.a_person(Role.UNIT_EDITOR, self.tenant_id, self.unit_id), "clerk@truong.vn"
        )
        self.silent = world.a_person(Role.UNIT_EDITOR, self.tenant_id, self.unit_id)
        self.officer = write_to(world.a_person(Role.DISTRICT_OFFICER, self.tenant_id), "officer@huyen.vn")
        with world.acting(self.clerk) as actor:
            choose_mail(actor, "now", "")

    def tell(self, world: World, sentence: str, kind: Kind = Kind.STEP, path: str = "/ho-so/7") -> None:
        """Let the officer tell the unit something."""
        with world.acting(self.officer):
            tell_unit(self.tenant_id, self.unit_id, sentence, path, kind)


def test_at_once_or_in_the_morning(world: World) -> None:
    """Urgent news go to everybody at once, the rest to who wants it so; the morning gathers what is unread."""
    town = Town(world)
    with post_office() as (post, server):
        town.tell(world, "Hồ sơ năm 2026 đã được tiếp nhận.")
        town.tell(world, "Phòng GDĐT yêu cầu bổ sung <b>hồ sơ</b>.", Kind.SUPPLEMENT)
        with world.acting(town.clerk):
            tell_district(town.tenant_id, "Đơn vị vừa nộp hồ sơ.", "/huyen/ho-so/7", town.unit_id)
        assert run(world, server) > 0
        assert sorted(mail["To"] for mail in post.got) == [
            "clerk@truong.vn",
            "clerk@truong.vn",
            "head@truong.vn",
        ]
        assert post.connections == 1
        urgent = next(mail for mail in post.got if mail["To"] == "head@truong.vn")
        assert urgent["Subject"] == ("Yêu cầu bổ sung hồ sơ: Trường Tiểu học Mỹ Đức · Cổng Đơn vị học tập")
        assert b"=?utf-8?" in bytes(urgent).split(b"\n\n", 1)[0]
        assert urgent["From"] == f"Cổng Đơn vị học tập <{SENDER}>"
        assert urgent["Auto-Submitted"] == "auto-generated"
        assert urgent["List-Unsubscribe"] == f"<{BASE}/tai-khoan#thu-bao>"
        assert urgent["Message-ID"].endswith("@so.example.vn>")
        text, html = text_of(urgent), html_of(urgent)
        assert "Phòng GDĐT yêu cầu bổ sung <b>hồ sơ</b>." in text
        assert "yêu cầu bổ sung &lt;b&gt;hồ sơ&lt;/b&gt;." in html
        assert f"{BASE}/ho-so/7" in text
        assert f'href="{BASE}/ho-so/7"' in html
        for personal in (town.head.identity.full_name, town.head.login):
            assert personal not in text + html
        assert run(world, server) == 0, "nothing is made or sent twice"

        post.got.clear()
        world.set_clock(2027, 1, 11, 6, 59)
        assert run(world, server) == 0
        world.set_clock(2027, 1, 11, 7, 0)
        run(world, server)
        assert sorted(mail["To"] for mail in post.got) == ["head@truong.vn", "officer@huyen.vn"]
        digest = next(mail for mail in post.got if mail["To"] == "head@truong.vn")
        assert digest["Subject"] == "2 thông báo chưa đọc, sáng 11/01/2027 · Cổng Đơn vị học tập"
        assert "Hồ sơ năm 2026 đã được tiếp nhận." in text_of(digest)
        assert "10/01/2027 10:00" in text_of(digest)
        assert text_of(digest).count(f"{BASE}/ho-so/7") == 2
        world.set_clock(2027, 1, 11, 15, 0)
        town.tell(world, "Tin buổi trưa.")
        run(world, server)
        world.set_clock(2027, 1, 12, 8, 0)
        with world.acting(town.head):
            mark_all_read(town.head.place)
        post.got.clear()
        assert run(world, server) == 0, "all is read, so there is no digest"
        world.set_clock(2027, 1, 13, 8, 0)
        assert run(world, server) == 0
        assert post.got == []
    assert {row[1] for row in letters_now()} == {"sent"}


def test_a_digest_comes_only_with_news_and_never_grows_without_end(world: World) -> None:
    """Unread but known: no mail. Fifty at once: thirty are listed, the rest counted; a worker late in the day too."""
    town = Town(world)
    with post_office() as (post, server):
        for number in range(50):
            town.tell(world, f"Tin số {number}.")
        with acting_in(sending.WORK):
            letters.take_up("so.example.vn")
        post.got.clear()
        world.set_clock(2027, 1, 11, 16, 30)
        with acting_in(sending.WORK):
            assert letters.make_digests("so.example.vn") == 1
            assert letters.make_digests("so.example.vn") == 0
        sending.send_due(server, BASE)
        digest = next(mail for mail in post.got if "sáng" in mail["Subject"])
        assert digest["Subject"].startswith("50 thông báo chưa đọc")
        assert text_of(digest).count("Tin số") == rules.MOST_IN_DIGEST
        assert "Còn 20 thông báo cũ hơn" in text_of(digest)
        for day in (12, 13):
            world.set_clock(2027, 1, day, 9, 0)
            with acting_in(sending.WORK):
                assert letters.make_digests("so.example.vn") == 0
        town.tell(world, "Có tin mới.")
        world.set_clock(2027, 1, 14, 9, 0)
        with acting_in(sending.WORK):
            assert letters.make_digests("so.example.vn") == 1


def test_who_wants_no_mail_and_what_comes_too_late(world: World) -> None:
    """Nothing but the account's safety; old news wait for the digest; ended, shut and unwritable persons get none."""
    town = Town(world)
    with world.acting(town.head) as actor:
        choose_mail(actor, "none", "")
    write_to(town.silent, "không phải thư")
    admin = world.a_person(Role.DISTRICT_ADMIN, town.tenant_id)
    left = write_to(world.a_person(Role.UNIT_HEAD, town.tenant_id, town.unit_id), "left@truong.vn")
    shut = write_to(world.a_person(Role.UNIT_EDITOR, town.tenant_id, town.unit_id), "shut@truong.vn")
    with post_office() as (post, server):
        with world.acting(admin) as actor:
            accounts.end_role(actor, town.tenant_id, left.place.membership_id)
        with world.acting(admin) as actor:
            keys.disable(actor, town.tenant_id, shut.identity.account_id)
            keys.new_link(actor, town.tenant_id, town.head.identity.account_id)
        town.tell(world, "Yêu cầu bổ sung.", Kind.SUPPLEMENT)
        run(world, server)
        told = {mail["To"]: mail for mail in post.got}
        assert sorted(told) == ["clerk@truong.vn", "head@truong.vn", "left@truong.vn", "shut@truong.vn"]
        assert "đã kết thúc" in text_of(told["left@truong.vn"])
        assert "bị khóa" in text_of(told["shut@truong.vn"])
        safety = told["head@truong.vn"]
        assert "liên kết đặt lại mật khẩu" in text_of(safety)
        assert "/lien-ket/" not in text_of(safety) + html_of(safety)
        assert safety["List-Unsubscribe"] is None

        post.got.clear()
        town.tell(world, "Tin khi máy gửi thư đang nghỉ.", Kind.SUPPLEMENT)
        with acting_in(STEWARD):
            db.session.execute(
                update(Notice)
                .where(Notice.taken_up_at.is_(None))
                .values(sent_at=Notice.sent_at - timedelta(days=3))
            )
        assert run(world, server) == 1, "it is looked at and left alone"
        assert post.got == []
        with acting_in(STEWARD):
            assert db.session.scalar(select(Notice.id).where(Notice.taken_up_at.is_(None))) is None


def test_a_server_that_refuses(world: World) -> None:
    """5xx is for good and recorded, 4xx and a cut connection are tried again later, other letters go on."""
    town = Town(world)
    with world.acting(town.head) as actor:
        choose_mail(actor, "now", "")
    with post_office() as (post, server):
        post.refuse["head@truong.vn"] = "550 5.1.1 no such user"
        town.tell(world, "Tin thứ nhất.")
        run(world, server)
        assert letters_now() == [
            ("head@truong.vn", "refused", 1, "550 5.1.1 no such user"),
            ("clerk@truong.vn", "sent", 1, ""),
        ]
        post.refuse["head@truong.vn"] = "451 4.7.1 greylisted, try again"
        town.tell(world, "Tin thứ hai.")
        run(world, server)
        assert letters_now()[2] == ("head@truong.vn", "waiting", 1, "451 4.7.1 greylisted, try again")
        assert sending.send_due(server, BASE) == 0, "not before its time"
        post.refuse.clear()
        make_due()
        assert sending.send_due(server, BASE) == 1
        assert letters_now()[2] == ("head@truong.vn", "sent", 2, "")

        post.data_answers = ["452 4.2.2 mailbox full", "554 5.7.1 looks like spam"]
        town.tell(world, "Tin thứ ba.")
        run(world, server)
        assert [(row[1], row[3]) for row in letters_now()[4:6]] == [
            ("waiting", "452 4.2.2 mailbox full"),
            ("refused", "554 5.7.1 looks like spam"),
        ]
        post.cut_at_data = 1
        town.tell(world, "Tin thứ tư.")
        run(world, server)
        states = [row[1] for row in letters_now()[6:8]]
        assert sorted(states) == ["sent", "waiting"], "the second goes through a new connection"
        got = len(post.got)
        with acting_in(STEWARD):
            before = dict(db.session.execute(select(Letter.id, Letter.message_id)).all())  # type: ignore[arg-type]
        make_due()
        run(world, server)
        assert len(post.got) == got + 2
        assert {row[1] for row in letters_now()} == {"sent", "refused"}
        assert {mail["Message-ID"] for mail in post.got} <= set(before.values())


def test_a_server_that_is_not_there(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """No letter loses a try; the worker says so and goes on; after days a letter is given up with a record."""
    town = Town(world)
    with post_office() as (_post, gone):
        pass
    town.tell(world, "Yêu cầu bổ sung.", Kind.SUPPLEMENT)
    with pytest.raises(sending.Unreachable, match=f"127.0.0.1:{gone.port}"):
        run(world, gone)
    assert [row[1:3] for row in letters_now()] == [("waiting", 0)] * 2
    world.app.extensions["settings"], kept = settings(world, gone), world.app.extensions["settings"]
    try:
        done = world.app.test_cli_runner().invoke(args=["work", "--once"])
        assert done.exit_code == 1
        assert "2 đang chờ" in done.output
        assert "127.0.0.1" in str(done.output)
        with post_office() as (post, server):
            world.app.extensions["settings"] = settings(world, server)
            done = world.app.test_cli_runner().invoke(args=["work", "--once"])
            assert done.exit_code == 0, done.output
            assert "2 đã gửi" in done.output
            assert len(post.got) == 2
            make_due(
                state="waiting", made_at=signin.now() - rules.GIVE_UP - timedelta(hours=1), answer="451 full"
            )
            sending.send_due(server, BASE)
            assert {row[1:] for row in letters_now()} == {("given_up", 1, "451 full")}
            make_due(made_at=signin.now() - rules.KEPT - timedelta(days=1))
            sending.send_due(server, BASE)
            assert letters_now() == []
        world.app.extensions["settings"] = replace(kept, mail=None)
        done = world.app.test_cli_runner().invoke(args=["work", "--once"])
        assert done.exit_code == 0
        assert "MAIL_URL chưa đặt" in done.output
    finally:
        world.app.extensions["settings"] = kept
    assert "given up" in caplog.text


def test_two_workers_send_each_letter_once(world: World) -> None:
    """Both take notices and letters at the same time; every letter arrives exactly once; they end when told."""
    town = Town(world)
    for number in range(24):
        town.tell(world, f"Yêu cầu bổ sung {number}.", Kind.SUPPLEMENT)
    with post_office() as (post, server):
        ended = threading.Event()

        def worker() -> None:
            with world.app.app_context():
                work.on_and_on(settings(world, server), ended)
                db.session.remove()

        threads = [threading.Thread(target=worker) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(300):
            if len(post.got) >= 48:
                break
            threads[0].join(0.1)
        ended.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)
        seen = [(mail["To"], mail["Message-ID"]) for mail in post.got]
        assert len(seen) == len(set(seen)) == 48
    assert {(row[1], row[2]) for row in letters_now()} == {("sent", 1)}


def test_a_notice_that_is_taken_back_is_never_mailed(world: World) -> None:
    """The letter is made of what was committed; a person told of oneself gets a first letter at a new address."""
    town = Town(world)
    with world.acting(town.officer):
        tell_unit(town.tenant_id, town.unit_id, "Không bao giờ.", kind=Kind.SUPPLEMENT)
        db.session.rollback()
    with world.acting(town.officer) as actor:
        choose_mail(actor, "daily", "moi@huyen.vn")
    province = write_to(world.province_person(), "tinh@so.vn")
    with world.acting(province) as actor:
        assert actor.place is not None
        tell_person(actor.place.tenant_id, actor.account_id, "Mật khẩu vừa đổi.", "/tai-khoan")
    with post_office() as (post, server):
        run(world, server)
        assert sorted(mail["To"] for mail in post.got) == ["moi@huyen.vn", "tinh@so.vn"]
        assert "Thành phố Hải Phòng" in text_of(next(m for m in post.got if m["To"] == "tinh@so.vn"))
    with acting_in(STEWARD):
        assert db.session.query(MailChoice).count() == 2


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert, private


def test_an_encrypted_server_that_wants_a_password(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STARTTLS with a known certificate and the right password goes; a stranger's certificate or password does not."""
    cert, private = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, private)

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"cong", b"mat khau"), handled=False)

    with post_office(
        tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate
    ) as (post, plain):
        town = Town(world)
        town.tell(world, "Yêu cầu bổ sung.", Kind.SUPPLEMENT)
        server = replace(plain, host="localhost", security="starttls", login="cong", password="mat khau")
        with pytest.raises(sending.Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            run(world, server)
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        with pytest.raises(sending.Unreachable, match="535"):
            run(world, replace(server, password="sai"))
        assert letters_now()[0][1:3] == ("waiting", 0)
        run(world, server)
        assert len(post.got) == 2
