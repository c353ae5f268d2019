"""Gunicorn's and flask's door to the program; without DATABASE_URL it also brings the private database up."""

import gc
import sys

gc.disable()  # what modules make while they are read stays

from portal import create_app  # noqa: E402
from portal.config import read  # noqa: E402
from portal.stops import CannotStart  # noqa: E402

try:
    settings = read()
    settings.start_server()
    app = create_app(settings)
except CannotStart as reason:
    sys.exit(str(reason))
gc.freeze()
gc.enable()
