"""Where the operator keeps evidence, read from EVIDENCE_URL: a bucket of an S3-compatible service, or a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from portal.stops import WrongSetting

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._/-]*")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket: `prefix` stands before every key ("" or "…/"), `endpoint` is the service's address ("" for AWS)."""

    name: str
    prefix: str
    endpoint: str
    region: str
    key_id: str
    secret: str = field(repr=False)


def bucket_of(parts: SplitResult, given: Mapping[str, str]) -> Bucket:
    """Return the bucket that `s3://bucket/prefix?endpoint=…&region=…` names, with the keys of the environment.

    Raises `WrongSetting` with what is wrong or missing.
    """
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    endpoint, region = options.pop("endpoint", ""), options.pop("region", "")
    prefix = unquote(parts.path).strip("/")
    if options or parts.username or parts.fragment or not _NAME.fullmatch(parts.netloc):
        raise _wrong("cần dạng s3://thùng-chứa/tiền-tố?endpoint=https://máy&region=vùng")
    if not _PREFIX.fullmatch(prefix) or ".." in prefix:
        raise _wrong("tiền tố chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch và dấu /")
    service = urlsplit(endpoint)
    if endpoint and (service.scheme not in ("http", "https") or not service.hostname or service.query):
        raise _wrong("endpoint phải có dạng https://máy hoặc http://máy:cổng")
    if not endpoint and not region:
        raise _wrong("cần endpoint của dịch vụ lưu trữ, hoặc region nếu là Amazon S3")
    missing = [name for name in KEYS if not given.get(name)]
    if missing:
        raise WrongSetting(
            f"Thiếu {', '.join(missing)}: EVIDENCE_URL là thùng chứa S3 nên cần khóa truy cập trong môi trường.",
            f"{', '.join(missing)}: the access keys of the bucket in EVIDENCE_URL are missing.",
        )
    return Bucket(
        parts.netloc,
        f"{prefix}/" if prefix else "",
        endpoint.rstrip("/"),
        region or "us-east-1",
        given[KEYS[0]],
        given[KEYS[1]],
    )


def _wrong(reason: str) -> WrongSetting:
    return WrongSetting(
        f"EVIDENCE_URL không hợp lệ: {reason}.",
        "EVIDENCE_URL is wrong: it must look like s3://bucket/prefix?endpoint=https://host&region=name.",
    )
