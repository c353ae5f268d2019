"""The command line: what `flask` can do here. A command's module is read when the command is called.

All commands but those that prepare a database want one that is this program's; where it is not, they say so and
end with status 1, as for everything else that keeps the program from starting.
"""

from __future__ import annotations

import sys
from copy import copy
from functools import wraps
from importlib import import_module
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from portal import migrate
from portal.stops import CannotStart
from tenants.database import STEWARD, db

COMMANDS = {
    "backup": "portal.backup.commands:backup",
    "check": "portal.commands:check",
    "demo": "portal.demo.commands:demo",
    "init": "portal.commands:init",
    "peak": "portal.jobs.commands:peak_command",
    "remind": "portal.notices.commands:remind",
    "restore": "portal.backup.commands:restore",
    "roster": "portal.roster.commands:roster",
    "tenant": "portal.commands:tenant",
    "user": "portal.commands:user",
    "work": "portal.notices.commands:work_command",
}
PREPARING = frozenset({"init", "restore"})


class CommandLine(AppGroup):
    """Our commands beside those of Flask, by their names in the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command by its name, None where there is none."""
        if name not in COMMANDS:
            return super().get_command(ctx, name)
        module, _, attribute = COMMANDS[name].partition(":")
        return _with_sentences(getattr(import_module(module), attribute), name not in PREPARING)


def register_commands(app: Flask) -> None:
    """Give the program its commands."""
    app.cli = CommandLine(app.name)


def _with_sentences(command: click.Command, on_ready_database: bool) -> click.Command:
    act = command.callback
    assert act is not None

    @wraps(act)
    def careful(*args: Any, **kwargs: Any) -> Any:
        try:
            if on_ready_database:
                current_app.extensions["settings"].admin_url()  # or the sentence that it is missing
                migrate.require_ready(db.engines[STEWARD])
            return act(*args, **kwargs)
        except CannotStart as reason:
            sys.exit(str(reason))

    careful_one = copy(command)
    careful_one.callback = careful
    return careful_one
