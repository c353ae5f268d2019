"""How gunicorn serves the program; numbers come from the settings (`portal/config.py`)."""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from portal.config import read  # noqa: E402
from portal.stops import CannotStart  # noqa: E402

try:
    settings = read()
except CannotStart as reason:
    sys.exit(str(reason))

settings.logs.mkdir(exist_ok=True, mode=0o700)
_memory = Path("/dev/shm")  # noqa: S108 - gunicorn's own choice of a place without a disk

wsgi_app = "wsgi:app"
chdir = str(ROOT)
bind = f"{settings.host}:{settings.port}"
worker_class = "gthread"
workers = settings.workers
threads = settings.threads
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 5
# Against memory that grows. A new worker has read no template and prepared no statement, and who asks while the old one
# goes may lose the line: with a few thousand that happened every few minutes of the last evening.
max_requests = 100_000
max_requests_jitter = 20_000
control_socket_disable = True
# Whose X-Forwarded headers count is TRUSTED_PROXIES alone; by itself gunicorn would believe everybody on this machine.
forwarded_allow_ips = ""
accesslog = str(settings.logs / "access.log")
logger_class = "portal.access_log.AccessLog"
errorlog = "-"
loglevel = "warning"
if _memory.is_dir():
    worker_tmp_dir = str(_memory)


def post_fork(server: Any, worker: Any) -> None:
    """Let no worker use a database connection that its parent opened."""
    from tenants.database import db

    with server.app.wsgi().app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
