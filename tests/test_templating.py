"""Pages are written quicker than Jinja and WTForms write them, and the same to the letter."""

from __future__ import annotations

from enum import StrEnum

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2 import DictLoader, pass_context, pass_eval_context
from markupsafe import Markup
from wtforms import widgets
from wtforms.widgets import core

from portal import typed
from portal.templating import QuickEnvironment

TEMPLATES = {
    "macros.html": """{% macro twice(word, tone="idle") -%}<b class="{{ tone }}">{{ word }}{{ word }}</b>{{ caller() if caller }}
        {%- endmacro %}{% macro rest(a) %}{{ a }}{{ varargs | join }}{{ kwargs | dictsort }}{% endmacro %}""",
    "page.html": """{% from "macros.html" import twice, rest %}{% import "macros.html" as all with context %}
        {{ text }}{{ markup }}{{ number }}{{ none }}{{ missing }}{{ word }}{{ truth }}{{ share }}{{ page }}
        {{ twice(text) }}{{ twice(markup, tone=word) }}{{ all.twice(word=number) }}{{ rest(1, "<", b=text) }}
        {% call twice(text) %}{{ text }}<i>{% endcall %}
        {% set kept %}{{ text }}{{ twice("&") }}{% endset %}{{ kept }}{{ kept ~ text }}{{ (kept ~ text) | upper }}
        {% for one in things %}{{ twice(one) }}{{ loop.index }}{{ asked(one) }}{{ named(one) }}{{ "%s" | format(one) }}{% endfor %}
        {{ text | e }}{{ text | safe }}{{ things }}{{ "-" | join(things) }}{{ plain(text) }}{{ [text] | map("upper") | list }}""",
}


class Word(StrEnum):
    """A value whose text needs escaping."""

    ODD = "a<b"


class Told:
    """Something that says itself how it is written."""

    def __html__(self) -> str:
        return "<u>told</u>"


@pass_context
def asked(context: object, value: object) -> str:
    """A function that wants the page's names."""
    return f"{context['number']}&{value}"  # type: ignore[index]


@pass_eval_context
def named(context: object, value: object) -> str:
    """A function that wants to know whether the page escapes."""
    return f"{context.autoescape}{value}"  # type: ignore[attr-defined]


def test_a_page_reads_as_jinja_writes_it() -> None:
    """Texts, markup, numbers, nothing, what is not there, macros of every call, blocks that are kept."""
    written = []
    for kind in (Environment, QuickEnvironment):
        app = Flask("templating")
        app.jinja_environment = kind
        app.jinja_loader = DictLoader(TEMPLATES)  # type: ignore[assignment]
        with app.app_context():
            page = app.jinja_env.get_template("page.html")
            written.append(
                page.render(
                    text="<a href='x'>&\"", markup=Markup("<p>"), number=1548, none=None, word=Word.ODD,
                    truth=True, share=0.5, page=Told(), things=["<", Markup("<hr>"), 3, Word.ODD],
                    asked=asked, named=named, plain=str.upper,
                )
            )  # fmt: skip
    assert written[0] == written[1]
    assert "&lt;a href=&#39;x&#39;&gt;&amp;&#34;" in written[1]


def test_a_mark_is_drawn_once_and_a_markup_apart_from_its_text() -> None:
    """The second time it is the same object; equal letters that are markup are not escaped."""
    app = Flask("templating")
    app.jinja_environment = QuickEnvironment
    app.jinja_loader = DictLoader({"marks.html": "{% macro state(word) %}<b>{{ word }}</b>{% endmacro %}"})  # type: ignore[assignment]
    marks = app.jinja_env.globals["marks"]
    assert marks.state("a<b") is marks.state("a<b")
    assert (marks.state("a<b"), marks.state(Markup("a<b"))) == ("<b>a&lt;b</b>", "<b>a<b</b>")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"class_": "a b", "for_": "x", "data_keep": "1", "aria_label": "n", "data-max-bytes": 20},
        {"required": True, "disabled": False, "value": "<\"'&>", "title": Markup('a "b" &amp;'), "rows": 3},
        {"value": None, "maxlength": 0, "placeholder": ""},
    ],
)
def test_an_input_has_the_attributes_wtforms_gives_it(given: dict[str, object]) -> None:
    """In the same order, escaped alike."""
    assert core.html_params is typed._attributes
    assert core.html_params(**given) == widgets.html_params(**given)
