"""Bring a backup back: everything is looked at first, then all rows are written in one transaction.

Files go into the store before the rows that name them; whatever ends the work early leaves the rows as they were
and at most some files that nothing names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from portal import migrate
from portal.config import Settings
from portal.evidence.store import Store
from tenants.database import Base
from tenants.refusal import Refused

from . import tables
from .archive import BROKEN, Archive
from .tables import Connection
from .writing import PLACE, WHOLE, settings_told

OTHER_KIND = {
    WHOLE: "Đây là bản sao lưu của một nơi; xin dùng flask restore --tenant.",
    PLACE: "Đây là bản sao lưu của toàn bộ cài đặt; xin dùng flask restore, không có --tenant.",
}
OTHER_SCHEMA = (
    "Bản sao lưu ở lược đồ {theirs}, chương trình này ở {ours}. Xin khôi phục bằng đúng bản chương trình đã sao lưu, "
    "rồi mới nâng cấp. Chưa có gì thay đổi."
)
NOT_EMPTY = (
    "Cơ sở dữ liệu đã có dữ liệu ({places} nơi, {accounts} tài khoản). Khôi phục sẽ thay toàn bộ; nếu đúng ý, "
    "thêm --replace. Chưa có gì thay đổi."
)
PLACE_THERE = (
    "{name} đang có trong cơ sở dữ liệu. Để thay bằng bản sao lưu, thêm --replace. Chưa có gì thay đổi."
)
OTHER_PLACE = "Mã hoặc số của “{name}” ở đây thuộc về nơi khác ({other}), nên không khôi phục được. Chưa có gì thay đổi."
OTHER_CATALOGUE = (
    "Bộ tiêu chí hoặc năm đánh giá ở đây khác bản sao lưu (bảng {table}). Một nơi chỉ khôi phục được vào chính cài đặt "
    "của mình. Chưa có gì thay đổi."
)
OTHER_PERSON = (
    "Tài khoản “{login}” của bản sao lưu ở đây là của người khác. Một nơi chỉ khôi phục được vào chính cài đặt của "
    "mình. Chưa có gì thay đổi."
)
NOT_TAKEN = "Cơ sở dữ liệu không nhận bản sao lưu: {reason}. Chưa có gì thay đổi."
BUSY = "Cơ sở dữ liệu đang bận quá một phút. Xin dừng dịch vụ web và chương trình làm việc nền rồi làm lại. Chưa có gì thay đổi."

OTHER_KEY = "SECRET_KEY khác lúc sao lưu: mọi mã xác thực hai lớp phải đặt lại. Nếu còn giữ khóa cũ, hãy đặt lại khóa cũ."
DAMAGED = "{files} tệp minh chứng đã hỏng từ trước khi sao lưu nên không có trong bản này."
MISSING = "{files} tệp minh chứng đã mất từ trước khi sao lưu nên không có trong bản này."


@dataclass(frozen=True)
class Restored:
    """What came back: when it had been saved, how many rows and files, what the operator should know."""

    made_at: str
    rows: int
    files: int
    notes: tuple[str, ...]
    tenant_id: int = 0


def restore(url: str, settings: Settings, store: Store, archive: Archive, *, replace: bool) -> Restored:
    """Bring the whole installation back, into a database with schema and wall; raises `Refused`."""
    fitting(archive, WHOLE)
    with tables.snapshot(url) as connection:
        _empty(connection, replace)
    files = _contents(archive, store)
    with _one_transaction(url) as connection:
        _empty(connection, replace)
        connection.execute(f"truncate {', '.join(tables.all_names())}".encode())
        rows = sum(_load(connection, archive, table.name) for table in tables.tables())
    migrate.take_statistics(url)
    return Restored(archive.manifest["made_at"], rows, files, _notes(archive, settings))


def restore_place(url: str, settings: Settings, store: Store, archive: Archive, *, replace: bool) -> Restored:
    """Bring one place back into its own installation; raises `Refused` where it would meet another's rows."""
    fitting(archive, PLACE)
    tenant_id = int(archive.manifest["place"]["id"])
    with tables.snapshot(url) as connection:
        _absent(connection, archive, replace)
    files = _contents(archive, store)
    with _one_transaction(url) as connection:
        absent = _absent(connection, archive, replace)
        _same_ground(connection, archive)
        known = _known_people(connection, archive)
        every = [table for table in tables.tables() if table.name in archive.manifest["tables"]]
        for table in reversed(every):
            if tables.owned(table):
                connection.execute(f"delete from {table.name} where tenant_id = {tenant_id}".encode())
        rows = 0
        for table in every:
            if tables.of_a_person(table):
                rows += _load_new(connection, archive, table.name, known)
            elif tables.owned(table) or (absent and (table.name == "tenant" or "tenant_id" in table.c)):
                rows += _load(connection, archive, table.name)
    return Restored(archive.manifest["made_at"], rows, files, _notes(archive, settings), tenant_id)


