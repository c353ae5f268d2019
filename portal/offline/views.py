"""What a browser asks so that an opened dossier stays usable where the line is weak.

The worker stands at the root, or it could not serve pages; the page it shows without a line holds nobody's data;
`/phien` says as whom the browser is signed in now and gives the token that forms need.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from portal.frame import key_of
from tenants.access import public

blueprint = Blueprint("offline", __name__)


@blueprint.get("/ngoai-tuyen.js")
@public("a script that holds nobody's data; it serves kept pages where there is no line")
def worker() -> Response:
    """Give the service worker from the root, so that it may serve every page of the site."""
    script = Path(current_app.static_folder or "") / "worker.js"
    return Response(script.read_bytes(), mimetype="text/javascript")


@blueprint.get("/ngoai-tuyen")
@public("the page a browser shows without a line; it holds nobody's data")
def away() -> str:
    """Say that there is no line; the browser adds which dossiers it has kept."""
    return render_template("offline/away.html")


@blueprint.get("/phien")
@public("a page that waited long asks as whom the browser is signed in now")
def session_now() -> Any:
    """Give the key of who is signed in ("" for nobody) and a token for this session's forms."""
    identity = current_user
    key = key_of(identity._get_current_object()) if identity.is_authenticated else ""
    return jsonify(owner=key, token=generate_csrf())
