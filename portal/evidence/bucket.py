"""The store in a bucket of any S3-compatible service, by its plain requests: put, get, head, list.

A content is one request, so it is there whole or not at all. Checksums beyond SHA-256 are left off where the
service does not ask for them, because not every service knows them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from flask import current_app

from tenants.refusal import Refused

from .contents import CHUNK, UNREADABLE, checked, content_hash, content_of, key_of
from .place import Bucket
from .resting import Rest

AWAY = "Kho minh chứng chưa dùng được lúc này; chưa có gì thay đổi. Xin thử lại sau ít phút hoặc báo người quản trị."
# A service that hangs: all attempts together end before the database gives up a page's transaction (a minute).
ATTEMPTS, CONNECT, ANSWER = 3, 5, 15
LOOKS, LOOK = 2, 5  # and a look at how it stands is told while whoever asked still waits
_GONE = frozenset({"404", "NoSuchKey", "NotFound"})
_FAULTS = {
    "NoSuchBucket": "không có thùng chứa này. Xin tạo thùng chứa hoặc sửa EVIDENCE_URL.",
    "404": "không có thùng chứa này. Xin tạo thùng chứa hoặc sửa EVIDENCE_URL.",
    "InvalidAccessKeyId": "khóa AWS_ACCESS_KEY_ID không được dịch vụ công nhận.",
    "SignatureDoesNotMatch": "khóa AWS_SECRET_ACCESS_KEY không đúng.",
    "AccessDenied": "khóa truy cập không được phép dùng thùng chứa này.",
    "403": "khóa truy cập không được phép dùng thùng chứa này.",
    "PermanentRedirect": "thùng chứa nằm ở vùng khác. Xin sửa region trong EVIDENCE_URL.",
    "AuthorizationHeaderMalformed": "vùng (region) trong EVIDENCE_URL không đúng.",
}


class BucketStore:
    """The store in a bucket; its client is shared by the threads of a process."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        session = boto3.session.Session()  # reads what it knows of the service once for both
        self._client = self._service(session, CONNECT, ANSWER, ATTEMPTS)
        self._look = self._service(session, LOOK, LOOK, LOOKS)
        self._rest = Rest()

    def _service(self, session: boto3.session.Session, connect: int, answer: int, attempts: int) -> Any:
        return session.client(
            "s3",
            endpoint_url=self.bucket.endpoint or None,
            region_name=self.bucket.region,
            aws_access_key_id=self.bucket.key_id,
            aws_secret_access_key=self.bucket.secret,
            config=Config(
                connect_timeout=connect,
                read_timeout=answer,
                retries={"mode": "standard", "total_max_attempts": attempts},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"} if self.bucket.endpoint else {},
            ),
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask the service inside the block; raises `Refused` (503) where it fails, at once while it is left alone."""
        if not self._rest.admits():
            raise Refused(AWAY, 503)
        try:
            yield
        except BotoCoreError as error:
            self._rest.failed()
            raise self._away(error) from error
        except BaseException as error:
            self._rest.answered()
            if isinstance(error, ClientError):
                raise self._away(error) from error
            raise
        self._rest.answered()

    def _key(self, tenant_id: int, sha256: str) -> dict[str, str]:
        return {"Bucket": self.bucket.name, "Key": self.bucket.prefix + key_of(tenant_id, sha256)}

    def _size(self, tenant_id: int, sha256: str) -> int | None:
        try:
            return int(self._client.head_object(**self._key(tenant_id, sha256))["ContentLength"])
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise

    def put(self, tenant_id: int, content: bytes) -> str:
        """Send a content in one request, unless it is there; raises `Refused` when that fails."""
        return self._keep(tenant_id, content_hash(content), content, len(content))

    def put_file(self, tenant_id: int, path: Path) -> str:
        """Send a file in one request (services take up to 5 GB), read piece by piece."""
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
            return self._keep(tenant_id, sha256, source, path.stat().st_size)

    def _keep(self, tenant_id: int, sha256: str, body: bytes | IO[bytes], size: int) -> str:
        with self._asking():
            if self._size(tenant_id, sha256) != size:
                self._client.put_object(**self._key(tenant_id, sha256), Body=body)
        return sha256

    def share(self, source: int, target: int, sha256: str) -> None:
        """Fetch the content, which compares it, and send it again under the other tenant."""
        with self.open(source, sha256) as content:
            size = content.seek(0, 2)
            content.seek(0)
            self._keep(target, sha256, content, size)

    def drop(self, tenant_id: int, sha256: str) -> None:
        """Delete a content."""
        with self._asking():
            self._client.delete_object(**self._key(tenant_id, sha256))

    def open(self, tenant_id: int, sha256: str) -> IO[bytes]:
        """Fetch a content piece by piece and compare it with its name before giving it out."""
        with self._asking():
            try:
                return checked(self._pieces(tenant_id, sha256), sha256)
            except ClientError as error:
                if _code(error) not in _GONE:
                    raise
                current_app.logger.exception(
                    "evidence %s of tenant %s is not in the bucket", sha256, tenant_id
                )
                raise Refused(UNREADABLE, 404) from None
            except ValueError:
                raise Refused(UNREADABLE, 404) from None

    def _pieces(self, tenant_id: int, sha256: str) -> Iterator[bytes]:
        body = self._client.get_object(**self._key(tenant_id, sha256))["Body"]
        with body:
            yield from body.iter_chunks(CHUNK)

    def has(self, tenant_id: int, sha256: str) -> bool:
        """Return whether the content is there."""
        with self._asking():
            return self._size(tenant_id, sha256) is not None

    def kept(self, tenant_id: int | None = None) -> Iterator[tuple[int, str]]:
        """List the bucket, a thousand keys a request."""
        prefix = self.bucket.prefix + ("" if tenant_id is None else f"{int(tenant_id)}/")
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket.name, Prefix=prefix
            )
            for page in pages:
                for one in page.get("Contents", []):
                    if found := content_of(one["Key"].removeprefix(self.bucket.prefix)):
                        yield found
        except (ClientError, BotoCoreError) as error:
            raise self._away(error) from error

    def fault(self) -> str:
        """List one key: that needs the service, the keys and the bucket; and say for how long nobody asks it."""
        said = self._fault()
        if not said:
            self._rest.answered()
        left = self._rest.seconds_left
        pause = f" Trong lúc này cổng báo ngay là kho chưa dùng được; khoảng {left} giây nữa hỏi lại kho."
        return said + pause if left else said

    def _fault(self) -> str:
        at = f"Thùng chứa minh chứng “{self.bucket.name}” tại {self.bucket.endpoint or 'Amazon S3'}"
        try:
            self._look.list_objects_v2(Bucket=self.bucket.name, Prefix=self.bucket.prefix, MaxKeys=1)
        except ClientError as error:
            code = _code(error)
            return f"{at}: {_FAULTS.get(code, f'dịch vụ trả lời {code}.')}"
        except SSLError:
            return (
                f"{at}: không lập được kết nối TLS. Nếu chứng thư do cơ quan tự cấp, xin đặt AWS_CA_BUNDLE tới tệp "
                "chứng thư gốc; nếu dịch vụ chỉ dùng http, xin sửa endpoint."
            )
        except (ConnectTimeoutError, ReadTimeoutError):
            return f"{at}: không trả lời trong {LOOK} giây. Xin xem lại dịch vụ lưu trữ và mạng."
        except (EndpointConnectionError, ConnectionClosedError):
            return f"{at}: không kết nối được. Xin xem lại endpoint và mạng."
        except BotoCoreError as error:
            return f"{at}: {error}"
        return ""

    def _away(self, error: Exception) -> Refused:
        current_app.logger.error("evidence bucket %s: %s", self.bucket.name, error)
        return Refused(AWAY, 503)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
