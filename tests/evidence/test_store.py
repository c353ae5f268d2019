"""The store: one copy of a content per tenant, whole or not there, compared with its name when read."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

from portal.evidence.folder import FolderStore
from tenants.access import GuardedFlask
from tenants.refusal import Refused


@pytest.fixture
def kept(tmp_path: Path) -> FolderStore:
    """A store in an empty folder."""
    return FolderStore(tmp_path / "evidence")


def test_a_content_lies_under_its_tenant_and_hash(kept: FolderStore) -> None:
    """The path says whose it is and what it is; nobody else may read the file."""
    sha256 = kept.put(3, b"noi dung")
    assert sha256 == hashlib.sha256(b"noi dung").hexdigest()
    path = kept.root / "3" / sha256[:2] / sha256
    assert path.read_bytes() == b"noi dung"
    assert path.stat().st_mode & 0o077 == 0
    with kept.open(3, sha256) as content:
        assert content.read() == b"noi dung"


def test_equal_contents_are_one_file_in_a_tenant_and_two_across(kept: FolderStore) -> None:
    """Shared inside a district, never between districts."""
    first, again, other = kept.put(3, b"x"), kept.put(3, b"x"), kept.put(4, b"x")
    assert first == again == other
    assert len([p for p in kept.root.rglob("*") if p.is_file()]) == 2
    assert not kept.has(5, first)


def test_a_file_of_any_size_is_kept_and_given_up(kept: FolderStore, tmp_path: Path) -> None:
    """A file is copied in, named by its content like any other, and gone for good when dropped."""
    path = tmp_path / "large"
    path.write_bytes(b"y" * 700_000)
    sha256 = kept.put_file(3, path)
    assert sha256 == kept.put(3, b"y" * 700_000)
    with kept.open(3, sha256) as content:
        assert hashlib.file_digest(content, "sha256").hexdigest() == sha256
    kept.drop(3, sha256)
    kept.drop(3, sha256)
    assert not kept.has(3, sha256)


def test_many_at_once_leave_one_whole_file(kept: FolderStore) -> None:
    """Eight writers of one content end with that content and no leftovers."""
    content = b"z" * 200_000
    writers = [threading.Thread(target=kept.put, args=(3, content)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    files = [p for p in kept.root.rglob("*") if p.is_file()]
    assert [p.read_bytes() for p in files] == [content]


def test_a_lost_or_damaged_file_is_said_so(app: GuardedFlask, kept: FolderStore) -> None:
    """What does not match its hash is never shown."""
    sha256 = kept.put(3, b"that")
    (kept.root / "3" / sha256[:2] / sha256).write_bytes(b"khac")
    with pytest.raises(Refused, match="đã hỏng"):
        kept.open(3, sha256)
    with pytest.raises(Refused, match="Không đọc được"):
        kept.open(3, "0" * 64)
    with pytest.raises(Refused, match="Không đọc được"):
        kept.open(3, "khong phai ma")


def test_a_folder_that_takes_no_files_refuses_with_a_sentence(app: GuardedFlask, tmp_path: Path) -> None:
    """A full or broken disk is a sentence, not a crash, and leaves nothing half written."""
    (tmp_path / "evidence").write_text("a file where the folder should be")
    with pytest.raises(Refused, match="chưa được lưu") as caught:
        FolderStore(tmp_path / "evidence").put(3, b"x")
    assert caught.value.status == 503


def test_only_hashes_are_names(kept: FolderStore) -> None:
    """No path can be smuggled in as a hash."""
    for name in ("../../etc/passwd", "A" * 64, "", "0" * 63):
        with pytest.raises(ValueError, match="SHA-256"):
            kept.has(3, name)
