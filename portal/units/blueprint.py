"""The room of units, to which its pages belong."""

from flask import Blueprint

blueprint = Blueprint("units", __name__)
