"""What the operator copies: every unit file, the site of nginx and the script are what their programs take."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from portal.command_line import COMMANDS
from portal.config import read

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "van-hanh"
FILES = FOLDER / "may-chu"
UNITS = sorted([*FILES.glob("*.service"), *FILES.glob("*.timer")])


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it said."""
    return subprocess.run(
        words, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_file_is_read(path: Path) -> None:
    """Its sections parse, it names the account and settings, and only work beside the pages may read the admin's."""
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text(encoding="utf-8"))
    if path.suffix == ".timer":
        assert unit["Timer"]["OnCalendar"].endswith("Asia/Ho_Chi_Minh")
        assert path.with_suffix(".service").exists()
        return
    service = unit["Service"]
    assert service["User"] == "portal"
    assert service["ProtectSystem"] == "strict"
    assert "/etc/portal/portal.env" in path.read_text()
    assert ("quan-tri.env" in path.read_text()) == (path.name != "portal-web.service")


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say; programs and folders are put where this machine has them."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine")
    for path in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(encoding="utf-8"), flags=re.M)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = run("systemd-analyze", "verify", *(str(tmp_path / path.name) for path in UNITS))
    assert "portal-" not in done.stderr, done.stderr


def test_nginx_takes_the_site(tmp_path: Path) -> None:
    """`nginx -t` is content with the site, a certificate made for the moment and ports nobody needs rights for."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not on this machine")
    made = run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
        "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem"),
    )  # fmt: skip
    assert made.returncode == 0
    site = (FILES / "nginx-portal.conf").read_text(encoding="utf-8")
    site = site.replace("/etc/ssl/portal", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "site.conf").write_text(site, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ client_body_temp_path {tmp_path}; proxy_temp_path {tmp_path}; fastcgi_temp_path {tmp_path};"
        f" uwsgi_temp_path {tmp_path}; scgi_temp_path {tmp_path}; include {tmp_path}/site.conf; }}\n"
    )
    done = run(nginx, "-t", "-c", str(tmp_path / "nginx.conf"))
    assert "test is successful" in done.stderr, done.stderr


def test_the_settings_are_settings(tmp_path: Path) -> None:
    """The two files of settings are taken by the program, with folders of this test; every name is a known one."""
    given: dict[str, str] = {}
    for name in ("portal.env", "quan-tri.env"):
        given |= written((FILES / name).read_text(encoding="utf-8"))
    given |= {"PORTAL_DATA": str(tmp_path), "EVIDENCE_URL": f"file://{tmp_path}/evidence"}
    settings = read(given)
    assert settings.https
    assert settings.require_totp
    assert settings.trusted_proxies == 1
    assert not settings.demo
    source = (FOLDER.parents[1] / "portal" / "config.py").read_text(encoding="utf-8")
    assert [name for name in given if f'"{name}"' not in source] == []


def written(text: str) -> dict[str, str]:
    """Read settings as systemd does: one name a line, and what stands in quotes is taken as it is."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: value.strip("'") for name, value in (line.split("=", 1) for line in lines)}


def test_bash_reads_the_settings_as_systemd_does(tmp_path: Path) -> None:
    """The commands take the same files through bash: a bucket's `&` must not cut its address off there."""
    text = (FILES / "portal.env").read_text(encoding="utf-8")
    text = re.sub(r"^# (?=[A-Z_]+=)", "", text, flags=re.M)
    assert "&region=" in text
    (tmp_path / "portal.env").write_text(text, encoding="utf-8")
    done = run("bash", "-euc", 'set -a; . "$0"; env -0', str(tmp_path / "portal.env"))
    seen = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    given = written(text)
    assert {name: seen.get(name) for name in given} == given
    bucket = read(given | {"PORTAL_DATA": str(tmp_path)}).bucket
    assert bucket is not None
    assert bucket.region == "vn-1"


def test_old_backups_go_only_when_a_new_one_is_there(tmp_path: Path) -> None:
    """Of forty nights and twenty months fourteen and twelve stay; a night that fails takes nothing away."""
    flask = tmp_path / "flask"
    flask.write_text('#!/bin/sh\n[ -n "$FAILS" ] && exit 1\necho x > "$4"\n')
    flask.chmod(0o755)
    folder = tmp_path / "backups"
    folder.mkdir()
    for month in range(1, 21):
        (folder / f"portal-{2020 + month // 12}-{month % 12 + 1:02}-01.zip").write_text("x")
    for day in range(2, 29):
        (folder / f"portal-2021-12-{day:02}.zip").write_text("x")
    before = sorted(path.name for path in folder.iterdir())
    environment = {"BACKUPS": str(folder), "FLASK": str(flask)}
    assert run(str(FILES / "sao-luu"), **environment, FAILS="1").returncode == 1
    assert sorted(path.name for path in folder.iterdir()) == before
    for _ in range(2):
        assert run(str(FILES / "sao-luu"), **environment).returncode == 0
    kept = sorted(path.name for path in folder.iterdir())
    months = [name for name in kept if re.fullmatch(r"portal-\d{4}-\d\d-01.*\.zip", name)]
    assert len(months) == 12
    assert len(kept) - len(months) == 14
    assert "portal-2021-12-28.zip" in kept


def test_the_guide_names_what_is_there() -> None:
    """Every file it links and every command it gives exists."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (FOLDER / target).exists(), target
    commands = set(re.findall(r"(?:^|`)portal ([a-z]+)", text, flags=re.M))
    assert {"check", "backup", "restore", "init", "peak", "user"} <= commands
    assert commands <= set(COMMANDS)
