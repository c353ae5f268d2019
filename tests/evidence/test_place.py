"""EVIDENCE_URL as a bucket: what is read from it, and the sentence for each thing that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.config import read
from portal.stops import WrongSetting

KEYS = {"AWS_ACCESS_KEY_ID": "khoa", "AWS_SECRET_ACCESS_KEY": "bi-mat-cua-kho"}


def test_a_bucket_is_read_and_its_secret_is_not_told(tmp_path: Path) -> None:
    """Name, prefix, endpoint, region; the folder of evidence is then not made."""
    address = "s3://minh-chung/tinh/a?endpoint=http://127.0.0.1:9000/&region=hn"
    settings = read(
        {"PORTAL_DATA": str(tmp_path), "EVIDENCE_URL": address, "EVIDENCE_QUOTA_MB": "100", **KEYS}
    )
    bucket = settings.bucket
    assert bucket
    assert (bucket.name, bucket.prefix, bucket.endpoint, bucket.region) == (
        "minh-chung",
        "tinh/a/",
        "http://127.0.0.1:9000",
        "hn",
    )
    assert settings.evidence_quota == 100_000_000
    assert "bi-mat" not in repr(settings)
    assert not (tmp_path / "evidence").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"EVIDENCE_URL": "s3://bucket"}, "cần endpoint của dịch vụ lưu trữ, hoặc region"),
        (
            {"EVIDENCE_URL": "s3://kho?endpoint=http://may:9000"},
            "Thiếu AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
        ),
        ({"EVIDENCE_URL": "s3://Kho!?region=x", **KEYS}, "cần dạng s3://thùng-chứa/tiền-tố"),
        ({"EVIDENCE_URL": "s3://kho/%20?region=x", **KEYS}, "tiền tố chỉ gồm"),
        ({"EVIDENCE_URL": "s3://kho/../x?region=x", **KEYS}, "tiền tố chỉ gồm"),
        ({"EVIDENCE_URL": "s3://kho?endpoint=may", **KEYS}, "endpoint phải có dạng https://máy"),
        ({"EVIDENCE_URL": "s3://kho?khoa=1", **KEYS}, "cần dạng s3://thùng-chứa/tiền-tố"),
        ({"EVIDENCE_QUOTA_MB": "0"}, "EVIDENCE_QUOTA_MB=0 không hợp lệ: cần một số nguyên từ 50"),
    ],
)
def test_a_wrong_bucket_is_a_sentence(tmp_path: Path, wrong: dict[str, str], sentence: str) -> None:
    """Each in Vietnamese and English, none with the secret in it."""
    with pytest.raises(WrongSetting) as told:
        read({"PORTAL_DATA": str(tmp_path), **wrong})
    assert sentence in told.value.vietnamese
    assert told.value.english
    assert "bi-mat" not in str(told.value)
