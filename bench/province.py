"""The benchmark's own database server and program, in a folder of their own, and the data in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import select

from portal import create_app
from portal.catalogue.operations import load_all
from portal.commands import first_administrator, prepare_database
from portal.config import Settings, read
from portal.embedded import Server
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.places import Tenant, TenantKind
from tenants.scope import Scope, ScopeKind, acting_in

from .copies import Filler
from .mould import cast, mould_of
from .people import load_people
from .sizes import Size

DATABASE = "bench"
# No parallel workers: what a statement costs is then all on the one backend that is watched.
OPTIONS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
    "maintenance_work_mem": "256MB",
}
SECRET = "for the benchmark only, never used to serve anybody"


class Province:
    """A big province: its server, the program on it, and the mould its rows were copied from."""

    def __init__(self, folder: Path, size: Size, say: Callable[[str], None] = lambda _: None) -> None:
        self.folder, self.size, self.say = folder, size, say
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        self.server = Server(folder / "postgres", options=OPTIONS)
        self.server.ensure()
        self.settings = settings_for(self.server, DATABASE, folder / "data")
        self.database = DATABASE
        self.app: GuardedFlask
        self.filler: Filler

    def open_or_build(self) -> None:
        """Use the database of an earlier run on the folder, or make schema and data."""
        known = not self.server.create_database(DATABASE) and self._filled()
        prepare_database(self.settings, make_conninfo(**self.superuser()))
        self.app = create_app(self.settings)
        if known:
            with self.app.app_context():
                mould = mould_of(self.size.mould_units)
            self.filler = Filler(self.settings.admin_url(), self.size, mould, self.say)
            return
        self.filler = fill(self.app, self.settings.admin_url(), self.size, self.say)
        self.settle()

    def _filled(self) -> bool:
        """Whether an earlier run got as far as the accounts; a half-made database is refused."""
        with psycopg.connect(**self.superuser()) as connection:
            row = connection.execute("select to_regclass('public.unit') is not null").fetchone()
            if not row or not row[0]:
                return False
            units = connection.execute("select count(*) from unit").fetchone()
            heads = connection.execute("select count(*) from membership where role = 'unit_head'").fetchone()
        if units != heads or units != (self.size.units,):
            raise RuntimeError(f"{self.folder} holds another or a half-made province; remove it")
        return True

    def superuser(self) -> dict[str, Any]:
        """Return how to enter the database past the wall, for floors and for counting."""
        found: dict[str, Any] = self.server.superuser(self.database)
        return found

    def settle(self) -> None:
        """Let the server know what is in its tables, and see every page of them."""
        with psycopg.connect(**self.superuser(), autocommit=True) as connection:
            connection.execute("vacuum analyze")
            connection.execute("checkpoint")
        self.say("vacuum analyze")

    def close(self) -> None:
        """Stop the server; the data stays."""
        if hasattr(self, "app"):
            with self.app.app_context():
                for engine in db.engines.values():
                    engine.dispose()
        self.server.stop()

    def drop(self) -> None:
        """Stop the server and remove everything."""
        cluster = self.server.cluster
        self.close()
        shutil.rmtree(cluster, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def fill(app: GuardedFlask, admin: str, size: Size, say: Callable[[str], None]) -> Filler:
    """Fill a database that holds schema and wall; returns who filled it, for further years."""
    with app.app_context():
        with acting_in(Scope(ScopeKind.STEWARD)):
            load_all()
            if not db.session.scalar(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)):
                first_administrator("Tỉnh đo thử", "quantri.tinh")
        mould = cast(size.mould_units)
        say(f"khuôn: {len(mould.units)} đơn vị")
    filler = Filler(admin, size, mould, say)
    filler.fill()
    with app.app_context():
        load_people()
        say("tài khoản")
    return filler


def settings_for(server: Server, database: str, folder: Path) -> Settings:
    """Return the settings of a program on one database of a server."""
    urls = server.urls(database)
    return read(
        {
            "PORTAL_DATA": str(folder),
            "DATABASE_URL": urls.web,
            "DATABASE_URL_PROVINCE": urls.oversight,
            "DATABASE_URL_ADMIN": urls.admin,
            "SECRET_KEY": SECRET,
        }
    )
