"""Make a backup: one snapshot of the tables, then the contents of the evidence store.

The contents are copied after the snapshot, and still fit it: a file is in the store before the row that names it
is committed, it is never changed (its name is the hash of its content), and evidence is never given up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table

from portal import migrate
from portal.config import Settings
from portal.evidence.contents import CHUNK
from portal.evidence.store import Store
from tenants import signin
from tenants.refusal import Refused

from . import tables
from .archive import Writer, writing
from .tables import Connection

WHOLE, PLACE = "whole", "place"
STANDS_OPEN = (
    "Chưa sao lưu: cơ sở dữ liệu không đúng như khai báo ({defect}). Xin chạy flask check rồi sửa trước."
)
NO_PLACE = "Không có nơi nào mang mã “{code}”. Xem mã bằng lệnh flask tenant list."


@dataclass
class Made:
    """What a backup holds; `damaged` and `missing` name files of the store that could not be taken along."""

    path: Path
    size: int = 0
    rows: int = 0
    files: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    tenant_id: int = 0


def back_up(url: str, settings: Settings, store: Store, path: Path) -> Made:
    """Back the whole installation up into a new file; raises `Refused` and leaves no file when it cannot."""
    made = Made(path)
    with tables.snapshot(url) as connection, writing(path) as out:
        _sound(connection)
        held = {table.name: _add(connection, out, table) for table in tables.tables()}
        _finish(connection, out, store, made, WHOLE, held, settings_told(settings), None)
    return _weighed(made)


def back_up_place(url: str, settings: Settings, store: Store, code: str, path: Path) -> Made:
    """Back up one place: its rows, its evidence, who stands in its rows; raises `Refused`."""
    made = Made(path)
    with tables.snapshot(url) as connection, writing(path) as out:
        _sound(connection)
        row = connection.execute("select id, name from tenant where code = %s", [code]).fetchone()
        if row is None:
            raise Refused(NO_PLACE.format(code=code), 404)
        made.tenant_id = int(row[0])
        held = {
            table.name: _add(connection, out, table, where, only)
            for table, where, only in _of_place(made.tenant_id)
        }
        told = settings_told(settings) | {"place": {"id": made.tenant_id, "code": code, "name": row[1]}}
        _finish(connection, out, store, made, PLACE, held, told, made.tenant_id)
    return _weighed(made)


def _of_place(tenant_id: int) -> Iterator[tuple[Table, str, tuple[str, ...]]]:
    """Yield each table that tells of a place with the condition of its rows and the columns taken ((): all).

    Of what belongs to nobody only the keys: whoever restores must have the very same years and indicators.
    """
    mine = f"tenant_id = {tenant_id}"
    every = tables.tables()
    named = " union ".join(
        f"select {column.name} from {table.name} where {mine}"
        for table in every
        if tables.owned(table)
        for column in tables.references(table, "account")
    )
    for table in every:
        if table.name == "tenant":
            yield table, f"id = {tenant_id}", ()
        elif "tenant_id" in table.c:
            yield table, mine, ()
        elif tables.of_a_person(table):
            key = next(iter(table.primary_key)).name
            yield table, f"{key} in ({named})", ()
        elif keys := tables.natural_keys(table):
            yield table, "true", keys


def _sound(connection: Connection) -> None:
    """Refuse where a policy or a table is not as declared: rows could be missing without a word."""
    if found := migrate.defects_seen(connection):
        raise Refused(STANDS_OPEN.format(defect=found[0]))


def _add(
    connection: Connection, out: Writer, table: Table, where: str = "true", only: tuple[str, ...] = ()
) -> dict[str, Any]:
    sha256 = out.table(table.name, tables.take(connection, table, where, only))
    return {
        "columns": [name for name in tables.columns(table) if not only or name in only],
        "rows": tables.count(connection, table, where),
        "sha256": sha256,
    }


def _finish(
    connection: Connection,
    out: Writer,
    store: Store,
    made: Made,
    kind: str,
    held: dict[str, Any],
    told: dict[str, Any],
    tenant_id: int | None,
) -> None:
    where = "true" if tenant_id is None else f"tenant_id = {tenant_id}"
    named = tables.named_contents(connection, where)
    revision = migrate.expected_revision()
    connection.rollback()  # the snapshot is taken; no old row need be kept for the length of the copying
    taken = set()
    for key in sorted(store.kept(tenant_id)):
        try:
            content = store.open(*key)
        except Refused as refused:
            if refused.status != 404:
                raise
            made.damaged.append(f"{key[0]}/{key[1]}")
            continue
        with content:
            out.content(*key, _pieces(content))
        taken.add(key)
    made.missing = sorted(f"{tenant}/{sha256}" for tenant, sha256 in named - taken)
    made.rows = sum(one["rows"] for one in held.values())
    made.files = len(taken)
    out.end(
        {
            "kind": kind,
            "made_at": signin.now().isoformat(timespec="seconds"),
            "revision": revision,
            **told,
            "tables": held,
            "evidence": {"damaged": made.damaged, "missing": made.missing},
        }
    )


def settings_told(settings: Settings) -> dict[str, Any]:
    """Return the settings that matter to whoever restores, without a secret; of the key only how to know it again."""
    return {
        "settings": {
            "PUBLIC_URL": settings.public_url or "",
            "EVIDENCE_URL": "s3" if settings.bucket else "file",
            "EVIDENCE_QUOTA_MB": settings.evidence_quota // 1_000_000,
            "REQUIRE_TOTP": int(settings.require_totp),
            "TRUSTED_PROXIES": settings.trusted_proxies,
            "MAIL_URL": "smtp" if settings.mail else "",
        },
        "secret_key": hashlib.sha256(f"which key: {settings.secret_key}".encode()).hexdigest()[:16],
    }


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


def _weighed(made: Made) -> Made:
    made.size = made.path.stat().st_size
    return made
