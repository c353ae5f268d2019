"""Every form of the house: what it cannot read is said in Vietnamese, and what shows nothing is nothing."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import wtforms
from flask import Flask
from flask_login import LoginManager
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField, StringField, TextAreaField

import portal
from portal.sentences import SENTENCES
from portal.typed import Line, Lines, VietnameseForm

VIETNAMESE = re.compile("[à-ỹđ]", re.IGNORECASE)
UNREADABLE, BLANK = "?|99999999999999999999", "\u200b\u2060\u3164\u115f\u2800\u00ad\U000e0041 "


def _forms() -> list[type[Form]]:
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if "form" in module.name or module.name.endswith("views"):
            importlib.import_module(module.name)
    found, left = set(), [Form]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if kind.__module__.startswith("portal."):
                found.add(kind)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__qualname__))


@pytest.fixture(scope="module")
def sent() -> Iterator[Flask]:
    """A program without a database, in which forms are posted."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False)
    LoginManager(app).user_loader(lambda _token: None)
    with app.test_request_context(method="POST"):
        yield app


def _posted(kind: type[Form], typed: str) -> Form:
    """Return a form with the same text sent in every field, without what a page offers to choose from."""
    begin = VietnameseForm.__init__ if issubclass(kind, VietnameseForm) else Form.__init__
    bare = type("Bare", (kind,), {"__init__": begin})
    form: Form = bare(formdata=MultiDict(dict.fromkeys([field.name for field in bare(formdata=None)], typed)))
    for field in form:
        if isinstance(field, SelectField):
            field.choices = []
    form.validate()
    return form


def test_every_sentence_of_the_library_is_said_in_vietnamese() -> None:
    """The list WTForms brings for translators names all it can say."""
    listed = (Path(wtforms.__file__).parent / "locale" / "wtforms.pot").read_text("utf-8")
    assert set(re.findall(r'^msgid "(.+)"$', listed, re.MULTILINE)) == set(SENTENCES)


def test_every_form_answers_what_it_cannot_read_in_vietnamese(sent: Flask) -> None:
    """Unreadable text in each field, choices included, gets sentences with Vietnamese letters only."""
    answered = 0
    for kind in _forms():
        for field in _posted(kind, UNREADABLE):
            for said in field.errors:
                answered += 1
                assert VIETNAMESE.search(str(said)), f"{kind.__module__}.{kind.__name__}.{field.name}: {said}"
    assert answered > 100


def test_what_shows_nothing_is_not_text(sent: Flask) -> None:
    """Letters that nobody sees do not fill a field that must be filled; fields of text are those that see to it."""
    asked = 0
    for kind in _forms():
        for field in _posted(kind, BLANK):
            name = f"{kind.__module__}.{kind.__name__}.{field.name}"
            assert type(field) not in (StringField, TextAreaField), f"{name} takes text as it comes"
            if isinstance(field, Line | Lines) and field.flags.required:
                asked += 1
                assert field.errors, f"{name} takes what shows nothing"
    assert asked > 40
