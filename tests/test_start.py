"""The start: what it refuses and how it says so, and the table of demo accounts."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys

import pytest

from portal import ports, start
from portal.config import ROOT
from portal.stops import CannotStart


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_taken_port_names_who_holds_it(taken):
    with pytest.raises(
        CannotStart, match=rf"Cổng {taken} đang được dùng bởi {os.getpid()} .*PORT={taken + 1}"
    ):
        ports.require_free("127.0.0.1", taken)


def test_a_free_port_is_free(taken):
    with socket.create_server(("127.0.0.1", 0)) as closing:
        free = closing.getsockname()[1]

    ports.require_free("127.0.0.1", free)
    assert not ports.answers("127.0.0.1", free)
    assert ports.answers("127.0.0.1", taken)


def test_an_address_of_another_machine_is_a_sentence():
    with pytest.raises(CannotStart, match=r"Không mở được địa chỉ 192.0.2.1:8000"):
        ports.require_free("192.0.2.1", 8000)


def test_accounts_stand_in_a_table():
    lines = "Đơn vị\tTrường Tiểu học Mỹ Đức\tmyduc\tmot\nSở\tHải Phòng\tso\thai\n"

    assert start.accounts_table(lines).splitlines()[2:] == [
        "  Đơn vị   Trường Tiểu học Mỹ Đức  myduc          mot",
        "  Sở       Hải Phòng               so             hai",
    ]
    assert start.accounts_table("") == ""


def _start(data, port):
    return subprocess.run(
        [sys.executable, "-m", "portal.start"],
        cwd=ROOT,
        env=os.environ | {"PORTAL_DATA": str(data), "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_the_start_refuses_a_taken_port_without_a_traceback(tmp_path, taken):
    done = _start(tmp_path, taken)

    assert done.returncode == 1
    assert f"Cổng {taken} đang được dùng" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_start_refuses_a_data_folder_in_use(tmp_path):
    with (tmp_path / "running").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()

        done = _start(tmp_path, 8000)

    assert done.returncode == 1
    assert "đang được một lần chạy khác dùng (tiến trình 4711)" in done.stderr


def test_a_file_of_another_account_is_a_sentence(tmp_path):
    (tmp_path / "running").mkdir()

    done = _start(tmp_path, 8000)

    assert done.returncode == 1
    assert f"Không dùng được {tmp_path}/running" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "test"])
def test_a_machine_without_python_is_told_the_one_command(command, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "dirname", "id"):
        found = next(path for path in (f"/usr/bin/{name}", f"/bin/{name}") if os.access(path, os.X_OK))
        (tools / name).symlink_to(found)

    done = subprocess.run(
        [tools / "bash", ROOT / "scripts" / command],
        env={"PATH": str(tools), "PORTAL_VENV": str(tmp_path / "venv")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "apt-get install -y python3-venv" in done.stderr
