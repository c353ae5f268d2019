"""Gunicorn's and flask's door to the program; without DATABASE_URL it also brings the private database up."""

import sys

from portal import create_app
from portal.config import read
from portal.stops import CannotStart

try:
    settings = read()
    settings.start_server()
    app = create_app(settings)
except CannotStart as reason:
    sys.exit(str(reason))
