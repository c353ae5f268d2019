"""Settings: what is taken when nothing is set, and the sentence of every wrong one."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import ROOT, WrongSetting, read
from portal.stops import CannotStart

WEB = "postgresql://portal_web:a@db/portal"
OVERSIGHT = "postgresql://portal_oversight:b@db/portal"
ADMIN = "postgresql://portal_migrate:c@db/portal"
SECRET = "k" * 40


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    return {"PORTAL_DATA": str(tmp_path / "data")}


def test_nothing_set_means_the_private_server(given):
    settings = read(given)

    assert settings.private
    assert settings.demo
    assert (settings.host, settings.port, settings.workers, settings.threads) == ("127.0.0.1", 8000, 2, 8)
    assert settings.evidence == settings.data / "evidence"
    assert not settings.https
    assert not settings.require_totp
    assert settings.mail is None
    assert not settings.server.running


def test_the_data_folder_stands_beside_the_code_not_where_the_command_is_run(given, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    given["PORTAL_DATA"] = "var/test-config"
    try:
        assert read(given).data == ROOT / "var/test-config"
    finally:
        for file in ("secret", "evidence"):
            path = ROOT / "var/test-config" / file
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        (ROOT / "var/test-config").rmdir()


def test_the_secret_is_made_once_and_for_its_owner_only(given):
    first, second = read(given), read(given)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((first.data / "secret").stat().st_mode) == 0o600


def test_another_database_is_taken_as_given(given):
    settings = read(
        given
        | {
            "DATABASE_URL": WEB.replace("postgresql", "postgres"),
            "DATABASE_URL_PROVINCE": OVERSIGHT,
            "DATABASE_URL_ADMIN": ADMIN,
            "SECRET_KEY": SECRET,
        }
    )

    assert not settings.private
    assert not settings.demo
    assert settings.urls() == (ADMIN, WEB, OVERSIGHT)
    assert settings.admin_url() == ADMIN
    assert settings.start_server() is None
    assert not (settings.data / "secret").exists()


def test_secrets_do_not_show_in_the_representation(given):
    settings = read(
        given
        | {"DATABASE_URL": WEB, "DATABASE_URL_PROVINCE": OVERSIGHT, "SECRET_KEY": SECRET}
        | {"MAIL_URL": "smtps://user%40mail.vn:mailpass@mail:465"}
    )

    assert SECRET not in repr(settings)
    assert "portal_web:a" not in repr(settings)
    assert "mailpass" not in repr(settings)


@pytest.mark.parametrize("text", ["1", "true", "Yes", "on", "có"])
def test_a_flag_says_yes(given, text):
    assert read(given | {"REQUIRE_TOTP": text}).require_totp


@pytest.mark.parametrize("text", ["0", "false", "No", "off", "không", " "])
def test_a_flag_says_no(given, text):
    assert not read(given | {"REQUIRE_TOTP": text}).require_totp


def test_https_is_read_from_the_public_address(given):
    settings = read(given | {"PUBLIC_URL": "https://hoctap.example.vn/"})

    assert settings.https
    assert settings.public_url == "https://hoctap.example.vn"


def test_evidence_may_lie_elsewhere_and_blanks_are_decoded(given, tmp_path):
    settings = read(given | {"EVIDENCE_URL": f"file://{tmp_path}/minh%20chung"})

    assert settings.evidence == tmp_path / "minh chung"
    assert settings.evidence.is_dir()


EXTERNAL = {"DATABASE_URL": WEB, "DATABASE_URL_PROVINCE": OVERSIGHT, "SECRET_KEY": SECRET}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"PORT": "http"}, "PORT=http không hợp lệ: cần một số nguyên từ 1 đến 65535"),
        ({"PORT": "0"}, "PORT=0 không hợp lệ"),
        ({"PORT": "65536"}, "PORT=65536 không hợp lệ"),
        ({"PORT": "٨٠٠٠"}, "không hợp lệ"),
        ({"WORKERS": "0"}, "WORKERS=0 không hợp lệ"),
        ({"REQUIRE_TOTP": "maybe"}, "REQUIRE_TOTP=maybe không hợp lệ: hãy đặt 1 (có) hoặc 0 (không)"),
        ({"PUBLIC_URL": "hoctap.example.vn"}, "PUBLIC_URL=hoctap.example.vn không hợp lệ"),
        ({"PUBLIC_URL": "https://a/b"}, "không có đường dẫn phía sau"),
        ({"PUBLIC_URL": "https://a:99999"}, "PUBLIC_URL không phải là một địa chỉ hợp lệ"),
        ({"MAIL_URL": "mail.example.vn"}, "MAIL_URL không hợp lệ"),
        ({"MAIL_URL": "http://mail.example.vn"}, "MAIL_URL không hợp lệ"),
        ({"MAIL_URL": "smtp://mail:port"}, "MAIL_URL không phải là một địa chỉ hợp lệ"),
        ({"MAIL_URL": "smtp://mail.example.vn"}, "thiếu địa chỉ người gửi"),
        ({"MAIL_URL": "smtp://mail.example.vn?from=a b@c"}, "thiếu địa chỉ người gửi"),
        ({"MAIL_URL": "smtp://mail.example.vn?form=a@b.vn"}, "có phần không biết: form"),
        ({"MAIL_URL": "smtp://mail.example.vn?starttls=yes&from=a@b.vn"}, "starttls khác 0 và 1"),
        ({"MAIL_URL": "smtps://mail.example.vn?starttls=1&from=a@b.vn"}, "chỉ dùng một"),
        ({"MAIL_URL": "smtp://a%40b.vn@mail.example.vn?starttls=1"}, "thiếu tài khoản hoặc mật khẩu"),
        ({"MAIL_URL": "smtp://a%40b.vn:x@mail.example.vn"}, "mật khẩu không mã hóa"),
        ({"EVIDENCE_URL": "ftp://kho"}, "EVIDENCE_URL=ftp://kho không hợp lệ"),
        ({"EVIDENCE_URL": f"file://{ROOT}/portal/static"}, "nằm trong thư mục công khai"),
        ({"EVIDENCE_URL": "file:///proc/evidence"}, "EVIDENCE_URL: không tạo được thư mục /proc/evidence"),
        ({"PORTAL_DATA": "/dev/null/x"}, "PORTAL_DATA: không tạo được thư mục /dev/null/x"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY quá ngắn: cần ít nhất 32 ký tự, đang có 5"),
        (EXTERNAL | {"SECRET_KEY": ""}, "Thiếu SECRET_KEY"),
        (EXTERNAL | {"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL phải có dạng postgresql://"),
        (EXTERNAL | {"DATABASE_URL": "postgresql://host/"}, "DATABASE_URL phải có dạng postgresql://"),
        (EXTERNAL | {"DATABASE_URL_PROVINCE": ""}, "Thiếu DATABASE_URL_PROVINCE"),
        (EXTERNAL | {"DATABASE_URL_PROVINCE": WEB}, "phải dùng ba tài khoản khác nhau"),
        ({"DATABASE_URL_ADMIN": ADMIN}, "Đã đặt DATABASE_URL_ADMIN nhưng thiếu DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_a_sentence(given, wrong, sentence):
    with pytest.raises(WrongSetting) as told:
        read(given | wrong)

    assert sentence in told.value.vietnamese
    assert told.value.english
    assert "portal_web:a" not in str(told.value)


def test_commands_ask_for_the_owner_of_the_schema(given):
    settings = read(given | EXTERNAL)

    with pytest.raises(CannotStart, match="Lệnh này cần DATABASE_URL_ADMIN"):
        settings.admin_url()


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "portal.start"),
        ("-m", "flask", "--app", "wsgi", "routes"),
        ("-m", "gunicorn", "-c", "gunicorn.conf.py", "--check-config"),
    ],
    ids=["start", "flask", "gunicorn"],
)
def test_programs_print_the_sentence_without_a_traceback(given, command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | given | {"PORT": "none"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "PORT=none không hợp lệ" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
