"""Templates written with less ado: what a page prints becomes text at once, and a macro is called directly.

Jinja wraps every printed value in a Markup of its own, a macro's result three times, and asks of everything it
calls in which of four ways it wants to be called. A page prints thousands of values and all of it ends as one text.
What is written is the same to the letter.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, _escape_inner, escape

MARKS = 2048
"""So many drawings of a mark are remembered; a page has a few dozen."""
_PLAIN = frozenset({FunctionType, MethodType, BuiltinFunctionType, type(lru_cache(str))})


def printed(value: Any) -> str:
    """Return a value as it stands in a page: escaped unless it is markup."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    return escape(value)


class _Macro(Macro):
    """A macro of a page; what it wrote is markup already."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:
        written = self._func(*arguments)
        return Markup(written) if autoescape and type(written) is not Markup else written  # noqa: S704


class _Writer(CodeGenerator):
    """Writes a template's program; in it, "escape" and "Macro" are our own."""

    def write_commons(self) -> None:
        """Write what begins every function of the program."""
        super().write_commons()
        self.writeline("escape, Macro = environment.printed, environment.macro")


class _Context(Context):
    """The names of a page; calls macros and plain functions without asking how they want to be called."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call something for a template."""
        kind = type(__obj)
        if kind is _Macro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(__self.eval_ctx, *args, **kwargs)
        if kind in _PLAIN and not hasattr(__obj, "jinja_pass_arg"):
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class Marks:
    """The macros of marks.html, each remembering what it drew for the same arguments."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a mark by its name; found once."""
        if name.startswith("_"):
            raise AttributeError(name)
        macro = getattr(self._environment.get_template("marks.html").module, name)
        # A text and a markup of the same letters are equal, and are not drawn alike.
        mark = lru_cache(MARKS, typed=True)(macro)
        setattr(self, name, mark)
        return mark


class QuickEnvironment(Environment):
    """Flask's environment, whose templates print and call with less ado; `marks` is theirs."""

    code_generator_class = _Writer
    context_class = _Context
    printed = staticmethod(printed)
    macro = _Macro

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.globals["marks"] = Marks(self)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: those of all, as no template of ours is loaded with others."""
        return super().make_globals(d) if d else self.globals
