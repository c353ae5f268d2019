"""The rooms that have pages, in the order they are opened."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

ROOMS: tuple[str, ...] = (
    "account",
    "accounts",
    "activities",
    "api",
    "appraisal",
    "catalogue",
    "checklist",
    "compilation",
    "council",
    "cycle",
    "complaints",
    "desk",
    "dossiers",
    "evidence",
    "further",
    "guidance",
    "health",
    "history",
    "improvement",
    "inquiries",
    "jobs",
    "offline",
    "open_data",
    "opening",
    "outreach",
    "papers",
    "powers",
    "primer",
    "province",
    "quality",
    "recognition",
    "reform",
    "register",
    "registration",
    "reports",
    "roster",
    "sealed",
    "targets",
    "team",
    "trail",
    "units",
    "visits",
    "waivers",
)


def open_rooms(app: Flask) -> None:
    """Register every room's blueprint."""
    for name in ROOMS:
        app.register_blueprint(import_module(f"portal.{name}.views").blueprint)
