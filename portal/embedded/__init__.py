"""A private PostgreSQL server in a folder of ours, for a trial and for tests.

Only programs are taken from elsewhere; roles and tables belong to `tenants` and the migrations.
"""

from .binaries import Binaries, find_binaries
from .cluster import SUPERUSER
from .server import Server, Urls

__all__ = ["SUPERUSER", "Binaries", "Server", "Urls", "find_binaries"]