def fitting(archive: Archive, kind: str) -> None:
    """Refuse a backup of the other kind, of another schema, or with other tables than this program's."""
    manifest = archive.manifest
    if manifest["kind"] != kind:
        raise Refused(OTHER_KIND[kind])
    ours = migrate.expected_revision()
    held = manifest["tables"]
    known = {table.name: tables.columns(table) for table in tables.tables()}
    whole = all(held[name]["columns"] == known.get(name) for name in held) and held.keys() == known.keys()
    if manifest["revision"] != ours or (kind == WHOLE and not whole):
        raise Refused(OTHER_SCHEMA.format(theirs=manifest["revision"], ours=ours))


def _empty(connection: Connection, replace: bool) -> None:
    """Refuse to take the place of anything without being told to."""
    places, accounts = (
        tables.count(connection, Base.metadata.tables[name]) for name in ("tenant", "account")
    )
    if (places or accounts) and not replace:
        raise Refused(NOT_EMPTY.format(places=places, accounts=accounts))


def _absent(connection: Connection, archive: Archive, replace: bool) -> bool:
    """Return whether the place is not there; refuse what is there unless it is to be replaced, and another's number."""
    place = archive.manifest["place"]
    rows = connection.execute(
        "select id, code, name from tenant where id = %s or code = %s", [place["id"], place["code"]]
    ).fetchall()
    for number, code, name in rows:
        if (number, code) != (place["id"], place["code"]):
            raise Refused(OTHER_PLACE.format(name=place["name"], other=name))
    if rows and not replace:
        raise Refused(PLACE_THERE.format(name=place["name"]))
    return not rows


def _same_ground(connection: Connection, archive: Archive) -> None:
    """Refuse where the years and indicators that the rows name are not the very ones of this database."""
    for table in tables.tables():
        if keys := tables.natural_keys(table):
            _aside(connection, archive, table.name)
            listed = ", ".join(keys)
            strange = connection.execute(
                f"select {listed} from aside except select {listed} from {table.name} limit 1".encode()
            ).fetchone()
            if strange:
                raise Refused(OTHER_CATALOGUE.format(table=table.name))


def _known_people(connection: Connection, archive: Archive) -> list[int]:
    """Return the accounts that are here already, which stay as they are; refuse one that is another person's."""
    _aside(connection, archive, "account")
    other = connection.execute(
        "select a.login from aside a join account b on (a.id = b.id) <> (a.login = b.login) order by 1 limit 1"
    ).fetchone()
    if other:
        raise Refused(OTHER_PERSON.format(login=other[0]))
    return [row[0] for row in connection.execute("select id from account where id in (select id from aside)")]


def _aside(connection: Connection, archive: Archive, name: str) -> None:
    """Lay a table's rows of the backup in the temporary table `aside`."""
    held = archive.manifest["tables"][name]["columns"]
    connection.execute("drop table if exists aside")
    connection.execute(
        f"create temporary table aside on commit drop as select {', '.join(held)} from {name} where false".encode()
    )
    tables.put(connection, "aside", held, archive.table(name))


def _load(connection: Connection, archive: Archive, name: str) -> int:
    told = archive.manifest["tables"][name]
    rows = tables.put(connection, name, told["columns"], archive.table(name))
    if rows != told["rows"]:
        raise Refused(BROKEN.format(name=name))
    return rows


def _load_new(connection: Connection, archive: Archive, name: str, known: list[int]) -> int:
    held = archive.manifest["tables"][name]["columns"]
    key = next(iter(Base.metadata.tables[name].primary_key)).name
    _aside(connection, archive, name)
    listed = ", ".join(held)
    return connection.execute(
        f"insert into {name} ({listed}) select {listed} from aside where {key} <> all(%s)".encode(), [known]
    ).rowcount


def _contents(archive: Archive, store: Store) -> int:
    """Keep every content of the backup in the store; one that is there but damaged is laid down anew."""
    files = 0
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        beside = Path(folder) / "content"
        for key in archive.contents():
            files += 1
            if store.has(*key):
                try:
                    store.open(*key).close()
                    continue
                except Refused as refused:
                    if refused.status != 404:
                        raise
                store.drop(*key)
            with beside.open("wb") as file:
                file.writelines(archive.content(*key))
            store.put_file(key[0], beside)
    return files


@contextmanager
def _one_transaction(url: str) -> Iterator[Connection]:
    """Write in one transaction, and say in a sentence why the database would not have it."""
    try:
        with tables.unguarded(url) as connection:
            yield connection
    except psycopg.errors.LockNotAvailable as reason:
        raise Refused(BUSY) from reason
    except psycopg.Error as reason:
        said = (reason.diag.message_primary or str(reason)).strip().rstrip(".")
        raise Refused(NOT_TAKEN.format(reason=said)) from reason


def _notes(archive: Archive, settings: Settings) -> tuple[str, ...]:
    """Say what the operator must see to: other settings, another key, files that were lost before."""
    manifest, now = archive.manifest, settings_told(settings)
    notes = [
        f"{name} lúc sao lưu là “{then}”, bây giờ là “{now['settings'].get(name, '')}”."
        for name, then in manifest["settings"].items()
        if then != now["settings"].get(name)
    ]
    if manifest["secret_key"] != now["secret_key"]:
        notes.append(OTHER_KEY)
    for kind, sentence in (("damaged", DAMAGED), ("missing", MISSING)):
        if lost := manifest["evidence"][kind]:
            notes.append(sentence.format(files=len(lost)))
    return tuple(notes)
