"""The store in a bucket, against a real S3 server on this machine; and whatever the server may say no to."""

from __future__ import annotations

import hashlib
import socket
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto.core import set_initial_no_auth_action_count
from moto.server import ThreadedMotoServer

from portal.evidence.bucket import ANSWER, ATTEMPTS, CONNECT, BucketStore
from portal.evidence.place import Bucket
from portal.evidence.resting import SECONDS, Rest
from tenants.access import GuardedFlask
from tenants.people import Role
from tenants.refusal import Refused
from tests.builders import World
from tests.evidence import samples
from tests.evidence.scene import first_file, send

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """An S3 server that knows every key."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(service: str) -> Bucket:
    """An empty bucket with a prefix of its own."""
    place = Bucket("minh-chung", "tinh/", service, "us-east-1", "khoa", "bi-mat")
    urllib.request.urlopen(urllib.request.Request(f"{service}/moto-api/reset", method="POST")).close()
    BucketStore(place)._client.create_bucket(Bucket=place.name)
    return place


def keys(place: Bucket) -> list[str]:
    """What lies in a bucket."""
    answer = BucketStore(place)._client.list_objects_v2(Bucket=place.name)
    return sorted(one["Key"] for one in answer.get("Contents", []))


def test_a_content_lies_under_its_tenant_and_hash(app: GuardedFlask, bucket: Bucket, tmp_path: Path) -> None:
    """Once in a tenant, apart across tenants, whole when read, and never what it is not."""
    kept = BucketStore(bucket)
    content = b"noi dung " * 200_000
    sha256 = kept.put(3, content)
    assert sha256 == kept.put(3, content) == hashlib.sha256(content).hexdigest()
    kept.put(4, content)
    assert keys(bucket) == [f"tinh/{tenant}/{sha256[:2]}/{sha256}" for tenant in (3, 4)]
    with kept.open(3, sha256) as file:
        assert file.read(9) == b"noi dung "
        assert len(file.read()) == len(content) - 9
    assert kept.has(3, sha256)
    assert not kept.has(5, sha256)
    assert kept.fault() == ""
    large = tmp_path / "large"
    large.write_bytes(b"x" * 300_000)
    of_file = kept.put_file(5, large)
    assert of_file == hashlib.sha256(large.read_bytes()).hexdigest()
    kept.drop(5, of_file)
    kept.drop(5, of_file)
    assert not kept.has(5, of_file)
    with pytest.raises(Refused, match="Không đọc được") as gone:
        kept.open(5, sha256)
    assert gone.value.status == 404
    kept._client.put_object(Bucket=bucket.name, Key=f"tinh/3/{sha256[:2]}/{sha256}", Body=b"khac")
    with pytest.raises(Refused, match="đã hỏng"):
        kept.open(3, sha256)
    with pytest.raises(ValueError, match="SHA-256"):
        kept.has(3, "../../4/x")


def test_what_stands_in_the_way_is_a_sentence(app: GuardedFlask, bucket: Bucket, service: str) -> None:
    """A bucket that is missing, keys that are wrong, a service that is away: each named to the operator."""
    missing = BucketStore(replace(bucket, name="khong-co"))
    assert "“khong-co”" in missing.fault()
    assert "không có thùng chứa này" in missing.fault()
    with pytest.raises(Refused, match="chưa dùng được lúc này") as told:
        missing.put(3, b"x")
    assert told.value.status == 503
    away = BucketStore(replace(bucket, endpoint="http://127.0.0.1:9"))
    assert "không kết nối được" in away.fault()
    plain = BucketStore(replace(bucket, endpoint=service.replace("http:", "https:")))
    assert "không lập được kết nối TLS" in plain.fault()
    with pytest.raises(Refused, match="chưa dùng được"):
        away.has(3, "0" * 64)
    set_initial_no_auth_action_count(0)(lambda: check_keys(bucket))()


def test_a_service_that_hangs_is_given_up_in_time(
    app: GuardedFlask, bucket: Bucket, monkeypatch: Any
) -> None:
    """It takes connections and never answers: said in a sentence, before the database ends the page's transaction."""
    assert sum(ATTEMPTS * [CONNECT + ANSWER]) <= 60
    for name in ("ANSWER", "LOOK"):
        monkeypatch.setattr(f"portal.evidence.bucket.{name}", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        hanging = BucketStore(replace(bucket, endpoint=f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        begun = time.monotonic()
        assert "không trả lời trong" in hanging.fault()
        with pytest.raises(Refused, match="chưa dùng được lúc này"):
            hanging.put(3, b"x")
        assert time.monotonic() - begun < 15
        with pytest.raises(Refused, match="chưa dùng được lúc này"):
            hanging.has(3, "0" * 64)
        deaf.settimeout(0)
        while True:
            try:
                deaf.accept()[0].close()
            except BlockingIOError:
                break
        for _ in range(3):
            with pytest.raises(Refused, match="chưa dùng được lúc này") as told:
                hanging.open(3, "0" * 64)
            assert told.value.status == 503
        with pytest.raises(BlockingIOError):  # it was not asked again
            deaf.accept()
        assert "giây nữa hỏi lại kho" in hanging.fault()


def test_one_asks_whether_a_service_is_back() -> None:
    """Two failures in a row begin a rest; then one asks while the others are told; an answer of any kind ends it."""
    at = [100.0]
    rest = Rest(lambda: at[0])
    rest.failed()
    rest.answered()
    rest.failed()
    assert (rest.admits(), rest.seconds_left) == (True, 0)
    rest.failed()
    assert (rest.admits(), rest.seconds_left) == (False, SECONDS)
    at[0] += SECONDS
    assert [rest.admits() for _ in range(3)] == [True, False, False]
    rest.failed()
    assert not rest.admits()
    at[0] += SECONDS
    assert rest.admits()
    rest.answered()
    assert [rest.admits() for _ in range(3)] == [True, True, True]


def check_keys(bucket: Bucket) -> None:
    """A service that asks for keys names the one that is wrong."""
    assert "AWS_ACCESS_KEY_ID không được dịch vụ công nhận" in BucketStore(bucket).fault()


def test_the_program_on_a_bucket(world: World, client: Any, bucket: Bucket, monkeypatch: Any) -> None:
    """Sending, opening and readyz work as on a folder; a bucket that goes away is said so and loses nothing."""
    kept = BucketStore(bucket)
    monkeypatch.setitem(world.app.extensions, "evidence_store", kept)
    tenant_id = world.a_district()
    head = world.a_person(Role.UNIT_HEAD, tenant_id, world.a_unit(tenant_id))
    world.sign_in(client, head)
    send(client, "/minh-chung", ("a.pdf", samples.pdf()))
    assert len(keys(bucket)) == 1
    page = client.get("/minh-chung").get_data(as_text=True)
    assert "1–1 trong 1" in page
    number = first_file(page)
    saved = client.get(f"/minh-chung/{tenant_id}/{number}/tai")
    assert saved.data.startswith(b"%PDF-")
    assert client.get("/readyz").status_code == 200
    monkeypatch.setitem(world.app.extensions, "evidence_store", BucketStore(replace(bucket, name="khong-co")))
    assert client.get("/readyz").get_data(as_text=True) == "not ready: evidence store\n"
    refused = send(client, "/minh-chung", ("b.pdf", samples.pdf("b")))
    assert "Kho minh chứng chưa dùng được lúc này" in refused.get_data(as_text=True)
    assert client.get(f"/minh-chung/{tenant_id}/{number}/tai").status_code == 503
